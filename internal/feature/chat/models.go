package chat

import (
	"cmp"
	"context"
	"maps"
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
	Abilities         []string     `json:"abilities" doc:"images: it answers with a picture, which counts against the plan's images"`
	Parameters        []string     `json:"parameters" doc:"The settings that the model takes"`
	ReasoningEfforts  []string     `json:"reasoning_efforts"`
	Images            *ImageLimits `json:"images,omitempty" doc:"What it takes of pictures, to see or to change; absent when it takes none"`
	Picture           *PictureSize `json:"picture,omitempty" doc:"What a picture of it measures, about; absent when it makes none"`
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

// PictureSize is a picture's, in pixels.
type PictureSize struct {
	Width  int64 `json:"width"`
	Height int64 `json:"height"`
}

// ModelPrice is what a million tokens cost today, for prompts of ordinary length.
type ModelPrice struct {
	Input         httpd.USD `json:"input_usd_per_million"`
	CacheRead     httpd.USD `json:"cache_read_usd_per_million"`
	CacheWrite    httpd.USD `json:"cache_write_usd_per_million"`
	Output        httpd.USD `json:"output_usd_per_million"`
	EffectiveFrom string    `json:"effective_from"`

	ImageInput *httpd.USD `json:"image_input_usd_per_million,omitempty" doc:"Of models that make pictures"`
	AboutImage *httpd.USD `json:"about_usd_per_image,omitempty" doc:"Of models that make pictures: an estimate, without the prompt"`
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
	if r.painter != nil {
		maps.Copy(out.Body.Aliases, r.catalog.Aliases(catalog.KindImage))
	}
	first := ""
	for _, m := range r.askable() {
		v := r.view(m)
		out.Body.Items = append(out.Body.Items, v)
		if v.Available && first == "" {
			first = v.ID
		}
		if v.Available && v.Picture == nil && out.Body.DefaultModel == "" {
			out.Body.DefaultModel = v.ID
		}
	}
	out.Body.DefaultModel = cmp.Or(out.Body.DefaultModel, first)
	return out, nil
}

// askable are the models that can be chosen for an answer: those that chat, then
// those that make pictures, then the demo's.
func (r *Room) askable() []catalog.Model {
	models := r.offered()
	if r.painter != nil {
		models = append(models, r.painter.Offered()...)
	}
	slices.SortStableFunc(models, func(a, b catalog.Model) int {
		switch {
		case a.Demo == b.Demo:
			return 0
		case a.Demo:
			return 1
		}
		return -1
	})
	return models
}

// whyNot says why a model, of either kind, cannot be asked; empty when it can.
func (r *Room) whyNot(m catalog.Model) string {
	if paints(m) {
		return r.painter.Unavailable(m)
	}
	return r.unavailable(m)
}

// offered are the models that chat and that people see, those included that have no key yet. The
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
	v.UnavailableReason = r.whyNot(m)
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
		if paints(m) {
			usual, _ := m.Making.Quality("")
			v.Price.ImageInput = new(usd(t.ImageInput))
			v.Price.AboutImage = new(httpd.USD(usage.Nanos(m.Making.PictureTokens(m.Making.Sizes[0], usual) * t.Output)))
		}
	}
	if paints(m) {
		v.Abilities = []string{"images"}
		v.Picture = &PictureSize{m.Making.Sizes[0].Width, m.Making.Sizes[0].Height}
		if m.Making.Edits() {
			v.Images = new(ImageLimits(m.Making.Edit))
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
