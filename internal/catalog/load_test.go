package catalog_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"pulse/internal/catalog"
)

const priced = "prices: [{effective_from: 2026-01-01, tiers: [{input: 1, output: 2}]}]"

// entry is an operator's file with one new model of a new provider.
func entry(fields string) string {
	return "providers: [{id: acme, name: Acme, models: [{id: m, name: M, count_tokens: gemini, context_window: 9000, max_output_tokens: 1000, " + fields + "}]}]"
}

func prices(list string) string { return entry("prices: [" + list + "]") }

// Each mistake is refused, and the error names the place.
func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"not YAML", "providers: [", "catalog.yaml"},
		{"an unknown section", "engines: []", "engines"},
		{"an unknown field", entry("speed: 3, " + priced), "speed"},
		{"an unknown field of a price", prices("{effective_from: 2026-01-01, tiers: [{input: 1, output: 2, thinking: 3}]}"), "thinking"},
		{"a field twice", entry("name: N, " + priced), "name"},
		{"a number that is none", strings.Replace(entry(priced), "9000", "many", 1), "context_window"},
		{"a provider twice", "providers: [{id: a, name: A}, {id: a, name: B}]", `provider "a" is there twice`},
		{"a provider without a name", "providers: [{id: a}]", `provider "a": name is missing`},
		{"a provider without an id", "providers: [{name: A}]", "an id must not be empty"},
		{"a provider with a slash", "providers: [{id: a/b, name: A}]", `provider "a/b"`},
		{"a server with a provider's id", "servers: [{id: openai}]", `provider "openai" is there twice`},
		{"a model twice", "providers: [{id: openai, models: [{id: x}, {id: x}]}]", `model "x" is there twice`},
		{"a model of two providers", strings.Replace(entry(priced), "id: m", "id: gpt-6.1-sol", 1), `model "gpt-6.1-sol": another provider`},
		{"a model without an id", "providers: [{id: openai, models: [{name: X}]}]", "models[0]: id is missing"},
		{"a model without a name", strings.Replace(entry(priced), "name: M,", "", 1), `provider "acme", model "m": name`},
		{"a model with a slash", strings.Replace(entry(priced), "id: m", "id: a/m", 1), `model "a/m"`},
		{"defaults with an id", "providers: [{id: openai, defaults: {id: x}}]", `provider "openai": defaults`},
		{"no context", strings.Replace(entry(priced), "context_window: 9000,", "", 1), "context_window"},
		{"more out than in all", strings.Replace(entry(priced), "9000", "900", 1), "max_output_tokens"},
		{"no way to count", strings.Replace(entry(priced), "count_tokens: gemini,", "", 1), "count_tokens"},
		{"an unknown ability", entry("abilities: [flying], " + priced), `abilities: "flying"`},
		{"an unknown parameter", entry("parameters: [top_p], " + priced), `parameters: "top_p"`},
		{"efforts out of order", entry("reasoning_efforts: [high, low], " + priced), `reasoning_efforts: "low"`},
		{"an effort twice", entry("reasoning_efforts: [low, low], " + priced), `reasoning_efforts: "low"`},
		{"no prices", entry("off: false"), "prices are missing"},
		{"prices taken away", "providers: [{id: openai, models: [{id: gpt-6-luna, prices: []}]}]", `model "gpt-6-luna": prices are missing`},
		{"no day", prices("{tiers: [{input: 1, output: 2}]}"), "prices[0].effective_from"},
		{"no such day", prices("{effective_from: 2026-02-30, tiers: [{input: 1, output: 2}]}"), "prices[0].effective_from"},
		{"a day with a time", prices("{effective_from: 2026-02-03 10:00, tiers: [{input: 1, output: 2}]}"), "prices[0].effective_from"},
		{
			"days out of order",
			prices("{effective_from: 2026-02-02, tiers: [{input: 1, output: 2}]}, {effective_from: 2026-02-02, tiers: [{input: 1, output: 2}]}"),
			"prices[1].effective_from",
		},
		{"no tiers", prices("{effective_from: 2026-02-02}"), "prices[0].tiers"},
		{"no input price", prices("{effective_from: 2026-02-02, tiers: [{output: 2}]}"), "prices[0].tiers[0].input is missing"},
		{"no output price", prices("{effective_from: 2026-02-02, tiers: [{input: 2}]}"), "prices[0].tiers[0].output is missing"},
		{"an empty price", prices("{effective_from: 2026-02-02, tiers: [{input: 2, output: }]}"), "prices[0].tiers[0].output is missing"},
		{"a price below nano-dollars", prices("{effective_from: 2026-02-02, tiers: [{input: 0.0375, output: 2}]}"), "prices[0].tiers[0].input is finer"},
		{"a negative price", prices("{effective_from: 2026-02-02, tiers: [{input: -1, output: 2}]}"), "prices[0].tiers[0].input is no price"},
		{"a price in words", prices("{effective_from: 2026-02-02, tiers: [{input: cheap, output: 2}]}"), "prices[0].tiers[0].input is no price"},
		{"a price with a comma", prices(`{effective_from: 2026-02-02, tiers: [{input: "1,5", output: 2}]}`), "prices[0].tiers[0].input is no price"},
		{"a price with an exponent", prices("{effective_from: 2026-02-02, tiers: [{input: 1e3, output: 2}]}"), "prices[0].tiers[0].input is no price"},
		{"a price that ends in a dot", prices(`{effective_from: 2026-02-02, tiers: [{input: "1.", output: 2}]}`), "prices[0].tiers[0].input is no price"},
		{"a price without a whole part", prices(`{effective_from: 2026-02-02, tiers: [{input: ".5", output: 2}]}`), "prices[0].tiers[0].input is no price"},
		{"a price per token", prices("{effective_from: 2026-02-02, tiers: [{input: 100001, output: 2}]}"), "prices[0].tiers[0].input is over"},
		{"a price beyond all numbers", prices("{effective_from: 2026-02-02, tiers: [{input: 99999999999999999999, output: 2}]}"), "prices[0].tiers[0].input"},
		{"a first tier above something", prices("{effective_from: 2026-02-02, tiers: [{above: 5, input: 1, output: 2}]}"), "prices[0].tiers[0].above"},
		{
			"tiers out of order",
			prices("{effective_from: 2026-02-02, tiers: [{input: 1, output: 2}, {above: 9, input: 1, output: 2}, {above: 9, input: 1, output: 2}]}"),
			"prices[0].tiers[2].above",
		},
		{"a second tier from 0", prices("{effective_from: 2026-02-02, tiers: [{input: 1, output: 2}, {input: 1, output: 2}]}"), "prices[0].tiers[1].above"},
		{"an alias to nothing", "aliases: {old: new}", `alias "old" leads to "new"`},
		{"an alias to an alias", "aliases: {old: gpt-4}", `alias "old" leads to "gpt-4"`},
		{"an alias over a model", "aliases: {gpt-6-luna: gpt-6.1-sol}", `alias "gpt-6-luna" is the id of a model`},
		{"a server with a wrong price", "servers: [{id: vllm, defaults: {prices: [{effective_from: today}]}}]", `server "vllm", defaults: prices[0].effective_from`},
		{"a wrong model of a server", "servers: [{id: vllm, models: [{id: x, abilities: [flying]}]}]", `server "vllm", x: abilities`},
		{"a server that is a demo", "servers: [{id: vllm, demo: true}]", `server "vllm"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := write(t, c.text)
			_, err := catalog.Load(path)
			if err == nil {
				t.Fatal("it was taken")
			}
			if !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("%q does not name %q and %s", err, c.want, path)
			}
		})
	}
	if _, err := catalog.Load("does/not/exist.yaml"); err == nil {
		t.Error("a file that is not there was taken")
	}
}

func ids(c *catalog.Catalog) []string {
	models := c.Models(catalog.KindChat)
	ids := make([]string, 0, len(models))
	for _, m := range models {
		ids = append(ids, m.ID)
	}
	return ids
}

// An operator's file changes what it names and nothing else.
func TestOverlay(t *testing.T) {
	t.Parallel()
	plain := load(t, "")
	c := load(t, `
providers:
  - id: openai
    name: Our OpenAI
    models:
      - id: gpt-6-luna
        off: true
      - id: gpt-6.1-sol
        name: Sol
        reasoning_efforts: []
      - id: gpt-7
        name: GPT-7
        vendor_id: gpt-7-2027-01-01
        prices: [{effective_from: 2026-01-01, tiers: [{input: "0.010", output: 0.5}]}]
  - id: acme
    name: Acme
    models:
      - {id: m, name: M, count_tokens: gemini, context_window: 9000, max_output_tokens: 1000, `+priced+`}
aliases:
  gpt-4: gpt-7
  best: acme-best/x
`)
	sol := model(t, c, "gpt-6.1-sol")
	if sol.Name != "Sol" || sol.ProviderName != "Our OpenAI" || sol.ContextWindow != 1_050_000 || len(sol.ReasoningEfforts) != 0 {
		t.Errorf("got %+v", sol)
	}
	at := day("2026-11-25T00:00:00Z")
	if got, want := tierOf(t, sol, at, 0), tierOf(t, model(t, plain, "gpt-6.1-sol"), at, 0); got != want {
		t.Errorf("its price went from %+v to %+v", want, got)
	}
	added := model(t, c, "gpt-7")
	if added.VendorID != "gpt-7-2027-01-01" || added.MaxOutputTokens != 128_000 || tierOf(t, added, at, 0).Input != 10 {
		t.Errorf("got %+v", added)
	}
	if _, ok := c.Chat("gpt-6-luna"); ok {
		t.Error("a model that is off is found")
	}
	if _, ok := c.Chat("gpt-3.5-turbo"); ok {
		t.Error("an alias leads to a model that is off")
	}
	if m := model(t, c, "gpt-4"); m.ID != "gpt-7" {
		t.Errorf("gpt-4 is %s", m.ID)
	}
	want := slices.DeleteFunc(ids(plain), func(id string) bool { return id == "gpt-6-luna" })
	i := slices.Index(want, "claude-sonnet-5-5")
	want = slices.Insert(want, i, "gpt-7")
	want = slices.Insert(want, len(want)-1, "m") // the demo stays last
	if got := ids(c); !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if got := slices.Sorted(maps.Keys(c.Aliases(catalog.KindChat))); slices.Contains(got, "gpt-3.5-turbo") || !slices.Contains(got, "best") {
		t.Errorf("aliases %v", got)
	}
}

// Whatever the operator's file says, it is taken or refused, and what is taken
// can be asked for everything.
func FuzzLoad(f *testing.F) {
	for _, seed := range []string{
		"", "providers: [", entry(priced), "aliases: {a: b}", "servers: [{id: x, defaults: {off: true}}]", "- 1", "~",
		prices("{effective_from: 2026-01-01, tiers: [{input: 1, output: 2}, {above: 3, input: 1.5, output: 2}]}"),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := catalog.Load(write(t, text))
		if err != nil {
			return
		}
		if err := c.Discover(catalog.Server{ID: "fuzz"}, []string{"a", "a"}); err != nil {
			t.Skip("the file has a provider of that name")
		}
		for _, m := range c.Models(catalog.KindChat) {
			if got, ok := c.Chat(m.ID); !ok || got.ID != m.ID {
				t.Fatalf("%q is listed and not found", m.ID)
			}
			if p, ok := m.PriceAt(day("2026-11-25T00:00:00Z")); ok {
				if tier := p.Tier(1 << 40); tier.Input < 0 || tier.Output < 0 {
					t.Fatalf("%q costs %+v", m.ID, tier)
				}
			}
			if n := m.EstimateTokens("word"); n <= 0 {
				t.Fatalf("%q estimates %d", m.ID, n)
			}
		}
		for alias, id := range c.Aliases(catalog.KindChat) {
			if _, ok := c.Chat(alias); !ok && !strings.Contains(id, "/") {
				t.Fatalf("alias %q leads to %q, which is not found", alias, id)
			}
		}
	})
}
