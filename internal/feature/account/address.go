package account

import (
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"pulse/internal/fault"
	"pulse/internal/store"
)

const (
	maxEmail = 254 // bytes, RFC 5321 with its erratum 1690
	maxName  = 200 // characters
)

// email is an address as its owner wrote it, and the key that it is found by.
// Two spellings of one address have one key.
type email struct{ written, key string }

// readEmail checks and folds an address; ok is false for what is none. A
// person who writes capital letters means the same mailbox, whatever RFC 5321
// allows mail servers to think of it.
func readEmail(text string) (e email, ok bool) {
	e.written = norm.NFC.String(strings.TrimSpace(text))
	if len(e.written) > maxEmail || !printable(e.written) {
		return email{}, false
	}
	parsed, err := mail.ParseAddress(e.written)
	if err != nil || parsed.Name != "" || parsed.Address != e.written {
		return email{}, false
	}
	e.key = store.Folded(e.written)
	return e, true
}

// readName checks and tidies a person's name; it may be empty.
func readName(text, location string) (string, *fault.Field) {
	name := norm.NFC.String(strings.TrimSpace(text))
	switch {
	case utf8.RuneCountInString(name) > maxName:
		return "", &fault.Field{Location: location, Message: "may have at most 200 characters"}
	case !printable(withoutJoiners(name)):
		return "", &fault.Field{Location: location, Message: "has a character that cannot be shown"}
	}
	return name, nil
}

// printable refuses control characters, and those that change how the text
// around them looks, such as U+202E.
func printable(text string) bool {
	return !strings.ContainsFunc(text, func(c rune) bool { return !unicode.IsPrint(c) || c == utf8.RuneError })
}

// withoutJoiners takes out the zero-width joiners that names in Persian, Hindi
// and others are written with.
func withoutJoiners(name string) string {
	return strings.NewReplacer("\u200c", "", "\u200d", "").Replace(name)
}
