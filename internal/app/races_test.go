package app

import (
	"net/http"
	"strings"
	"sync"
	"testing"
)

// together sends the same request several times at the same moment.
func together(c *caller, times int, path string, body any, headers ...string) []reply {
	replies := make([]reply, times)
	var all sync.WaitGroup
	for i := range replies {
		all.Go(func() { replies[i] = c.do(http.MethodPost, path, body, headers...) })
	}
	all.Wait()
	return replies
}

// A button that is pressed many times at once starts one answer. The others are
// told which, and with a key of their own they get it.
func TestPressedManyTimesAtOnce(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		ada := h.register("ada")
		slow := said("[chunks 6] [pace 100ms]")
		begun := get[owned](ada, http.MethodPost, "/api/v1/chat/complete", object{"model": model, "messages": question})
		conversation := "/api/v1/conversations/" + begun.ConversationID
		in := object{"model": model, "messages": slow, "conversation_id": begun.ConversationID}
		last := get[owned](ada, http.MethodPost, "/api/v1/chat/complete", in)
		cancelled := ada.cancelledJob(begun.ConversationID)
		for name, c := range map[string]struct {
			path string
			body any
		}{
			"ask":        {"/api/v1/chat/stream", in},
			"a job":      {"/api/v1/jobs", object{"type": "chat", "input": in}},
			"regenerate": {conversation + "/messages/" + last.Message.ID + "/regenerate", object{}},
			"retry":      {"/api/v1/jobs/" + cancelled + "/retry", nil},
		} {
			before := len(jobsOf(ada))
			for _, got := range together(ada, 8, c.path, c.body) {
				if got.status >= 400 && (got.status != http.StatusConflict || !strings.Contains(got.text, "answer_running") || !strings.Contains(got.text, `"job_id"`)) {
					t.Errorf("%s: %d %s", name, got.status, got.text)
				}
			}
			if started := len(jobsOf(ada)) - before; started != 1 {
				t.Errorf("%s, pressed 8 times, started %d answers", name, started)
			}
			ada.quiet()
			for _, got := range together(ada, 4, c.path, c.body, "Idempotency-Key", name+begun.JobID) {
				if got.status >= 400 {
					t.Errorf("%s with a key: %d %s", name, got.status, got.text)
				}
			}
			if started := len(jobsOf(ada)) - before; started != 2 {
				t.Errorf("%s with a key started %d answers", name, started-1)
			}
			ada.quiet()
		}
	})
}

// quiet waits until nothing runs any more.
func (c *caller) quiet() {
	c.h.t.Helper()
	c.h.until("nothing runs any more", func() bool {
		return !strings.Contains(c.must(http.StatusOK, http.MethodGet, "/api/v1/jobs?status=processing", nil), `"id"`)
	})
}

// Who waits for an answer whose conversation is deleted meanwhile hears so, and
// whoever asks for it again; nothing goes on behind their back.
func TestConversationDeletedUnderItsAnswer(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		ada := h.register("ada")
		begun := get[owned](ada, http.MethodPost, "/api/v1/chat/complete", object{"model": model, "messages": question})
		slow := said("[chunks 400] [pace 50ms]")
		in := object{"model": model, "messages": slow, "conversation_id": begun.ConversationID}
		waited := make(chan reply)
		go func() { waited <- ada.do(http.MethodPost, "/api/v1/chat/complete", in, "Idempotency-Key", "k") }()
		h.until("the answer has begun", func() bool { return h.vendor.Books().Open == 1 })
		ada.must(http.StatusNoContent, http.MethodDelete, "/api/v1/conversations/"+begun.ConversationID, nil)
		first, again := <-waited, ada.do(http.MethodPost, "/api/v1/chat/complete", in, "Idempotency-Key", "k")
		for _, got := range []reply{first, again} {
			if got.status != http.StatusNotFound || !strings.Contains(got.text, "was deleted") {
				t.Errorf("got %d %s", got.status, got.text)
			}
		}
		ada.quiet()
		if held := ada.must(http.StatusOK, http.MethodGet, "/api/v1/users/me/usage", nil); !strings.Contains(held, `"reserved":0`) {
			t.Errorf("something is still held: %s", held)
		}
	})
}
