package file

import (
	"context"
	"sync"
	"time"

	"pulse/internal/fault"
)

const (
	// maxUploads is how many files of one person come in at once; the others of
	// a handful that was dropped on the page wait for their turn.
	maxUploads = 4
	// maxWaiting is how many may wait.
	maxWaiting = 60
)

// queues hold each person's uploads, so that nobody takes all of the process.
type queues struct {
	mu sync.Mutex
	of map[string]*queue
}

type queue struct {
	all       *queues
	userID    string
	uploading chan struct{}
	reading   chan struct{}
	users     int // uploads that run or wait; guarded by all.mu
}

func (all *queues) enter(ctx context.Context, userID string) (*queue, error) {
	all.mu.Lock()
	q := all.of[userID]
	if q == nil {
		q = &queue{all: all, userID: userID, uploading: make(chan struct{}, maxUploads), reading: make(chan struct{}, 1)}
		all.of[userID] = q
	}
	if q.users >= maxUploads+maxWaiting {
		all.mu.Unlock()
		f := fault.New(fault.RateLimited, "You are uploading very many files at once. Wait until some are done and try again.")
		f.RetryAfter = 5 * time.Second
		return nil, f
	}
	q.users++
	all.mu.Unlock()
	if err := take(ctx, q.uploading); err != nil {
		q.forget()
		return nil, err
	}
	return q, nil
}

func (q *queue) leave() {
	<-q.uploading
	q.forget()
}

func (q *queue) forget() {
	q.all.mu.Lock()
	defer q.all.mu.Unlock()
	if q.users--; q.users == 0 {
		delete(q.all.of, q.userID)
	}
}

// take takes a place as soon as there is one.
func take(ctx context.Context, places chan struct{}) error {
	select {
	case places <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
