package httpd_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"pulse/internal/httpd"
)

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
	// Pictures from elsewhere: nowhere but in the frame for them, and that only in our own page.
	for path, want := range map[string]string{
		"/": "img-src 'self' data: blob:;", "/picture": "img-src https: http:;", "/picture/": "img-src https: http:;",
		"/picture.html": "img-src 'self' data: blob:;", "/pictures": "img-src 'self' data: blob:;",
	} {
		got := b.send(t, http.MethodGet, path, "")
		csp, mayFrame := got.header.Get("Content-Security-Policy"), got.header.Get("X-Frame-Options") == "SAMEORIGIN"
		inFrame := strings.Contains(csp, "frame-ancestors 'self'") && strings.Contains(csp, "default-src 'none';") && mayFrame
		if !strings.Contains(csp, want) || inFrame != (got.body == "<p>a picture</p>") || got.header.Get("Referrer-Policy") == "" {
			t.Errorf("%s: %q with %v", path, got.body, got.header)
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
