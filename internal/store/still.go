package store

import (
	"context"

	"pulse/internal/fault"
	"pulse/internal/store/query"
)

// StillActive makes sure that a person has not been deactivated or deleted since
// a request of theirs was let in; it is Unauthenticated when they have. Call it in
// the transaction that writes something of theirs, after that was written: from
// then on nobody can delete them before the transaction has ended, and whoever
// does it then finds what was written.
func StillActive(ctx context.Context, q *query.Queries, userID string) error {
	active, err := q.StillActive(ctx, userID)
	if NotFound(err) || err == nil && !active {
		return fault.New(fault.Unauthenticated, "Your account was deactivated or deleted meanwhile.")
	}
	return wrap("look whether somebody is still here", err)
}
