package catalog_test

import (
	"testing"

	"pulse/internal/catalog"
)

func TestCheapest(t *testing.T) {
	t.Parallel()
	c := load(t, `
providers:
  - id: acme
    name: Acme
    defaults: { count_tokens: gemini, context_window: 9000, max_output_tokens: 1000 }
    models:
      - { id: dear, name: A, prices: [{ effective_from: 2026-01-01, tiers: [{ input: 3, output: 3 }] }, { effective_from: 2026-07-01, tiers: [{ input: 0.5, output: 1 }] }] }
      - { id: first, name: B, prices: [{ effective_from: 2026-01-01, tiers: [{ input: 1, output: 10 }, { above: 2000, input: 90, output: 90 }] }] }
      - { id: second, name: C, prices: [{ effective_from: 2026-01-01, tiers: [{ input: 1, output: 10 }] }] }
      - { id: talker, name: D, prices: [{ effective_from: 2026-01-01, tiers: [{ input: 0.9, output: 20 }] }] }
      - { id: gone, name: E, off: true, prices: [{ effective_from: 2026-01-01, tiers: [{ input: 0, output: 0 }] }] }
`)
	discover(t, c, catalog.Server{ID: "unpriced"}, "x")
	discover(t, c, catalog.Server{ID: "ollama"}, "b", "a")
	for _, w := range []struct{ provider, at, want string }{
		{"acme", "2025-12-31T00:00:00Z", ""},
		{"acme", "2026-06-30T00:00:00Z", "first"},
		{"acme", "2026-07-01T00:00:00Z", "dear"},
		{"ollama", "2026-07-01T00:00:00Z", "ollama/a"},
		{"unpriced", "2026-07-01T00:00:00Z", ""},
		{"demo", "2026-07-01T00:00:00Z", ""},
		{"nobody", "2026-07-01T00:00:00Z", ""},
	} {
		m, ok := c.Cheapest(w.provider, day(w.at))
		if m.ID != w.want || ok != (w.want != "") {
			t.Errorf("the cheapest of %s at %s is %q, %v; want %q", w.provider, w.at, m.ID, ok, w.want)
		}
	}
}
