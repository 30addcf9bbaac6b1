package app

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"pulse/internal/config"
	"pulse/internal/provider/standin"
	"pulse/internal/store"
	"pulse/internal/store/storetest"
)

// model is one of the catalogue's that the stand-in for OpenAI serves.
const model = "gpt-6-luna"

// eachDatabase runs a test on SQLite and on PostgreSQL, with a stand-in for OpenAI.
func eachDatabase(t *testing.T, test func(t *testing.T, h *house)) {
	t.Helper()
	t.Run(store.SQLite, func(t *testing.T) { t.Parallel(); test(t, withOpenAI(t, "")) })
	t.Run(store.PostgreSQL, func(t *testing.T) { t.Parallel(); test(t, withOpenAI(t, storetest.MigratedURL(t))) })
}

func withOpenAI(t *testing.T, databaseURL string, settings ...string) *house {
	t.Helper()
	vendor := standin.NewOpenAI(nil)
	server := httptest.NewServer(vendor)
	t.Cleanup(server.Close)
	h := newHouse(t, databaseURL, append(settings, "OPENAI_BASE_URL="+server.URL+"/v1")...)
	h.vendor = vendor
	return h
}

// house is a whole Pulse that listens, with a clock of its own.
type house struct {
	t       testing.TB
	app     *App
	vendor  *standin.Server // nil: there is none
	address string
	skipped atomic.Int64 // how far the clock is ahead
}

func newHouse(t testing.TB, databaseURL string, settings ...string) *house {
	t.Helper()
	return newHouseWith(t, func(*Options) {}, databaseURL, settings...)
}

func newHouseWith(t testing.TB, change func(*Options), databaseURL string, settings ...string) *house {
	t.Helper()
	folder := t.TempDir()
	storetest.Migrated(t, folder) // unused with PostgreSQL, and where the settings name another folder
	cfg, _, err := config.Load(append([]string{
		"PULSE_DATA_DIR=" + folder, "DATABASE_URL=" + databaseURL, "PULSE_OLLAMA_URL=off", "PULSE_RATE_LIMIT=0", "PULSE_TITLES=off",
	}, settings...), folder) // of two with the same name the later one counts
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t}
	o := Options{
		Log: slog.New(slog.DiscardHandler), Version: "test",
		CacheDir: kept(),
		Now:      func() time.Time { return time.Now().Add(time.Duration(h.skipped.Load())) },
	}
	change(&o)
	h.app, err = New(t.Context(), cfg, o)
	if err != nil {
		t.Fatal(err)
	}
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h.address = "http://" + l.Addr().String()
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- h.app.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
		if err := h.app.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// caller is somebody at the door, with or without something that opens it.
type caller struct {
	h      *house
	name   string
	cookie *http.Cookie
	token  string
	keyID  string // of the API key that the token is
}

const password = "correct horse battery"

// register makes somebody who is signed in with a browser.
func (h *house) register(name string) *caller {
	h.t.Helper()
	return h.enter(name, "register", map[string]string{"email": name + "@example.com", "password": password, "full_name": name})
}

// signIn is somebody who was registered before.
func (h *house) signIn(name string) *caller {
	h.t.Helper()
	return h.enter(name, "login", map[string]string{"email": name + "@example.com", "password": password})
}

func (h *house) enter(name, how string, body any) *caller {
	h.t.Helper()
	c := &caller{h: h, name: name}
	got := c.do(http.MethodPost, "/api/v1/auth/"+how, body)
	if got.status >= http.StatusBadRequest || len(got.cookies) != 1 {
		h.t.Fatalf("%s of %s: %d %s", how, name, got.status, got.text)
	}
	c.cookie = got.cookies[0]
	return c
}

// until waits for a condition.
func (h *house) until(what string, holds func() bool) {
	h.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			h.t.Fatalf("not within 10 s: %s", what)
		}
	}
}

// program is the same person by a program, with a bearer token.
func (c *caller) program() *caller {
	c.h.t.Helper()
	out := get[struct {
		AccessToken string `json:"access_token"`
	}](&caller{h: c.h, name: c.name}, http.MethodPost, "/api/v1/auth/token", map[string]string{"email": c.name + "@example.com", "password": password})
	return &caller{h: c.h, name: c.name + "'s program", token: out.AccessToken}
}

// reply is an answer, read to its end.
type reply struct {
	status  int
	kind    string // its media type
	text    string
	cookies []*http.Cookie
	header  http.Header
}

func (c *caller) do(method, path string, body any, headers ...string) reply {
	c.h.t.Helper()
	var sent io.Reader
	if file, ok := body.(upload); ok {
		var kind string
		sent, kind = file.form(c.h.t)
		headers = append(headers, "Content-Type", kind)
	} else if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			c.h.t.Fatal(err)
		}
		sent = bytes.NewReader(data)
	}
	return c.send(http.DefaultClient.Do, method, path, sent, headers...)
}

// send sends a body as it is, by the way of by.
func (c *caller) send(by func(*http.Request) (*http.Response, error), method, path string, sent io.Reader, headers ...string) reply {
	c.h.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, c.h.address+path, sent)
	if err != nil {
		c.h.t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	if c.cookie != nil {
		r.AddCookie(c.cookie)
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := by(r)
	if err != nil {
		c.h.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		c.h.t.Fatalf("%s %s: %v", method, path, err)
	}
	return reply{res.StatusCode, res.Header.Get("Content-Type"), string(text), res.Cookies(), res.Header}
}

// must gives the text of an answer that has to have that status.
func (c *caller) must(status int, method, path string, body any) string {
	c.h.t.Helper()
	got := c.do(method, path, body)
	if got.status != status {
		c.h.t.Fatalf("%s: %s %s: %d, want %d: %s", c.name, method, path, got.status, status, got.text)
	}
	return got.text
}

// get decodes an answer that has to be good.
func get[T any](c *caller, method, path string, body any) T {
	c.h.t.Helper()
	return decode[T](c, http.StatusOK, method, path, body)
}

// decode decodes an answer with that status.
func decode[T any](c *caller, status int, method, path string, body any) T {
	c.h.t.Helper()
	var out T
	if err := json.Unmarshal([]byte(c.must(status, method, path, body)), &out); err != nil {
		c.h.t.Fatalf("%s %s: %v", method, path, err)
	}
	return out
}

// findingOf is what the doctor says of one part of a Pulse with these settings.
func findingOf(t *testing.T, part string, settings ...string) Finding {
	t.Helper()
	folder := t.TempDir()
	cfg, _, err := config.Load(append([]string{"PULSE_DATA_DIR=" + folder, "PULSE_OLLAMA_URL=off"}, settings...), folder)
	if err != nil {
		t.Fatal(err)
	}
	for f := range Examine(t.Context(), cfg) {
		if f.Part == part {
			return f
		}
	}
	t.Fatalf("the doctor says nothing of %s", part)
	return Finding{}
}
