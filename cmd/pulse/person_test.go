package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strconv"
	"strings"
	"testing"
	"time"
)

// person is somebody with a browser: a cookie jar and an address to open.
type person struct {
	t       *testing.T
	address string
	client  *http.Client
	email   string
}

const password = "correct horse battery"

func register(t *testing.T, address string) *person {
	t.Helper()
	p := &person{t, address, newBrowser(t), fmt.Sprintf("person-%d@example.com", time.Now().UnixNano())}
	p.must(201, http.MethodPost, "/api/v1/auth/register", object{"email": p.email, "password": password, "full_name": "A Person"})
	return p
}

// newBrowser keeps cookies.
func newBrowser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, Transport: transport(t)}
}

// at is the same person at another process: the session is the database's.
func (p *person) at(address string) *person {
	other := *p
	other.address = address
	return &other
}

type object = map[string]any

func (p *person) request(ctx context.Context, method, path string, body any, headers ...string) *http.Response {
	p.t.Helper()
	var reader io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			p.t.Fatal(err)
		}
		reader = strings.NewReader(string(data))
	}
	r, err := http.NewRequestWithContext(ctx, method, p.address+path, reader)
	if err != nil {
		p.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	// The jar knows one host; every process of a test is on 127.0.0.1.
	res, err := p.client.Do(r)
	if err != nil {
		p.t.Fatalf("%s %s: %v", method, path, err)
	}
	return res
}

func (p *person) call(method, path string, body any) (int, object) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), time.Minute)
	defer cancel()
	res := p.request(ctx, method, path, body)
	defer func() { _ = res.Body.Close() }()
	out := object{}
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil && res.StatusCode != http.StatusNoContent {
		p.t.Fatalf("%s %s: status %d: %v", method, path, res.StatusCode, err)
	}
	return res.StatusCode, out
}

func (p *person) must(status int, method, path string, body any) object {
	p.t.Helper()
	got, out := p.call(method, path, body)
	if got != status {
		p.t.Fatalf("%s %s: status %d, want %d: %v", method, path, got, status, out)
	}
	return out
}

func question(model, text string) object {
	return object{"model": model, "messages": []object{{"role": "user", "content": text}}}
}

// event is a Server-Sent Event as a client sees it.
type event struct {
	id   string
	kind string
	data object
}

// reading is an open stream.
type reading struct {
	t      *testing.T
	res    *http.Response
	lines  *bufio.Reader
	cancel context.CancelFunc
	lastID string
}

func (p *person) open(method, path string, body any, headers ...string) *reading {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), time.Minute)
	res := p.request(ctx, method, path, body, headers...) //nolint:bodyclose // reading.close does
	if res.StatusCode != http.StatusOK {
		data, _ := io.ReadAll(res.Body)
		cancel()
		p.t.Fatalf("%s %s: status %d: %s", method, path, res.StatusCode, data)
	}
	r := &reading{t: p.t, res: res, lines: bufio.NewReader(res.Body), cancel: cancel}
	p.t.Cleanup(r.close)
	return r
}

// follow opens a job's events after the one with that id, "" for all.
func (p *person) follow(jobID, after string) *reading {
	p.t.Helper()
	r := p.open(http.MethodGet, "/api/v1/jobs/"+jobID+"/events", nil, "Last-Event-ID", after)
	r.lastID = after
	return r
}

func (r *reading) close() { r.cancel(); _ = r.res.Body.Close() }

// next gives the next event; ok is false when the line has ended.
func (r *reading) next() (e event, ok bool) {
	for {
		line, err := r.lines.ReadString('\n')
		if err != nil {
			return event{}, false
		}
		switch name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": "); name {
		case "id":
			e.id = value
		case "event":
			e.kind = value
		case "data":
			if err := json.Unmarshal([]byte(value), &e.data); err != nil {
				r.t.Fatalf("data %q: %v", value, err)
			}
		case "":
			if e.kind == "" {
				continue // the end of a comment
			}
			r.rises(e)
			return e, true
		}
	}
}

// rises checks that ids only ever rise.
func (r *reading) rises(e event) {
	r.t.Helper()
	if e.id == "" {
		return
	}
	before, _ := strconv.ParseUint(r.lastID, 10, 64)
	now, err := strconv.ParseUint(e.id, 10, 64)
	if err != nil || now <= before {
		r.t.Fatalf("event %s has the id %q after %q", e.kind, e.id, r.lastID)
	}
	r.lastID = e.id
}

// answer is what a reader has put together from events.
type answer struct {
	text, reasoning string
	start, end      object
	kinds           []string // start, restart, done, error; deltas are left out
}

func (a *answer) take(e event) {
	switch e.kind {
	case "delta":
		text, _ := e.data["text"].(string)
		reasoning, _ := e.data["reasoning"].(string)
		a.text += text
		a.reasoning += reasoning
		return
	case "start":
		a.start = e.data
	case "restart":
		a.text, a.reasoning, a.start = "", "", e.data
	case "done", "error":
		a.end = e.data
	}
	a.kinds = append(a.kinds, e.kind)
}

func (a *answer) ended() bool { return a.end != nil }

func (a *answer) job() string { id, _ := a.start["job_id"].(string); return id }

// until reads on until the condition holds or the line ends.
func (r *reading) until(a *answer, enough func() bool) {
	for !enough() {
		e, ok := r.next()
		if !ok {
			return
		}
		a.take(e)
	}
}

// whole reads to the end of the job.
func (r *reading) whole(a *answer) {
	r.t.Helper()
	r.until(a, a.ended)
	if !a.ended() {
		r.t.Fatalf("the line ended before the answer did: %+v", a)
	}
}

func usageOf(t *testing.T, p *person) (used, reserved float64) {
	t.Helper()
	out := p.must(200, http.MethodGet, "/api/v1/users/me/usage", nil)
	meters, _ := out["meters"].([]any)
	meter, _ := meters[0].(object)
	return meter["used"].(float64), meter["reserved"].(float64) //nolint:forcetypeassert // numbers, or the test fails here
}

// numbers is what the stand-in says to "[chunks n]".
func numbers(n int) string {
	var b strings.Builder
	for i := 1; i <= n; i++ {
		b.WriteString(strconv.Itoa(i) + " ")
	}
	return b.String()
}

// eventually waits for a condition.
func eventually(t *testing.T, what string, within time.Duration, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(within); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %s: %s", within, what)
		}
	}
}
