package job

import (
	"context"
	"log/slog"
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

func (h *hub) open(j Job) *stream {
	s := newStream(j)
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
		if err := h.flush(ctx); err != nil && ctx.Err() == nil {
			h.log.ErrorContext(ctx, "storing job events failed; they stay in memory and are tried again", "error", err)
		}
		pause = max(h.every, 4*time.Since(begun))
	}
}

// flush stores what all streams have said since the last time.
func (h *hub) flush(ctx context.Context) error {
	h.mu.Lock()
	streams := make([]*stream, 0, len(h.streams))
	for _, s := range h.streams {
		streams = append(streams, s)
	}
	h.mu.Unlock()

	var rows []row
	var held []*stream
	var upTo []uint64
	for _, s := range streams {
		if !s.flushing.TryLock() { // its run is ending and stores the rest itself
			continue
		}
		own := s.unstored()
		if len(own) == 0 {
			s.flushing.Unlock()
			continue
		}
		rows, held, upTo = append(rows, own...), append(held, s), append(upTo, own[len(own)-1].event.Position)
	}
	if len(rows) == 0 {
		return nil
	}
	err := h.db.Write(ctx, func(ctx context.Context, q *query.Queries) error { return insertRows(ctx, q, rows) })
	for i, s := range held {
		if err == nil {
			s.flushed = upTo[i]
		}
		s.flushing.Unlock()
	}
	if err != nil {
		return err
	}
	ids := make([]string, len(held))
	for i, s := range held {
		ids[i] = s.jobID
	}
	return h.announce(ctx, ids)
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
			Kind: string(r.event.Kind), Data: string(r.event.Data),
		})
		if err != nil {
			return err
		}
	}
	return nil
}
