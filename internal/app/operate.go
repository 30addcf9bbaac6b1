package app

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"pulse/internal/config"
	"pulse/internal/feature/account"
	"pulse/internal/store"
)

// Migrate brings the database up to date.
func Migrate(ctx context.Context, cfg *config.Config, log *slog.Logger) error {
	db, err := store.Open(ctx, store.Options{URL: cfg.DatabaseURL.Reveal(), DataDir: cfg.DataDir, Log: log})
	if err != nil {
		return fmt.Errorf("app: %w", err)
	}
	return db.Close()
}

// OpenAccounts gives the accounts alone, for the command line. Call closeDB at
// the end.
func OpenAccounts(ctx context.Context, cfg *config.Config, log *slog.Logger) (accounts *account.Room, closeDB func() error, err error) {
	b, err := openBase(ctx, cfg, Options{Log: log, Now: time.Now})
	if err != nil {
		return nil, nil, err
	}
	return b.accounts, b.db.Close, nil
}
