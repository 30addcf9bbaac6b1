// Package store opens the database and runs transactions on it.
//
// SQLite and PostgreSQL share one schema and one set of queries (package
// query, made by sqlc from each room's queries.sql). What differs is how a
// transaction is run: SQLite has one writer, which commits many callers'
// work together (writer.go); PostgreSQL has a pool, with conflicts tried
// again (postgres.go).
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"

	"pulse/internal/store/query"
)

// Dialect names of DB.Dialect.
const (
	SQLite     = "sqlite"
	PostgreSQL = "postgresql"
)

// Options say which database to open.
type Options struct {
	URL     string // postgres://…; empty: SQLite in DataDir
	DataDir string // folder of the SQLite file
	Log     *slog.Logger
}

// DB is an open, migrated database. It is safe for concurrent use.
type DB struct {
	dialect string
	read    *query.Queries
	write   func(ctx context.Context, fn TxFunc) error
	index   func(ctx context.Context, p query.IndexParams) error // inside of write, by prepared statements; nil: there are none
	bus     *bus
	ping    func(ctx context.Context) error
	closers []func() error
}

// TxFunc is the body of a transaction. It must do nothing but database work:
// it may run more than once, and on SQLite other callers wait for it.
type TxFunc func(ctx context.Context, q *query.Queries) error

// Open opens the database that the options name and brings its schema up to date.
func Open(ctx context.Context, o Options) (*DB, error) {
	if o.URL == "" {
		return openSQLite(ctx, o)
	}
	if strings.HasPrefix(o.URL, "postgres://") || strings.HasPrefix(o.URL, "postgresql://") {
		return openPostgres(ctx, o)
	}
	return nil, errors.New("DATABASE_URL: want postgres://… or nothing (then SQLite is used)")
}

// Dialect is SQLite or PostgreSQL.
func (db *DB) Dialect() string { return db.dialect }

// Read gives the queries outside of a transaction. Only for reading: on
// SQLite they run on connections that refuse to write.
func (db *DB) Read() *query.Queries { return db.read }

// Write runs fn in one transaction and commits it. When fn returns an error,
// nothing of it is kept and the error comes back as it is.
func (db *DB) Write(ctx context.Context, fn TxFunc) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	return db.write(ctx, fn)
}

// Ping asks the database for a sign of life.
func (db *DB) Ping(ctx context.Context) error { return db.ping(ctx) }

// Close waits for running transactions and closes all connections.
func (db *DB) Close() error {
	var errs []error
	for _, closer := range slices.Backward(db.closers) {
		errs = append(errs, closer())
	}
	return errors.Join(errs...)
}

// NewID gives a fresh id that sorts by time (UUIDv7).
func NewID() string { return uuid.Must(uuid.NewV7()).String() }

// Millis is a time as the database keeps it: unix milliseconds.
func Millis(t time.Time) int64 { return t.UnixMilli() }

// Time is Millis turned back, in UTC; the zero time for 0.
func Time(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// Text is a string as the database keeps it. PostgreSQL's TEXT takes neither
// U+0000 nor broken UTF-8; each becomes U+FFFD, as browsers do it, on both
// databases alike.
func Text(s string) string {
	if strings.IndexByte(s, 0) < 0 && utf8.ValidString(s) {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// Folded is a text as it is looked for: without regard to case, and to how a
// letter with an accent is composed. LOWER of either database knows as many
// letters as it was built or created with.
func Folded(s string) string { return norm.NFC.String(strings.ToLower(s)) }

// NotFound tells that a query for one row found none.
func NotFound(err error) bool { return errors.Is(err, sql.ErrNoRows) }

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("store: %s: %w", what, err)
}
