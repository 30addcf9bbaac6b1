package catalog_test

import (
	"strings"
	"testing"

	"pulse/internal/catalog"
)

var samples = map[string]string{
	"prose":    strings.Repeat("The quick brown fox jumps over the lazy dog, and nobody asks it why. ", 50),
	"code":     strings.Repeat("func add(a, b int) int {\n\treturn a + b // the sum\n}\n", 50),
	"chinese":  strings.Repeat("今天天气很好，我们去公园散步吧。", 50),
	"russian":  strings.Repeat("Съешь же ещё этих мягких французских булок, да выпей чаю. ", 50),
	"a letter": "a",
	"nothing":  "",
	"no UTF-8": "\xff\xfe\xfd",
	"letters":  strings.Repeat("a", 10_000),
}

// The counts that the rules of each vendor give.
func TestCountTokens(t *testing.T) {
	t.Parallel()
	c := load(t, "")
	discover(t, c, catalog.Server{ID: "ollama"}, "x")
	for _, w := range []struct {
		model, text string
		want        int64
	}{
		{"gpt-6.1-sol", "", 0},
		{"gpt-6.1-sol", "Hello, world!", 4},
		{"gpt-6.1-sol", "<|endoftext|>", 7}, // special tokens are plain text
		{"gpt-6.1-sol", samples["letters"], 1250},
		{"ollama/x", samples["letters"], 1375},
		{"claude-sonnet-5-5", strings.Repeat("a", 3500), 1302},
		{"claude-opus-4-6", strings.Repeat("a", 3500), 1001},
		{"claude-sonnet-5-5", strings.Repeat("字", 1000), 1302},
		{"gemini-4-argon", strings.Repeat("a", 4000), 1000},
		{"gemini-4-argon", strings.Repeat("字", 1000), 1002},
		{"gemini-4-argon", "a", 1},
		{"demo-chat", "", 0},
		{"demo-chat", " One, two\nand three. ", 4},
	} {
		if got := model(t, c, w.model).CountTokens(w.text); got != w.want {
			t.Errorf("%s: %.20q has %d tokens, want %d", w.model, w.text, got, w.want)
		}
	}
}

// An estimate, with the tenth that a hold adds, is no lower than the count, and
// not absurdly higher.
func TestEstimateTokens(t *testing.T) {
	t.Parallel()
	c := load(t, "")
	discover(t, c, catalog.Server{ID: "ollama"}, "x")
	for _, id := range []string{"gpt-6.1-sol", "ollama/x", "claude-sonnet-5-5", "claude-opus-4-5", "gemini-4-argon"} {
		m := model(t, c, id)
		for name, text := range samples {
			count, estimate := m.CountTokens(text), m.EstimateTokens(text)
			if estimate*11/10+1 < count {
				t.Errorf("%s, %s: estimated %d of %d tokens", id, name, estimate, count)
			}
			if name != "letters" && estimate > 3*count+10 {
				t.Errorf("%s, %s: estimated %d for %d tokens", id, name, estimate, count)
			}
		}
		if one, two := m.EstimateTokens("word"), m.EstimateTokens("word", "", "word"); two <= one {
			t.Errorf("%s: %d for one message, %d for two", id, one, two)
		}
	}
}

func BenchmarkEstimateTokens(b *testing.B) {
	benchmark(b, func(m catalog.Model, s string) { m.EstimateTokens(s, s) })
}

func BenchmarkCountTokens(b *testing.B) {
	benchmark(b, func(m catalog.Model, s string) { m.CountTokens(s) })
}

// benchmark counts a text of a page with a tokenizer and with an estimate.
func benchmark(b *testing.B, count func(catalog.Model, string)) {
	b.Helper()
	c, err := catalog.Load("")
	if err != nil {
		b.Fatal(err)
	}
	for _, id := range []string{"gpt-6.1-sol", "claude-sonnet-5-5"} {
		b.Run(id, func(b *testing.B) {
			m, _ := c.Chat(id)
			count(m, "the vocabulary is loaded now")
			b.SetBytes(int64(len(samples["prose"])))
			b.ReportAllocs()
			for b.Loop() {
				count(m, samples["prose"])
			}
		})
	}
}
