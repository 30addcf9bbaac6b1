package picture

import (
	"image"
	"testing"
)

// landscape is something like a photograph: large areas, and some noise.
func landscape(w, h int) *image.NRGBA {
	img := noise(w, h)
	for y := range h {
		for x := range w {
			p := img.Pix[y*img.Stride+4*x:][:4]
			p[0], p[1], p[2], p[3] = uint8(x*200/w)+p[0]/16, uint8(y*200/h)+p[1]/16, 90+p[2]/16, 255 //nolint:gosec // below 256
		}
	}
	return img
}

func BenchmarkThumbnail(b *testing.B) {
	data, err := encodePNG(landscape(1024, 1024))
	if err != nil {
		b.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"jpeg 12 MP": jpegOfImage(b, landscape(4000, 3000)), "png 1 MP": data, "webp lossless": mustRead(b, "lossless.webp"),
	} {
		b.Run(name, func(b *testing.B) {
			w := New(Options{})
			b.ReportAllocs()
			for b.Loop() {
				if _, err := w.Thumbnail(b.Context(), openerOf(data)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkMake(b *testing.B) {
	data, err := encodePNG(landscape(1024, 1024))
	if err != nil {
		b.Fatal(err)
	}
	for name, c := range map[string]struct {
		data []byte
		fit  image.Point
	}{
		"png as it is": {data, image.Point{}}, "png to a quarter": {data, image.Pt(512, 512)}, "jpeg": {jpegOfImage(b, landscape(1024, 1024)), image.Point{}},
	} {
		b.Run(name, func(b *testing.B) {
			w := New(Options{})
			b.ReportAllocs()
			for b.Loop() {
				if _, err := w.Make(b.Context(), c.data, c.fit, fox()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
