package config

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"
)

// Every secret there is, wherever a line of the log quotes it (ASVS 16.2.5).
func TestLogsHideSecrets(t *testing.T) {
	t.Parallel()
	c := &Config{Compat: make([]Compat, 2)}
	n := fill(reflect.ValueOf(c).Elem(), 0)
	if n < 8 {
		t.Fatalf("only %d secrets were found", n)
	}
	var out bytes.Buffer
	log := c.Hide(slog.New(slog.NewTextHandler(&out, nil)))
	for i := range n {
		password := fmt.Sprintf("@ssword-%d-", i)
		for _, s := range []string{fmt.Sprintf("smtp://a:p%%40ssword-%d-@host", i), "p" + password, strings.ReplaceAll("p"+password, "@", "%40")} {
			text := "it was " + s + ", said the vendor"
			log.With("a", text).WithGroup("g").InfoContext(t.Context(), text, "b", text, //nolint:sloglint // a vendor's words may be the message
				"c", errors.New(text),
				slog.Group("d", "e", fmt.Errorf("f: %w", errors.New(text))), "h", []string{text}, "i", struct{ S string }{text})
			if strings.Contains(out.String(), fmt.Sprintf("ssword-%d-", i)) || strings.Count(out.String(), mask+", said the vendor") != 7 {
				t.Errorf("%s shows, or too much is hidden: %s", s, out.String())
			}
			out.Reset()
		}
	}
	c = &Config{Anthropic: Vendor{Key: noKey}} // which is too short to be looked for
	log = c.Hide(slog.New(slog.NewTextHandler(&out, nil)))
	log.InfoContext(t.Context(), "none of it", "n", 5, "error", errors.New("plain"))
	if !strings.Contains(out.String(), `msg="none of it" n=5 error=plain`) {
		t.Errorf("what is no secret is hidden: %s", out.String())
	}
}

// fill gives each secret of a configuration an address with a password as its
// value, from the n-th on, and says how many there are then.
func fill(v reflect.Value, n int) int {
	switch v.Kind() {
	case reflect.String:
		if v.Type() == reflect.TypeFor[Secret]() {
			v.SetString(fmt.Sprintf("smtp://a:p%%40ssword-%d-@host", n))
			n++
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				n = fill(v.Field(i), n)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			n = fill(v.Index(i), n)
		}
	default:
	}
	return n
}
