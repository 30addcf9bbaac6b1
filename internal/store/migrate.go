package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"io/fs"
	"log/slog"
	"time"

	"github.com/gofrs/flock"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrateSQLite brings the file up to date. A lock file keeps two processes
// that start together from migrating at once.
func migrateSQLite(ctx context.Context, path string, log *slog.Logger) error {
	guard := flock.New(path + ".migrate.lock")
	wait, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	if _, err := guard.TryLockContext(wait, 50*time.Millisecond); err != nil {
		return wrap("wait for another process's migration", err)
	}
	defer func() { _ = guard.Unlock() }()
	db, err := sql.Open("sqlite", sqliteDSN(path, false))
	if err != nil {
		return wrap("open for migration", err)
	}
	return errors.Join(migrate(ctx, goose.DialectSQLite3, db, log), db.Close())
}

// migratePostgres brings the schema up to date under a session lock: without
// it, simultaneous starts of several processes fail.
func migratePostgres(ctx context.Context, db *sql.DB, log *slog.Logger) error {
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return wrap("migration lock", err)
	}
	return migrate(ctx, goose.DialectPostgres, db, log, goose.WithSessionLocker(locker))
}

func migrate(ctx context.Context, dialect goose.Dialect, db *sql.DB, log *slog.Logger, opts ...goose.ProviderOption) error {
	folder, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return wrap("migrations", err)
	}
	ours := SQLite
	if dialect == goose.DialectPostgres {
		ours = PostgreSQL
	}
	opts = append(opts, goose.WithDisableGlobalRegistry(true), goose.WithGoMigrations(searchMigration(ours), limitsMigration(ours)))
	p, err := goose.NewProvider(dialect, db, folder, opts...)
	if err != nil {
		return wrap("migrations", err)
	}
	done, err := p.Up(ctx)
	for _, m := range done {
		log.InfoContext(ctx, "migrated", "version", m.Source.Version, "took", m.Duration)
	}
	return wrap("migrate", err)
}
