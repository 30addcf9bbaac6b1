package blob

import (
	"context"
	"errors"
	"io"
)

// Read gives all of a blob that has so many bytes.
func Read(ctx context.Context, s Store, key string, size int64) (data []byte, err error) {
	in, err := s.Open(ctx, key, 0, size)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	data = make([]byte, size)
	_, err = io.ReadFull(in, data)
	return data, err //nolint:wrapcheck // the store's own
}
