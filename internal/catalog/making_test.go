package catalog_test

import (
	"slices"
	"strings"
	"testing"

	"pulse/internal/catalog"
)

// small is all but the price of a model that makes pictures.
const small = "max_prompt: 1, max_count: 1, sizes: [{id: a, width: 1, height: 1, ask: a, tokens: 1}], "

func maker(t *testing.T, c *catalog.Catalog, id string) catalog.Model {
	t.Helper()
	m, ok := c.Image(id)
	if !ok {
		t.Fatalf("there is no %s", id)
	}
	return m
}

// The rows' sizes are there at every model, and each model can say what a picture costs.
func TestModelsThatMakePictures(t *testing.T) {
	t.Parallel()
	c := load(t, "")
	at := day("2026-11-25T00:00:00Z")
	models := c.Models(catalog.KindImage)
	ids := make([]string, 0, len(models))
	for _, m := range models {
		ids = append(ids, m.ID)
		if _, chats := c.Chat(m.ID); chats {
			t.Errorf("%s chats", m.ID)
		}
		if price, ok := m.PriceAt(at); !ok || price.Tier(0).Output == 0 && !m.Demo {
			t.Errorf("%s has no price", m.ID)
		}
		for _, id := range []string{"", "256x256", "512x512", "1024x1024", "portrait", "landscape"} {
			size, ok := m.Making.Size(id)
			if !ok {
				t.Fatalf("%s makes no %s", m.ID, id)
			}
			if same, _ := m.Making.Size(size.Pixels()); same.Width != size.Width || same.Height != size.Height {
				t.Errorf("%s: %s is another size", m.ID, size.Pixels())
			}
			if id == "portrait" && size.Width >= size.Height || id == "landscape" && size.Width <= size.Height {
				t.Errorf("%s: %s is %s", m.ID, id, size.Pixels())
			}
		}
		if _, ok := m.Making.Size("1x1"); ok {
			t.Errorf("%s makes any size", m.ID)
		}
	}
	if ids[len(ids)-1] != "demo-image" || !slices.Contains(ids, "gemini-nano-banana-2.1") || !slices.Contains(ids, "gpt-image-2") {
		t.Errorf("pictures are made by %q", ids)
	}
}

func TestRetiredImageModels(t *testing.T) {
	t.Parallel()
	c := load(t, "")
	for alias, id := range map[string]string{"dall-e-3": "gpt-image-2", "imagegeneration@006": "gemini-nano-banana-2.1"} {
		if m := maker(t, c, alias); m.ID != id {
			t.Errorf("%s is %s", alias, m.ID)
		}
		if c.Aliases(catalog.KindImage)[alias] != id || c.Aliases(catalog.KindChat)[alias] != "" {
			t.Errorf("%s is listed wrongly", alias)
		}
	}
}

func TestPictureTokens(t *testing.T) {
	t.Parallel()
	m := maker(t, load(t, ""), "gpt-image-2").Making
	size, _ := m.Size("portrait")
	for quality, want := range map[string]int64{"": 1584, "medium": 1584, "low": 412, "high": 6273} {
		q, ok := m.Quality(quality)
		if got := m.PictureTokens(size, q); !ok || got != want {
			t.Errorf("%q takes %d tokens, want %d", quality, got, want)
		}
	}
	if _, ok := m.Quality("best"); ok {
		t.Error("any quality will do")
	}
}

func TestMistakesInImageModels(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ model, want string }{
		"no sizes":             {"max_prompt: 1, max_count: 1", "sizes are missing"},
		"no prompt":            {"max_count: 1", "max_prompt"},
		"too many":             {"max_prompt: 1, max_count: 5", "max_count"},
		"an unknown setting":   {"max_prompt: 1, max_count: 1, parameters: [style]", "parameters"},
		"written and not said": {"max_prompt: 1, max_count: 1, parameters: [seed], written: [negative_prompt]", "written"},
		"no words for a size":  {"max_prompt: 1, max_count: 1, sizes: [{id: a, width: 1, height: 1, tokens: 1}]", "ask"},
		"a size twice":         {"max_prompt: 1, max_count: 1, sizes: [{id: a, width: 1, height: 1, ask: a, tokens: 1}, {id: a, width: 1, height: 1, ask: a, tokens: 1}]", "twice"},
		"half an edit":         {"max_prompt: 1, max_count: 1, edit: {max_count: 1}", "edit"},
		"no price":             {"max_prompt: 1, max_count: 1, sizes: [{id: a, width: 1, height: 1, ask: a, tokens: 1}]", "prices are missing"},
		"somebody else's id":   {small + priced + "}, {id: gpt-image-2, name: B, " + small + priced, "another provider"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := write(t, "providers: [{id: mine, name: Mine, image_models: [{id: a, name: A, "+c.model+"}]}]")
			if _, err := catalog.Load(path); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v does not name %q", err, c.want)
			}
		})
	}
}
