package blobtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"testing"

	"pulse/internal/blob"
)

// largeSize makes a blob of several parts where a store sends it so, the last of
// which is not full.
const largeSize = 12<<20 + 345

// largeBody gives the same bytes each time, and nothing but a Read.
func largeBody() io.Reader {
	return io.LimitReader(rand.NewChaCha8([32]byte{1}), largeSize)
}

func large(t *testing.T, s blob.Store) {
	t.Helper()
	var all bytes.Buffer
	_, _ = all.ReadFrom(largeBody()) // neither fails
	put(t, s, "k", []byte("what was there"))
	for _, size := range []int64{blob.Unknown, largeSize} {
		if err := s.Put(t.Context(), "k", largeBody(), blob.About{Size: size, ContentType: "video/mp4", Metadata: map[string]string{"job": "1"}}); err != nil {
			t.Fatal(err)
		}
		if got := read(t, s, "k", 0, -1); sha256.Sum256(got) != sha256.Sum256(all.Bytes()) {
			t.Errorf("%d bytes came back, or others", len(got))
		}
		for _, at := range []int64{5<<20 - 2, 8<<20 - 2, largeSize - 4} { // over the seams of parts, and the end
			if got := read(t, s, "k", at, 4); !bytes.Equal(got, all.Bytes()[at:at+4]) {
				t.Errorf("4 bytes from %d: %x", at, got)
			}
		}
		if err := s.Delete(t.Context(), "k"); err != nil {
			t.Fatal(err)
		}
	}
	r := openLarge(t, s)
	if _, err := io.ReadFull(r, make([]byte, 1000)); err != nil {
		t.Error(err)
	}
	if err := r.Close(); err != nil { // who has seen enough may stop
		t.Error(err)
	}
}

func openLarge(t *testing.T, s blob.Store) io.ReadCloser {
	t.Helper()
	if err := s.Put(t.Context(), "k", largeBody(), blob.About{Size: blob.Unknown}); err != nil {
		t.Fatal(err)
	}
	r, err := s.Open(t.Context(), "k", 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// What is cut off after whole parts of it have been sent leaves nothing, whether
// the body fails or its context ends.
func cut(t *testing.T, s blob.Store) {
	t.Helper()
	put(t, s, "old", []byte("old"))
	for _, key := range []string{"old", "new/one"} {
		ctx, cancel := context.WithCancelCause(t.Context())
		for name, end := range map[string]func() error{
			"the body fails":   func() error { return errBroken },
			"its context ends": func() error { cancel(errBroken); return nil },
		} {
			body := io.MultiReader(io.LimitReader(largeBody(), 11<<20), &once{do: end}, largeBody())
			if err := s.Put(ctx, key, body, blob.About{Size: blob.Unknown}); err == nil {
				t.Errorf("%s: %s: it was put", key, name)
			}
		}
	}
	if got := read(t, s, "old", 0, -1); string(got) != "old" {
		t.Errorf("%d bytes", len(got))
	}
	if got := keys(t, s, ""); !slices.Equal(got, []string{"old"}) {
		t.Errorf("left: %q", got)
	}
}

// once is a body of no bytes that does something.
type once struct{ do func() error }

func (o *once) Read([]byte) (int, error) {
	if err := o.do(); err != nil {
		return 0, err
	}
	return 0, io.EOF
}

// What is said of a blob does it no harm, whatever it is.
func metadata(t *testing.T, s blob.Store) {
	t.Helper()
	for i, about := range []blob.About{
		{Metadata: map[string]string{"job": "0198c0de", "index": "3", "model": "openai/gpt-image-2"}},
		{Metadata: map[string]string{"empty": "", "model": "lab/modèle", "lines": "a\r\nb: c"}},
		{ContentType: "text/plain; charset=utf-8", Metadata: map[string]string{}},
	} {
		key := fmt.Sprintf("k%d", i)
		about.Size = 4
		if err := s.Put(t.Context(), key, bytes.NewReader([]byte("text")), about); err != nil {
			t.Errorf("%+v: %v", about, err)
			continue
		}
		if got := read(t, s, key, 0, -1); string(got) != "text" {
			t.Errorf("%+v: %q", about, got)
		}
	}
}

// More blobs than a store may tell at once.
func listMany(t *testing.T, s blob.Store) {
	t.Helper()
	if testing.Short() {
		t.Skip("it takes its time")
	}
	const many = 1100
	want := make([]string, many)
	for i := range want {
		want[i] = fmt.Sprintf("many/%04d", i)
		put(t, s, want[i], []byte("x"))
	}
	if got := keys(t, s, "many/"); !slices.Equal(got, want) {
		t.Errorf("%d of %d", len(got), many)
	}
}
