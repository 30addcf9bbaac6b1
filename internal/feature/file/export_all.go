package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"unicode"

	"pulse/internal/actor"
	"pulse/internal/blob"
	"pulse/internal/document/extract"
	"pulse/internal/httpd"
	"pulse/internal/store"
	"pulse/internal/store/query"
)

// exported is a file in the list of those that are in an export.
type exported struct {
	File

	SHA256 string `json:"sha256"`
	Path   string `json:"path,omitempty"`
	// Missing tells that the server has lost the bytes, so that they are not there.
	Missing bool `json:"missing,omitempty"`
}

// Export adds all of a person's files, and a list of what they are.
func (r *Room) Export(ctx context.Context, a actor.Actor, out *httpd.Archive) error {
	missing := map[string]bool{}
	for f, err := range r.all(ctx, a) {
		if err != nil {
			return err
		}
		switch err := r.exportBytes(ctx, f, out); {
		case errors.Is(err, blob.ErrNotFound):
			r.log.ErrorContext(ctx, "the bytes of a file are gone; an export is without them", "file_id", f.ID)
			missing[f.ID] = true
		case err != nil:
			return fmt.Errorf("file: export of %s: %w", f.ID, err)
		}
	}
	return out.Lists("files.json", r.now(), httpd.Listed("items", func(yield func(exported, error) bool) {
		for f, err := range r.all(ctx, a) {
			e := exported{File: rowView(f), SHA256: f.Sha256, Missing: missing[f.ID]}
			if !e.Missing {
				e.Path = exportPath(f)
			}
			if !yield(e, err) {
				return
			}
		}
	}))
}

func (r *Room) exportBytes(ctx context.Context, f query.ListFilesRow, out *httpd.Archive) (err error) {
	in, err := r.blobs.Open(ctx, f.BlobKey, 0, -1) // before the zip has a name for it
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	w, err := out.File(exportPath(f), store.Time(f.CreatedAt))
	if err != nil {
		return err
	}
	n, err := io.Copy(w, in)
	if err == nil && n != f.Size {
		err = fmt.Errorf("file: %d bytes instead of %d", n, f.Size)
	}
	return err
}

// all goes through a person's files, the oldest first.
func (r *Room) all(ctx context.Context, a actor.Actor) iter.Seq2[query.ListFilesRow, error] {
	return func(yield func(query.ListFilesRow, error) bool) {
		for after := ""; ; {
			page, err := r.db.Read().ListFiles(ctx, query.ListFilesParams{UserID: a.ID, AfterID: after, RowLimit: sweepBatch})
			if err != nil {
				yield(query.ListFilesRow{}, fmt.Errorf("file: files of user %s: %w", a.ID, err))
				return
			}
			for _, f := range page {
				if !yield(f, nil) {
					return
				}
				after = f.ID
			}
			if len(page) < sweepBatch {
				return
			}
		}
	}
}

func rowView(f query.ListFilesRow) File {
	return File{
		ID: f.ID, Name: f.Name, ContentType: f.ContentType, Size: f.Size, Kind: extract.Kind(f.Kind), Width: f.Width, Height: f.Height,
		Pages: f.Pages, Characters: f.Characters, CreatedAt: store.Time(f.CreatedAt),
	}
}

// exportPath names a file so that no two are the same, and every system takes it.
func exportPath(f query.ListFilesRow) string {
	const most = 120 // bytes, with room for the folders that people unpack into
	name := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || strings.ContainsRune(`\/:*?"<>|`, r) {
			return '_'
		}
		return r
	}, cleanName(f.Name)) // also where an older Pulse has let something through
	return "files/" + f.ID + "-" + strings.TrimRight(shorten(name, most), " .")
}
