package file

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"pulse/internal/actor"
	"pulse/internal/change"
	"pulse/internal/document/extract"
	"pulse/internal/fault"
	"pulse/internal/httpd"
	"pulse/internal/picture"
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
	httpd.Register(api, op("list-files", http.MethodGet, "", "Your files, the newest first", http.StatusOK), r.list)
	httpd.Download(api, op("get-file", http.MethodGet, "/{id}", "The bytes of a file", http.StatusOK), r.get)
	httpd.Register(api, op("delete-file", http.MethodDelete, "/{id}", "Delete a file that no message has", http.StatusNoContent), r.remove)

	thumbnail := op("get-thumbnail", http.MethodGet, "/{id}/thumbnail", "The small picture of a picture", http.StatusOK)
	thumbnail.Description = "At most 512 pixels wide and high, JPEG, or PNG where it is transparent. What has none is answered with 422 and the type file_no_thumbnail."
	httpd.Download(api, thumbnail, r.thumbnail)

	link := op("link-file", http.MethodPost, "/{id}/link", "Make a link to a file for whoever has it", http.StatusOK)
	link.Description = "It works for 24 hours, without a sign-in, for as long as the file is there and your account is active."
	httpd.Register(api, link, r.link)
	shared := op("get-shared-file", http.MethodGet, "/{id}/shared", "The bytes of a file, by a link", http.StatusOK)
	shared.Description = "Addresses of this sort are made by Pulse. Where files are kept in an object store, it sends there with 307, for some minutes."
	shared.Errors = []int{http.StatusNotFound, http.StatusGone}
	httpd.Download(api, httpd.Elsewhere(httpd.Public(shared)), r.shared)
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

	JobID  string          `json:"job_id,omitempty" doc:"That made it; absent from what was uploaded"`
	Origin *picture.Origin `json:"origin,omitempty" doc:"How it was made"`
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
	if err := r.there(ctx, f.BlobKey); err != nil {
		return nil, err
	}
	return r.content(stored{key: f.BlobKey, name: f.Name, contentType: f.ContentType, kind: f.Kind, size: f.Size, hash: f.Sha256}), nil
}

func notFound(err error) error {
	if store.NotFound(err) {
		return errNoFile()
	}
	return err
}

func errNoFile() error { return fault.New(fault.NotFound, "There is no such file.") }

func (r *Room) remove(ctx context.Context, in *named) (*struct{}, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	f, err := r.db.Read().GetFile(ctx, query.GetFileParams{ID: in.ID, UserID: a.ID})
	if err != nil {
		return nil, notFound(err)
	}
	gone, err := r.deleteLoose(ctx, in.ID, a.ID, f.BlobKey, f.ThumbnailKey)
	switch {
	case gone && f.JobID != "": // the job has one picture less, whatever became of the bytes
		r.changes.Told(a.ID, change.Hint{Kind: change.Job, ID: f.JobID})
	case err == nil && !gone:
		err = fault.New(fault.Conflict, "A message has this file. It goes with the conversation.")
	}
	return nil, err
}
