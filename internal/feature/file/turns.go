package file

import (
	"context"
	"sync"
)

// turns let one thing of a person's be done at a time.
type turns struct {
	mu sync.Mutex
	of map[string]*turn
}

type turn struct {
	place chan struct{}
	users int // who has it or waits for it; guarded by turns.mu
}

func (all *turns) enter(ctx context.Context, userID string) (leave func(), err error) {
	all.mu.Lock()
	t := all.of[userID]
	if t == nil {
		t = &turn{place: make(chan struct{}, 1)}
		all.of[userID] = t
	}
	t.users++
	all.mu.Unlock()
	forget := func() {
		all.mu.Lock()
		defer all.mu.Unlock()
		if t.users--; t.users == 0 {
			delete(all.of, userID)
		}
	}
	if err := take(ctx, t.place); err != nil {
		forget()
		return nil, err
	}
	return func() { <-t.place; forget() }, nil
}
