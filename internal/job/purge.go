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
	for gone := int64(purgeBatch); gone == purgeBatch; {
		err := s.db.Write(ctx, func(ctx context.Context, q *query.Queries) (err error) {
			gone, err = q.PurgeJobs(ctx, query.PurgeJobsParams{UserID: userID, RowLimit: purgeBatch})
			return err
		})
		if err != nil {
			return fmt.Errorf("job: purge user %s: %w", userID, err)
		}
	}
	if err := s.purgeRaw(ctx, userID); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, q *query.Queries) error { return usage.Purge(ctx, q, userID) })
}

func (s *Service) purgeRaw(ctx context.Context, userID string) error {
	for after := ""; ; {
		page, err := s.db.Read().ListUsageEvents(ctx, query.ListUsageEventsParams{UserID: userID, AfterID: after, RowLimit: purgeBatch})
		if err != nil {
			return fmt.Errorf("job: books of user %s: %w", userID, err)
		}
		if len(page) == 0 {
			return nil
		}
		last := page[len(page)-1].ID
		err = s.db.Write(ctx, func(ctx context.Context, q *query.Queries) error { return usage.PurgeRaw(ctx, q, userID, after, last) })
		if err != nil {
			return err
		}
		after = last
	}
}
