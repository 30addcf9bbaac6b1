package picture

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"math"

	xdraw "golang.org/x/image/draw"
)

// pixels is a decoded picture. Its frame may be smaller than the picture, as in
// some GIFs; what is around it is transparent.
type pixels struct {
	frame  image.Image
	canvas image.Rectangle
}

// plan is how a picture is made smaller: first by whole numbers, which is fast
// and takes no memory, then by the rest, which looks well.
type plan struct {
	from, to image.Point
	by       image.Point // how many pixels become one in the first step
	between  image.Point // the size after it
}

// newPlan makes a picture fit, if it does not: nothing is enlarged. A zero fit
// fits everything.
func newPlan(size, fit image.Point) plan {
	p := plan{from: size, to: size}
	if fit.X > 0 && fit.Y > 0 {
		ratio := min(1, float64(fit.X)/float64(size.X), float64(fit.Y)/float64(size.Y))
		p.to = image.Pt(max(1, int(math.Round(ratio*float64(size.X)))), max(1, int(math.Round(ratio*float64(size.Y)))))
	}
	p.by = image.Pt(max(1, p.from.X/(2*p.to.X)), max(1, p.from.Y/(2*p.to.Y))) // at least twice the size is left
	p.between = image.Pt((p.from.X+p.by.X-1)/p.by.X, (p.from.Y+p.by.Y-1)/p.by.Y)
	return p
}

// memory is how many bytes the plan takes beside the decoded picture.
func (p plan) memory() int64 {
	const (
		rgba   = 4
		kernel = 32  // four float64, for each row before and column after
		weight = 256 // of a row or column: some float64 and places, in lists that grow
	)
	strip := int64(p.from.X) * int64(p.by.Y) * rgba
	sums := int64(p.between.X) * 16
	between := area(p.between) * rgba
	result := 2 * area(p.to) * rgba // once more to turn it
	if p.to == p.between {
		return strip + sums + between + result
	}
	weights := int64(p.between.X+p.between.Y+p.to.X+p.to.Y) * weight
	return strip + sums + between + result + weights + int64(p.to.X)*int64(p.between.Y)*kernel
}

// encoded bounds the memory of the result as a PNG while it is written: pixels
// that cannot be compressed, in a buffer that has grown by doubling.
func (p plan) encoded() int64 {
	const perPixel, perRow, compressor = 4, 64, 2 << 20
	return 3*(area(p.to)*perPixel+int64(p.to.Y)*perRow) + compressor
}

func area(p image.Point) int64 { return int64(p.X) * int64(p.Y) }

// make carries the plan out.
func (p plan) make(px pixels) *image.RGBA {
	between := p.shrink(px)
	if p.to == p.between {
		return between
	}
	out := image.NewRGBA(image.Rectangle{Max: p.to})
	xdraw.CatmullRom.Scale(out, out.Rect, between, between.Rect, xdraw.Src, nil)
	return out
}

// shrink takes the mean of each box of pixels. It goes strip by strip, in the one
// form that everything can be drawn into.
func (p plan) shrink(px pixels) *image.RGBA {
	out := image.NewRGBA(image.Rectangle{Max: p.between})
	if p.by == image.Pt(1, 1) {
		draw.Draw(out, out.Rect, px.frame, px.canvas.Min, draw.Src)
		return out
	}
	strip := image.NewRGBA(image.Rect(0, 0, p.from.X, p.by.Y))
	sums := make([]uint32, 4*p.between.X)
	whole := px.frame.Bounds() == px.canvas
	for row := range p.between.Y {
		top := row * p.by.Y
		high := min(p.by.Y, p.from.Y-top)
		if !whole {
			clear(strip.Pix)
		}
		draw.Draw(strip, image.Rect(0, 0, p.from.X, high), px.frame, px.canvas.Min.Add(image.Pt(0, top)), draw.Src)
		clear(sums)
		for y := range high {
			addBoxes(sums, strip.Pix[y*strip.Stride:][:4*p.from.X], p.by.X)
		}
		p.means(out.Pix[row*out.Stride:][:4*p.between.X], sums, high)
	}
	return out
}

// addBoxes adds each so many pixels of a row to one sum.
func addBoxes(sums []uint32, row []uint8, by int) {
	for i := 0; len(row) > 0; i += 4 {
		box := row[:min(4*by, len(row))]
		row = row[len(box):]
		var r, g, b, a uint32
		for ; len(box) >= 4; box = box[4:] {
			r += uint32(box[0])
			g += uint32(box[1])
			b += uint32(box[2])
			a += uint32(box[3])
		}
		s := sums[i : i+4 : i+4]
		s[0] += r
		s[1] += g
		s[2] += b
		s[3] += a
	}
}

// means divides the sums by how many pixels each has, which is fewer at the end.
func (p plan) means(out []uint8, sums []uint32, high int) {
	for i := 0; i < len(sums); i += 4 {
		n := uint32(min(p.by.X, p.from.X-i/4*p.by.X) * high) //nolint:gosec // at most a picture's pixels
		for c := i; c < i+4; c++ {
			out[c] = uint8((sums[c] + n/2) / n) //nolint:gosec // the mean of bytes
		}
	}
}

// thumbnailOf turns a small picture upright and encodes it.
func thumbnailOf(small *image.RGBA, o orientation) (Thumbnail, error) {
	const quality = 80
	small = o.apply(small)
	t := Thumbnail{Width: small.Rect.Dx(), Height: small.Rect.Dy()}
	if !small.Opaque() {
		var err error
		t.ContentType = "image/png"
		t.Data, err = encodePNG(small)
		return t, err
	}
	t.ContentType = "image/jpeg"
	var out bytes.Buffer
	if err := jpeg.Encode(&out, small, &jpeg.Options{Quality: quality}); err != nil {
		return t, fmt.Errorf("picture: encode a thumbnail: %w", err)
	}
	t.Data = out.Bytes()
	return t, nil
}

func encodePNG(img image.Image) ([]byte, error) {
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		return nil, fmt.Errorf("picture: encode a PNG: %w", err)
	}
	return out.Bytes(), nil
}
