package usage_test

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"pulse/internal/catalog"
	"pulse/internal/provider"
	"pulse/internal/usage"
)

func builtIn(t *testing.T) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Load("")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// What an answer costs, class by class, to the nano-dollar.
func TestTokenCharge(t *testing.T) {
	t.Parallel()
	c := builtIn(t)
	const now = "2026-11-25T10:00:00Z"
	for _, w := range []struct {
		name, model, at string
		used            provider.Usage
		lines           string // class quantity × price, in order
		cost            string // US dollars
		quantity        int64
		from            string
	}{
		{
			"input and output", "gpt-6.1-sol", now,
			provider.Usage{Input: 1000, Output: 500},
			"input 1000×2000, output 500×10000", "0.007", 1500, "2026-09-01",
		},
		{
			"an alias costs what its model costs", "gpt-4", now,
			provider.Usage{Input: 1000, Output: 500},
			"input 1000×2000, output 500×10000", "0.007", 1500, "2026-09-01",
		},
		{
			"every class", "claude-sonnet-5-5", now,
			provider.Usage{Input: 10, CacheRead: 20, CacheWrite: 30, CacheWrite1h: 40, Output: 50},
			"input 10×2000, cache_read 20×100, cache_write 30×2500, cache_write_1h 40×4000, output 50×10000",
			"0.000757", 150, "2026-09-01",
		},
		{
			"thinking is part of the output", "gpt-6-astra", now,
			provider.Usage{Input: 1, Output: 100, Reasoning: 90},
			"input 1×10000, output 100×50000", "0.00501", 101, "2026-09-01",
		},
		{
			"one token", "gpt-6-luna", now,
			provider.Usage{CacheRead: 1},
			"cache_read 1×10", "0.00000001", 1, "2026-09-01",
		},
		{
			"the last prompt of the short tier", "claude-haiku-5-5", now,
			provider.Usage{Input: 90_000, CacheRead: 10_000, Output: 1},
			"input 90000×100, cache_read 10000×10, output 1×500", "0.0091005", 100_001, "2026-09-01",
		},
		{
			"cached tokens count for the tier, which is for all", "claude-haiku-5-5", now,
			provider.Usage{Input: 90_000, CacheRead: 10_001, Output: 1},
			"input 90000×500, cache_read 10001×50, output 1×2500", "0.04550255", 100_002, "2026-09-01",
		},
		{
			"a long answer does not", "claude-haiku-5-5", now,
			provider.Usage{Input: 1, Output: 120_000},
			"input 1×100, output 120000×500", "0.0600001", 120_001, "2026-09-01",
		},
		{
			"long prompts at OpenAI", "gpt-6.1-terra", now,
			provider.Usage{Input: 272_001, Output: 10},
			"input 272001×2000, output 10×7500", "0.544077", 272_011, "2026-09-01",
		},
		{
			"the day before a price rises", "gemini-4-argon", "2026-11-30T23:59:59Z",
			provider.Usage{Input: 100, Output: 100},
			"input 100×2000, output 100×10000", "0.0012", 200, "2026-10-13",
		},
		{
			"the day when it rises", "gemini-4-argon", "2026-12-01T00:00:00Z",
			provider.Usage{Input: 100, Output: 100},
			"input 100×4000, output 100×20000", "0.0024", 200, "2026-12-01",
		},
		{
			"a price of 0 is a price", "demo-chat", now,
			provider.Usage{Input: 12, Output: 34},
			"input 12×0, output 34×0", "0", 46, "2026-01-01",
		},
		{"nothing used", "gpt-6.1-sol", now, provider.Usage{}, "", "0", 0, ""},
	} {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			m, ok := c.Chat(w.model)
			if !ok {
				t.Fatalf("there is no %s", w.model)
			}
			charge, err := usage.TokenCharge(m, date(w.at), w.used)
			if err != nil {
				t.Fatal(err)
			}
			lines := make([]string, 0, len(charge.Lines))
			for _, l := range charge.Lines {
				lines = append(lines, l.Class+" "+strconv.FormatInt(l.Quantity, 10)+"×"+strconv.FormatInt(int64(l.UnitPrice), 10))
				if l.EffectiveFrom != w.from {
					t.Errorf("%s holds from %s, want %s", l.Class, l.EffectiveFrom, w.from)
				}
			}
			if got := strings.Join(lines, ", "); got != w.lines {
				t.Errorf("lines %s\n want %s", got, w.lines)
			}
			if got := charge.Cost().String(); got != w.cost {
				t.Errorf("it costs %s, want %s", got, w.cost)
			}
			if charge.Meter != usage.Tokens || charge.Quantity != w.quantity || charge.Model != m.ID || charge.Provider != m.Provider {
				t.Errorf("got %+v", charge)
			}
		})
	}
}

// A model without a price is refused and never free.
func TestTokenChargeRefusesTheUnpriced(t *testing.T) {
	t.Parallel()
	c := builtIn(t)
	if err := c.Discover(catalog.Server{ID: "vllm"}, []string{"qwen"}); err != nil {
		t.Fatal(err)
	}
	for model, at := range map[string]string{
		"vllm/qwen":      "2026-11-25T00:00:00Z",
		"gemini-4-argon": "2026-10-12T23:59:59Z", // a day before its first price
	} {
		m, _ := c.Chat(model)
		charge, err := usage.TokenCharge(m, date(at), provider.Usage{Input: 1})
		if err == nil || !strings.Contains(err.Error(), model) {
			t.Errorf("%s: charged %+v, error %v", model, charge, err)
		}
	}
}

// Whatever was used of whichever model: every token is on one line of the
// receipt, and the lines add up to the cost.
func TestReceiptsAddUp(t *testing.T) {
	t.Parallel()
	models := builtIn(t).Models(catalog.KindChat)
	rapid.Check(t, func(t *rapid.T) {
		tokens := func(class string) int64 { return rapid.Int64Range(0, 2_000_000).Draw(t, class) }
		u := provider.Usage{
			Input: tokens("input"), CacheRead: tokens("cache_read"), CacheWrite: tokens("cache_write"),
			CacheWrite1h: tokens("cache_write_1h"), Output: tokens("output"),
		}
		m := rapid.SampledFrom(models).Draw(t, "model")
		charge, err := usage.TokenCharge(m, date("2026-12-24T00:00:00Z"), u)
		if err != nil {
			t.Fatal(err)
		}
		var quantity int64
		var cost usage.Nanos
		classes := make([]string, 0, len(charge.Lines))
		for _, l := range charge.Lines {
			if l.Quantity <= 0 || l.UnitPrice < 0 || l.Cost != usage.Nanos(l.Quantity)*l.UnitPrice {
				t.Fatalf("a line is wrong: %+v", l)
			}
			if slices.Contains(classes, l.Class) {
				t.Fatalf("%s is there twice", l.Class)
			}
			classes = append(classes, l.Class)
			quantity += l.Quantity
			cost += l.Cost
		}
		if quantity != u.Total() || charge.Quantity != u.Total() {
			t.Fatalf("%d tokens on the receipt, %d booked, %d used", quantity, charge.Quantity, u.Total())
		}
		if charge.Cost() != cost || (cost == 0) != (quantity == 0 || m.Demo) {
			t.Fatalf("%d tokens of %s cost %s", quantity, m.ID, charge.Cost())
		}
	})
}

// Whatever figures a vendor invents, at the highest price that a catalogue may
// have, the cost stays a cost: each line is its product, and the sum is theirs.
func TestMostExpensiveAnswer(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "catalog.yaml")
	dear := `
providers:
  - id: openai
    models:
      - id: gpt-6-luna
        prices: [{ effective_from: 2026-09-01, tiers: [{ input: 100000, output: 100000 }] }]
`
	if err := os.WriteFile(path, []byte(dear), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := catalog.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	m, ok := c.Chat("gpt-6-luna")
	if !ok {
		t.Fatal("the model is gone")
	}
	most := provider.Usage{
		Input: math.MaxInt64, CacheRead: math.MaxInt64, CacheWrite: math.MaxInt64, CacheWrite1h: math.MaxInt64, Output: math.MaxInt64,
	}
	call := provider.NewCall(context.Background(), "openai", provider.ChatRequest{}, true, func(provider.Delta) {})
	call.Text("dear")
	answer, err := call.End(provider.ChatAnswer{FinishReason: provider.FinishStop, Usage: most}, nil)
	if err != nil {
		t.Fatal(err)
	}
	charge, err := usage.TokenCharge(m, date("2026-11-25T10:00:00Z"), answer.Usage)
	if err != nil {
		t.Fatal(err)
	}
	var sum usage.Nanos
	for _, l := range charge.Lines {
		if l.UnitPrice != 100_000*1000 || l.Quantity <= 0 || int64(l.Cost)/int64(l.UnitPrice) != l.Quantity {
			t.Errorf("%s: %d × %s is not %s", l.Class, l.Quantity, l.UnitPrice, l.Cost)
		}
		if sum += l.Cost; sum < l.Cost {
			t.Errorf("with %s the sum overflows to %s", l.Class, sum)
		}
	}
	if len(charge.Lines) != 5 || charge.Cost() != sum || charge.Quantity <= 0 {
		t.Errorf("%d lines, %d tokens for %s, want 5 that add up to %s", len(charge.Lines), charge.Quantity, charge.Cost(), sum)
	}
}
