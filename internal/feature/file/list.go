package file

import (
	"context"
	"encoding/json"

	"pulse/internal/actor"
	"pulse/internal/document/extract"
	"pulse/internal/httpd"
	"pulse/internal/picture"
	"pulse/internal/store"
	"pulse/internal/store/query"
)

type listInput struct {
	httpd.Page

	Kind string `query:"kind" enum:"image,text,pdf" doc:"Only files of this kind"`
}

type listOutput struct{ Body httpd.List[File] }

// list gives a person's files, the newest first.
func (r *Room) list(ctx context.Context, in *listInput) (*listOutput, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	_, before, err := in.After()
	if err != nil {
		return nil, err
	}
	rows, err := r.db.Read().PageOfFiles(ctx, query.PageOfFilesParams{UserID: a.ID, Kind: in.Kind, BeforeID: before, RowLimit: in.Rows() + 1})
	if err != nil {
		return nil, err
	}
	files := make([]File, len(rows))
	for i, f := range rows {
		files[i] = File{
			ID: f.ID, Name: f.Name, ContentType: f.ContentType, Size: f.Size, Kind: extract.Kind(f.Kind), Width: f.Width, Height: f.Height,
			Pages: f.Pages, Characters: f.Characters, JobID: f.JobID, Origin: originOf(f.Origin), CreatedAt: store.Time(f.CreatedAt),
		}
	}
	page := httpd.NewList(files, in.Rows(), func(f File) (int64, string) { return 0, f.ID })
	return &listOutput{Body: page}, nil
}

// originOf reads how a picture was made; nil: it was uploaded.
func originOf(document string) *picture.Origin {
	if document == "" {
		return nil
	}
	var o picture.Origin
	if json.Unmarshal([]byte(document), &o) != nil {
		return nil // the picture is there all the same
	}
	return &o
}
