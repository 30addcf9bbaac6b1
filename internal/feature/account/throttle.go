package account

import (
	"sync"
	"time"

	"pulse/internal/fault"
)

// How many wrong passwords are let through, for one e-mail from anywhere and
// for one address to any e-mails, and how soon another one after those. Each
// process counts for itself and forgets when it ends: with argon2 behind it,
// the count must slow a guesser down, not be exact.
const (
	accountFailures = 10
	accountRefill   = time.Minute
	networkFailures = 100
	networkRefill   = 3 * time.Second
)

// throttle allows a key so many steps at once and then one per interval (the
// generic cell rate algorithm). A step that turns out to be harmless can be
// given back, which golang.org/x/time/rate cannot do.
type throttle struct {
	burst    int
	interval time.Duration
	now      func() time.Time

	mu      sync.Mutex
	free    map[string]time.Time // when the key's steps are all there again
	sweepAt int
}

const leastSweep = 1024

func newThrottle(burst int, interval time.Duration, now func() time.Time) *throttle {
	return &throttle{burst: burst, interval: interval, now: now, free: map[string]time.Time{}, sweepAt: leastSweep}
}

// take takes a step before its outcome is known, so that many at the same
// moment are not more than many in a row. It is RateLimited when there is none.
func (t *throttle) take(key string) error {
	now := t.now()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sweep(now)
	free := t.free[key]
	if free.Before(now) {
		free = now
	}
	free = free.Add(t.interval)
	if wait := free.Sub(now) - time.Duration(t.burst)*t.interval; wait > 0 {
		f := fault.New(fault.RateLimited, "Too many wrong passwords. Wait a moment before the next one.")
		f.Type, f.RetryAfter = "too_many_sign_ins", wait
		return f
	}
	t.free[key] = free
	return nil
}

// giveBack undoes one take.
func (t *throttle) giveBack(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if free, ok := t.free[key]; ok {
		t.free[key] = free.Add(-t.interval)
	}
}

// forget gives all of the key's steps back.
func (t *throttle) forget(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.free, key)
}

// sweep drops keys whose steps are all there again, when there are many.
func (t *throttle) sweep(now time.Time) {
	if len(t.free) < t.sweepAt {
		return
	}
	for key, free := range t.free {
		if !free.After(now) {
			delete(t.free, key)
		}
	}
	t.sweepAt = max(leastSweep, 2*len(t.free))
}
