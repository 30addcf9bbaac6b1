package httpd_test

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"pulse/internal/fault"
	"pulse/internal/httpd"
)

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
