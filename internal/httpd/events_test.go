package httpd_test

import (
	"bufio"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"pulse/internal/actor"
	"pulse/internal/fault"
	"pulse/internal/httpd"
	"pulse/internal/job"
)

func TestEvents(t *testing.T) {
	t.Parallel()
	b := start(t, nil)
	b.events = func(w *httpd.EventWriter) error {
		for i, c := range []job.Content{
			{Kind: job.EventStart, Data: []byte(`{"job_id":"j"}`)},
			{Kind: job.EventReasoning, Data: []byte("hm")},
			{Kind: job.EventText, Data: []byte("line\nbreak \"quoted\" 漢 </script>")},
			{Kind: job.EventDone, Data: []byte(`{}`)},
		} {
			if err := w.JobEvent(job.Event{Position: uint64(i + 1), Content: c}); err != nil {
				return err
			}
		}
		return nil
	}
	got := b.send(t, http.MethodGet, "/api/v1/events", "", "Authorization", "Bearer ada")
	want := "id: 1\nevent: start\ndata: {\"job_id\":\"j\"}\n\n" +
		"id: 2\nevent: delta\ndata: {\"reasoning\":\"hm\"}\n\n" +
		"id: 3\nevent: delta\ndata: {\"text\":\"line\\nbreak \\\"quoted\\\" 漢 </script>\"}\n\n" +
		"id: 4\nevent: done\ndata: {}\n\n"
	if got.status != 200 || got.header.Get("Content-Type") != "text/event-stream" || got.body != want {
		t.Errorf("got %d %q", got.status, got.body)
	}
	b.events = func(*httpd.EventWriter) error { return fault.New(fault.NotFound, "It is gone.") }
	got = b.send(t, http.MethodGet, "/api/v1/events", "", "Authorization", "Bearer ada")
	if !strings.HasPrefix(got.body, "event: error\ndata: {") || !strings.Contains(got.body, "It is gone.") {
		t.Errorf("a failing stream says %q", got.body)
	}
	for _, id := range []string{"x", "-1", "9007199254740992"} {
		if _, err := (httpd.Resume{LastEventID: id}).Position(); !fault.Is(err, fault.Invalid) {
			t.Errorf("the position %q: %v", id, err)
		}
	}
}

func TestStreamsAreCountedAndEndWithTheServer(t *testing.T) {
	t.Parallel()
	b := start(t, nil)
	b.events = func(w *httpd.EventWriter) error { <-w.Context().Done(); return w.Context().Err() }
	ctx, cancel := context.WithCancel(t.Context())
	open := make([]*http.Response, 0, 64)
	for range 64 {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, b.URL+"/api/v1/events", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer ada")
		res, err := http.DefaultTransport.RoundTrip(r) //nolint:bodyclose // below
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, res) //nolint:bodyclose // below
	}
	if got := b.send(t, http.MethodGet, "/api/v1/events", "", "Authorization", "Bearer ada"); got.status != 429 {
		t.Errorf("one too many: %d", got.status)
	}
	cancel()
	for _, res := range open {
		_, _ = bufio.NewReader(res.Body).ReadString('\n')
		_ = res.Body.Close()
	}
	b.events = func(*httpd.EventWriter) error { return nil }
	deadline := time.Now().Add(5 * time.Second)
	for b.send(t, http.MethodGet, "/api/v1/events", "", "Authorization", "Bearer ada").status != 200 {
		if time.Now().After(deadline) {
			t.Fatal("closed streams are still counted")
		}
	}
}

// A session that has ended ends its streams, and no others.
func TestStreamsEndWithTheirSession(t *testing.T) {
	t.Parallel()
	var out atomic.Bool
	b := start(t, func(o *httpd.Options) {
		known := o.Authenticate
		o.Authenticate = func(r *http.Request) (actor.Actor, bool, error) {
			if r.Header.Get("X-Test") == "leaves" && out.Load() {
				return actor.Actor{}, false, nil
			}
			if r.Header.Get("X-Test") == "database away" && out.Load() {
				return actor.Actor{}, false, errors.New("away")
			}
			return known(r)
		}
	})
	begun, ended, stop := make(chan struct{}), make(chan string, 3), make(chan struct{})
	b.events = func(w *httpd.EventWriter) error {
		begun <- struct{}{}
		select {
		case <-w.Context().Done():
			return context.Cause(w.Context())
		case <-stop:
			return w.JobEvent(job.Event{Position: 1, Content: job.Content{Kind: job.EventDone, Data: []byte(`{}`)}})
		}
	}
	for _, who := range []string{"leaves", "database away", "stays"} {
		go func() {
			got := b.send(t, http.MethodGet, "/api/v1/events", "", "Authorization", "Bearer ada", "X-Test", who)
			ended <- who + " " + got.body
		}()
		<-begun
	}
	out.Store(true)
	if got := <-ended; got != "leaves " {
		t.Errorf("the first to end: %q", got)
	}
	time.Sleep(time.Second) // the others were asked, too
	close(stop)
	for range 2 {
		if got := <-ended; !strings.Contains(got, "event: done") {
			t.Errorf("got %q", got)
		}
	}
}

func BenchmarkJobEvent(b *testing.B) {
	events := func(w *httpd.EventWriter) error {
		e := job.Event{Content: job.Content{Kind: job.EventText, Data: []byte(" token")}}
		b.ReportAllocs()
		for b.Loop() {
			e.Position++
			if err := w.JobEvent(e); err != nil {
				return err
			}
		}
		return nil
	}
	s, err := httpd.New(httpd.Options{
		Log:          slog.New(slog.DiscardHandler),
		Authenticate: func(*http.Request) (actor.Actor, bool, error) { return actor.Actor{ID: "ada"}, true, nil },
	})
	if err != nil {
		b.Fatal(err)
	}
	httpd.Stream(s.API(), huma.Operation{OperationID: "events", Method: http.MethodGet, Path: "/api/v1/events"},
		func(context.Context, *struct{}) (func(*httpd.EventWriter) error, error) { return events, nil })
	r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/api/v1/events", nil)
	s.Handler().ServeHTTP(discard{}, r)
}

// discard is a client that reads at once.
type discard struct{}
