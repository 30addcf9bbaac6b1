package store

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"pulse/internal/store/query"
)

// A database that may not grow is what a full disk is to SQLite. Whoever would
// store something hears so, reading goes on, and with room all is well again.
func TestAFullDatabase(t *testing.T) {
	t.Parallel()
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "pulse.db")
	if err := migrateSQLite(ctx, path, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", sqliteDSN(path, false))
	if err != nil {
		t.Fatal(err)
	}
	w, err := newWriter(ctx, db)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.close(); err != nil {
			t.Error(err)
		}
		_ = db.Close()
	})
	keep := func(name string) error {
		return w.do(ctx, func(ctx context.Context, q *query.Queries) error {
			_, err := q.KeepValue(ctx, query.KeepValueParams{Name: name, Value: strings.Repeat("x", 1<<16)})
			return err
		})
	}
	kept := func(name string) error {
		return w.do(ctx, func(ctx context.Context, q *query.Queries) error {
			_, err := q.GetValue(ctx, name)
			return err
		})
	}
	room := func(pages int) {
		if _, err := w.conn.ExecContext(ctx, fmt.Sprintf("PRAGMA max_page_count = %d", pages)); err != nil {
			t.Fatal(err)
		}
	}
	if err := keep("before"); err != nil {
		t.Fatal(err)
	}
	room(1) // as many as there are: SQLite does not cut what is in use
	for i := range 3 {
		if err := keep(fmt.Sprint("lost ", i)); !Full(err) || Away(err) {
			t.Errorf("without room: %v", err)
		}
	}
	if err := kept("before"); err != nil {
		t.Errorf("reading without room: %v", err)
	}
	room(1 << 20)
	if err := keep("after"); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if err := kept("lost 0"); !NotFound(err) {
		t.Errorf("what there was no room for: %v", err)
	}
}
