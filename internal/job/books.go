package job

import (
	"context"
	"fmt"
	"iter"

	"pulse/internal/actor"
	"pulse/internal/store/query"
)

const booksPage = 500

// Booked gives all that the books say of the actor's use, the oldest first; also
// of jobs that were deleted.
func (s *Service) Booked(ctx context.Context, a actor.Actor) iter.Seq2[query.UsageEvent, error] {
	return func(yield func(query.UsageEvent, error) bool) {
		for after := ""; ; {
			page, err := s.db.Read().ListUsageEvents(ctx, query.ListUsageEventsParams{UserID: a.ID, AfterID: after, RowLimit: booksPage})
			if err != nil {
				yield(query.UsageEvent{}, fmt.Errorf("job: books of user %s: %w", a.ID, err))
				return
			}
			for _, e := range page {
				if !yield(e, nil) {
					return
				}
				after = e.ID
			}
			if len(page) < booksPage {
				return
			}
		}
	}
}

// Periods gives what was counted of the actor's use, by period and meter.
func (s *Service) Periods(ctx context.Context, a actor.Actor) ([]query.QuotaCounter, error) {
	rows, err := s.db.Read().ListPeriods(ctx, a.ID)
	if err != nil {
		return nil, fmt.Errorf("job: periods of user %s: %w", a.ID, err)
	}
	return rows, nil
}
