package usage_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
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

// clock is a time that a test moves.
type clock struct{ now atomic.Pointer[time.Time] }

func clockAt(text string) *clock {
	c := &clock{}
	c.set(text)
	return c
}

func (c *clock) set(text string) { c.now.Store(new(date(text))) }
func (c *clock) get() time.Time  { return *c.now.Load() }

// account is a person with a plan, and the ledger that books them.
type account struct {
	t      testing.TB
	db     *store.DB
	ledger *usage.Ledger
	actor  actor.Actor
	clock  *clock
}

func open(t testing.TB, db *store.DB, tokens int64) *account {
	t.Helper()
	plans, err := usage.LoadPlans(writeFile(t, fmt.Sprintf("plans: [{key: test, name: Test, caps: {tokens: %d, images: 4}}]", tokens)))
	if err != nil {
		t.Fatal(err)
	}
	c := clockAt("2026-03-10T12:00:00Z")
	a := &account{
		t: t, db: db, ledger: usage.NewLedger(plans, c.get), clock: c,
		actor: actor.Actor{ID: store.NewID(), Plan: "test", Anchor: date("2026-01-31T00:00:00Z")},
	}
	a.write(func(ctx context.Context, q *query.Queries) error { return storetest.InsertUser(ctx, q, a.actor.ID) })
	return a
}

func (a *account) write(fn store.TxFunc) {
	a.t.Helper()
	if err := a.db.Write(context.Background(), fn); err != nil {
		a.t.Fatal(err)
	}
}

func (a *account) reserve(jobID string, want usage.Want) (granted int64, err error) {
	err = a.db.Write(context.Background(), func(ctx context.Context, q *query.Queries) (err error) {
		granted, err = a.ledger.Reserve(ctx, q, a.actor, jobID, want)
		return err
	})
	return granted, err
}

func (a *account) settle(jobID string, charges ...usage.Charge) error {
	return a.db.Write(context.Background(), func(ctx context.Context, q *query.Queries) error {
		return a.ledger.Settle(ctx, q, a.actor.ID, jobID, charges)
	})
}

// books is all that the database says of the account's tokens now.
type books struct {
	used, reserved, held, events int64
	count                        int
}

func (a *account) books(jobs ...string) books {
	a.t.Helper()
	ctx, q := context.Background(), a.db.Read()
	s, err := a.ledger.Summary(ctx, q, a.actor, []usage.Meter{usage.Tokens})
	if err != nil {
		a.t.Fatal(err)
	}
	b := books{used: s.Meters[0].Used, reserved: s.Meters[0].Reserved}
	for _, id := range jobs {
		holds, err := q.ListHolds(ctx, query.ListHoldsParams{JobID: id, UserID: a.actor.ID})
		if err != nil {
			a.t.Fatal(err)
		}
		for _, h := range holds {
			b.held += h.Amount
		}
		events, err := q.ListUsageEventsByJob(ctx, query.ListUsageEventsByJobParams{UserID: a.actor.ID, JobID: id})
		if err != nil {
			a.t.Fatal(err)
		}
		for _, e := range events {
			b.events += e.Quantity
			b.count++
		}
	}
	return b
}

func tokens(n int64) usage.Charge {
	return usage.Charge{Meter: usage.Tokens, Quantity: n, Provider: "demo", Model: "demo-chat"}
}

func want(amount, least int64) usage.Want {
	return usage.Want{Meter: usage.Tokens, Amount: amount, Least: least}
}

// The race that check-then-add loses: a thousand at once for a hundred places.
func TestThousandReservationsNeverPassTheCap(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		const callers, limit, each = 1000, 1000, 10
		a := open(t, db, limit)
		var granted, refused atomic.Int64
		jobs := make([]string, callers)
		var wg sync.WaitGroup
		start := make(chan struct{})
		for i := range jobs {
			jobs[i] = fmt.Sprintf("job-%d", i)
			wg.Go(func() {
				<-start
				switch n, err := a.reserve(jobs[i], want(each, 0)); {
				case err == nil && n == each:
					granted.Add(n)
				case fault.Is(err, fault.Quota):
					refused.Add(1)
				default:
					t.Errorf("granted %d, error %v", n, err)
				}
			})
		}
		close(start)
		wg.Wait()
		if granted.Load() != limit || refused.Load() != callers-limit/each {
			t.Errorf("granted %d of %d, refused %d callers", granted.Load(), limit, refused.Load())
		}
		if got := a.books(jobs...); got != (books{reserved: limit, held: limit}) {
			t.Errorf("the books say %+v", got)
		}
	})
}

// Partial grants at the same moment: nobody is told to come back while there is
// something left, and all that is left is granted.
func TestPartialGrantsTakeExactlyWhatIsLeft(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		const callers, limit = 200, 1003
		a := open(t, db, limit)
		var granted atomic.Int64
		jobs := make([]string, callers)
		var wg sync.WaitGroup
		for i := range jobs {
			jobs[i] = fmt.Sprintf("job-%d", i)
			wg.Go(func() {
				n, err := a.reserve(jobs[i], want(10, 1))
				if err != nil && !fault.Is(err, fault.Quota) {
					t.Error(err)
				}
				if err == nil && (n < 1 || n > 10) {
					t.Errorf("granted %d", n)
				}
				granted.Add(n)
			})
		}
		wg.Wait()
		if granted.Load() != limit {
			t.Errorf("granted %d of %d", granted.Load(), limit)
		}
		if got := a.books(jobs...); got != (books{reserved: limit, held: limit}) {
			t.Errorf("the books say %+v", got)
		}
	})
}

func TestReserve(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name         string
		used         int64 // of a cap of 1000
		want         usage.Want
		granted      int64
		refused, odd bool
	}{
		{name: "all of a new period", want: want(1000, 0), granted: 1000},
		{name: "one too many", want: want(1001, 0), refused: true},
		{name: "what is left, when that is enough", used: 900, want: want(500, 100), granted: 100},
		{name: "the least is too much", used: 901, want: want(500, 100), refused: true},
		{name: "no more than asked", used: 100, want: want(500, 1), granted: 500},
		{name: "nothing left", used: 1000, want: want(1, 1), refused: true},
		{name: "over the cap already", used: 2000, want: want(1, 1), refused: true},
		{name: "nothing", want: want(0, 0), odd: true},
		{name: "less than nothing", want: want(-5, 0), odd: true},
		{name: "at least more than at most", want: want(5, 6), odd: true},
		{name: "at least less than nothing", want: want(5, -1), odd: true},
		{name: "a meter that the plan does not name", want: usage.Want{Meter: usage.VideoSeconds, Amount: 1}, refused: true},
		{name: "a meter that nobody knows", want: usage.Want{Meter: "wishes", Amount: 1}, refused: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := open(t, storetest.SQLite(t), 1000)
			if c.used > 0 {
				if _, err := a.reserve("before", want(1, 0)); err != nil {
					t.Fatal(err)
				}
				if err := a.settle("before", tokens(c.used)); err != nil {
					t.Fatal(err)
				}
			}
			got, err := a.reserve("job", c.want)
			if got != c.granted || fault.Is(err, fault.Quota) != c.refused || (err != nil) != (c.refused || c.odd) {
				t.Errorf("granted %d, error %v", got, err)
			}
			if b := a.books("job"); b.held != c.granted || b.reserved != c.granted || b.used != c.used {
				t.Errorf("the books say %+v", b)
			}
		})
	}
}

func TestRefusalTellsTheStanding(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		a := open(t, db, 1000)
		for id, n := range map[string]int64{"one": 300, "two": 250} {
			if _, err := a.reserve(id, want(n, 0)); err != nil {
				t.Fatal(err)
			}
		}
		if err := a.settle("one", tokens(120)); err != nil {
			t.Fatal(err)
		}
		_, err := a.reserve("three", want(800, 700))
		f := fault.From(err)
		told := map[string]any{
			"meter": "tokens", "limit": int64(1000), "used": int64(120), "reserved": int64(250), "resets_at": "2026-03-31T00:00:00Z",
		}
		if f.Code != fault.Quota || !reflect.DeepEqual(f.Extra, told) {
			t.Errorf("got %v with %v", f, f.Extra)
		}
	})
}

// A new period starts from nothing, and a hold is settled in the period in
// which it was made.
func TestPeriodsCountApart(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		a := open(t, db, 1000)
		if _, err := a.reserve("march", want(1000, 0)); err != nil {
			t.Fatal(err)
		}
		a.clock.set("2026-03-30T23:59:59Z")
		if _, err := a.reserve("too early", want(1, 0)); !fault.Is(err, fault.Quota) {
			t.Fatalf("the last second of the period: %v", err)
		}
		a.clock.set("2026-03-31T00:00:00Z")
		if n, err := a.reserve("april", want(1000, 0)); err != nil || n != 1000 {
			t.Fatalf("the first moment of the next: %d, %v", n, err)
		}
		if err := a.settle("march", tokens(700)); err != nil {
			t.Fatal(err)
		}
		if got, want := a.books("march", "april"), (books{reserved: 1000, held: 1000, events: 700, count: 1}); got != want {
			t.Errorf("the new period says %+v, want %+v", got, want)
		}
		a.clock.set("2026-03-30T00:00:00Z")
		if got, want := a.books("march"), (books{used: 700, events: 700, count: 1}); got != want {
			t.Errorf("the old period says %+v, want %+v", got, want)
		}
	})
}

func TestSettle(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		charges []usage.Charge
		after   books // of a hold of 100
		fails   bool
	}{
		{name: "less than held", charges: []usage.Charge{tokens(40)}, after: books{used: 40, events: 40, count: 1}},
		{name: "all that was held", charges: []usage.Charge{tokens(100)}, after: books{used: 100, events: 100, count: 1}},
		{name: "more than held: the vendor is right", charges: []usage.Charge{tokens(5000)}, after: books{used: 5000, events: 5000, count: 1}},
		{name: "nothing used", after: books{}},
		{name: "used, and it was nothing", charges: []usage.Charge{tokens(0)}, after: books{count: 1}},
		{name: "a meter without a hold", charges: []usage.Charge{{Meter: usage.Images, Quantity: 1}}, fails: true},
		{name: "one with and one without", charges: []usage.Charge{tokens(1), {Meter: usage.Images, Quantity: 1}}, fails: true},
		{name: "a meter that nobody knows", charges: []usage.Charge{{Meter: "wishes", Quantity: 1}}, fails: true},
		{name: "the same meter twice", charges: []usage.Charge{tokens(1), tokens(2)}, fails: true},
		{name: "less than nothing", charges: []usage.Charge{tokens(-1)}, fails: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				a := open(t, db, 1000)
				if _, err := a.reserve("job", want(100, 0)); err != nil {
					t.Fatal(err)
				}
				if err := a.settle("job", c.charges...); (err != nil) != c.fails {
					t.Fatalf("got %v", err)
				}
				if c.fails {
					c.after = books{reserved: 100, held: 100}
				}
				if got := a.books("job"); got != c.after {
					t.Errorf("the books say %+v, want %+v", got, c.after)
				}
			})
		})
	}
}

// Of many who settle a job at once, one does.
func TestSettleOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		a := open(t, db, 1000)
		if _, err := a.reserve("job", want(100, 0)); err != nil {
			t.Fatal(err)
		}
		var settled, none atomic.Int64
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				switch err := a.settle("job", tokens(30)); {
				case err == nil:
					settled.Add(1)
				case errors.Is(err, usage.ErrNoHold):
					none.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if settled.Load() != 1 || none.Load() != 49 {
			t.Errorf("settled %d times, refused %d times", settled.Load(), none.Load())
		}
		if got := a.books("job"); got != (books{used: 30, events: 30, count: 1}) {
			t.Errorf("the books say %+v", got)
		}
		if err := a.settle("never reserved", tokens(1)); !errors.Is(err, usage.ErrNoHold) {
			t.Errorf("a job without a hold: %v", err)
		}
	})
}

// A hold and its job are one transaction: when the job is not stored, neither
// is the hold.
func TestReserveIsUndoneWithItsTransaction(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		a := open(t, db, 1000)
		boom := errors.New("boom")
		err := db.Write(context.Background(), func(ctx context.Context, q *query.Queries) error {
			if _, err := a.ledger.Reserve(ctx, q, a.actor, "job", want(100, 0)); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		if got := a.books("job"); got != (books{}) {
			t.Errorf("the books say %+v", got)
		}
	})
}

// What a vendor reports about itself is kept as it is, as far as a database can.
func TestSettleKeepsTheVendorsFigures(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		a := open(t, db, 1000)
		if _, err := a.reserve("job", want(100, 0)); err != nil {
			t.Fatal(err)
		}
		c := tokens(15)
		c.Tokens = provider.Usage{Input: 4, CacheRead: 3, CacheWrite: 2, CacheWrite1h: 1, Output: 5, Reasoning: 2, Raw: []byte("{\"x\":\"a\x00b\xff\"}")}
		c.Lines = []usage.Line{{Class: "input", Quantity: 4, UnitPrice: 250, Cost: 1000}, {Class: "output", Quantity: 5, UnitPrice: 10_000, Cost: 50_000}}
		if err := a.settle("job", c); err != nil {
			t.Fatal(err)
		}
		events, err := db.Read().ListUsageEventsByJob(context.Background(), query.ListUsageEventsByJobParams{UserID: a.actor.ID, JobID: "job"})
		if err != nil || len(events) != 1 {
			t.Fatalf("%d events, %v", len(events), err)
		}
		e := events[0]
		if e.CostNanos != 51_000 || e.InputTokens+e.CacheReadTokens+e.CacheWriteTokens+e.CacheWrite1hTokens+e.OutputTokens != e.Quantity {
			t.Errorf("the event does not add up: %+v", e)
		}
		if e.RawUsage != "{\"x\":\"a\uFFFDb\uFFFD\"}" {
			t.Errorf("the vendor's figures became %q", e.RawUsage)
		}
	})
}

func TestSummary(t *testing.T) {
	t.Parallel()
	a := open(t, storetest.SQLite(t), 1000)
	for id, n := range map[string]int64{"one": 300, "two": 251} {
		if _, err := a.reserve(id, want(n, 0)); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.settle("one", tokens(128)); err != nil {
		t.Fatal(err)
	}
	s, err := a.ledger.Summary(context.Background(), a.db.Read(), a.actor, []usage.Meter{usage.Tokens, usage.Images, usage.VideoSeconds})
	if err != nil {
		t.Fatal(err)
	}
	standing := []usage.MeterState{
		{Meter: usage.Tokens, Limit: 1000, Used: 128, Reserved: 251, Remaining: 621, Percent: 37},
		{Meter: usage.Images, Limit: 4, Remaining: 4},
		{Meter: usage.VideoSeconds, Percent: 100},
	}
	if !reflect.DeepEqual(s.Meters, standing) {
		t.Errorf("got %+v", s.Meters)
	}
	if s.Plan.Key != "test" || !s.Period.Start.Equal(date("2026-02-28T00:00:00Z")) || !s.Period.End.Equal(date("2026-03-31T00:00:00Z")) {
		t.Errorf("got %+v, %+v", s.Plan, s.Period)
	}
	if err := a.settle("two", tokens(2000)); err != nil { // over the cap, by the vendor's count
		t.Fatal(err)
	}
	if s, err = a.ledger.Summary(context.Background(), a.db.Read(), a.actor, []usage.Meter{usage.Tokens}); err != nil {
		t.Fatal(err)
	}
	if got := s.Meters[0]; got.Remaining != 0 || got.Percent != 100 {
		t.Errorf("over the cap: %+v", got)
	}
}

// Who has nothing left is told as if they had asked, and nothing is held for it.
func TestLeft(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		a := open(t, db, 100)
		left := func() error { return a.ledger.Left(t.Context(), a.db.Read(), a.actor, usage.Tokens) }
		if err := left(); err != nil {
			t.Errorf("at the beginning: %v", err)
		}
		if _, err := a.reserve("a", want(99, 0)); err != nil {
			t.Fatal(err)
		}
		if err := left(); err != nil {
			t.Errorf("with one left: %v", err)
		}
		if _, err := a.reserve("b", want(1, 0)); err != nil {
			t.Fatal(err)
		}
		if err := left(); !fault.Is(err, fault.Quota) || fault.From(err).Extra["limit"] != int64(100) {
			t.Errorf("with none left: %v", err)
		}
		a.clock.set("2026-04-10T12:00:00Z")
		if err := left(); err != nil {
			t.Errorf("in the next period: %v", err)
		}
	})
}
