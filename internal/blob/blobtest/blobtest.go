// Package blobtest is what every store of blobs has to do, as one test.
package blobtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"pulse/internal/blob"
)

// Run tests stores that open makes; each is to be empty.
func Run(t *testing.T, open func(t *testing.T) blob.Store) {
	t.Helper()
	for name, test := range map[string]func(t *testing.T, s blob.Store){
		"what is put can be read": putAndRead, "parts": parts, "a part of nothing": missing, "the later put counts": replace,
		"a failed put leaves what was there": failed, "a wrong size": wrongSize, "deleting": remove, "lists": list,
		"what is no key": noKey, "many at once": atOnce, "a large one": large, "an end in mid-stream": cut, "metadata": metadata,
		"a list of many": listMany,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

func put(t *testing.T, s blob.Store, key string, data []byte) {
	t.Helper()
	if err := s.Put(t.Context(), key, bytes.NewReader(data), blob.About{Size: int64(len(data)), ContentType: "text/plain"}); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, s blob.Store, key string, offset, length int64) []byte {
	t.Helper()
	r, err := s.Open(t.Context(), key, offset, length)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func putAndRead(t *testing.T, s blob.Store) {
	t.Helper()
	large := make([]byte, 3<<20)
	_, _ = rand.Read(large) // it does not fail
	for key, data := range map[string][]byte{
		"one": []byte("text"), "files/person/id": []byte("\x00\xff"), "empty": {}, "a/b.c/D_e-f": large,
	} {
		for _, size := range []int64{int64(len(data)), blob.Unknown} {
			if err := s.Put(t.Context(), key, iotest.HalfReader(bytes.NewReader(data)), blob.About{Size: size}); err != nil {
				t.Fatalf("%s: %v", key, err)
			}
			if got := read(t, s, key, 0, -1); !bytes.Equal(got, data) {
				t.Errorf("%s: %d bytes came back of %d, or others", key, len(got), len(data))
			}
		}
	}
}

func parts(t *testing.T, s blob.Store) {
	t.Helper()
	put(t, s, "digits", []byte("0123456789"))
	for _, c := range []struct {
		offset, length int64
		want           string
	}{
		{0, 3, "012"},
		{4, 2, "45"},
		{7, -1, "789"},
		{8, 100, "89"},
		{9, 1, "9"},
		{0, -1, "0123456789"},
		{3, 0, ""},
		{0, 0, ""},
		{10, -1, ""},
		{10, 5, ""},
		{99, 0, ""},
		{99, -1, ""},
	} {
		if got := read(t, s, "digits", c.offset, c.length); string(got) != c.want {
			t.Errorf("%d bytes from %d: %q, want %q", c.length, c.offset, got, c.want)
		}
	}
}

func missing(t *testing.T, s blob.Store) {
	t.Helper()
	put(t, s, "folder/one", []byte("1"))
	for _, key := range []string{"none", "folder", "folder/one/more", "folder/two"} {
		for _, length := range []int64{-1, 0, 1} {
			if r, err := s.Open(t.Context(), key, 0, length); !errors.Is(err, blob.ErrNotFound) {
				t.Errorf("%d bytes of %s: %v, %v", length, key, r, err)
			}
		}
	}
}

func replace(t *testing.T, s blob.Store) {
	t.Helper()
	put(t, s, "k", []byte("a long first text"))
	put(t, s, "k", []byte("second"))
	if got := read(t, s, "k", 0, -1); string(got) != "second" {
		t.Errorf("%q", got)
	}
}

var errBroken = errors.New("the line broke")

func failed(t *testing.T, s blob.Store) {
	t.Helper()
	put(t, s, "old", []byte("old"))
	for _, key := range []string{"old", "new/one"} {
		body := io.MultiReader(strings.NewReader("half"), iotest.ErrReader(errBroken))
		if err := s.Put(t.Context(), key, body, blob.About{Size: blob.Unknown}); !errors.Is(err, errBroken) {
			t.Errorf("%s: %v", key, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Put(ctx, "late", strings.NewReader("late"), blob.About{Size: 4}); err == nil {
		t.Error("put after its context had ended")
	}
	if got := read(t, s, "old", 0, -1); string(got) != "old" {
		t.Errorf("%q", got)
	}
	if got := keys(t, s, ""); !slices.Equal(got, []string{"old"}) {
		t.Errorf("left: %q", got)
	}
}

func wrongSize(t *testing.T, s blob.Store) {
	t.Helper()
	for _, size := range []int64{0, 3, 5} {
		if err := s.Put(t.Context(), "k", strings.NewReader("four"), blob.About{Size: size}); !errors.Is(err, blob.ErrSize) {
			t.Errorf("4 bytes were taken for %d: %v", size, err)
		}
	}
	for _, size := range []int64{largeSize - 1, largeSize + 1} {
		if err := s.Put(t.Context(), "k", largeBody(), blob.About{Size: size}); !errors.Is(err, blob.ErrSize) {
			t.Errorf("%d bytes were taken for %d: %v", largeSize, size, err)
		}
	}
	if got := keys(t, s, ""); len(got) != 0 {
		t.Errorf("left: %q", got)
	}
}

func remove(t *testing.T, s blob.Store) {
	t.Helper()
	put(t, s, "a/one", []byte("1"))
	put(t, s, "a/two", []byte("2"))
	for range 2 {
		if err := s.Delete(t.Context(), "a/one"); err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range []string{"none", "no/folder", "a/two/more"} {
		if err := s.Delete(t.Context(), key); err != nil {
			t.Errorf("%s: %v", key, err)
		}
	}
	if got := keys(t, s, ""); !slices.Equal(got, []string{"a/two"}) {
		t.Errorf("left: %q", got)
	}
}

func keys(t *testing.T, s blob.Store, prefix string) []string {
	t.Helper()
	found := map[string]bool{}
	for e, err := range s.List(t.Context(), prefix) {
		if err != nil {
			t.Fatal(err)
		}
		found[e.Key] = true
	}
	return slices.Sorted(maps.Keys(found))
}

func list(t *testing.T, s blob.Store) {
	t.Helper()
	for _, key := range []string{"files/a/1", "files/a/22", "files/b/1", "files/ab", "other"} {
		put(t, s, key, []byte(key))
	}
	for prefix, want := range map[string][]string{
		"":         {"files/a/1", "files/a/22", "files/ab", "files/b/1", "other"},
		"files/":   {"files/a/1", "files/a/22", "files/ab", "files/b/1"},
		"files/a/": {"files/a/1", "files/a/22"}, "files/a": {"files/a/1", "files/a/22", "files/ab"}, "files/a/2": {"files/a/22"}, "none/": nil,
	} {
		if got := keys(t, s, prefix); !slices.Equal(got, want) {
			t.Errorf("with %q: %q, want %q", prefix, got, want)
		}
	}
	ended, end := context.WithCancel(t.Context())
	end()
	told := 0
	for _, err := range s.List(ended, "") {
		if told++; !errors.Is(err, context.Canceled) {
			t.Errorf("listed after its end: %v", err)
		}
	}
	if told != 1 {
		t.Errorf("the end was told %d times", told)
	}
	for e, err := range s.List(t.Context(), "") {
		if err != nil || e.Size != int64(len(e.Key)) || time.Since(e.Modified).Abs() > time.Minute {
			t.Errorf("%+v, %v", e, err)
		}
		break // who has seen enough may stop
	}
}

// Every key that is none is refused by every method, and nothing is touched.
func noKey(t *testing.T, s blob.Store) {
	t.Helper()
	for _, key := range []string{
		"", "/", ".", "..", "../up", "a/../b", "a/..", "/etc/passwd", "a//b", "a/", "./a", ".hidden", "a/.b", `a\b`, `..\a`, "a b", "a\x00", "a\n",
		"C:", "a:b", "CON ", "é", "a%2fb", "~", "*", strings.Repeat("a", 201), "\xff",
	} {
		if err := s.Put(t.Context(), key, strings.NewReader("x"), blob.About{Size: 1}); !errors.Is(err, blob.ErrKey) {
			t.Errorf("put %q: %v", key, err)
		}
		if _, err := s.Open(t.Context(), key, 0, -1); !errors.Is(err, blob.ErrKey) {
			t.Errorf("open %q: %v", key, err)
		}
		if err := s.Delete(t.Context(), key); !errors.Is(err, blob.ErrKey) {
			t.Errorf("delete %q: %v", key, err)
		}
	}
	if got := keys(t, s, ""); len(got) != 0 {
		t.Errorf("left: %q", got)
	}
}

// Readers see one writer's whole text or another's, while blobs come and go.
func atOnce(t *testing.T, s blob.Store) {
	t.Helper()
	var all sync.WaitGroup
	for w := range 8 {
		all.Go(func() {
			text := strings.Repeat(strconv.Itoa(w), 10_000)
			for i := range 20 {
				key := fmt.Sprintf("shared/%d", i%3)
				if err := s.Put(t.Context(), key, strings.NewReader(text), blob.About{Size: blob.Unknown}); err != nil {
					t.Error(err)
				}
				if r, err := s.Open(t.Context(), key, 0, -1); err == nil {
					got, err := io.ReadAll(r)
					if err != nil || len(got) != len(text) || strings.Trim(string(got), string(got[:1])) != "" {
						t.Errorf("a mixture of %d bytes, %v", len(got), err)
					}
					_ = r.Close()
				} else if !errors.Is(err, blob.ErrNotFound) {
					t.Error(err)
				}
				if err := s.Delete(t.Context(), key); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}
