package store_test

import (
	"bytes"
	"sync"
	"testing"

	"pulse/internal/store"
	"pulse/internal/store/storetest"
)

// Whoever asks first makes the key, and everybody has the same; each purpose has
// its own.
func TestSigningKey(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		t.Helper()
		keys := make([][]byte, 16)
		var wg sync.WaitGroup
		for i := range keys {
			wg.Go(func() {
				var err error
				if keys[i], err = store.SigningKey(t.Context(), db, "one"); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, k := range keys {
			if len(k) != 32 || !bytes.Equal(k, keys[0]) {
				t.Fatalf("%d bytes, or another key than the first one's", len(k))
			}
		}
		other, err := store.SigningKey(t.Context(), db, "another")
		if err != nil || bytes.Equal(other, keys[0]) {
			t.Errorf("another purpose has the same key, or %v", err)
		}
	})
}
