package httpd_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"pulse/internal/actor"
	"pulse/internal/fault"
	"pulse/internal/httpd"
	"pulse/internal/job"
)

// note is the body of the test's own route.
type note struct {
	Text  string            `json:"text" minLength:"1" maxLength:"20"`
	Count *int64            `json:"count,omitempty" minimum:"0"`
	Inner *struct{ A bool } `json:"inner,omitempty"`
}

type bench struct {
	*httptest.Server
	handled []note // what the handler was given
	log     *bytes.Buffer
	events  func(*httpd.EventWriter) error
	fail    error
}

// start runs a server with one public route, one for the signed-in, and one
// stream. Who sends "Authorization: Bearer ada" is Ada.
func start(t *testing.T, change func(*httpd.Options)) *bench {
	t.Helper()
	b := &bench{log: &bytes.Buffer{}}
	o := httpd.Options{
		Log: slog.New(slog.NewJSONHandler(b.log, nil)), Version: "test",
		Authenticate: func(r *http.Request) (actor.Actor, bool, error) {
			switch r.Header.Get("Authorization") {
			case "Bearer ada":
				return actor.Actor{ID: "ada"}, true, nil
			case "Bearer broken":
				return actor.Actor{}, false, errors.New("secret cause")
			}
			return actor.Actor{}, false, nil
		},
		Ping: func(context.Context) error { return nil },
		Page: fstest.MapFS{
			"index.html": {Data: []byte("<p>the page</p>")}, "docs.html": {Data: []byte("<p>the docs</p>")},
			"assets/a-1.js": {Data: []byte("let a")}, "assets/a-1.js.br": {Data: []byte("brotli")}, "favicon.svg": {Data: []byte("<svg/>")},
		},
	}
	if change != nil {
		change(&o)
	}
	s, err := httpd.New(o)
	if err != nil {
		t.Fatal(err)
	}
	type in struct{ Body note }
	type out struct{ Body note }
	handle := func(_ context.Context, in *in) (*out, error) {
		b.handled = append(b.handled, in.Body)
		switch in.Body.Text {
		case "fail":
			return nil, b.fail
		case "panic":
			panic("a bug")
		}
		return &out{Body: in.Body}, nil
	}
	op := huma.Operation{OperationID: "open", Method: http.MethodPost, Path: "/api/v1/open", MaxBodyBytes: 4096}
	httpd.Register(s.API(), httpd.Public(op), handle)
	op.OperationID, op.Path = "closed", "/api/v1/closed"
	httpd.Register(s.API(), op, handle)
	httpd.Stream(s.API(), huma.Operation{OperationID: "events", Method: http.MethodGet, Path: "/api/v1/events"},
		func(context.Context, *struct{ httpd.Resume }) (func(*httpd.EventWriter) error, error) {
			return b.events, b.fail
		})
	b.Server = httptest.NewServer(s.Handler())
	t.Cleanup(b.Close)
	return b
}

type reply struct {
	status int
	header http.Header
	body   string
	fault.Problem
}

func (b *bench) send(t *testing.T, method, path, body string, headers ...string) reply {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, b.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1]) //nolint:gosec // they come in pairs
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	got := reply{status: res.StatusCode, header: res.Header, body: string(data)}
	if res.Header.Get("Content-Type") == "application/problem+json" {
		if err := json.Unmarshal(data, &got.Problem); err != nil {
			t.Fatalf("%s: %v", data, err)
		}
	}
	return got
}

func TestBodies(t *testing.T) { //nolint:tparallel // as below
	t.Parallel()
	b := start(t, nil)
	for _, c := range []struct { //nolint:paralleltest // what was handled is counted
		name, body string
		status     int
		says       string // must be in the answer
	}{
		{"good", `{"text":"hi","count":3}`, 200, `"text":"hi"`},
		{"a number beyond a float's precision", `{"text":"hi","count":9007199254740993}`, 200, `9007199254740993`},
		{"unknown field", `{"text":"hi","is_admin":true}`, 400, `body.is_admin`},
		{"other case", `{"TEXT":"hi"}`, 400, `body.TEXT`},
		{"other case beside the right one", `{"text":"hi","Text":"ho"}`, 400, `body.Text`},
		{"twice", `{"text":"hi","text":"ho"}`, 400, `has the field \"text\" twice`},
		{"twice, deeper", `{"text":"hi","inner":{"A":true,"A":false}}`, 400, `twice`},
		{"trailing", `{"text":"hi"} {"text":"ho"}`, 400, `is not JSON`},
		{"cut off", `{"text":"hi`, 400, `ends too early`},
		{"too short", `{"text":""}`, 400, `body.text`},
		{"too long", `{"text":"` + strings.Repeat("x", 21) + `"}`, 400, `body.text`},
		{"several at once", `{"text":"","count":-1}`, 400, `body.count`},
		{"wrong type", `{"text":5}`, 400, `body.text`},
		{"missing", `{}`, 400, `text`},
		{"null", `null`, 400, `body`},
		{"an array", `[]`, 400, `body`},
		{"nothing", ``, 400, `required`},
		{"U+0000", `{"text":"a\u0000b"}`, 400, `U+0000 at /text`},
		{"a backslash before u0000", `{"text":"a\\u0000b"}`, 200, `a\\u0000b`},
		{"lone surrogate", `{"text":"\ud800"}`, 400, `is not JSON`},
		{"invalid UTF-8", "{\"text\":\"\xff\"}", 400, `is not JSON`},
		{"very deep", strings.Repeat("[", 4000), 400, `is not JSON`},
		{"very large", `{"text":"` + strings.Repeat("x", 5000) + `"}`, 413, `too_large`},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := len(b.handled)
			got := b.send(t, http.MethodPost, "/api/v1/open", c.body, "Content-Type", "application/json")
			if got.status != c.status || !strings.Contains(got.body, c.says) {
				t.Errorf("got %d %s, want %d with %s", got.status, got.body, c.status, c.says)
			}
			if handled := len(b.handled) - before; handled != map[bool]int{true: 1}[c.status == 200] {
				t.Errorf("the handler ran %d times", handled)
			}
			if c.status >= 400 && (got.RequestID == "" || got.Detail == "" || got.Status != c.status) {
				t.Errorf("the problem lacks something: %s", got.body)
			}
		})
	}
}

// What ends in the middle, or is not what HTTP calls a body, is the client's
// mistake and no failure of ours.
func TestBrokenBodies(t *testing.T) {
	t.Parallel()
	b := start(t, nil)
	head := "POST /api/v1/open HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n"
	for name, rest := range map[string]string{
		"shorter than said":  "Content-Length: 100\r\n\r\n{\"text\":",
		"no chunk":           "Transfer-Encoding: chunked\r\n\r\nZZ\r\n",
		"shorter than chunk": "Transfer-Encoding: chunked\r\n\r\n64\r\n{\"te",
	} {
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", b.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write([]byte(head + rest)); err != nil {
			t.Fatal(err)
		}
		if err := conn.(*net.TCPConn).CloseWrite(); err != nil { //nolint:forcetypeassert // it was dialled as such
			t.Fatal(err)
		}
		got, err := io.ReadAll(conn)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(got), "HTTP/1.1 400 ") || !strings.Contains(string(got), "broke off") {
			t.Errorf("%s: %s", name, got)
		}
		_ = conn.Close()
	}
	if len(b.handled) > 0 || strings.Contains(b.log.String(), `"ERROR"`) {
		t.Errorf("handled %v, logged %s", b.handled, b.log)
	}
}

func FuzzBody(f *testing.F) {
	for _, seed := range []string{`{"text":"a"}`, `{"text":"\u0000"}`, `[[[`, `{"text":"a","text":1}`, `{"":1e999}`, "\xff"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := httpd.Decode[note](data, "body.input")
		if err != nil {
			if fault.From(err).Code != fault.Invalid {
				t.Fatalf("%q: %v", data, err)
			}
			return
		}
		if v.Text == "" || len([]rune(v.Text)) > 20 || strings.ContainsRune(v.Text, 0) {
			t.Fatalf("%q was taken as %q", data, v.Text)
		}
	})
}

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

func TestUnknownAddresses(t *testing.T) {
	t.Parallel()
	b := start(t, nil)
	for _, c := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{http.MethodGet, "/api/v1/nothing", 404, ""},
		{http.MethodGet, "/api/", 404, ""},
		{http.MethodGet, "/v1/nothing", 404, ""},
		{http.MethodGet, "/api/v1/open", 405, "POST"},
		{http.MethodDelete, "/api/v1/events", 405, "GET"},
		{http.MethodPost, "/", 405, "GET, HEAD"},
		{http.MethodGet, "/api/v1/%00", 400, ""},
		{http.MethodGet, "/api/v1/health?a=%00", 400, ""},
		{http.MethodGet, "/api/v1/health?a=%ff", 400, ""},
		{http.MethodGet, "/api/v1/health?surprise=1", 400, ""},
		{http.MethodGet, "/assets/nothing.js", 404, ""},
		{http.MethodGet, "/nothing.png", 404, ""},
	} {
		got := b.send(t, c.method, c.path, "")
		if got.status != c.status || got.header.Get("Allow") != c.allow || got.Status != c.status {
			t.Errorf("%s %s: got %d, Allow %q: %s", c.method, c.path, got.status, got.header.Get("Allow"), got.body)
		}
	}
	got := b.send(t, http.MethodPost, "/api/v1/open", `{"text":"hi"}`, "Idempotency-Key", "é")
	if got.status != 400 || len(got.Errors) != 1 || got.Errors[0].Location != "header.Idempotency-Key" {
		t.Errorf("a key that is no ASCII: %d %s", got.status, got.body)
	}
}

func TestPageAndHeaders(t *testing.T) {
	t.Parallel()
	b := start(t, nil)
	for _, c := range []struct{ path, encoding, body, cache string }{
		{"/", "", "<p>the page</p>", "no-cache"},
		{"/chat/0199-some-id", "", "<p>the page</p>", "no-cache"},
		{"/docs", "", "<p>the docs</p>", "no-cache"},
		{"/assets/a-1.js", "", "let a", "public, max-age=31536000, immutable"},
		{"/assets/a-1.js", "gzip, br", "brotli", "public, max-age=31536000, immutable"},
		{"/favicon.svg", "", "<svg/>", "public, max-age=3600"},
	} {
		got := b.send(t, http.MethodGet, c.path, "", "Accept-Encoding", c.encoding)
		if got.status != 200 || got.body != c.body || got.header.Get("Cache-Control") != c.cache {
			t.Errorf("%s (%q): %d %q %v", c.path, c.encoding, got.status, got.body, got.header)
		}
		csp := got.header.Get("Content-Security-Policy")
		if !strings.Contains(csp, "script-src 'self';") || got.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: headers %v", c.path, got.header)
		}
	}
	if got := b.send(t, http.MethodGet, "/api/v1/health", ""); got.status != 200 || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("health: %d %v", got.status, got.header)
	}
	// HSTS where people come by https, whoever ends it; never on somebody's own machine.
	for address, want := range map[string]bool{"": false, "http://pulse.example": false, "https://pulse.example": true} {
		b := start(t, func(o *httpd.Options) { o.PublicURL = address })
		if got := b.send(t, http.MethodGet, "/", ""); (got.header.Get("Strict-Transport-Security") != "") != want {
			t.Errorf("at %q: HSTS %q", address, got.header.Get("Strict-Transport-Security"))
		}
	}
	bare := start(t, func(o *httpd.Options) { o.Page = fstest.MapFS{"placeholder.txt": {}} })
	if got := bare.send(t, http.MethodGet, "/", ""); got.status != 404 || !strings.Contains(got.body, "make build") {
		t.Errorf("without a page: %d %s", got.status, got.body)
	}
}

func TestDatabaseHealth(t *testing.T) {
	t.Parallel()
	b := start(t, func(o *httpd.Options) { o.Ping = func(context.Context) error { return errors.New("secret cause") } })
	got := b.send(t, http.MethodGet, "/api/v1/health/db", "")
	if got.status != 503 || got.header.Get("Retry-After") == "" || strings.Contains(got.body, "secret cause") {
		t.Errorf("got %d %s", got.status, got.body)
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

func TestEvents(t *testing.T) {
	t.Parallel()
	b := start(t, nil)
	b.events = func(w *httpd.EventWriter) error {
		for i, c := range []job.Content{
			{Kind: job.EventStart, Data: []byte(`{"job_id":"j"}`)},
			{Kind: job.EventReasoning, Data: []byte("hm")},
			{Kind: job.EventText, Data: []byte("line\nbreak \"quoted\" 漢 </script>")},
			{Kind: job.EventDone, Data: []byte(`{}`)},
		} {
			if err := w.JobEvent(job.Event{Position: uint64(i + 1), Content: c}); err != nil {
				return err
			}
		}
		return nil
	}
	got := b.send(t, http.MethodGet, "/api/v1/events", "", "Authorization", "Bearer ada")
	want := "id: 1\nevent: start\ndata: {\"job_id\":\"j\"}\n\n" +
		"id: 2\nevent: delta\ndata: {\"reasoning\":\"hm\"}\n\n" +
		"id: 3\nevent: delta\ndata: {\"text\":\"line\\nbreak \\\"quoted\\\" 漢 </script>\"}\n\n" +
		"id: 4\nevent: done\ndata: {}\n\n"
	if got.status != 200 || got.header.Get("Content-Type") != "text/event-stream" || got.body != want {
		t.Errorf("got %d %q", got.status, got.body)
	}
	b.events = func(*httpd.EventWriter) error { return fault.New(fault.NotFound, "It is gone.") }
	got = b.send(t, http.MethodGet, "/api/v1/events", "", "Authorization", "Bearer ada")
	if !strings.HasPrefix(got.body, "event: error\ndata: {") || !strings.Contains(got.body, "It is gone.") {
		t.Errorf("a failing stream says %q", got.body)
	}
	for _, id := range []string{"x", "-1", "9007199254740992"} {
		if _, err := (httpd.Resume{LastEventID: id}).Position(); !fault.Is(err, fault.Invalid) {
			t.Errorf("the position %q: %v", id, err)
		}
	}
}

func TestStreamsAreCountedAndEndWithTheServer(t *testing.T) {
	t.Parallel()
	b := start(t, nil)
	b.events = func(w *httpd.EventWriter) error { <-w.Context().Done(); return w.Context().Err() }
	ctx, cancel := context.WithCancel(t.Context())
	open := make([]*http.Response, 0, 64)
	for range 64 {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, b.URL+"/api/v1/events", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer ada")
		res, err := http.DefaultTransport.RoundTrip(r) //nolint:bodyclose // below
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, res) //nolint:bodyclose // below
	}
	if got := b.send(t, http.MethodGet, "/api/v1/events", "", "Authorization", "Bearer ada"); got.status != 429 {
		t.Errorf("one too many: %d", got.status)
	}
	cancel()
	for _, res := range open {
		_, _ = bufio.NewReader(res.Body).ReadString('\n')
		_ = res.Body.Close()
	}
	b.events = func(*httpd.EventWriter) error { return nil }
	deadline := time.Now().Add(5 * time.Second)
	for b.send(t, http.MethodGet, "/api/v1/events", "", "Authorization", "Bearer ada").status != 200 {
		if time.Now().After(deadline) {
			t.Fatal("closed streams are still counted")
		}
	}
}

// A session that has ended ends its streams, and no others.
func TestStreamsEndWithTheirSession(t *testing.T) {
	t.Parallel()
	var out atomic.Bool
	b := start(t, func(o *httpd.Options) {
		known := o.Authenticate
		o.Authenticate = func(r *http.Request) (actor.Actor, bool, error) {
			if r.Header.Get("X-Test") == "leaves" && out.Load() {
				return actor.Actor{}, false, nil
			}
			if r.Header.Get("X-Test") == "database away" && out.Load() {
				return actor.Actor{}, false, errors.New("away")
			}
			return known(r)
		}
	})
	begun, ended, stop := make(chan struct{}), make(chan string, 3), make(chan struct{})
	b.events = func(w *httpd.EventWriter) error {
		begun <- struct{}{}
		select {
		case <-w.Context().Done():
			return context.Cause(w.Context())
		case <-stop:
			return w.JobEvent(job.Event{Position: 1, Content: job.Content{Kind: job.EventDone, Data: []byte(`{}`)}})
		}
	}
	for _, who := range []string{"leaves", "database away", "stays"} {
		go func() {
			got := b.send(t, http.MethodGet, "/api/v1/events", "", "Authorization", "Bearer ada", "X-Test", who)
			ended <- who + " " + got.body
		}()
		<-begun
	}
	out.Store(true)
	if got := <-ended; got != "leaves " {
		t.Errorf("the first to end: %q", got)
	}
	time.Sleep(time.Second) // the others were asked, too
	close(stop)
	for range 2 {
		if got := <-ended; !strings.Contains(got, "event: done") {
			t.Errorf("got %q", got)
		}
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	list := httpd.NewList([]string{"a", "b", "c"}, 2, func(s string) (int64, string) { return 7, s })
	if len(list.Items) != 2 || list.NextCursor == "" {
		t.Fatalf("got %+v", list)
	}
	at, id, err := httpd.Page{Cursor: list.NextCursor}.After()
	if err != nil || at != 7 || id != "b" {
		t.Errorf("got %d %q %v", at, id, err)
	}
	if list := httpd.NewList([]string{"a", "b"}, 2, func(s string) (int64, string) { return 0, s }); list.NextCursor != "" {
		t.Error("the last page has a cursor")
	}
	for _, cursor := range []string{"!", "Zm9v", "NyA", "NyAA"} {
		if _, _, err := (httpd.Page{Cursor: cursor}).After(); !fault.Is(err, fault.Invalid) {
			t.Errorf("the cursor %q: %v", cursor, err)
		}
	}
}

func BenchmarkJobEvent(b *testing.B) {
	events := func(w *httpd.EventWriter) error {
		e := job.Event{Content: job.Content{Kind: job.EventText, Data: []byte(" token")}}
		b.ReportAllocs()
		for b.Loop() {
			e.Position++
			if err := w.JobEvent(e); err != nil {
				return err
			}
		}
		return nil
	}
	s, err := httpd.New(httpd.Options{
		Log:          slog.New(slog.DiscardHandler),
		Authenticate: func(*http.Request) (actor.Actor, bool, error) { return actor.Actor{ID: "ada"}, true, nil },
	})
	if err != nil {
		b.Fatal(err)
	}
	httpd.Stream(s.API(), huma.Operation{OperationID: "events", Method: http.MethodGet, Path: "/api/v1/events"},
		func(context.Context, *struct{}) (func(*httpd.EventWriter) error, error) { return events, nil })
	r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/api/v1/events", nil)
	s.Handler().ServeHTTP(discard{}, r)
}

// discard is a client that reads at once.
type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) WriteHeader(int)             {}
func (discard) Flush()                      {}
