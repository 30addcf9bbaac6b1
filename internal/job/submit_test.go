package job

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"pulse/internal/actor"
	"pulse/internal/fault"
	"pulse/internal/provider"
	"pulse/internal/store"
	"pulse/internal/store/query"
	"pulse/internal/store/storetest"
	"pulse/internal/usage"
)

func TestSubmitRunsAndBooks(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		s := h.process()
		j := h.submit(s, part{Say: []string{"Hello, ", "world"}, Use: 42})
		if Status(j.Status) != Processing || j.Attempt != 1 {
			t.Errorf("as it is born: %s, attempt %d", j.Status, j.Attempt)
		}
		w := h.wait(s, j.ID)
		if Status(w.Status) != Completed || w.Progress != 100 || w.Used == nil || w.Result != `{"length":12}` {
			t.Errorf("got %+v", w)
		}
		h.checkBooks(h.me, 1)
		receipt, err := s.Receipt(context.Background(), h.me, j.ID)
		if err != nil || len(receipt) != 1 || receipt[0].Quantity != 42 {
			t.Errorf("the receipt: %+v, %v", receipt, err)
		}
	})
}

// The same key is the same job, whoever asks again and however many at once.
func TestSubmitIsIdempotentByKey(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		services := []*Service{h.process(), h.process()}
		const callers = 50
		ids := make([]string, callers)
		fresh := make([]bool, callers)
		var wg sync.WaitGroup
		start := make(chan struct{})
		for i := range callers {
			n := h.job(h.me, part{Say: []string{"once"}})
			n.IdempotencyKey, n.RequestHash = "key", "hash"
			wg.Go(func() {
				<-start
				j, replayed, err := services[i%2].Submit(context.Background(), h.me, n)
				if err != nil || j.ID == "" {
					t.Errorf("caller %d: job %q, %v", i, j.ID, err)
				}
				ids[i], fresh[i] = j.ID, !replayed
			})
		}
		close(start)
		wg.Wait()
		news := 0
		for i := range callers {
			if ids[i] != ids[0] {
				t.Errorf("caller %d has job %s, the first %s", i, ids[i], ids[0])
			}
			if fresh[i] {
				news++
			}
		}
		if news != 1 {
			t.Errorf("%d callers started a job", news)
		}
		h.wait(services[0], ids[0])
		h.checkBooks(h.me, 1)

		other := h.job(h.me, part{})
		other.IdempotencyKey, other.RequestHash = "key", "another hash"
		if _, _, err := services[0].Submit(context.Background(), h.me, other); !fault.Is(err, fault.Conflict) {
			t.Errorf("another request with the same key: %v", err)
		}
		you := h.person()
		theirs := h.job(you, part{})
		theirs.IdempotencyKey, theirs.RequestHash = "key", "hash"
		if j, replayed, err := services[0].Submit(context.Background(), you, theirs); err != nil || replayed || j.ID != theirs.ID {
			t.Errorf("another person's same key: %v, replayed %v", err, replayed)
		}
		until(t, "the other's job ends", func() bool {
			w, err := services[0].Get(context.Background(), you, theirs.ID)
			return err == nil && Status(w.Status).Final()
		})
	})
}

func TestSubmitRefused(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		s := h.process()
		rowRefused := errors.New("the room's row is refused")
		for _, c := range []struct {
			name   string
			change func(*New)
			as     func(error) bool
		}{
			{"over the cap", func(n *New) { n.Want.Amount = theCap + 1 }, func(err error) bool { return fault.Is(err, fault.Quota) }},
			{"no sensible amount", func(n *New) { n.Want.Amount = 0 }, func(err error) bool { return fault.From(err).Code == fault.Internal }},
			{"the room's row", func(n *New) {
				n.Write = func(context.Context, *query.Queries) error { return rowRefused }
			}, func(err error) bool { return errors.Is(err, rowRefused) }},
			{"the room's own constraint, with a key", func(n *New) {
				n.IdempotencyKey = "fresh key"
				n.Write = func(ctx context.Context, q *query.Queries) error { return storetest.InsertUser(ctx, q, h.me.ID) }
			}, store.UniqueViolation},
			{"a key that is no text", func(n *New) { n.IdempotencyKey = "\xff" }, func(err error) bool { return fault.Is(err, fault.Invalid) }},
		} {
			n := h.job(h.me, part{})
			c.change(&n)
			j, replayed, err := s.Submit(context.Background(), h.me, n)
			if err == nil || !c.as(err) || replayed || j.ID != "" {
				t.Errorf("%s: job %q, replayed %v, %v", c.name, j.ID, replayed, err)
			}
		}
		h.checkBooks(h.me, 0)

		stopNow(s)
		if _, _, err := s.Submit(context.Background(), h.me, h.job(h.me, part{})); !fault.Is(err, fault.Unavailable) {
			t.Errorf("while it stops: %v", err)
		}
	})
}

// Characters that PostgreSQL's TEXT cannot hold come from vendors and programs;
// they may fail nothing, and least of all what others say.
func TestAnyTextIsKept(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		s := h.process()
		nasty := "a\x00b\xffc\xed\xa0\x80"
		s.Register(Kind{Type: "nasty", Run: func(_ context.Context, r *Run) Outcome {
			r.Begin(map[string]string{"name": nasty})
			r.Say(provider.Delta{Text: nasty, Reasoning: nasty})
			o := h.outcome(r, part{}, fault.New(fault.Upstream, nasty))
			o.Model, o.Result = nasty, map[string]string{"text": nasty}
			return o
		}})
		n := h.job(h.me, part{})
		n.Type, n.Input = "nasty", []byte(`{"text":"`+nasty+`"}`)
		j, _, err := s.Submit(context.Background(), h.me, n)
		if err != nil {
			t.Fatal(err)
		}
		var live client
		if err := live.follow(context.Background(), s, h.me, j.ID); err != nil {
			t.Fatal(err)
		}
		w := h.wait(s, j.ID)
		if Status(w.Status) != Failed || !strings.Contains(w.Error, "urn:pulse:problem:upstream") || w.Model != store.Text(nasty) {
			t.Errorf("got %s, %s, model %q", w.Status, w.Error, w.Model)
		}
		var kept client
		if err := kept.follow(context.Background(), s, h.me, j.ID); err != nil {
			t.Fatal(err)
		}
		if live.text != store.Text(nasty) || kept.text != live.text {
			t.Errorf("live %q, kept %q", live.text, kept.text)
		}
	})
}

// To everybody else a job does not exist, whatever they try.
func TestAnothersJobIsNotFound(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		s, elsewhere := h.process(), h.process()
		running := h.submit(s, part{Say: pieces(prose(300), 1), Pause: 100_000})
		done := h.submit(s, part{Say: []string{"done"}})
		h.wait(s, done.ID)
		you := h.person()
		ctx := context.Background()
		for _, id := range []string{running.ID, done.ID, "no such job"} {
			for where, s := range map[string]*Service{"here": s, "elsewhere": elsewhere} {
				for name, try := range map[string]func(actor.Actor) error{
					"get":  func(a actor.Actor) error { _, err := s.Get(ctx, a, id); return err },
					"wait": func(a actor.Actor) error { _, err := s.Wait(ctx, a, id); return err },
					"follow": func(a actor.Actor) error {
						return s.Follow(ctx, a, id, Reader{Send: func(Event) error { return errEnough }})
					},
					"cancel": func(a actor.Actor) error { _, err := s.Cancel(ctx, a, id); return err },
					"delete": func(a actor.Actor) error { return s.Delete(ctx, a, id) },
					"again":  func(a actor.Actor) error { _, err := s.Again(ctx, a, Idempotency{}, id); return err },
				} {
					if err := try(you); !fault.Is(err, fault.NotFound) {
						t.Errorf("%s of %s, %s: %v", name, id, where, err)
					}
				}
			}
		}
		if receipt, err := s.Receipt(ctx, you, done.ID); err != nil || len(receipt) != 0 {
			t.Errorf("another's receipt: %v, %v", receipt, err)
		}
		if list, err := s.List(ctx, you, Filter{Limit: 10}); err != nil || len(list) != 0 {
			t.Errorf("another's list: %v, %v", list, err)
		}
		if w, err := s.Get(ctx, h.me, running.ID); err != nil || w.CancelAsked || Status(w.Status) != Processing {
			t.Errorf("afterwards: %+v, %v", w, err)
		}
	})
}

func TestListPages(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		s := h.process()
		var want []string
		for i := range 7 {
			end := endsWell
			if i%3 == 0 {
				end = endsBroken
			}
			j := h.submit(s, part{Say: []string{"x"}, End: end})
			h.wait(s, j.ID)
			want = append([]string{j.ID}, want...)
		}
		var got []string
		f := Filter{Limit: 3}
		for {
			page, err := s.List(context.Background(), h.me, f)
			if err != nil {
				t.Fatal(err)
			}
			for _, j := range page {
				got = append(got, j.ID)
				f.BeforeID = j.ID
			}
			if len(page) < f.Limit {
				break
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("got %v, want %v", got, want)
		}
		for _, c := range []struct {
			filter Filter
			want   int
		}{
			{Filter{Limit: 10, Status: Failed}, 3},
			{Filter{Limit: 10, Status: Completed}, 4},
			{Filter{Limit: 10, Type: fakeType}, 7},
			{Filter{Limit: 10, Type: "video"}, 0},
			{Filter{Limit: 10, Status: Pending}, 0},
		} {
			if page, err := s.List(context.Background(), h.me, c.filter); err != nil || len(page) != c.want {
				t.Errorf("%+v: %d jobs, %v", c.filter, len(page), err)
			}
		}
	})
}

func TestDelete(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		s, ctx := h.process(), context.Background()
		j := h.submit(s, part{Say: pieces(prose(3000), 1), Pause: 50_000, Use: 7})
		if err := s.Delete(ctx, h.me, j.ID); !fault.Is(err, fault.Conflict) {
			t.Errorf("while it runs: %v", err)
		}
		if _, err := s.Cancel(ctx, h.me, j.ID); err != nil {
			t.Fatal(err)
		}
		used := h.wait(s, j.ID).Used
		if err := s.Delete(ctx, h.me, j.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Get(ctx, h.me, j.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("after its deletion: %v", err)
		}
		var c client
		if err := c.follow(ctx, s, h.me, j.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("its events: %v", err)
		}
		if receipt, err := s.Receipt(ctx, h.me, j.ID); err != nil || (used != nil) != (len(receipt) == 1) {
			t.Errorf("the books of a deleted job: %v, %v", receipt, err)
		}
	})
}

func TestAgainAndSubmitKind(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.SQLite(t))
	s, ctx := h.process(), context.Background()
	again := func(ctx context.Context, a actor.Actor, once Idempotency, _ Job) (Job, error) {
		n := h.job(a, part{Say: []string{"this time"}})
		n.Idempotency = once
		j, _, err := s.Submit(ctx, a, n)
		return j, err
	}
	s.Register(Kind{Type: fakeType, Run: h.play, Again: again, Submit: func(ctx context.Context, a actor.Actor, once Idempotency, input []byte) (Job, error) {
		n := h.job(a, part{})
		n.Input, n.Idempotency = input, once
		j, _, err := s.Submit(ctx, a, n)
		return j, err
	}})
	failed, well := h.submit(s, part{End: endsBroken}), h.submit(s, part{})
	running := h.submit(s, part{Say: []string{"x", "y"}, Pause: 1_000_000})
	h.wait(s, failed.ID)
	h.wait(s, well.ID)
	for _, id := range []string{well.ID, running.ID} {
		if _, err := s.Again(ctx, h.me, Idempotency{}, id); !fault.Is(err, fault.Conflict) {
			t.Errorf("a job that has not failed: %v", err)
		}
	}
	once := Idempotency{IdempotencyKey: "again", RequestHash: "this"}
	j, err := s.Again(ctx, h.me, once, failed.ID)
	if err != nil || j.ID == failed.ID || Status(h.wait(s, j.ID).Status) != Completed {
		t.Errorf("again: %+v, %v", j, err)
	}
	if same, err := s.Again(ctx, h.me, once, failed.ID); err != nil || same.ID != j.ID {
		t.Errorf("again by the same request: %+v, %v", same, err)
	}
	once.IdempotencyKey = "outside"
	j, err = s.SubmitKind(ctx, h.me, once, fakeType, []byte(`{"say":["hello"]}`))
	if err != nil || h.wait(s, j.ID).Result != `{"length":5}` {
		t.Errorf("from outside: %+v, %v", j, err)
	}
	if same, err := s.SubmitKind(ctx, h.me, once, fakeType, []byte(`{"say":["hello"]}`)); err != nil || same.ID != j.ID {
		t.Errorf("from outside by the same request: %+v, %v", same, err)
	}
	if _, err := s.SubmitKind(ctx, h.me, Idempotency{}, "wishes", nil); !fault.Is(err, fault.Invalid) {
		t.Errorf("an unknown type: %v", err)
	}
}

// A room may hold a job's quota partly; its run hears how much it got.
func TestRunKnowsWhatWasGranted(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.SQLite(t))
	s := h.process()
	granted := make(chan int64, 2)
	s.Register(Kind{Type: "asks", Run: func(_ context.Context, r *Run) Outcome {
		granted <- r.Granted
		return h.outcome(r, part{}, nil)
	}})
	n := h.job(h.me, part{})
	n.Type, n.Want = "asks", usage.Want{Meter: usage.Tokens, Amount: theCap + 5, Least: 1}
	j, _, err := s.Submit(context.Background(), h.me, n)
	if err != nil {
		t.Fatal(err)
	}
	h.wait(s, j.ID)
	select {
	case got := <-granted:
		if got != theCap {
			t.Errorf("granted %d", got)
		}
	case <-time.After(time.Second):
		t.Error("it did not run")
	}
}

// A bug in a room's Write is the caller's panic; nothing is stored and nothing
// is left that Stop would wait for.
func TestSubmitOutlivesAPanic(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		s := h.idle()
		n := h.job(h.me, part{Say: []string{"never"}})
		n.Write = func(context.Context, *query.Queries) error { panic("a bug in the room") }
		func() {
			defer func() {
				if p := recover(); p == nil {
					t.Error("the panic is gone")
				}
			}()
			_, _, err := s.Submit(context.Background(), h.me, n)
			t.Errorf("it gave %v", err)
		}()
		if _, err := s.Get(context.Background(), h.me, n.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("the job is there: %v", err)
		}
		stopped := make(chan struct{})
		go func() { stopNow(s); close(stopped) }()
		select {
		case <-stopped:
		case <-time.After(10 * time.Second):
			t.Error("Stop waits for a run that never was")
		}
	})
}
