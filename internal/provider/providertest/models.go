package providertest

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"pulse/internal/provider"
	"pulse/internal/provider/standin"
)

// models: the vendor tells its models, for nothing; and what keeps it from
// telling them is named, since that is how an operator learns what is wrong.
func (s Subject) models(t *testing.T) {
	t.Parallel()
	t.Run("list", s.modelsListed)
	t.Run("wrong key", func(t *testing.T) {
		t.Parallel()
		address := Serve(t, s.Standin(nil))
		s.wantNoModels(t, address, standin.WrongKey, provider.KindAuth)
	})
	t.Run("nobody there", func(t *testing.T) {
		t.Parallel()
		s.wantNoModels(t, nobody(t), "sk-test", provider.KindUnreachable)
	})
	for name, fault := range map[string]struct {
		handler http.HandlerFunc
		kind    provider.Kind
	}{
		"error":         {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }, provider.KindOverloaded},
		"rate":          {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) }, provider.KindRateLimited},
		"wrong address": {http.NotFound, provider.KindUnreachable},
		"a web page": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte("<html><h1>Welcome</h1></html>")) // the reader checks
		}, provider.KindMalformed},
		"something else": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"data":[7],"models":[{}],"publisherModels":[null]}`)) // the reader checks
		}, provider.KindMalformed},
		"silence": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, provider.KindStalled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s.wantNoModels(t, s.serveInstead(t, fault.handler), "sk-test", fault.kind)
		})
	}
	t.Run("cancel", s.modelsCancelled)
}

// lister makes the adapter, which has to be a provider.Lister.
//
//nolint:ireturn // that is what it checks
func (s Subject) lister(t *testing.T, address, key string, p provider.Patience) provider.Lister {
	t.Helper()
	client := provider.NewClient(p)
	t.Cleanup(client.CloseIdleConnections)
	lister, ok := s.New(t, address, key, client).(provider.Lister)
	if !ok {
		t.Fatal("the adapter is no provider.Lister")
	}
	return lister
}

func (s Subject) modelsListed(t *testing.T) {
	t.Parallel()
	vendor := s.Standin(nil)
	ids, err := s.lister(t, Serve(t, vendor), "sk-test", patient).ListModels(t.Context())
	if err != nil || !slices.Equal(ids, s.Models) {
		t.Errorf("models are %v, %v; want %v", ids, err, s.Models)
	}
	if books := vendor.Books(); books.Requests != 0 || !books.Billed.Zero() {
		t.Errorf("the vendor books %+v for a list", books)
	}
}

func (s Subject) wantNoModels(t *testing.T, address, key string, kind provider.Kind) {
	t.Helper()
	ids, err := s.lister(t, address, key, patience).ListModels(t.Context())
	if len(ids) > 0 {
		t.Errorf("models are %v", ids)
	}
	if e, ok := errors.AsType[*provider.Error](err); !ok || e.Kind != kind || e.Provider == "" || e.Cause == nil {
		t.Errorf("error is %v, want %s", err, kind)
	}
	if err != nil && strings.Contains(err.Error(), "sk-test") {
		t.Errorf("the error tells the key: %v", err)
	}
}

// modelsCancelled: who gives up gets the own reason back.
func (s Subject) modelsCancelled(t *testing.T) {
	t.Parallel()
	enough := errors.New("that is enough")
	ctx, stop := context.WithCancelCause(t.Context())
	defer stop(nil)
	address := s.serveInstead(t, func(_ http.ResponseWriter, r *http.Request) {
		stop(enough)
		<-r.Context().Done()
	})
	if _, err := s.lister(t, address, "sk-test", patient).ListModels(ctx); !errors.Is(err, enough) || provider.KindOf(err) != "" {
		t.Errorf("error is %v, want the context's cause", err)
	}
}

// serveInstead serves handler instead of the vendor, but for Google's tokens.
func (s Subject) serveInstead(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	vendor := s.Standin(nil)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/token" {
			vendor.ServeHTTP(w, r)
			return
		}
		handler(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// nobody gives an address where nobody listens.
func nobody(t *testing.T) string {
	t.Helper()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return "http://" + l.Addr().String()
}
