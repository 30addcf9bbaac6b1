package demo_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"io"
	"testing"
	"time"

	"pulse/internal/provider"
	"pulse/internal/provider/demo"
)

// endless is a JPEG of few megabytes whose decoder goes over its twelve megapixels
// as often as there are scans, each of which says in some bytes that nothing changes:
// for about half an hour.
func endless() provider.Image {
	const width, height, scans = 4096, 3072, 400_000
	b := []byte{0xff, 0xd8, 0xff, 0xc2, 0, 11, 8}
	b = binary.BigEndian.AppendUint16(b, height)
	b = binary.BigEndian.AppendUint16(b, width)
	b = append(b, 1, 1, 0x11, 0)
	b = append(b, 0xff, 0xc4, 0, 20, 0x10, 1)
	b = append(b, make([]byte, 15)...)
	b = append(b, 0xe0) // the only code, 0: the next 16384 blocks, and as many as 14 bits say, end here
	scan := []byte{
		0xff, 0xda, 0, 8, 1, 1, 0, 1, 63, 0,
		// Eight times 0 10000000000000, which are all 196608 blocks.
		0x40, 0x00, 0x80, 0x01, 0x00, 0x02, 0x00, 0x04, 0x00, 0x08, 0x00, 0x10, 0x00, 0x20, 0x00,
	}
	b = append(b, bytes.Repeat(scan, scans)...)
	return provider.Image{ContentType: "image/jpeg", Data: append(b, 0xff, 0xd9)}
}

// A picture that is made to be decoded without end is left after a moment, and
// shown as a colour.
func TestEndlessInput(t *testing.T) {
	t.Parallel()
	req := picture("Make it blue")
	req.Inputs = []provider.Image{endless()}
	answer, err := within(t, func() (provider.ImageAnswer, error) { return demo.NewImager(0).Image(t.Context(), req) })
	if err != nil {
		t.Fatal(err)
	}
	if r, g, b, _ := corner(t, answer).RGBA(); r == g && g == b { // as its own grey would be, and the frame
		t.Errorf("it is shown as %x %x %x", r, g, b)
	}
}

// Stop ends the decoding, and the waiting for somebody else's.
func TestStopWhileLooking(t *testing.T) {
	t.Parallel()
	stop := errors.New("the person pressed Stop")
	ctx, cancel := context.WithCancelCause(t.Context())
	in := demo.Patient(ctx, make([]byte, 1<<20))
	if n, err := in.Read(make([]byte, 1<<15)); n < 1 || n > 1<<12 || err != nil {
		t.Errorf("%d bytes at once: %v", n, err)
	}
	defer demo.Look()()
	req := picture("Make it blue")
	req.Inputs = []provider.Image{painted(t, color.White, 9, 9)}
	time.AfterFunc(10*time.Millisecond, func() { cancel(stop) })
	if _, err := within(t, func() (provider.ImageAnswer, error) { return demo.NewImager(0).Image(ctx, req) }); !errors.Is(err, stop) {
		t.Errorf("who waits: %v", err)
	}
	if n, err := in.Read(make([]byte, 1)); n != 0 || !errors.Is(err, stop) {
		t.Errorf("who looks: %d bytes, %v", n, err)
	}
}

// within gives up what would take half an hour.
func within(t *testing.T, ask func() (provider.ImageAnswer, error)) (answer provider.ImageAnswer, err error) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		answer, err = ask()
		close(done)
	}()
	select {
	case <-done:
		return answer, err
	case <-time.After(time.Minute):
		t.Fatal("it is still there")
		return provider.ImageAnswer{}, nil
	}
}

// corner is the colour in the middle of the only picture that is shown.
func corner(t *testing.T, a provider.ImageAnswer) color.Color {
	t.Helper()
	img, _, err := image.Decode(bytes.NewReader(a.Image.Data))
	if err != nil {
		t.Fatal(err)
	}
	return img.At(img.Bounds().Max.X-32, 32)
}

// A decoder that panics is an input that cannot be looked at.
func TestInputThatPanics(t *testing.T) {
	t.Parallel()
	const mark = "a form whose decoder has a bug"
	image.RegisterFormat("bug", mark, func(io.Reader) (image.Image, error) { panic("index out of range") },
		func(io.Reader) (image.Config, error) { return image.Config{Width: 9, Height: 9}, nil })
	req := picture("Make it blue")
	for range 2 { // the second has a place too
		req.Inputs = []provider.Image{{ContentType: "image/bug", Data: []byte(mark)}}
		draw(t, req)
	}
	req.Inputs = []provider.Image{painted(t, color.RGBA{255, 0, 0, 255}, 9, 9)}
	if _, a := draw(t, req); corner(t, a) != (color.RGBA{255, 0, 0, 255}) {
		t.Errorf("another is shown as %v", corner(t, a))
	}
}
