package store

import (
	"context"
	"database/sql"

	"github.com/pressly/goose/v3"
)

// limitsMigration takes the rate limits out of PostgreSQL's log: they are
// written on every request and worth nothing after a crash. SQLite's limits are
// in memory and have no rows.
func limitsMigration(dialect string) *goose.Migration {
	const version = 6
	return goose.NewGoMigration(version, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
		if dialect != PostgreSQL {
			return nil
		}
		_, err := tx.ExecContext(ctx, `ALTER TABLE rate_limits SET UNLOGGED`)
		return wrap("rate limits", err)
	}}, nil)
}
