package image

import (
	"encoding/json"
	"errors"
	"slices"

	"pulse/internal/catalog"
	"pulse/internal/fault"
	"pulse/internal/httpd"
)

// ImagesRequest is what OpenAI's API documents for images/generations, all of it,
// so that whatever is not honoured is refused by name or known to be harmless. In
// every optional field a null counts as absence.
type ImagesRequest struct {
	Model          *string `json:"model,omitempty" doc:"A model's id or alias, see /v1/models; the first that is available when absent"`
	Prompt         string  `json:"prompt"`
	N              *int    `json:"n,omitempty" doc:"1 to 4"`
	Size           *string `json:"size,omitempty" doc:"auto, width x height, or one of the model's sizes, see /api/v1/images/models"`
	Quality        *string `json:"quality,omitempty" doc:"auto, standard, hd, or one of the model's qualities"`
	ResponseFormat *string `json:"response_format,omitempty" doc:"b64_json, or url for a link of 24 hours"`

	// Pulse's own, as clients send them beside OpenAI's.
	NegativePrompt *string  `json:"negative_prompt,omitempty"`
	GuidanceScale  *float64 `json:"guidance_scale,omitempty"`
	Seed           *int64   `json:"seed,omitempty"`

	// Accepted, and without effect.
	Moderation *string `json:"moderation,omitempty" doc:"Accepted, without effect: the provider's default"`
	User       *string `json:"user,omitempty" doc:"Accepted, without effect: Pulse sends its own"`

	// Accepted with the values that change nothing, refused with others.
	Background   *string `json:"background,omitempty" doc:"auto or opaque only"`
	OutputFormat *string `json:"output_format,omitempty" doc:"png only"`
	Stream       *bool   `json:"stream,omitempty" doc:"false only"`

	// Known, and refused.
	InputFidelity     json.RawMessage `json:"input_fidelity,omitempty" doc:"Refused"`
	OutputCompression json.RawMessage `json:"output_compression,omitempty" doc:"Refused: a PNG has none"`
	PartialImages     json.RawMessage `json:"partial_images,omitempty" doc:"0 only"`
	Style             json.RawMessage `json:"style,omitempty" doc:"Refused: write it into the prompt"`
}

func (in *ImagesRequest) byURL() bool { return in.ResponseFormat != nil && *in.ResponseFormat == "url" }

// wish gives a request in Pulse's words.
func (in *ImagesRequest) wish(r *Room) (ImageRequest, error) {
	if err := in.refused(); err != nil {
		return ImageRequest{}, err
	}
	wish := ImageRequest{
		Model: deref(in.Model), Prompt: in.Prompt, NegativePrompt: deref(in.NegativePrompt), Count: 1, Size: deref(in.Size),
		Quality: deref(in.Quality), GuidanceScale: in.GuidanceScale, Seed: in.Seed,
	}
	if in.N != nil {
		wish.Count = *in.N
	}
	switch {
	case wish.Count < 1 || wish.Count > catalog.MaxPictures:
		return wish, httpd.WrongParam("n", "n must be from 1 to %d.", catalog.MaxPictures)
	case in.GuidanceScale != nil && (*in.GuidanceScale < 1 || *in.GuidanceScale > 20):
		return wish, httpd.WrongParam("guidance_scale", "guidance_scale must be from 1 to 20.")
	case in.Seed != nil && (*in.Seed < 0 || *in.Seed > maxSeed):
		return wish, httpd.WrongParam("seed", "seed must be from 0 to %d.", maxSeed)
	}
	if wish.Size == "auto" {
		wish.Size = ""
	}
	m, err := r.doorModel(wish.Model)
	if err != nil {
		return wish, err
	}
	wish.Model = m.ID
	wish.Quality = doorQuality(m, wish.Quality)
	return wish, nil
}

// doorModel finds the model, or the one for who names none.
func (r *Room) doorModel(id string) (catalog.Model, error) {
	if id == "" {
		models := r.Offered()
		if i := slices.IndexFunc(models, func(m catalog.Model) bool { return r.Unavailable(m) == "" }); i >= 0 {
			return models[i], nil
		}
		return catalog.Model{}, fault.New(fault.Unavailable, "This server has no model that makes pictures. Its administrator has to add a provider's key.")
	}
	m, ok := r.catalog.Image(id)
	why := "does not make pictures on this server"
	if ok {
		why = r.Unavailable(m)
	}
	if why != "" {
		f := fault.Newf(fault.NotFound, "The model %q %s. See GET /v1/models and /api/v1/images/models.", id, why)
		f.Type, f.Fields = "model_not_found", []fault.Field{{Location: "model"}}
		return m, f
	}
	return m, nil
}

// doorQuality is what the words of DALL·E's days mean.
func doorQuality(m catalog.Model, quality string) string {
	switch quality {
	case "auto", "standard":
		return ""
	case "hd":
		if _, ok := m.Making.Quality("high"); ok {
			return "high"
		}
		return ""
	}
	return quality
}

// refused says what is asked for that Pulse does not do.
func (in *ImagesRequest) refused() error {
	switch format := deref(in.ResponseFormat); {
	case format != "" && format != "b64_json" && format != "url":
		return httpd.WrongParam("response_format", "response_format must be b64_json or url.")
	case deref(in.Stream):
		return httpd.UnsupportedParam("stream", "Pulse does not stream pictures in OpenAI's way. Leave stream out, or use /api/v1/images/generate and the events of its job.")
	case !slices.Contains([]string{"", "auto", "opaque"}, deref(in.Background)):
		return httpd.UnsupportedParam("background", "Pulse makes pictures with an opaque background only. Leave background out.")
	case !slices.Contains([]string{"", "png"}, deref(in.OutputFormat)):
		return httpd.UnsupportedParam("output_format", "Pulse keeps pictures as PNG. Leave output_format out.")
	}
	for name, value := range map[string]json.RawMessage{
		"input_fidelity": in.InputFidelity, "output_compression": in.OutputCompression, "style": in.Style,
	} {
		if given(value) {
			return httpd.UnsupportedParam(name, "Pulse does not know %s for pictures. Leave it out.", name)
		}
	}
	if given(in.PartialImages) && string(in.PartialImages) != "0" {
		return httpd.UnsupportedParam("partial_images", "Pulse gives whole pictures only. Leave partial_images out.")
	}
	return nil
}

func given(value json.RawMessage) bool { return len(value) > 0 && string(value) != "null" }

// inDoorsWords names a wrong field as OpenAI's API does.
func inDoorsWords(err error) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return err
	}
	for i := range f.Fields {
		if f.Fields[i].Location == "body.count" {
			f.Fields[i].Location = "n"
		}
	}
	return f
}

func deref[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
