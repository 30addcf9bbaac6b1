package chat

import (
	"context"
	"slices"
	"time"

	"pulse/internal/actor"
	"pulse/internal/catalog"
	"pulse/internal/httpd"
	"pulse/internal/usage"
)

// ChatModel is a model as people choose it.
type ChatModel struct { //nolint:revive // its name in the OpenAPI document
	ID                string       `json:"id"`
	Name              string       `json:"name"`
	Provider          string       `json:"provider"`
	ProviderName      string       `json:"provider_name"`
	Available         bool         `json:"available"`
	UnavailableReason string       `json:"unavailable_reason,omitempty"`
	ContextWindow     int64        `json:"context_window" doc:"Tokens, prompt and answer together"`
	MaxOutputTokens   int64        `json:"max_output_tokens"`
	Abilities         []string     `json:"abilities"`
	Parameters        []string     `json:"parameters" doc:"The settings that the model takes"`
	ReasoningEfforts  []string     `json:"reasoning_efforts"`
	Images            *ImageLimits `json:"images,omitempty" doc:"What it takes of pictures; absent when it sees none"`
	Demo              bool         `json:"demo" doc:"A built-in imitation, not a model"`
	Price             *ModelPrice  `json:"price,omitempty"`
}

// ImageLimits are what a model takes of pictures.
type ImageLimits struct {
	MaxCount      int64    `json:"max_count" doc:"In the whole conversation; older ones are not shown to it"`
	MaxBytes      int64    `json:"max_bytes" doc:"A picture"`
	MaxTotalBytes int64    `json:"max_total_bytes" doc:"In the whole conversation; older ones are not shown to it"`
	MaxEdge       int64    `json:"max_edge" doc:"Pixels, width or height"`
	Types         []string `json:"types" nullable:"false"`
}

// ModelPrice is what a million tokens cost today, for prompts of ordinary length.
type ModelPrice struct {
	Input         httpd.USD `json:"input_usd_per_million"`
	CacheRead     httpd.USD `json:"cache_read_usd_per_million"`
	CacheWrite    httpd.USD `json:"cache_write_usd_per_million"`
	Output        httpd.USD `json:"output_usd_per_million"`
	EffectiveFrom string    `json:"effective_from"`
}

// ModelList is every model that people can see.
type ModelList struct {
	Items        []ChatModel       `json:"items"`
	DefaultModel string            `json:"default_model" doc:"What to ask when nothing was chosen; empty when no model is available"`
	Aliases      map[string]string `json:"aliases" doc:"Other names that are understood, retired models among them"`
}

type modelsOutput struct{ Body ModelList }

func (r *Room) listModels(ctx context.Context, _ *struct{}) (*modelsOutput, error) {
	if _, err := actor.From(ctx); err != nil {
		return nil, err
	}
	out := &modelsOutput{}
	out.Body.Aliases = r.catalog.Aliases(catalog.KindChat)
	out.Body.Items = []ChatModel{}
	for _, m := range r.offered() {
		v := r.view(m)
		out.Body.Items = append(out.Body.Items, v)
		if v.Available && out.Body.DefaultModel == "" {
			out.Body.DefaultModel = v.ID
		}
	}
	return out, nil
}

// offered are the models that people see, those included that have no key yet. The
// demo is one of them while there is nothing else to ask.
func (r *Room) offered() []catalog.Model {
	models := r.catalog.Models(catalog.KindChat)
	others := slices.ContainsFunc(models, func(m catalog.Model) bool { return !m.Demo && r.unavailable(m) == "" })
	return slices.DeleteFunc(models, func(m catalog.Model) bool {
		return m.Demo && (r.unavailable(m) != "" || others && !r.demoBesideReal)
	})
}

const perMillion = 1_000_000

func (r *Room) view(m catalog.Model) ChatModel {
	v := ChatModel{
		ID: m.ID, Name: m.Name, Provider: m.Provider, ProviderName: m.ProviderName, ContextWindow: m.ContextWindow,
		MaxOutputTokens: m.MaxOutputTokens, Abilities: orEmpty(m.Abilities), Parameters: orEmpty(m.Parameters),
		ReasoningEfforts: orEmpty(m.ReasoningEfforts), Demo: m.Demo,
	}
	v.UnavailableReason = r.unavailable(m)
	v.Available = v.UnavailableReason == ""
	if slices.Contains(m.Abilities, "vision") {
		v.Images = new(ImageLimits(m.Images))
	}
	if price, ok := m.PriceAt(r.now()); ok {
		t := price.Tier(0)
		usd := func(nanos int64) httpd.USD { return httpd.USD(usage.Nanos(nanos * perMillion)) }
		v.Price = &ModelPrice{
			Input: usd(t.Input), CacheRead: usd(t.CacheRead), CacheWrite: usd(t.CacheWrite), Output: usd(t.Output),
			EffectiveFrom: price.EffectiveFrom.Format(time.DateOnly),
		}
	}
	return v
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
