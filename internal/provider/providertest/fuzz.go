package providertest

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pulse/internal/provider"
)

// Fuzz lets a vendor send anything at all: a status, a Retry-After and a body,
// streamed or not. Whatever it sends, the adapter keeps what Chatter promises.
// Seeds are bodies.
func Fuzz(f *testing.F, s Subject, seeds ...string) {
	f.Helper()
	for i, body := range seeds {
		f.Add(http.StatusOK, "", body, true)
		f.Add([]int{http.StatusOK, http.StatusBadRequest, http.StatusTooManyRequests, http.StatusInternalServerError}[i%4], "3", body, false)
	}
	var next struct {
		status          int
		retryAfter      string
		body, mediaType string
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", next.mediaType)
		w.Header().Set("Retry-After", next.retryAfter)
		w.WriteHeader(next.status)
		_, _ = w.Write([]byte(next.body)) // whatever arrives is the test
	}))
	client := provider.NewClient(patient)
	f.Cleanup(func() {
		client.CloseIdleConnections()
		server.Close()
	})
	chatter := s.New(f, server.URL, "sk-test", client)
	f.Fuzz(func(t *testing.T, status int, retryAfter, body string, stream bool) {
		if status < http.StatusOK || status > 599 || status == http.StatusNoContent || status == http.StatusNotModified {
			t.Skip("the server does not send it")
		}
		next.status, next.retryAfter, next.body, next.mediaType = status, retryAfter, body, "application/json"
		if stream {
			next.mediaType = "text/event-stream"
		}
		var said strings.Builder
		calls := 0
		req := s.request(stream)
		if s.FuzzTools {
			req.Tools = tools
		}
		answer, err := chatter.Chat(t.Context(), req, func(d provider.Delta) {
			said.WriteString(d.Text + d.Reasoning)
			kinds := 0
			for _, has := range []bool{d.Text != "", d.Reasoning != "", d.ToolCall != nil} {
				if has {
					kinds++
				}
			}
			if kinds != 1 {
				t.Errorf("a piece is %+v, want one of the three", d)
			}
			if c := d.ToolCall; c != nil {
				if begins := c.Index == calls; begins == (c.ID == "") || c.Index > calls || c.Index < 0 {
					t.Errorf("after %d calls comes a piece %+v", calls, c)
				}
				if c.ID != "" {
					calls++
				}
				said.WriteString(c.ID + c.Name + c.Arguments)
			}
		})
		if text := said.String(); !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			t.Errorf("the text cannot be stored: %q", text)
		}
		wantSane(t, answer.Usage)
		if err == nil {
			if answer.FinishReason == "" {
				t.Errorf("nobody knows why it ended: %+v", answer)
			}
			return
		}
		e, ok := errors.AsType[*provider.Error](err)
		if !ok {
			t.Fatalf("error is %v, want a *provider.Error", err)
		}
		if e.Kind == "" || e.Provider == "" || e.Cause == nil || e.RetryAfter < 0 || e.RetryAfter > 7*24*time.Hour {
			t.Errorf("error is %+v", e)
		}
		if n := len(err.Error()); n > 2000 {
			t.Errorf("the error has %d bytes: it repeats what it was sent", n)
		}
	})
}

func wantSane(t *testing.T, u provider.Usage) {
	t.Helper()
	for _, n := range []int64{u.Input, u.CacheRead, u.CacheWrite, u.CacheWrite1h, u.Output, u.Reasoning, u.Total()} {
		if n < 0 {
			t.Errorf("usage is %+v", u)
		}
	}
	if u.Reasoning > u.Output {
		t.Errorf("more thinking than output: %+v", u)
	}
}
