package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// Whatever a vendor does, the person reads a plain sentence, keeps what came,
// can try again, and pays for nothing that the vendor did not bill.
func TestVendorsFaults(t *testing.T) { //nolint:tparallel // as below
	t.Parallel()
	s, vendor := openAI(t)
	pulse := startPulse(t, "PULSE_DATA_DIR="+t.TempDir(), vendor)
	for _, c := range []struct { //nolint:paralleltest // the vendor's books are counted
		prompt string
		kind   string // of the problem; "" when the answer is good
		says   string
		text   string
		calls  int64
	}{
		{"[chunks 3] [status 400]", "provider_bad_request", "did not accept", "", 1},
		{"[chunks 3] [status 401]", "provider_auth", "refused this server's key", "", 1},
		{"[chunks 3] [status 404]", "provider_model_not_found", "does not offer", "", 1},
		{"[chunks 3] [status 429 retry 60]", "provider_rate_limited", "too many requests", "", 1},
		{"[chunks 3] [status 500]", "provider_overloaded", "Try again in a moment", "", 4},
		{"[chunks 3] [status 529]", "provider_overloaded", "Try again in a moment", "", 4},
		{"[chunks 9] [cut after 3]", "provider_cut", "What came is kept", numbers(3), 1},
		{"[chunks 9] [reset after 3]", "provider_cut", "What came is kept", numbers(3), 1},
		{"[chunks 9] [malformed after 3]", "provider_malformed", "What came is kept", numbers(3), 1},
		{"[chunks 9] [error after 3]", "", "", numbers(3), 1},
		{"[empty]", "provider_empty", "without saying anything", "", 1},
		{"[chunks 4] [decline]", "", "", numbers(4), 1},
		{"[chunks 4] [length]", "", "", numbers(4), 1},
	} {
		t.Run(c.prompt, func(t *testing.T) {
			p := register(t, pulse.address)
			before := s.Books().Requests
			var a answer
			p.open(http.MethodPost, "/api/v1/chat/stream", question(gpt, c.prompt)).whole(&a)
			detail, _ := a.end["detail"].(string)
			kind, _ := a.end["type"].(string)
			failed := a.kinds[len(a.kinds)-1] == "error"
			if c.kind != "" && (!failed || kind != "urn:pulse:problem:"+c.kind || !strings.Contains(detail, c.says)) {
				t.Errorf("the person is told %v", a.end)
			}
			if a.text != c.text {
				t.Errorf("the person has %q, want %q", a.text, c.text)
			}
			if calls := s.Books().Requests - before; calls != c.calls {
				t.Errorf("the vendor was asked %d times, want %d", calls, c.calls)
			}
			if _, reserved := usageOf(t, p); reserved != 0 {
				t.Errorf("%v tokens are still held", reserved)
			}
			conversation := p.must(200, http.MethodGet, fmt.Sprintf("/api/v1/conversations/%v", a.start["conversation_id"]), nil)
			messages, _ := conversation["messages"].([]any)
			if kept := messages[1].(object)["content"]; kept != c.text { //nolint:forcetypeassert // or the test fails here
				t.Errorf("kept is %q, want %q", kept, c.text)
			}
			if !failed {
				return
			}
			again := p.must(202, http.MethodPost, "/api/v1/jobs/"+a.job()+"/retry", nil)
			var second answer
			p.follow(fmt.Sprint(again["id"]), "").whole(&second)
			if again["id"] == a.job() || second.text != a.text {
				t.Errorf("tried again, the person has %q from job %v", second.text, again["id"])
			}
		})
	}
}

// The plain answer is refused in the same words, as the status of the request.
func TestFaultsOfWholeAnswers(t *testing.T) {
	t.Parallel()
	_, vendor := openAI(t)
	p := register(t, startPulse(t, "PULSE_DATA_DIR="+t.TempDir(), vendor).address)
	status, problem := p.call(http.MethodPost, "/api/v1/chat/complete", question(gpt, "[status 401]"))
	if status != http.StatusBadGateway || !strings.Contains(fmt.Sprint(problem["detail"]), "refused this server's key") {
		t.Errorf("got %d %v", status, problem)
	}
	good := p.must(200, http.MethodPost, "/api/v1/chat/complete", question(gpt, "hello"))
	message, _ := good["message"].(object)
	if message["content"] != "You said: hello" || good["finish_reason"] != "stop" {
		t.Errorf("got %v", good)
	}
}

// No key, password, prompt or cookie is ever in a log.
func TestLogsHoldNoSecrets(t *testing.T) {
	t.Parallel()
	_, vendor := openAI(t)
	pulse := startPulse(t, "PULSE_DATA_DIR="+t.TempDir(), vendor, "OPENAI_API_KEY=sk-canary-0123456789")
	p := register(t, pulse.address)
	for _, prompt := range []string{"canary-prompt", "canary-prompt [status 500]", "canary-prompt [cut after 1]"} {
		var a answer
		p.open(http.MethodPost, "/api/v1/chat/stream", question(gpt, prompt)).whole(&a)
	}
	p.call(http.MethodPost, "/api/v1/auth/login", object{"email": "canary@example.com", "password": "canary-password"})
	token := p.must(200, http.MethodPost, "/api/v1/auth/token", object{"email": p.email, "password": password})["access_token"]
	pulse.stop()
	log := pulse.log.String()
	for _, secret := range []string{"canary", password, fmt.Sprint(token), p.email, "pulse_session="} {
		if strings.Contains(log, secret) {
			t.Errorf("the log has %q", secret)
		}
	}
	if !strings.Contains(log, "/api/v1/chat/stream") {
		t.Error("the log has no requests at all")
	}
}
