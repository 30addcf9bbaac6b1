package picture

import (
	"bytes"
	"image"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"sync"
	"testing"
	"time"
)

func openerOf(data []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
}

// samples are the pictures of testdata, by name, and some that are made here.
func samples(t testing.TB) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob("testdata/*.*")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	all := map[string][]byte{}
	for _, name := range names {
		if all[filepath.Base(name)], err = os.ReadFile(name); err != nil { //nolint:gosec // our own
			t.Fatal(err)
		}
	}
	for name, img := range map[string]image.Image{
		"noise.png":     noise(700, 500),
		"noise-16.png":  image.NewNRGBA64(image.Rect(0, 0, 700, 500)),
		"opaque-16.png": image.NewGray16(image.Rect(0, 0, 700, 500)),
		"grey.png":      image.NewGray(image.Rect(0, 0, 700, 500)),
		"thin.png":      image.NewGray(image.Rect(0, 0, 20_000, 3)),
		"high.png":      image.NewGray(image.Rect(0, 0, 3, 20_000)),
	} {
		if all[name], err = encodePNG(img); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func noise(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same each time
	for i := range img.Pix {
		img.Pix[i] = uint8(random.Uint32()) //nolint:gosec // noise
	}
	return img
}

// allocated is how many bytes a function allocates in all, which is more than it
// ever holds.
func allocated(f func()) int64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc) //nolint:gosec // some megabytes
}

// raced tells whether the race detector is at work.
func raced() bool {
	build, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(build.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// What is estimated is never too little, for no sort of picture, and not far too
// much for those that are common.
//
//nolint:paralleltest // it measures the process
func TestEstimates(t *testing.T) {
	growing, fits := int64(1), []image.Point{{512, 512}, {50, 90}, {1, 1}}
	if raced() {
		growing = 2      // a buffer that grows takes its new bytes twice, which the compiler spares it otherwise
		fits = fits[1:2] // the others take their time, and differ in nothing
	}
	for name, data := range samples(t) {
		h, err := readHeader(openerOf(data))
		if err != nil {
			if name != "animated.webp" {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		var px pixels
		took := allocated(func() { px, err = decodeFrom(t.Context(), h, openerOf(data), defaultTime) })
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if took > h.memory {
			t.Errorf("%s: decoding took %d bytes, and was estimated at %d", name, took, h.memory)
		}
		t.Logf("%s: %d of %d bytes, %.1f a pixel", name, took, h.memory, float64(took)/float64(area(h.size)))
		for _, fit := range append(slices.Clone(fits), image.Pt(h.size.X-1, h.size.Y)) {
			p := newPlan(h.size, fit)
			var out *image.RGBA
			if took := allocated(func() { out = p.make(px) }); took > p.memory()+1<<16 {
				t.Errorf("%s to %v: scaling took %d bytes, and was estimated at %d", name, fit, took, p.memory())
			}
			if took := allocated(func() { _, err = encodePNG(out) }); err != nil || took > p.encoded()*growing+1<<16 {
				t.Errorf("%s to %v: encoding took %d bytes, and was estimated at %d: %v", name, fit, took, p.encoded(), err)
			}
		}
	}
}

// heap is how much memory objects take, those that are yet to be collected
// included.
func heap() int64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(s)
	return int64(s[0].Value.Uint64()) //nolint:gosec // some megabytes
}

// However many pictures come at once, they take no more memory than was said.
//
//nolint:paralleltest // it measures the process
func TestManyAtOnceStayWithinTheBound(t *testing.T) {
	const bound, many = 48 << 20, 6
	var large bytes.Buffer
	data, err := encodePNG(image.NewNRGBA(image.Rect(0, 0, 2400, 2000))) // 19 MB each, so that all together were 115 MB
	if err != nil {
		t.Fatal(err)
	}
	large.Write(data)
	defer debug.SetGCPercent(debug.SetGCPercent(5)) // what is not held any more is hardly seen
	runtime.GC()
	before := heap()
	w := New(Options{MaxBytes: bound})
	done, peak := make(chan struct{}), make(chan int64)
	go func() {
		most := int64(0)
		for {
			select {
			case <-done:
				peak <- most
				return
			case <-time.After(200 * time.Microsecond):
				most = max(most, heap()-before)
			}
		}
	}()
	var all sync.WaitGroup
	for range many {
		all.Go(func() {
			if _, err := w.Thumbnail(t.Context(), openerOf(large.Bytes())); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	close(done)
	most := <-peak
	t.Logf("%d MB at most, of %d MB", most>>20, bound>>20)
	if most > bound*5/4 { // the collector is always a little late
		t.Errorf("%d bytes were taken, of %d", most, bound)
	}
	if most < 19<<20 {
		t.Errorf("only %d bytes were seen, so that this shows nothing", most)
	}
}
