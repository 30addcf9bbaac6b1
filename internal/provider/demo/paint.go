package demo

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"

	"golang.org/x/image/vector"
)

// paint draws one of the scenes. Their proportions are those of the canvas, so a
// scene looks the same at each size.
func (w wish) paint(canvas *image.RGBA) {
	shade := w.palette()
	r := chance(w.shapes)
	scenes := []func(*image.RGBA, shades, *rand.Rand, float64){hills, bubbles, ribbons}
	scenes[r.IntN(len(scenes))](canvas, shade, r, w.strength)
}

// shades gives a colour: lightness from 0 to 1, and how far (-1 to 1) its hue is
// from the picture's own.
type shades func(lightness, away float64) color.RGBA

// palette takes its colours from a part of the wheel, so that they go together.
func (w wish) palette() shades {
	r := chance(w.colours)
	hue := 360*r.Float64() + w.turn
	span := 50 + 60*r.Float64()
	chroma := 0.05 + 0.14*w.strength
	return func(lightness, away float64) color.RGBA { return oklch(lightness, chroma, hue+span*away) }
}

// oklch gives a colour by its perceived lightness, chroma and hue
// (bottosson.github.io/posts/oklab): colours of one lightness look equally light,
// which those of HSL do not.
func oklch(lightness, chroma, hue float64) color.RGBA {
	sin, cos := math.Sincos(hue * math.Pi / 180)
	a, b := chroma*cos, chroma*sin
	l := lightness + 0.3963377774*a + 0.2158037573*b
	m := lightness - 0.1055613458*a - 0.0638541728*b
	s := lightness - 0.0894841775*a - 1.2914855480*b
	l, m, s = l*l*l, m*m*m, s*s*s
	return color.RGBA{
		channel(4.0767416621*l - 3.3077115913*m + 0.2309699292*s),
		channel(-1.2684380046*l + 2.6097574011*m - 0.3413193965*s),
		channel(-0.0041960863*l - 0.7034186147*m + 1.7076147010*s),
		math.MaxUint8,
	}
}

// channel writes linear light as sRGB does.
func channel(linear float64) uint8 {
	linear = min(max(0, linear), 1)
	if linear <= 0.0031308 {
		return uint8(math.Round(255 * 12.92 * linear))
	}
	return uint8(math.Round(255 * (1.055*math.Pow(linear, 1/2.4) - 0.055)))
}

// hills are ridges before a sky with a sun, the nearer the darker.
func hills(canvas *image.RGBA, shade shades, r *rand.Rand, strength float64) {
	x, y := 0.2+0.6*r.Float64(), 0.14+0.22*r.Float64()
	gradient(canvas, 0, shade(0.62, -0.6), shade(0.8, 0.1), shade(0.93, 0.8))
	glow(canvas, x, y, 0.42, shade(0.97, 0.9), 0.75)
	disc(canvas, x, y, 0.05+0.05*r.Float64(), shade(0.98, 0.9))
	ridges := 4 + int(4*strength)
	for i := range ridges {
		depth := float64(i) / float64(ridges-1)
		ridge := wave(r, 0.10-0.05*depth)
		base := 0.38 + 0.42*depth
		fill(canvas, func(at float64) float64 { return base + ridge(at) }, bottom, shade(0.76-0.5*depth, 0.7-1.5*depth))
	}
}

// bubbles are round lights, one over another.
func bubbles(canvas *image.RGBA, shade shades, r *rand.Rand, strength float64) {
	gradient(canvas, 0.6, shade(0.34, -0.8), shade(0.48, 0), shade(0.66, 0.8))
	for range 9 + int(10*strength) {
		x, y, radius := r.Float64(), 0.9*r.Float64(), 0.05+0.2*r.Float64()*r.Float64()
		tone := shade(0.7+0.22*r.Float64(), 2*r.Float64()-1)
		glow(canvas, x, y, 1.7*radius, tone, 0.35)
		disc(canvas, x, y, radius, fade(tone, 0.45))
		disc(canvas, x-0.3*radius, y-0.3*radius, 0.35*radius, fade(shade(0.97, 0), 0.3))
	}
}

// ribbons flow from side to side.
func ribbons(canvas *image.RGBA, shade shades, r *rand.Rand, strength float64) {
	gradient(canvas, 0.3, shade(0.94, 0.6), shade(0.86, 0), shade(0.78, -0.6))
	glow(canvas, 0.1+0.8*r.Float64(), 0.2*r.Float64(), 0.6, shade(0.99, 0.5), 0.6)
	bands := 6 + int(5*strength)
	for i := range bands {
		place := float64(i) / float64(bands-1)
		upper, lower := wave(r, 0.12), wave(r, 0.05)
		base, width := 0.1+0.62*place, 0.06+0.1*r.Float64()
		fill(canvas, func(at float64) float64 { return base + upper(at) },
			func(at float64) float64 { return base + upper(at) + width + lower(at) }, fade(shade(0.82-0.42*place, 1.6*place-0.8), 0.6))
	}
}

// gradient goes from the top to the bottom through three colours, aslant by slant.
func gradient(canvas *image.RGBA, slant float64, colours ...color.RGBA) {
	const steps = 1 << 12
	var table [steps + 1]color.RGBA
	for i := range table {
		at := float64(i) / steps * float64(len(colours)-1)
		n := min(int(at), len(colours)-2)
		part := at - float64(n)
		table[i] = mix(colours[n], colours[n+1], part*part*(3-2*part))
	}
	bounds := canvas.Bounds()
	down, across := steps/(1+slant)/float64(bounds.Dy()), steps*slant/(1+slant)/float64(bounds.Dx())
	for y := range bounds.Dy() {
		row := canvas.Pix[y*canvas.Stride:][:4*bounds.Dx()]
		for x := range bounds.Dx() {
			c := table[int(float64(y)*down+float64(x)*across)]
			row[4*x], row[4*x+1], row[4*x+2], row[4*x+3] = c.R, c.G, c.B, c.A
		}
	}
}

// glow is a light that fades outwards. Places and radii here and below are parts
// of the width and the height, radii of the shorter edge.
func glow(canvas *image.RGBA, x, y, radius float64, c color.RGBA, strength float64) {
	bounds := canvas.Bounds()
	cx, cy, far := x*float64(bounds.Dx()), y*float64(bounds.Dy()), radius*shorter(canvas)
	box := image.Rect(int(cx-far), int(cy-far), int(cx+far)+1, int(cy+far)+1).Intersect(bounds)
	for py := box.Min.Y; py < box.Max.Y; py++ {
		for px := box.Min.X; px < box.Max.X; px++ {
			dx, dy := float64(px)-cx, float64(py)-cy
			near := 1 - (dx*dx+dy*dy)/(far*far)
			if near <= 0 {
				continue
			}
			part := int(256 * strength * near * near)
			p := canvas.Pix[canvas.PixOffset(px, py):][:3:3]
			p[0], p[1], p[2] = toward(p[0], c.R, part), toward(p[1], c.G, part), toward(p[2], c.B, part)
		}
	}
}

func disc(canvas *image.RGBA, x, y, radius float64, c color.RGBA) {
	const corners = 72
	cx, cy, far := x*float64(canvas.Bounds().Dx()), y*float64(canvas.Bounds().Dy()), radius*shorter(canvas)
	outline := make([]point, corners)
	for i := range outline {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / corners)
		outline[i] = point{cx + far*cos, cy + far*sin}
	}
	polygon(canvas, outline, c)
}

// fill paints what is between two lines, which give a height for each place from 0 to 1.
func fill(canvas *image.RGBA, upper, lower func(float64) float64, c color.RGBA) {
	const corners = 96
	width, height := float64(canvas.Bounds().Dx()), float64(canvas.Bounds().Dy())
	outline := make([]point, 0, 2*(corners+1))
	for i := range corners + 1 {
		at := float64(i) / corners
		outline = append(outline, point{at * width, upper(at) * height})
	}
	for i := range corners + 1 {
		at := 1 - float64(i)/corners
		outline = append(outline, point{at * width, lower(at) * height})
	}
	polygon(canvas, outline, c)
}

type point struct{ x, y float64 }

// polygon paints an outline. Only the part of the canvas that it covers is looked at.
func polygon(canvas *image.RGBA, outline []point, c color.RGBA) {
	low, high := outline[0], outline[0]
	for _, p := range outline {
		low = point{min(low.x, p.x), min(low.y, p.y)}
		high = point{max(high.x, p.x), max(high.y, p.y)}
	}
	box := image.Rect(int(low.x)-1, int(low.y)-1, int(high.x)+2, int(high.y)+2).Intersect(canvas.Bounds())
	if box.Empty() {
		return
	}
	shape := vector.NewRasterizer(box.Dx(), box.Dy())
	for i, p := range outline {
		x, y := float32(p.x)-float32(box.Min.X), float32(p.y)-float32(box.Min.Y)
		if i == 0 {
			shape.MoveTo(x, y)
		} else {
			shape.LineTo(x, y)
		}
	}
	shape.ClosePath()
	shape.Draw(canvas, box, image.NewUniform(c), image.Point{})
}

func bottom(float64) float64 { return 1 }

// wave is a soft line around 0 of about this height.
func wave(r *rand.Rand, height float64) func(float64) float64 {
	slow, quick := 2+4*r.Float64(), 6+6*r.Float64()
	begin, then := 2*math.Pi*r.Float64(), 2*math.Pi*r.Float64()
	return func(at float64) float64 {
		return height * (0.75*math.Sin(slow*at+begin) + 0.25*math.Sin(quick*at+then))
	}
}

func shorter(canvas *image.RGBA) float64 {
	return float64(min(canvas.Bounds().Dx(), canvas.Bounds().Dy()))
}

// mix gives a colour between two that cover.
func mix(a, b color.RGBA, part float64) color.RGBA {
	n := int(256 * part)
	return color.RGBA{toward(a.R, b.R, n), toward(a.G, b.G, n), toward(a.B, b.B, n), math.MaxUint8}
}

// toward goes so many 256ths of the way.
func toward(from, to uint8, part int) uint8 {
	return uint8(int(from) + (int(to)-int(from))*part/256) //nolint:gosec // between the two
}

// fade makes a colour that covers in part.
func fade(c color.RGBA, part float64) color.RGBA {
	n := int(256 * part)
	return color.RGBA{toward(0, c.R, n), toward(0, c.G, n), toward(0, c.B, n), toward(0, math.MaxUint8, n)}
}
