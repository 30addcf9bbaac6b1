package job

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"pulse/internal/fault"
	"pulse/internal/store"
	"pulse/internal/store/query"
	"pulse/internal/store/storetest"
)

// erase deletes a person, as the account's room does.
func (h *house) erase(id string) error {
	return h.db.Write(context.Background(), func(ctx context.Context, q *query.Queries) error {
		_, err := q.EraseUser(ctx, query.EraseUserParams{ID: id, DeletedAt: store.Millis(time.Now())})
		return err
	})
}

func (h *house) stored(id string) bool {
	h.t.Helper()
	_, err := h.db.Read().GetJob(context.Background(), query.GetJobParams{ID: id, UserID: h.me.ID})
	if err != nil && !store.NotFound(err) {
		h.t.Fatal(err)
	}
	return err == nil
}

func TestNothingBeginsForTheDeleted(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		s := h.process()
		if err := h.erase(h.me.ID); err != nil {
			t.Fatal(err)
		}
		n := h.job(h.me, part{Say: []string{"too late"}})
		if _, _, err := s.Submit(t.Context(), h.me, n); !fault.Is(err, fault.Unauthenticated) || h.stored(n.ID) {
			t.Errorf("%v, stored: %t", err, h.stored(n.ID))
		}
		h.checkBooks(h.me, 0)
	})
}

// Where several transactions run at once: a person who is deleted while a job of
// theirs is being stored has no job, also when its transaction began before.
func TestDeletedWhileAJobIsStored(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.Postgres(t))
	s := h.process()
	n := h.job(h.me, part{Say: []string{"too late"}})
	write := n.Write
	n.Write = func(ctx context.Context, q *query.Queries) error {
		if err := h.erase(h.me.ID); err != nil { // somebody else's transaction, committed
			return err
		}
		return write(ctx, q)
	}
	if _, _, err := s.Submit(t.Context(), h.me, n); !fault.Is(err, fault.Unauthenticated) || h.stored(n.ID) {
		t.Errorf("%v, stored: %t", err, h.stored(n.ID))
	}
}

// And once it has written something of the person's, who deletes them waits for
// it and finds it.
func TestDeletionWaitsForAJobThatIsStored(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.Postgres(t))
	s := h.process()
	n := h.job(h.me, part{Say: pieces(prose(6000), 1), Pause: 10_000})
	write, begun, erased := n.Write, sync.Once{}, make(chan error, 1)
	n.Write = func(ctx context.Context, q *query.Queries) error {
		if err := write(ctx, q); err != nil {
			return err
		}
		begun.Do(func() {
			go func() { erased <- h.erase(h.me.ID) }()
			select {
			case err := <-erased:
				t.Errorf("the person was deleted under a transaction that has written something of theirs: %v", err)
			case <-time.After(300 * time.Millisecond):
			}
		})
		return nil
	}
	if _, _, err := s.Submit(t.Context(), h.me, n); err != nil {
		t.Fatal(err)
	}
	if err := <-erased; err != nil || !h.stored(n.ID) {
		t.Errorf("%v, stored: %t", err, h.stored(n.ID))
	}
}

// What is left of a deleted person goes once all has ended, and only that; the
// books stay.
func TestPurge(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		s, other := h.process(), h.person()
		h.wait(s, h.submit(s, part{Say: []string{"an answer"}, Use: 7}).ID)
		theirs, _, err := s.Submit(t.Context(), other, h.job(other, part{Say: []string{"another's"}, Use: 5}))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Wait(t.Context(), other, theirs.ID); err != nil {
			t.Fatal(err)
		}
		running := h.submit(s, part{Say: pieces(prose(6000), 1), Pause: 10_000})
		if err := h.erase(h.me.ID); err != nil {
			t.Fatal(err)
		}
		if err := s.Purge(t.Context(), h.me.ID); !errors.Is(err, ErrUnfinished) || !h.stored(running.ID) {
			t.Errorf("while a job runs: %v", err)
		}
		h.write(func(ctx context.Context, q *query.Queries) error { return CancelAll(ctx, q, h.me.ID) })
		h.wait(s, running.ID)
		for range 2 { // it may be called again
			if err := s.Purge(t.Context(), h.me.ID); err != nil {
				t.Fatal(err)
			}
		}
		periods, err := s.Periods(t.Context(), h.me)
		if err != nil || len(periods) != 0 || h.stored(running.ID) {
			t.Errorf("%v is still counted, %v; stored: %t", periods, err, h.stored(running.ID))
		}
		booked := 0
		for e, err := range s.Booked(t.Context(), h.me) {
			if err != nil || e.RawUsage != "" {
				t.Errorf("%+v, %v", e, err)
			}
			booked++
		}
		if booked < 1 || booked > 2 { // the second, if it has said anything
			t.Errorf("%d usage events are left", booked)
		}
		h.checkBooks(other, 1)
	})
}
