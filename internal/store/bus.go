package store

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// notifyChannel is the one PostgreSQL channel; the topic is part of the payload.
const notifyChannel = "pulse"

// bus carries short hints ("job X has news") between the processes that share
// a database. Hints may be lost: whoever waits also looks from time to time.
// On SQLite they reach this process only.
type bus struct {
	mu   sync.Mutex
	subs map[string]map[chan string]struct{}
	send func(ctx context.Context, topic, payload string) error
}

func newBus() *bus {
	b := &bus{subs: map[string]map[chan string]struct{}{}}
	b.send = func(_ context.Context, topic, payload string) error { b.dispatch(topic, payload); return nil }
	return b
}

// Publish sends a hint to everyone who listens to the topic, in every process.
// The payload holds at most 7 000 bytes (PostgreSQL's bound is 8 000).
func (db *DB) Publish(ctx context.Context, topic, payload string) error {
	return db.bus.send(ctx, topic, payload)
}

// Subscribe gives the hints of a topic until stop is called. A slow reader
// loses hints.
func (db *DB) Subscribe(topic string) (hints <-chan string, stop func()) {
	b, ch := db.bus, make(chan string, 64)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.subs[topic] == nil {
		b.subs[topic] = map[chan string]struct{}{}
	}
	b.subs[topic][ch] = struct{}{}
	return ch, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.subs[topic], ch)
		if len(b.subs[topic]) == 0 {
			delete(b.subs, topic)
		}
	}
}

func (b *bus) dispatch(topic, payload string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for ch := range b.subs[topic] {
		select {
		case ch <- payload:
		default:
		}
	}
}

// listen connects the bus to PostgreSQL's LISTEN and NOTIFY, on a connection
// of its own that is opened anew when it breaks.
func (b *bus) listen(pool *pgxpool.Pool, log *slog.Logger) (stop func() error) {
	b.send = func(ctx context.Context, topic, payload string) error {
		_, err := pool.Exec(ctx, "SELECT pg_notify($1, $2)", notifyChannel, topic+" "+payload)
		return wrap("notify", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			if err := b.listenOnce(ctx, pool); err != nil && ctx.Err() == nil {
				log.WarnContext(ctx, "listening for database notifications failed; trying again", "error", err)
				select {
				case <-time.After(time.Second):
				case <-ctx.Done():
				}
			}
		}
	}()
	return func() error { cancel(); <-done; return nil }
}

func (b *bus) listenOnce(ctx context.Context, pool *pgxpool.Pool) error {
	pooled, err := pool.Acquire(ctx)
	if err != nil {
		return wrap("acquire", err)
	}
	conn := pooled.Hijack() // it waits for ever: not the pool's to count
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, "LISTEN "+notifyChannel); err != nil {
		return wrap("listen", err)
	}
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return wrap("wait for a notification", err)
		}
		if topic, payload, ok := strings.Cut(n.Payload, " "); ok {
			b.dispatch(topic, payload)
		}
	}
}
