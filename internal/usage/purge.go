package usage

import (
	"context"
	"fmt"

	"pulse/internal/store/query"
)

// Purge removes what was counted and held for a deleted person, inside the
// caller's transaction. The usage events stay: they are the books, and tell of
// nobody once the account does not.
func Purge(ctx context.Context, q *query.Queries, userID string) error {
	if _, err := q.PurgeHolds(ctx, userID); err != nil {
		return fmt.Errorf("usage: holds of deleted user %s: %w", userID, err)
	}
	if _, err := q.PurgeCounters(ctx, userID); err != nil {
		return fmt.Errorf("usage: counters of deleted user %s: %w", userID, err)
	}
	return nil
}

// PurgeRaw empties what vendors wrote of a deleted person's usage, from behind one
// event to another. We have read the figures out of it, and cannot know what else
// is in there.
func PurgeRaw(ctx context.Context, q *query.Queries, userID, after, last string) error {
	if _, err := q.PurgeRawUsage(ctx, query.PurgeRawUsageParams{UserID: userID, AfterID: after, LastID: last}); err != nil {
		return fmt.Errorf("usage: vendors' words of deleted user %s: %w", userID, err)
	}
	return nil
}
