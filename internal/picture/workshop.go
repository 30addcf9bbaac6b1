package picture

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"io"
	"runtime/debug"
	"time"

	"golang.org/x/sync/semaphore"

	"pulse/internal/fault"
)

// Types of the faults that say why nothing can be made of a picture.
const (
	TypeUnknown  = "file_type"         // no picture of a sort that Pulse decodes
	TypeBroken   = "file_broken"       // a picture that cannot be read to its end
	TypeTooLarge = "picture_too_large" // it would take more memory than there is
)

// TypeTooSlow is the type of the Unavailable fault of a picture that took too long
// to decode. That may be the machine's fault, so it says nothing for good.
const TypeTooSlow = "picture_too_slow"

const (
	// MaxPixels is how large a picture may be, as for uploads.
	MaxPixels = 50_000_000

	// defaultBytes bounds the memory of all pictures that are worked at.
	defaultBytes = 256 << 20
	// defaultTime is how long the decoder may take for a thumbnail. Pixels are
	// bounded, but a progressive JPEG may go over them as often as it likes.
	defaultTime = 30 * time.Second
	// makeTime is the same for a picture that a vendor has made. It is paid for, so
	// it is a hundred times what the largest takes: even a machine that has far too
	// much to do comes to its end.
	makeTime = 5 * time.Minute
)

// Options are what a Workshop works with.
type Options struct {
	// MaxBytes bounds the memory of all pictures that are decoded at once, by an
	// estimate that is never too low. 0: 256 MiB.
	MaxBytes int64
	// MaxTime is how long the decoder may take for one thumbnail. 0: 30 seconds.
	MaxTime time.Duration
}

// Workshop decodes pictures, no more at once than there is room for. It is safe
// for concurrent use.
type Workshop struct {
	most     int64
	room     *semaphore.Weighted
	patience time.Duration
}

// New makes a Workshop.
func New(o Options) *Workshop {
	if o.MaxBytes <= 0 {
		o.MaxBytes = defaultBytes
	}
	if o.MaxTime <= 0 {
		o.MaxTime = defaultTime
	}
	return &Workshop{most: o.MaxBytes, room: semaphore.NewWeighted(o.MaxBytes), patience: o.MaxTime}
}

// Thumbnail makes the small picture of a PNG, JPEG, GIF (its first frame) or
// WebP. It opens the picture twice: for what its header says, and when there is
// room to decode it. What cannot be decoded is an Unusable fault of one of the
// types above; what takes too long, an Unavailable one of TypeTooSlow.
func (w *Workshop) Thumbnail(ctx context.Context, open func() (io.ReadCloser, error)) (t Thumbnail, err error) {
	defer shelter(&err)
	h, err := readHeader(open)
	if err != nil {
		return Thumbnail{}, err
	}
	small := newPlan(h.size, image.Pt(ThumbnailEdge, ThumbnailEdge))
	leave, err := w.enter(ctx, h, h.memory+small.memory())
	if err != nil {
		return Thumbnail{}, err
	}
	defer leave()
	pixels, err := decodeFrom(ctx, h, open, w.patience)
	if err != nil {
		return Thumbnail{}, err
	}
	return thumbnailOf(small.make(pixels), h.orientation)
}

// Make makes of a PNG, JPEG or WebP that a vendor has sent the PNG that is kept,
// scaled down to fit (as it is when fit is zero), which says how it came about.
//
// A PNG that is small enough keeps its bytes, so that what the vendor says in it
// of its own, such as C2PA's manifest, stays; the origin is added as chunks of
// their own. What cannot be used is an Unusable fault, as for Thumbnail.
func (w *Workshop) Make(ctx context.Context, data []byte, fit image.Point, origin Origin) (made Made, err error) {
	defer shelter(&err)
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
	h, err := readHeader(open)
	if err != nil {
		return Made{}, err
	}
	if h.kind == kindGIF {
		return Made{}, unusable(nil, TypeUnknown, "This is a GIF, and not a PNG, JPEG or WebP.")
	}
	if h.orientation.turns() {
		fit = image.Pt(fit.Y, fit.X)
	}
	small, full := newPlan(h.size, image.Pt(ThumbnailEdge, ThumbnailEdge)), newPlan(h.size, fit)
	asItIs := h.kind == kindPNG && full.to == h.size
	memory := h.memory + small.memory() + int64(len(data))
	if !asItIs {
		memory += full.memory() + full.encoded()
	}
	leave, err := w.enter(ctx, h, memory)
	if err != nil {
		return Made{}, err
	}
	defer leave()
	pixels, err := decodeFrom(ctx, h, open, makeTime)
	if err != nil {
		return Made{}, err
	}
	made.Width, made.Height = h.size.X, h.size.Y
	if !asItIs {
		turned := h.orientation.apply(full.make(pixels))
		made.Width, made.Height = turned.Rect.Dx(), turned.Rect.Dy()
		if data, err = encodePNG(turned); err != nil {
			return Made{}, err
		}
	}
	if made.PNG, err = writeOrigin(data, origin); err != nil {
		return Made{}, err
	}
	made.Thumbnail, err = thumbnailOf(small.make(pixels), h.orientation)
	return made, err
}

// enter waits for so much room. What has none even alone is refused.
func (w *Workshop) enter(ctx context.Context, h header, memory int64) (leave func(), err error) {
	if memory > w.most {
		return nil, unusable(nil, TypeTooLarge, fmt.Sprintf("This picture is %d × %d pixels large, and would take more memory than there is for one.", h.size.X, h.size.Y))
	}
	if err := w.room.Acquire(ctx, memory); err != nil {
		return nil, context.Cause(ctx)
	}
	return func() { w.room.Release(memory) }, nil
}

// shelter takes a panic for the picture's fault: decoders meet what people choose,
// and often on a goroutine whose panic would end the process.
func shelter(err *error) {
	if p := recover(); p != nil {
		*err = broken(fmt.Errorf("picture: panic: %v\n%s", p, debug.Stack()))
	}
}

func unusable(cause error, kind, message string) *fault.Error {
	f := fault.Wrap(cause, fault.Unusable, message)
	f.Type = kind
	return f
}

func broken(cause error) *fault.Error {
	return unusable(cause, TypeBroken, "This picture is damaged: it cannot be read to its end.")
}

func tooSlow(cause error) *fault.Error {
	f := fault.Wrap(cause, fault.Unavailable, "This picture took too long to decode. Please try again when there is less to do.")
	f.Type, f.RetryAfter = TypeTooSlow, time.Minute
	return f
}
