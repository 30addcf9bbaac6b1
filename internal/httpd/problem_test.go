package httpd_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"pulse/internal/fault"
)

func TestErrors(t *testing.T) {
	t.Parallel()
	quota := fault.New(fault.Quota, "Used up.")
	quota.Extra = map[string]any{"meter": "tokens", "limit": 5}
	slow := fault.New(fault.RateLimited, "Slowly.")
	slow.RetryAfter = 1500 * time.Millisecond
	for _, c := range []struct {
		name   string
		err    error
		status int
		says   string
		retry  string
	}{
		{"a fault", fault.New(fault.NotFound, "There is no such thing."), 404, `"detail":"There is no such thing."`, ""},
		{"with members of its own", quota, 402, `"meter":"tokens"`, ""},
		{"with a time to wait", slow, 429, `"retry_after_seconds":2`, "2"},
		{"a wrapped fault", errors.Join(errors.New("secret cause"), fault.New(fault.Conflict, "No.")), 409, `"No."`, ""},
		{"a bug", errors.New("secret cause"), 500, `Nothing of yours was lost`, ""},
		{"a deadline", context.DeadlineExceeded, 503, `given up`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := start(t, nil)
			b.fail = c.err
			got := b.send(t, http.MethodPost, "/api/v1/open", `{"text":"fail"}`)
			if got.status != c.status || !strings.Contains(got.body, c.says) || got.header.Get("Retry-After") != c.retry {
				t.Errorf("got %d %s (Retry-After %q)", got.status, got.body, got.header.Get("Retry-After"))
			}
			if strings.Contains(got.body, "secret cause") {
				t.Error("the cause is shown")
			}
			if got.RequestID == "" || got.RequestID != got.header.Get("X-Request-Id") {
				t.Error("the request's id is not the answer's")
			}
			if c.status == 500 && !strings.Contains(b.log.String(), got.RequestID) {
				t.Error("the log does not know the request")
			}
		})
	}
}

func TestPanicIsAnswered(t *testing.T) {
	t.Parallel()
	b := start(t, nil)
	got := b.send(t, http.MethodPost, "/api/v1/open", `{"text":"panic"}`)
	if got.status != 500 || got.Type != "urn:pulse:problem:internal" || !strings.Contains(b.log.String(), "a bug") {
		t.Errorf("got %d %s, log %s", got.status, got.body, b.log)
	}
}
