package catalog

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// file is what a catalogue file says. Its head (catalog.yaml) explains it.
type file struct {
	Providers []providerEntry   `yaml:"providers"`
	Servers   []providerEntry   `yaml:"servers"`
	Aliases   map[string]string `yaml:"aliases"`
}

// providerEntry is a provider, or a server whose models are discovered.
type providerEntry struct {
	ID       string       `yaml:"id"`
	Name     string       `yaml:"name"`
	Demo     bool         `yaml:"demo"`
	Defaults modelEntry   `yaml:"defaults"`
	Models   []modelEntry `yaml:"models"`

	ImageDefaults makingEntry   `yaml:"image_defaults"`
	ImageModels   []makingEntry `yaml:"image_models"`
}

// modelEntry is a model, or the defaults of a provider's models. A field that
// is not given is taken from what the entry is laid over.
type modelEntry struct {
	ID               string       `yaml:"id"`
	Name             string       `yaml:"name"`
	VendorID         string       `yaml:"vendor_id"`
	CountTokens      counting     `yaml:"count_tokens"`
	ContextWindow    int64        `yaml:"context_window"`
	MaxOutputTokens  int64        `yaml:"max_output_tokens"`
	Abilities        []string     `yaml:"abilities"`
	Parameters       []string     `yaml:"parameters"`
	ReasoningEfforts []string     `yaml:"reasoning_efforts"`
	Images           ImageLimits  `yaml:"images"`
	Prices           []priceEntry `yaml:"prices"`
	Off              bool         `yaml:"off"`
}

type priceEntry struct {
	EffectiveFrom string      `yaml:"effective_from"`
	Tiers         []priceTier `yaml:"tiers"`
}

type priceTier struct {
	Above        int64 `yaml:"above"`
	Input        usd   `yaml:"input"`
	CacheRead    usd   `yaml:"cache_read"`
	CacheWrite   usd   `yaml:"cache_write"`
	CacheWrite1h usd   `yaml:"cache_write_1h"`
	ImageInput   usd   `yaml:"image_input"`
	Output       usd   `yaml:"output"`
}

// usd is an amount in US dollars as it was written, so that no float touches it.
type usd string

// over lays one entry over another: what it gives wins, list by list.
func (m modelEntry) over(base modelEntry) modelEntry {
	return modelEntry{
		ID:               cmp.Or(m.ID, base.ID),
		Name:             cmp.Or(m.Name, base.Name),
		VendorID:         cmp.Or(m.VendorID, base.VendorID),
		CountTokens:      cmp.Or(m.CountTokens, base.CountTokens),
		ContextWindow:    cmp.Or(m.ContextWindow, base.ContextWindow),
		MaxOutputTokens:  cmp.Or(m.MaxOutputTokens, base.MaxOutputTokens),
		Abilities:        given(m.Abilities, base.Abilities),
		Parameters:       given(m.Parameters, base.Parameters),
		ReasoningEfforts: given(m.ReasoningEfforts, base.ReasoningEfforts),
		Images:           m.Images.over(base.Images),
		Prices:           given(m.Prices, base.Prices),
		Off:              m.Off || base.Off,
	}
}

func given[T any](list, base []T) []T {
	if list == nil {
		return base
	}
	return list
}

func (p providerEntry) over(base providerEntry) providerEntry {
	return providerEntry{
		ID:       base.ID,
		Name:     cmp.Or(p.Name, base.Name),
		Demo:     p.Demo || base.Demo,
		Defaults: p.Defaults.over(base.Defaults),
		Models:   overlay(p.Models, base.Models, func(m modelEntry) string { return m.ID }, modelEntry.over),

		ImageDefaults: p.ImageDefaults.over(base.ImageDefaults),
		ImageModels:   overlay(p.ImageModels, base.ImageModels, func(m makingEntry) string { return m.ID }, makingEntry.over),
	}
}

func (f file) over(base file) file {
	id := func(p providerEntry) string { return p.ID }
	aliases := maps.Clone(base.Aliases)
	maps.Copy(aliases, f.Aliases)
	return file{
		Providers: overlay(f.Providers, base.Providers, id, providerEntry.over),
		Servers:   overlay(f.Servers, base.Servers, id, providerEntry.over),
		Aliases:   aliases,
	}
}

// overlay lays a list over another by id; what is new comes after.
func overlay[T any](list, base []T, id func(T) string, over func(T, T) T) []T {
	out := slices.Clone(base)
	for _, item := range list {
		i := slices.IndexFunc(base, func(b T) bool { return id(b) == id(item) })
		if i < 0 {
			out = append(out, item)
			continue
		}
		out[i] = over(item, base[i])
	}
	return out
}

// model makes the model that an entry describes, perhaps without a price. The
// error names the field.
func (m modelEntry) model(p providerEntry) (Model, error) {
	if m.Name == "" {
		return Model{}, errors.New("name is missing")
	}
	if m.ContextWindow <= 0 || m.MaxOutputTokens <= 0 {
		return Model{}, errors.New("context_window and max_output_tokens must be numbers of tokens over 0")
	}
	if m.MaxOutputTokens > m.ContextWindow {
		return Model{}, errors.New("max_output_tokens is over context_window")
	}
	if !slices.Contains(countings(), m.CountTokens) {
		return Model{}, fmt.Errorf("count_tokens is %q, and must be one of %v", m.CountTokens, countings())
	}
	for _, list := range []struct {
		field string
		words []string
		known []string
	}{
		{"abilities", m.Abilities, abilities()},
		{"parameters", m.Parameters, parameters()},
		{"reasoning_efforts", m.ReasoningEfforts, reasoningEfforts()},
	} {
		if err := check(list.words, list.known); err != nil {
			return Model{}, fmt.Errorf("%s: %w", list.field, err)
		}
	}
	var images ImageLimits
	if slices.Contains(m.Abilities, "vision") {
		if err := m.Images.check(); err != nil {
			return Model{}, err
		}
		images = m.Images
	}
	prices, err := priceList(m.Prices)
	if err != nil {
		return Model{}, err
	}
	return Model{
		ID: m.ID, Name: m.Name, Provider: p.ID, ProviderName: p.Name, VendorID: cmp.Or(m.VendorID, m.ID),
		ContextWindow: m.ContextWindow, MaxOutputTokens: m.MaxOutputTokens, Abilities: m.Abilities,
		Parameters: m.Parameters, ReasoningEfforts: m.ReasoningEfforts, Images: images, Demo: p.Demo, prices: prices, count: m.CountTokens,
	}, nil
}

func abilities() []string  { return []string{"vision", "files", "reasoning", "tools", "json"} }
func parameters() []string { return []string{"temperature"} }

// reasoningEfforts are in order, the least first.
func reasoningEfforts() []string {
	return []string{"none", "minimal", "low", "medium", "high", "xhigh", "max"}
}

// check wants the words known, in the known order and none twice.
func check(words, known []string) error {
	last := -1
	for _, w := range words {
		i := slices.Index(known, w)
		if i < 0 {
			return fmt.Errorf("%q is none of %v", w, known)
		}
		if i <= last {
			return fmt.Errorf("%q is there twice or out of order, which is %v", w, known)
		}
		last = i
	}
	return nil
}

func priceList(entries []priceEntry) ([]Price, error) {
	var prices []Price
	for i, e := range entries {
		from, err := time.Parse(time.DateOnly, e.EffectiveFrom)
		if err != nil {
			return nil, fmt.Errorf("prices[%d].effective_from is %q, and must be a day such as 2026-12-01", i, e.EffectiveFrom)
		}
		if i > 0 && !from.After(prices[i-1].EffectiveFrom) {
			return nil, fmt.Errorf("prices[%d].effective_from must be after the one before it", i)
		}
		if len(e.Tiers) == 0 {
			return nil, fmt.Errorf("prices[%d].tiers are missing", i)
		}
		p := Price{EffectiveFrom: from}
		for j, t := range e.Tiers {
			tier, err := t.tier()
			if err != nil {
				return nil, fmt.Errorf("prices[%d].tiers[%d].%w", i, j, err)
			}
			if j == 0 && tier.Above != 0 {
				return nil, fmt.Errorf("prices[%d].tiers[0].above must be left out: the first tier begins at 0", i)
			}
			if j > 0 && tier.Above <= p.tiers[j-1].Above {
				return nil, fmt.Errorf("prices[%d].tiers[%d].above must be over that of the tier before it", i, j)
			}
			p.tiers = append(p.tiers, tier)
		}
		prices = append(prices, p)
	}
	return prices, nil
}

// tier reads the prices. What the cache does costs the input price unless the
// vendor has a price of its own for it.
func (t priceTier) tier() (Tier, error) {
	out := Tier{Above: t.Above}
	for _, part := range []struct {
		field string
		text  usd
		into  *int64
	}{
		{"input", t.Input, &out.Input},
		{"cache_read", cmp.Or(t.CacheRead, t.Input), &out.CacheRead},
		{"cache_write", cmp.Or(t.CacheWrite, t.Input), &out.CacheWrite},
		{"cache_write_1h", cmp.Or(t.CacheWrite1h, t.CacheWrite, t.Input), &out.CacheWrite1h},
		{"image_input", cmp.Or(t.ImageInput, t.Input), &out.ImageInput},
		{"output", t.Output, &out.Output},
	} {
		n, err := parseUSD(string(part.text))
		if err != nil {
			return Tier{}, fmt.Errorf("%s %w", part.field, err)
		}
		*part.into = n
	}
	return out, nil
}
