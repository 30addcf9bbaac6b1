package s3_test

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"pulse/internal/blob"
	"pulse/internal/blob/blobtest"
)

// Both against a store on this machine, whose own work is the larger part of it.
func BenchmarkStore(b *testing.B) {
	v := blobtest.StartVersity(b)
	s := open(b, options(v, v.Bucket(b)))
	for _, size := range []int64{1 << 20, 16 << 20} {
		data := make([]byte, size)
		put := func(b *testing.B) {
			b.Helper()
			if err := s.Put(b.Context(), "k", bytes.NewReader(data), blob.About{Size: size}); err != nil {
				b.Fatal(err)
			}
		}
		b.Run(fmt.Sprintf("Put/%dMiB", size>>20), func(b *testing.B) {
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				put(b)
			}
		})
		put(b)
		b.Run(fmt.Sprintf("Open/%dMiB", size>>20), func(b *testing.B) {
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				r, err := s.Open(b.Context(), "k", 0, -1)
				if err != nil {
					b.Fatal(err)
				}
				if n, err := io.Copy(io.Discard, r); err != nil || n != size {
					b.Fatal(n, err)
				}
				_ = r.Close()
			}
		})
	}
}
