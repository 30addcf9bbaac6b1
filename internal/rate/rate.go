// Package rate bounds how often something is done, by the generic cell rate
// algorithm: so many steps at once, and then one per interval. All that is kept
// of a key is one time, when its steps are all there again.
//
// One process counts in its memory. Several on one PostgreSQL count there, in
// one statement a step and by the database's clock, so that together they give
// exactly what one would. While the database does not answer, each goes on by
// itself from where it was.
package rate

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"log/slog"
	"time"

	"pulse/internal/store"
)

// Limit says how often.
type Limit struct {
	Name     string        // what is counted; each name counts for itself
	Burst    int           // how many steps at once, at least 1
	Interval time.Duration // how soon another one after those, in whole microseconds
}

// PerMinute allows n steps at once, which come back evenly within a minute.
func PerMinute(name string, n int) Limit {
	return Limit{Name: name, Burst: n, Interval: max((time.Minute / time.Duration(n)).Truncate(time.Microsecond), time.Microsecond)}
}

// room is how far ahead the time when all steps are there may be.
func (l Limit) room() time.Duration { return time.Duration(l.Burst) * l.Interval }

// State is where a key stands after a try to take a step.
type State struct {
	Taken bool
	Left  int           // steps that can be taken now
	Wait  time.Duration // until there is one; 0 when one was taken
	Full  time.Duration // until all are there again
}

// stateOf says where a key stands whose steps are all there again after a time.
func stateOf(l Limit, taken bool, full time.Duration) State {
	s := State{Taken: taken, Full: max(0, full)}
	s.Left = int(max(0, l.room()-s.Full) / l.Interval)
	if !taken {
		s.Wait = max(time.Microsecond, s.Full+l.Interval-l.room())
	}
	return s
}

// keeper is where the times are kept. A key has come through keyOf.
type keeper interface {
	take(ctx context.Context, l Limit, key string) (State, error)
	// giveBack undoes one step, forget all of them.
	giveBack(ctx context.Context, l Limit, key string) error
	forget(ctx context.Context, key string) error
}

// Options are what limits work with.
type Options struct {
	DB  *store.DB        // nil, or SQLite: they are kept in memory
	Log *slog.Logger     // nil: nobody is told
	Now func() time.Time // the clock of those in memory; nil: time.Now
}

// Limits keeps all limits of a process.
type Limits struct {
	keeper keeper
	sweep  func(context.Context)
}

// New makes them.
func New(o Options) *Limits {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.DB == nil || o.DB.Dialect() != store.PostgreSQL {
		return &Limits{keeper: newMemory(o.Now), sweep: func(context.Context) {}}
	}
	d := &database{o.DB}
	return &Limits{keeper: newShared(d, o.Log), sweep: func(ctx context.Context) { d.sweep(ctx, o.Log) }}
}

// Keep tidies up until ctx ends.
func (l *Limits) Keep(ctx context.Context) { l.sweep(ctx) }

// Limiter gives the way to one limit.
func (l *Limits) Limiter(limit Limit) *Limiter { return &Limiter{limit, l.keeper} }

// Limiter counts one limit, a key at a time. Its methods do not fail: what
// cannot be counted together is counted by this process.
type Limiter struct {
	Limit

	keeper keeper
}

// Take takes a step before the outcome is known, so that many at the same moment
// are not more than many in a row.
func (l *Limiter) Take(ctx context.Context, key string) State {
	s, err := l.keeper.take(ctx, l.Limit, l.keyOf(key))
	if err != nil { // no keeper of ours says so; if one did, nobody should be shut out by it
		return State{Taken: true, Left: l.Burst}
	}
	return s
}

// GiveBack undoes one step, which turned out to be harmless.
func (l *Limiter) GiveBack(ctx context.Context, key string) {
	_ = l.keeper.giveBack(ctx, l.Limit, l.keyOf(key)) // as Take
}

// Forget gives all of the key's steps back.
func (l *Limiter) Forget(ctx context.Context, key string) {
	_ = l.keeper.forget(ctx, l.keyOf(key)) // as Take
}

// keyOf makes what is kept: of one length whatever a client sends, and no list
// of addresses and e-mails.
func (l *Limiter) keyOf(key string) string {
	sum := sha256.Sum256([]byte(key))
	return l.Name + " " + base64.RawURLEncoding.EncodeToString(sum[:18])
}
