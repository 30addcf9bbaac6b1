package picture

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The texts that say in a PNG how it came about, as iTXt chunks, which are UTF-8:
//
//	Description      the prompt; PNG's own keyword for what a picture shows
//	Software         "Pulse"
//	Creation Time    RFC 1123, as PNG recommends
//	Model, Seed      for people who look at a file
//	pulse-origin     all of Origin as JSON, for Pulse and other programs
//	XML:com.adobe.xmp  XMP: the same for programs that manage pictures, and IPTC's
//	                 word for where such pictures come from
const (
	keyDescription = "Description"
	keySoftware    = "Software"
	keyTime        = "Creation Time"
	keyModel       = "Model"
	keySeed        = "Seed"
	keyOrigin      = "pulse-origin"
	keyXMP         = "XML:com.adobe.xmp"

	software = "Pulse"
)

// maxText is how many characters of a prompt a file has. No model takes more.
const maxText = 32_000

// text is one such chunk.
type text struct{ key, value string }

// writeOrigin adds the texts to a PNG, in place of what an earlier Pulse has
// written. A vendor's own XMP stays, and is the only one then, as PNG has it.
func writeOrigin(png []byte, o Origin) ([]byte, error) {
	o = o.bounded()
	document, err := json.Marshal(o)
	if err != nil {
		return nil, err //nolint:wrapcheck // strings and numbers; NaN is no guidance
	}
	texts := []text{{keySoftware, software}}
	add := func(key, value string) {
		if value != "" {
			texts = append(texts, text{key, value})
		}
	}
	add(keyDescription, plain(o.Prompt))
	add(keyModel, plain(o.ModelName))
	if o.Seed != nil {
		add(keySeed, strconv.FormatInt(*o.Seed, 10))
	}
	if !o.CreatedAt.IsZero() {
		add(keyTime, o.CreatedAt.UTC().Format(time.RFC1123Z))
	}
	add(keyOrigin, escaped(string(document)))
	return addTexts(png, texts, text{keyXMP, o.xmp()})
}

// ReadOrigin reads what writeOrigin has written; false: the picture is none of
// Pulse's, or not whole. Anybody may have written it: it is to be shown, and not
// to be relied on.
func ReadOrigin(png []byte) (Origin, bool) {
	var o Origin
	value, ok := findText(png, keyOrigin)
	if !ok || json.Unmarshal([]byte(value), &o) != nil {
		return Origin{}, false
	}
	return o.bounded(), true
}

// bounded cuts what is too long, and mends what is no UTF-8.
func (o Origin) bounded() Origin {
	for _, s := range []*string{&o.Prompt, &o.NegativePrompt, &o.RevisedPrompt} {
		*s = clip(strings.ToValidUTF8(*s, "\uFFFD"), maxText)
	}
	const short = 200
	for _, s := range []*string{&o.Model, &o.ModelName, &o.Provider, &o.Size, &o.Quality} {
		*s = clip(strings.ToValidUTF8(*s, "\uFFFD"), short)
	}
	return o
}

func clip(s string, most int) string {
	if len(s) <= most || utf8.RuneCountInString(s) <= most {
		return s
	}
	at := 0
	for range most - 1 {
		_, n := utf8.DecodeRuneInString(s[at:])
		at += n
	}
	return s[:at] + "…"
}

// escaped writes the control characters of a JSON document that JSON leaves as they
// are, and PNG's texts should not have.
func escaped(document string) string {
	var b strings.Builder
	for _, r := range document {
		if unicode.IsControl(r) {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// plain leaves out what neither a PNG's text nor XML may have: control characters
// but for the end of a line, and what is no character.
func plain(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\t", " ").Replace(s)
	return strings.Map(func(r rune) rune {
		if r != '\n' && unicode.IsControl(r) || r&0xfffe == 0xfffe {
			return -1
		}
		return r
	}, s)
}
