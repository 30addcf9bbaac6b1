package change

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// A feed ends after lifetime and up to as long as spread more, so that a page
// finds its way to another process now and then, and not all pages at once.
const (
	lifetime = 9 * time.Minute
	spread   = 2 * time.Minute
)

// Listener is one open feed of a person.
type Listener struct {
	feed              *Feed
	userID, sessionID string

	hints <-chan string
	stop  func()
	over  chan struct{}
	once  sync.Once
}

// Listen opens a feed of a person for one of their sessions. Of too many the
// oldest ends. Run or Close it.
func (f *Feed) Listen(userID, sessionID string) *Listener {
	l := &Listener{feed: f, userID: userID, sessionID: sessionID, over: make(chan struct{})}
	l.hints, l.stop = f.db.Subscribe(topicOf(userID))
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended {
		l.end()
	}
	if mine := f.open[userID]; len(mine) >= mostFeeds {
		for _, old := range mine[:len(mine)-mostFeeds+1] {
			old.end()
		}
	}
	f.open[userID] = append(f.open[userID], l)
	return l
}

func (l *Listener) end() { l.once.Do(func() { close(l.over) }) }

// Close ends the feed.
func (l *Listener) Close() {
	l.stop()
	l.end()
	f := l.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	f.open[l.userID] = slices.DeleteFunc(f.open[l.userID], func(o *Listener) bool { return o == l })
	if len(f.open[l.userID]) == 0 {
		delete(f.open, l.userID)
	}
}

// Run gives each hint to tell until the session is signed out, the feed is old
// enough, ctx ends or tell fails, and closes the feed. A reader who is so slow
// that hints may be lost is ended, too: it connects again and looks.
func (l *Listener) Run(ctx context.Context, tell func(Hint) error) error {
	defer l.Close()
	old := time.NewTimer(lifetime + rand.N(spread)) //nolint:gosec // no secret
	defer old.Stop()
	for {
		select {
		case payload := <-l.hints:
			lost := len(l.hints) >= cap(l.hints)-1
			for _, h := range readPayload(payload) {
				if h.Kind == signedOut {
					if h.ID == "" || h.ID == l.sessionID {
						return nil
					}
					continue
				}
				if err := tell(h); err != nil {
					return err
				}
			}
			if lost {
				return nil
			}
		case <-l.over:
			return nil
		case <-old.C:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
