package app

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

type askableModel struct {
	ID        string   `json:"id"`
	Demo      bool     `json:"demo"`
	Abilities []string `json:"abilities"`
	Window    int      `json:"context_window"`
	Images    *struct {
		MaxCount int `json:"max_count"`
	} `json:"images"`
	Picture *struct {
		Width  int `json:"width"`
		Height int `json:"height"`
	} `json:"picture"`
	Price *struct {
		ImageInput float64 `json:"image_input_usd_per_million"`
		About      float64 `json:"about_usd_per_image"`
	} `json:"price"`
}

type askableModels struct {
	Items   []askableModel    `json:"items"`
	Default string            `json:"default_model"`
	Aliases map[string]string `json:"aliases"`
}

// Models that make pictures are chosen like others, and stand after them.
func TestModelsOfPicturesAreListed(t *testing.T) {
	t.Parallel()
	h := withOpenAI(t, "", "PULSE_DEMO=on")
	ada := h.register("ada")
	list := get[askableModels](ada, http.MethodGet, "/api/v1/chat/models", nil)
	at := func(id string) int {
		return slices.IndexFunc(list.Items, func(m askableModel) bool { return m.ID == id })
	}
	if i := []int{at(model), at(imageModel), at("demo-chat"), at("demo-image")}; !slices.IsSorted(i) || i[0] < 0 || list.Items[0].ID != list.Default || list.Items[0].Picture != nil {
		t.Errorf("they stand at %d; the default is %s", i, list.Default)
	}
	m := list.Items[at(imageModel)]
	if !slices.Equal(m.Abilities, []string{"images"}) || m.Window != 0 || m.Images.MaxCount != 16 || m.Picture.Width != 1024 || m.Price.ImageInput == 0 || m.Price.About == 0 {
		t.Errorf("%+v", m)
	}
	if text := list.Items[at(model)]; text.Picture != nil || text.Price.About != 0 {
		t.Errorf("%+v", text)
	}

	// OpenAI's clients find them, and are told where to ask them.
	if got := ada.must(http.StatusOK, http.MethodGet, "/v1/models", nil); !strings.Contains(got, `{"id":"`+imageModel+`","object":"model"`) {
		t.Error(got)
	}
	if got := ada.must(http.StatusOK, http.MethodGet, "/v1/models/"+imageModel, nil); !strings.Contains(got, `"owned_by":"openai"`) {
		t.Error(got)
	}
	got := ada.must(http.StatusBadRequest, http.MethodPost, "/v1/chat/completions", object{"model": imageModel, "messages": said("A boat")})
	if !strings.Contains(got, "/v1/images/generations") || !strings.Contains(got, `"param":"model"`) {
		t.Error(got)
	}
}

// answered are a question, an answer that is a file, and another question.
func answered(file string) []object {
	return []object{
		{"role": "user", "content": "A boat"}, {"role": "assistant", "content": "", "files": []string{file}}, {"role": "user", "content": "Bluer"},
	}
}

// What a model that makes pictures cannot take is refused by its field.
func TestPictureRefusals(t *testing.T) {
	t.Parallel()
	h := withOpenAI(t, "")
	ada := h.register("ada")
	text, photo := ada.uploads("a.txt", "words"), ada.uploads("photo.png", painted(t, 30, 20))
	talk := ada.ask(object{"messages": about("What is it?", text)})
	for field, body := range map[string]object{
		"body.messages[0].files[0]": {"messages": about("x", text)},
		"body.messages[0].files[1]": {"messages": about("x", photo, text)},
		"body.messages[0].content":  {"messages": about("", photo)},
		"body.temperature":          {"messages": said("x"), "temperature": 1},
		"body.max_tokens":           {"messages": said("x"), "max_tokens": 500},
		"body.reasoning_effort":     {"messages": said("x"), "reasoning_effort": "low"},
		"body.messages[1].files[0]": {"messages": answered(text.ID)},
	} {
		body["model"] = imageModel
		for _, path := range []string{"complete", "count"} {
			if got := ada.do(http.MethodPost, "/api/v1/chat/"+path, body); got.status != http.StatusBadRequest || !strings.Contains(got.text, `"`+field+`"`) {
				t.Errorf("%s: %s: %d %s", path, field, got.status, got.text)
			}
		}
	}
	path := "/api/v1/conversations/" + talk.ConversationID + "/messages/" + talk.Message.ID + "/regenerate"
	if got := ada.must(http.StatusBadRequest, http.MethodPost, path, object{"model": imageModel}); !strings.Contains(got, `"body.model"`) {
		t.Error(got)
	}
	// A file that was read before is in nobody's way.
	ada.draws(object{"messages": said("Paint it"), "conversation_id": talk.ConversationID})
	h.wants("after a text", "Paint it", 0)
	// A client that sends everything sends the picture with its answer.
	ada.draws(object{"messages": answered(photo.ID)})
	h.wants("with all that was said", "Bluer", 1)
	ada.hasBooked(2)
}

// Before it is asked, a picture is counted as one, with about what it costs.
func TestPictureIsCounted(t *testing.T) {
	t.Parallel()
	h := withOpenAI(t, "")
	ada := h.register("ada")
	type counting struct {
		Tokens int      `json:"prompt_tokens"`
		Fits   bool     `json:"fits"`
		Images int      `json:"images"`
		About  float64  `json:"about_usd"`
		Inputs []string `json:"image_file_ids"`
	}
	of := func(body object) counting {
		body["model"] = imageModel
		return get[counting](ada, http.MethodPost, "/api/v1/chat/count", body)
	}
	if c := of(object{"messages": said("A boat")}); c.Tokens != 0 || !c.Fits || c.Images != 1 || c.About < 0.03 || c.About > 0.04 || c.Inputs != nil {
		t.Errorf("%+v", c)
	}
	made := ada.draws(object{"messages": said("A boat")})
	if c := of(object{"messages": said("Bluer"), "conversation_id": made.ConversationID}); !slices.Equal(c.Inputs, []string{made.Message.Files[0].ID}) || c.About < 0.04 {
		t.Errorf("%+v", c)
	}
	ada.hasBooked(1)
}

// Pictures are counted by their own meter: who has none left can still ask for words.
func TestPictureQuota(t *testing.T) {
	t.Parallel()
	plans := filepath.Join(t.TempDir(), "plans.yaml")
	if err := os.WriteFile(plans, []byte("plans: [{ key: starter, name: Small, caps: { images: 1, tokens: 10000 } }]"), 0o600); err != nil {
		t.Fatal(err)
	}
	h := withOpenAI(t, "", "PULSE_PLANS_FILE="+plans)
	ada := h.register("ada")
	ada.draws(object{"messages": said("A boat")})
	got := ada.do(http.MethodPost, "/api/v1/chat/complete", object{"model": imageModel, "messages": said("A boat")})
	if got.status != http.StatusPaymentRequired || !strings.Contains(got.text, `"meter":"images"`) {
		t.Errorf("%d %s", got.status, got.text)
	}
	ada.ask(object{"messages": said("A boat")})
	ada.hasBooked(1)
}

// A picture goes with its conversation; one that is being made is stopped.
func TestPictureGoesWithItsConversation(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		ada := h.register("ada")
		made := ada.draws(object{"messages": said("A boat")})
		slow := decode[owned](ada, http.StatusAccepted, http.MethodPost, "/api/v1/conversations/"+made.ConversationID+"/messages/"+made.Message.ID+"/regenerate", object{})
		ada.must(http.StatusOK, http.MethodGet, "/api/v1/jobs/"+slow.JobID+"/events", nil)
		stuck := ada.begins(object{"model": imageModel, "messages": said("[stall] A boat"), "conversation_id": made.ConversationID})
		ada.must(http.StatusNoContent, http.MethodDelete, "/api/v1/conversations/"+made.ConversationID, nil)
		if j := ada.ended(stuck.ID); j.Status != "cancelled" || len(j.Result.Files) != 0 {
			t.Errorf("%+v", j)
		}
		ada.hasBooked(2)
		// Like attachments they are anybody's no more and wait for the sweep.
		h.skipped.Add(int64(8 * 24 * 60 * 60 * 1e9))
		if err := h.app.files.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.signIn("ada").must(http.StatusNotFound, http.MethodGet, "/api/v1/files/"+made.Message.Files[0].ID, nil)
		if left := h.blobs(); len(left) != 0 {
			t.Errorf("%q are left", left)
		}
	})
}

// Who stops a picture pays nothing and can have it again.
func TestPictureIsStopped(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		ada := h.register("ada")
		j := ada.begins(object{"model": imageModel, "messages": said("[stall] A boat")})
		ada.must(http.StatusAccepted, http.MethodPost, "/api/v1/jobs/"+j.ID+"/cancel", nil)
		if j = ada.ended(j.ID); j.Status != "cancelled" || j.CostUSD != 0 {
			t.Errorf("%+v", j)
		}
		ada.hasBooked(0)
		ada.must(http.StatusOK, http.MethodGet, "/api/v1/jobs/"+j.ID+"/events", nil)
	})
}

// An export says which picture is where.
func TestPicturesAreExported(t *testing.T) {
	t.Parallel()
	h := withOpenAI(t, "")
	ada := h.register("ada")
	made := ada.draws(object{"messages": said("A boat [at] sea")})
	file := made.Message.Files[0]
	path := "/api/v1/conversations/" + made.ConversationID + "/export"
	if text := ada.must(http.StatusOK, http.MethodGet, path, nil); !strings.Contains(text, "![A boat at sea](<"+file.Name+">)") {
		t.Error(text)
	}
	if text := ada.must(http.StatusOK, http.MethodGet, path+"?format=json", nil); !strings.Contains(text, `"id": "`+file.ID+`"`) {
		t.Error(text)
	}
	found := ada.finds("boat", "")
	if len(found) != 1 || found[0].ID != made.ConversationID {
		t.Errorf("%+v", found)
	}
	for name, data := range ada.exports() {
		if strings.HasPrefix(name, "files/"+file.ID) && len(data) == file.Size {
			return
		}
	}
	t.Error("the picture is not in the export of everything")
}

// A model that chats names a conversation that began with a picture.
func TestPictureIsNamed(t *testing.T) {
	t.Parallel()
	eachTitled(t, func(t *testing.T, h *house) {
		t.Helper()
		ada := h.register("ada")
		made := ada.draws(object{"messages": said("[chunks 3]")})
		h.until("it has a title", func() bool { return ada.titleOf(made.ConversationID) == titledConversation{"1 2 3", "model"} })
		if asked := h.seen(); len(asked) != 1 || !strings.Contains(asked[0], "[chunks 3]") || strings.Contains(asked[0], "<answer>") {
			t.Errorf("%q", asked)
		}
	})
}

// Without any key, the demo answers with pictures of its own.
func TestDemoPictureInAConversation(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	ada := h.register("ada")
	list := get[askableModels](ada, http.MethodGet, "/api/v1/chat/models", nil)
	if n := len(list.Items); list.Default != "demo-chat" || !list.Items[n-1].Demo || list.Items[n-1].ID != "demo-image" {
		t.Errorf("%+v", list)
	}
	first := ada.draws(object{"model": "demo-image", "messages": said("A boat")})
	second := ada.draws(object{"model": "demo-image", "messages": said("Bluer"), "conversation_id": first.ConversationID})
	if !second.Message.Files[0].Origin.Edited {
		t.Errorf("%+v", second)
	}
}
