package job

import (
	"context"
	"strings"
	"time"

	"pulse/internal/actor"
	"pulse/internal/fault"
	"pulse/internal/store"
	"pulse/internal/store/query"
)

// Reader is who follows a job's events.
type Reader struct {
	// After is the position of the last event that the reader has; 0 for none.
	// A reader without any gets what was said so far in one piece.
	After uint64
	// Send gets each event, in order. An error ends the following.
	Send func(Event) error
}

// lookEvery is how often a follower looks into the database when no hint comes.
const lookEvery = 300 * time.Millisecond

// Follow sends a job's events from a position on, until the job has ended,
// wherever it runs: from memory when that is here, otherwise from the database.
// It is NotFound when the job is not the actor's. A reader's position from
// before a crash gets EventRestart first.
func (s *Service) Follow(ctx context.Context, a actor.Actor, jobID string, r Reader) error {
	f := follower{service: s, actor: a, jobID: jobID, at: r.After, fresh: r.After == 0, send: r.Send}
	for {
		if st, ok := s.hub.get(jobID); ok && st.userID == a.ID {
			if ended, err := f.fromMemory(ctx, st); ended || err != nil {
				return err
			}
		}
		hint, stop := s.wait(jobID) // before looking, so that nothing falls in between
		ended, err := f.fromDatabase(ctx)
		if ended || err != nil {
			stop()
			return err
		}
		select {
		case <-hint:
		case <-time.After(lookEvery):
		case <-ctx.Done():
		}
		stop()
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
	}
}

// Wait returns when the job has ended, wherever it runs. The job is the
// actor's or NotFound.
func (s *Service) Wait(ctx context.Context, a actor.Actor, jobID string) (WithUsage, error) {
	for {
		s.mu.Lock()
		r := s.running[jobID]
		s.mu.Unlock()
		if r != nil && r.Job.UserID == a.ID {
			select {
			case <-r.ended:
			case <-ctx.Done():
				return WithUsage{}, context.Cause(ctx)
			}
			if r.final != nil {
				return *r.final, nil
			}
		}
		hint, stop := s.wait(jobID)
		w, err := s.Get(ctx, a, jobID)
		if err != nil || Status(w.Status).Final() {
			stop()
			return w, err
		}
		select {
		case <-hint:
		case <-time.After(lookEvery):
		case <-ctx.Done():
		}
		stop()
		if ctx.Err() != nil {
			return WithUsage{}, context.Cause(ctx)
		}
	}
}

type follower struct {
	service *Service
	actor   actor.Actor
	jobID   string
	at      uint64 // position of the last event sent
	fresh   bool   // nothing was sent yet and the reader has nothing
	send    func(Event) error
}

func (f *follower) deliver(e Event) error {
	// To somebody who has nothing yet, a new beginning is just the beginning.
	if f.fresh && e.Kind == EventRestart {
		e.Kind = EventStart
	}
	f.fresh, f.at = false, e.Position
	return f.send(e)
}

// fromMemory follows a job that runs in this process. It ends with the job;
// when the run ends without the job's end (it was handed over), not.
func (f *follower) fromMemory(ctx context.Context, st *stream) (ended bool, err error) {
	wake := st.join()
	defer st.leave(wake)
	for {
		e, ok, over := st.after(f.at)
		switch {
		case ok:
			if err := f.deliver(e); err != nil {
				return false, err
			}
			if e.Kind.last() {
				return true, nil
			}
		case over:
			return false, nil
		default:
			select {
			case <-wake:
			case <-ctx.Done():
				return false, context.Cause(ctx)
			}
		}
	}
}

// fromDatabase sends what is stored by now. It ends when the job has.
func (f *follower) fromDatabase(ctx context.Context) (ended bool, err error) {
	q := f.service.db.Read()
	j, err := q.GetJob(ctx, query.GetJobParams{ID: f.jobID, UserID: f.actor.ID})
	if store.NotFound(err) {
		return false, errNotFound()
	}
	if err != nil {
		return false, err
	}
	if f.at == 0 { // only the latest attempt matters to a newcomer
		last, err := q.LastJobEvent(ctx, query.LastJobEventParams{JobID: f.jobID, UserID: f.actor.ID})
		if err != nil {
			return false, err
		}
		f.at = basePosition(last >> positionBits)
	}
	const page = 500
	for {
		rows, err := q.JobEventsAfter(ctx, query.JobEventsAfterParams{
			JobID: f.jobID, UserID: f.actor.ID, Last: int64(f.at), Limit: page, //nolint:gosec // parsed below 2^53
		})
		if err != nil {
			return false, err
		}
		for _, e := range joinRows(rows, f.at) {
			if err := f.deliver(e); err != nil {
				return false, err
			}
			if e.Kind.last() {
				return true, nil
			}
		}
		if len(rows) < page {
			break
		}
	}
	if !Status(j.Status).Final() {
		return false, nil
	}
	// The job had ended before the rows were read, so no more will come. Either
	// the reader has them all, or they were swept or never stored.
	last, err := q.LastJobEvent(ctx, query.LastJobEventParams{JobID: f.jobID, UserID: f.actor.ID})
	if err != nil || last > 0 {
		return true, err
	}
	return true, f.replay(ctx, q, j)
}

// joinRows makes events of rows and joins neighbouring runs of text of one
// kind, so that a newcomer gets one piece and not one a tick. Where two rows
// overlap, because the first was stored unknown to its writer, what they share
// comes once.
func joinRows(rows []query.JobEventsAfterRow, at uint64) []Event {
	var events []Event
	for _, row := range rows {
		kind := EventKind(row.Kind)
		e := Event{Position: uint64(row.Last), Content: Content{Kind: kind, Data: []byte(row.Data)}} //nolint:gosec // stored from uint64
		if kind.text() {
			e.Data, at = cut(e.Data, uint64(row.First), at), e.Position //nolint:gosec // as above
			if n := len(events); n > 0 && events[n-1].Kind == kind {
				events[n-1].Data = append(events[n-1].Data, e.Data...)
				events[n-1].Position = e.Position
				continue
			}
		}
		events = append(events, e)
	}
	return events
}

// replay sends a finished job whose events are gone, from its result. The
// positions lie after all that the job ever said, and are the same each time: a
// reader that was cut off in the middle of a replay goes on from there.
func (f *follower) replay(ctx context.Context, q *query.Queries, j Job) error {
	kind, ok := f.service.kind(j.Type)
	if !ok || kind.Replay == nil {
		return fault.New(fault.NotFound, "The events of this job are not kept any more; its result is.")
	}
	contents, err := kind.Replay(ctx, q, j)
	if err != nil {
		return err
	}
	if Status(j.Status) == Failed {
		contents = append(contents, Content{Kind: EventError, Data: []byte(j.Error)})
	}
	at := basePosition(j.Fence + 1)
	for i, c := range contents {
		first := at
		at += size(c)
		if at <= f.at || at == first { // the reader has it, or it is a run of no text
			continue
		}
		if c.Kind.text() {
			c.Data = cut(c.Data, first, f.at)
		}
		if i == 0 && c.Kind == EventStart && !f.fresh {
			c.Kind = EventRestart
		}
		if err := f.deliver(Event{Position: at, Content: c}); err != nil {
			return err
		}
	}
	return nil
}

// wait registers for hints about a job.
func (s *Service) wait(jobID string) (hint <-chan struct{}, stop func()) {
	ch := make(chan struct{}, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waiting[jobID] == nil {
		s.waiting[jobID] = map[chan struct{}]struct{}{}
	}
	s.waiting[jobID][ch] = struct{}{}
	return ch, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.waiting[jobID], ch)
		if len(s.waiting[jobID]) == 0 {
			delete(s.waiting, jobID)
		}
	}
}

func (s *Service) wakeFollowers(jobID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for ch := range s.waiting[jobID] {
		select {
		case ch <- struct{}{}:
		default:
		}
	}
}

func (s *Service) wakeFollowersOf(ids string) {
	for id := range strings.SplitSeq(ids, ",") {
		s.wakeFollowers(id)
	}
}
