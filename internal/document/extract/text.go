package extract

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	encoding "golang.org/x/text/encoding/unicode"

	"pulse/internal/fault"
)

// The marks that a text may begin with.
const (
	bom8    = "\xef\xbb\xbf"
	bom16LE = "\xff\xfe"
	bom16BE = "\xfe\xff"
)

const whatCanBeAttached = "Pictures (PNG, JPEG, GIF, WebP), PDF and text of any kind (plain text, Markdown, code, CSV) can be attached."

func readText(r io.Reader) (Found, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return Found{}, fmt.Errorf("extract: text: %w", err)
	}
	found := Found{ContentType: ContentType(nil)}
	if bytes.HasPrefix(data, []byte(bom16LE)) || bytes.HasPrefix(data, []byte(bom16BE)) {
		if data, err = fromUTF16(data); err != nil {
			return Found{}, err
		}
		found.Converted = data
	}
	if err := checkText(data); err != nil {
		return Found{}, err
	}
	found.Text = strings.ReplaceAll(strings.TrimPrefix(string(data), bom8), "\r\n", "\n") // a model pays for both
	found.Characters = int64(utf8.RuneCountInString(found.Text))
	switch {
	case strings.TrimSpace(found.Text) == "":
		return Found{}, unusable(TypeEmpty, "This file has nothing but blanks.")
	case found.Characters > MaxCharacters:
		return Found{}, tooMuchText()
	}
	return found, nil
}

func tooMuchText() *fault.Error {
	return unusable(TypeLong, fmt.Sprintf("This file has more than %d million characters of text. Please attach a part of it.", MaxCharacters/1_000_000))
}

// checkText refuses what is no text. Binary files give themselves away by their
// control characters; a text in another encoding has none.
func checkText(data []byte) error {
	if i := bytes.IndexFunc(data, isControl); i >= 0 {
		return unusable(TypeUnknown, "This is not a file that models can read. "+whatCanBeAttached)
	}
	if !utf8.Valid(data) {
		return unusable(TypeEncoding, "This text is neither in UTF-8 nor in UTF-16. Please save it as UTF-8 and attach it again. If it is no text: "+whatCanBeAttached)
	}
	return nil
}

// isControl tells control characters from those that texts have: ends of lines
// and pages, tabs, and the escape that begins a terminal's colours.
func isControl(r rune) bool {
	switch r {
	case '\t', '\n', '\f', '\r', 0x1b, 0x85:
		return false
	}
	return unicode.Is(unicode.Cc, r)
}

// fromUTF16 turns UTF-16 with its mark into UTF-8 without one.
func fromUTF16(data []byte) ([]byte, error) {
	if len(data)%2 != 0 {
		return nil, unusable(TypeEncoding, "This text begins like UTF-16 but breaks off within a character. Please save it as UTF-8 and attach it again.")
	}
	text, err := encoding.UTF16(encoding.LittleEndian, encoding.ExpectBOM).NewDecoder().Bytes(data)
	if err != nil {
		return nil, unusable(TypeEncoding, "This text begins like UTF-16 but is none. Please save it as UTF-8 and attach it again.")
	}
	return text, nil
}
