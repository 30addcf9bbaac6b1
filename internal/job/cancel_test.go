package job

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"pulse/internal/actor"
	"pulse/internal/fault"
	"pulse/internal/store"
	"pulse/internal/store/storetest"
)

// Stop works within a second, on the process that runs the job and on another,
// and bills what came.
func TestCancelARunningJob(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		normal := func(o *Options) { o.Lease = 0 } // the lease of production
		here, elsewhere := h.process(normal), h.process(normal)
		for where, s := range map[string]*Service{"here": here, "elsewhere": elsewhere} {
			text := prose(6000)
			j := h.submit(here, part{Say: pieces(text, 1), Pause: 10_000, Use: 1})
			var c client
			following := make(chan error, 1)
			go func() { following <- c.follow(context.Background(), s, h.me, j.ID) }()
			until(t, "it has said something", func() bool {
				st, ok := here.hub.get(j.ID)
				return ok && st.position() > basePosition(1)+20
			})
			begun := time.Now()
			if _, err := s.Cancel(context.Background(), h.me, j.ID); err != nil {
				t.Fatal(err)
			}
			w := h.wait(s, j.ID)
			if took := time.Since(begun); took > time.Second {
				t.Errorf("%s: it took %s", where, took)
			}
			if Status(w.Status) != Cancelled || w.Used == nil {
				t.Errorf("%s: %s, booked %v", where, w.Status, w.Used)
			}
			if err := <-following; err != nil || c.last != EventDone || c.text == "" || !strings.HasPrefix(text, c.text) {
				t.Errorf("%s: the reader has %q, last %s, %v", where, c.text, c.last, err)
			}
			if _, err := s.Cancel(context.Background(), h.me, j.ID); !fault.Is(err, fault.Conflict) {
				t.Errorf("%s, once more: %v", where, err)
			}
		}
		h.checkBooks(h.me, 2)
	})
}

// The hint may be lost; the next renewal of the lease brings the word.
func TestCancelWithoutAHint(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.SQLite(t))
	s := h.process()
	j := h.submit(s, part{Say: pieces(prose(6000), 1), Pause: 10_000})
	deaf := h.idle()
	deaf.owner = s.owner // it believes the job to run here, and tells nobody
	if _, err := deaf.Cancel(context.Background(), h.me, j.ID); err != nil {
		t.Fatal(err)
	}
	if w := h.wait(s, j.ID); Status(w.Status) != Cancelled {
		t.Errorf("got %s", w.Status)
	}
	h.checkBooks(h.me, 1)
}

// A job that waits in the queue ends at once, and is not run.
func TestCancelAPendingJob(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		first, other := h.idle(), h.idle()
		t.Cleanup(func() { stopNow(other) })
		j := h.submit(first, part{Say: pieces(prose(600), 1), Pause: 10_000})
		stopNow(first)
		if w, err := other.Get(context.Background(), h.me, j.ID); err != nil || Status(w.Status) != Pending {
			t.Fatalf("after the hand-over: %s, %v", w.Status, err)
		}
		w, err := other.Cancel(context.Background(), h.me, j.ID)
		if err != nil || Status(w.Status) != Cancelled || w.Used != nil {
			t.Errorf("%s, booked %v, %v", w.Status, w.Used, err)
		}
		h.checkBooks(h.me, 1)
	})
}

// Asked to stop just when all has come, the job is complete.
func TestCancelTooLate(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.SQLite(t))
	s := h.process()
	j := h.submit(s, part{Say: []string{"all of it"}, Pause: 30_000, End: endsDeaf, Use: 20})
	if _, err := s.Cancel(context.Background(), h.me, j.ID); err != nil {
		t.Fatal(err)
	}
	if w := h.wait(s, j.ID); Status(w.Status) != Completed {
		t.Errorf("got %s", w.Status)
	}
	h.checkBooks(h.me, 1)
}

// A cancellation that came while the process was dead is carried out by the
// next one, which says nothing of its own.
func TestCancelAcrossACrash(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		short := func(o *Options) { o.Lease = 250 * time.Millisecond }
		dying := h.process(short)
		j := h.submit(dying, part{Say: pieces(prose(300), 1), Pause: 20_000, End: endsDeaf})
		until(t, "something is stored", func() bool { return h.lastStored(j.ID) > basePosition(1)+20 })
		crash(dying)
		kept := h.lastStored(j.ID)
		other := h.process(short)
		if _, err := other.Cancel(context.Background(), h.me, j.ID); err != nil {
			t.Fatal(err)
		}
		w := h.wait(other, j.ID)
		if Status(w.Status) != Cancelled || w.Attempt != 2 {
			t.Errorf("%s at attempt %d", w.Status, w.Attempt)
		}
		text, err := other.Earlier(context.Background(), w.Job, EventText)
		if err != nil || uint64(len(text)) != kept-basePosition(1)-1 || !strings.HasPrefix(prose(300), text) {
			t.Errorf("what the dead one said: %d bytes, %v", len(text), err)
		}
		// An attempt that died before its first word does not hide the one before.
		again := w.Job
		again.Fence++
		if same, err := other.Earlier(context.Background(), again, EventText); err != nil || same != text {
			t.Errorf("read from one attempt later: %q, %v", same, err)
		}
		stopNow(dying)
		h.checkBooks(h.me, 1)
	})
}

// Who leaves stops the run, also while the database cannot be asked; others' runs go on.
func TestLeaveStopsTheRunAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.SQLite(t))
	s := h.idle()
	stopped := make(chan error, 1)
	s.Register(Kind{Type: "waits", Run: func(ctx context.Context, _ *Run) Outcome {
		<-ctx.Done()
		stopped <- context.Cause(ctx)
		return Outcome{Err: context.Cause(ctx)}
	}})
	s.Start()
	t.Cleanup(func() { stopNow(s) })
	n := h.job(h.me, part{})
	n.Type = "waits"
	j, _, err := s.Submit(t.Context(), h.me, n)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Leave(t.Context(), actor.Actor{ID: store.NewID()}, j.ID); !fault.Is(err, fault.NotFound) || len(stopped) > 0 {
		t.Errorf("another: %v", err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Leave(gone, h.me, j.ID); err == nil {
		t.Error("the database was asked")
	}
	if err := <-stopped; !errors.Is(err, ErrCancelled) {
		t.Errorf("it stopped by %v", err)
	}
	if w := h.wait(s, j.ID); Status(w.Status) != Cancelled {
		t.Errorf("got %s", w.Status)
	}
}
