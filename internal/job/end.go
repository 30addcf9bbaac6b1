package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"pulse/internal/change"
	"pulse/internal/fault"
	"pulse/internal/store"
	"pulse/internal/store/query"
)

// finish ends the job, and waits for a database that is away. If the lease ends
// meanwhile, another process runs the job anew and this one's fence fails.
//
// By now the vendor is paid. So when an end cannot be stored for another reason,
// a bug in a room, the job is not left to be run and paid again: it ends as
// failed and is booked, with the room's rows when they can be stored, else
// without. Only charges that cannot be booked at all go into the log instead.
func (s *Service) finish(r *Run, status Status, o Outcome) {
	r.stream.flushing.Lock()
	defer r.stream.flushing.Unlock()
	log := s.log.With("job_id", r.Job.ID, "type", r.Job.Type)
	err := s.end(r, status, o)
	for _, less := range []Outcome{{Write: o.Write, Charges: o.Charges}, {Charges: o.Charges}, {Write: o.Write}, {}} {
		if err == nil || errors.Is(err, ErrLeaseLost) || passing(err) {
			break
		}
		log.Error("the end of a job cannot be stored; it ends as failed", "error", err, "charges", o.Charges) //nolint:sloglint // the run's context has ended
		less.Err, less.Model = err, o.Model
		err = s.end(r, Failed, less)
	}
	switch {
	case errors.Is(err, ErrLeaseLost):
		log.Warn("the job has ended elsewhere or was taken over; this end is dropped") //nolint:sloglint // as above
	case err != nil:
		log.Error("ending the job failed; it will be run again when its lease ends", "error", err) //nolint:sloglint // as above
	}
}

// end ends the job in one transaction: state, the room's rows, the last events
// and the settlement. Only then do readers hear of the end. It is ErrLeaseLost
// when the job is not this run's any more.
func (s *Service) end(r *Run, status Status, o Outcome) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("job: panic at the end of job %s: %v\n%s", r.Job.ID, p, debug.Stack())
		}
	}()
	var f *fault.Error
	last, problem := Content{Kind: EventDone}, ""
	if status == Failed {
		f = fault.From(o.Err)
		if len(o.Charges) > 0 && !f.Final { // another try is paid once more
			final := *f
			final.Final = true
			f = &final
		}
		last = Content{Kind: EventError, Data: mustJSON(f.Problem(""))}
		problem = string(last.Data)
	} else {
		last.Data = mustJSON(o.Done)
	}
	result := string(mustJSON(o.Result))
	rows := r.stream.lastRows(last)
	model := r.Job.Model
	if o.Model != "" {
		model = o.Model
	}
	j := r.Job
	j.Status, j.Result, j.Error = string(status), store.Text(result), store.Text(problem)
	j.Progress, j.Model, j.LeaseOwner, j.LeaseUntil = progressOf(status, r.Job), store.Text(model), "", 0
	err = s.untilItHolds(func(ctx context.Context, q *query.Queries) error {
		j.FinishedAt = store.Millis(s.now())
		changed, err := q.FinishJob(ctx, query.FinishJobParams{
			Status: j.Status, Result: j.Result, Error: j.Error, Progress: j.Progress,
			Model: j.Model, FinishedAt: j.FinishedAt, ID: j.ID, UserID: j.UserID, Fence: j.Fence,
		})
		if err != nil {
			return err
		}
		if changed == 0 {
			return ErrLeaseLost
		}
		if o.Write != nil {
			if err := o.Write(ctx, q, status, f); err != nil {
				return err
			}
		}
		if err := insertRows(ctx, q, rows); err != nil {
			return err
		}
		// Last, because the account's other jobs wait for its counter from here on.
		return s.ledger.Settle(ctx, q, r.Job.UserID, r.Job.ID, o.Charges)
	})
	if err != nil {
		return err
	}
	r.final = &WithUsage{Job: j, Used: usedFor(o.Charges)}
	r.stream.finish(last)
	s.changed(j)
	if len(o.Charges) > 0 {
		s.feed.Told(j.UserID, change.Hint{Kind: change.Usage, ID: j.ID})
	}
	if len(rows) > 0 {
		if err := s.hub.announce(context.Background(), []string{r.Job.ID}); err != nil {
			s.log.Warn("announcing the end of a job failed; readers elsewhere find it by looking", "job_id", r.Job.ID, "error", err) //nolint:sloglint // the run's context has ended
		}
	}
	return nil
}

// changed tells the person's pages of a job that has begun or ended.
func (s *Service) changed(j Job) {
	hints := []change.Hint{{Kind: change.Job, ID: j.ID}}
	if kind, ok := s.kind(j.Type); ok && kind.Subject != "" {
		hints = append(hints, change.Hint{Kind: kind.Subject, ID: j.SubjectID})
	}
	s.feed.Told(j.UserID, hints...)
}

// How long an end waits for a database that is away, in peace and while the
// process stops. After that the job is run anew by whoever finds it.
const (
	patience        = 2 * time.Minute
	patienceAtClose = 5 * time.Second
)

// untilItHolds runs a transaction until it commits or fails for good; a
// database that is away for a moment is no reason to lose an answer.
func (s *Service) untilItHolds(fn store.TxFunc) error {
	return s.await(func(ctx context.Context) error { return s.db.Write(ctx, fn) })
}

func (s *Service) await(fn func(ctx context.Context) error) error {
	begun := time.Now()
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		err := fn(context.Background())
		if err == nil || !passing(err) {
			return err
		}
		waited := time.Since(begun)
		if waited > patience || (waited > patienceAtClose && s.isClosing()) {
			return err
		}
		time.Sleep(pause)
	}
}

// passing tells that the database may take the same thing a little later: it is
// away, or its disk is full.
func passing(err error) bool { return store.Away(err) || store.Full(err) }

func (s *Service) isClosing() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closing
}

func progressOf(status Status, j Job) int64 {
	if status == Completed {
		return 100
	}
	return j.Progress
}

// mustJSON encodes what the code itself has made; nil becomes {}.
func mustJSON(v any) []byte {
	if v == nil {
		return []byte("{}")
	}
	data, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("job: %T does not encode: %v", v, err))
	}
	return data
}
