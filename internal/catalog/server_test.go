package catalog_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"pulse/internal/catalog"
)

func discover(t *testing.T, c *catalog.Catalog, s catalog.Server, ids ...string) {
	t.Helper()
	if err := c.Discover(s, ids); err != nil {
		t.Fatal(err)
	}
}

func TestDiscover(t *testing.T) {
	t.Parallel()
	c := load(t, "")
	at := day("2026-11-25T00:00:00Z")
	before := ids(c)
	discover(t, c, catalog.Server{ID: "ollama", Name: "whatever"}, "mistral", "llama3.2:1b", "mistral")
	discover(t, c, catalog.Server{ID: "openrouter", Name: "OpenRouter"}, "meta/llama")

	want := slices.Insert(slices.Clone(before), len(before)-1, "ollama/llama3.2:1b", "ollama/mistral", "openrouter/meta/llama")
	if got := ids(c); !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	m := model(t, c, "ollama/llama3.2:1b")
	if m.Provider != "ollama" || m.ProviderName != "Ollama" || m.VendorID != "llama3.2:1b" || m.Name != "llama3.2:1b" || m.Demo {
		t.Errorf("got %+v", m)
	}
	if got := tierOf(t, m, at, 0); got != (catalog.Tier{}) {
		t.Errorf("the operator's own machine costs %+v", got)
	}
	routed := model(t, c, "openrouter/meta/llama")
	if routed.ProviderName != "OpenRouter" || routed.VendorID != "meta/llama" {
		t.Errorf("got %+v", routed)
	}
	if _, ok := routed.PriceAt(at); ok {
		t.Error("a server without a price got one")
	}

	// A refresh replaces the list of that server alone.
	discover(t, c, catalog.Server{ID: "ollama"}, "phi")
	want = slices.Insert(slices.Clone(before), len(before)-1, "ollama/phi", "openrouter/meta/llama")
	if got := ids(c); !slices.Equal(got, want) {
		t.Errorf("after a refresh: %v", got)
	}
	if err := c.Discover(catalog.Server{ID: "anthropic"}, nil); err == nil {
		t.Error("a server took a provider's name")
	}
}

// A job that outlives its model's place in the list still finds it.
func TestUnlistedModelsOfAServer(t *testing.T) {
	t.Parallel()
	c := load(t, "servers: [{id: ollama, models: [{id: secret, off: true}]}]")
	discover(t, c, catalog.Server{ID: "ollama"})
	if m := model(t, c, "ollama/gone"); m.VendorID != "gone" {
		t.Errorf("got %+v", m)
	}
	if n := len(ids(c)); n != len(ids(load(t, ""))) {
		t.Errorf("%d models are listed", n)
	}
	discover(t, c, catalog.Server{ID: "ollama"}, "secret")
	for _, id := range []string{"ollama/secret", "ollama/", "unknown/gone"} {
		if m, ok := c.Chat(id); ok {
			t.Errorf("%q is %+v", id, m)
		}
	}
}

func TestPriceOfAServer(t *testing.T) {
	t.Parallel()
	c := load(t, "servers: [{id: vllm, models: [{id: dear, "+priced+"}]}]")
	price, err := catalog.ParsePrice(" 0.50 / 1.5")
	if err != nil {
		t.Fatal(err)
	}
	discover(t, c, catalog.Server{ID: "vllm", Price: &price}, "dear", "plain")
	discover(t, c, catalog.Server{ID: "ollama", Price: &price}, "phi")
	at := day("2026-11-25T00:00:00Z")
	for id, want := range map[string]int64{"vllm/dear": 1_000, "vllm/plain": 500, "ollama/phi": 500} {
		if got := tierOf(t, model(t, c, id), at, 0).Input; got != want {
			t.Errorf("%s costs %d, want %d", id, got, want)
		}
	}
	if tier := price.Tier(1 << 40); tier != (catalog.Tier{Input: 500, CacheRead: 500, CacheWrite: 500, CacheWrite1h: 500, Output: 1_500, ImageInput: 500}) {
		t.Errorf("got %+v", tier)
	}
	if !price.EffectiveFrom.Equal(time.Unix(0, 0)) {
		t.Errorf("it holds from %s", price.EffectiveFrom)
	}
	for _, text := range []string{"", "1", "/", "1/", "/1", "1/2/3", "a/b", "-1/2", "0.0001/1"} {
		if p, err := catalog.ParsePrice(text); err == nil {
			t.Errorf("%q is %+v", text, p)
		}
	}
	if _, err := catalog.ParsePrice("0/0"); err != nil {
		t.Error(err)
	}
}

// Readers see a whole catalogue at every moment of a refresh.
func TestDiscoverWhileReading(t *testing.T) {
	t.Parallel()
	c := load(t, "")
	base := len(ids(c))
	var writers, readers sync.WaitGroup
	done := make(chan struct{})
	for range 2 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if n := len(ids(c)) - base; n != 0 && n != 1 && n != 2 {
					t.Errorf("%d discovered models", n)
				}
				if _, ok := c.Chat("gpt-4"); !ok {
					t.Error("gpt-4 is not found")
				}
			}
		})
	}
	for _, server := range []string{"a", "b"} {
		writers.Go(func() {
			for range 100 {
				discover(t, c, catalog.Server{ID: server}, "m")
			}
		})
	}
	writers.Wait()
	close(done)
	readers.Wait()
	for _, id := range []string{"a/m", "b/m"} {
		if !slices.Contains(ids(c), id) {
			t.Errorf("%s is lost", id)
		}
	}
}

// A model of a server may be asked to call tools and to write JSON, since the
// server alone knows whether it can; an operator may take that away.
func TestAbilitiesOfAServersModels(t *testing.T) {
	t.Parallel()
	c := load(t, "servers: [{id: vllm, models: [{id: plain, abilities: []}, {id: llava, abilities: [vision, tools]}]}]")
	discover(t, c, catalog.Server{ID: "vllm", Price: new(catalog.Price)}, "plain", "llava", "unknown")
	discover(t, c, catalog.Server{ID: "ollama"}, "mistral")
	for id, want := range map[string][]string{
		"vllm/plain": {}, "vllm/llava": {"vision", "tools"}, "vllm/unknown": {"tools", "json"}, "ollama/mistral": {"tools", "json"},
	} {
		if got := model(t, c, id).Abilities; !slices.Equal(got, want) {
			t.Errorf("%s has %v, want %v", id, got, want)
		}
	}
}
