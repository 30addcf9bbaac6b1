package provider

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// A vendor that never stops sending fills neither the memory nor the time.
func TestBodiesAreBounded(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for block := make([]byte, 1<<20); ; {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	}))
	t.Cleanup(server.Close)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := NewClient(Patience{}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	n, err := io.Copy(io.Discard, res.Body)
	if !errors.Is(err, errEndless) || n > maxBody+1<<20 {
		t.Errorf("%d bytes were read, then %v", n, err)
	}
}
