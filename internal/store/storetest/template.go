package storetest

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"pulse/internal/store"
)

// Every test's database is a copy of one that was migrated once: migrating each
// took most of a short test's time.

// MigratedURL is PostgresURL with all tables there, and empty.
func MigratedURL(t testing.TB) string {
	t.Helper()
	if testing.Short() {
		return PostgresURL(t) // which skips the test
	}
	c := Cluster(t)
	if err := c.migrated(); err != nil {
		t.Fatalf("migrate the test databases' template: %v", err)
	}
	return c.create(t, "TEMPLATE "+template)
}

const template = "migrated"

func (c *Server) migrated() error {
	c.once.Do(func() {
		if c.onceErr = c.exec("CREATE DATABASE " + template); c.onceErr == nil {
			c.onceErr = migrate(store.Options{URL: c.URL(template)})
		}
	})
	return c.onceErr
}

func migrate(o store.Options) error {
	o.Log = slog.New(slog.DiscardHandler)
	db, err := store.Open(context.Background(), o)
	if err != nil {
		return fmt.Errorf("storetest: %w", err)
	}
	return db.Close()
}

// Migrated puts a database with all tables into a data folder, where SQLite finds it.
func Migrated(t testing.TB, folder string) {
	t.Helper()
	file, err := migratedFile()
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, databaseFile), file, 0o600)
	}
	if err != nil {
		t.Fatalf("migrate the test databases' template: %v", err)
	}
}

const databaseFile = "pulse.db"

var migratedFile = sync.OnceValues(func() (file []byte, err error) {
	folder, err := os.MkdirTemp("", "pulse-template-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	if err := migrate(store.Options{DataDir: folder}); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(folder, databaseFile)) //nolint:gosec // the folder is our own
})
