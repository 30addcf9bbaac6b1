package store_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"pulse/internal/store"
)

// In a folder that everybody may look into, the database is still its owner's.
func TestTheDatabaseIsItsOwners(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if err := os.Chmod(folder, 0o755); err != nil { //nolint:gosec // that is the case
		t.Fatal(err)
	}
	db, err := store.Open(context.Background(), store.Options{DataDir: folder, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	insertUser(t, db, "u") // now the files beside it are there, too
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(files) < 3 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if rights := info.Mode().Perm(); rights&0o077 != 0 {
			t.Errorf("%s: %v", filepath.Base(file), rights)
		}
	}
}
