package httpd_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"pulse/internal/actor"
	"pulse/internal/httpd"
)

func TestWhoMayCall(t *testing.T) {
	t.Parallel()
	b := start(t, nil)
	for _, c := range []struct {
		path, authorization string
		status              int
	}{
		{"/api/v1/open", "", 200},
		{"/api/v1/open", "Bearer nobody", 200},
		{"/api/v1/closed", "", 401},
		{"/api/v1/closed", "Bearer nobody", 401},
		{"/api/v1/closed", "Bearer ada", 200},
		{"/api/v1/closed", "Bearer broken", 500},
	} {
		got := b.send(t, http.MethodPost, c.path, `{"text":"hi"}`, "Authorization", c.authorization)
		if got.status != c.status || strings.Contains(got.body, "secret cause") {
			t.Errorf("%s as %q: got %d %s, want %d", c.path, c.authorization, got.status, got.body, c.status)
		}
		if how := got.header.Get("WWW-Authenticate"); (how == "Bearer") != (c.status == 401) {
			t.Errorf("%s as %q: how to sign in: %q", c.path, c.authorization, how)
		}
	}
	// The process is up, whoever asks and whatever the database says.
	if got := b.send(t, http.MethodGet, "/api/v1/health", "", "Authorization", "Bearer broken"); got.status != 200 {
		t.Errorf("health with a session that cannot be looked up: %d", got.status)
	}
	// Who is not signed in does not learn what would be wrong with a body.
	if got := b.send(t, http.MethodPost, "/api/v1/closed", `{"nonsense":`); got.status != 401 {
		t.Errorf("got %d", got.status)
	}
}

func TestOtherSites(t *testing.T) {
	t.Parallel()
	b := start(t, func(o *httpd.Options) {
		o.Origins = []string{"https://friend.example"}
		o.PublicURL = "https://pulse.example"
	})
	for _, c := range []struct {
		name    string
		headers []string
		status  int
	}{
		{"a program", nil, 200},
		{"our page", []string{"Origin", b.URL}, 200},
		{"our page by its public address", []string{"Origin", "https://pulse.example"}, 200},
		{"a friend", []string{"Origin", "https://friend.example", "Sec-Fetch-Site", "cross-site"}, 200},
		{"a hostile page", []string{"Origin", "https://evil.example"}, 403},
		{"a hostile page by fetch metadata", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"a sandboxed page", []string{"Origin", "null"}, 403},
		{"a hostile form", []string{"Origin", "https://evil.example", "Content-Type", "text/plain"}, 403},
		{"a bearer token from anywhere", []string{"Origin", "https://evil.example", "Authorization", "Bearer ada"}, 200},
	} {
		got := b.send(t, http.MethodPost, "/api/v1/open", `{"text":"hi"}`, c.headers...)
		if got.status != c.status {
			t.Errorf("%s: got %d %s, want %d", c.name, got.status, got.body, c.status)
		}
	}
	got := b.send(t, http.MethodOptions, "/api/v1/open", "", "Origin", "https://friend.example", "Access-Control-Request-Method", "POST")
	if got.status != 204 || got.header.Get("Access-Control-Allow-Origin") != "https://friend.example" || got.header.Get("Access-Control-Allow-Credentials") != "true" {
		t.Errorf("a friend's preflight: %d %v", got.status, got.header)
	}
	got = b.send(t, http.MethodOptions, "/api/v1/open", "", "Origin", "https://evil.example", "Access-Control-Request-Method", "POST")
	if got.header.Get("Access-Control-Allow-Origin") != "" {
		t.Error("a stranger's preflight is allowed")
	}
	if _, err := httpd.New(httpd.Options{Origins: []string{"friend"}}); err == nil {
		t.Error("an origin without a scheme is taken")
	}
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	now := time.Now()
	b := start(t, func(o *httpd.Options) { o.RatePerMinute, o.Now = 3, func() time.Time { return now } })
	ask := func(who string) reply {
		return b.send(t, http.MethodPost, "/api/v1/open", `{"text":"hi"}`, "Authorization", who)
	}
	for left := 2; left >= 0; left-- {
		got := ask("")
		if got.status != 200 || got.header.Get("RateLimit-Remaining") != []string{"0", "1", "2"}[left] || got.header.Get("RateLimit-Limit") != "3" {
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
}

func TestClientAddress(t *testing.T) {
	t.Parallel()
	seen := make(chan httpd.Client, 1)
	for _, c := range []struct {
		name, remote, forwarded, proto, address string
		secure                                  bool
	}{
		{"direct", "203.0.113.7:1234", "", "", "203.0.113.7", false},
		{"a stranger's header is not believed", "203.0.113.7:1234", "198.51.100.1", "https", "203.0.113.7", false},
		{"behind a proxy", "10.0.0.1:1", "198.51.100.1", "https", "198.51.100.1", true},
		{"behind two", "10.0.0.1:1", "198.51.100.1, 10.0.0.2", "http", "198.51.100.1", false},
		{"a client that writes the header itself", "10.0.0.1:1", "1.2.3.4, 198.51.100.1", "", "198.51.100.1", false},
		{"nonsense", "10.0.0.1:1", "what", "", "10.0.0.1", false},
		{"IPv6", "[2001:db8::1]:1", "", "", "2001:db8::1", false},
	} {
		s, err := httpd.New(httpd.Options{
			Log: slog.New(slog.DiscardHandler), TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")},
			Authenticate: func(r *http.Request) (actor.Actor, bool, error) {
				seen <- httpd.ClientOf(r.Context())
				return actor.Actor{}, false, nil
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/v1/nothing", nil)
		r.RemoteAddr = c.remote
		r.Header.Set("X-Forwarded-For", c.forwarded)
		r.Header.Set("X-Forwarded-Proto", c.proto)
		s.Handler().ServeHTTP(httptest.NewRecorder(), r)
		if got := <-seen; got.Address != c.address || got.Secure != c.secure {
			t.Errorf("%s: got %+v", c.name, got)
		}
	}
}
