package change_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"pulse/internal/change"
	"pulse/internal/store"
	"pulse/internal/store/storetest"
)

// ear is an open feed and what it has heard.
type ear struct {
	mu    sync.Mutex
	heard []change.Hint
	ended chan error
}

func listen(t *testing.T, f *change.Feed, userID, sessionID string) *ear {
	t.Helper()
	e := &ear{ended: make(chan error, 1)}
	l := f.Listen(userID, sessionID)
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	go func() {
		e.ended <- l.Run(ctx, func(h change.Hint) error {
			e.mu.Lock()
			defer e.mu.Unlock()
			e.heard = append(e.heard, h)
			return nil
		})
	}()
	return e
}

func (e *ear) all() []change.Hint {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.heard)
}

func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within 10 s: %s", what)
		}
	}
}

// awake waits until the database passes hints on: PostgreSQL begins to listen
// a moment after it was opened.
func awake(t *testing.T, db *store.DB) {
	t.Helper()
	hints, stop := db.Subscribe("awake")
	defer stop()
	until(t, "the database passes hints on", func() bool {
		if err := db.Publish(t.Context(), "awake", "?"); err != nil {
			t.Fatal(err)
		}
		select {
		case <-hints:
			return true
		case <-time.After(20 * time.Millisecond):
			return false
		}
	})
}

// ends waits for the end of a feed.
func (e *ear) ends(t *testing.T) {
	t.Helper()
	select {
	case err := <-e.ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the feed goes on")
	}
}

// The same told often at once is heard once; much told at once is all heard,
// also where one payload does not hold it; and only by whom it concerns.
func TestToldIsMerged(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		t.Helper()
		awake(t, db)
		f := change.New(db, slog.New(slog.DiscardHandler))
		ada, other := listen(t, f, "ada", "s"), listen(t, f, "other", "s")
		for range 100 {
			f.Told("ada", change.Hint{Kind: change.Job, ID: "j"})
		}
		f.Close() // nothing that was told before is lost
		until(t, "it is heard", func() bool { return len(ada.all()) > 0 })
		time.Sleep(100 * time.Millisecond)
		if got := ada.all(); len(got) != 1 || got[0] != (change.Hint{Kind: change.Job, ID: "j"}) {
			t.Errorf("heard %v", got)
		}
		f.Told("ada", change.Hint{Kind: change.Job, ID: "late"})

		f = change.New(db, slog.New(slog.DiscardHandler))
		many := make(map[string]bool, 1000)
		for range 1000 {
			id := store.NewID()
			many[id] = true
			f.Told("ada", change.Hint{Kind: change.Conversation, ID: id})
		}
		f.Close()
		until(t, "all are heard", func() bool { return len(ada.all()) == 1001 })
		for _, h := range ada.all()[1:] {
			if !many[h.ID] || h.Kind != change.Conversation {
				t.Errorf("heard %v", h)
			}
			delete(many, h.ID)
		}
		if got := other.all(); len(got) > 0 {
			t.Errorf("somebody else heard %v", got)
		}
	})
}

// A feed ends with its session, of too many the oldest does, and all do with
// the process. None of that is told as a change.
func TestFeedsEnd(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		t.Helper()
		awake(t, db)
		f := change.New(db, slog.New(slog.DiscardHandler))
		one, two := listen(t, f, "ada", "1"), listen(t, f, "ada", "2")
		f.SignedOut(t.Context(), "ada", "1")
		one.ends(t)
		f.SignedOut(t.Context(), "other", "")
		f.SignedOut(t.Context(), "", "")
		f.Told("ada", change.Hint{Kind: change.Usage, ID: "u"})
		until(t, "the other session's goes on", func() bool { return len(two.all()) == 1 })
		f.SignedOut(t.Context(), "ada", "")
		two.ends(t)
		if got := one.all(); len(got) > 0 {
			t.Errorf("the signed-out one heard %v", got)
		}

		feeds := make([]*ear, 0, 25)
		for range 25 {
			feeds = append(feeds, listen(t, f, "ada", "3"))
		}
		for _, e := range feeds[:5] {
			e.ends(t)
		}
		f.Told("ada", change.Hint{Kind: change.Job, ID: "j"})
		for _, e := range feeds[5:] {
			until(t, "the newer ones go on", func() bool { return len(e.all()) == 1 })
		}
		f.End()
		for _, e := range feeds[5:] {
			e.ends(t)
		}
		listen(t, f, "ada", "3").ends(t) // nobody may listen any more
		f.Close()
	})
}

// A reader who goes away, or is so slow that hints were lost, is let go.
func TestReadersWhoDoNotRead(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		t.Helper()
		awake(t, db)
		f := change.New(db, slog.New(slog.DiscardHandler))
		gone := errors.New("gone")
		l := f.Listen("ada", "s")
		f.Told("ada", change.Hint{Kind: change.Job, ID: "j"})
		if err := l.Run(t.Context(), func(change.Hint) error { return gone }); !errors.Is(err, gone) {
			t.Errorf("a broken line: %v", err)
		}
		slow := f.Listen("ada", "s")
		for range 200 { // not gathered, so each is a payload of its own
			f.SignedOut(t.Context(), "ada", "another")
		}
		time.Sleep(200 * time.Millisecond)
		ended := make(chan error, 1)
		go func() { ended <- slow.Run(t.Context(), func(change.Hint) error { return nil }) }()
		select {
		case err := <-ended:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(5 * time.Second):
			t.Error("who has lost hints goes on as if they had none")
		}
		f.Close()
	})
}

// Nobody to tell is no failure.
func TestNoFeed(t *testing.T) {
	t.Parallel()
	var f *change.Feed
	f.Told("ada", change.Hint{Kind: change.Job, ID: "j"})
	f.SignedOut(t.Context(), "ada", "")
}
