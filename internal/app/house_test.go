package app

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pulse/internal/config"
	"pulse/internal/store"
	"pulse/internal/store/storetest"
)

// eachDatabase runs a test on SQLite and on PostgreSQL.
func eachDatabase(t *testing.T, test func(t *testing.T, h *house)) {
	t.Helper()
	t.Run(store.SQLite, func(t *testing.T) { t.Parallel(); test(t, newHouse(t, "")) })
	t.Run(store.PostgreSQL, func(t *testing.T) { t.Parallel(); test(t, newHouse(t, storetest.PostgresURL(t))) })
}

// house is a whole Pulse that listens, with a clock of its own.
type house struct {
	t       *testing.T
	app     *App
	address string
	skipped atomic.Int64 // how far the clock is ahead
}

func newHouse(t *testing.T, databaseURL string, settings ...string) *house {
	t.Helper()
	folder := t.TempDir()
	cfg, _, err := config.Load(append([]string{
		"PULSE_DATA_DIR=" + folder, "DATABASE_URL=" + databaseURL, "PULSE_OLLAMA_URL=off", "PULSE_RATE_LIMIT=0",
	}, settings...), folder)
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t}
	h.app, err = New(t.Context(), cfg, Options{
		Log: slog.New(slog.DiscardHandler), Version: "test",
		Now: func() time.Time { return time.Now().Add(time.Duration(h.skipped.Load())) },
	})
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
}

const password = "correct horse battery"

// register makes somebody who is signed in with a browser.
func (h *house) register(name string) *caller {
	h.t.Helper()
	c := &caller{h: h, name: name}
	res := c.do(http.MethodPost, "/api/v1/auth/register", map[string]string{"email": name + "@example.com", "password": password, "full_name": name})
	if res.StatusCode != http.StatusCreated || len(res.Cookies()) != 1 {
		h.t.Fatalf("registering %s: %s %v", name, res.Status, res.Cookies())
	}
	c.cookie = res.Cookies()[0]
	return c
}

// program is the same person by a program, with a bearer token.
func (c *caller) program() *caller {
	c.h.t.Helper()
	var out struct {
		AccessToken string `json:"access_token"`
	}
	res := (&caller{h: c.h}).do(http.MethodPost, "/api/v1/auth/token", map[string]string{"email": c.name + "@example.com", "password": password})
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil || out.AccessToken == "" {
		c.h.t.Fatalf("token for %s: %s, %v", c.name, res.Status, err)
	}
	return &caller{h: c.h, name: c.name + "'s program", token: out.AccessToken}
}

// do sends a request and reads the whole answer.
func (c *caller) do(method, path string, body any) *http.Response {
	c.h.t.Helper()
	var sent io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			c.h.t.Fatal(err)
		}
		sent = bytes.NewReader(data)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, c.h.address+path, sent)
	if err != nil {
		c.h.t.Fatal(err)
	}
	if c.cookie != nil {
		r.AddCookie(c.cookie)
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		c.h.t.Fatalf("%s %s: %v", method, path, err)
	}
	data, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if err != nil {
		c.h.t.Fatalf("%s %s: %v", method, path, err)
	}
	res.Body = io.NopCloser(bytes.NewReader(data))
	return res
}

// text gives an answer's body; it fails when the status is another.
func (c *caller) text(status int, method, path string, body any) string {
	c.h.t.Helper()
	res := c.do(method, path, body)
	data, _ := io.ReadAll(res.Body)
	if res.StatusCode != status {
		c.h.t.Fatalf("%s: %s %s: %s, want %d: %s", c.name, method, path, res.Status, status, data)
	}
	return string(data)
}

// get decodes an answer.
func get[T any](c *caller, status int, method, path string, body any) T {
	c.h.t.Helper()
	var out T
	if err := json.NewDecoder(strings.NewReader(c.text(status, method, path, body))).Decode(&out); err != nil {
		c.h.t.Fatalf("%s %s: %v", method, path, err)
	}
	return out
}
