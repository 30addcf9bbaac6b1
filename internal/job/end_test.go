package job

import (
	"context"
	"strings"
	"testing"

	"pulse/internal/fault"
	"pulse/internal/store"
	"pulse/internal/store/query"
	"pulse/internal/store/storetest"
)

func problemOf(t testing.TB, document string) *fault.Error {
	t.Helper()
	f, err := fault.FromProblem([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// However a run ends, the job ends with it, once: nothing is held any more, and
// what the vendor was paid for is booked.
func TestEnds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, end string
		status    Status
		booked    int64
		code      fault.Code
	}{
		{"well", endsWell, Completed, 50, ""},
		{"refused before the first word", endsRefused, Failed, 0, fault.Upstream},
		{"broken after some", endsBroken, Failed, 9, fault.Upstream},
		{"a panic in the kind", endsInPanic, Failed, 0, fault.Internal},
		{"the room cannot store it", endsUnfit, Failed, 50, fault.Internal},
		{"the room can store nothing", endsUnfitEver, Failed, 50, fault.Internal},
		{"the room settles by itself", endsTwice, Failed, 50, fault.Internal},
		{"the room charges what was not held", endsUncharged, Failed, 0, fault.Internal},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				h := newHouse(t, db)
				s := h.process()
				j := h.submit(s, part{Say: []string{"an ", "answer"}, End: c.end, Use: 50})
				var reader client
				if err := reader.follow(context.Background(), s, h.me, j.ID); err != nil {
					t.Fatal(err)
				}
				w := h.wait(s, j.ID)
				if Status(w.Status) != c.status || w.Attempt != 1 {
					t.Errorf("%s at attempt %d", w.Status, w.Attempt)
				}
				if c.code != "" {
					if f := problemOf(t, w.Error); f.Code != c.code || reader.last != EventError || reader.problem != w.Error {
						t.Errorf("%s; the reader was told %s %s", w.Error, reader.last, reader.problem)
					}
					if strings.Contains(w.Error, "bug in the room") {
						t.Errorf("the cause is told to the outside: %s", w.Error)
					}
				}
				receipt, err := s.Receipt(context.Background(), h.me, j.ID)
				var booked int64
				for _, e := range receipt {
					booked += e.Quantity
				}
				if err != nil || booked != c.booked || (c.booked == 0) != (len(receipt) == 0) {
					t.Errorf("booked %d, want %d, %v", booked, c.booked, err)
				}
				h.checkBooks(h.me, 1)
			})
		})
	}
}

// A result that does not encode, and a room that panics while it stores, are
// bugs that end one job and not the process.
func TestPanicsAtTheEnd(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.SQLite(t))
	s := h.process()
	for name, spoil := range map[string]func(*Outcome){
		"a result that does not encode": func(o *Outcome) { o.Result = make(chan int) },
		"an end that does not encode":   func(o *Outcome) { o.Done = func() {} },
		"a panic in the room's writing": func(o *Outcome) {
			o.Write = func(context.Context, *query.Queries, Status, *fault.Error) error { panic(1) }
		},
	} {
		s.Register(Kind{Type: name, Run: func(_ context.Context, r *Run) Outcome {
			o := h.outcome(r, part{Use: 5}, nil)
			spoil(&o)
			return o
		}})
		n := h.job(h.me, part{})
		n.Type = name
		j, _, err := s.Submit(context.Background(), h.me, n)
		if err != nil {
			t.Fatal(err)
		}
		if w := h.wait(s, j.ID); Status(w.Status) != Failed || w.Used == nil || problemOf(t, w.Error).Code != fault.Internal {
			t.Errorf("%s: %s, booked %v, %s", name, w.Status, w.Used, w.Error)
		}
	}
	n := h.job(h.me, part{})
	n.Type = "a type of another release"
	j, _, err := s.Submit(context.Background(), h.me, n)
	if err != nil {
		t.Fatal(err)
	}
	if w := h.wait(s, j.ID); Status(w.Status) != Failed || w.Used != nil {
		t.Errorf("an unknown kind: %s, booked %v", w.Status, w.Used)
	}
}
