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
		// Room on each page, and no index on what changes: a step then rewrites
		// its row in place, and the table stays as small as there are clients.
		for _, statement := range []string{`ALTER TABLE rate_limits SET UNLOGGED`, `ALTER TABLE rate_limits SET (fillfactor = 50)`} {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return wrap("rate limits", err)
			}
		}
		return nil
	}}, nil)
}
