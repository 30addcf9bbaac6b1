package store

import (
	"context"
	"time"

	"pulse/internal/store/query"
)

// The steps of rate limits are PostgreSQL's only: one process on SQLite counts
// in its memory. Each is one statement outside of a transaction, and so one way
// there and back.

// TakeStep takes one of a key's steps and tells whether there was one. full is
// how long it is until all are there again, and may be at most room.
func (db *DB) TakeStep(ctx context.Context, key string, interval, room time.Duration) (full time.Duration, taken bool, err error) {
	p := query.StepParams{Key: key, Interval: interval.Microseconds(), Room: room.Microseconds()}
	for range maxTries {
		var micros int64
		micros, err = db.read.TakeStep(ctx, p)
		if err == nil {
			return time.Duration(micros) * time.Microsecond, true, nil
		}
		if NotFound(err) {
			if micros, err = db.read.LookAtSteps(ctx, key); err == nil {
				return time.Duration(micros) * time.Microsecond, false, nil
			}
		}
		if !NotFound(err) && !conflict(err) { // else it was given back, or lost, meanwhile
			break
		}
	}
	return 0, false, wrap("take a step", err)
}

// GiveStepBack undoes one step.
func (db *DB) GiveStepBack(ctx context.Context, key string, interval time.Duration) error {
	return wrap("give a step back", db.read.GiveStepBack(ctx, key, interval.Microseconds()))
}

// ForgetSteps undoes all steps of a key.
func (db *DB) ForgetSteps(ctx context.Context, key string) error {
	return wrap("forget steps", db.read.ForgetSteps(ctx, key))
}

// SweepSteps deletes up to so many keys that have all their steps again, and
// says how many.
func (db *DB) SweepSteps(ctx context.Context, batch int) (int64, error) {
	n, err := db.read.SweepSteps(ctx, batch)
	return n, wrap("sweep steps", err)
}
