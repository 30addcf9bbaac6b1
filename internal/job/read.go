package job

import (
	"context"
	"fmt"
	"strings"

	"pulse/internal/actor"
	"pulse/internal/change"
	"pulse/internal/fault"
	"pulse/internal/provider"
	"pulse/internal/store"
	"pulse/internal/store/query"
	"pulse/internal/usage"
)

// WithUsage is a job and what it took.
type WithUsage struct {
	Job
	Used *Used // nil while nothing is booked
}

// Used is what a job took, over all its meters.
type Used struct {
	Tokens provider.Usage
	Cost   usage.Nanos
}

func errNotFound() error { return fault.New(fault.NotFound, "There is no such job.") }

// Get reads one of the actor's jobs, or is NotFound.
func (s *Service) Get(ctx context.Context, a actor.Actor, id string) (WithUsage, error) {
	j, err := s.db.Read().GetJob(ctx, query.GetJobParams{ID: id, UserID: a.ID})
	if store.NotFound(err) {
		return WithUsage{}, errNotFound()
	}
	if err != nil {
		return WithUsage{}, err
	}
	used, err := UsedBy(ctx, s.db.Read(), j)
	if err != nil {
		return WithUsage{}, err
	}
	w := []WithUsage{{Job: j, Used: used}}
	err = s.fillIn(ctx, w)
	return w[0], err
}

// fillIn completes the results of jobs by what their rooms know beside them.
func (s *Service) fillIn(ctx context.Context, list []WithUsage) error {
	of := map[string][]*Job{}
	for i := range list {
		of[list[i].Type] = append(of[list[i].Type], &list[i].Job)
	}
	for name, jobs := range of {
		kind, ok := s.kind(name)
		if !ok || kind.Results == nil {
			continue
		}
		if err := kind.Results(ctx, s.db.Read(), jobs); err != nil {
			return fmt.Errorf("job: results of %s: %w", name, err)
		}
	}
	return nil
}

// Filter narrows a list. Empty fields do not.
type Filter struct {
	Type     string
	Status   Status
	BeforeID string // jobs older than this one; for the next page
	Limit    int
}

// List gives the actor's jobs, the newest first.
func (s *Service) List(ctx context.Context, a actor.Actor, f Filter) ([]WithUsage, error) {
	rows, err := s.db.Read().ListJobsWithUsage(ctx, query.ListJobsWithUsageParams{
		UserID: a.ID, Type: f.Type, Status: string(f.Status), BeforeID: f.BeforeID, RowLimit: int32(min(f.Limit, 1000)), //nolint:gosec // bounded
	})
	jobs := make([]WithUsage, len(rows))
	for i, row := range rows {
		jobs[i] = WithUsage{Job: row.Job, Used: usedOf(query.UsageOfJobRow{
			CostNanos: row.CostNanos, InputTokens: row.InputTokens, CacheReadTokens: row.CacheReadTokens, CacheWriteTokens: row.CacheWriteTokens,
			OutputTokens: row.OutputTokens, ReasoningTokens: row.ReasoningTokens, Estimated: row.Estimated, Events: row.Events,
		})}
	}
	if err != nil {
		return nil, err
	}
	return jobs, s.fillIn(ctx, jobs)
}

// UsedBy reads what a job took; nil while nothing is booked.
func UsedBy(ctx context.Context, q *query.Queries, j Job) (*Used, error) {
	if !Status(j.Status).Final() { // it is booked with the end
		return nil, nil //nolint:nilnil // nothing is a good answer
	}
	row, err := q.UsageOfJob(ctx, query.UsageOfJobParams{UserID: j.UserID, JobID: j.ID})
	return usedOf(row), err
}

func usedOf(row query.UsageOfJobRow) *Used {
	if row.Events == 0 {
		return nil
	}
	return &Used{
		Cost: usage.Nanos(row.CostNanos),
		Tokens: provider.Usage{
			Input: row.InputTokens, CacheRead: row.CacheReadTokens, CacheWrite: row.CacheWriteTokens,
			Output: row.OutputTokens, Reasoning: row.ReasoningTokens, Estimated: row.Estimated == 1,
		},
	}
}

// usedFor gives what a job took by what it is charged; nil when by nothing.
func usedFor(charges []usage.Charge) *Used {
	if len(charges) == 0 {
		return nil
	}
	used := &Used{}
	for i := range charges {
		t, c := &used.Tokens, &charges[i].Tokens
		t.Input, t.CacheRead, t.CacheWrite = t.Input+c.Input, t.CacheRead+c.CacheRead, t.CacheWrite+c.CacheWrite+c.CacheWrite1h
		t.Output, t.Reasoning, t.Estimated = t.Output+c.Output, t.Reasoning+c.Reasoning, t.Estimated || c.Estimated
		used.Cost += charges[i].Cost()
	}
	return used
}

// Earlier gives all text of one kind that the last attempt before this one
// that said any has said, as far as it was stored before its process died.
func (s *Service) Earlier(ctx context.Context, j Job, kind EventKind) (string, error) {
	for fence := j.Fence - 1; fence >= 1; fence-- { // attempts are few
		rows, err := s.db.Read().JobTextOfAttempt(ctx, query.JobTextOfAttemptParams{
			JobID: j.ID, UserID: j.UserID, Kind: string(kind),
			First: int64(basePosition(fence)), Last: int64(basePosition(fence + 1)), //nolint:gosec // below 2^53
		})
		if err != nil {
			return "", fmt.Errorf("job: text of attempt %d of job %s: %w", fence, j.ID, err)
		}
		if text := joinText(rows); text != "" {
			return text, nil
		}
	}
	return "", nil
}

// joinText puts stored runs of text together; where two overlap, because the
// first was stored unknown to its writer, what they share counts once.
func joinText(rows []query.JobTextOfAttemptRow) string {
	var text strings.Builder
	var at uint64
	for _, row := range rows {
		text.Write(cut([]byte(row.Data), uint64(row.First), at)) //nolint:gosec // stored from uint64
		at = uint64(row.Last)                                    //nolint:gosec // as above
	}
	return text.String()
}

// Repeated finds the job that a request with this Idempotency-Key has started
// before. The same key with another request is a Conflict.
func (s *Service) Repeated(ctx context.Context, a actor.Actor, once Idempotency) (j Job, found bool, err error) {
	key := once.IdempotencyKey
	if key == "" {
		return Job{}, false, nil
	}
	if store.Text(key) != key {
		return Job{}, false, fault.BadField("header.Idempotency-Key", "must be plain text")
	}
	j, err = s.db.Read().GetJobByIdempotencyKey(ctx, query.GetJobByIdempotencyKeyParams{UserID: a.ID, IdempotencyKey: key})
	if store.NotFound(err) {
		return Job{}, false, nil
	}
	if err != nil {
		return Job{}, false, err
	}
	if j.RequestHash != once.RequestHash {
		f := fault.New(fault.Conflict, "This Idempotency-Key was used for a different request. Use a new key.")
		f.Type = "idempotency_mismatch"
		return Job{}, false, f
	}
	return j, true, nil
}

// Once gives the job that the request has started before, or lets start make
// it. What start says is a Conflict may be one with the same request, sent twice
// at the same moment: then it is that one's job.
func (s *Service) Once(ctx context.Context, a actor.Actor, once Idempotency, start func() (Job, error)) (Job, error) {
	if j, found, err := s.Repeated(ctx, a, once); err != nil || found {
		return j, err
	}
	j, err := start()
	if !fault.Is(err, fault.Conflict) {
		return j, err
	}
	if j, found, rerr := s.Repeated(ctx, a, once); rerr != nil || found {
		return j, rerr
	}
	return Job{}, err
}

// Delete removes a job that has ended, with its events and what its room keeps
// for it, such as files. The usage events stay: they are the books. A running job
// is a Conflict.
func (s *Service) Delete(ctx context.Context, a actor.Actor, id string) error {
	var then func(context.Context)
	remove := func(ctx context.Context, q *query.Queries) error {
		j, err := q.DeleteJob(ctx, query.DeleteJobParams{ID: id, UserID: a.ID})
		if store.NotFound(err) {
			return refused(ctx, q, a, id, "This job is still running. Cancel it first, then delete it.")
		}
		if err != nil {
			return err
		}
		if kind, ok := s.kind(j.Type); ok && kind.Deleted != nil {
			then, err = kind.Deleted(ctx, q, j)
		}
		return err
	}
	err := s.db.Write(ctx, remove)
	if store.Dangling(err) { // a message has taken a file of it in this moment, and keeps it
		err = s.db.Write(ctx, remove)
	}
	if err != nil {
		return err
	}
	if then != nil {
		then(context.WithoutCancel(ctx))
	}
	s.feed.Told(a.ID, change.Hint{Kind: change.Job, ID: id})
	return nil
}

// Receipt reads what the books say of a job, one event a meter.
func (s *Service) Receipt(ctx context.Context, a actor.Actor, id string) ([]query.UsageEvent, error) {
	return s.db.Read().ListUsageEventsByJob(ctx, query.ListUsageEventsByJobParams{UserID: a.ID, JobID: id})
}

// SubmitKind starts a job of a type from outside input (POST /api/v1/jobs).
func (s *Service) SubmitKind(ctx context.Context, a actor.Actor, once Idempotency, kind string, input []byte) (Job, error) {
	k, ok := s.kind(kind)
	if !ok || k.Submit == nil {
		return Job{}, fault.BadField("body.type", "is no type of job; see the list in the documentation")
	}
	// Before the input is looked at, since what it fits may have changed.
	return s.Once(ctx, a, once, func() (Job, error) { return k.Submit(ctx, a, once, input) })
}

// Again starts a new job that does what a failed or cancelled one should have done.
func (s *Service) Again(ctx context.Context, a actor.Actor, once Idempotency, id string) (Job, error) {
	return s.Once(ctx, a, once, func() (Job, error) {
		w, err := s.Get(ctx, a, id)
		if err != nil {
			return Job{}, err
		}
		k, ok := s.kind(w.Type)
		if st := Status(w.Status); !ok || k.Again == nil || st != Failed && st != Cancelled {
			return Job{}, fault.New(fault.Conflict, "Only a job that failed or was cancelled can be tried again.")
		}
		return k.Again(ctx, a, once, w.Job)
	})
}

// Left is the fault that Submit would give when nothing of a meter is left for the
// actor, so that nobody works for a request that ends with it.
func (s *Service) Left(ctx context.Context, a actor.Actor, meter usage.Meter) error {
	return s.ledger.Left(ctx, s.db.Read(), a, meter)
}
