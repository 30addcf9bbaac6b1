package app

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pulse/internal/store/storetest"
)

func eachTitled(t *testing.T, test func(t *testing.T, h *house), settings ...string) {
	t.Helper()
	for name, url := range map[string]func() string{"sqlite": func() string { return "" }, "postgresql": func() string { return storetest.MigratedURL(t) }} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, withOpenAI(t, url(), append(settings, "PULSE_TITLES=on")...))
		})
	}
}

type titledConversation struct {
	Title string `json:"title"`
	By    string `json:"title_by"`
}

func (c *caller) titleOf(id string) titledConversation {
	c.h.t.Helper()
	return get[titledConversation](c, http.MethodGet, "/api/v1/conversations/"+id, nil)
}

type jobOfType struct {
	ID     string `json:"id"`
	Type   string `json:"type"`
	Status string `json:"status"`
	Model  string `json:"model"`
}

func (c *caller) titleJobs() []jobOfType {
	c.h.t.Helper()
	return get[struct{ Items []jobOfType }](c, http.MethodGet, "/api/v1/jobs?type=title", nil).Items
}

// A conversation is named once, after its first answer, by the cheapest model of
// the same provider; what that takes is the person's like any answer.
func TestConversationIsNamed(t *testing.T) {
	t.Parallel()
	eachTitled(t, func(t *testing.T, h *house) {
		t.Helper()
		p := h.register("ada")
		o := p.ask(object{"messages": said("[chunks 3]"), "model": "gpt-6.1-sol"}) // the stand-in counts to three for the title, too
		h.until("it has a title", func() bool { return p.titleOf(o.ConversationID) == titledConversation{"1 2 3", "model"} })
		p.ask(object{"messages": said("[chunks 4]"), "conversation_id": o.ConversationID})
		p.quiet()
		jobs := p.titleJobs()
		if len(jobs) != 1 || jobs[0].Status != "completed" || jobs[0].Model != "gpt-6-luna" {
			t.Errorf("title jobs: %+v", jobs)
		}
		if got := p.titleOf(o.ConversationID).Title; got != "1 2 3" {
			t.Errorf("then it is %q", got)
		}
		if last := h.vendor.Books(); last.Requests != 3 {
			t.Errorf("the vendor was asked %d times", last.Requests)
		}
		used := get[struct {
			Meters []struct {
				Meter string `json:"meter"`
				Used  int64  `json:"used"`
				Held  int64  `json:"reserved"`
			}
		}](p, http.MethodGet, "/api/v1/users/me/usage", nil)
		for _, m := range used.Meters {
			if billed := h.vendor.Books().Billed; m.Meter == "tokens" && (m.Used != billed.Total() || m.Held != 0) {
				t.Errorf("booked %d, held %d, billed %d", m.Used, m.Held, billed.Total())
			}
		}
		for path, body := range map[string]object{"/retry": {}, "": {"type": "title", "input": object{}}} {
			if path != "" {
				path = "/" + jobs[0].ID + path
			}
			if got := p.do(http.MethodPost, "/api/v1/jobs"+path, body); got.status/100 != 4 {
				t.Errorf("%s: %d %s", path, got.status, got.text)
			}
		}
		if events := p.must(http.StatusOK, http.MethodGet, "/api/v1/jobs/"+jobs[0].ID+"/events", nil); !strings.Contains(events, `"title":"1 2 3"`) {
			t.Errorf("its events: %s", events)
		}
	})
}

// The pages hear of the name that a model has given.
func TestNamingIsTold(t *testing.T) {
	t.Parallel()
	eachTitled(t, func(t *testing.T, h *house) {
		t.Helper()
		p := h.register("ada")
		o := p.ask(object{"messages": said("[chunks 3] [delay 700ms]")})
		h.until("the title is being made", func() bool { return len(p.titleJobs()) == 1 })
		l := p.listen()
		time.Sleep(100 * time.Millisecond) // what its beginning had to tell
		l.forget()
		h.until("it has a title", func() bool { return p.titleOf(o.ConversationID).By == "model" })
		l.hears("conversation " + o.ConversationID)
	})
}

// No key that a person can send is that of a title: it names their request, and
// the conversation is named all the same.
func TestPersonsKeyIsNoTitles(t *testing.T) {
	t.Parallel()
	eachTitled(t, func(t *testing.T, h *house) {
		t.Helper()
		p := h.register("ada")
		o := p.ask(object{"messages": said("[chunks 3]")})
		h.until("it has a title", func() bool { return p.titleOf(o.ConversationID).By == "model" })
		in := object{"model": model, "messages": said("[chunks 2]"), "conversation_id": o.ConversationID}
		for _, key := range []string{"title " + o.ConversationID, "title" + o.ConversationID, "title"} {
			if got := p.do(http.MethodPost, "/api/v1/chat/complete", in, "Idempotency-Key", key); got.status != http.StatusOK {
				t.Errorf("the key %q: %d %s", key, got.status, got.text)
			}
		}
	})
}

// A person's own title stands, however late the model's comes; and nobody has to
// wait for that with the next question.
func TestPersonsTitleWins(t *testing.T) {
	t.Parallel()
	eachTitled(t, func(t *testing.T, h *house) {
		t.Helper()
		p := h.register("ada")
		o := p.ask(object{"messages": said("[chunks 3] [delay 700ms]")})
		h.until("the title is being made", func() bool { return len(p.titleJobs()) == 1 })
		p.must(http.StatusOK, http.MethodPatch, "/api/v1/conversations/"+o.ConversationID, object{"title": "Mine"})
		p.ask(object{"messages": said("[chunks 2]"), "conversation_id": o.ConversationID})
		h.until("the title is made", func() bool { return p.titleJobs()[0].Status == "completed" })
		if got := p.titleOf(o.ConversationID); got != (titledConversation{"Mine", "person"}) {
			t.Errorf("it is %+v", got)
		}
	})
}

// Nobody pays for a title that would be thrown away.
func TestNamedBeforeTheAnswerEnds(t *testing.T) {
	t.Parallel()
	eachTitled(t, func(t *testing.T, h *house) {
		t.Helper()
		p := h.register("ada")
		p.must(http.StatusAccepted, http.MethodPost, "/api/v1/jobs", object{"type": "chat", "input": object{"model": model, "messages": said("[chunks 5] [pace 150ms]")}})
		id := get[struct{ Items []hit }](p, http.MethodGet, "/api/v1/conversations", nil).Items[0].ID
		p.must(http.StatusOK, http.MethodPatch, "/api/v1/conversations/"+id, object{"title": "Mine"})
		p.quiet()
		time.Sleep(200 * time.Millisecond)
		if jobs := p.titleJobs(); len(jobs) != 0 {
			t.Errorf("title jobs: %+v", jobs)
		}
	})
}

// Who has no quota for a title has the question's first line, and no failure.
func TestNoQuotaForTitle(t *testing.T) {
	t.Parallel()
	plans := filepath.Join(t.TempDir(), "plans.yaml")
	if err := os.WriteFile(plans, []byte("plans: [{key: starter, name: Small, caps: {tokens: 300}}]"), 0o600); err != nil {
		t.Fatal(err)
	}
	eachTitled(t, func(t *testing.T, h *house) {
		t.Helper()
		p := h.register("ada")
		o := p.ask(object{"messages": said("[chunks 150]"), "max_tokens": 200})
		time.Sleep(200 * time.Millisecond)
		p.quiet()
		if got, jobs := p.titleOf(o.ConversationID), p.titleJobs(); got != (titledConversation{"[chunks 150]", "question"}) || len(jobs) != 0 {
			t.Errorf("it is %+v by %+v", got, jobs)
		}
	}, "PULSE_PLANS_FILE="+plans)
}
