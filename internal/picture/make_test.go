package picture_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"
	"time"

	"pulse/internal/picture"
)

// gradient is a picture in which every place is known by its colour.
func gradient(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetNRGBA(x, y, color.NRGBA{uint8(x * 255 / w), uint8(y * 255 / h), 128, 255}) //nolint:gosec // below 256
		}
	}
	return img
}

func pngOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func origin() picture.Origin {
	return picture.Origin{
		Prompt: "A <fox> & a “hare” ]]> 🦊\r\nat dusk", NegativePrompt: "text", Model: "m-1", ModelName: "Model One", Provider: "demo",
		Size: "square", Quality: "high", GuidanceScale: new(7.5), Seed: new(int64(42)), CreatedAt: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC),
	}
}

// What a vendor sends becomes a PNG of the size that is wanted, with a thumbnail.
func TestMake(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		data  []byte
		fit   image.Point
		want  image.Point
		thumb image.Point
	}{
		"a PNG as it is":          {pngOf(t, gradient(1024, 768)), image.Point{}, image.Pt(1024, 768), image.Pt(512, 384)},
		"a PNG that fits":         {pngOf(t, gradient(300, 200)), image.Pt(512, 512), image.Pt(300, 200), image.Pt(300, 200)},
		"a PNG scaled down":       {pngOf(t, gradient(1024, 768)), image.Pt(256, 256), image.Pt(256, 192), image.Pt(512, 384)},
		"a JPEG":                  {jpegOf(t, gradient(640, 480)), image.Point{}, image.Pt(640, 480), image.Pt(512, 384)},
		"a JPEG scaled by little": {jpegOf(t, gradient(640, 480)), image.Pt(600, 600), image.Pt(600, 450), image.Pt(512, 384)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := picture.New(picture.Options{})
			made, err := w.Make(t.Context(), c.data, c.fit, origin())
			if err != nil {
				t.Fatal(err)
			}
			img, err := png.Decode(bytes.NewReader(made.PNG))
			if err != nil {
				t.Fatal(err)
			}
			if got := img.Bounds().Size(); got != c.want || image.Pt(made.Width, made.Height) != c.want {
				t.Errorf("it is %v and says %d × %d, want %v", got, made.Width, made.Height, c.want)
			}
			if got := image.Pt(made.Thumbnail.Width, made.Thumbnail.Height); got != c.thumb {
				t.Errorf("the thumbnail is %v, want %v", got, c.thumb)
			}
			if _, ok := picture.ReadOrigin(made.PNG); !ok {
				t.Error("it does not say how it came about")
			}
		})
	}
}
