package picture

import (
	"bytes"
	"context"
	"errors"
	"image"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pulse/internal/fault"
)

// readerFunc is a Read of its own.
type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// A store may be as slow as it likes: only what the decoder takes is counted.
func TestSlowStore(t *testing.T) {
	t.Parallel()
	good := mustRead(t, "baseline-444.jpg")
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		_, err := New(Options{}).Thumbnail(t.Context(), func() (io.ReadCloser, error) {
			in := bytes.NewReader(good)
			return io.NopCloser(readerFunc(func(p []byte) (int, error) {
				time.Sleep(time.Minute)
				return in.Read(p[:min(len(p), 1000)])
			})), nil
		})
		if took := time.Since(begun); err != nil || took < 2*defaultTime {
			t.Errorf("after %s: %v", took, err)
		}
	})
}

// What takes too long says nothing of the picture: it may be asked for again.
// A picture that is paid for is not held to the time of a thumbnail.
func TestTooSlow(t *testing.T) {
	t.Parallel()
	w := New(Options{MaxTime: 1})
	for name, data := range samples(t) {
		if name == "animated.webp" {
			continue
		}
		_, err := w.Thumbnail(t.Context(), openerOf(data))
		f, ok := errors.AsType[*fault.Error](err)
		if !ok || f.Code != fault.Unavailable || f.Type != TypeTooSlow || f.RetryAfter == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.Make(t.Context(), mustRead(t, "baseline-444.jpg"), image.Point{}, Origin{}); err != nil {
		t.Errorf("a vendor's: %v", err)
	}
}

// A panic is a damaged picture, and leaves nothing of its own in the room. What it
// was is for the log.
//
//nolint:paralleltest // it changes a decoder
func TestPanics(t *testing.T) {
	good := mustRead(t, "baseline-444.jpg")
	w := New(Options{})
	decoder := decoders[kindJPEG]
	defer func() { decoders[kindJPEG] = decoder }()
	decoders[kindJPEG] = func(io.Reader) (image.Image, error) { panic("index out of range") }
	for name, ask := range map[string]func() error{
		"a thumbnail": func() error { _, err := w.Thumbnail(t.Context(), openerOf(good)); return err },
		"a vendor's":  func() error { _, err := w.Make(t.Context(), good, image.Point{}, Origin{}); return err },
		"a reader": func() error {
			_, err := w.Thumbnail(t.Context(), func() (io.ReadCloser, error) {
				return io.NopCloser(readerFunc(func([]byte) (int, error) { panic("index out of range") })), nil
			})
			return err
		},
	} {
		err := ask()
		f, ok := errors.AsType[*fault.Error](err)
		if !ok || f.Code != fault.Unusable || f.Type != TypeBroken || strings.Contains(f.Message, "range") {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if said := err.Error(); !strings.Contains(said, "index out of range") || !strings.Contains(said, "limits_test.go") {
			t.Errorf("%s: the log has only %s", name, said)
		}
	}
	if !w.room.TryAcquire(w.most) {
		t.Error("something is left in the room")
	}
}

// Nothing is decoded before there is room for it, of a thumbnail as of what a
// vendor sent.
func TestNothingIsDecodedWithoutRoom(t *testing.T) {
	t.Parallel()
	good := mustRead(t, "baseline-444.jpg")
	for name, ask := range map[string]func(context.Context, *Workshop, func() (io.ReadCloser, error)) error{
		"a thumbnail": func(ctx context.Context, w *Workshop, open func() (io.ReadCloser, error)) error {
			_, err := w.Thumbnail(ctx, open)
			return err
		},
		"a vendor's": func(ctx context.Context, w *Workshop, _ func() (io.ReadCloser, error)) error {
			_, err := w.Make(ctx, good, image.Point{}, Origin{})
			return err
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := New(Options{})
			if err := w.room.Acquire(t.Context(), w.most); err != nil {
				t.Fatal(err)
			}
			var opened atomic.Int64
			done := make(chan error, 1)
			go func() {
				done <- ask(t.Context(), w, func() (io.ReadCloser, error) {
					opened.Add(1)
					return openerOf(good)()
				})
			}()
			synctest.Wait()
			if len(done) != 0 || opened.Load() > 1 { // once for the header
				t.Errorf("%s: nobody waited for room", name)
			}
			w.room.Release(w.most)
			if err := <-done; err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
}

// As many are decoded at once as there is room for, and the next when one has left.
func TestNoMoreAtOnceThanThereIsRoomFor(t *testing.T) {
	t.Parallel()
	good := mustRead(t, "baseline-444.jpg")
	h, err := readHeader(openerOf(good))
	if err != nil {
		t.Fatal(err)
	}
	one := h.memory + newPlan(h.size, image.Pt(ThumbnailEdge, ThumbnailEdge)).memory()
	synctest.Test(t, func(t *testing.T) {
		const many, atOnce = 5, 2
		w := New(Options{MaxBytes: one*(atOnce+1) - 1})
		var within atomic.Int64
		next, done := make(chan struct{}), make(chan error, many)
		for range many {
			go func() {
				opened := 0
				_, err := w.Thumbnail(t.Context(), func() (io.ReadCloser, error) {
					if opened++; opened == 2 { // to decode it
						within.Add(1)
						<-next
						within.Add(-1)
					}
					return openerOf(good)()
				})
				done <- err
			}()
		}
		for left := many; left > 0; left-- {
			synctest.Wait()
			if n := within.Load(); n != int64(min(left, atOnce)) {
				t.Errorf("%d are decoded at once, with %d left", n, left)
			}
			next <- struct{}{}
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
	})
}
