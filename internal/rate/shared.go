package rate

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"
)

const (
	// answerTime is how long the database may take to answer before this process
	// goes by its own count. It takes a thousandth of that, but for a busy machine
	// on which the count shall hold, too.
	answerTime = time.Second
	// awayTime is how long it is then left alone. So of those who ask meanwhile
	// nobody waits, but for one in that time.
	awayTime = 2 * time.Second
	// sureTime is how long a key without a step is refused without asking again:
	// who floods us does not flood the database. Who gave a step back at another
	// process waits that much longer.
	sureTime = time.Second
	// together is how many may ask the database at once: the pool is for more
	// than this.
	together = 8
	// logEvery is how often it is said that the database does not answer.
	logEvery = time.Minute
)

// shared asks the database, and mirrors its answers in memory for when it does
// not answer.
type shared struct {
	database keeper
	mirror   *memory
	slots    chan struct{}
	begun    time.Time
	away     atomic.Int64 // until when the database is not asked, since begun; 0: it answers
	logged   atomic.Int64 // when it was last said, since begun; 0: never
	log      *slog.Logger
}

func newShared(database keeper, log *slog.Logger) *shared {
	// The mirror goes by the real time, as the database does.
	return &shared{database: database, mirror: newMemory(time.Now), slots: make(chan struct{}, together), begun: time.Now(), log: log}
}

func (s *shared) take(ctx context.Context, l Limit, key string) (State, error) {
	var state State
	known := false
	asked := s.ask(ctx, func() bool {
		state, known = s.mirror.refused(l, key)
		return !known
	}, func(ctx context.Context) (err error) {
		state, err = s.database.take(ctx, l, key)
		return err
	})
	switch {
	case known:
		return state, nil
	case !asked:
		return s.mirror.take(ctx, l, key)
	}
	s.mirror.learn(key, state, sureTime)
	return state, nil
}

// A step that the database could not be told of comes back by itself.
func (s *shared) giveBack(ctx context.Context, l Limit, key string) error {
	s.ask(ctx, always, func(ctx context.Context) error { return s.database.giveBack(ctx, l, key) })
	return s.mirror.giveBack(ctx, l, key)
}

func (s *shared) forget(ctx context.Context, key string) error {
	s.ask(ctx, always, func(ctx context.Context) error { return s.database.forget(ctx, key) })
	return s.mirror.forget(ctx, key)
}

func always() bool { return true }

// ask asks the database if that is still needed when it is this one's turn, and
// tells whether it answered. The time for the turn is not the database's: it
// answers hundreds within it. When it does not, all who wait are let go.
func (s *shared) ask(ctx context.Context, needed func() bool, question func(context.Context) error) bool {
	if !needed() {
		return false
	}
	select {
	case s.slots <- struct{}{}:
	case <-ctx.Done(): // the client is gone
		return false
	}
	defer func() { <-s.slots }()
	if !needed() || !s.usable() {
		return false
	}
	// A client that hangs up in the middle must not cost a connection.
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerTime)
	defer cancel()
	if err := question(within); err != nil {
		s.gone(ctx, err)
		return false
	}
	s.away.Store(0)
	return true
}

// usable tells whether the database is to be asked. While it is away, one in a
// while finds out whether it is back.
func (s *shared) usable() bool {
	until, now := s.away.Load(), int64(time.Since(s.begun))
	return until == 0 || now >= until && s.away.CompareAndSwap(until, now+int64(awayTime))
}

func (s *shared) gone(ctx context.Context, err error) {
	now := int64(time.Since(s.begun))
	s.away.Store(now + int64(awayTime))
	last := s.logged.Load()
	if (last == 0 || now-last > int64(logEvery)) && s.logged.CompareAndSwap(last, now) {
		s.log.WarnContext(ctx, "the database does not say how often clients asked; this process goes by its own count until it does", "error", err)
	}
}
