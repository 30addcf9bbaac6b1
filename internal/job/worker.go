package job

import (
	"context"
	"time"

	"pulse/internal/store"
	"pulse/internal/store/query"
)

// keepEvents is how long the events of a finished job are kept. Later readers
// get them from the job's result (Kind.Replay).
const keepEvents = 15 * time.Minute

// Start begins to look for due and orphaned jobs, to renew leases and to store
// events, until Stop.
func (s *Service) Start() {
	ctx, cancel := context.WithCancel(context.Background())
	s.stopLoops = cancel
	for _, loop := range []func(context.Context){s.hub.loop, s.leaseLoop, s.claimLoop, s.hintLoop, s.sweepLoop} {
		s.loops.Go(func() { loop(ctx) })
	}
}

// Stop takes no new jobs, lets the running ones end until ctx does, and hands
// the rest over to other processes (or to this one's next life).
func (s *Service) Stop(ctx context.Context) {
	s.mu.Lock()
	s.closing = true
	s.mu.Unlock()
	ended := make(chan struct{})
	go func() { s.runs.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-ctx.Done():
		s.mu.Lock()
		for _, r := range s.running {
			r.cancel(ErrHandover)
		}
		s.mu.Unlock()
		<-ended
	}
	s.stopLoops()
	s.loops.Wait()
}

// every calls fn now and then until ctx ends.
func every(ctx context.Context, pause time.Duration, fn func(ctx context.Context)) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		fn(ctx)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// leaseLoop renews the leases of this process's jobs, and learns what others
// asked of them: a lease that was lost, or a cancellation whose hint was lost.
func (s *Service) leaseLoop(ctx context.Context) {
	lastGood := s.now()
	every(ctx, s.lease/6, func(ctx context.Context) {
		s.mu.Lock()
		mine := make(map[string]*Run, len(s.running))
		for id, r := range s.running {
			mine[id] = r
		}
		s.mu.Unlock()
		if len(mine) == 0 {
			lastGood = s.now()
			return
		}
		var renewed []query.RenewLeasesRow
		begun := s.now()
		wctx, cancel := context.WithTimeout(ctx, s.lease)
		defer cancel()
		err := s.db.Write(wctx, func(ctx context.Context, q *query.Queries) (err error) {
			renewed, err = q.RenewLeases(ctx, query.RenewLeasesParams{
				LeaseUntil: store.Millis(begun.Add(s.lease)), LeaseOwner: s.owner,
			})
			return err
		})
		if err != nil {
			s.log.WarnContext(ctx, "renewing leases failed", "error", err, "since", s.now().Sub(lastGood))
			return // the fence decides; what is running may still end well
		}
		lastGood = begun
		for _, l := range renewed {
			r, ok := mine[l.ID]
			if !ok {
				continue
			}
			if l.Fence == r.Job.Fence {
				delete(mine, l.ID)
			}
			if l.CancelAsked {
				r.cancel(ErrCancelled)
			}
		}
		for _, r := range mine { // not ours any more, or ended just now
			r.cancel(ErrLeaseLost)
		}
	})
}

// claimLoop runs due jobs and those whose process died.
func (s *Service) claimLoop(ctx context.Context) {
	slots := make(chan struct{}, s.background)
	every(ctx, s.lease/6, func(ctx context.Context) {
		now := store.Millis(s.now())
		room := int32(cap(slots) - len(slots)) //nolint:gosec // small
		if room == 0 {
			return
		}
		due, err := s.db.Read().DueJobs(ctx, query.DueJobsParams{RunAt: now, Limit: room})
		if err != nil {
			s.log.WarnContext(ctx, "looking for due jobs failed", "error", err)
			return
		}
		orphans, err := s.db.Read().ExpiredJobs(ctx, query.ExpiredJobsParams{LeaseUntil: now, Limit: room})
		if err != nil {
			s.log.WarnContext(ctx, "looking for orphaned jobs failed", "error", err)
			return
		}
		for _, id := range append(due, orphans...) {
			select {
			case slots <- struct{}{}:
			default:
				return
			}
			if !s.claim(ctx, id, func() { <-slots }) {
				<-slots
			}
		}
	})
}

// claim takes a job by id and runs it; false when somebody else was faster.
func (s *Service) claim(ctx context.Context, id string, done func()) bool {
	if s.reserveRun() != nil {
		return false
	}
	var j Job
	var granted int64
	err := s.db.Write(ctx, func(ctx context.Context, q *query.Queries) (err error) {
		now := s.now()
		j, err = q.ClaimJob(ctx, query.ClaimJobParams{
			Owner: s.owner, LeaseUntil: store.Millis(now.Add(s.lease)), Now: store.Millis(now), ID: id,
		})
		if err != nil {
			return err
		}
		holds, err := q.ListHolds(ctx, query.ListHoldsParams{JobID: j.ID, UserID: j.UserID})
		for _, h := range holds {
			granted += h.Amount // a job holds one meter
		}
		return err
	})
	if err != nil {
		s.runs.Done()
		if !store.NotFound(err) {
			s.log.WarnContext(ctx, "claiming a job failed", "job_id", id, "error", err)
		}
		return false
	}
	s.log.InfoContext(ctx, "claimed a job", "job_id", id, "attempt", j.Attempt)
	s.wakeFollowers(id)
	s.launch(j, granted, nil, done)
	return true
}

// hintLoop acts on what other processes say over the bus.
func (s *Service) hintLoop(ctx context.Context) {
	events, stopEvents := s.db.Subscribe(topicEvents)
	defer stopEvents()
	cancels, stopCancels := s.db.Subscribe(topicCancel)
	defer stopCancels()
	for {
		select {
		case ids := <-events:
			s.wakeFollowersOf(ids)
		case id := <-cancels:
			s.cancelRun(id)
		case <-ctx.Done():
			return
		}
	}
}

// sweepLoop deletes the events of jobs that ended some time ago.
func (s *Service) sweepLoop(ctx context.Context) {
	every(ctx, time.Minute, func(ctx context.Context) {
		err := s.db.Write(ctx, func(ctx context.Context, q *query.Queries) error {
			_, err := q.SweepJobEvents(ctx, query.SweepJobEventsParams{
				FinishedAt: store.Millis(s.now().Add(-keepEvents)), Limit: 500,
			})
			return err
		})
		if err != nil && ctx.Err() == nil {
			s.log.WarnContext(ctx, "sweeping old job events failed", "error", err)
		}
	})
}
