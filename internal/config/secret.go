package config

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a value that shows itself to no log, message or document. Reveal
// is the only way to it, and easy to search for.
type Secret string

const mask = "(secret)"

// Reveal gives the value itself.
func (s Secret) Reveal() string { return string(s) }

// String is "(secret)", or "" when nothing is set.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return mask
}

// Format keeps every verb of package fmt from the value, wrong ones included.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// LogValue keeps slog from the value.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText keeps JSON, YAML and their like from the value.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
