package httpd

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxName is how many bytes of a name are kept, as file systems do.
const maxName = 255

// CleanName makes of what a device calls a file a name that can be shown and
// put into a header, and that leads nowhere on any system. It is a label only:
// nothing is ever opened by it.
func CleanName(name string) string {
	name = strings.ToValidUTF8(name, "\uFFFD")
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d', r == '\u2028', r == '\u2029':
			return -1 // also what turns the order of letters around: "gpj.exe"
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, name)
	name = strings.Trim(norm.NFC.String(name), " ")
	name = strings.TrimRight(Shorten(name, maxName), " .")
	if strings.Trim(name, ".") == "" {
		return "file"
	}
	return name
}

// Shorten cuts a name in its middle: the end tells what it is.
func Shorten(name string, most int) string {
	if len(name) <= most {
		return name
	}
	end := path.Ext(name)
	if len(end) > 32 {
		end = ""
	}
	cut := most - len(end)
	for !utf8.RuneStart(name[cut]) {
		cut--
	}
	return name[:cut] + end
}
