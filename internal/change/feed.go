// Package change tells a person's open pages that something of theirs has
// changed, in every process that shares the database.
//
// What it tells are hints: they name what to look at anew, may be merged, and
// are lost when nobody listens. Whoever connects asks for what they show.
package change

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"pulse/internal/store"
)

// Kind is what a hint is about.
type Kind string

// The kinds of hint.
const (
	Conversation Kind = "conversation"
	Job          Kind = "job"
	Usage        Kind = "usage"

	signedOut Kind = "out" // ends feeds and is not passed on; the id is the session's, empty for all
)

// Hint names what changed.
type Hint struct {
	Kind Kind
	ID   string
}

const (
	// gather is how long a person's hints are collected, so that the database
	// has one thing to pass on and not many.
	gather = 30 * time.Millisecond
	// patience is how long the database may take to pass hints on.
	patience = 5 * time.Second
	// maxPayload is how many bytes of hints go at once; the bus takes 7 000.
	maxPayload = 6000
	// mostFeeds is how many feeds one person may have open on this process.
	mostFeeds = 20
)

// Feed passes hints on. The nil Feed has nobody to tell.
type Feed struct {
	db  *store.DB
	log *slog.Logger

	mu      sync.Mutex
	pending map[string]map[Hint]struct{} // by person; each has a timer that sends them
	open    map[string][]*Listener       // by person, the oldest first
	ended   bool                         // nobody may listen any more
	closed  bool                         // nothing is passed on any more
	sending sync.WaitGroup
}

// New makes the feed of a process.
func New(db *store.DB, log *slog.Logger) *Feed {
	return &Feed{db: db, log: log, pending: map[string]map[Hint]struct{}{}, open: map[string][]*Listener{}}
}

func topicOf(userID string) string { return "user:" + userID }

// Told passes hints on to a person's feeds, soon and at no cost for the caller.
// Call it after the commit: who hears it looks at once.
func (f *Feed) Told(userID string, hints ...Hint) {
	if f == nil || len(hints) == 0 {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return
	}
	gathered, waiting := f.pending[userID]
	if !waiting {
		gathered = map[Hint]struct{}{}
		f.pending[userID] = gathered
		f.sending.Add(1)
		time.AfterFunc(gather, func() {
			defer f.sending.Done()
			f.send(userID)
		})
	}
	for _, h := range hints {
		gathered[h] = struct{}{}
	}
}

// send publishes what was gathered for a person.
func (f *Feed) send(userID string) {
	f.mu.Lock()
	hints := slices.Collect(maps.Keys(f.pending[userID]))
	delete(f.pending, userID)
	f.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for _, payload := range payloads(hints) {
		if err := f.db.Publish(ctx, topicOf(userID), payload); err != nil {
			f.log.WarnContext(ctx, "telling a person's pages of a change failed; they show it when they next look", "error", err)
			return
		}
	}
}

// payloads writes hints as "kind id" in lines, as many as one payload takes.
func payloads(hints []Hint) []string {
	var list []string
	var b strings.Builder
	for _, h := range hints {
		if b.Len() > maxPayload {
			list = append(list, b.String())
			b.Reset()
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(string(h.Kind) + " " + h.ID)
	}
	return append(list, b.String())
}

func readPayload(payload string) []Hint {
	var hints []Hint
	for line := range strings.SplitSeq(payload, "\n") {
		if kind, id, ok := strings.Cut(line, " "); ok {
			hints = append(hints, Hint{Kind(kind), id})
		}
	}
	return hints
}

// SignedOut ends the feeds of a session, in every process; of all of a
// person's sessions when it is empty. It does not gather: whoever calls it may
// be a program that ends.
func (f *Feed) SignedOut(ctx context.Context, userID, sessionID string) {
	if f == nil || userID == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if err := f.db.Publish(ctx, topicOf(userID), string(signedOut)+" "+sessionID); err != nil {
		f.log.WarnContext(ctx, "ending the feeds of a session failed; they end when they next ask who reads them", "error", err)
	}
}

// End ends all feeds of this process and lets nobody listen any more.
func (f *Feed) End() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ended = true
	for _, listeners := range f.open {
		for _, l := range listeners {
			l.end()
		}
	}
}

// Close passes on what is gathered and then nothing more. It comes before the
// database is closed.
func (f *Feed) Close() {
	f.mu.Lock()
	f.closed = true
	f.mu.Unlock()
	f.sending.Wait()
}
