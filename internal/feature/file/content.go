package file

import (
	"context"
	"errors"
	"io"

	"pulse/internal/blob"
	"pulse/internal/document/extract"
	"pulse/internal/fault"
	"pulse/internal/httpd"
)

// stored is what is said of bytes that go out.
type stored struct {
	key, name, contentType, kind, hash string
	size                               int64
}

func (r *Room) content(s stored) *httpd.Content {
	kind := extract.Kind(s.kind)
	return &httpd.Content{
		Name: s.name, Type: s.contentType, Size: s.size, Hash: s.hash, Inline: kind == extract.Image || kind == extract.PDF,
		Open: func(ctx context.Context, offset, length int64) (io.ReadCloser, error) {
			return r.blobs.Open(ctx, s.key, offset, length)
		},
	}
}

// there makes sure before anything is said that a blob can be opened, so that
// bytes that are away are an error and no empty file.
func (r *Room) there(ctx context.Context, key string) error {
	first, err := r.blobs.Open(ctx, key, 0, 0)
	if errors.Is(err, blob.ErrNotFound) {
		return gone(err)
	}
	if err != nil {
		return err
	}
	return first.Close() //nolint:wrapcheck // the store's own
}

func gone(err error) error {
	return fault.Wrap(err, fault.NotFound, "The bytes of this file are gone. Please tell your administrator.")
}
