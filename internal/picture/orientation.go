package picture

import (
	"bytes"
	"image"

	"github.com/bep/imagemeta"
)

// orientation is how a camera was held, as EXIF numbers it: 1 to 8.
type orientation uint16

const upright orientation = 1

// orientationOf reads it from what stands before a JPEG's pixels. What cannot be
// read is upright.
func orientationOf(head []byte) orientation {
	found := upright
	_, _ = imagemeta.Decode(imagemeta.Options{ // what is wrong there is no reason to refuse the picture
		R: bytes.NewReader(head), ImageFormat: imagemeta.JPEG, Sources: imagemeta.EXIF,
		ShouldHandleTag: func(t imagemeta.TagInfo) bool { return t.Namespace == "IFD0" && t.Tag == "Orientation" },
		HandleTag: func(t imagemeta.TagInfo) error {
			if v, ok := t.Value.(uint16); ok && v >= 1 && v <= 8 {
				found = orientation(v)
			}
			return imagemeta.ErrStopWalking
		},
	})
	return found
}

// turns tells that width and height change places.
func (o orientation) turns() bool { return o >= 5 && o <= 8 }

// apply turns and mirrors a picture so that it is upright.
func (o orientation) apply(in *image.RGBA) *image.RGBA {
	if o <= upright || o > 8 {
		return in
	}
	w, h := in.Rect.Dx(), in.Rect.Dy()
	size := image.Pt(w, h)
	if o.turns() {
		size = image.Pt(h, w)
	}
	out := image.NewRGBA(image.Rectangle{Max: size})
	for y := range h {
		for x := range w {
			at := o.place(x, y, w, h)
			copy(out.Pix[at.Y*out.Stride+4*at.X:][:4], in.Pix[y*in.Stride+4*x:][:4])
		}
	}
	return out
}

// place is where a pixel comes to be.
func (o orientation) place(x, y, w, h int) image.Point {
	switch o {
	case 2:
		return image.Pt(w-1-x, y)
	case 3:
		return image.Pt(w-1-x, h-1-y)
	case 4:
		return image.Pt(x, h-1-y)
	case 5:
		return image.Pt(y, x)
	case 6:
		return image.Pt(h-1-y, x)
	case 7:
		return image.Pt(h-1-y, w-1-x)
	case 8:
		return image.Pt(y, w-1-x)
	default:
		return image.Pt(x, y)
	}
}
