package image

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode/utf8"

	"pulse/internal/actor"
	"pulse/internal/catalog"
	"pulse/internal/fault"
	"pulse/internal/picture"
	"pulse/internal/store"
	"pulse/internal/store/query"
)

// ImageRequest is a wish for pictures as the outside gives it.
type ImageRequest struct { //nolint:revive // its name in the OpenAPI document
	Model          string   `json:"model" minLength:"1" maxLength:"200" doc:"A model's id or alias, see /api/v1/images/models"`
	Prompt         string   `json:"prompt" maxLength:"32000"`
	NegativePrompt string   `json:"negative_prompt,omitempty" maxLength:"8000" doc:"What is not to be seen; only for models whose parameters name it"`
	Count          int      `json:"count,omitempty" minimum:"1" maximum:"4" doc:"1 when absent"`
	Size           string   `json:"size,omitempty" maxLength:"40" doc:"One of the model's sizes, by its id or as width x height; its first when absent"`
	Quality        string   `json:"quality,omitempty" maxLength:"40" doc:"One of the model's qualities; its first when absent"`
	GuidanceScale  *float64 `json:"guidance_scale,omitempty" minimum:"1" maximum:"20" doc:"How closely to follow the prompt; only for models whose parameters name it"`
	Seed           *int64   `json:"seed,omitempty" minimum:"0" maximum:"2147483647" doc:"Makes much the same picture again; of several, each has the next one. As guidance_scale"`
	ImageFileIDs   []string `json:"image_file_ids,omitempty" maxItems:"16" nullable:"false" doc:"Pictures of yours to change or to go by; only for models with the ability edit"`
}

// work is a job's input: the wish, and what the server has chosen for it.
type work struct {
	picture.Wish

	// BaseSeed is the first seed where none was asked for and the model takes one: so
	// each picture can be made again.
	BaseSeed *int64 `json:"base_seed,omitempty"`
}

const (
	maxSeed = 1<<31 - 1
	noFile  = "is not a file of yours; POST /api/v1/files uploads one"
)

// wanted is a wish that was found to be in order.
type wanted struct {
	model   catalog.Model
	size    catalog.PictureSize
	quality catalog.PictureQuality
	work    work
	inputs  []query.PictureToSendRow
}

// check looks at everything that can be wrong with a request before anything is
// stored. All wrong fields come in one Invalid fault.
func (r *Room) check(ctx context.Context, a actor.Actor, in ImageRequest) (wanted, error) {
	if len(in.ImageFileIDs) > 0 { // what a model makes of a picture tells what is on it
		if err := a.Needs(actor.Read); err != nil {
			return wanted{}, err
		}
	}
	m, ok := r.catalog.Image(in.Model)
	if !ok {
		return wanted{}, fault.BadField("body.model", "is not a model of this server that makes pictures; GET /api/v1/images/models lists them")
	}
	if why := r.Unavailable(m); why != "" {
		return wanted{}, fault.BadField("body.model", why)
	}
	w := wanted{model: m, work: work{Wish: picture.Wish{
		Model: m.ID, Prompt: strings.TrimSpace(in.Prompt), NegativePrompt: strings.TrimSpace(in.NegativePrompt), Count: max(1, in.Count),
		GuidanceScale: in.GuidanceScale, Seed: in.Seed, Inputs: in.ImageFileIDs,
	}}}
	wrong := w.fit(in)
	more, err := r.findInputs(ctx, a, &w)
	if err != nil {
		return wanted{}, err
	}
	if wrong = append(wrong, more...); len(wrong) > 0 {
		f := fault.New(fault.Invalid, "The request does not fit the model.")
		f.Fields = wrong
		return wanted{}, f
	}
	if m.Making.Takes(catalog.Seed) && in.Seed == nil {
		w.work.BaseSeed = new(rand.Int64N(maxSeed)) //nolint:gosec // chance is all that is asked of it
	}
	return w, nil
}

// fit checks the settings against the model, and gives what does not fit.
func (w *wanted) fit(in ImageRequest) (wrong []fault.Field) {
	m, wish := w.model, &w.work.Wish
	not := func(field, message string) {
		wrong = append(wrong, fault.Field{Location: "body." + field, Message: message})
	}
	var ok bool
	if w.size, ok = m.Making.Size(in.Size); !ok {
		not("size", "must be one of what "+m.Name+" makes: "+names(m.Making.Sizes, func(s catalog.PictureSize) string { return s.ID }))
	}
	if w.quality, ok = m.Making.Quality(in.Quality); !ok {
		not("quality", "must be one of what "+m.Name+" takes: "+names(m.Making.Qualities, func(q catalog.PictureQuality) string { return q.ID }))
	}
	wish.Size, wish.Quality = w.size.ID, w.quality.ID
	if wish.Prompt == "" {
		not("prompt", "must say what is to be seen")
	}
	if n := int64(utf8.RuneCountInString(written(m, wish))); n > m.Making.MaxPrompt {
		not("prompt", fmt.Sprintf("%s reads at most %d characters, and this is %d", m.Name, m.Making.MaxPrompt, n))
	}
	if int64(wish.Count) > m.Making.MaxCount {
		not("count", fmt.Sprintf("%s makes at most %d at once", m.Name, m.Making.MaxCount))
	}
	for _, setting := range []struct {
		name  string
		given bool
	}{{catalog.NegativePrompt, wish.NegativePrompt != ""}, {catalog.GuidanceScale, wish.GuidanceScale != nil}, {catalog.Seed, wish.Seed != nil}} {
		if setting.given && !m.Making.Takes(setting.name) {
			not(setting.name, m.Name+" takes no such setting; leave it out")
		}
	}
	return wrong
}

// written is the prompt with what the vendor has no field for.
func written(m catalog.Model, w *picture.Wish) string {
	if w.NegativePrompt == "" || !m.Making.Writes(catalog.NegativePrompt) {
		return w.Prompt
	}
	return w.Prompt + "\n\nDo not show: " + w.NegativePrompt
}

// notes are what people should know of how their wish was met.
func notes(m catalog.Model, w *picture.Wish) []string {
	var all []string
	if w.NegativePrompt != "" && m.Making.Writes(catalog.NegativePrompt) {
		all = append(all, m.Name+" has no setting for what is not to be seen; it was written into the prompt.")
	}
	return all
}

// findInputs looks for the pictures that go along, and whether the model takes them.
func (r *Room) findInputs(ctx context.Context, a actor.Actor, w *wanted) (wrong []fault.Field, err error) {
	limits, ids := w.model.Making.Edit, w.work.Inputs
	not := func(i int, message string) {
		wrong = append(wrong, fault.Field{Location: fmt.Sprintf("body.image_file_ids[%d]", i), Message: message})
	}
	all := func(message string) []fault.Field {
		return append(wrong, fault.Field{Location: "body.image_file_ids", Message: message})
	}
	switch {
	case len(ids) == 0:
		return nil, nil
	case !w.model.Making.Edits():
		return all(w.model.Name + " makes pictures from words alone; leave it out, or choose a model that edits"), nil
	case int64(len(ids)) > limits.MaxCount:
		return all(fmt.Sprintf("%s takes at most %d pictures", w.model.Name, limits.MaxCount)), nil
	}
	var total int64
	for i, id := range ids {
		f, err := r.db.Read().PictureToSend(ctx, query.PictureToSendParams{ID: id, UserID: a.ID})
		switch {
		case store.NotFound(err):
			not(i, noFile)
			continue
		case err != nil:
			return nil, err
		case slices.Contains(ids[:i], id):
			not(i, "is there twice")
		case f.Kind != "image":
			not(i, "is not a picture")
		case !slices.Contains(limits.Types, f.ContentType):
			not(i, w.model.Name+" does not take "+f.ContentType+"; it takes "+strings.Join(limits.Types, ", "))
		case f.Size > limits.MaxBytes:
			not(i, fmt.Sprintf("is larger than the %d MB that %s takes", limits.MaxBytes/1_000_000, w.model.Name))
		case max(f.Width, f.Height) > limits.MaxEdge:
			not(i, fmt.Sprintf("is larger than the %d pixels that %s takes", limits.MaxEdge, w.model.Name))
		}
		total += f.Size
		w.inputs = append(w.inputs, f)
	}
	if total > limits.MaxTotalBytes {
		return all(fmt.Sprintf("are together larger than the %d MB that %s takes", limits.MaxTotalBytes/1_000_000, w.model.Name)), nil
	}
	return wrong, nil
}

func names[T any](list []T, name func(T) string) string {
	if len(list) == 0 {
		return "none, leave it out"
	}
	all := make([]string, len(list))
	for i, item := range list {
		all[i] = name(item)
	}
	return strings.Join(all, ", ")
}
