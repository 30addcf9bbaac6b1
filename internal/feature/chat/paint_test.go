package chat

import (
	"errors"
	"slices"
	"testing"

	"pulse/internal/catalog"
	"pulse/internal/fault"
	"pulse/internal/provider"
	"pulse/internal/store/query"
)

func aPicture(id string, size int64) query.File {
	return query.File{ID: id, Name: id + ".png", Kind: kindImage, ContentType: "image/png", Size: size, Width: 10, Height: 10}
}

func limits() catalog.ImageLimits {
	return catalog.ImageLimits{MaxCount: 2, MaxBytes: 100, MaxTotalBytes: 150, MaxEdge: 50, Types: []string{"image/png"}}
}

// Whatever is nearest goes along: the question's own pictures, or those of the
// message before it that has some which fit.
func TestInputsOfAPicture(t *testing.T) {
	t.Parallel()
	question := func(files ...query.File) turn { return turn{Role: provider.RoleUser, Text: "?", Files: files} }
	answer := func(files ...query.File) turn { return turn{Role: provider.RoleAssistant, Files: files} }
	text := query.File{ID: "text", Kind: "text"}
	gif := query.File{ID: "gif", Kind: kindImage, ContentType: "image/gif", Size: 1}
	for name, c := range map[string]struct {
		turns []turn
		want  []string
	}{
		"none":                      {[]turn{question()}, nil},
		"its own":                   {[]turn{question(aPicture("a", 1)), answer(aPicture("b", 1)), question(aPicture("c", 1))}, []string{"c"}},
		"its own that is too large": {[]turn{question(), answer(aPicture("b", 1)), question(aPicture("c", 1000))}, []string{"c"}},
		"the last answer":           {[]turn{question(aPicture("a", 1)), answer(aPicture("b", 1)), question()}, []string{"b"}},
		"past words":                {[]turn{question(), answer(aPicture("b", 1)), question(), answer(), question()}, []string{"b"}},
		"the last question":         {[]turn{question(aPicture("a", 1), aPicture("b", 1)), answer(), question()}, []string{"a", "b"}},
		"no more than there can be": {[]turn{question(aPicture("a", 1), aPicture("b", 1), aPicture("c", 1)), answer(), question()}, []string{"a", "b"}},
		"none that is too large":    {[]turn{question(aPicture("a", 1)), answer(aPicture("b", 101)), question()}, []string{"a"}},
		"no other files":            {[]turn{question(aPicture("a", 1)), answer(), question(text, gif), answer(), question()}, []string{"a"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := inputsOf(catalog.Model{Making: &catalog.Making{Edit: limits()}}, c.turns); !slices.Equal(got, c.want) {
				t.Errorf("%q go along, want %q", got, c.want)
			}
		})
	}
	if got := inputsOf(catalog.Model{Making: &catalog.Making{}}, []turn{question(aPicture("a", 1)), answer(), question()}); got != nil {
		t.Errorf("%q go to a model that takes none", got)
	}
}

// Pictures of answers are shown with the question after them, before its own; the
// newest are kept.
func TestAnswersPicturesAreShownLater(t *testing.T) {
	t.Parallel()
	m := catalog.Model{Abilities: []string{"vision"}, Images: limits()}
	seen := show(m, []turn{
		{Role: provider.RoleUser, Text: "one"},
		{Role: provider.RoleAssistant, Files: []query.File{aPicture("a", 1)}},
		{Role: provider.RoleUser, Text: "two"},
		{Role: provider.RoleAssistant, Files: []query.File{aPicture("b", 1)}},
		{Role: provider.RoleUser, Text: "three", Files: []query.File{aPicture("c", 1)}},
	})
	ids := func(s shown) (ids []string) {
		for _, f := range s.Pictures {
			ids = append(ids, f.ID)
		}
		return ids
	}
	if got := ids(seen[4]); !slices.Equal(got, []string{"b", "c"}) || seen[4].Earlier != 1 || seen[4].Text != "three" {
		t.Errorf("with the question come %q, %d of them earlier", got, seen[4].Earlier)
	}
	for i := range seen[:4] {
		if len(seen[i].Pictures) != 0 || seen[i].Text == "" {
			t.Errorf("turn %d is %+v", i, seen[i])
		}
	}
}

// The fields of a wish are told as those of the question.
func TestFieldsOfAWish(t *testing.T) {
	t.Parallel()
	wrong := func(location string) error {
		f := fault.New(fault.Invalid, "no")
		f.Fields = []fault.Field{{Location: location, Message: "is wrong"}}
		return f
	}
	for _, c := range []struct{ from, at, want string }{
		{"body.prompt", "body.messages[2]", "body.messages[2].content"},
		{"body.image_file_ids[1]", "body.messages[2]", "body.messages[2].files[1]"},
		{"body.image_file_ids", "body.messages[2]", "body.messages[2].files"},
		{"body.model", "body.messages[2]", "body.model"},
		{"body.prompt", "", "body.model"},
	} {
		if got := fault.From(placed(wrong(c.from), c.at)).Fields; len(got) != 1 || got[0].Location != c.want {
			t.Errorf("%s at %q becomes %+v", c.from, c.at, got)
		}
	}
	other := errors.New("another")
	if got := placed(other, ""); !errors.Is(got, other) {
		t.Error(got)
	}
}
