package store

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

const (
	// maxWords is how many different words of a text are indexed: as many as a
	// book's chapter has, and an end to what a pasted log costs.
	maxWords = 10_000
	// maxIndexed is how much of a text is looked at, in bytes.
	maxIndexed = 512 << 10
	// maxWord is how much of a word counts, in bytes: prose has no longer ones.
	maxWord = 48
)

// spaceless are the scripts that are written without spaces between words.
var spaceless = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar}

// accents are marks that people leave out when they search. Vowel signs of
// Indian scripts are no such marks.
var accents = &unicode.RangeTable{R16: []unicode.Range16{
	{Lo: 0x0300, Hi: 0x036f, Stride: 1}, {Lo: 0x0591, Hi: 0x05c7, Stride: 1}, {Lo: 0x064b, Hi: 0x065f, Stride: 1},
}}

// word is a word of a text: folded, and where it stands.
type word struct {
	text       string
	start, end int
}

// words calls yield for each word until it says stop. Scripts without spaces
// give pairs of letters: whoever looks for several finds those that follow each
// other. whole adds the single last letter of such a run, for an index; a
// search must not ask for it.
func words(text string, whole bool, yield func(word) bool) {
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		switch {
		case unicode.In(r, spaceless...):
			end := run(text, at, func(r rune) bool { return unicode.In(r, spaceless...) || unicode.IsMark(r) })
			if !pairs(text, at, end, whole, yield) {
				return
			}
			at = end
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			end := run(text, at, func(r rune) bool {
				return (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)) && !unicode.In(r, spaceless...)
			})
			if folded := foldedWord(text[at:end]); folded != "" && !yield(word{folded, at, end}) {
				return
			}
			at = end
		default:
			at += size
		}
	}
}

// run gives the end of what belongs together from start on.
func run(text string, start int, belongs func(rune) bool) int {
	for i, r := range text[start:] {
		if !belongs(r) {
			return start + i
		}
	}
	return len(text)
}

func pairs(text string, start, end int, whole bool, yield func(word) bool) bool {
	single := true
	for at := start; at < end; {
		_, first := utf8.DecodeRuneInString(text[at:end])
		next := at + first
		if next < end {
			_, second := utf8.DecodeRuneInString(text[next:end])
			if folded := foldedWord(text[at : next+second]); folded != "" && !yield(word{folded, at, next + second}) {
				return false
			}
			single = false
		} else if whole || single {
			folded := foldedWord(text[at:end])
			return folded == "" || yield(word{folded, at, end})
		}
		at = next
	}
	return true
}

// foldedWord is a word as it is looked for: without case and accents, ligatures
// and other forms of the same letters taken apart. It has letters, digits and
// marks only, and may be empty: the forms of some letters have spaces.
func foldedWord(s string) string {
	if len(s) > maxWord {
		s = s[:maxWord]
		for len(s) > 0 && !utf8.ValidString(s[max(0, len(s)-utf8.UTFMax):]) {
			s = s[:len(s)-1]
		}
	}
	if isASCII(s) {
		return strings.ToLower(s)
	}
	s = strings.Map(func(r rune) rune {
		if unicode.Is(accents, r) || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
			return -1
		}
		return r
	}, norm.NFKD.String(s))
	return cases.Fold().String(norm.NFC.String(s))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
