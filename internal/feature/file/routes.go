package file

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"pulse/internal/actor"
	"pulse/internal/blob"
	"pulse/internal/document/extract"
	"pulse/internal/fault"
	"pulse/internal/httpd"
	"pulse/internal/store"
	"pulse/internal/store/query"
)

// Routes mounts the room.
func (r *Room) Routes(api huma.API) {
	op := func(id, method, path, summary string, status int) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: "/api/v1/files" + path, Summary: summary, DefaultStatus: status, Tags: []string{"Files"},
		}
	}
	add := op("upload-file", http.MethodPost, "", "Upload a file to attach to a question", http.StatusCreated)
	add.Description = "What the file is, is told by its bytes: PNG, JPEG, GIF and WebP of at most 50 megapixels, PDF with text, " +
		"and everything that is text in UTF-8 or UTF-16. At most 32 MiB, text at most 4 MiB. " +
		"A file that no message has is deleted after 7 days."
	httpd.Upload(api, add, r.upload)
	httpd.Download(api, op("get-file", http.MethodGet, "/{id}", "The bytes of a file", http.StatusOK), r.get)
	httpd.Register(api, op("delete-file", http.MethodDelete, "/{id}", "Delete a file that no message has", http.StatusNoContent), r.remove)
}

// File is a file as its owner sees it.
type File struct {
	ID          string       `json:"id"`
	Name        string       `json:"name"`
	ContentType string       `json:"content_type" doc:"By the bytes"`
	Size        int64        `json:"size" doc:"Bytes"`
	Kind        extract.Kind `json:"kind" enum:"image,text,pdf"`
	Width       int64        `json:"width,omitempty" doc:"Pixels; pictures only"`
	Height      int64        `json:"height,omitempty" doc:"Pixels; pictures only"`
	Pages       int64        `json:"pages,omitempty" doc:"PDF only"`
	Characters  int64        `json:"characters,omitempty" doc:"Of the text that a model reads; text and PDF"`
	CreatedAt   time.Time    `json:"created_at"`
}

func viewOf(f query.InsertFileParams) File {
	return File{
		ID: f.ID, Name: f.Name, ContentType: f.ContentType, Size: f.Size, Kind: extract.Kind(f.Kind), Width: f.Width, Height: f.Height,
		Pages: f.Pages, Characters: f.Characters, CreatedAt: store.Time(f.CreatedAt),
	}
}

type fileOutput struct{ Body File }

func (r *Room) upload(ctx context.Context, in *httpd.Incoming) (*fileOutput, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	f, err := r.receive(ctx, a, in.Name, in)
	if err != nil {
		return nil, err
	}
	return &fileOutput{Body: viewOf(f)}, nil
}

// named is a file in an address.
type named struct {
	ID string `path:"id" maxLength:"64"`
}

func (r *Room) get(ctx context.Context, in *named) (*httpd.Content, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	f, err := r.db.Read().GetFile(ctx, query.GetFileParams{ID: in.ID, UserID: a.ID})
	if err != nil {
		return nil, notFound(err)
	}
	// Opened before anything is said, so that bytes that are away are an error
	// and no empty file.
	first, err := r.blobs.Open(ctx, f.BlobKey, 0, 0)
	if errors.Is(err, blob.ErrNotFound) {
		return nil, fault.Wrap(err, fault.NotFound, "The bytes of this file are gone. Please tell your administrator.")
	}
	if err != nil {
		return nil, err
	}
	if err := first.Close(); err != nil {
		return nil, err //nolint:wrapcheck // the store's own
	}
	kind := extract.Kind(f.Kind)
	return &httpd.Content{
		Name: f.Name, Type: f.ContentType, Size: f.Size, Hash: f.Sha256, Inline: kind == extract.Image || kind == extract.PDF,
		Open: func(ctx context.Context, offset, length int64) (io.ReadCloser, error) {
			return r.blobs.Open(ctx, f.BlobKey, offset, length)
		},
	}, nil
}

func notFound(err error) error {
	if store.NotFound(err) {
		return fault.New(fault.NotFound, "There is no such file.")
	}
	return err
}

func (r *Room) remove(ctx context.Context, in *named) (*struct{}, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	f, err := r.db.Read().GetFile(ctx, query.GetFileParams{ID: in.ID, UserID: a.ID})
	if err != nil {
		return nil, notFound(err)
	}
	gone, err := r.deleteLoose(ctx, in.ID, a.ID, f.BlobKey)
	if err == nil && !gone {
		err = fault.New(fault.Conflict, "A message has this file. It goes with the conversation.")
	}
	return nil, err
}
