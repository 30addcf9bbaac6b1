package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"pulse/internal/actor"
	"pulse/internal/httpd"
	"pulse/internal/job"
	"pulse/internal/store"
	"pulse/internal/store/query"
)

// Keeper is a room that keeps things of people.
type Keeper interface {
	// Purge removes all that the room has of a deleted person. It can be called
	// again, also when there is nothing (any more), and is job.ErrUnfinished while
	// something still has to end.
	Purge(ctx context.Context, userID string) error
	// Export adds to an archive all that the room has of the actor.
	Export(ctx context.Context, a actor.Actor, out *httpd.Archive) error
}

// Join tells which rooms keep things of people, in the order in which they can
// be removed. Before anything is served.
func (r *Room) Join(rooms ...Keeper) { r.rooms = rooms }

const (
	// purgeEvery is for what another process has deleted or left.
	purgeEvery = time.Minute
	// purgeSoon is for those whose jobs are about to end.
	purgeSoon = 500 * time.Millisecond
	// purgeMost is how many people are looked at in one go.
	purgeMost = 500
)

// Keep removes what the deleted have kept here until ctx ends: at once when they
// were deleted by this process, now and then otherwise. All processes do; what
// one has done, the others find done.
func (r *Room) Keep(ctx context.Context) {
	for {
		pause := purgeEvery
		switch unfinished, err := r.purge(ctx); {
		case ctx.Err() != nil:
			return
		case err != nil:
			r.log.ErrorContext(ctx, "what deleted people have kept cannot be removed; it is tried again", "error", err)
		case unfinished:
			pause = purgeSoon
		}
		select {
		case <-time.After(pause):
		case <-r.deleted:
		case <-ctx.Done():
			return
		}
	}
}

// purge goes through all who are deleted and still have something here. Whoever
// makes trouble does not keep the others waiting.
func (r *Room) purge(ctx context.Context) (unfinished bool, err error) {
	deleted, err := r.db.Read().UsersToPurge(ctx, purgeMost)
	if err != nil {
		return false, fmt.Errorf("account: who was deleted: %w", err)
	}
	for _, id := range deleted {
		switch one := r.purgeOne(ctx, id); {
		case errors.Is(one, job.ErrUnfinished):
			unfinished = true
		case one != nil:
			err = errors.Join(err, one)
		}
	}
	return unfinished, err
}

func (r *Room) purgeOne(ctx context.Context, userID string) error {
	// Before anything goes, since a job at its end writes to what it is about.
	n, err := r.db.Read().CountUnfinishedJobs(ctx, userID)
	if err != nil {
		return fmt.Errorf("account: jobs of deleted user %s: %w", userID, err)
	}
	if n > 0 {
		err := r.db.Write(ctx, func(ctx context.Context, q *query.Queries) error { return job.CancelAll(ctx, q, userID) })
		if err != nil {
			return fmt.Errorf("account: purge: %w", err)
		}
		return job.ErrUnfinished
	}
	for _, room := range r.rooms {
		if err := room.Purge(ctx, userID); err != nil {
			return fmt.Errorf("account: purge: %w", err)
		}
	}
	err = r.db.Write(ctx, func(ctx context.Context, q *query.Queries) (err error) {
		n, err = q.MarkPurged(ctx, query.MarkPurgedParams{ID: userID, PurgedAt: store.Millis(r.now())})
		return err
	})
	if err != nil {
		return fmt.Errorf("account: note that user %s is purged: %w", userID, err)
	}
	if n == 0 {
		return nil // another process did the same
	}
	r.log.InfoContext(ctx, "what a deleted account had kept is removed", "user_id", userID)
	return nil
}
