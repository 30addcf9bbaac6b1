package app

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pulse/internal/provider/standin"
)

// conversation is what the API tells of one.
type conversation struct {
	ID        string    `json:"id"`
	Title     string    `json:"title"`
	TitleBy   string    `json:"title_by"`
	Pinned    bool      `json:"pinned"`
	Model     string    `json:"model"`
	HeadID    string    `json:"head_id"`
	UpdatedAt time.Time `json:"updated_at"`
	Messages  []message `json:"messages"`
}

type message struct {
	ID       string         `json:"id"`
	ParentID string         `json:"parent_id"`
	Content  string         `json:"content"`
	Usage    map[string]any `json:"usage"`
}

// branch gives the texts from the first message to the head.
func (c conversation) branch() []string {
	var texts []string
	for at := c.HeadID; at != ""; {
		i := slices.IndexFunc(c.Messages, func(m message) bool { return m.ID == at })
		if i < 0 {
			return append(texts, "a message that is not there: "+at)
		}
		texts = append(texts, c.Messages[i].Content)
		at = c.Messages[i].ParentID
	}
	slices.Reverse(texts)
	return texts
}

func said(text string) []object { return []object{{"role": "user", "content": text}} }

// ask asks and waits for the answer.
func (c *caller) ask(o object) owned {
	c.h.t.Helper()
	if o["model"] == nil {
		o["model"] = model
	}
	return get[owned](c, http.MethodPost, "/api/v1/chat/complete", o)
}

func (c *caller) read(id string) conversation {
	c.h.t.Helper()
	return get[conversation](c, http.MethodGet, "/api/v1/conversations/"+id, nil)
}

// seen is what the vendor was shown last.
func (h *house) seen() []string {
	shown := h.vendor.Last().Chat.Messages
	texts := make([]string, 0, len(shown))
	for _, m := range shown {
		texts = append(texts, m.Text)
	}
	return texts
}

func (h *house) same(what string, got, want []string) {
	h.t.Helper()
	if !slices.Equal(got, want) {
		h.t.Errorf("%s:\n%q\nwant\n%q", what, got, want)
	}
}

// A conversation is a tree: it goes on from its head or from any message, a
// question is asked anew beside the old one, an answer is given once more.
func TestConversationTree(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		p := h.register("ada")
		first := p.ask(object{"messages": said("one"), "system_prompt": "Be brief."})
		path := "/api/v1/conversations/" + first.ConversationID
		second := p.ask(object{"messages": said("two"), "conversation_id": first.ConversationID})
		h.same("the vendor was shown", h.seen(), []string{"one", "You said: one", "two"})
		if system := h.vendor.Last().Chat.System; system != "Be brief." {
			t.Errorf("a follow-up has the system prompt %q", system)
		}
		c := p.read(first.ConversationID)
		h.same("the branch", c.branch(), []string{"one", "You said: one", "two", "You said: two"})
		if now, then := c.Messages[1].Usage, first.Usage; then["total_tokens"] == nil || !maps.Equal(now, then) || c.Messages[0].Usage != nil {
			t.Errorf("the answer took %v, and said then that it took %v", now, then)
		}

		// A client that always sends everything adds only what is new.
		p.ask(object{"conversation_id": first.ConversationID, "messages": []object{
			{"role": "user", "content": "one"},
			{"role": "assistant", "content": "You said: one"},
			{"role": "user", "content": "two"},
			{"role": "assistant", "content": "You said: two"},
			{"role": "user", "content": "three"},
		}})
		h.same("the branch after the whole history was sent", p.read(first.ConversationID).branch(),
			[]string{"one", "You said: one", "two", "You said: two", "three", "You said: three"})

		p.ask(object{"messages": said("two, really"), "conversation_id": first.ConversationID, "parent_id": first.Message.ID})
		h.same("the branch from the first answer", p.read(first.ConversationID).branch(), []string{"one", "You said: one", "two, really", "You said: two, really"})
		p.ask(object{"messages": said("one, really"), "conversation_id": first.ConversationID, "parent_id": ""})
		h.same("the branch from the beginning", p.read(first.ConversationID).branch(), []string{"one, really", "You said: one, really"})
		h.same("the vendor was shown of it", h.seen(), []string{"one, really"})

		again := decode[struct {
			JobID     string `json:"job_id"`
			MessageID string `json:"message_id"`
		}](p, http.StatusAccepted, http.MethodPost, path+"/messages/"+second.Message.ID+"/regenerate", object{"model": "gpt-6-sol"})
		p.must(http.StatusOK, http.MethodGet, "/api/v1/jobs/"+again.JobID+"/events", nil) // until it has ended
		h.same("the vendor was shown for the answer given once more", h.seen(), []string{"one", "You said: one", "two"})
		c = p.read(first.ConversationID)
		if c.HeadID != again.MessageID || len(c.Messages) != 11 || c.Model != "gpt-6-sol" {
			t.Errorf("after the new answer: head %s, %d messages, model %s", c.HeadID, len(c.Messages), c.Model)
		}

		p.must(http.StatusOK, http.MethodPatch, path, object{"head_id": second.Message.ID})
		h.same("the branch that was shown again", p.read(first.ConversationID).branch(), []string{"one", "You said: one", "two", "You said: two"})
		for field, body := range map[string]object{
			"body.head_id":   {"head_id": first.JobID},
			"body.title":     {"title": " "},
			"body.parent_id": {"model": model, "messages": said("x"), "conversation_id": first.ConversationID, "parent_id": first.JobID},
		} {
			method, at := http.MethodPatch, path
			if body["messages"] != nil {
				method, at = http.MethodPost, "/api/v1/chat/complete"
			}
			if got := p.do(method, at, body); got.status != http.StatusBadRequest || !strings.Contains(got.text, `"`+field+`"`) {
				t.Errorf("%s: %d %s", field, got.status, got.text)
			}
		}

		p.must(http.StatusNoContent, http.MethodDelete, path, nil)
		p.must(http.StatusNotFound, http.MethodGet, path, nil)
		if p.usedTokens() == 0 {
			t.Error("what was used went with the conversation")
		}
	})
}

// Lists are in the order of the last use, page by page, and searched by title.
func TestConversationList(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		p := h.register("ada")
		for _, title := range []string{"Über 50% mehr", "under_score", "Plain", "Last"} {
			p.ask(object{"messages": said(title)})
			time.Sleep(2 * time.Millisecond) // the order is by milliseconds
		}
		h.same("all", titles(p.listed("")), []string{"Last", "Plain", "under_score", "Über 50% mehr"})
		for search, want := range map[string][]string{
			"über": {"Über 50% mehr"}, "UBER 50": {"Über 50% mehr"}, "%": nil, "score": {"under_score"}, "LA": {"Last"},
			"you said": {"Last", "Plain", "under_score", "Über 50% mehr"}, "nothing": nil, `\`: nil,
		} {
			h.same("search for "+search, titles(p.listed("q="+url.QueryEscape(search))), want)
		}
		if got := p.do(http.MethodGet, "/api/v1/conversations?cursor=nonsense", nil); got.status != http.StatusBadRequest {
			t.Errorf("a cursor that is none: %d", got.status)
		}
	})
}

// While an answer is being written the next question has to wait for it.
func TestOneAnswerAtATime(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		p := h.register("ada")
		begun := decode[struct {
			ID string `json:"id"`
		}](p, http.StatusAccepted, http.MethodPost, "/api/v1/jobs", object{"type": "chat", "input": object{"model": model, "messages": said("[chunks 9000] [pace 20ms]")}})
		list := get[struct {
			Items []conversation `json:"items"`
		}](p, http.MethodGet, "/api/v1/conversations", nil)
		got := p.do(http.MethodPost, "/api/v1/chat/complete", object{"model": model, "messages": said("and?"), "conversation_id": list.Items[0].ID})
		if got.status != http.StatusConflict || !strings.Contains(got.text, "answer_running") || !strings.Contains(got.text, begun.ID) {
			t.Errorf("a question into an answer: %d %s", got.status, got.text)
		}
		p.must(http.StatusConflict, http.MethodDelete, "/api/v1/jobs/"+begun.ID, nil)
		p.must(http.StatusNoContent, http.MethodDelete, "/api/v1/conversations/"+list.Items[0].ID, nil)
		p.must(http.StatusOK, http.MethodGet, "/api/v1/jobs/"+begun.ID+"/events", nil) // it ends, because nobody can read it any more
		h.until("the vendor is left alone", func() bool { return h.vendor.Books().Open == 0 })
	})
}

// Whoever is deactivated costs nothing more: what runs for them stops, and what
// came is booked.
func TestDeactivationStopsWhatRuns(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		h.register("admin")
		p := h.register("ada")
		p.must(http.StatusAccepted, http.MethodPost, "/api/v1/jobs", object{"type": "chat", "input": object{"model": model, "messages": said("[chunks 9000] [pace 20ms]")}})
		h.until("the vendor has begun", func() bool { return h.vendor.Books().Open == 1 })
		if _, err := h.app.accounts.SetActive(t.Context(), "ada@example.com", false); err != nil {
			t.Fatal(err)
		}
		h.until("the vendor is left alone", func() bool { return h.vendor.Books().Open == 0 })
		if _, err := h.app.accounts.SetActive(t.Context(), "ada@example.com", true); err != nil {
			t.Fatal(err)
		}
		back := h.signIn("ada")
		back.quiet()
		jobs := get[struct {
			Items []struct {
				Status string         `json:"status"`
				Usage  map[string]any `json:"usage"`
			} `json:"items"`
		}](back, http.MethodGet, "/api/v1/jobs", nil).Items
		if len(jobs) != 1 || jobs[0].Status != "cancelled" || jobs[0].Usage == nil || back.usedTokens() == 0 {
			t.Errorf("the jobs are %+v", jobs)
		}
	})
}

// What a model or a plan does not allow is refused before anything is stored,
// in words that say what to mend.
func TestRefusedQuestions(t *testing.T) {
	t.Parallel()
	plans := filepath.Join(t.TempDir(), "plans.yaml")
	if err := os.WriteFile(plans, []byte("plans: [{key: starter, name: Small, caps: {tokens: 2000}}]"), 0o600); err != nil {
		t.Fatal(err)
	}
	unpriced := httptest.NewServer(standin.NewCompatible(nil))
	t.Cleanup(unpriced.Close)
	h := withOpenAI(t, "", "PULSE_PLANS_FILE="+plans, "PULSE_COMPAT_LAB_URL="+unpriced.URL+"/v1")
	p := h.register("ada")
	type listed struct {
		ID        string `json:"id"`
		Provider  string `json:"provider"`
		Available bool   `json:"available"`
		Why       string `json:"unavailable_reason"`
	}
	type models struct {
		Items []listed `json:"items"`
	}
	var list models
	ofLab := -1
	h.until("the server's models are listed", func() bool {
		list = get[models](p, http.MethodGet, "/api/v1/chat/models", nil)
		ofLab = slices.IndexFunc(list.Items, func(m listed) bool { return m.Provider == "lab" })
		return ofLab >= 0
	})
	if m := list.Items[ofLab]; m.Available || !strings.Contains(m.Why, "price") {
		t.Errorf("a model without a price: %+v", m)
	}
	for name, c := range map[string]struct {
		body   object
		status int
		says   string
	}{
		"no price":            {object{"model": list.Items[ofLab].ID}, 400, "no price"},
		"no such model":       {object{"model": "gpt-99"}, 400, "body.model"},
		"a temperature":       {object{"temperature": 0.5}, 400, "body.temperature"},
		"an unknown effort":   {object{"reasoning_effort": "heroic"}, 400, "body.reasoning_effort"},
		"too long an answer":  {object{"max_tokens": 999_999}, 400, "body.max_tokens"},
		"more than the plan":  {object{"max_tokens": 3000}, 402, `"meter":"tokens"`},
		"an unknown parent":   {object{"parent_id": "x"}, 400, "body.parent_id"},
		"another's words":     {object{"messages": []object{{"role": "assistant", "content": "I"}}}, 400, "body.messages"},
		"no words":            {object{"messages": said("  ")}, 400, "body.messages[0].content"},
		"a role that is none": {object{"messages": []object{{"role": "tool", "content": "x"}}}, 400, "body.messages[0].role"},
		"several wrongs":      {object{"temperature": 1.5, "max_tokens": 999_999}, 400, "body.temperature"},
	} {
		if c.body["model"] == nil {
			c.body["model"] = model
		}
		if c.body["messages"] == nil {
			c.body["messages"] = said("hello")
		}
		if got := p.do(http.MethodPost, "/api/v1/chat/complete", c.body); got.status != c.status || !strings.Contains(got.text, c.says) {
			t.Errorf("%s: %d %s", name, got.status, got.text)
		}
	}
	refused := p.do(http.MethodPost, "/api/v1/chat/complete", object{"model": model, "messages": said("hello"), "max_tokens": 3000})
	for _, member := range []string{`"limit":2000`, `"used":0`, `"reserved":0`, `"resets_at":"`} {
		if !strings.Contains(refused.text, member) {
			t.Errorf("the refusal lacks %s: %s", member, refused.text)
		}
	}
	if text := p.must(http.StatusOK, http.MethodGet, "/api/v1/conversations", nil); !strings.Contains(text, `"items":[]`) {
		t.Errorf("something was stored: %s", text)
	}
	if calls := h.vendor.Books().Requests; calls != 0 {
		t.Errorf("the vendor was asked %d times", calls)
	}
}
