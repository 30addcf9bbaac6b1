package picture

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"time"

	"golang.org/x/image/webp"

	"pulse/internal/fault"
)

// kind is a sort of picture that Pulse decodes.
type kind string

const (
	kindPNG  kind = "png"
	kindJPEG kind = "jpeg"
	kindGIF  kind = "gif"
	kindWebP kind = "webp"
)

// header is what is known of a picture before it is decoded.
type header struct {
	kind        kind
	size        image.Point
	memory      int64 // bytes that decoding takes at most, with the decoded picture
	orientation orientation
	scans       int64 // where a JPEG's begin, if nothing there may say that it is RGB after all; 0: it may
}

// maxHeader is how far into a picture its size may stand. A camera's profile and
// preview stand before it.
const maxHeader = 4 << 20

// overhead is what every decoder takes beside pixels: buffers and tables.
const overhead = 1 << 20

const pngMark = "\x89PNG\r\n\x1a\n"

// readHeader finds out what the picture is, without decoding anything.
func readHeader(open func() (io.ReadCloser, error)) (h header, err error) {
	r, err := open()
	if err != nil {
		return h, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	source := &source{r: io.LimitReader(r, maxHeader)}
	in := bufio.NewReader(source)
	mark, err := in.Peek(12)
	if err != nil && !errors.Is(err, io.EOF) {
		return h, fmt.Errorf("picture: read: %w", err)
	}
	var read func(*bufio.Reader) (header, error)
	switch {
	case bytes.HasPrefix(mark, []byte(pngMark)):
		read = pngHeader
	case bytes.HasPrefix(mark, []byte("\xff\xd8\xff")):
		read = jpegHeader
	case bytes.HasPrefix(mark, []byte("GIF87a")), bytes.HasPrefix(mark, []byte("GIF89a")):
		read = gifHeader
	case len(mark) >= 12 && string(mark[:4]) == "RIFF" && string(mark[8:12]) == "WEBP":
		read = webpHeader
	default:
		return h, unusable(nil, TypeUnknown, "This is no PNG, JPEG, GIF or WebP picture.")
	}
	h, err = read(in)
	switch {
	case source.err != nil: // the picture has no part in it
		return h, fmt.Errorf("picture: read: %w", source.err)
	case err != nil:
		return h, asBroken(err)
	case h.size.X <= 0 || h.size.Y <= 0:
		return h, broken(errors.New("no pixels"))
	case area(h.size) > MaxPixels:
		return h, unusable(nil, TypeTooLarge, fmt.Sprintf("This picture has %d × %d pixels. At most %d megapixels can be used; please make it smaller.",
			h.size.X, h.size.Y, MaxPixels/1_000_000))
	}
	h.memory += overhead
	return h, nil
}

// asBroken takes what a decoder says for the picture's fault, unless it is one
// already.
func asBroken(err error) error {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f
	}
	return broken(err)
}

// source remembers why it could not be read, which is not the picture's fault.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err //nolint:wrapcheck // it stands in for the reader
}

// decoders decode each kind; of a GIF the first frame.
var decoders = map[kind]func(io.Reader) (image.Image, error){
	kindPNG: png.Decode, kindJPEG: jpeg.Decode, kindGIF: gif.Decode, kindWebP: webp.Decode,
}

// decodeFrom decodes what the header has announced, for as long as ctx lasts and
// the decoder takes no longer than limit.
func decodeFrom(ctx context.Context, h header, open func() (io.ReadCloser, error), limit time.Duration) (px pixels, err error) {
	r, err := open()
	if err != nil {
		return px, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	from := &source{r: r}
	// The buffer is beneath, so that what it takes to fill it is seen to be reading.
	in := &watched{ctx: ctx, r: bufio.NewReaderSize(from, 1<<15), left: limit, since: time.Now(), guarded: h.scans > 0, before: h.scans}
	img, err := decoders[h.kind](in)
	switch {
	case err == nil: // whatever the time: it is there
	case ctx.Err() != nil:
		return px, context.Cause(ctx)
	case in.left <= 0:
		return px, tooSlow(err)
	case from.err != nil:
		return px, fmt.Errorf("picture: read: %w", from.err)
	default:
		return px, broken(err)
	}
	px = pixels{frame: img, canvas: img.Bounds()}
	if h.kind == kindGIF {
		px.canvas = image.Rectangle{Max: h.size}
	}
	if px.canvas.Size() != h.size {
		return px, broken(fmt.Errorf("%v instead of %v", px.canvas.Size(), h.size))
	}
	return px, nil
}

// watched ends the decoding when its time has come, and where a JPEG says behind
// its header what would make it larger than was estimated.
//
// It counts the time between two reads, in which the decoder works. What a slow
// store takes is not the picture's fault.
type watched struct {
	ctx     context.Context //nolint:containedctx // it lives as long as one call
	r       io.Reader
	left    time.Duration // that the decoder may take
	since   time.Time     // when it began to work at what it has
	guarded bool
	before  int64 // bytes yet to come that are the header's
	matched int   // how much of the mark the last bytes are
	ended   bool
}

// adobeMark begins the segment that can make a picture RGB.
const adobeMark = "Adobe"

func (w *watched) Read(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err //nolint:wrapcheck // decodeFrom tells it
	}
	if w.left -= time.Since(w.since); w.left <= 0 {
		return 0, errors.New("decoding it takes too long")
	}
	defer func() { w.since = time.Now() }()
	if w.ended {
		return 0, errors.New("an Adobe segment where none belongs")
	}
	n, err := w.r.Read(p)
	if !w.guarded {
		return n, err //nolint:wrapcheck // it stands in for the reader
	}
	header := min(int64(n), w.before)
	w.before -= header
	for i := int(header); i < n; i++ {
		switch p[i] {
		case adobeMark[w.matched]:
			w.matched++
		case adobeMark[0]:
			w.matched = 1
		default:
			w.matched = 0
		}
		if w.matched == len(adobeMark) { // whoever needs no more, as of what follows the end, has what came before
			w.ended = true
			return i, nil
		}
	}
	return n, err //nolint:wrapcheck // as above
}
