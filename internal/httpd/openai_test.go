package httpd_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"pulse/internal/actor"
	"pulse/internal/fault"
	"pulse/internal/httpd"
	"pulse/internal/provider"
)

// door is a server with one route of OpenAI's API, which streams when its body
// is "stream" and fails with fail.
type door struct {
	*httptest.Server

	fail  error
	first bool // it sends an event before it fails
}

type doorBody struct {
	Text *string `json:"text"`
	List []struct {
		A int `json:"a"`
	} `json:"list"`
}

func openDoor(t *testing.T, change func(*httpd.Options)) *door {
	t.Helper()
	o := httpd.Options{
		Log: slog.New(slog.DiscardHandler),
		Authenticate: func(r *http.Request) (actor.Actor, bool, error) {
			switch r.Header.Get("Authorization") {
			case "Bearer ada":
				return actor.Actor{ID: "ada"}, true, nil
			case "Bearer reads":
				return actor.Actor{ID: "ada", ByKey: true, Scopes: actor.Read}, true, nil
			}
			return actor.Actor{}, false, nil
		},
	}
	if change != nil {
		change(&o)
	}
	s, err := httpd.New(o)
	if err != nil {
		t.Fatal(err)
	}
	d := &door{}
	type in struct{ httpd.Document }
	op := httpd.Needs(huma.Operation{OperationID: "try", Method: http.MethodPost, Path: "/v1/try"}, actor.Generate)
	httpd.Either[in, doorBody, doorBody](s.API(), op, func(ctx context.Context, in *in) (httpd.Answer, error) {
		data, err := in.Read(ctx, 1<<10)
		if err != nil {
			return httpd.Answer{}, err
		}
		body, err := httpd.DecodeOpenAI[doorBody](data)
		if err != nil {
			return httpd.Answer{}, err
		}
		if body.Text == nil || *body.Text != "stream" {
			return httpd.Answer{Whole: map[string]string{"said": "whole"}}, d.fail
		}
		return httpd.Answer{Stream: func(w *httpd.EventWriter) error {
			if d.first {
				if err := w.Raw([]byte("data: 1\n\n")); err != nil {
					return err
				}
			}
			return d.fail
		}}, nil
	})
	d.Server = httptest.NewServer(s.Handler())
	t.Cleanup(d.Close)
	return d
}

// answer is an error of OpenAI's.
type answer struct {
	Error struct {
		Message string  `json:"message"`
		Type    string  `json:"type"`
		Param   *string `json:"param"`
		Code    *string `json:"code"`
	} `json:"error"`
}

func (d *door) send(t *testing.T, method, path, body string, headers ...string) (reply, answer) {
	t.Helper()
	b := &bench{Server: d.Server}
	got := b.send(t, method, path, body, headers...)
	var a answer
	text := got.body
	if _, event, ok := strings.Cut(text, `data: {"error"`); ok {
		text = `{"error"` + event
	}
	_ = json.Unmarshal([]byte(strings.TrimSpace(text)), &a) // checked by who reads it
	return got, a
}

const asAda = "Bearer ada"

// Whatever goes wrong below /v1/ is said as OpenAI's API says it, by the guards, too.
func TestErrorsAtTheDoor(t *testing.T) {
	t.Parallel()
	d := openDoor(t, nil)
	for _, c := range []struct {
		name, method, path, body, as string
		status                       int
		typ, code, param             string
	}{
		{"nobody", "POST", "/v1/try", "{}", "", 401, "invalid_request_error", "invalid_api_key", ""},
		{"a wrong key", "POST", "/v1/try", "{}", "Bearer x", 401, "invalid_request_error", "invalid_api_key", ""},
		{"a key without the scope", "POST", "/v1/try", "{}", "Bearer reads", 403, "invalid_request_error", "scope_missing", ""},
		{"an unknown route", "POST", "/v1/nothing", "{}", asAda, 404, "invalid_request_error", "", ""},
		{"another method", "GET", "/v1/try", "", asAda, 405, "invalid_request_error", "method_not_supported", ""},
		{"too large", "POST", "/v1/try", `{"text":"` + strings.Repeat("x", 2000) + `"}`, asAda, 413, "invalid_request_error", "", ""},
		{"an unknown field", "POST", "/v1/try", `{"txt":"a"}`, asAda, 400, "invalid_request_error", "unknown_parameter", "txt"},
		{"an unknown field within", "POST", "/v1/try", `{"list":[{"a":1},{"b":1}]}`, asAda, 400, "invalid_request_error", "unknown_parameter", "list[1].b"},
		{"a wrong type", "POST", "/v1/try", `{"list":[{"a":"x"}]}`, asAda, 400, "invalid_request_error", "invalid_type", "list[0].a"},
		{"a field twice", "POST", "/v1/try", `{"text":"a","text":"b"}`, asAda, 400, "invalid_request_error", "", ""},
		{"no JSON", "POST", "/v1/try", `{"text":`, asAda, 400, "invalid_request_error", "", ""},
		{"an unknown parameter", "POST", "/v1/try?x=1", `{}`, asAda, 400, "invalid_request_error", "", "query.x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, a := d.send(t, c.method, c.path, c.body, "Authorization", c.as)
			if got.status != c.status || got.header.Get("Content-Type") != "application/json" || a.Error.Message == "" ||
				a.Error.Type != c.typ || text(a.Error.Code) != c.code || text(a.Error.Param) != c.param {
				t.Errorf("got %d %s", got.status, got.body)
			}
		})
	}
	if got, _ := d.send(t, "POST", "/v1/try", `{"text":null,"list":null}`, "Authorization", asAda); got.status != 200 || got.body != "{\"said\":\"whole\"}\n" {
		t.Errorf("got %d %s", got.status, got.body)
	}
	if got, _ := d.send(t, "POST", "/v1/try", `{}`, "Authorization", asAda, "Content-Type", "text/plain"); got.status != 400 {
		t.Errorf("a text: %d %s", got.status, got.body)
	}
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// Each fault has the status, type and code that OpenAI's clients know; those that
// another try does not mend, or that would be paid twice, say so.
func TestFaultsAtTheDoor(t *testing.T) {
	t.Parallel()
	quota := fault.New(fault.Quota, "Used up.")
	quota.Extra = map[string]any{"limit": 5, "used": 4, "reserved": 1, "resets_at": "tomorrow"}
	model := fault.New(fault.NotFound, "No such model.")
	model.Type, model.Fields = "model_not_found", []fault.Field{{Location: "body.model"}}
	field := fault.BadField("body.messages[0].content", "must not be empty")
	vendor := func(k provider.Kind) error {
		e := &provider.Error{Kind: k, Provider: "openai", RetryAfter: 3 * time.Second, Cause: errors.New("secret cause")}
		return e.Fault("OpenAI")
	}
	for _, c := range []struct {
		name             string
		fail             error
		status           int
		typ, code, param string
		final            bool
	}{
		{"quota", quota, 429, "insufficient_quota", "insufficient_quota", "", true},
		{"rate", fault.New(fault.RateLimited, "Slowly."), 429, "requests", "rate_limit_exceeded", "", false},
		{"no model", model, 404, "invalid_request_error", "model_not_found", "model", false},
		{"a field", field, 400, "invalid_request_error", "", "messages[0].content", false},
		{"conflict", fault.New(fault.Conflict, "No."), 409, "invalid_request_error", "", "", true},
		{"a bug", errors.New("secret cause"), 500, "server_error", "", "", false},
		{"a deadline", context.DeadlineExceeded, 503, "server_error", "", "", false},
		{"the vendor's rate", vendor(provider.KindRateLimited), 429, "requests", "rate_limit_exceeded", "", false},
		{"overloaded", vendor(provider.KindOverloaded), 502, "server_error", "provider_overloaded", "", false},
		{"too long", vendor(provider.KindTooLong), 400, "invalid_request_error", "context_length_exceeded", "", false},
		{"our key", vendor(provider.KindAuth), 502, "server_error", "provider_auth", "", true},
		{"cut", vendor(provider.KindCut), 502, "server_error", "provider_cut", "", true},
		{"blocked", vendor(provider.KindBlocked), 400, "invalid_request_error", "content_policy_violation", "", false},
	} {
		for _, body := range []string{`{}`, `{"text":"stream"}`} {
			t.Run(c.name+body, func(t *testing.T) {
				t.Parallel()
				d := openDoor(t, nil)
				d.fail = c.fail
				got, a := d.send(t, "POST", "/v1/try", body, "Authorization", asAda)
				if got.status != c.status || got.header.Get("Content-Type") != "application/json" || a.Error.Message == "" ||
					a.Error.Type != c.typ || text(a.Error.Code) != c.code || text(a.Error.Param) != c.param {
					t.Errorf("got %d %s", got.status, got.body)
				}
				if final := got.header.Get("X-Should-Retry") == "false"; final != c.final {
					t.Errorf("final: %t", final)
				}
				if strings.Contains(got.body, "secret") {
					t.Error("the cause is shown")
				}
			})
		}
	}
	d := openDoor(t, nil)
	d.fail = quota
	if _, a := d.send(t, "POST", "/v1/try", "{}", "Authorization", asAda); a.Error.Message != "Used up. Limit: 5, used: 4, held by running requests: 1, starts anew at tomorrow." {
		t.Errorf("got %q", a.Error.Message)
	}
	// After the first event there is no status any more.
	d.first, d.fail = true, vendor(provider.KindCut)
	got, a := d.send(t, "POST", "/v1/try", `{"text":"stream"}`, "Authorization", asAda)
	if got.status != 200 || got.header.Get("Content-Type") != "text/event-stream" || !strings.HasPrefix(got.body, "data: 1\n\ndata: {") || text(a.Error.Code) != "provider_cut" {
		t.Errorf("got %d %s", got.status, got.body)
	}
}

// OpenAI's client for browsers works from an origin that the operator named.
func TestTheDoorFromAnotherOrigin(t *testing.T) {
	t.Parallel()
	const origin = "https://tools.example"
	d := openDoor(t, func(o *httpd.Options) { o.Origins = []string{origin} })
	ask := func(from string) reply {
		got, _ := d.send(t, http.MethodOptions, "/v1/try", "", "Origin", from,
			"Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "authorization,x-stainless-lang")
		return got
	}
	if got := ask(origin); got.status != http.StatusNoContent || got.header.Get("Access-Control-Allow-Headers") != "authorization,x-stainless-lang" {
		t.Errorf("got %d %v", got.status, got.header)
	}
	if got := ask("https://elsewhere.example"); got.header.Get("Access-Control-Allow-Headers") != "" || got.header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("got %d %v", got.status, got.header)
	}
}

// What a text cannot have is mended, wherever in the document it is.
func TestTextsAreMendedAtTheDoor(t *testing.T) {
	t.Parallel()
	type body struct {
		Text string
		Raw  json.RawMessage
	}
	for sent, want := range map[string]body{
		`{"Text":"a\u0000b","Raw":{"a\u0000":["\u0000",1.50,null]}}`: {"ab", json.RawMessage(`{"a":["",1.50,null]}`)},
		`{"Text":"lone \ud83d here","Raw":["\udc00"]}`:               {"lone \uFFFD here", json.RawMessage("[\"\uFFFD\"]")},
		`{"Text":"\ud83d\ude00 \\u0000","Raw":1e400}`:                {"\U0001F600 \\u0000", json.RawMessage("1e400")},
		"{\"Text\":\"bytes \xff\",\"Raw\":7}":                        {"bytes \uFFFD", json.RawMessage("7")},
	} {
		got, err := httpd.DecodeOpenAI[body]([]byte(sent))
		if err != nil || got.Text != want.Text || string(got.Raw) != string(want.Raw) {
			t.Errorf("%s became %q %s, %v", sent, got.Text, got.Raw, err)
		}
	}
	for _, sent := range []string{`{"Text":"\ud83d"`, `{"Text":"\u0000","text":1}`, `{"Text":"\u0000","Text":"\ud83d"}`, `\u0000`, `{"Text":"a"} {`} {
		if got, err := httpd.DecodeOpenAI[body]([]byte(sent)); err == nil {
			t.Errorf("%s became %+v", sent, got)
		}
	}
}

// A whole answer may take minutes; who was signed out meanwhile does not get it.
func TestWholeAnswersAreForThoseWhoAreStillIn(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	d := openDoor(t, func(o *httpd.Options) {
		o.Authenticate = func(*http.Request) (actor.Actor, bool, error) {
			switch asked.Add(1) {
			case 2:
				return actor.Actor{}, false, nil
			case 4:
				return actor.Actor{}, false, errors.New("the database is away")
			}
			return actor.Actor{ID: "ada"}, true, nil
		}
	})
	if got, a := d.send(t, "POST", "/v1/try", `{}`); got.status != http.StatusUnauthorized || text(a.Error.Code) != "invalid_api_key" {
		t.Errorf("signed out: %d %s", got.status, got.body)
	}
	if got, _ := d.send(t, "POST", "/v1/try", `{}`); got.status != http.StatusOK {
		t.Errorf("while the database cannot say: %d %s", got.status, got.body)
	}
}
