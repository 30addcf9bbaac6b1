package extract

import (
	"slices"
	"unicode"

	"golang.org/x/text/unicode/bidi"
)

// box is where a character stands on the page; y grows upwards.
type box struct{ left, right, bottom, top float64 }

func (b box) middle() float64 { return (b.left + b.right) / 2 }

// glyph is a character and its number on the page.
type glyph struct {
	r rune
	i int
}

// straighten mends what PDFium makes of text that was set in pieces, as
// browsers set it. It ends a line between two pieces that do not touch, even
// within a word, and leaves right-to-left text that is marked as reversed in
// the order in which it stands on the page. at tells where a character stands.
func straighten(text []rune, at func(i int) (box, bool)) string {
	line := make([]glyph, 0, len(text))
	var out []rune
	flush := func() {
		for _, g := range readingOrder(line, at) {
			out = append(out, g.r)
		}
		line = line[:0]
	}
	for i := 0; i < len(text); i++ {
		if text[i] != '\r' || i+1 == len(text) || text[i+1] != '\n' {
			line = append(line, glyph{text[i], i})
			continue
		}
		goesOn, space := false, false
		if len(line) > 0 && i+2 < len(text) && !unicode.IsSpace(text[i+2]) {
			goesOn, space = sameLine(line[len(line)-1], glyph{text[i+2], i + 2}, at)
		}
		switch {
		case goesOn && space:
			line = append(line, glyph{' ', i})
		case !goesOn:
			flush()
			out = append(out, '\n')
		}
		i++ // the \n
	}
	flush()
	return string(out)
}

// sameLine tells whether b follows a on its line, and whether a blank's width
// is between them. What is further away is another column.
func sameLine(a, b glyph, at func(int) (box, bool)) (goesOn, space bool) {
	p, ok := at(a.i)
	if !ok {
		return false, false
	}
	q, ok := at(b.i)
	if !ok {
		return false, false
	}
	height := min(p.top-p.bottom, q.top-q.bottom)
	if height <= 0 || min(p.top, q.top)-max(p.bottom, q.bottom) < height/2 {
		return false, false
	}
	kerning, blank := 0.15, 0.6 // of a line's height
	if direction(a.r) == bidi.AL && direction(b.r) == bidi.AL {
		// Where reversed pieces stand, PDFium knows by their ink alone, and
		// Arabic letters have air around them.
		height = max(p.top-p.bottom, q.top-q.bottom)
		kerning, blank = 0.4, 0.9
	}
	gap := q.left - p.right
	if q.middle() < p.middle() { // from right to left
		gap = p.left - q.right
	}
	return gap > -kerning*height && gap < blank*height, gap >= kerning*height
}

// readingOrder turns a line that is in the order of the page into the order in
// which it is read, if it has right-to-left text that runs to the right.
func readingOrder(line []glyph, at func(int) (box, bool)) []glyph {
	first, last, toRight, toLeft := -1, -1, 0, 0
	for k, g := range line {
		if isRTL(g.r) {
			toLeft++
			if first < 0 {
				first = k
			}
			last = k
		} else if direction(g.r) == bidi.L {
			toRight++
		}
	}
	if first == last { // none, or one alone
		return line
	}
	from, ok := at(line[first].i)
	to, known := at(line[last].i)
	if !ok || !known || from.middle() >= to.middle() {
		return line
	}
	if toLeft > toRight { // the whole line is one that begins at the right
		first, last = 0, len(line)-1
	}
	turn(line[first : last+1])
	return line
}

// turn reverses a line but for what in it runs to the right. Marks stay behind
// the letters they stand on.
func turn(line []glyph) {
	slices.Reverse(line)
	ltr := func(r rune) bool {
		d := direction(r)
		return d == bidi.L || d == bidi.EN || d == bidi.AN
	}
	for k := 0; k < len(line); k++ {
		end := k + 1
		switch {
		case ltr(line[k].r): // up to the last that runs to the right before one that does not
			for j := end; j < len(line) && !isRTL(line[j].r); j++ {
				if ltr(line[j].r) {
					end = j + 1
				}
			}
		case unicode.Is(unicode.Mn, line[k].r): // marks, and their letter
			for end < len(line) && unicode.Is(unicode.Mn, line[end].r) {
				end++
			}
			end = min(end+1, len(line))
		}
		slices.Reverse(line[k:end])
		k = end - 1
	}
}

func isRTL(r rune) bool {
	d := direction(r)
	return d == bidi.R || d == bidi.AL
}

func direction(r rune) bidi.Class {
	p, _ := bidi.LookupRune(r)
	return p.Class()
}
