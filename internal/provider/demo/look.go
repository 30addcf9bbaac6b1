package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/gif" // shown in a corner
	_ "image/jpeg"
	"io"
	"time"

	_ "golang.org/x/image/webp" // as above
)

// looking has a place for one, so that the demo takes little memory however many
// ask.
var looking = make(chan struct{}, 1)

// lookTime is how long one picture may take, so that nobody holds the others up:
// pixels are bounded, but a progressive JPEG may go over them as often as it likes.
const lookTime = 3 * time.Second

// decode reads a picture that is not so large that it takes much memory.
func decode(ctx context.Context, file []byte) (decoded image.Image, err error) {
	defer func() { // pictures come from anybody, and this runs where a panic would end the process
		if p := recover(); p != nil {
			err = fmt.Errorf("demo: a picture made its decoder panic: %v", p)
		}
	}()
	const mostPixels = 12 << 20
	config, _, err := image.DecodeConfig(bytes.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	if config.Width <= 0 || config.Height <= 0 || config.Height > mostPixels/config.Width {
		return nil, fmt.Errorf("demo: %d × %d pixels are too many", config.Width, config.Height)
	}
	select {
	case looking <- struct{}{}:
		defer func() { <-looking }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	decoded, _, err = image.Decode(patient(ctx, file))
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	return decoded, nil
}

// reader is a Read of its own.
type reader func([]byte) (int, error)

func (r reader) Read(p []byte) (int, error) { return r(p) }

// patient reads a file until ctx or the time for a picture is over, which is all
// that ends a decoder. It gives little at once, so that this is noticed soon.
func patient(ctx context.Context, file []byte) io.Reader {
	const piece = 512
	in, until := bytes.NewReader(file), time.Now().Add(lookTime)
	return reader(func(p []byte) (int, error) {
		switch {
		case ctx.Err() != nil:
			return 0, context.Cause(ctx)
		case time.Now().After(until):
			return 0, errors.New("it takes too long to look at")
		}
		return in.Read(p[:min(len(p), piece)])
	})
}
