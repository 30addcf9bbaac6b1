package chat

import (
	"context"
	"fmt"

	"pulse/internal/store/query"
)

// purgeBatch is how many conversations go at once: on SQLite everybody waits for it.
const purgeBatch = 20

// Purge removes the conversations of a deleted person, with their messages and
// what can be searched of them. It can be called again and again.
func (r *Room) Purge(ctx context.Context, userID string) error {
	for n := int64(purgeBatch); n == purgeBatch; {
		err := r.db.Write(ctx, func(ctx context.Context, q *query.Queries) (err error) {
			n, err = q.PurgeConversations(ctx, query.PurgeConversationsParams{UserID: userID, RowLimit: purgeBatch})
			return err
		})
		if err != nil {
			return fmt.Errorf("chat: purge user %s: %w", userID, err)
		}
	}
	return nil
}
