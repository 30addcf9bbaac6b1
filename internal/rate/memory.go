package rate

import (
	"context"
	"sync"
	"time"
)

// memory keeps the times of one process.
type memory struct {
	now func() time.Time

	mu      sync.Mutex
	clients map[string]client
	sweepAt int // how many may be known before those who are as good as new are dropped
}

type client struct {
	free time.Time // when all steps are there again
	sure time.Time // until when the database need not be asked whether there is a step
}

const leastSweep = 1024

func newMemory(now func() time.Time) *memory {
	return &memory{now: now, clients: map[string]client{}, sweepAt: leastSweep}
}

func (m *memory) take(_ context.Context, l Limit, key string) (State, error) {
	now := m.now()
	m.mu.Lock()
	defer m.mu.Unlock()
	free := m.clients[key].free
	if free.Before(now) {
		free = now
	}
	if free.Sub(now)+l.Interval > l.room() {
		return stateOf(l, false, free.Sub(now)), nil
	}
	free = free.Add(l.Interval)
	m.put(now, key, client{free: free})
	return stateOf(l, true, free.Sub(now)), nil
}

func (m *memory) giveBack(_ context.Context, l Limit, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c, ok := m.clients[key]; ok {
		m.clients[key] = client{free: c.free.Add(-l.Interval)}
	}
	return nil
}

func (m *memory) forget(_ context.Context, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.clients, key)
	return nil
}

// learn keeps what the database said of a key.
func (m *memory) learn(key string, s State, sure time.Duration) {
	now := m.now()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.put(now, key, client{free: now.Add(s.Full), sure: now.Add(min(sure, s.Wait))})
}

// refused gives the state of a key of which it is known that it has no step.
func (m *memory) refused(l Limit, key string) (State, bool) {
	now := m.now()
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.clients[key]
	if !now.Before(c.sure) {
		return State{}, false
	}
	return stateOf(l, false, c.free.Sub(now)), true
}

// put keeps a client, and drops those who are as good as new when there are many.
func (m *memory) put(now time.Time, key string, c client) {
	m.clients[key] = c
	if len(m.clients) < m.sweepAt {
		return
	}
	for key, c := range m.clients {
		if !c.free.After(now) {
			delete(m.clients, key)
		}
	}
	m.sweepAt = max(leastSweep, 2*len(m.clients))
}
