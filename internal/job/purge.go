package job

import (
	"context"
	"errors"
	"fmt"

	"pulse/internal/store/query"
	"pulse/internal/usage"
)

// ErrUnfinished tells that a deleted person's jobs have not all ended: those that
// were asked to stop still settle what came.
var ErrUnfinished = errors.New("job: some have not ended yet")

// purgeBatch is how many rows go at once: on SQLite everybody waits for it.
const purgeBatch = 200

// Purge removes a deleted person's jobs with what they said, and all that was
// counted for them; the usage events stay, for the books. It is ErrUnfinished
// while a job has not ended, and can be called again and again.
func (s *Service) Purge(ctx context.Context, userID string) error {
	n, err := s.db.Read().CountUnfinishedJobs(ctx, userID)
	if err != nil {
		return fmt.Errorf("job: unfinished jobs of user %s: %w", userID, err)
	}
	if n > 0 {
		return ErrUnfinished
	}
	for _, step := range []func(ctx context.Context, q *query.Queries) (int64, error){
		func(ctx context.Context, q *query.Queries) (int64, error) {
			return q.PurgeJobs(ctx, query.PurgeJobsParams{UserID: userID, RowLimit: purgeBatch})
		},
		func(ctx context.Context, q *query.Queries) (int64, error) {
			return usage.PurgeRaw(ctx, q, userID, purgeBatch)
		},
		func(ctx context.Context, q *query.Queries) (int64, error) { return 0, usage.Purge(ctx, q, userID) },
	} {
		for n := int64(purgeBatch); n == purgeBatch; {
			err := s.db.Write(ctx, func(ctx context.Context, q *query.Queries) (err error) {
				n, err = step(ctx, q)
				return err
			})
			if err != nil {
				return fmt.Errorf("job: purge user %s: %w", userID, err)
			}
		}
	}
	return nil
}
