package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"pulse/internal/store/query"
)

// maxTries bounds how often a transaction that lost a conflict is run again.
const maxTries = 8

func openPostgres(ctx context.Context, o Options) (*DB, error) {
	cfg, err := pgxpool.ParseConfig(o.URL)
	if err != nil {
		return nil, errors.New("DATABASE_URL: not a PostgreSQL address") // pgx's own text may quote the password
	}
	if !strings.Contains(o.URL, "pool_max_conns") { // pgx reads that one
		cfg.MaxConns = 16
	}
	cfg.MaxConnLifetimeJitter = time.Minute
	cfg.ConnConfig.ConnectTimeout = 5 * time.Second
	setDefault(cfg.ConnConfig.RuntimeParams, "application_name", "pulse")
	setDefault(cfg.ConnConfig.RuntimeParams, "statement_timeout", "30000")
	setDefault(cfg.ConnConfig.RuntimeParams, "idle_in_transaction_session_timeout", "60000")
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, wrap("open PostgreSQL", err)
	}
	sqlDB := stdlib.OpenDBFromPool(pool)
	closeAll := func() error { err := sqlDB.Close(); pool.Close(); return wrap("close", err) }
	if err := migratePostgres(ctx, sqlDB, o.Log); err != nil {
		return nil, errors.Join(err, closeAll())
	}
	b := newBus()
	stop := b.listen(pool, o.Log)
	return &DB{
		dialect: PostgreSQL,
		read:    query.New(sqlDB),
		write:   func(ctx context.Context, fn TxFunc) error { return writePostgres(ctx, sqlDB, fn) },
		bus:     b,
		ping:    sqlDB.PingContext,
		closers: []func() error{closeAll, stop},
	}, nil
}

func setDefault(m map[string]string, name, value string) {
	if _, ok := m[name]; !ok {
		m[name] = value
	}
}

func writePostgres(ctx context.Context, db *sql.DB, fn TxFunc) error {
	for try := 1; ; try++ {
		err := oncePostgres(ctx, db, fn)
		if err == nil || try == maxTries || !conflict(err) {
			return err
		}
		pause := time.Duration(rand.Int64N(int64(try) * int64(5*time.Millisecond))) //nolint:gosec // jitter
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func oncePostgres(ctx context.Context, db *sql.DB, fn TxFunc) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return wrap("begin", err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	if err := fn(ctx, query.New(tx)); err != nil {
		return err
	}
	return wrap("commit", tx.Commit())
}

// conflict tells that the transaction lost against another and may be run again:
// serialization failure or deadlock.
func conflict(err error) bool {
	code := pgCode(err)
	return code == "40001" || code == "40P01"
}

// Passing tells that the same transaction may hold when it is tried again.
func Passing(err error) bool { return conflict(err) || Away(err) || Full(err) }

func pgCode(err error) string {
	if pe, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pe.Code
	}
	return ""
}

func pgAway(err error) bool {
	code := pgCode(err)
	switch {
	case strings.HasPrefix(code, "08"), strings.HasPrefix(code, "57P"), code == "53300", code == "57014":
		return true
	case code != "":
		return false
	}
	var ce *pgconn.ConnectError
	var ne net.Error
	return errors.As(err, &ce) || errors.As(err, &ne) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, driver.ErrBadConn) || pgconn.SafeToRetry(err) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}
