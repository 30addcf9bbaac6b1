package httpd_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/danielgtaylor/huma/v2"

	"pulse/internal/actor"
	"pulse/internal/fault"
	"pulse/internal/httpd"
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
			"picture.html":  {Data: []byte("<p>a picture</p>")},
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
	op.OperationID, op.Path = "sign-in", "/api/v1/sign-in"
	httpd.Register(s.API(), httpd.Strict(httpd.Public(op)), handle)
	op.OperationID, op.Path = "confirm", "/api/v1/confirm"
	httpd.Register(s.API(), httpd.Strict(op), handle)
	httpd.Register(s.API(), httpd.Visited(httpd.Strict(httpd.Public(huma.Operation{
		OperationID: "visit", Method: http.MethodGet, Path: "/api/v1/visit",
	})), "/sign-in"), func(context.Context, *struct{}) (*struct{}, error) { return nil, nil }) //nolint:nilnil // 204
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

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) WriteHeader(int)             {}
func (discard) Flush()                      {}
