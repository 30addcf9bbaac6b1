package catalog_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pulse/internal/catalog"
)

func load(t *testing.T, text string) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Load(write(t, text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "catalog.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func model(t *testing.T, c *catalog.Catalog, id string) catalog.Model {
	t.Helper()
	m, ok := c.Chat(id)
	if !ok {
		t.Fatalf("there is no %s", id)
	}
	return m
}

func tierOf(t *testing.T, m catalog.Model, at time.Time, prompt int64) catalog.Tier {
	t.Helper()
	p, ok := m.PriceAt(at)
	if !ok {
		t.Fatalf("%s has no price on %s", m.ID, at)
	}
	return p.Tier(prompt)
}

func day(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

// Every model of the built-in file can be served on the day it was written,
// and costs what a model may cost.
func TestBuiltInModels(t *testing.T) {
	t.Parallel()
	c := load(t, "")
	at := day("2026-11-22T12:00:00Z")
	for _, m := range c.Models(catalog.KindChat) {
		t.Run(m.ID, func(t *testing.T) {
			t.Parallel()
			if m.Name == "" || m.Provider == "" || m.ProviderName == "" || m.VendorID == "" {
				t.Errorf("a name is missing: %+v", m)
			}
			if m.ContextWindow < 100_000 || m.ContextWindow > 2_000_000 || m.MaxOutputTokens < 8_000 || m.MaxOutputTokens > 200_000 {
				t.Errorf("reads %d and writes %d tokens", m.ContextWindow, m.MaxOutputTokens)
			}
			if m.Demo != (m.Provider == "demo") {
				t.Error("a demo is of the demo provider, and nothing else is")
			}
			if slices.Contains(m.Abilities, "reasoning") != (len(m.ReasoningEfforts) > 0) && m.ID != "claude-haiku-4-5" {
				t.Errorf("abilities %v, efforts %v", m.Abilities, m.ReasoningEfforts)
			}
			for _, when := range []time.Time{at, day("2027-06-01T00:00:00Z")} {
				var before catalog.Tier
				for _, prompt := range []int64{0, 150_000, 250_000, 1_000_000} {
					tier := tierOf(t, m, when, prompt)
					if !m.Demo && (tier.Input < 50 || tier.Input > 50_000 || tier.Output < 2*tier.Input || tier.Output > 10*tier.Input) {
						t.Errorf("input %d, output %d nano-dollars a token", tier.Input, tier.Output)
					}
					if tier.CacheRead > tier.Input || tier.CacheWrite < tier.Input || tier.CacheWrite1h < tier.CacheWrite {
						t.Errorf("cache prices are out of proportion: %+v", tier)
					}
					if tier.Input < before.Input || tier.Output < before.Output {
						t.Errorf("longer prompts are cheaper: %+v after %+v", tier, before)
					}
					before = tier
				}
			}
		})
	}
	if n := len(c.Models(catalog.KindChat)); n != 30 {
		t.Errorf("%d models", n)
	}
	if got := c.Models("video"); got != nil {
		t.Errorf("films are made by %v", got)
	}
}

// What the facts give, number by number, at the dates and lengths where it changes.
func TestPrices(t *testing.T) {
	t.Parallel()
	c := load(t, "")
	const now = "2026-11-25T00:00:00Z"
	for _, w := range []struct {
		model, at                     string
		prompt                        int64
		input, read, write, hour, out int64
	}{
		{"gpt-6-astra", now, 272_000, 10_000, 1_000, 12_500, 12_500, 50_000},
		{"gpt-6-astra", now, 272_001, 20_000, 2_000, 25_000, 25_000, 75_000},
		{"gpt-6.1-sol", now, 0, 2_000, 100, 2_500, 2_500, 10_000},
		{"gpt-6-sol", now, 0, 2_000, 200, 2_500, 2_500, 10_000},
		{"gpt-6.1-terra", now, 0, 1_000, 50, 1_250, 1_250, 5_000},
		{"gpt-6-luna", now, 0, 100, 10, 125, 125, 500},
		{"gpt-6-luna", now, 300_000, 200, 20, 250, 250, 750},
		{"gpt-5.6-sol", now, 0, 4_000, 400, 5_000, 5_000, 20_000},
		{"gpt-5.6-terra", now, 0, 2_000, 200, 2_500, 2_500, 12_000},
		{"gpt-5.6-luna", now, 0, 200, 20, 250, 250, 1_200},
		{"gpt-5.5", now, 0, 5_000, 500, 5_000, 5_000, 30_000},
		{"gpt-5.4-mini", now, 272_000, 750, 75, 750, 750, 4_500},
		{"claude-fable-5-2", now, 0, 8_000, 8_000, 10_000, 10_000, 40_000},
		{"claude-fable-5-1", now, 0, 10_000, 250, 12_500, 20_000, 50_000},
		{"claude-opus-5-5", now, 0, 4_000, 200, 5_000, 8_000, 20_000},
		{"claude-opus-4-6", now, 500_000, 5_000, 500, 6_250, 10_000, 25_000},
		{"claude-sonnet-5-5", now, 0, 2_000, 100, 2_500, 4_000, 10_000},
		{"claude-sonnet-5", now, 0, 2_000, 200, 2_500, 4_000, 10_000},
		{"claude-haiku-5-5", now, 100_000, 100, 10, 125, 200, 500},
		{"claude-haiku-5-5", now, 100_001, 500, 50, 625, 1_000, 2_500},
		{"claude-haiku-4-5", now, 0, 1_000, 100, 1_250, 2_000, 5_000},
		{"gemini-4-argon", "2026-11-30T23:59:59Z", 0, 2_000, 100, 2_000, 2_000, 10_000},
		{"gemini-4-argon", "2026-12-01T00:00:00Z", 0, 4_000, 200, 4_000, 4_000, 20_000},
		{"gemini-4-argon", "2026-12-01T00:59:59+01:00", 0, 2_000, 100, 2_000, 2_000, 10_000},
		{"gemini-4-carbon", "2026-12-01T00:00:00Z", 0, 4_000, 200, 4_000, 4_000, 20_000},
		{"gemini-4-hydrogen", now, 0, 1_500, 1_500, 1_500, 1_500, 7_500},
		{"gemini-3.8-flash", "2026-12-31T23:59:59Z", 0, 750, 75, 750, 750, 3_750},
		{"gemini-3.6-flash", "2027-01-01T00:00:00Z", 0, 1_500, 150, 1_500, 1_500, 7_500},
		{"gemini-3.5-flash-lite", now, 0, 300, 30, 300, 300, 2_500},
		{"gemini-3.1-pro-preview", now, 200_000, 2_000, 200, 2_000, 2_000, 12_000},
		{"gemini-3.1-pro-preview", now, 200_001, 4_000, 400, 4_000, 4_000, 18_000},
		{"demo-chat", now, 0, 0, 0, 0, 0, 0},
	} {
		tier := tierOf(t, model(t, c, w.model), day(w.at), w.prompt)
		tier.Above = 0
		want := catalog.Tier{Input: w.input, CacheRead: w.read, CacheWrite: w.write, CacheWrite1h: w.hour, Output: w.out, ImageInput: w.input}
		if tier != want {
			t.Errorf("%s on %s with %d tokens: got %+v, want %+v", w.model, w.at, w.prompt, tier, want)
		}
	}
}

func TestNoPriceBeforeTheFirst(t *testing.T) {
	t.Parallel()
	m := model(t, load(t, ""), "gemini-4-argon")
	if p, ok := m.PriceAt(day("2026-10-12T23:59:59Z")); ok {
		t.Errorf("it cost %+v before it was there", p)
	}
}

func TestAliases(t *testing.T) {
	t.Parallel()
	c := load(t, "")
	want := map[string]string{
		"gpt-4": "gpt-6.1-sol", "gpt-4-turbo": "gpt-6.1-sol", "gpt-3.5-turbo": "gpt-6-luna",
		"claude-3-opus": "claude-opus-5-5", "claude-3-sonnet": "claude-sonnet-5-5", "claude-3-5-sonnet": "claude-sonnet-5-5",
		"claude-3-haiku": "claude-haiku-5-5", "gemini-pro": "gemini-4-hydrogen", "gemini-pro-vision": "gemini-4-hydrogen",
	}
	for alias, id := range want {
		if m := model(t, c, alias); m.ID != id {
			t.Errorf("%s leads to %s, want %s", alias, m.ID, id)
		}
	}
	got := c.Aliases(catalog.KindChat)
	if len(got) != len(want) {
		t.Errorf("aliases %v", got)
	}
	got["gpt-4"] = "changed"
	if c.Aliases(catalog.KindChat)["gpt-4"] == "changed" {
		t.Error("a caller changed the catalogue")
	}
	for _, id := range []string{"", "gpt-5", "openai/gpt-6.1-sol", "/", "ollama/x"} {
		if m, ok := c.Chat(id); ok {
			t.Errorf("%q is %s", id, m.ID)
		}
	}
}

// Temperature is offered by the few that take it.
func TestParameters(t *testing.T) {
	t.Parallel()
	var take []string
	for _, m := range load(t, "").Models(catalog.KindChat) {
		if slices.Contains(m.Parameters, "temperature") {
			take = append(take, m.ID)
		}
	}
	if want := []string{"claude-opus-4-6", "claude-opus-4-5", "claude-haiku-4-5"}; !slices.Equal(take, want) {
		t.Errorf("a temperature is taken by %v, want %v", take, want)
	}
	c := load(t, "")
	for id, lowest := range map[string]string{"gpt-6-astra": "low", "gpt-6.1-sol": "low", "gpt-6.1-terra": "none", "gemini-4-argon": "low"} {
		if got := model(t, c, id).ReasoningEfforts; got[0] != lowest {
			t.Errorf("%s begins at %q, want %q", id, got[0], lowest)
		}
	}
}

// The example in the head of the built-in file works as it stands.
func TestTheHeadsExample(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("catalog.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var example strings.Builder
	for line := range strings.Lines(string(text)) {
		if indented, ok := strings.CutPrefix(line, "#   "); ok && (example.Len() > 0 || indented == "providers:\n") {
			example.WriteString(indented)
		} else if example.Len() > 0 {
			break
		}
	}
	c := load(t, example.String())
	if _, ok := c.Chat("gpt-6-astra"); ok {
		t.Error("gpt-6-astra is still on")
	}
	at := day("2026-11-25T00:00:00Z")
	if got := tierOf(t, model(t, c, "gpt-6.1-sol"), at, 300_000).Input; got != 1_800 {
		t.Errorf("gpt-6.1-sol costs %d", got)
	}
	if err := c.Discover(catalog.Server{ID: "vllm"}, []string{"qwen3-32b", "llama"}); err != nil {
		t.Fatal(err)
	}
	m := model(t, c, "vllm/qwen3-32b")
	if got := tierOf(t, m, at, 0); got != (catalog.Tier{}) || m.ContextWindow != 32_768 || m.MaxOutputTokens != 8_192 {
		t.Errorf("qwen3-32b costs %+v, %+v", got, m)
	}
	if _, ok := model(t, c, "vllm/llama").PriceAt(at); ok {
		t.Error("a model without a price got one")
	}
}
