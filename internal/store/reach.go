package store

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Reach looks whether the database that the options name can be used, without
// changing it, and says what it found.
func Reach(ctx context.Context, o Options) (found string, err error) {
	if o.URL != "" {
		return reachPostgres(ctx, o.URL)
	}
	path := filepath.Join(o.DataDir, "pulse.db")
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return "SQLite, to be made at the first start as " + path, nil
	} else if err != nil {
		return "", wrap("look for the database", err)
	}
	db, err := sql.Open("sqlite", sqliteDSN(path, true))
	if err != nil {
		return "", wrap("open", err)
	}
	var verdict string
	err = errors.Join(db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict), db.Close())
	if err == nil && verdict != "ok" {
		err = errors.New(verdict)
	}
	return "SQLite in " + path, wrap("check the database", err)
}

func reachPostgres(ctx context.Context, url string) (string, error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		if _, ok := errors.AsType[*pgconn.ParseConfigError](err); ok {
			return "", errors.New("not a PostgreSQL address") // its text may quote the password
		}
		return "", wrap("connect", err)
	}
	var version string
	err = errors.Join(conn.QueryRow(ctx, "SHOW server_version").Scan(&version), conn.Close(ctx))
	return "PostgreSQL " + version, wrap("ask for its version", err)
}
