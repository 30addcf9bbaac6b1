package demo_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pulse/internal/provider"
	"pulse/internal/provider/demo"
	"pulse/internal/provider/providertest"
)

func picture(prompt string) provider.ImageRequest {
	return provider.ImageRequest{Model: "demo-image", Prompt: prompt, Size: "256x256"}
}

func draw(t testing.TB, req provider.ImageRequest) (image.Image, provider.ImageAnswer) {
	t.Helper()
	a, err := demo.NewImager(0).Image(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := png.Decode(bytes.NewReader(a.Image.Data))
	if err != nil || a.Image.ContentType != "image/png" {
		t.Fatalf("%s: %v", a.Image.ContentType, err)
	}
	return decoded, a
}

func painted(t testing.TB, c color.Color, width, height int) provider.Image {
	t.Helper()
	canvas := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := range width * height {
		canvas.Set(i%width, i/width, c)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, canvas); err != nil {
		t.Fatal(err)
	}
	return provider.Image{ContentType: "image/png", Data: b.Bytes()}
}

// The demo keeps what Imager promises, in each size of the catalogue.
func TestImager(t *testing.T) {
	t.Parallel()
	providertest.RunImager(t, providertest.ImageSubject{
		Provider: "demo", Model: "demo-image", Size: "256x256",
		NewImager: func(testing.TB, string, string, *http.Client) provider.Imager { return demo.NewImager(0) },
	})
}

// A picture has exactly the size that was asked for, also those that nobody would
// ask for.
func TestSizes(t *testing.T) {
	t.Parallel()
	sizes := map[string]image.Point{
		"1x1": image.Pt(1, 1), "3x700": image.Pt(3, 700), "1500x2": image.Pt(1500, 2), "672x384": image.Pt(672, 384), "208x304": image.Pt(208, 304),
	}
	for ask, want := range sizes {
		t.Run(ask, func(t *testing.T) {
			t.Parallel()
			req := picture("A quiet harbour")
			req.Size = ask
			if got, _ := draw(t, req); got.Bounds().Size() != want {
				t.Errorf("it is %v, want %v", got.Bounds().Size(), want)
			}
		})
	}
	for _, ask := range []string{"", "auto", "0x5", "-1x5", "5x", "4097x10", "1e3x5", "99999999999999999999x1", "1:1 1K"} {
		req := picture("A quiet harbour")
		req.Size = ask
		_, err := demo.NewImager(time.Hour).Image(t.Context(), req)
		e, ok := errors.AsType[*provider.Error](err)
		if !ok || e.Kind != provider.KindBadRequest || e.Provider != "demo" || e.Param != "size" || !strings.HasSuffix(e.Fault("Demo").Message, ".") {
			t.Errorf("%q: %v", ask, err)
		}
	}
}

// The same request gives the same bytes, and each setting changes them.
func TestEachSettingShows(t *testing.T) {
	t.Parallel()
	one := painted(t, color.RGBA{255, 0, 0, 255}, 40, 30)
	two := painted(t, color.RGBA{0, 0, 255, 255}, 30, 40)
	seen := map[string]string{}
	for name, change := range map[string]func(*provider.ImageRequest){
		"nothing":         func(*provider.ImageRequest) {},
		"another prompt":  func(q *provider.ImageRequest) { q.Prompt = "A loud harbour" },
		"a script":        func(q *provider.ImageRequest) { q.Prompt = "静かな港" },
		"another script":  func(q *provider.ImageRequest) { q.Prompt = "静かな山" },
		"seed 0":          func(q *provider.ImageRequest) { q.Seed = new(int64(0)) },
		"seed 1":          func(q *provider.ImageRequest) { q.Seed = new(int64(1)) },
		"guidance 0":      func(q *provider.ImageRequest) { q.GuidanceScale = new(0.0) },
		"guidance 7.5":    func(q *provider.ImageRequest) { q.GuidanceScale = new(7.5) },
		"guidance 20":     func(q *provider.ImageRequest) { q.GuidanceScale = new(20.0) },
		"negative":        func(q *provider.ImageRequest) { q.NegativePrompt = "boats" },
		"negative, other": func(q *provider.ImageRequest) { q.NegativePrompt = "gulls" },
		"quality":         func(q *provider.ImageRequest) { q.Quality = "high" },
		"a picture":       func(q *provider.ImageRequest) { q.Inputs = []provider.Image{one} },
		"another picture": func(q *provider.ImageRequest) { q.Inputs = []provider.Image{two} },
		"the same twice":  func(q *provider.ImageRequest) { q.Inputs = []provider.Image{one, one} },
		"the other way":   func(q *provider.ImageRequest) { q.Inputs = []provider.Image{two, one} },
		"two":             func(q *provider.ImageRequest) { q.Inputs = []provider.Image{one, two} },
	} {
		req := picture("A quiet harbour at dawn")
		req.Size = "128x128"
		change(&req)
		_, a := draw(t, req)
		_, again := draw(t, req)
		if !bytes.Equal(a.Image.Data, again.Image.Data) || a.ResponseID != again.ResponseID {
			t.Errorf("%s: the same request got another picture", name)
		}
		if other, twice := seen[string(a.Image.Data)]; twice {
			t.Errorf("%s and %s are the same picture", name, other)
		}
		seen[string(a.Image.Data)] = name
		if u := a.Usage; u.Output != 1 || u.ImageInput != int64(len(req.Inputs)) || u.Input < 1 || u.Raw == nil {
			t.Errorf("%s: usage is %+v", name, u)
		}
	}
}

// The pictures that came along are seen in the one that comes, in their colours.
func TestInputsAreSeen(t *testing.T) {
	t.Parallel()
	req := picture("Make it blue")
	red, green := color.RGBA{255, 0, 0, 255}, color.RGBA{0, 255, 0, 255}
	req.Inputs = []provider.Image{painted(t, red, 400, 30), painted(t, green, 30, 400)}
	got, _ := draw(t, req)
	found := map[color.Color]int{}
	for i := range 256 * 256 {
		found[got.At(i%256, i/256)]++
	}
	if found[red] < 500 || found[green] < 500 {
		t.Errorf("%d pixels are red and %d green", found[red], found[green])
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 30, 30)), nil); err != nil {
		t.Fatal(err)
	}
	// A picture in another format, and what nobody can look at.
	req.Inputs = []provider.Image{{ContentType: "image/jpeg", Data: b.Bytes()}, {ContentType: "image/png", Data: []byte("no picture")}, {}, {}, {}}
	draw(t, req)
}

// Each picture says what it is, in letters that stay readable when it is small.
func TestMarked(t *testing.T) {
	t.Parallel()
	for _, prompt := range []string{"A quiet harbour", "", "静かな港", strings.Repeat("long ", 2000), strings.Repeat("w", 500), "a\x00b\x1b[31m", "\xff\xfe"} {
		got, _ := draw(t, picture(prompt))
		width, height := got.Bounds().Dx(), got.Bounds().Dy()
		left, right, rows := width, 0, 0
		for y := height / 2; y < height; y++ {
			here := false
			for x := range width {
				if c, ok := got.At(x, y).(color.RGBA); ok && c.R > 235 && c.G > 235 && c.B > 235 {
					left, right, here = min(left, x), max(right, x), true
				}
			}
			if here {
				rows++
			}
		}
		if right-left < width*7/10 || right > width-4 || rows < height/25 {
			t.Errorf("%.20q: the letters go from %d to %d of %d, over %d rows", prompt, left, right, width, rows)
		}
	}
}

// It takes about as long as it is told, and Stop ends it at once.
func TestPaceOfPictures(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := demo.NewImager(time.Second)
		seen := map[time.Duration]bool{}
		for seed := range int64(8) {
			req := picture("A harbour")
			req.Size, req.Seed = "32x32", new(seed)
			begin := time.Now()
			if _, err := m.Image(t.Context(), req); err != nil {
				t.Fatal(err)
			}
			took := time.Since(begin)
			if took < time.Second/2 || took > 3*time.Second/2 {
				t.Errorf("it took %s", took)
			}
			seen[took] = true
		}
		if len(seen) < 4 {
			t.Errorf("eight pictures took %d different times", len(seen))
		}
		why := errors.New("the person pressed Stop")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(100*time.Millisecond, func() { cancel(why) })
		begin := time.Now()
		a, err := m.Image(ctx, picture("A harbour"))
		if !errors.Is(err, why) || time.Since(begin) != 100*time.Millisecond || a.Image.Data != nil {
			t.Errorf("%v after %s", err, time.Since(begin))
		}
	})
}

func BenchmarkImage(b *testing.B) {
	for _, size := range []string{"256x256", "1024x1024", "1344x768"} {
		b.Run(size, func(b *testing.B) {
			b.ReportAllocs()
			req := picture("A quiet harbour at dawn, with boats and a long pier")
			req.Size = size
			n := int64(0)
			for b.Loop() {
				n++
				req.Seed = &n
				if _, err := demo.NewImager(0).Image(b.Context(), req); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func ExampleNewImager() {
	a, err := demo.NewImager(0).Image(context.Background(), provider.ImageRequest{Prompt: "A harbour", Size: "64x48"})
	if err != nil {
		panic(err)
	}
	c, err := png.DecodeConfig(bytes.NewReader(a.Image.Data))
	fmt.Println(c.Width, c.Height, err)
	// Output: 64 48 <nil>
}
