package httpd_test

import (
	"io"
	"log/slog"
	"net"
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

// ASVS 3.5.1, 3.4.2.
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
		{"a hostile page on a neighbour's subdomain", []string{"Origin", "https://evil.pulse.example", "Sec-Fetch-Site", "same-site"}, 403},
		{"our page's host by http", []string{"Origin", "http://pulse.example"}, 403},
		{"a name that begins like a friend's", []string{"Origin", "https://friend.example.evil.example"}, 403},
		{"a sandboxed page", []string{"Origin", "null"}, 403},
		{"no token at all", []string{"Origin", "https://evil.example", "Authorization", "Bearer "}, 403},
		{"a password in the header", []string{"Origin", "https://evil.example", "Authorization", "Basic YTpi"}, 403},
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

// CORS is for named origins, with everything that their pages need, and for
// nobody else (ASVS 3.4.2).
func TestNamedOrigins(t *testing.T) {
	t.Parallel()
	b := start(t, func(o *httpd.Options) { o.Origins = []string{"https://friend.example"} })
	for _, origin := range []string{
		"https://evil.example", "https://friend.example.evil.example", "https://evilfriend.example", "http://friend.example",
		"https://friend.example:8443", "https://FRIEND.example", "null", "*", "", "file://",
	} {
		for _, method := range []string{http.MethodOptions, http.MethodGet, http.MethodPost} {
			for _, path := range []string{"/api/v1/open", "/api/v1/closed", "/api/v1/health", "/api/v1/nothing", "/v1/models", "/openapi.json", "/", "/docs"} {
				got := b.send(t, method, path, "", "Origin", origin, "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "content-type")
				for name := range got.header {
					if strings.HasPrefix(name, "Access-Control-") {
						t.Errorf("%s %s from %q: %s: %s", method, path, origin, name, got.header.Get(name))
					}
				}
			}
		}
	}
	got := b.send(t, http.MethodOptions, "/api/v1/open", "", "Origin", "https://friend.example", "Access-Control-Request-Method", "DELETE")
	for name, want := range map[string]string{
		"Access-Control-Allow-Origin": "https://friend.example", "Access-Control-Allow-Credentials": "true", "Vary": "Origin",
		"Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE", "Access-Control-Max-Age": "600",
		"Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, Last-Event-ID, Prefer",
	} {
		if got.status != 204 || got.header.Get(name) != want {
			t.Errorf("preflight: %d, %s is %q", got.status, name, got.header.Get(name))
		}
	}
	got = b.send(t, http.MethodPost, "/api/v1/open", `{"text":"hi"}`, "Origin", "https://friend.example")
	if got.status != 200 || got.header.Get("Access-Control-Allow-Origin") != "https://friend.example" || got.header.Get("Vary") != "Origin" ||
		got.header.Get("Cross-Origin-Resource-Policy") != "cross-origin" || !strings.Contains(got.header.Get("Access-Control-Expose-Headers"), "Retry-After") {
		t.Errorf("the answer: %d %v", got.status, got.header)
	}
	// A friend reads why not, too.
	if got := b.send(t, http.MethodPost, "/api/v1/closed", "", "Origin", "https://friend.example"); got.status != 401 || got.header.Get("Access-Control-Allow-Origin") == "" {
		t.Errorf("a refusal: %d %v", got.status, got.header)
	}
}

// Every answer has the headers that keep a page from being misused, whatever is
// answered and by whom (ASVS 3.4.1–3.4.6).
func TestSecurityHeadersAreEverywhere(t *testing.T) {
	t.Parallel()
	b := start(t, func(o *httpd.Options) {
		o.PublicURL, o.RatePerMinute = "https://pulse.example", 12
	})
	for _, c := range []struct {
		method, path string
		headers      []string
		status       int
	}{
		{http.MethodGet, "/", nil, 200},
		{http.MethodGet, "/docs", nil, 200},
		{http.MethodGet, "/openapi.json", nil, 200},
		{http.MethodGet, "/assets/a-1.js", nil, 200},
		{http.MethodGet, "/nothing.png", nil, 404},
		{http.MethodPost, "/", nil, 405},
		{http.MethodGet, "//evil.example/..", nil, 307},
		{http.MethodGet, "/api/v1/health", nil, 200},
		{http.MethodGet, "/api/v1/nothing", nil, 404},
		{http.MethodGet, "/api/v1/%00", nil, 400},
		{http.MethodPost, "/api/v1/closed", nil, 401},
		{http.MethodPost, "/api/v1/closed", []string{"Authorization", "Bearer broken"}, 500},
		{http.MethodPost, "/api/v1/open", []string{"Origin", "https://evil.example"}, 403},
		{http.MethodOptions, "/api/v1/open", []string{"Origin", "https://evil.example", "Access-Control-Request-Method", "POST"}, 405},
	} {
		got := b.send(t, c.method, c.path, "", c.headers...)
		if got.status != c.status {
			t.Errorf("%s %s: %d, want %d: %s", c.method, c.path, got.status, c.status, got.body)
		}
		checkHeaders(t, c.method+" "+c.path, got)
		if at := got.header.Get("Location"); strings.HasPrefix(at, "//") || strings.Contains(at, "://") {
			t.Errorf("%s leads to %s", c.path, at)
		}
	}
	for range 20 {
		if got := b.send(t, http.MethodPost, "/api/v1/open", `{"text":"hi"}`); got.status == 429 {
			checkHeaders(t, "429", got)
			return
		}
	}
	t.Error("there was no 429")
}

func checkHeaders(t *testing.T, what string, got reply) {
	t.Helper()
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
		"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
		"Strict-Transport-Security": "max-age=31536000; includeSubDomains",
	} {
		if got.header.Get(name) != want {
			t.Errorf("%s: %s is %q", what, name, got.header.Get(name))
		}
	}
	for directive := range strings.SplitSeq(got.header.Get("Content-Security-Policy"), ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), " ")
		safe := map[string]string{
			"script-src": "'self'", "default-src": "'self'", "object-src": "'none'", "base-uri": "'none'", "frame-ancestors": "'none'",
			"form-action": "'self'", "worker-src": "'self'",
		}[name]
		if safe != "" && value != safe || name != "style-src-attr" && strings.Contains(value, "unsafe") {
			t.Errorf("%s: the policy has %s", what, directive)
		}
	}
	if got.header.Get("Content-Security-Policy") == "" || got.header.Get("X-Powered-By")+got.header.Get("Server") != "" {
		t.Errorf("%s: %v", what, got.header)
	}
}

// Who is slow to say what they want is sent away (measured: without it 800 of
// 800 such connections are held).
func TestSlowHeaders(t *testing.T) {
	t.Parallel()
	s, err := httpd.New(httpd.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	conns := make([]net.Conn, 50)
	for i := range conns {
		if conns[i], err = new(net.Dialer).DialContext(t.Context(), "tcp", l.Addr().String()); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conns[i], "GET /api/v1/health HTTP/1.1\r\nHost: x\r\nX-Slow: "); err != nil {
			t.Fatal(err)
		}
	}
	patience := time.Now().Add(15 * time.Second)
	for _, c := range conns {
		_ = c.SetReadDeadline(patience)
		if data, err := io.ReadAll(c); err != nil || strings.Contains(string(data), " 200 ") {
			t.Errorf("the connection is held: %q, %v", data, err)
		}
		_ = c.Close()
	}
	if err := s.Shutdown(t.Context(), func() {}); err != nil {
		t.Error(err)
	}
	if err := <-served; err != nil {
		t.Error(err)
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
		{"a stranger that says to be a proxy", "203.0.113.7:1234", "198.51.100.1, 10.0.0.1", "https", "203.0.113.7", false},
		{"behind a proxy", "10.0.0.1:1", "198.51.100.1", "https", "198.51.100.1", true},
		{"behind two", "10.0.0.1:1", "198.51.100.1, 10.0.0.2", "http", "198.51.100.1", false},
		{"behind many", "10.0.0.1:1", "198.51.100.1, 10.0.0.2, 10.0.0.3,10.0.0.4 ,10.0.0.5", "https", "198.51.100.1", true},
		{"nobody but proxies", "10.0.0.1:1", "10.0.0.3, 10.0.0.2", "https", "10.0.0.3", true},
		{"a client that writes the header itself", "10.0.0.1:1", "1.2.3.4, 198.51.100.1", "", "198.51.100.1", false},
		{"a client that says to be a proxy", "10.0.0.1:1", "1.2.3.4, 10.0.0.9, 198.51.100.1, 10.0.0.2", "", "198.51.100.1", false},
		{"a client that writes nonsense", "10.0.0.1:1", "<script>, 198.51.100.1", "", "198.51.100.1", false},
		{"nonsense", "10.0.0.1:1", "what", "", "10.0.0.1", false},
		{"a client that hides", "10.0.0.1:1", "unknown, 10.0.0.2", "", "10.0.0.2", false},
		{"with a port", "10.0.0.1:1", "198.51.100.1:4711", "", "198.51.100.1", false},
		{"IPv6", "[2001:db8::1]:1", "", "", "2001:db8::1", false},
		{"IPv6 behind a proxy", "10.0.0.1:1", "2001:db8::1", "", "2001:db8::1", false},
		{"IPv6 in brackets", "10.0.0.1:1", "[2001:db8::1]", "", "2001:db8::1", false},
		{"IPv6 with a port", "10.0.0.1:1", "[2001:db8::1]:4711", "", "2001:db8::1", false},
		{"IPv6 with a zone", "[fe80::1%eth0]:1", "", "", "fe80::1", false},
		{"a proxy with a zone", "[fd00::1%eth0]:1", "198.51.100.1", "https", "198.51.100.1", true},
		{"IPv4 in the clothes of IPv6", "[::ffff:203.0.113.7]:1", "", "", "203.0.113.7", false},
		{"a proxy in the clothes of IPv6", "[::ffff:10.0.0.1]:1", "::ffff:198.51.100.1", "", "198.51.100.1", false},
		{"TLS to the outermost proxy", "10.0.0.1:1", "198.51.100.1, 10.0.0.2", "https, http", "198.51.100.1", true},
		{"TLS between proxies only", "10.0.0.1:1", "198.51.100.1, 10.0.0.2", "http, https", "198.51.100.1", false},
		{"TLS that the client made up", "10.0.0.1:1", "198.51.100.1", "https, http", "198.51.100.1", false},
		{"TLS and no address", "10.0.0.1:1", "", "https", "10.0.0.1", true},
		{"no peer", "@", "198.51.100.1", "https", "@", false}, // a socket of this machine
	} {
		s, err := httpd.New(httpd.Options{
			Log:            slog.New(slog.DiscardHandler),
			TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")},
			Authenticate: func(r *http.Request) (actor.Actor, bool, error) {
				seen <- httpd.ClientOf(r.Context())
				return actor.Actor{}, false, nil
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, split := range []bool{false, true} { // a list may come as several fields
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/v1/nothing", nil)
			r.RemoteAddr = c.remote
			r.Header.Set("Forwarded", "for=192.0.2.66;proto=https") // which is nobody's to write
			r.Header.Set("X-Real-IP", "192.0.2.66")
			r.Header["X-Forwarded-For"] = []string{c.forwarded}
			if split {
				r.Header["X-Forwarded-For"] = strings.Split(c.forwarded, ",")
			}
			r.Header.Set("X-Forwarded-Proto", c.proto)
			s.Handler().ServeHTTP(httptest.NewRecorder(), r)
			if got := <-seen; got.Address != c.address || got.Secure != c.secure {
				t.Errorf("%s: got %+v", c.name, got)
			}
		}
	}
}
