package demo

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"

	"pulse/internal/provider"
)

// Mark is what each picture says of itself.
const Mark = "Demo · not made by a model"

// fonts are read once. A face is for one goroutine, a font for all.
var fonts = sync.OnceValue(func() (f struct{ bold, regular *opentype.Font }) {
	var err error
	if f.bold, err = opentype.Parse(gobold.TTF); err == nil {
		f.regular, err = opentype.Parse(goregular.TTF)
	}
	if err != nil {
		panic(err) // they are in the binary
	}
	return f
})

// line is a line of the caption.
type line struct {
	text string
	face font.Face
}

// caption writes the mark, the beginning of the prompt and the settings upon a
// dark band at the foot. The mark is as wide as fits, so that it is read in a
// thumbnail too.
func (w wish) caption(canvas *image.RGBA) error {
	width, height := canvas.Bounds().Dx(), canvas.Bounds().Dy()
	const trial = 100
	probe, err := face(fonts().bold, trial)
	if err != nil {
		return err
	}
	size := min(trial*0.8*float64(width)/pixelsOf(font.MeasureString(probe, Mark)), float64(height)/8)
	var lines []line
	for _, part := range []struct {
		text string
		font *opentype.Font
		size float64
		most int // lines
	}{
		{Mark, fonts().bold, size, 1},
		{showable(fonts().regular, w.prompt), fonts().regular, 0.68 * size, 2},
		{showable(fonts().regular, w.settings), fonts().regular, 0.56 * size, 1},
	} {
		f, err := face(part.font, max(1, part.size))
		if err != nil {
			return err
		}
		for _, text := range wrap(f, part.text, 0.9*float64(width), part.most) {
			lines = append(lines, line{text, f})
		}
	}
	const leading = 1.3 // of a face's height
	high := 0.7 * size
	for _, l := range lines {
		high += leading * pixelsOf(l.face.Metrics().Ascent)
	}
	band := canvas.Bounds()
	band.Min.Y = max(0, height-int(high))
	dark := color.RGBA{8, 8, 14, 176} //nolint:mnd // about 70 percent
	draw.Draw(canvas, band, image.NewUniform(dark), image.Point{}, draw.Over)
	at := float64(band.Min.Y) + 0.2*size
	for _, l := range lines {
		at += leading * pixelsOf(l.face.Metrics().Ascent)
		d := font.Drawer{Dst: canvas, Src: image.White, Face: l.face, Dot: fixed.P(width/20, int(at))}
		d.DrawString(l.text)
	}
	return nil
}

func face(f *opentype.Font, size float64) (font.Face, error) { //nolint:ireturn // opentype has no other
	made, err := opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	return made, nil
}

func pixelsOf(v fixed.Int26_6) float64 { return float64(v) / 64 }

// showable gives those words of a text that the font can write. A letter with a
// mark that it has not is written without; a word in another script is left out.
func showable(f *sfnt.Font, text string) string {
	var b sfnt.Buffer
	has := func(r rune) bool {
		glyph, err := f.GlyphIndex(&b, r)
		return err == nil && glyph != 0 && unicode.IsGraphic(r)
	}
	var words []string
	seen := 0
	for word := range strings.FieldsSeq(text) {
		if seen++; seen > 200 { //nolint:mnd // far more than fit
			break
		}
		var kept strings.Builder
		whole := true
		for _, r := range norm.NFC.String(word) {
			if !has(r) {
				r = []rune(norm.NFD.String(string(r)))[0]
			}
			if has(r) {
				kept.WriteRune(r)
			} else if unicode.IsLetter(r) || unicode.IsDigit(r) {
				whole = false
			}
		}
		if whole && kept.Len() > 0 {
			words = append(words, kept.String())
		}
	}
	shown := strings.Join(words, " ")
	if !strings.ContainsFunc(shown, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return ""
	}
	return shown
}

// wrap breaks a text into as many lines as there may be. The last ends in "…" where
// there is more.
func wrap(f font.Face, text string, width float64, most int) []string {
	fits := func(s string) bool { return pixelsOf(font.MeasureString(f, s)) <= width }
	words := strings.Fields(text)
	var lines []string
	for len(words) > 0 {
		n := 1
		for n < len(words) && fits(strings.Join(words[:n+1], " ")) {
			n++
		}
		now := strings.Join(words[:n], " ")
		words = words[n:]
		if len(words) > 0 && len(lines) == most-1 || !fits(now) {
			letters := []rune(now)
			for len(letters) > 0 && !fits(string(letters)+"…") {
				letters = letters[:len(letters)-1]
			}
			now = string(letters) + "…"
		}
		if lines = append(lines, now); len(lines) == most {
			break
		}
	}
	return lines
}

// mostShown is how many of the pictures of a request are seen in the one that comes.
const mostShown = 4

// inset shows the pictures of the request in a corner, as prints with a white edge.
func (w wish) inset(ctx context.Context, canvas *image.RGBA, inputs []provider.Image) {
	bounds := canvas.Bounds()
	edge := int(0.22 * shorter(canvas))
	gap := max(1, edge/12)
	inputs = inputs[:min(len(inputs), mostShown)]
	for i, input := range inputs {
		right := bounds.Max.X - gap - (len(inputs)-1-i)*(edge+gap)
		frame := image.Rect(right-edge, gap, right, gap+edge)
		draw.Draw(canvas, frame, image.White, image.Point{}, draw.Src)
		inner := frame.Inset(max(1, gap/2))
		shown, err := decode(ctx, input.Data)
		if err != nil { // too much to look at, or no picture: a colour of its own
			tone := oklch(0.7, 0.12, float64(digestOf(string(input.Data))%360))
			draw.Draw(canvas, inner, image.NewUniform(tone), image.Point{}, draw.Src)
			continue
		}
		draw.ApproxBiLinear.Scale(canvas, inner, shown, square(shown.Bounds()), draw.Over, nil)
	}
}

// square is the middle of a picture.
func square(r image.Rectangle) image.Rectangle {
	edge := min(r.Dx(), r.Dy())
	corner := r.Min.Add(image.Pt((r.Dx()-edge)/2, (r.Dy()-edge)/2))
	return image.Rectangle{corner, corner.Add(image.Pt(edge, edge))}
}
