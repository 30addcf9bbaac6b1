package job

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"pulse/internal/fault"
	"pulse/internal/provider"
	"pulse/internal/store"
	"pulse/internal/store/query"
	"pulse/internal/store/storetest"
)

// held is a job that has said something and then waits for the test.
type held struct {
	job     Job
	text    string
	release func()
}

// hold starts a job that says text and ends when it is released.
func (h *house) hold(s *Service, text string) held {
	h.t.Helper()
	said, released := make(chan struct{}), make(chan struct{})
	s.Register(Kind{Type: "held", Replay: h.replay, Run: func(ctx context.Context, r *Run) Outcome {
		r.Begin(map[string]string{"job_id": r.Job.ID})
		for _, piece := range pieces(text, 2) {
			r.Say(provider.Delta{Text: piece})
		}
		close(said)
		select {
		case <-released:
			return h.outcome(r, part{}, nil)
		case <-ctx.Done():
			return h.outcome(r, part{}, context.Cause(ctx))
		}
	}})
	n := h.job(h.me, part{})
	n.Type = "held"
	j, _, err := s.Submit(context.Background(), h.me, n)
	if err != nil {
		h.t.Fatal(err)
	}
	<-said
	release := sync.OnceFunc(func() { close(released) })
	h.t.Cleanup(release) // before the service is stopped
	return held{j, text, release}
}

// upTo follows from a position until the text ends, and gives what came.
func upTo(s *Service, h *house, id string, after, end uint64) (text string, events []Event, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	err = s.Follow(ctx, h.me, id, Reader{After: after, Send: func(e Event) error {
		events = append(events, e)
		if e.Kind == EventText {
			text += string(e.Data)
		}
		if e.Position >= end {
			return errEnough
		}
		return nil
	}})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return text, events, err
}

// From every position that there is, inside words and inside characters, a
// reader gets exactly the rest: from memory, from the database while the job
// runs elsewhere, and after its end.
func TestFollowFromEveryCut(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		here, elsewhere := h.process(), h.process()
		j := h.hold(here, "aé漢🙂z, und noch ein Wort")
		begin := basePosition(1) + 1 // after the start event
		end := begin + uint64(len(j.text))
		check := func(where string, s *Service) {
			t.Helper()
			for at := begin; at < end; at++ {
				cutAt := int(at - begin) //nolint:gosec // a short text
				for !utf8.RuneStart(j.text[cutAt]) {
					cutAt--
				}
				text, _, err := upTo(s, h, j.job.ID, at, end)
				if err != nil || text != j.text[cutAt:] {
					t.Errorf("%s, from %d: %q, %v; want %q", where, at-begin, text, err, j.text[cutAt:])
				}
			}
			text, events, err := upTo(s, h, j.job.ID, 0, end)
			if err != nil || text != j.text || len(events) != 2 || events[0].Kind != EventStart {
				t.Errorf("%s, a newcomer: %q in %d events, %v; want all in one piece after the start", where, text, len(events), err)
			}
		}
		check("here", here)
		until(t, "all is stored", func() bool { return h.lastStored(j.job.ID) == end })
		check("elsewhere", elsewhere)
		j.release()
		h.wait(elsewhere, j.job.ID)
		check("after its end", here)
		var c client
		if err := c.follow(context.Background(), elsewhere, h.me, j.job.ID); err != nil || c.last != EventDone || c.text != j.text {
			t.Errorf("the end: %s after %q, %v", c.last, c.text, err)
		}
		if err := c.follow(context.Background(), elsewhere, h.me, j.job.ID); err != nil || c.text != j.text {
			t.Errorf("once more, having all: %q, %v", c.text, err)
		}
	})
}

func (h *house) lastStored(id string) uint64 {
	h.t.Helper()
	last, err := h.db.Read().LastJobEvent(context.Background(), query.LastJobEventParams{JobID: id, UserID: h.me.ID})
	if err != nil {
		h.t.Fatal(err)
	}
	return uint64(last) //nolint:gosec // stored from uint64
}

// Readers whose line breaks again and again, each time landing on another
// process, end up with every byte once.
func TestFollowThroughBrokenLines(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		services := []*Service{h.process(), h.process()}
		text := prose(1500)
		j := h.submit(services[0], part{Say: pieces(text, 5), Pause: 1000})
		var wg sync.WaitGroup
		for i := range 12 {
			wg.Go(func() {
				var c client
				random := rand.New(rand.NewPCG(1, uint64(i))) //nolint:gosec // a test's dice
				for !c.last.last() {
					ctx, cancel := context.WithTimeout(context.Background(), time.Duration(random.IntN(80))*time.Millisecond)
					err := c.followSome(ctx, services[random.IntN(2)], h.me, j.ID, 1+random.IntN(20))
					cancel()
					if err != nil && !errors.Is(err, errEnough) && !errors.Is(err, context.DeadlineExceeded) {
						t.Errorf("reader %d: %v", i, err)
						return
					}
				}
				if c.text != text || c.last != EventDone || c.restarts != 0 {
					t.Errorf("reader %d has %d of %d bytes, %d restarts, last %s", i, len(c.text), len(text), c.restarts, c.last)
				}
			})
		}
		wg.Wait()
	})
}

// Whoever comes just as a job ends gets all of it, from memory or from what is kept.
func TestFollowAtTheMomentOfTheEnd(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		services := []*Service{h.process(), h.process()}
		const jobs = 150
		var wg sync.WaitGroup
		for i := range jobs {
			j := h.submit(services[i%2], part{Say: []string{"all ", "of ", "it"}, Pause: int64(i % 7 * 200)})
			wg.Go(func() {
				time.Sleep(time.Duration(i%11) * 200 * time.Microsecond)
				var c client
				if err := c.follow(context.Background(), services[i/2%2], h.me, j.ID); err != nil || c.text != "all of it" || c.last != EventDone {
					t.Errorf("job %d: %q, last %s, %v", i, c.text, c.last, err)
				}
			})
		}
		wg.Wait()
		h.checkBooks(h.me, jobs)
	})
}

// A process dies in mid-answer. Whoever reads, also from where the dead process
// had brought it, is told of the new beginning and then gets the whole answer.
func TestFollowThroughACrash(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		short := func(o *Options) { o.Lease = 250 * time.Millisecond }
		dying := h.process(short)
		j := h.submit(dying, part{Say: pieces(prose(200), 8), Pause: 30_000, End: endsDeaf})
		text := prose(200)
		var saw client
		if err := saw.followSome(context.Background(), dying, h.me, j.ID, 4); !errors.Is(err, errEnough) {
			t.Fatal(err)
		}
		crash(dying)
		other := h.process(short)
		var atOther client
		done := make(chan error, 1)
		go func() { done <- atOther.follow(context.Background(), other, h.me, j.ID) }()
		if err := saw.follow(context.Background(), other, h.me, j.ID); err != nil {
			t.Fatal(err)
		}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if saw.text != text || saw.restarts != 1 || saw.last != EventDone {
			t.Errorf("who read before: %d restarts, last %s, %q", saw.restarts, saw.last, saw.text)
		}
		if atOther.text != text || atOther.last != EventDone {
			t.Errorf("who came meanwhile: last %s, %q", atOther.last, atOther.text)
		}
		var late client
		if err := late.follow(context.Background(), other, h.me, j.ID); err != nil || late.restarts != 0 || late.text != text || late.events != 3 {
			t.Errorf("who came afterwards: %d events, %d restarts, %q, %v", late.events, late.restarts, late.text, err)
		}
		stopNow(dying) // its run goes on to its own end, which is refused
		if w := h.wait(other, j.ID); w.Attempt != 2 {
			t.Errorf("attempt %d", w.Attempt)
		}
		h.checkBooks(h.me, 1)
	})
}

// When the events are swept, the result tells the same.
func TestFollowAfterTheSweep(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		s, ctx := h.process(), context.Background()
		text := prose(100)
		ends := map[Status]string{Completed: endsWell, Failed: endsBroken}
		before := map[Status]*client{}
		ids := map[Status]string{}
		for status, end := range ends {
			j := h.submit(s, part{Say: pieces(text, 9), Pause: 1000, End: end})
			c := &client{}
			if err := c.followSome(ctx, s, h.me, j.ID, 2); !errors.Is(err, errEnough) {
				t.Fatal(err)
			}
			before[status], ids[status] = c, j.ID
			h.wait(s, j.ID)
			if h.lastStored(j.ID) == 0 {
				t.Error("the events of a job that was read were not kept")
			}
		}
		if err := s.sweep(ctx, 0, store.Millis(time.Now().Add(-time.Hour))); err != nil || h.lastStored(ids[Failed]) == 0 {
			t.Errorf("what ended just now was swept: %v", err)
		}
		if err := s.sweep(ctx, 0, store.Millis(time.Now().Add(time.Hour))); err != nil {
			t.Fatal(err)
		}
		for status, end := range map[Status]EventKind{Completed: EventDone, Failed: EventError} {
			if h.lastStored(ids[status]) != 0 {
				t.Fatal("the events are not swept")
			}
			var fresh client
			if err := fresh.follow(ctx, s, h.me, ids[status]); err != nil || fresh.text != text || fresh.last != end || fresh.restarts != 0 {
				t.Errorf("%s, a newcomer: %q, last %s, %d restarts, %v", status, fresh.text, fresh.last, fresh.restarts, err)
			}
			c := before[status]
			if err := c.follow(ctx, s, h.me, ids[status]); err != nil || c.text != text || c.last != end || c.restarts != 1 {
				t.Errorf("%s, who was here before: %q, last %s, %d restarts, %v", status, c.text, c.last, c.restarts, err)
			}
		}
		s.Register(Kind{Type: "mute", Run: func(_ context.Context, r *Run) Outcome { return h.outcome(r, part{}, nil) }})
		n := h.job(h.me, part{})
		n.Type = "mute"
		j, _, err := s.Submit(ctx, h.me, n)
		if err != nil {
			t.Fatal(err)
		}
		h.wait(s, j.ID)
		if err := new(client).follow(ctx, s, h.me, j.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("a kind that cannot replay: %v", err)
		}
	})
}

// An answer that nobody reads while it comes stores no events: its result has it all.
func TestUnreadJobsKeepNoEvents(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.SQLite(t))
	s := h.process(func(o *Options) { o.FlushEvery = time.Hour })
	for end, kept := range map[string]bool{endsWell: false, endsBroken: true} {
		j := h.submit(s, part{Say: []string{"unread"}, End: end})
		h.wait(s, j.ID)
		if (h.lastStored(j.ID) != 0) != kept {
			t.Errorf("%q: events to %d", end, h.lastStored(j.ID))
		}
		var c client
		if err := c.follow(context.Background(), s, h.me, j.ID); err != nil || c.text != "unread" || !c.last.last() {
			t.Errorf("%q: %q, %s, %v", end, c.text, c.last, err)
		}
	}
}

// A reader whose line breaks in the middle of a replay goes on from there.
func TestReplayThroughBrokenLines(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		s := h.process(func(o *Options) { o.FlushEvery = time.Hour })
		ctx, text := context.Background(), prose(60)
		for _, p := range []part{{Say: []string{text}}, {Say: []string{text}, End: endsBroken}, {Say: []string{"x"}, End: endsRefused}} {
			j := h.submit(s, p)
			w := h.wait(s, j.ID)
			if err := s.sweep(ctx, 0, store.Millis(time.Now().Add(time.Hour))); err != nil {
				t.Fatal(err)
			}
			whole := ""
			if p.End != endsRefused {
				whole = text
			}
			base := basePosition(w.Fence + 1)
			for cut := base; cut <= base+uint64(len(whole))+2; cut++ {
				c := client{at: cut}
				if cut > base { // it has the start and some text
					c.text = whole[:min(cut-base-1, uint64(len(whole)))]
				}
				if !utf8.ValidString(c.text) {
					continue
				}
				err := c.follow(ctx, s, h.me, j.ID)
				told := c.last.last() || cut == base+uint64(len(whole))+2 // or it had all
				if err != nil || c.text != whole || !told {
					t.Errorf("%q from %d: %q, %s, %v", p.End, cut-base, c.text, c.last, err)
				}
			}
			var c client
			for !c.last.last() {
				if err := c.followSome(ctx, s, h.me, j.ID, 1); err != nil && !errors.Is(err, errEnough) {
					t.Fatal(err)
				}
			}
			if c.text != whole {
				t.Errorf("%q: an event at a time gives %q", p.End, c.text)
			}
		}
	})
}

// Events that were stored, though the answer that they were was lost, bind the
// job to store its end too: readers elsewhere wait for it.
func TestTheEndOfEventsStoredUnknown(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		s, reader := h.idle(), h.process()
		t.Cleanup(func() { stopNow(s) })
		j := h.hold(s, "a text that is stored")
		stream, _ := s.hub.get(j.job.ID)
		before := stream.flushed
		if err := s.hub.flush(context.Background()); err != nil {
			t.Fatal(err)
		}
		stream.flushed = before // nobody heard of it
		j.release()
		h.wait(s, j.job.ID)
		var c client
		if err := c.follow(context.Background(), reader, h.me, j.job.ID); err != nil || c.text != j.text || c.last != EventDone {
			t.Errorf("a reader elsewhere: %q, %s, %v", c.text, c.last, err)
		}
	})
}

// Rows whose first writing was committed though its answer was lost are written
// anew, with more behind them. Readers see no word twice, and nobody else's
// rows wait.
func TestEventsStoredTwice(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		s, reader := h.idle(), h.process()
		t.Cleanup(func() { stopNow(s) })
		j := h.hold(s, "a text that is stored")
		ctx := context.Background()
		stream, _ := s.hub.get(j.job.ID)
		before := stream.flushed
		if err := s.hub.flush(ctx); err != nil {
			t.Fatal(err)
		}
		stream.flushed = before // nobody heard of it
		stream.say(EventText, ", and more")
		if err := s.hub.flush(ctx); err != nil {
			t.Fatal(err)
		}
		j.release()
		var c client
		if err := c.follow(ctx, reader, h.me, j.job.ID); err != nil || c.text != j.text+", and more" || c.last != EventDone {
			t.Errorf("%q, last %s, %v", c.text, c.last, err)
		}
		text, err := s.Earlier(ctx, Job{ID: j.job.ID, UserID: h.me.ID, Fence: 2}, EventText)
		if err != nil || text != c.text {
			t.Errorf("a later attempt reads %q, %v", text, err)
		}
	})
}

// A runner that has lost its job stores nothing more of it.
func TestAStaleRunnerStoresNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		s := h.idle()
		t.Cleanup(func() { stopNow(s) })
		j := h.hold(s, "stale")
		stream, _ := s.hub.get(j.job.ID)
		stream.fence--
		if err := s.hub.flush(context.Background()); err != nil || h.lastStored(j.job.ID) != 0 {
			t.Errorf("stored to %d, %v", h.lastStored(j.job.ID), err)
		}
		j.release()
		h.wait(s, j.job.ID)
	})
}

func TestWaitElsewhereAndInVain(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		here, elsewhere := h.process(), h.process()
		j := h.hold(here, "x")
		for _, s := range []*Service{here, elsewhere} {
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
			if _, err := s.Wait(ctx, h.me, j.job.ID); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
			cancel()
		}
		ended := make(chan WithUsage)
		go func() { ended <- h.wait(elsewhere, j.job.ID) }()
		j.release()
		if w := <-ended; Status(w.Status) != Completed {
			t.Errorf("got %s", w.Status)
		}
	})
}

// A room's charge of reasoning and text is by what was said.
func TestRunCollectsWhatItSaid(t *testing.T) {
	t.Parallel()
	s := newStream(Job{ID: "j", Fence: 1})
	r := &Run{stream: s}
	for range 3 {
		r.Say(provider.Delta{Reasoning: "hm "})
		r.Say(provider.Delta{Text: "so ", Reasoning: "aha "})
	}
	if r.Text() != strings.Repeat("so ", 3) || r.Reasoning() != strings.Repeat("hm aha ", 3) {
		t.Errorf("text %q, reasoning %q", r.Text(), r.Reasoning())
	}
}
