package job

import (
	"context"
	"maps"
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
		s.leaving = true
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

// renewals is how often a lease is renewed before it would end. A cancellation
// whose hint was lost is found at a renewal, so it must be well within a second.
const renewals = 8

// leaseLoop renews the leases of this process's jobs.
//
// When the database is away for longer than the lease, what runs goes on: on a
// database of one process nobody else can have taken over, and where somebody
// has, the fence lets only one of the two end the job.
func (s *Service) leaseLoop(ctx context.Context) {
	lastGood := s.now()
	var strays map[string]int64
	every(ctx, s.lease/renewals, func(ctx context.Context) {
		mine := s.runningNow()
		if len(mine) == 0 { // nothing to renew, and what is leased to nobody's run lapses
			lastGood, strays = s.now(), nil
			return
		}
		begun := s.now()
		renewed, err := s.renew(ctx, begun)
		if err != nil {
			s.log.WarnContext(ctx, "renewing leases failed", "error", err, "since", s.now().Sub(lastGood))
			return
		}
		lastGood = begun
		strays = s.heed(ctx, renewed, mine, strays)
	})
}

func (s *Service) runningNow() map[string]*Run {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.running)
}

func (s *Service) renew(ctx context.Context, now time.Time) (renewed []query.RenewLeasesRow, err error) {
	ctx, cancel := context.WithTimeout(ctx, s.lease)
	defer cancel()
	err = s.db.Write(ctx, func(ctx context.Context, q *query.Queries) (err error) {
		renewed, err = q.RenewLeases(ctx, query.RenewLeasesParams{LeaseUntil: store.Millis(now.Add(s.lease)), LeaseOwner: s.owner})
		return err
	})
	return renewed, err
}

// heed acts on what the renewal tells of the jobs that ran when it began: a
// cancellation that was asked for, a lease that was lost.
//
// It also looks for strays, jobs that are leased to this process but run
// nowhere in it: their claim was committed although the answer was lost, or
// their end could not be stored. A stray that is one at two renewals in a row
// goes back to the queue. It gives the fences of the strays of now.
func (s *Service) heed(ctx context.Context, renewed []query.RenewLeasesRow, mine map[string]*Run, before map[string]int64) (strays map[string]int64) {
	running := s.runningNow() // now, after the renewal: what began meanwhile is no stray
	strays = map[string]int64{}
	for _, l := range renewed {
		r, ok := mine[l.ID]
		switch {
		case ok && l.Fence == r.Job.Fence:
			delete(mine, l.ID)
			if l.CancelAsked {
				r.cancel(ErrCancelled)
			}
		case running[l.ID] != nil:
		case before[l.ID] == l.Fence:
			s.log.WarnContext(ctx, "a job that was leased here ran nowhere; it goes back to the queue", "job_id", l.ID)
			s.giveBack(ctx, l.ID, l.UserID, l.Fence)
		default:
			strays[l.ID] = l.Fence
		}
	}
	for _, r := range mine { // not ours any more, or ended just now
		r.cancel(ErrLeaseLost)
	}
	return strays
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
			if s.runsHere(id) { // its lease ended while the database was away; the next renewal mends that
				continue
			}
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

func (s *Service) runsHere(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.running[id] != nil
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
	var since int64
	every(ctx, time.Minute, func(ctx context.Context) {
		before := s.now().Add(-keepEvents)
		if err := s.sweep(ctx, since, store.Millis(before)); err != nil {
			if ctx.Err() == nil {
				s.log.WarnContext(ctx, "sweeping old job events failed", "error", err)
			}
			return
		}
		since = store.Millis(before.Add(-keepEvents)) // other processes' clocks may be behind
	})
}

// sweep deletes the events of jobs that ended after since and before before, in
// small transactions.
func (s *Service) sweep(ctx context.Context, since, before int64) error {
	for {
		var deleted int64
		err := s.db.Write(ctx, func(ctx context.Context, q *query.Queries) (err error) {
			deleted, err = q.SweepJobEvents(ctx, query.SweepJobEventsParams{Since: since, Before: before, RowLimit: 100})
			return err
		})
		if err != nil || deleted == 0 {
			return err
		}
	}
}
