package app

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pulse/internal/store/storetest"
)

// slowly has an answer in a conversation that is being written, for as long as
// nobody stops it or for about two thirds of a second.
func (c *caller) slowly(long bool) (conversationID, jobID string) {
	c.h.t.Helper()
	text := "[chunks 8] [pace 80ms]"
	if long {
		text = "[chunks 9000] [pace 20ms]"
	}
	first := c.ask(object{"messages": said("hello")})
	begun := decode[struct {
		ID string `json:"id"`
	}](c, http.StatusAccepted, http.MethodPost, "/api/v1/jobs", object{"type": "chat", "input": object{
		"model": model, "messages": said(text), "conversation_id": first.ConversationID,
	}})
	c.h.until("the answer has begun", func() bool { return c.h.vendor.Books().Open == 1 })
	return first.ConversationID, begun.ID
}

func next(conversation, how, text string) object {
	return object{"model": model, "messages": said(text), "conversation_id": conversation, "if_running": how}
}

// A question may wait for the answer that is being written, by every route that
// asks, and several wait one behind the other.
func TestQuestionWaitsForTheRunningAnswer(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		p := h.register("ada")
		id, _ := p.slowly(false)
		p.refusedWith(http.StatusConflict, next(id, "refuse", "now"))
		p.refusedWith(http.StatusUnprocessableEntity, next(id, "perhaps", "now"))
		wrong := next(id, "wait", "now")
		wrong["reasoning_effort"] = "heroic"
		p.refusedWith(http.StatusBadRequest, wrong) // at once, not when its turn comes
		answers := make(chan reply, 3)
		for i, path := range []string{"/api/v1/chat/stream", "/api/v1/chat/complete", "/api/v1/jobs"} {
			var body any = next(id, "wait", []string{"one", "two", "three"}[i])
			if i == 2 {
				body = object{"type": "chat", "input": body}
			}
			go func() { answers <- p.do(http.MethodPost, path, body) }()
			time.Sleep(60 * time.Millisecond)
		}
		for range 3 {
			if got := <-answers; got.status >= 300 || strings.Contains(got.text, "event: error") {
				t.Errorf("%d %s", got.status, got.text)
			}
		}
		p.quiet()
		texts := p.read(id).branch()
		questions := slices.DeleteFunc(slices.Clone(texts), func(s string) bool { return s != "one" && s != "two" && s != "three" })
		h.same("the questions", questions, []string{"one", "two", "three"})
		if len(texts) != 10 {
			t.Errorf("the branch is %q", texts)
		}
	})
}

func (c *caller) refusedWith(status int, body object) {
	c.h.t.Helper()
	for _, path := range []string{"/api/v1/chat/complete", "/api/v1/chat/stream"} {
		if got := c.do(http.MethodPost, path, body); got.status != status && (status != http.StatusUnprocessableEntity || got.status != http.StatusBadRequest) {
			c.h.t.Errorf("%s: %d, want %d: %s", path, got.status, status, got.text)
		}
	}
}

// An interrupted answer keeps what it said, and the question that stopped it is
// asked within about a second.
func TestQuestionInterruptsTheRunningAnswer(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		p := h.register("ada")
		id, running := p.slowly(true)
		h.until("something was said", func() bool {
			return strings.Contains(p.must(http.StatusOK, http.MethodGet, "/api/v1/jobs/"+running, nil), "processing")
		})
		time.Sleep(200 * time.Millisecond)
		begun := time.Now()
		p.ask(next(id, "interrupt", "stop"))
		if took := time.Since(begun); took > 2*time.Second {
			t.Errorf("it took %s", took)
		}
		texts := p.read(id).branch()
		if n := len(texts); n != 6 || texts[n-2] != "stop" || texts[n-3] == "" {
			t.Errorf("the branch is %q", texts)
		}
		if text := p.must(http.StatusOK, http.MethodGet, "/api/v1/jobs/"+running, nil); !strings.Contains(text, `"cancelled"`) {
			t.Errorf("the interrupted job: %s", text)
		}
	})
}

// It also does so past questions that wait: what is said when it comes has to
// stop, and not what they are answered with.
func TestInterruptPastWaitingQuestions(t *testing.T) {
	t.Parallel()
	h := withOpenAI(t, "")
	p := h.register("ada")
	id, running := p.slowly(true)
	waited := make(chan reply, 1)
	go func() { waited <- p.do(http.MethodPost, "/api/v1/chat/complete", next(id, "wait", "patient")) }()
	time.Sleep(200 * time.Millisecond)
	p.ask(next(id, "interrupt", "urgent"))
	if got := <-waited; got.status != http.StatusOK || !strings.Contains(got.text, `"finish_reason":"stop"`) && !strings.Contains(got.text, "patient") {
		t.Errorf("the one that waited: %d %s", got.status, got.text)
	}
	if text := p.must(http.StatusOK, http.MethodGet, "/api/v1/jobs/"+running, nil); !strings.Contains(text, `"cancelled"`) {
		t.Errorf("the first answer goes on: %s", text)
	}
}

// The same question sent twice with one key is one, also while it waits.
func TestWaitingQuestionPressedTwice(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		p := h.register("ada")
		for _, how := range []string{"wait", "interrupt"} {
			id, _ := p.slowly(false)
			before := len(jobsOf(p))
			for _, got := range together(p, 4, "/api/v1/chat/complete", next(id, how, "twice"), "Idempotency-Key", how) {
				if got.status != http.StatusOK {
					t.Errorf("%s: %d %s", how, got.status, got.text)
				}
			}
			if started := len(jobsOf(p)) - before; started != 1 {
				t.Errorf("%s started %d answers", how, started)
			}
		}
	})
}

// Who goes away while their question waits has asked nothing, and holds no place.
func TestWaitingClientGoesAway(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		p := h.register("ada")
		id, running := p.slowly(true)
		before := len(jobsOf(p))
		for range 2 { // more in all than may wait at once
			gone := make(chan struct{})
			for range 4 {
				go func() {
					p.leaves(300*time.Millisecond, "/api/v1/chat/stream", next(id, "wait", "gone"))
					gone <- struct{}{}
				}()
			}
			for range 4 {
				<-gone
			}
			time.Sleep(50 * time.Millisecond)
		}
		p.must(http.StatusAccepted, http.MethodPost, "/api/v1/jobs/"+running+"/cancel", nil)
		p.quiet()
		time.Sleep(200 * time.Millisecond)
		if started := len(jobsOf(p)) - before; started != 0 {
			t.Errorf("%d answers were started for nobody", started)
		}
	})
}

// leaves sends a request and hangs up after a while.
func (c *caller) leaves(after time.Duration, path string, body object) {
	ctx, cancel := context.WithTimeout(context.Background(), after)
	defer cancel()
	data, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.h.address+path, bytes.NewReader(data))
	if err != nil {
		panic(err)
	}
	r.AddCookie(c.cookie)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		c.h.t.Errorf("to wait: %d", res.StatusCode)
	}
	_, _ = bytes.NewBuffer(nil).ReadFrom(res.Body) // until it is hung up
}

// One person may have so many questions waiting and no more; what is deleted,
// deactivated or used up meanwhile is said when the turn comes.
func TestWaitingQuestionsThatAreNeverAsked(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		h.register("admin")
		p := h.register("ada")
		id, _ := p.slowly(true)
		answers := make(chan reply, 5)
		for range 5 {
			go func() { answers <- p.do(http.MethodPost, "/api/v1/chat/complete", next(id, "wait", "deleted")) }()
		}
		time.Sleep(300 * time.Millisecond)
		p.refusedWith(http.StatusTooManyRequests, next(id, "wait", "one too many"))
		p.must(http.StatusNoContent, http.MethodDelete, "/api/v1/conversations/"+id, nil)
		for range 5 {
			if got := <-answers; got.status != http.StatusNotFound {
				t.Errorf("after the deletion: %d %s", got.status, got.text)
			}
		}

		id, _ = p.slowly(true)
		go func() { answers <- p.do(http.MethodPost, "/api/v1/chat/complete", next(id, "wait", "deactivated")) }()
		time.Sleep(200 * time.Millisecond)
		if _, err := h.app.accounts.SetActive(t.Context(), "ada@example.com", false); err != nil {
			t.Fatal(err)
		}
		if got := <-answers; got.status != http.StatusUnauthorized && got.status != http.StatusForbidden {
			t.Errorf("after the deactivation: %d %s", got.status, got.text)
		}
		if _, err := h.app.accounts.SetActive(t.Context(), "ada@example.com", true); err != nil {
			t.Fatal(err)
		}
		if texts := h.signIn("ada").read(id).branch(); texts[len(texts)-2] == "deactivated" {
			t.Errorf("somebody deactivated has asked: %q", texts)
		}
	})
}

// Without quota the question is refused when its turn comes.
func TestWaitingQuestionWithoutQuota(t *testing.T) {
	t.Parallel()
	plans := filepath.Join(t.TempDir(), "plans.yaml")
	if err := os.WriteFile(plans, []byte("plans: [{key: starter, name: Small, caps: {tokens: 12000}}]"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, url := range map[string]string{"sqlite": "", "postgresql": storetest.MigratedURL(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := withOpenAI(t, url, "PULSE_PLANS_FILE="+plans)
			p := h.register("ada")
			id, _ := p.slowly(false)
			in := next(id, "wait", "much")
			in["max_tokens"] = 11950
			if got := p.do(http.MethodPost, "/api/v1/chat/complete", in); got.status != http.StatusPaymentRequired {
				t.Errorf("%d %s", got.status, got.text)
			}
			if got := p.do(http.MethodPost, "/api/v1/chat/complete", next(id, "wait", "little")); got.status != http.StatusOK {
				t.Errorf("and then: %d %s", got.status, got.text)
			}
		})
	}
}
