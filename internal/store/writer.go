package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"pulse/internal/store/query"
)

// maxGroup is how many callers' transactions are committed together at most.
// Measured (docs/performance.md): the disk's sync dominates a small
// transaction, so sharing it makes durable requests several times cheaper.
const maxGroup = 256

var errClosed = errors.New("store: closed")

// writer owns SQLite's one writing connection. Whatever waits when it becomes
// free is run as one transaction, a savepoint a caller: a caller that fails is
// rolled back alone, and nobody hears of success before the shared commit.
type writer struct {
	conn     *sql.Conn
	queries  *query.Queries
	requests chan *request
	closing  chan struct{}
	closed   chan struct{}
	once     sync.Once

	begin, commit, rollback, save, release, undo *sql.Stmt
	addEntry, addWords                           *sql.Stmt // of the search index
}

type request struct {
	ctx   context.Context //nolint:containedctx // the request crosses to the writer's goroutine with its context
	fn    TxFunc
	err   error
	panic any
	done  chan struct{}
}

func newWriter(ctx context.Context, db *sql.DB) (*writer, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, wrap("connect", err)
	}
	w := &writer{
		conn:     conn,
		requests: make(chan *request, maxGroup),
		closing:  make(chan struct{}),
		closed:   make(chan struct{}),
	}
	// Prepared on the connection itself, so that a call costs no look-up.
	if w.queries, err = query.Prepare(ctx, conn); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	for stmt, text := range map[**sql.Stmt]string{
		&w.begin: "BEGIN IMMEDIATE", &w.commit: "COMMIT", &w.rollback: "ROLLBACK",
		&w.save: "SAVEPOINT caller", &w.release: "RELEASE caller", &w.undo: "ROLLBACK TO caller",
		&w.addEntry: query.AddEntry, &w.addWords: query.AddWords,
	} {
		if *stmt, err = conn.PrepareContext(ctx, text); err != nil { //nolint:sqlclosecheck // closed with the connection
			return nil, errors.Join(err, conn.Close())
		}
	}
	go w.loop()
	return w, nil
}

// do hands fn to the writer and waits until it is committed or has failed.
func (w *writer) do(ctx context.Context, fn TxFunc) error {
	// A cancelled statement makes SQLite roll back the whole transaction, which
	// here is other people's work too. So a caller may give up before its turn,
	// not in the middle.
	r := &request{ctx: ctx, fn: fn, done: make(chan struct{})}
	select {
	case w.requests <- r:
	case <-w.closing:
		return errClosed
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	select {
	case <-r.done:
	case <-w.closed:
		select {
		case <-r.done:
		default:
			return errClosed
		}
	}
	if r.panic != nil {
		panic(r.panic)
	}
	return r.err
}

func (w *writer) loop() {
	defer close(w.closed)
	group := make([]*request, 0, maxGroup)
	for {
		group = group[:0]
		select {
		case r := <-w.requests:
			group = append(group, r)
		case <-w.closing:
			select {
			case r := <-w.requests:
				group = append(group, r)
			default:
				return
			}
		}
	drain:
		for len(group) < maxGroup {
			select {
			case r := <-w.requests:
				group = append(group, r)
			default:
				break drain
			}
		}
		w.runGroup(group)
		for _, r := range group {
			close(r.done)
		}
	}
}

func (w *writer) runGroup(group []*request) {
	ctx := context.Background()
	fail := func(err error) {
		for _, r := range group {
			if r.err == nil && r.panic == nil {
				r.err = err
			}
		}
	}
	if _, err := w.begin.ExecContext(ctx); err != nil {
		fail(fmt.Errorf("store: begin: %w", err))
		return
	}
	for _, r := range group {
		if err := w.runOne(ctx, r); err != nil {
			_, rerr := w.rollback.ExecContext(ctx)
			fail(errors.Join(err, rerr))
			return
		}
	}
	if _, err := w.commit.ExecContext(ctx); err != nil {
		_, rerr := w.rollback.ExecContext(ctx)
		fail(errors.Join(fmt.Errorf("store: commit: %w", err), rerr))
	}
}

// index is query.IndexInFTS5 by prepared statements. It is for callers, inside of
// their transactions.
func (w *writer) index(ctx context.Context, p query.IndexParams) error {
	var id int64
	if err := w.addEntry.QueryRowContext(ctx, p.UserID, p.ConversationID, p.MessageID).Scan(&id); err != nil {
		return err //nolint:wrapcheck // DB.Index does
	}
	_, err := w.addWords.ExecContext(ctx, id, p.Words)
	return err //nolint:wrapcheck // as above
}

// runOne runs one caller inside its savepoint. Its own failure goes to
// r.err; what it returns is a failure of the whole group.
func (w *writer) runOne(ctx context.Context, r *request) error {
	if r.ctx.Err() != nil {
		r.err = context.Cause(r.ctx)
		return nil //nolint:nilerr // the caller's own failure, not the group's
	}
	if _, err := w.save.ExecContext(ctx); err != nil {
		return fmt.Errorf("store: savepoint: %w", err)
	}
	func() {
		defer func() { r.panic = recover() }()
		r.err = r.fn(context.WithoutCancel(r.ctx), w.queries)
	}()
	if r.err != nil || r.panic != nil {
		if _, err := w.undo.ExecContext(ctx); err != nil {
			if Full(r.err) { // SQLite may have undone everybody's work by itself: all hear why
				err = r.err
			}
			return fmt.Errorf("store: undo: %w", err)
		}
	}
	if _, err := w.release.ExecContext(ctx); err != nil {
		return fmt.Errorf("store: release: %w", err)
	}
	return nil
}

func (w *writer) close() error {
	w.once.Do(func() { close(w.closing) })
	<-w.closed
	return errors.Join(w.queries.Close(), w.conn.Close())
}
