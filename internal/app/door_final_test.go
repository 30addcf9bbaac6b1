package app

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/openai/openai-go/v3"

	"pulse/internal/fetch"
)

// What was paid is not asked for again by OpenAI's client itself, whatever went
// wrong; nor is what fails with a key that was used.
func TestOpenAIsClientDoesNotPayTwice(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		p := h.register("ada")
		for _, c := range []struct {
			name, prompt string
			booked       bool
		}{
			{"overloaded at once", "[status 500]", false},
			{"overloaded in the middle", "[chunks 9] [error after 3]", true},
			{"cut", "[chunks 9] [cut after 3]", true},
		} {
			before := p.usedTokens()
			body := object{"model": model, "messages": said(c.prompt)}
			got := p.do(http.MethodPost, completions, body, "Idempotency-Key", c.name)
			if booked := p.usedTokens() > before; got.status < 500 || booked != c.booked || (got.header.Get("X-Should-Retry") == "false") != c.booked {
				t.Errorf("%s: booked %t, got %d %v %s", c.name, booked, got.status, got.header, got.text)
			}
			asked := h.vendor.Books().Requests
			again := p.do(http.MethodPost, completions, body, "Idempotency-Key", c.name)
			if again.status != got.status || again.header.Get("X-Should-Retry") != "false" || h.vendor.Books().Requests != asked {
				t.Errorf("%s, with its key: got %d %v %s", c.name, again.status, again.header, again.text)
			}
		}
	})
}

// Who waits for the whole and goes away pays for what had come.
func TestOpenAIsClientGoesAwayFromAWhole(t *testing.T) {
	t.Parallel()
	h := withOpenAI(t, "")
	p := h.register("ada")
	client := p.sdk()
	ctx, leave := context.WithTimeout(t.Context(), time.Second)
	defer leave()
	if _, err := client.Chat.Completions.New(ctx, asks(model, openai.UserMessage(strings.Repeat("hi ", 3)+"[chunks 1000] [pace 20ms]"))); err == nil {
		t.Error("it was answered")
	}
	h.until("the vendor is left", func() bool { return h.vendor.Books().Gone == 1 && h.vendor.Books().Open == 0 })
	p.quiet()
	if used := p.usedTokens(); used < 10 || used > 500 {
		t.Errorf("%d tokens are booked", used)
	}
}

// For who has nothing left, nothing is fetched.
func TestNothingIsFetchedForWhoCannotAsk(t *testing.T) {
	t.Parallel()
	fetched := false
	site := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { fetched = true }))
	t.Cleanup(site.Close)
	plans := filepath.Join(t.TempDir(), "plans.yaml")
	if err := os.WriteFile(plans, []byte("plans: [{key: starter, name: None, caps: {tokens: 0}}]"), 0o600); err != nil {
		t.Fatal(err)
	}
	h := newHouseWith(t, func(o *Options) {
		o.Fetch = fetch.New(fetch.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}})
	}, "", "PULSE_PLANS_FILE="+plans)
	client := h.register("ada").sdk()
	remote := openai.ImageContentPart(openai.ChatCompletionContentPartImageImageURLParam{URL: site.URL + "/a.png"})
	_, err := client.Chat.Completions.New(t.Context(), asks("demo-chat", openai.UserMessage([]openai.ChatCompletionContentPartUnionParam{remote})))
	h.isOpenAIs("nothing left", err, http.StatusTooManyRequests, "insufficient_quota", "insufficient_quota", "")
	if fetched {
		t.Error("it was fetched")
	}
}
