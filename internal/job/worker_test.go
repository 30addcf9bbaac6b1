package job

import (
	"context"
	"testing"
	"time"

	"pulse/internal/provider"
	"pulse/internal/store"
	"pulse/internal/store/query"
	"pulse/internal/store/storetest"
)

// Stop lets what runs end, as long as it may.
func TestStopDrains(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		s := h.process()
		for range 20 {
			h.submit(s, part{Say: pieces(prose(60), 4), Pause: 5000})
		}
		s.Stop(context.Background())
		seen := h.checkBooks(h.me, 20)
		if seen.byStatus[Completed] != 20 || seen.attempts != 20 {
			t.Errorf("got %+v", seen)
		}
	})
}

// What may not end is handed over, at once: nobody waits for a lease.
func TestStopHandsOver(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		long := func(o *Options) { o.Lease = time.Minute }
		s := h.process(long)
		j := h.submit(s, part{Say: pieces(prose(300), 10), Pause: 20_000})
		var c client
		following := make(chan error, 1)
		go func() { following <- c.follow(context.Background(), s, h.me, j.ID) }()
		until(t, "it has said something", func() bool { return h.lastStored(j.ID) > 0 })
		stopNow(s)
		other := h.process(func(o *Options) { o.Lease = 600 * time.Millisecond })
		if w := h.wait(other, j.ID); Status(w.Status) != Completed || w.Attempt != 2 {
			t.Errorf("%s at attempt %d", w.Status, w.Attempt)
		}
		if err := <-following; err != nil || c.restarts != 1 || c.text != prose(300) {
			t.Errorf("the reader: %d restarts, %q, %v", c.restarts, c.text, err)
		}
		h.checkBooks(h.me, 1)
	})
}

// A job that is submitted at the very moment of a hand-over is handed over too.
func TestStopWaitsForNobodyNew(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.SQLite(t))
	s := h.process()
	n := h.job(h.me, part{Say: pieces(prose(9000), 1), Pause: 10_000})
	room, inside, stopping := n.Write, make(chan struct{}), make(chan struct{})
	n.Write = func(ctx context.Context, q *query.Queries) error {
		close(inside)
		<-stopping
		return room(ctx, q)
	}
	submitted := make(chan error, 1)
	go func() {
		_, _, err := s.Submit(context.Background(), h.me, n)
		submitted <- err
	}()
	<-inside
	stopped := make(chan struct{})
	go func() { stopNow(s); close(stopped) }()
	until(t, "it is leaving", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.leaving
	})
	close(stopping)
	if err := <-submitted; err != nil {
		t.Fatal(err)
	}
	select {
	case <-stopped:
	case <-time.After(10 * time.Second):
		t.Fatal("Stop waits for the end of a job that has just begun")
	}
	w, err := s.Get(context.Background(), h.me, n.ID)
	if err != nil || Status(w.Status) != Pending {
		t.Errorf("got %s, %v", w.Status, err)
	}
}

func TestStopWithoutStart(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.SQLite(t))
	h.idle().Stop(context.Background())
}

// A job whose processes die again and again ends as interrupted, its quota free.
func TestTooManyAttempts(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		first := h.idle()
		j := h.submit(first, part{Say: pieces(prose(3000), 1), Pause: 20_000})
		stopNow(first)
		for range maxAttempts - 1 {
			next := h.idle()
			if !next.claim(context.Background(), j.ID, nil) {
				t.Fatal("not claimed")
			}
			stopNow(next)
		}
		s := h.process()
		w := h.wait(s, j.ID)
		if Status(w.Status) != Failed || w.Attempt != maxAttempts+1 {
			t.Errorf("%s at attempt %d", w.Status, w.Attempt)
		}
		var c client
		if err := c.follow(context.Background(), s, h.me, j.ID); err != nil || c.last != EventError {
			t.Errorf("the reader: %s, %v", c.last, err)
		}
		f := problemOf(t, c.problem)
		if f.Type != "interrupted" {
			t.Errorf("got %s", c.problem)
		}
		h.checkBooks(h.me, 1)
	})
}

// A claim whose answer was lost on the way leaves a job that is leased here and
// runs nowhere. It goes back to the queue, though the process lives and renews.
func TestStraysGoBackToTheQueue(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		s := h.process(func(o *Options) { o.Lease = 400 * time.Millisecond })
		busy := h.submit(s, part{Say: pieces(prose(9000), 1), Pause: 10_000}) // so that there is something to renew
		n := h.job(h.me, part{Say: []string{"found again"}})
		now := time.Now()
		h.write(func(ctx context.Context, q *query.Queries) error {
			if err := n.Write(ctx, q); err != nil {
				return err
			}
			err := q.InsertJob(ctx, query.InsertJobParams{
				ID: n.ID, UserID: h.me.ID, Type: n.Type, Status: string(Processing), Input: string(n.Input), LeaseOwner: s.owner,
				LeaseUntil: store.Millis(now.Add(s.lease)), Fence: 1, Attempt: 1, CreatedAt: store.Millis(now), RunAt: store.Millis(now),
			})
			if err != nil {
				return err
			}
			_, err = h.ledger.Reserve(ctx, q, h.me, n.ID, n.Want)
			return err
		})
		if w := h.wait(s, n.ID); Status(w.Status) != Completed || w.Attempt != 2 {
			t.Errorf("%s at attempt %d", w.Status, w.Attempt)
		}
		if _, err := s.Cancel(context.Background(), h.me, busy.ID); err != nil {
			t.Fatal(err)
		}
		if w := h.wait(s, busy.ID); w.Attempt != 1 {
			t.Errorf("the job that did run is at attempt %d", w.Attempt)
		}
		h.checkBooks(h.me, 2)
	})
}

// A lease that was lost ends the run, here and not at its own end.
func TestALostLeaseEndsTheRun(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		s := h.process()
		j := h.submit(s, part{Say: pieces(prose(600), 5), Pause: 30_000})
		s.mu.Lock()
		run := s.running[j.ID]
		s.mu.Unlock()
		h.write(func(ctx context.Context, q *query.Queries) error { // as a process does that holds the job for dead
			if _, err := q.HandOverJob(ctx, query.HandOverJobParams{ID: j.ID, UserID: h.me.ID, Fence: 1}); err != nil {
				return err
			}
			_, err := q.ClaimJob(ctx, query.ClaimJobParams{ID: j.ID, Owner: "another", LeaseUntil: store.Millis(time.Now().Add(time.Second)), Now: store.Millis(time.Now())})
			return err
		})
		select {
		case <-run.ended:
		case <-time.After(2 * time.Second):
			t.Error("the run goes on")
		}
		if w := h.wait(s, j.ID); Status(w.Status) != Completed || w.Attempt != 3 {
			t.Errorf("%s at attempt %d", w.Status, w.Attempt)
		}
		h.checkBooks(h.me, 1)
	})
}

// When the database was away for longer than a lease, the process goes on with
// its own jobs and does not claim them from itself.
func TestALapsedLeaseIsNotClaimedByItsOwner(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.SQLite(t))
	s := h.idle(func(o *Options) { o.Lease = 100 * time.Millisecond })
	released := make(chan struct{})
	s.Register(Kind{Type: "waits", Run: func(ctx context.Context, r *Run) Outcome {
		r.Say(provider.Delta{Text: "x"})
		<-released
		return h.outcome(r, part{}, context.Cause(ctx))
	}})
	n := h.job(h.me, part{})
	n.Type = "waits"
	j, _, err := s.Submit(context.Background(), h.me, n)
	if err != nil {
		t.Fatal(err)
	}
	until(t, "its lease has lapsed", func() bool {
		due, err := h.db.Read().ExpiredJobs(context.Background(), query.ExpiredJobsParams{LeaseUntil: store.Millis(time.Now()), Limit: 1})
		return err == nil && len(due) == 1
	})
	s.Start()
	time.Sleep(3 * s.lease) // several looks and renewals
	close(released)
	if w := h.wait(s, j.ID); Status(w.Status) != Completed || w.Attempt != 1 {
		t.Errorf("%s at attempt %d", w.Status, w.Attempt)
	}
	stopNow(s)
}
