package app

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// painted is a PNG of that size.
func painted(t *testing.T, width, height int) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// about is a question with files.
func about(text string, files ...aFile) []object {
	ids := make([]string, len(files))
	for i, f := range files {
		ids[i] = f.ID
	}
	return []object{{"role": "user", "content": text, "files": ids}}
}

type counted struct {
	PromptTokens  int  `json:"prompt_tokens"`
	ContextWindow int  `json:"context_window"`
	Fits          bool `json:"fits"`
	Files         []struct {
		ID     string `json:"id"`
		Tokens int    `json:"tokens"`
	} `json:"files"`
	PromptCost float64 `json:"prompt_cost_usd"`
}

// A text is read by the model with the question, once more with each question
// after it, and by the person in the conversation. An edited question keeps it.
func TestTextFileIsPartOfTheQuestion(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		p := h.register("ada")
		f := p.uploads("sales.csv", "month,sum\nMay,7\n")
		o := p.ask(object{"messages": about("How much in May?", f)})
		want := "<file name=\"sales.csv\">\nmonth,sum\nMay,7\n\n</file>\n\nHow much in May?"
		if got := h.seen(); len(got) != 1 || got[0] != want {
			t.Errorf("the model saw %q", got)
		}
		p.ask(object{"messages": said("and in June?"), "conversation_id": o.ConversationID})
		if got := h.seen(); len(got) != 3 || got[0] != want || got[2] != "and in June?" {
			t.Errorf("then the model saw %q", got)
		}
		p.ask(object{"messages": about("How much?", f), "conversation_id": o.ConversationID, "parent_id": ""})
		if got := h.seen(); len(got) != 1 || !strings.HasPrefix(got[0], "<file name") || !strings.HasSuffix(got[0], "How much?") {
			t.Errorf("the edited question showed %q", got)
		}
		read := get[struct {
			Messages []struct {
				Role, Content string
				Files         []aFile
			}
		}](p, http.MethodGet, "/api/v1/conversations/"+o.ConversationID, nil)
		for _, m := range read.Messages {
			has := len(m.Files) == 1 && m.Files[0].ID == f.ID && m.Files[0].Name == "sales.csv" && m.Files[0].Characters == 16
			if wants := strings.HasPrefix(m.Content, "How much"); has != wants {
				t.Errorf("%s %q has files %+v", m.Role, m.Content, m.Files)
			}
			if m.Role == "user" && strings.Contains(m.Content, "<file") {
				t.Errorf("the file's text is in the message: %q", m.Content)
			}
		}
		if got := p.do(http.MethodDelete, "/api/v1/files/"+f.ID, nil); got.status != http.StatusConflict {
			t.Errorf("a file that messages have was deleted: %d", got.status)
		}
		p.must(http.StatusNoContent, http.MethodDelete, "/api/v1/conversations/"+o.ConversationID, nil)
		p.must(http.StatusNoContent, http.MethodDelete, "/api/v1/files/"+f.ID, nil)
	})
}

// Clients that always send everything begin no second conversation in the first.
func TestRepeatedFilesAreNotNew(t *testing.T) {
	t.Parallel()
	h := withOpenAI(t, "")
	p := h.register("ada")
	f := p.uploads("a.txt", "alpha")
	o := p.ask(object{"messages": about("one", f)})
	answer := p.read(o.ConversationID).Messages[1].Content
	all := append(about("one", f), object{"role": "assistant", "content": answer}, object{"role": "user", "content": "two"})
	p.ask(object{"messages": all, "conversation_id": o.ConversationID})
	if got := p.read(o.ConversationID); len(got.Messages) != 4 {
		t.Errorf("the conversation has %d messages", len(got.Messages))
	}
}

// A question of files alone is one, and gives the conversation its title.
func TestFilesAlone(t *testing.T) {
	t.Parallel()
	h := withOpenAI(t, "")
	p := h.register("ada")
	o := p.ask(object{"messages": about("", p.uploads("notes.md", "# Plan"))})
	if got := p.read(o.ConversationID); got.Title != "notes.md" {
		t.Errorf("the title is %q", got.Title)
	}
}

// What is wrong with files is said field by field, and nothing is stored.
func TestFilesThatCannotBeAttached(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		p, other := h.register("ada"), h.register("bob")
		mine, theirs := p.uploads("a.txt", "alpha"), other.uploads("b.txt", "beta")
		many := make([]aFile, 21)
		for i := range many {
			many[i] = mine
		}
		for name, c := range map[string]struct {
			body object
			at   string
		}{
			"another person's":      {object{"messages": about("x", mine, theirs)}, "body.messages[0].files[1]"},
			"unknown":               {object{"messages": about("x", aFile{ID: "nothing"})}, "body.messages[0].files[0]"},
			"twice":                 {object{"messages": about("x", mine, mine)}, "body.messages[0].files[1]"},
			"with a system message": {object{"messages": append([]object{{"role": "system", "content": "x", "files": []string{mine.ID}}}, said("y")...)}, "body.messages[0].files"},
			"with an answer": {object{"messages": append(said("x"), object{"role": "assistant", "content": "y", "files": []string{mine.ID}}, object{
				"role": "user", "content": "z",
			})}, "body.messages[1].files"},
			"too many":               {object{"messages": about("x", many...)}, "body.messages[0].files"},
			"neither text nor files": {object{"messages": about(" ")}, "body.messages[0].content"},
		} {
			c.body["model"] = model
			for _, path := range []string{"complete", "stream", "count"} {
				got := p.do(http.MethodPost, "/api/v1/chat/"+path, c.body)
				if got.status/100 != 4 || !strings.Contains(got.text, c.at) {
					t.Errorf("%s, %s: %d %s", name, path, got.status, got.text)
				}
				if strings.Contains(got.text, "beta") {
					t.Errorf("%s shows another's file: %s", name, got.text)
				}
			}
		}
		list := get[struct{ Items []struct{ ID string } }](p, http.MethodGet, "/api/v1/conversations", nil)
		if len(list.Items) != 0 {
			t.Errorf("%d conversations were made", len(list.Items))
		}
	})
}

// However often a request names a file, it is read once, and what no model could
// read is refused before it is put together.
func TestFilesWithoutBound(t *testing.T) {
	t.Parallel()
	h := withOpenAI(t, "")
	p := h.register("ada")
	long := p.uploads("long.txt", strings.Repeat("word ", 700_000))
	for n, at := range map[int]string{2000: "body.messages[100].files", 50: "too long for any model"} {
		messages := make([]object, n)
		for i := range messages {
			messages[i] = object{"role": "user", "content": "x", "files": []string{long.ID}}
		}
		for _, path := range []string{"count", "complete"} {
			got := p.do(http.MethodPost, "/api/v1/chat/"+path, object{"model": model, "messages": messages})
			if got.status != http.StatusBadRequest || !strings.Contains(got.text, at) {
				t.Errorf("%d mentions, %s: %d %.300s", n, path, got.status, got.text)
			}
		}
	}
}

// The vendor gets a picture's very bytes, with each question of the branch,
// also from a process that did not take the request.
func TestPicturesAreShown(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		p := h.register("ada")
		first, second := painted(t, 12, 8), painted(t, 40, 30)
		o := p.ask(object{"messages": about("What is this?", p.uploads("one.png", first), p.uploads("two.png", second))})
		p.ask(object{"messages": said("and now?"), "conversation_id": o.ConversationID})
		shown := h.vendor.Last().Chat.Messages
		if len(shown) != 3 || len(shown[0].Images) != 2 || len(shown[2].Images) != 0 {
			t.Fatalf("the model saw %+v", shown)
		}
		for i, want := range []string{first, second} {
			if got := shown[0].Images[i]; got.ContentType != "image/png" || string(got.Data) != want {
				t.Errorf("picture %d came as %s with %d of %d bytes", i, got.ContentType, len(got.Data), len(want))
			}
		}
		again := get[struct {
			JobID string `json:"job_id"`
		}](p, http.MethodPost, "/api/v1/chat/complete", object{"model": model, "messages": about("", p.uploads("three.png", second))})
		if again.JobID == "" {
			t.Error("a picture alone is no question")
		}
	})
}

// What a question would take is said before it is asked, and what was said is
// about what is booked. Asking that starts nothing.
func TestCount(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		p := h.register("ada")
		long := p.uploads("long.txt", strings.Repeat("The quick brown fox jumps over the lazy dog. ", 100)) // of ten tokens
		picture := p.uploads("p.png", painted(t, 64, 64))
		got := get[counted](p, http.MethodPost, "/api/v1/chat/count", object{"model": model, "messages": about("What does it say?", long, picture)})
		if got.PromptTokens < 1000 || got.PromptTokens > 1200 || !got.Fits || got.ContextWindow == 0 || got.PromptCost <= 0 {
			t.Errorf("it counts %+v", got)
		}
		if len(got.Files) != 2 || got.Files[0].ID != long.ID || got.Files[0].Tokens < 1000 || got.Files[1].Tokens < 1 || got.Files[1].Tokens > 50 {
			t.Errorf("the files count %+v", got.Files)
		}
		huge := p.uploads("huge.txt", strings.Repeat("word ", 700_000))
		if got := get[counted](p, http.MethodPost, "/api/v1/chat/count", object{"model": model, "messages": about("", huge)}); !got.Fits || got.PromptTokens < 700_000 {
			t.Errorf("3.5 MB count %+v", got)
		}
		if h.vendor.Books().Requests != 0 {
			t.Error("the vendor was asked")
		}
		list := get[struct{ Items []struct{ ID string } }](p, http.MethodGet, "/api/v1/jobs", nil)
		if len(list.Items) != 0 {
			t.Errorf("%d jobs were begun", len(list.Items))
		}
	})
}

// A picture is refused by name where the question is about it, and passed over
// in what was said before: who changes the model can go on.
func TestModelsThatSeeLittle(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "catalog.yaml")
	err := os.WriteFile(file, []byte(`
providers:
  - id: openai
    models:
      - id: gpt-6-sol
        abilities: [tools]
      - id: gpt-6.1-terra
        context_window: 2000
        max_output_tokens: 1000
        images: { max_count: 1, max_bytes: 100000, max_total_bytes: 100000, max_edge: 50, types: [image/png] }
`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	h := withOpenAI(t, "", "PULSE_CATALOG_FILE="+file)
	p := h.register("ada")
	prose := p.uploads("prose.txt", strings.Repeat("The quick brown fox jumps over the lazy dog. ", 200))
	for m, fits := range map[string]bool{"gpt-6-sol": true, "gpt-6.1-terra": false} {
		if got := get[counted](p, http.MethodPost, "/api/v1/chat/count", object{"model": m, "messages": about("", prose)}); got.Fits != fits {
			t.Errorf("%s: %+v", m, got)
		}
	}
	small, other, wide := p.uploads("s.png", painted(t, 12, 8)), p.uploads("o.png", painted(t, 9, 9)), p.uploads("w.png", painted(t, 51, 8))
	for name, c := range map[string]struct {
		model string
		files []aFile
		says  string
	}{
		"no eyes":  {"gpt-6-sol", []aFile{small}, "does not see pictures"},
		"too many": {"gpt-6.1-terra", []aFile{small, other}, "so many pictures"},
		"too wide": {"gpt-6.1-terra", []aFile{wide}, "wider or higher than 50 pixels"},
	} {
		got := p.do(http.MethodPost, "/api/v1/chat/complete", object{"model": c.model, "messages": about("What is it?", c.files...)})
		if got.status != http.StatusBadRequest || !strings.Contains(got.text, c.says) || !strings.Contains(got.text, "model_cannot_see") ||
			!strings.Contains(got.text, "body.messages[0].files[") {
			t.Errorf("%s: %d %s", name, got.status, got.text)
		}
	}
	o := p.ask(object{"messages": about("What is it?", small)})
	p.ask(object{"messages": said("And its colour?"), "conversation_id": o.ConversationID, "model": "gpt-6-sol"})
	shown := h.vendor.Last().Chat.Messages
	if len(shown) != 3 || len(shown[0].Images) != 0 || !strings.Contains(shown[0].Text, "s.png") || !strings.Contains(shown[0].Text, "What is it?") {
		t.Errorf("the blind model saw %+v", shown)
	}
	again := p.do(http.MethodPost, "/api/v1/conversations/"+o.ConversationID+"/messages/"+o.Message.ID+"/regenerate", object{"model": "gpt-6-sol"})
	if again.status != http.StatusBadRequest || !strings.Contains(again.text, "body.model") || !strings.Contains(again.text, "does not see pictures") {
		t.Errorf("again: %d %s", again.status, again.text)
	}
	p.ask(object{"messages": about("A wide one", wide), "conversation_id": o.ConversationID})
	p.ask(object{"messages": said("Again"), "conversation_id": o.ConversationID, "model": "gpt-6.1-terra"})
	shown = h.vendor.Last().Chat.Messages
	if wideOne := shown[len(shown)-3]; len(wideOne.Images) != 0 || len(shown[0].Images) != 1 {
		t.Errorf("what it refuses is passed over, not %+v", shown)
	}
	p.ask(object{"messages": about("And this one?", other), "conversation_id": o.ConversationID, "model": "gpt-6.1-terra"})
	shown = h.vendor.Last().Chat.Messages
	if last := shown[len(shown)-1]; len(shown[0].Images) != 0 || len(last.Images) != 1 {
		t.Errorf("of two pictures it takes the newest one, not %+v", shown)
	}
}
