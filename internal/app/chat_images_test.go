package app

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"pulse/internal/provider"
	"pulse/internal/provider/standin"
	"pulse/internal/store"
	"pulse/internal/store/query"
)

// drawn is a conversation as far as its pictures go.
type drawn struct {
	HeadID   string `json:"head_id"`
	Model    string `json:"model"`
	Settings object `json:"settings"`
	Messages []struct {
		ID      string         `json:"id"`
		Role    string         `json:"role"`
		Content string         `json:"content"`
		JobID   string         `json:"job_id"`
		Status  string         `json:"status"`
		Files   []drawing      `json:"files"`
		Usage   map[string]any `json:"usage"`
		Error   struct {
			Type   string `json:"type"`
			Detail string `json:"detail"`
		} `json:"error"`
	} `json:"messages"`
}

// drawing is a picture of an answer.
type drawing struct {
	madeFile

	Origin struct {
		Prompt string `json:"prompt"`
		Model  string `json:"model"`
		Edited bool   `json:"edited"`
	} `json:"origin"`
}

// drawnAnswer is what POST /api/v1/chat/complete gives for one.
type drawnAnswer struct {
	JobID          string `json:"job_id"`
	ConversationID string `json:"conversation_id"`
	FinishReason   string `json:"finish_reason"`
	Message        struct {
		ID      string    `json:"id"`
		Content string    `json:"content"`
		Files   []drawing `json:"files"`
	} `json:"message"`
	Usage map[string]any `json:"usage"`
}

func (c *caller) draws(o object) drawnAnswer {
	c.h.t.Helper()
	if o["model"] == nil {
		o["model"] = imageModel
	}
	a := get[drawnAnswer](c, http.MethodPost, "/api/v1/chat/complete", o)
	if a.FinishReason != "stop" || a.Message.Content != "" || len(a.Message.Files) != 1 {
		c.h.t.Fatalf("%+v is no picture", a)
	}
	return a
}

// begins asks by a job.
func (c *caller) begins(input object) imageJob {
	c.h.t.Helper()
	return decode[imageJob](c, http.StatusAccepted, http.MethodPost, "/api/v1/jobs", object{"type": "chat", "input": input})
}

func (c *caller) sees(id string) drawn {
	c.h.t.Helper()
	return get[drawn](c, http.MethodGet, "/api/v1/conversations/"+id, nil)
}

// wished is what OpenAI was asked for last, and how many pictures came along.
func (h *house) wished() (prompt string, inputs int) {
	h.t.Helper()
	all := h.vendor.Wishes()
	if len(all) == 0 {
		h.t.Fatal("no picture was asked for")
	}
	last := all[len(all)-1]
	return last.Image.Prompt, len(last.Inputs)
}

func (h *house) wants(what, prompt string, inputs int) {
	h.t.Helper()
	if p, n := h.wished(); p != prompt || n != inputs {
		h.t.Errorf("%s: the vendor was asked for %q with %d pictures, want %q with %d", what, p, n, prompt, inputs)
	}
}

// A conversation goes back and forth between words and pictures. A picture is made
// of the question's text alone, and of the picture that was there last; a model
// that sees is shown what was made.
func TestPicturesInAConversation(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		ada, eve := h.register("ada"), h.register("eve")
		first := ada.draws(object{"messages": said("A blue boat"), "system_prompt": "Be brief."})
		h.wants("from words", "A blue boat", 0)
		made := first.Message.Files[0]
		if made.Width != 1024 || made.Height != 1024 || made.ContentType != "image/png" || made.Origin.Prompt != "A blue boat" ||
			made.Origin.Model != imageModel || made.Origin.Edited || first.Usage["total_tokens"] == 0.0 {
			t.Errorf("%+v took %v", made, first.Usage)
		}
		ada.hasBooked(1)
		if n := ada.usedTokens(); n != 0 {
			t.Errorf("%d tokens are booked for a picture", n)
		}
		ada.must(http.StatusOK, http.MethodGet, "/api/v1/files/"+made.ID, nil)
		eve.must(http.StatusNotFound, http.MethodGet, "/api/v1/files/"+made.ID, nil)
		ada.must(http.StatusConflict, http.MethodDelete, "/api/v1/files/"+made.ID, nil) // a message has it

		in := first.ConversationID
		second := ada.draws(object{"messages": said("Make it red"), "conversation_id": in})
		h.wants("a change", "Make it red", 1)
		if !second.Message.Files[0].Origin.Edited {
			t.Errorf("%+v", second.Message.Files)
		}

		ada.ask(object{"messages": said("What is this?"), "conversation_id": in, "max_tokens": 300})
		if shown := h.vendor.Last().Chat; shown.System != "Be brief." || len(shown.Messages) != 5 || len(shown.Messages[1].Images)+len(shown.Messages[3].Images) != 0 ||
			len(shown.Messages[2].Images) != 1 || len(shown.Messages[4].Images) != 1 || !strings.Contains(shown.Messages[3].Text, "Make it red.png") {
			for _, m := range shown.Messages {
				t.Errorf("the model is shown %s %q with %d pictures", m.Role, m.Text, len(m.Images))
			}
		}

		// From before the change: beside it, of the first picture.
		ada.draws(object{"messages": said("Make it green"), "conversation_id": in, "parent_id": first.Message.ID})
		h.wants("a branch", "Make it green", 1)
		if got, want := h.vendor.Wishes()[2].Inputs[0], h.vendor.Wishes()[1].Inputs[0]; got != want {
			t.Error("the branch goes by another picture")
		}
		// The question's own pictures are what it is about, and no others.
		photo := ada.uploads("photo.png", painted(t, 30, 20))
		ada.draws(object{"messages": about("As a painting", photo), "conversation_id": in})
		h.wants("with a picture", "As a painting", 1)

		c := ada.sees(in)
		if kept := c.Settings; c.Model != imageModel || kept["max_tokens"] != 300.0 || kept["system_prompt"] != "Be brief." {
			t.Errorf("a picture leaves %v with %s", kept, c.Model)
		}
		last := c.Messages[len(c.Messages)-1]
		if last.ID != c.HeadID || len(last.Files) != 1 || last.Files[0].Origin.Prompt != "As a painting" || last.Usage["cost_usd"] == 0.0 {
			t.Errorf("%+v", last)
		}

		// Once more, in pictures and in words.
		again := object{}
		for _, m := range []string{"", model} {
			if m != "" {
				again["model"] = m
			}
			begun := decode[owned](ada, http.StatusAccepted, http.MethodPost, "/api/v1/conversations/"+in+"/messages/"+last.ID+"/regenerate", again)
			ada.must(http.StatusOK, http.MethodGet, "/api/v1/jobs/"+begun.JobID+"/events", nil)
		}
		h.wants("once more", "As a painting", 1)
		if shown := h.vendor.Last().Chat.Messages; len(shown[len(shown)-1].Images) < 2 {
			t.Error("the model is not shown the picture that was made and the one that was attached")
		}
		ada.hasBooked(5)
	})
}

// A picture answers by every way in which a question is asked; readers see it come.
func TestPictureByStreamAndJob(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		ada := h.register("ada")
		body := object{"model": imageModel, "messages": said("A boat")}
		live := ada.do(http.MethodPost, "/api/v1/chat/stream", body, "Idempotency-Key", "once")
		ada.quiet()
		events := ada.must(http.StatusOK, http.MethodGet, "/api/v1/jobs/"+jobIn(t, live.text)+"/events", nil)
		if live.text != events {
			t.Errorf("it came as\n%s\nand comes again as\n%s", live.text, events)
		}
		for _, want := range []string{
			"event: start", `event: progress`, `"percent":99,"index":0,"file":{"id":"`, `"width":1024,"height":1024`, `/thumbnail"`, "event: done", `"finish_reason":"stop"`,
		} {
			if !strings.Contains(events, want) {
				t.Errorf("there is no %s in\n%s", want, events)
			}
		}
		if again := ada.do(http.MethodPost, "/api/v1/chat/stream", body, "Idempotency-Key", "once"); again.text != live.text || len(h.vendor.Wishes()) != 1 {
			t.Errorf("the same request once more:\n%s", again.text)
		}
		// Once its events are swept, what is kept tells the same.
		sweep := query.SweepJobEventsParams{Before: store.Millis(time.Now().Add(time.Hour)), RowLimit: 10}
		err := h.app.db.Write(t.Context(), func(ctx context.Context, q *query.Queries) error { _, err := q.SweepJobEvents(ctx, sweep); return err })
		if err != nil {
			t.Fatal(err)
		}
		told := ada.must(http.StatusOK, http.MethodGet, "/api/v1/jobs/"+jobIn(t, live.text)+"/events", nil)
		for _, want := range []string{"event: start", "event: progress", `"percent":99,"index":0,"file":{"id":"`, "/thumbnail", "event: done"} {
			if !strings.Contains(told, want) {
				t.Errorf("then there is no %s in\n%s", want, told)
			}
		}
		j := ada.begins(body)
		if j = ada.ended(j.ID); j.Status != "completed" || len(j.Result.Files) != 1 || j.CostUSD == 0 {
			t.Errorf("%+v", j)
		}
		ada.hasBooked(2)
	})
}

// What fails costs nothing, says why in the conversation, and can be tried again.
func TestPictureThatFails(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		ada := h.register("ada")
		for prompt, problem := range map[string]string{"[blocked] x": "provider_blocked", "[status 400] x": "provider_bad_request", "[text] x": "provider_malformed"} {
			got := ada.do(http.MethodPost, "/api/v1/chat/complete", object{"model": imageModel, "messages": said(prompt)})
			if got.status != http.StatusBadGateway || !strings.Contains(got.text, problem) {
				t.Errorf("%s: %d %s", prompt, got.status, got.text)
			}
		}
		ada.hasBooked(0)
		h.vendor.Draws(func(provider.ImageRequest, int) standin.PictureScript {
			return standin.PictureScript{Fault: standin.FaultRefuse, Failure: standin.Failure{Status: http.StatusForbidden}}
		})
		j := ada.begins(object{"model": imageModel, "messages": said("A boat")})
		if j = ada.ended(j.ID); j.Status != "failed" || j.Error.Detail == "" {
			t.Fatalf("%+v", j)
		}
		h.vendor.Draws(nil)
		retried := decode[imageJob](ada, http.StatusAccepted, http.MethodPost, "/api/v1/jobs/"+j.ID+"/retry", object{})
		if retried = ada.ended(retried.ID); retried.Status != "completed" || len(retried.Result.Files) != 1 {
			t.Errorf("%+v", retried)
		}
		ada.hasBooked(1)
	})
}
