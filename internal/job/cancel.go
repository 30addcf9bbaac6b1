package job

import (
	"context"
	"fmt"

	"pulse/internal/actor"
	"pulse/internal/fault"
	"pulse/internal/store"
	"pulse/internal/store/query"
)

// Cancel asks the job's run to stop, wherever it is: at once when it runs here,
// by a hint otherwise, and at the latest when its process next renews its
// leases. What came until then is billed. A job that has ended already is a
// Conflict; a pending one ends here and now.
func (s *Service) Cancel(ctx context.Context, a actor.Actor, id string) (WithUsage, error) {
	var j Job
	err := s.db.Write(ctx, func(ctx context.Context, q *query.Queries) (err error) {
		j, err = q.AskCancel(ctx, query.AskCancelParams{ID: id, UserID: a.ID})
		if store.NotFound(err) {
			return refused(ctx, q, a, id, "This job has already ended.")
		}
		return err
	})
	if err != nil {
		return WithUsage{}, err
	}
	if Status(j.Status) == Pending {
		// Nobody runs it. Whoever claims it sees that it is to end; that is us, now.
		if s.claim(ctx, id, nil) {
			return s.Wait(ctx, a, id)
		}
		return s.Get(ctx, a, id)
	}
	s.cancelRun(id)
	if j.LeaseOwner != s.owner {
		if err := s.db.Publish(ctx, topicCancel, id); err != nil {
			s.log.WarnContext(ctx, "announcing a cancellation failed; it is found at the next renewal", "job_id", id, "error", err)
		}
	}
	return s.Get(ctx, a, id)
}

// Leave is Cancel for who is gone: a run in this process stops at once, however
// long the database takes to hear of it.
func (s *Service) Leave(ctx context.Context, a actor.Actor, id string) error {
	s.mu.Lock()
	if r, ok := s.running[id]; ok && r.Job.UserID == a.ID {
		r.cancel(ErrCancelled)
	}
	s.mu.Unlock()
	_, err := s.Cancel(ctx, a, id)
	return err
}

// CancelAll asks all of a person's jobs to stop, inside the caller's
// transaction. Each does when its process next renews its leases, within about
// a second; what came until then is billed.
func CancelAll(ctx context.Context, q *query.Queries, userID string) error {
	if _, err := q.AskCancelOfAll(ctx, userID); err != nil {
		return fmt.Errorf("job: cancel all jobs of user %s: %w", userID, err)
	}
	return nil
}

// refused says why a change found no job to change: the actor has none of that
// id (NotFound), or its state does not allow it (Conflict, with the message).
func refused(ctx context.Context, q *query.Queries, a actor.Actor, id, message string) error {
	_, err := q.GetJob(ctx, query.GetJobParams{ID: id, UserID: a.ID})
	if store.NotFound(err) {
		return errNotFound()
	}
	if err != nil {
		return err
	}
	return fault.New(fault.Conflict, message)
}

func (s *Service) cancelRun(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r, ok := s.running[id]; ok {
		r.cancel(ErrCancelled)
	}
}
