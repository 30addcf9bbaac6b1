package app

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/openai/openai-go/v3"
)

// Who goes away stops the vendor, and pays for what came; nobody else can read it.
func TestOpenAIsClientGoesAway(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		p := h.register("ada")
		client := p.sdk()
		ctx, leave := context.WithCancel(t.Context())
		stream := client.Chat.Completions.NewStreaming(ctx, asks(model, openai.UserMessage("[chunks 1000] [pace 20ms]")))
		for range 10 {
			if !stream.Next() {
				t.Fatal(stream.Err())
			}
		}
		leave()
		_ = stream.Close()
		h.until("the vendor is left", func() bool { return h.vendor.Books().Gone == 1 && h.vendor.Books().Open == 0 })
		p.quiet()
		if used := p.usedTokens(); used < 5 || used > 500 {
			t.Errorf("%d tokens are booked", used)
		}
		ctx, leave = context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer leave()
		if _, err := client.Chat.Completions.New(ctx, asks(model, openai.UserMessage("[chunks 1000] [pace 20ms]"))); err == nil {
			t.Error("it was answered")
		}
		h.until("the vendor is left once more", func() bool { return h.vendor.Books().Gone == 2 && h.vendor.Books().Open == 0 })
		p.quiet()
		for _, j := range jobsOf(p) {
			if status := j.(map[string]any)["status"]; status != "cancelled" { //nolint:forcetypeassert // or the test fails here
				t.Errorf("a job is %v", status)
			}
		}
	})
}

// While it runs, its owner follows it as any job; and may stop it.
func TestOpenAIsClientIsFollowedAndStopped(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		p := h.register("ada")
		client := p.sdk()
		stream := client.Chat.Completions.NewStreaming(t.Context(), asks(model, openai.UserMessage("[chunks 1000] [pace 20ms]")))
		defer func() { _ = stream.Close() }()
		if !stream.Next() {
			t.Fatal(stream.Err())
		}
		id := strings.TrimPrefix(stream.Current().ID, "chatcmpl-")
		go func() {
			time.Sleep(300 * time.Millisecond)
			p.must(http.StatusAccepted, http.MethodPost, "/api/v1/jobs/"+id+"/cancel", nil)
		}()
		events := p.must(http.StatusOK, http.MethodGet, "/api/v1/jobs/"+id+"/events", nil)
		if !strings.Contains(events, `data: {"text":"`) || !strings.Contains(events, `"status":"cancelled"`) {
			t.Errorf("the events: %s", events)
		}
		for stream.Next() {
		}
		if err := stream.Err(); err == nil || !strings.Contains(err.Error(), "cancelled") {
			t.Errorf("the client is told %v", err)
		}
	})
}

// A key is good for one answer, which goes to whoever asked first.
func TestOpenAIsClientWithAKeyForARequest(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		p := h.register("ada")
		body := object{"model": model, "messages": question}
		good := 0
		for _, got := range together(p, 5, completions, body, "Idempotency-Key", "k") {
			if got.status == http.StatusOK {
				good++
			} else if got.status != http.StatusConflict || !strings.Contains(got.text, "idempotency_replayed") || got.header.Get("X-Should-Retry") != "false" {
				t.Errorf("got %d %s", got.status, got.text)
			}
		}
		if good != 1 || h.vendor.Books().Requests != 1 {
			t.Errorf("%d answers, %d requests to the vendor", good, h.vendor.Books().Requests)
		}
		got := p.do(http.MethodPost, completions, object{"model": model, "messages": said("another")}, "Idempotency-Key", "k")
		if got.status != http.StatusConflict || !strings.Contains(got.text, "idempotency_mismatch") {
			t.Errorf("another request: %d %s", got.status, got.text)
		}
		failing := object{"model": model, "messages": said("[status 400]")}
		for range 2 {
			if got = p.do(http.MethodPost, completions, failing, "Idempotency-Key", "f"); got.status != http.StatusBadRequest || !strings.Contains(got.text, "provider_bad_request") {
				t.Errorf("what failed: %d %s", got.status, got.text)
			}
		}
	})
}
