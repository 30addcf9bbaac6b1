package image

import (
	"context"
	"slices"
	"time"

	"pulse/internal/actor"
	"pulse/internal/catalog"
	"pulse/internal/httpd"
	"pulse/internal/usage"
)

// ImageModel is a model that makes pictures, as people choose it.
type ImageModel struct { //nolint:revive // its name in the OpenAPI document
	ID                  string      `json:"id"`
	Name                string      `json:"name"`
	Provider            string      `json:"provider"`
	ProviderName        string      `json:"provider_name"`
	Available           bool        `json:"available"`
	UnavailableReason   string      `json:"unavailable_reason,omitempty"`
	Demo                bool        `json:"demo" doc:"Drawn by Pulse itself, by no model"`
	MaxCount            int64       `json:"max_count" doc:"Pictures of one request"`
	MaxPromptCharacters int64       `json:"max_prompt_characters"`
	Abilities           []string    `json:"abilities" doc:"edit, for models that take pictures along"`
	Parameters          []string    `json:"parameters" doc:"The optional settings that it takes: negative_prompt, guidance_scale, seed"`
	WrittenIntoPrompt   []string    `json:"written_into_prompt" doc:"Those of them that its provider has no field for"`
	Sizes               []ImageSize `json:"sizes" doc:"The first is the one for who names none"`
	Qualities           []string    `json:"qualities" doc:"The first is the one for who names none; empty: it has no such setting"`
	Edit                *EditLimits `json:"edit,omitempty" doc:"What it takes of pictures; absent when it takes none"`
	Price               *ImagePrice `json:"price,omitempty"`
}

// ImageSize is a size that can be asked for.
type ImageSize struct { //nolint:revive // as ImageModel
	ID     string `json:"id"`
	Width  int64  `json:"width" doc:"Pixels, about: some models come as close as they can"`
	Height int64  `json:"height"`
}

// EditLimits are what a model takes of pictures to change.
type EditLimits struct {
	MaxCount      int64    `json:"max_count"`
	MaxBytes      int64    `json:"max_bytes" doc:"A picture"`
	MaxTotalBytes int64    `json:"max_total_bytes"`
	MaxEdge       int64    `json:"max_edge" doc:"Pixels, width or height"`
	Types         []string `json:"types" nullable:"false"`
}

// ImagePrice is what a million tokens cost today, and about a picture.
type ImagePrice struct { //nolint:revive // as ImageModel
	Input         httpd.USD            `json:"input_usd_per_million"`
	ImageInput    httpd.USD            `json:"image_input_usd_per_million"`
	Output        httpd.USD            `json:"output_usd_per_million"`
	EffectiveFrom string               `json:"effective_from"`
	AboutPerImage map[string]httpd.USD `json:"about_usd_per_image" doc:"By size, and size/quality where there are qualities: an estimate, without the prompt"`
}

// ImageModelList is every model that people can see.
type ImageModelList struct { //nolint:revive // as ImageModel
	Items        []ImageModel      `json:"items"`
	DefaultModel string            `json:"default_model" doc:"What to ask when nothing was chosen; empty when no model is available"`
	Aliases      map[string]string `json:"aliases" doc:"Other names that are understood, retired models among them"`
}

type modelsOutput struct{ Body ImageModelList }

func (r *Room) listModels(ctx context.Context, _ *struct{}) (*modelsOutput, error) {
	if _, err := actor.From(ctx); err != nil {
		return nil, err
	}
	out := &modelsOutput{Body: ImageModelList{Items: []ImageModel{}, Aliases: r.catalog.Aliases(catalog.KindImage)}}
	for _, m := range r.Offered() {
		v := r.view(m)
		out.Body.Items = append(out.Body.Items, v)
		if v.Available && out.Body.DefaultModel == "" {
			out.Body.DefaultModel = v.ID
		}
	}
	return out, nil
}

// Offered are the models that people see, those included that have no key yet. The
// demo is one of them while there is nothing else to ask.
func (r *Room) Offered() []catalog.Model {
	models := r.catalog.Models(catalog.KindImage)
	others := slices.ContainsFunc(models, func(m catalog.Model) bool { return !m.Demo && r.Unavailable(m) == "" })
	return slices.DeleteFunc(models, func(m catalog.Model) bool {
		return m.Demo && (r.Unavailable(m) != "" || others && !r.demoBesideReal)
	})
}

// Unavailable says why a model cannot be asked; empty when it can.
func (r *Room) Unavailable(m catalog.Model) string {
	if _, ok := r.vendors[m.Provider]; !ok {
		return "needs a key for its provider, which this server does not have"
	}
	if _, ok := m.PriceAt(r.now()); !ok {
		return "has no price on this server, and what has no price is not served"
	}
	return ""
}

const perMillion = 1_000_000

func (r *Room) view(m catalog.Model) ImageModel {
	v := ImageModel{
		ID: m.ID, Name: m.Name, Provider: m.Provider, ProviderName: m.ProviderName, Demo: m.Demo,
		MaxCount: m.Making.MaxCount, MaxPromptCharacters: m.Making.MaxPrompt, Abilities: []string{},
		Parameters: orEmpty(m.Making.Parameters), WrittenIntoPrompt: orEmpty(m.Making.Written), Qualities: []string{},
	}
	v.UnavailableReason = r.Unavailable(m)
	v.Available = v.UnavailableReason == ""
	for _, s := range m.Making.Sizes {
		v.Sizes = append(v.Sizes, ImageSize{s.ID, s.Width, s.Height})
	}
	for _, q := range m.Making.Qualities {
		v.Qualities = append(v.Qualities, q.ID)
	}
	if m.Making.Edits() {
		v.Abilities = append(v.Abilities, "edit")
		v.Edit = new(EditLimits(m.Making.Edit))
	}
	if price, ok := m.PriceAt(r.now()); ok {
		v.Price = priceOf(m.Making, price)
	}
	return v
}

func priceOf(making *catalog.Making, price catalog.Price) *ImagePrice {
	t := price.Tier(0)
	usd := func(nanos int64) httpd.USD { return httpd.USD(usage.Nanos(nanos)) }
	p := &ImagePrice{
		Input: usd(t.Input * perMillion), ImageInput: usd(t.ImageInput * perMillion), Output: usd(t.Output * perMillion),
		EffectiveFrom: price.EffectiveFrom.Format(time.DateOnly), AboutPerImage: map[string]httpd.USD{},
	}
	for _, s := range making.Sizes {
		usual, _ := making.Quality("")
		p.AboutPerImage[s.ID] = usd(making.PictureTokens(s, usual) * t.Output)
		for _, q := range making.Qualities {
			p.AboutPerImage[s.ID+"/"+q.ID] = usd(making.PictureTokens(s, q) * t.Output)
		}
	}
	return p
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
