package provider_test

import (
	"strings"
	"testing"

	"pulse/internal/provider"
)

func TestObject(t *testing.T) {
	t.Parallel()
	for arguments, want := range map[string]string{
		"": `{}`, " \n": `{}`, `{"a":1}`: `{"a":1}`, " {\"a\":9007199254740993}\n": `{"a":9007199254740993}`,
		`{"a":`: `{"invalid":"{\"a\":"}`, `[1]`: `{"invalid":"[1]"}`, `null`: `{"invalid":"null"}`, `rm -rf`: `{"invalid":"rm -rf"}`,
	} {
		if got := string(provider.ToolCall{Arguments: arguments}.Object()); got != want {
			t.Errorf("%q: %s, want %s", arguments, got, want)
		}
	}
}

func TestPlainID(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"call_1", "toolu_01-AB", strings.Repeat("a", 64)} {
		if got := provider.PlainID(id); got != id {
			t.Errorf("%q became %q", id, got)
		}
	}
	for _, id := range []string{"", "a b", "a/b", "é", strings.Repeat("a", 65), "call_1\n"} {
		got := provider.PlainID(id)
		if got == id || got != provider.PlainID(id) || got != provider.PlainID(got) {
			t.Errorf("%q became %q", id, got)
		}
	}
}
