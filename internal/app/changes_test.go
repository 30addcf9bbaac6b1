package app

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"pulse/internal/store/storetest"
)

// listener is somebody's open change feed.
type listener struct {
	h     *house
	mu    sync.Mutex
	heard map[string]int // "kind id", and how often
	ended chan struct{}
}

// listen opens the feed and returns when it is open.
func (c *caller) listen() *listener {
	c.h.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.h.address+"/api/v1/events", nil)
	if err != nil {
		c.h.t.Fatal(err)
	}
	if c.cookie != nil {
		r.AddCookie(c.cookie)
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := http.DefaultClient.Do(r) //nolint:bodyclose // below, when it has ended
	if err != nil || res.StatusCode != http.StatusOK {
		c.h.t.Fatalf("%s listens: %v %v", c.name, res, err)
	}
	l := &listener{h: c.h, heard: map[string]int{}, ended: make(chan struct{})}
	go func() {
		defer close(l.ended)
		defer func() { _ = res.Body.Close() }()
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			data, ok := strings.CutPrefix(lines.Text(), "data: ")
			if !ok {
				continue
			}
			var hint struct {
				Kind string `json:"kind"`
				ID   string `json:"id"`
			}
			if err := json.Unmarshal([]byte(data), &hint); err == nil {
				l.mu.Lock()
				l.heard[hint.Kind+" "+hint.ID]++
				l.mu.Unlock()
			}
		}
	}()
	c.h.t.Cleanup(func() { cancel(); <-l.ended })
	time.Sleep(50 * time.Millisecond) // its headers come just before it listens
	return l
}

func (l *listener) has(hint string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.heard[hint] > 0
}

func (l *listener) hears(hint string) {
	l.h.t.Helper()
	l.h.until("the feed tells of "+hint, func() bool { return l.has(hint) })
}

func (l *listener) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.heard = map[string]int{}
}

// ends wants the feed to end within about a second.
func (l *listener) ends(why string) {
	l.h.t.Helper()
	select {
	case <-l.ended:
	case <-time.After(1500 * time.Millisecond):
		l.h.t.Errorf("the feed goes on after %s", why)
	}
}

func (l *listener) goesOn(why string) {
	l.h.t.Helper()
	select {
	case <-l.ended:
		l.h.t.Errorf("the feed has ended with %s", why)
	case <-time.After(100 * time.Millisecond):
	}
}

func (l *listener) hearsAllOf(p *caller) {
	l.h.t.Helper()
	asked := p.ask(object{"messages": said("one")})
	l.hears("conversation " + asked.ConversationID)
	l.hears("job " + asked.JobID)
	l.hears("usage " + asked.JobID)
	path := "/api/v1/conversations/" + asked.ConversationID
	time.Sleep(100 * time.Millisecond) // what the end of the answer had to tell
	for _, change := range []object{{"title": "Another"}, {"head_id": asked.Message.ID}} {
		l.forget()
		p.must(http.StatusOK, http.MethodPatch, path, change)
		l.hears("conversation " + asked.ConversationID)
	}
	l.forget()
	p.must(http.StatusNoContent, http.MethodDelete, path, nil)
	l.hears("conversation " + asked.ConversationID)
}

// A person's pages hear of what changes, and nobody else's do.
func TestChangesAreTold(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		ada, other := h.register("ada"), h.register("other")
		page, program, others := ada.listen(), ada.program().listen(), other.listen()
		page.hearsAllOf(ada)
		program.mu.Lock()
		if len(program.heard) == 0 {
			t.Error("the program has heard nothing")
		}
		program.mu.Unlock()
		others.mu.Lock()
		defer others.mu.Unlock()
		if len(others.heard) > 0 {
			t.Errorf("somebody else heard %v", others.heard)
		}
	})
}

// What is done in one process is told in the other, and so is a sign-out.
func TestChangesReachOtherProcesses(t *testing.T) {
	t.Parallel()
	url := storetest.MigratedURL(t)
	here, there := withOpenAI(t, url), withOpenAI(t, url)
	ada := here.register("ada")
	elsewhere := &caller{h: there, name: "ada", cookie: ada.cookie}
	l := elsewhere.listen()
	l.hearsAllOf(ada)
	ada.must(http.StatusNoContent, http.MethodPost, "/api/v1/auth/logout", nil)
	l.ends("the sign-out in another process")
}

// A feed ends with its session, and with no other.
func TestFeedsEndWithTheirSession(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		h.register("admin")
		grace := h.register("grace")
		second, program, third := h.signIn("grace"), grace.program(), h.signIn("grace")
		first, of2, ofProgram, of3 := grace.listen(), second.listen(), program.listen(), third.listen()
		grace.must(http.StatusNoContent, http.MethodPost, "/api/v1/auth/logout", nil)
		first.ends("its sign-out")
		program.must(http.StatusNoContent, http.MethodPost, "/api/v1/auth/logout", nil)
		ofProgram.ends("the token's end")
		got := third.do(http.MethodPost, "/api/v1/auth/login", map[string]string{"email": "grace@example.com", "password": password})
		if got.status != http.StatusOK {
			t.Fatalf("signing in again: %d", got.status)
		}
		of3.ends("a sign-in in its place")
		of2.goesOn("other sessions")
		if _, err := h.app.accounts.SetActive(t.Context(), "grace@example.com", false); err != nil {
			t.Fatal(err)
		}
		of2.ends("the deactivation")
	})
}

// Of too many feeds the oldest ends; all end at once when the process stops,
// while an answer is still being written.
func TestFeedsAreFewAndEndWithTheProcess(t *testing.T) {
	t.Parallel()
	h := withOpenAI(t, "")
	ada := h.register("ada")
	feeds := make([]*listener, 0, 21)
	for range 21 {
		feeds = append(feeds, ada.listen())
	}
	feeds[0].ends("20 newer ones")
	feeds[1].goesOn("only one too many")
	h.app.changes.End()
	for _, l := range feeds {
		l.ends("the process has begun to stop")
	}
}
