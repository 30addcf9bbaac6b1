package httpd_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"pulse/internal/httpd"
	"pulse/internal/rate"
	"pulse/internal/store/storetest"
)

func TestRateLimit(t *testing.T) {
	t.Parallel()
	now := time.Now()
	b := start(t, func(o *httpd.Options) { o.RatePerMinute, o.Now = 3, func() time.Time { return now } })
	ask := func(who string) reply {
		return b.send(t, http.MethodPost, "/api/v1/open", `{"text":"hi"}`, "Authorization", who)
	}
	for left := 2; left >= 0; left-- {
		got := ask("")
		if got.status != 200 || got.header.Get("RateLimit-Remaining") != []string{"0", "1", "2"}[left] || got.header.Get("RateLimit-Limit") != "3" ||
			got.header.Get("RateLimit-Policy") != `"default";q=3;w=60` || got.header.Get("RateLimit-Reset") != strconv.Itoa(60-20*left) {
			t.Fatalf("with %d left: %d %v", left, got.status, got.header)
		}
	}
	got := ask("")
	if got.status != 429 || got.header.Get("Retry-After") != "20" || got.header.Get("RateLimit") != `"default";r=0;t=60` {
		t.Errorf("one too many: %d %v", got.status, got.header)
	}
	if got := ask("Bearer ada"); got.status != 200 {
		t.Errorf("somebody else: %d", got.status)
	}
	now = now.Add(20 * time.Second)
	if got := ask(""); got.status != 200 {
		t.Errorf("after the time to wait: %d", got.status)
	}
	// What no route takes is a request, too.
	if got := b.send(t, http.MethodGet, "/api/v1/nothing", ""); got.status != 429 {
		t.Errorf("at no route: %d", got.status)
	}
}

// Who follows a link and is refused sees a page, not a document for programs.
func TestRefusedVisitors(t *testing.T) {
	t.Parallel()
	b := start(t, func(o *httpd.Options) { o.RatePerMinute = 5 }) // of which one to sign in
	ask := func(accept string) reply {
		return b.send(t, http.MethodGet, "/api/v1/visit", "", "Accept", accept)
	}
	if got := ask("text/html"); got.status != 204 {
		t.Fatalf("got %d %s", got.status, got.body)
	}
	if got := ask("text/html,*/*;q=0.8"); got.status != 303 || got.header.Get("Location") != "/sign-in?problem=rate_limited" || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("a browser got %d %v", got.status, got.header)
	}
	if got := ask("application/json"); got.status != 429 || got.Type != "urn:pulse:problem:rate_limited" || got.header.Get("Retry-After") == "" {
		t.Errorf("a program got %d %s", got.status, got.body)
	}
}

// Strangers count by network: all of a home's addresses are one client.
func TestStrangersCountByNetwork(t *testing.T) {
	t.Parallel()
	b := start(t, func(o *httpd.Options) { o.RatePerMinute = 1 })
	ask := func(remote string) int {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/v1/nothing", nil)
		r.RemoteAddr = remote
		w := httptest.NewRecorder()
		b.Config.Handler.ServeHTTP(w, r)
		return w.Code
	}
	for _, c := range []struct {
		remote string
		status int
	}{
		{"203.0.113.7:1", 404},
		{"203.0.113.7:2", 429},
		{"[::ffff:203.0.113.7]:1", 429},
		{"203.0.113.8:1", 404},
		{"[2001:db8:0:1::1]:1", 404},
		{"[2001:db8:0:1:ffff::2]:1", 429},
		{"[2001:db8:0:2::1]:1", 404},
		{"[fe80::1%eth0]:1", 404},
		{"[fe80::2%eth1]:1", 429},
	} {
		if got := ask(c.remote); got != c.status {
			t.Errorf("%s: %d, want %d", c.remote, got, c.status)
		}
	}
}

// Attempts to sign in have a limit of their own, before anything is done with
// them: by network for strangers, by person for those who are in (ASVS 2.4.1,
// 6.3.1).
func TestAttemptsAreFew(t *testing.T) {
	t.Parallel()
	now := time.Now()
	b := start(t, func(o *httpd.Options) { o.RatePerMinute, o.Now = 100, func() time.Time { return now } })
	try := func(path, who string) reply {
		return b.send(t, http.MethodPost, path, `{"text":"hi"}`, "Authorization", who)
	}
	got := try("/api/v1/sign-in", "")
	if got.status != 200 || got.header.Get("RateLimit-Policy") != `"default";q=100;w=60, "sign-in";q=20;w=60` ||
		got.header.Get("RateLimit") != `"default";r=99;t=1, "sign-in";r=19;t=3` || got.header.Get("RateLimit-Remaining") != "19" || got.header.Get("RateLimit-Limit") != "20" {
		t.Fatalf("got %d %v", got.status, got.header)
	}
	for range 19 {
		try("/api/v1/sign-in", "Bearer nobody")
	}
	before := len(b.handled)
	got = try("/api/v1/sign-in", "")
	if got.status != 429 || got.header.Get("Retry-After") != "3" || got.header.Get("RateLimit") != `"default";r=79;t=13, "sign-in";r=0;t=60` {
		t.Errorf("one too many: %d %v", got.status, got.header)
	}
	if got := try("/api/v1/sign-in", "Bearer ada"); got.status != 429 || len(b.handled) != before {
		t.Errorf("whoever has an account may try on: %d", got.status)
	}
	if got := try("/api/v1/open", ""); got.status != 200 || strings.Contains(got.header.Get("RateLimit-Policy"), "sign-in") {
		t.Errorf("other routes: %d %v", got.status, got.header)
	}
	for i := range 21 {
		if got := try("/api/v1/confirm", "Bearer ada"); (got.status == 429) != (i == 20) {
			t.Errorf("by the one who is in, %d: %d", i, got.status)
		}
	}
	now = now.Add(3 * time.Second)
	if got := try("/api/v1/sign-in", ""); got.status != 200 {
		t.Errorf("after the time to wait: %d", got.status)
	}
}

// Without a limit there is none at all.
func TestNoLimit(t *testing.T) {
	t.Parallel()
	b := start(t, nil)
	for range 150 {
		if got := b.send(t, http.MethodPost, "/api/v1/sign-in", `{"text":"hi"}`); got.status != 200 || got.header.Get("RateLimit") != "" {
			t.Fatalf("got %d %v", got.status, got.header)
		}
	}
}

// Health is asked for when the database is away, and does not wait for it.
func TestHealthIsCountedHere(t *testing.T) {
	t.Parallel()
	db := storetest.Postgres(t)
	b := start(t, func(o *httpd.Options) { o.RatePerMinute, o.Limits = 2, rate.New(rate.Options{DB: db}) })
	for i := range 3 {
		if got := b.send(t, http.MethodGet, "/api/v1/health", ""); (got.status == 429) != (i == 2) || got.header.Get("RateLimit-Limit") != "2" {
			t.Errorf("%d: %d %v", i, got.status, got.header)
		}
	}
	// At the database nothing of it is known.
	if got := b.send(t, http.MethodPost, "/api/v1/open", `{"text":"hi"}`); got.header.Get("RateLimit") != fmt.Sprintf(`"default";r=%d;t=30`, 1) {
		t.Errorf("got %v", got.header)
	}
}
