package jobs

import "context"

// Purge removes the jobs of a deleted person and what was counted for them. It
// fails while one has not ended, and can be called again and again.
func (r *Room) Purge(ctx context.Context, userID string) error { return r.jobs.Purge(ctx, userID) }
