package disk_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pulse/internal/blob"
	"pulse/internal/blob/blobtest"
	"pulse/internal/blob/disk"
)

func open(t *testing.T, folder string) *disk.Store {
	t.Helper()
	s, err := disk.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestDisk(t *testing.T) {
	t.Parallel()
	blobtest.Run(t, func(t *testing.T) blob.Store { t.Helper(); return open(t, t.TempDir()) })
}

// A link that somebody has put into the folder leads nowhere.
func TestLinksDoNotLeadOut(t *testing.T) {
	t.Parallel()
	outside, folder := t.TempDir(), t.TempDir()
	secret := filepath.Join(outside, "secret")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{"out": outside, "file": secret} {
		if err := os.Symlink(target, filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, folder)
	for _, key := range []string{"out/secret", "file"} {
		if r, err := s.Open(t.Context(), key, 0, -1); err == nil {
			_ = r.Close()
			t.Errorf("%s was opened", key)
		}
	}
	if err := s.Put(t.Context(), "out/new", strings.NewReader("x"), blob.About{Size: 1}); err == nil {
		t.Error("written outside")
	}
	for e, err := range s.List(t.Context(), "") {
		t.Errorf("listed: %v, %v", e, err)
	}
	if _, err := os.Stat(filepath.Join(outside, "new")); !errors.Is(err, os.ErrNotExist) {
		t.Error("it is there")
	}
}

// What a killed process has left is no blob, and goes after a day; what is
// being written stays.
func TestUnfinished(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	s := open(t, folder)
	left, fresh := filepath.Join(folder, ".unfinished", "LEFT"), filepath.Join(folder, ".unfinished", "FRESH")
	for _, name := range []string{left, fresh} {
		if err := os.WriteFile(name, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	old := time.Now().Add(-25 * time.Hour)
	if err := os.Chtimes(left, old, old); err != nil {
		t.Fatal(err)
	}
	for e, err := range s.List(t.Context(), "") {
		t.Errorf("listed: %v, %v", e, err)
	}
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Error("it was left")
	}
	if _, err := os.Stat(fresh); err != nil {
		t.Error(err)
	}
}

// Blobs are their owner's alone on the machine, and empty folders go.
func TestRights(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "new", "blobs")
	s := open(t, folder)
	if err := s.Put(t.Context(), "files/ada/1", strings.NewReader("x"), blob.About{Size: 1}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{"": 0o700, "files/ada": 0o700, "files/ada/1": 0o600} {
		info, err := os.Stat(filepath.Join(folder, name))
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	if err := s.Delete(t.Context(), "files/ada/1"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(folder, "files")); !errors.Is(err, os.ErrNotExist) {
		t.Error("an empty folder was left")
	}
}
