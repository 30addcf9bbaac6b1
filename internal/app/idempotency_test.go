package app

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// Every POST that starts a job takes an Idempotency-Key: the same request with
// the same key starts nothing more, however often and however close together
// it is sent; another request with the key is refused.
func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		p, other := h.register("ada"), h.register("bob")
		has := get[owned](p, http.MethodPost, "/api/v1/chat/complete", object{"model": model, "messages": question})
		cancelled := p.cancelledJob("")
		another := said("[chunks 4]")
		for name, c := range map[string]struct {
			path          string
			body, differs any
		}{
			"complete": {"/api/v1/chat/complete", object{"model": model, "messages": question}, object{"model": model, "messages": another}},
			"stream":   {"/api/v1/chat/stream", object{"model": model, "messages": question}, object{"model": model, "messages": another}},
			"job": {
				"/api/v1/jobs",
				object{"type": "chat", "input": object{"model": model, "messages": question}},
				object{"type": "chat", "input": object{"model": model, "messages": another}},
			},
			"regenerate": {"/api/v1/conversations/" + has.ConversationID + "/messages/" + has.Message.ID + "/regenerate", object{}, object{"model": model}},
			"retry":      {"/api/v1/jobs/" + cancelled + "/retry", nil, nil},
		} {
			before := len(jobsOf(p))
			replies := together(p, 4, c.path, c.body, "Idempotency-Key", name)
			replies = append(replies, p.do(http.MethodPost, c.path, c.body, "Idempotency-Key", name))
			id := ""
			for _, got := range replies {
				if got.status >= http.StatusBadRequest {
					t.Errorf("%s: %d %s", name, got.status, got.text)
					continue
				}
				if now := jobIn(t, got.text); id == "" {
					id = now
				} else if now != id {
					t.Errorf("%s: the jobs %s and %s", name, id, now)
				}
			}
			if started := len(jobsOf(p)) - before; started != 1 {
				t.Errorf("%s: %d jobs were started", name, started)
			}
			if c.differs != nil {
				if got := p.do(http.MethodPost, c.path, c.differs, "Idempotency-Key", name); got.status != http.StatusConflict || !strings.Contains(got.text, "idempotency_mismatch") {
					t.Errorf("%s: another request with the same key: %d %s", name, got.status, got.text)
				}
			}
			if got := p.do(http.MethodPost, c.path, c.body, "Idempotency-Key", strings.Repeat("k", 256)); got.status != http.StatusBadRequest {
				t.Errorf("%s: a key of 256 characters: %d", name, got.status)
			}
		}
		// A key is its person's own.
		if got := other.do(http.MethodPost, "/api/v1/chat/complete", object{"model": model, "messages": another}, "Idempotency-Key", "complete"); got.status != http.StatusOK {
			t.Errorf("somebody else with the same key: %d %s", got.status, got.text)
		}
	})
}

// cancelledJob gives an answer that was cancelled, to be tried again; in a new
// conversation when none is named.
func (c *caller) cancelledJob(conversation string) string {
	c.h.t.Helper()
	input := object{"model": model, "messages": said("[chunks 6] [pace 100ms]")}
	if conversation != "" {
		input["conversation_id"] = conversation
	}
	started := decode[struct {
		ID string `json:"id"`
	}](c, http.StatusAccepted, http.MethodPost, "/api/v1/jobs", object{"type": "chat", "input": input})
	c.must(http.StatusAccepted, http.MethodPost, "/api/v1/jobs/"+started.ID+"/cancel", nil)
	c.quiet()
	return started.ID
}

func jobsOf(p *caller) []any {
	return get[struct {
		Items []any `json:"items"`
	}](p, http.MethodGet, "/api/v1/jobs?limit=100", nil).Items
}

// jobIn finds the job's id in an answer or in the first event of a stream.
func jobIn(t *testing.T, text string) string {
	t.Helper()
	if _, data, ok := strings.Cut(text, "event: start\ndata: "); ok {
		text, _, _ = strings.Cut(data, "\n")
	}
	var out struct {
		JobID string `json:"job_id"`
		ID    string `json:"id"`
	}
	if err := json.Unmarshal([]byte(text), &out); err != nil || out.JobID+out.ID == "" {
		t.Fatalf("no job in %s: %v", text, err)
	}
	return out.JobID + out.ID
}
