package providertest

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pulse/internal/provider"
)

// FuzzImager lets a vendor send anything at all: a status, a Retry-After and a
// body. Whatever it sends, the adapter keeps what Imager promises. Seeds are bodies.
func FuzzImager(f *testing.F, s ImageSubject, seeds ...string) {
	f.Helper()
	for i, body := range seeds {
		f.Add(http.StatusOK, "", body)
		f.Add([]int{http.StatusBadRequest, http.StatusTooManyRequests, http.StatusInternalServerError}[i%3], "3", body)
	}
	var next struct {
		status           int
		retryAfter, body string
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Retry-After", next.retryAfter)
		w.WriteHeader(next.status)
		_, _ = w.Write([]byte(next.body)) // whatever arrives is the test
	}))
	client := provider.NewClient(patient)
	f.Cleanup(func() {
		client.CloseIdleConnections()
		server.Close()
	})
	imager := s.NewImager(f, server.URL, "sk-test", client)
	f.Fuzz(func(t *testing.T, status int, retryAfter, body string) {
		if status < http.StatusOK || status > 599 || status == http.StatusNoContent || status == http.StatusNotModified {
			t.Skip("the server does not send it")
		}
		next.status, next.retryAfter, next.body = status, retryAfter, body
		a, err := imager.Image(t.Context(), s.wish())
		for _, n := range []int64{a.Usage.Input, a.Usage.ImageInput, a.Usage.Output, a.Usage.Input + a.Usage.ImageInput + a.Usage.Output} {
			if n < 0 {
				t.Errorf("usage is %+v", a.Usage)
			}
		}
		if !utf8.ValidString(a.Revised) || strings.ContainsRune(a.Revised, 0) {
			t.Errorf("what cannot be stored: %q", a.Revised)
		}
		if err == nil {
			if len(a.Image.Data) == 0 || !strings.HasPrefix(a.Image.ContentType, "image/") || a.Image.ContentType != http.DetectContentType(bytes.Clone(a.Image.Data)) {
				t.Errorf("%d bytes of %q", len(a.Image.Data), a.Image.ContentType)
			}
			return
		}
		e, ok := errors.AsType[*provider.Error](err)
		if !ok {
			t.Fatalf("error is %v, want a *provider.Error", err)
		}
		if e.Kind == "" || e.Provider == "" || e.Cause == nil || !e.Picture || a.Image.Data != nil || e.RetryAfter < 0 || e.RetryAfter > 7*24*time.Hour {
			t.Errorf("error is %+v", e)
		}
		if n := len(err.Error()); n > 2000 {
			t.Errorf("the error has %d bytes: it repeats what it was sent", n)
		}
	})
}
