package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"pulse/internal/store"
	"pulse/internal/store/query"
)

// Topics on the database's bus.
const (
	topicEvents = "job_events" // payload: job ids, comma-separated
	topicCancel = "job_cancel" // payload: a job id
)

// hub knows the streams of the jobs that run in this process and stores what
// they say, all streams together in one transaction a tick.
type hub struct {
	db    *store.DB
	log   *slog.Logger
	every time.Duration

	mu      sync.Mutex
	streams map[string]*stream
}

func newHub(db *store.DB, log *slog.Logger, every time.Duration) *hub {
	return &hub{db: db, log: log, every: every, streams: map[string]*stream{}}
}

func (h *hub) open(j Job, fleeting bool) *stream {
	s := newStream(j)
	s.fleeting = fleeting
	h.mu.Lock()
	defer h.mu.Unlock()
	h.streams[j.ID] = s
	return s
}

// close forgets a stream; who still reads it reads to its end.
func (h *hub) close(s *stream) {
	h.mu.Lock()
	if h.streams[s.jobID] == s {
		delete(h.streams, s.jobID)
	}
	h.mu.Unlock()
	s.end()
}

func (h *hub) get(jobID string) (*stream, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s, ok := h.streams[jobID]
	return s, ok
}

// loop stores events until ctx ends. When storing takes long the pause grows
// with it, so that events never take more than a fifth of the database's time.
func (h *hub) loop(ctx context.Context) {
	pause := h.every
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		begun := time.Now()
		err := h.flush(ctx)
		pause = max(h.every, 4*time.Since(begun))
		if err != nil && ctx.Err() == nil {
			h.log.ErrorContext(ctx, "storing job events failed; they stay in memory and are tried again", "error", err)
			pause = max(pause, time.Second)
		}
	}
}

// fresh is what one stream has said since it was last stored. It holds the
// stream's flushing.
type fresh struct {
	stream *stream
	rows   []row
}

// stored lets the stream go; ok tells that its rows are in the database.
func (f fresh) stored(ok bool) {
	if ok {
		f.stream.flushed = f.rows[len(f.rows)-1].event.Position
	}
	f.stream.flushing.Unlock()
}

// collect gives what all streams have said since the last time.
func (h *hub) collect() []fresh {
	h.mu.Lock()
	streams := slices.Collect(maps.Values(h.streams))
	h.mu.Unlock()
	var all []fresh
	for _, s := range streams {
		if !s.flushing.TryLock() { // its run is ending and stores the rest itself
			continue
		}
		rows := s.unstored()
		if len(rows) == 0 {
			s.flushing.Unlock()
			continue
		}
		s.offered = true
		all = append(all, fresh{s, rows})
	}
	return all
}

// flush stores what all streams have said since the last time, all together.
// Should the rows of one be refused, the others' are stored without them.
func (h *hub) flush(ctx context.Context) error {
	all := h.collect()
	if len(all) == 0 {
		return nil
	}
	err := h.store(ctx, all...)
	if err == nil || store.Away(err) || len(all) == 1 {
		for _, f := range all {
			f.stored(err == nil)
		}
	} else {
		var errs []error
		for _, f := range all {
			err := h.store(ctx, f)
			f.stored(err == nil)
			errs = append(errs, err)
		}
		err = errors.Join(errs...)
	}
	if store.Away(err) {
		return err
	}
	ids := make([]string, len(all))
	for i, f := range all {
		ids[i] = f.stream.jobID
	}
	return errors.Join(err, h.announce(ctx, ids))
}

func (h *hub) store(ctx context.Context, all ...fresh) error {
	return h.db.Write(ctx, func(ctx context.Context, q *query.Queries) error {
		for _, f := range all {
			if err := insertRows(ctx, q, f.rows); err != nil {
				return fmt.Errorf("events of job %s: %w", f.stream.jobID, err)
			}
		}
		return nil
	})
}

// announce tells other processes which jobs have news.
func (h *hub) announce(ctx context.Context, ids []string) error {
	const most = 180 // ids in one payload
	for len(ids) > 0 {
		n := min(most, len(ids))
		if err := h.db.Publish(ctx, topicEvents, strings.Join(ids[:n], ",")); err != nil {
			return err
		}
		ids = ids[n:]
	}
	return nil
}

func insertRows(ctx context.Context, q *query.Queries, rows []row) error {
	for _, r := range rows {
		err := q.InsertJobEvent(ctx, query.InsertJobEventParams{
			JobID: r.jobID, UserID: r.userID, Last: int64(r.event.Position), First: int64(r.first), //nolint:gosec // below 2^53
			Kind: string(r.event.Kind), Data: string(r.event.Data), Fence: r.fence,
		})
		if err != nil {
			return err
		}
	}
	return nil
}
