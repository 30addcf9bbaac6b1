package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"pulse/internal/store/query"
)

// openSQLite opens DataDir/pulse.db: one connection that writes, and a pool
// that can only read. A deferred transaction that turns into a writer fails at
// once with BUSY whatever the timeout, so the writer begins IMMEDIATE.
func openSQLite(ctx context.Context, o Options) (*DB, error) {
	if err := os.MkdirAll(o.DataDir, 0o700); err != nil {
		return nil, wrap("data folder", err)
	}
	path := filepath.Join(o.DataDir, "pulse.db")
	if err := makeOwn(path); err != nil {
		return nil, wrap("data file", err)
	}
	if err := migrateSQLite(ctx, path, o.Log); err != nil {
		return nil, err
	}
	writerDB, err := sql.Open("sqlite", sqliteDSN(path, false))
	if err != nil {
		return nil, wrap("open writer", err)
	}
	writerDB.SetMaxOpenConns(1)
	w, err := newWriter(ctx, writerDB)
	if err != nil {
		return nil, errors.Join(wrap("start writer", err), writerDB.Close())
	}
	readerDB, err := sql.Open("sqlite", sqliteDSN(path, true))
	if err != nil {
		return nil, errors.Join(wrap("open readers", err), w.close(), writerDB.Close())
	}
	readers := max(4, 2*runtime.GOMAXPROCS(0))
	readerDB.SetMaxOpenConns(readers)
	readerDB.SetMaxIdleConns(readers)
	read, err := query.Prepare(ctx, readerDB)
	if err != nil {
		return nil, errors.Join(wrap("prepare", err), readerDB.Close(), w.close(), writerDB.Close())
	}
	return &DB{
		dialect: SQLite,
		read:    read,
		write:   w.do,
		index:   w.index,
		bus:     newBus(),
		ping:    readerDB.PingContext,
		closers: []func() error{writerDB.Close, w.close, readerDB.Close, read.Close},
	}, nil
}

// makeOwn makes a new database file that nobody else on the machine can read,
// also in a folder that was there before with wider rights: it will hold the key
// that tokens are signed with. What SQLite puts beside it gets the file's rights.
// A file that is there is not even opened: closing it again would take away the
// locks that this process may hold on it.
func makeOwn(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600) //nolint:gosec // the operator's own folder
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err //nolint:wrapcheck // the caller says whose it is
	}
	return f.Close() //nolint:wrapcheck // as above
}

func sqliteDSN(path string, readOnly bool) string {
	q := url.Values{"_txlock": {"immediate"}}
	for _, p := range []string{"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "temp_store(MEMORY)"} {
		q.Add("_pragma", p)
	}
	if readOnly {
		q.Add("_pragma", "query_only(1)")
	}
	return fmt.Sprintf("file:%s?%s", (&url.URL{Path: path}).EscapedPath(), q.Encode())
}

// UniqueViolation tells that err is a broken UNIQUE or PRIMARY KEY constraint,
// on either database.
func UniqueViolation(err error) bool {
	if se, ok := errors.AsType[*sqlite.Error](err); ok {
		return se.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || se.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
	}
	return pgCode(err) == "23505"
}

// Dangling tells that err is a row that points to none, on either database.
func Dangling(err error) bool {
	if se, ok := errors.AsType[*sqlite.Error](err); ok {
		return se.Code() == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY
	}
	return pgCode(err) == "23503"
}

// Away tells that err means that the database cannot be reached or is busy
// beyond its timeout: the same call may succeed a little later.
func Away(err error) bool {
	if se, ok := errors.AsType[*sqlite.Error](err); ok {
		return se.Code()&0xff == sqlite3.SQLITE_BUSY
	}
	return errors.Is(err, errClosed) || pgAway(err)
}

// Full tells that err means that the database's disk is full.
func Full(err error) bool {
	if se, ok := errors.AsType[*sqlite.Error](err); ok {
		return se.Code()&0xff == sqlite3.SQLITE_FULL
	}
	return pgCode(err) == "53100"
}
