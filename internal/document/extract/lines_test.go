package extract

import (
	"bytes"
	_ "embed"
	"strings"
	"testing"
	"unicode"
)

// scripts is what a browser prints of a page in five scripts: pieces of words
// that are kerned, Arabic as reversed pieces with their text beside them.
//
//go:embed testdata/scripts.pdf
var scripts []byte

func TestScripts(t *testing.T) {
	t.Parallel()
	found, err := read(t, shared, scripts)
	want := "Élève naïf, ça coûte 3 €.\nЕщё булок.\nمرحبا بالعالم\n你好，世界。\n\nThe second page."
	if err != nil || found.Text != want || found.Pages != 2 {
		t.Errorf("%v, %d pages\n%q, want\n%q", err, found.Pages, found.Text, want)
	}
}

// set says where the characters of a text stand: each 6 wide and its line 12
// high, from 0 on. "→" moves on by a blank's width, "⇒" by a column's, and "↓"
// to the next line, "\r\n" is what PDFium puts in.
func set(s string) (text []rune, at func(int) (box, bool)) {
	places := map[int]box{}
	x, y := 0.0, 700.0
	for _, r := range s {
		switch r {
		case '→':
			x += 4
		case '⇒':
			x += 40
		case '↓':
			x, y = 0, y-14
		case '\r', '\n':
			text = append(text, r)
		default:
			width := 6.0
			if unicode.Is(unicode.Mn, r) {
				width = 0
			}
			places[len(text)] = box{x, x + width, y, y + 12}
			text = append(text, r)
			x += width
		}
	}
	return text, func(i int) (box, bool) { b, ok := places[i]; return b, ok }
}

func TestStraighten(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ set, want string }{
		"nothing":                  {"", ""},
		"a line":                   {"one line", "one line"},
		"two lines":                {"one\r\n↓two", "one\ntwo"},
		"a word in pieces":         {"bu\r\nt", "but"},
		"words in pieces":          {"a\r\n→b", "a b"},
		"columns":                  {"a\r\n⇒b", "a\nb"},
		"an empty line":            {"a\r\n\r\n↓b", "a\n\nb"},
		"an end":                   {"a\r\n", "a\n"},
		"a lone return":            {"a\rb", "a\rb"},
		"as it stands":             {"םולש", "שלום"},
		"with a number":            {"123 םולש", "שלום 123"},
		"with a name":              {"lasting peace םולש", "lasting peace שלום"},
		"with a name, from right":  {"םלוע Go 1.26 םולש", "שלום Go 1.26 עולם"},
		"with marks":               {"םוֹלשָׁ", "שָׁלוֹם"},
		"in pieces":                {"םו\r\nלש", "שלום"},
		"right to left, two lines": {"םולש\r\n↓םלוע", "שלום\nעולם"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := straighten(set(c.set)); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// Text that is in its order already, however it stands, stays so.
func TestStraightenLeavesOrder(t *testing.T) {
	t.Parallel()
	text := []rune("שלום עולם")
	fromRight := func(i int) (box, bool) { x := 500 - 6*float64(i); return box{x, x + 6, 0, 12}, true }
	nowhere := func(int) (box, bool) { return box{}, false }
	for _, at := range []func(int) (box, bool){fromRight, nowhere} {
		if got := straighten(text, at); got != string(text) {
			t.Errorf("%q", got)
		}
	}
}

// A file that is two things at once is what its first bytes say, and nothing
// of the other counts.
func TestPolyglots(t *testing.T) {
	t.Parallel()
	pdf := pdfOf("", page("Hello"))
	for kind, picture := range pictures(t) {
		if found, err := read(t, shared, append(bytes.Clone(picture), pdf...)); err != nil || found.ContentType != kind || found.Text != "" {
			t.Errorf("%s before a PDF: %+v, %v", kind, found, err)
		}
	}
	archive := append(bytes.Clone(pdf), "PK\x03\x04\x14\x00\x06\x00"...)
	if found, err := read(t, shared, archive); err != nil || found.ContentType != "application/pdf" || found.Text != "Hello" {
		t.Errorf("a PDF before an archive: %+v, %v", found, err)
	}
	if found, err := read(t, shared, []byte("<script>alert(1)</script>\n%PDF-1.7\n")); err != nil || found.ContentType != "text/plain; charset=utf-8" {
		t.Errorf("markup before a PDF: %+v, %v", found, err)
	}
	gif := []byte("GIF89a\xff\xff\xff\xff\x00\x00\x00;")
	if found, err := read(t, shared, gif); typeOf(err) != TypeLong {
		t.Errorf("a GIF of 65535 × 65535: %+v, %v", found, err)
	}
}

// FuzzRead reads whatever comes as what it seems to be.
func FuzzRead(f *testing.F) {
	f.Add([]byte("Hello"))
	f.Add(pdfOf("", page("Hello")))
	for _, data := range pictures(f) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		found, err := read(t, shared, data)
		if err != nil {
			if kind := typeOf(err); len(kind) > 5 && kind[:5] == "other" {
				t.Error(err)
			}
			return
		}
		if (found.Width > 0) == (found.Text != "") || strings.ContainsRune(found.Text, 0) {
			t.Errorf("%+v", found)
		}
	})
}
