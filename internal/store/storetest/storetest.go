// Package storetest gives tests a real database: SQLite in a temporary folder,
// and PostgreSQL from a throw-away cluster that the test process starts and
// that ends with it.
package storetest

import (
	"context"
	"log/slog"
	"testing"

	"pulse/internal/store"
)

// Each runs the test once on SQLite and once on PostgreSQL, as subtests. With
// -short, or where PostgreSQL's server is not installed, only SQLite runs (in
// CI its absence is an error).
func Each(t *testing.T, test func(t *testing.T, db *store.DB)) {
	t.Helper()
	t.Run(store.SQLite, func(t *testing.T) { test(t, SQLite(t)) })
	t.Run(store.PostgreSQL, func(t *testing.T) { test(t, Postgres(t)) })
}

// SQLite opens an empty database in a temporary folder.
func SQLite(t testing.TB) *store.DB {
	t.Helper()
	folder := t.TempDir()
	Migrated(t, folder)
	return open(t, store.Options{DataDir: folder})
}

// Postgres opens an empty database in the throw-away cluster.
func Postgres(t testing.TB) *store.DB {
	t.Helper()
	return open(t, store.Options{URL: MigratedURL(t), DataDir: t.TempDir()})
}

func open(t testing.TB, o store.Options) *store.DB {
	t.Helper()
	o.Log = slog.New(slog.DiscardHandler)
	db, err := store.Open(context.Background(), o)
	if err != nil {
		t.Fatalf("open the test database: %v", err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close the test database: %v", err)
		}
	})
	return db
}
