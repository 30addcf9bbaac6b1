package rate

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"pulse/internal/store"
)

// database keeps the times on PostgreSQL, for all processes.
type database struct{ db *store.DB }

func (d *database) take(ctx context.Context, l Limit, key string) (State, error) {
	full, taken, err := d.db.TakeStep(ctx, key, l.Interval, l.room())
	return stateOf(l, taken, full), err
}

func (d *database) giveBack(ctx context.Context, l Limit, key string) error {
	return d.db.GiveStepBack(ctx, key, l.Interval)
}

func (d *database) forget(ctx context.Context, key string) error {
	return d.db.ForgetSteps(ctx, key)
}

const (
	sweepEvery = time.Minute
	sweepBatch = 1000
)

// sweep deletes the rows of keys that are as good as new, a few at a time, so
// that nobody who takes a step meanwhile has to wait.
func (d *database) sweep(ctx context.Context, log *slog.Logger) {
	for {
		// Replicas that were started together do not sweep together.
		pause := sweepEvery + rand.N(sweepEvery/4) //nolint:gosec // jitter
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return
		}
		if err := d.sweepOnce(ctx, sweepBatch); err != nil && ctx.Err() == nil {
			log.DebugContext(ctx, "rate limits could not be tidied up", "error", err)
		}
	}
}

func (d *database) sweepOnce(ctx context.Context, batch int) error {
	for {
		n, err := d.db.SweepSteps(ctx, batch)
		if err != nil || n < int64(batch) {
			return err
		}
	}
}
