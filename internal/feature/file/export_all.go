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
	fate

	SHA256 string `json:"sha256"`
	Path   string `json:"path,omitempty"`
}

// fate is what became of a file in an export; of one that was uploaded meanwhile,
// nothing.
type fate struct {
	written bool // the archive has its name
	// Missing tells that the server has lost the bytes, so that they are not there.
	Missing bool `json:"missing,omitempty"`
	// Damaged tells that the bytes are not those that were uploaded, as far as they
	// are there.
	Damaged bool `json:"damaged,omitempty"`
}

// Export adds all of a person's files, and a list of what they are. Bytes that
// cannot be had keep nobody from the rest.
func (r *Room) Export(ctx context.Context, a actor.Actor, out *httpd.Archive) error {
	became := map[string]fate{}
	for f, err := range r.all(ctx, a) {
		if err != nil {
			return err
		}
		if became[f.ID], err = r.exportFile(ctx, a, f, out); err != nil {
			return fmt.Errorf("file: export of %s: %w", f.ID, err)
		}
	}
	return out.Lists("files.json", r.now(), httpd.Listed("items", func(yield func(exported, error) bool) {
		for f, err := range r.all(ctx, a) {
			e := exported{File: rowView(f), SHA256: f.Sha256, fate: became[f.ID]}
			if e.written {
				e.Path = exportPath(f)
			}
			if !yield(e, err) {
				return
			}
		}
	}))
}

// exportFile adds a file's bytes, as far as they can be had.
func (r *Room) exportFile(ctx context.Context, a actor.Actor, f query.ListFilesRow, out *httpd.Archive) (fate, error) {
	became, harm, err := r.exportBytes(ctx, f, out)
	if err != nil || harm == nil {
		return became, err
	}
	if err := ctx.Err(); err != nil { // nothing is wrong with the bytes
		return became, err //nolint:wrapcheck // Export says of what
	}
	_, err = r.db.Read().GetFile(ctx, query.GetFileParams{ID: f.ID, UserID: a.ID})
	if store.NotFound(err) { // deleted since it was listed, as it may be
		return became, nil
	}
	if err != nil {
		return became, err
	}
	became.Missing = errors.Is(harm, blob.ErrNotFound)
	became.Damaged = !became.Missing
	r.log.ErrorContext(ctx, "the bytes of a file are gone or damaged; an export says so", "file_id", f.ID, "error", harm)
	return became, nil
}

// exportBytes tells harm, which is the file's alone, from what ends the export.
func (r *Room) exportBytes(ctx context.Context, f query.ListFilesRow, out *httpd.Archive) (became fate, harm, err error) {
	in, harm := r.blobs.Open(ctx, f.BlobKey, 0, -1) // before the zip has a name for it
	if harm != nil {
		return became, harm, nil
	}
	defer func() { harm = errors.Join(harm, in.Close()) }()
	w, err := out.File(exportPath(f), store.Time(f.CreatedAt))
	if err != nil {
		return became, nil, err
	}
	became.written = true
	harm, err = pour(w, in, f.Size)
	return became, harm, err
}

// pour copies so many bytes, and tells what is wrong with those that come from
// what is wrong with where they go.
func pour(w io.Writer, from io.Reader, size int64) (harm, err error) {
	in := &source{Reader: from}
	n, err := io.Copy(w, io.LimitReader(in, size+1)) // one more tells that there are more
	switch {
	case in.err != nil:
		return fmt.Errorf("file: read: %w", in.err), nil
	case err == nil && n < size:
		return fmt.Errorf("file: %d bytes instead of %d", n, size), nil
	case err == nil && n > size:
		return fmt.Errorf("file: more than %d bytes", size), nil
	}
	return nil, err //nolint:wrapcheck // the archive's own
}

// source remembers why it could not be read on.
type source struct {
	io.Reader

	err error
}

func (s *source) Read(b []byte) (int, error) {
	n, err := s.Reader.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err //nolint:wrapcheck // it stands in for the reader
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
		Pages: f.Pages, Characters: f.Characters, CreatedAt: store.Time(f.CreatedAt), JobID: f.JobID, Origin: originOf(f.Origin),
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
	}, httpd.CleanName(f.Name)) // also where an older Pulse has let something through
	return "files/" + f.ID + "-" + strings.TrimRight(httpd.Shorten(name, most), " .")
}
