package catalog_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pulse/internal/catalog"
)

func TestImageTokens(t *testing.T) {
	t.Parallel()
	c := load(t, "")
	discover(t, c, catalog.Server{ID: "ollama"}, "x")
	for _, w := range []struct {
		model               string
		width, height, want int64
	}{
		{"gpt-6.1-sol", 1024, 1024, 1229},
		{"gpt-6.1-sol", 33, 1, 3},
		{"claude-sonnet-5-5", 1000, 1000, 1334},
		{"claude-sonnet-5-5", 8000, 8000, 4784},
		{"claude-sonnet-5-5", 8000, 1, 92},
		{"claude-opus-4-6", 1000, 1000, 1334},
		{"claude-opus-4-6", 8000, 8000, 1600},
		{"gemini-4-argon", 100, 100, 1120},
		{"gemini-4-argon", 3072, 3072, 4128},
		{"ollama/x", 100, 100, 1601},
		{"ollama/x", 1000, 1000, 6404},
		{"demo-chat", 1000, 1000, 1},
	} {
		m := model(t, c, w.model)
		if got := m.ImageTokens(w.width, w.height); got != w.want {
			t.Errorf("%s: %d×%d has %d tokens, want %d", w.model, w.width, w.height, got, w.want)
		}
		for _, odd := range []int64{math.MinInt64, 0, math.MaxInt64} {
			if got := m.ImageTokens(odd, odd); got <= 0 {
				t.Errorf("%s: %d×%d has %d tokens", w.model, odd, odd, got)
			}
		}
	}
}

// Whoever sees has limits, whoever does not has none, and one field can be overridden.
func TestImageLimits(t *testing.T) {
	t.Parallel()
	c := load(t, `
providers: [{id: openai, models: [{id: gpt-6-luna, images: {max_count: 3}}]}]
servers: [{id: vllm, models: [{id: llava, abilities: [vision]}]}]
`)
	discover(t, c, catalog.Server{ID: "vllm"}, "llava", "blind")
	for _, m := range c.Models(catalog.KindChat) {
		if sees := slices.Contains(m.Abilities, "vision"); sees != (m.Images.MaxCount > 0) {
			t.Errorf("%s sees: %v, and has %+v", m.ID, sees, m.Images)
		}
	}
	luna, sol := model(t, c, "gpt-6-luna").Images, model(t, c, "gpt-6.1-sol").Images
	if luna.MaxCount != 3 || luna.MaxBytes != sol.MaxBytes || !slices.Equal(luna.Types, sol.Types) {
		t.Errorf("%+v, and by default %+v", luna, sol)
	}
}

func TestImageLimitsRefused(t *testing.T) {
	t.Parallel()
	for limits, want := range map[string]string{
		"":             "max_count",
		"max_count: 1": "max_bytes",
		"max_count: 1, max_bytes: 9, max_total_bytes: 8, max_edge: 1, types: [image/png]":            "over max_total_bytes",
		"max_count: 1, max_bytes: 9, max_total_bytes: 9, max_edge: 1":                                "types are missing",
		"max_count: 1, max_bytes: 9, max_total_bytes: 9, max_edge: 1, types: [image/tiff]":           `"image/tiff"`,
		"max_count: -1, max_bytes: 9, max_total_bytes: 9, max_edge: 1, types: [image/png]":           "max_count",
		"max_count: 1, max_bytes: 9, max_total_bytes: 9, max_edge: 1, types: [image/png], colour: 1": "colour",
	} {
		_, err := catalog.Load(write(t, entry("abilities: [vision], images: {"+limits+"}, "+priced)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", limits, err, want)
		}
	}
}
