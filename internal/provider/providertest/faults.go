package providertest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"pulse/internal/provider"
	"pulse/internal/provider/standin"
)

// everyVendor has these.
func everyVendor() []Refusal {
	inAnHour := time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)
	return []Refusal{
		{"bad request", standin.Failure{Status: 400, Message: "no"}, provider.KindBadRequest, 0},
		{"key", standin.Failure{Status: 401, Message: "no"}, provider.KindAuth, 0},
		{"right", standin.Failure{Status: 403, Message: "no"}, provider.KindAuth, 0},
		{"credit", standin.Failure{Status: 402, Message: "no"}, provider.KindNoCredit, 0},
		{"model", standin.Failure{Status: 404, Message: "no"}, provider.KindNoModel, 0},
		{"size", standin.Failure{Status: 413, Message: "no"}, provider.KindTooLong, 0},
		{"rate", standin.Failure{Status: 429, Message: "no"}, provider.KindRateLimited, 0},
		{"rate, seconds", standin.Failure{Status: 429, Header: http.Header{"Retry-After": {"7"}}}, provider.KindRateLimited, 7 * time.Second},
		{"rate, fraction", standin.Failure{Status: 429, Header: http.Header{"Retry-After": {"1.5"}}}, provider.KindRateLimited, 1500 * time.Millisecond},
		{"rate, milliseconds", standin.Failure{Status: 429, Header: http.Header{"Retry-After": {"9"}, "Retry-After-Ms": {"250"}}}, provider.KindRateLimited, 250 * time.Millisecond},
		{"rate, date", standin.Failure{Status: 429, Header: http.Header{"Retry-After": {inAnHour}}}, provider.KindRateLimited, time.Hour},
		{"rate, nonsense", standin.Failure{Status: 429, Header: http.Header{"Retry-After": {"soon"}}}, provider.KindRateLimited, 0},
		{"error", standin.Failure{Status: 500, Message: "no"}, provider.KindOverloaded, 0},
		{"away", standin.Failure{Status: 503, Header: http.Header{"Retry-After": {"2"}}}, provider.KindOverloaded, 2 * time.Second},
		{"gateway", standin.Failure{Status: 504, Message: "no"}, provider.KindOverloaded, 0},
		{"overloaded", standin.Failure{Status: 529, Message: "no"}, provider.KindOverloaded, 0},
	}
}

// refusals: each error status has its kind, and nothing is tried twice.
func (r runner) refusals(t *testing.T) {
	t.Parallel()
	for _, refusal := range append(everyVendor(), r.Refusals...) {
		t.Run(refusal.Name, func(t *testing.T) {
			t.Parallel()
			b := r.bench(t, patient, standin.Script{Fault: standin.FaultRefuse, Failure: refusal.Failure})
			got := b.ask(t.Context(), r.req(), nil)
			r.wantError(t, got.err, refusal, refusal.Failure.Status)
			if got.text != "" || !got.answer.Usage.Zero() {
				t.Errorf("got text %q and usage %+v of a refusal", got.text, got.answer.Usage)
			}
			if n := b.standin.Books().Requests; n != 1 {
				t.Errorf("the vendor was asked %d times", n)
			}
		})
	}
}

// events: an error in mid-stream, under status 200, is told by its word.
func (r runner) events(t *testing.T) {
	t.Parallel()
	for _, event := range r.Events {
		for _, after := range []int{0, 3} {
			t.Run(fmt.Sprintf("%s after %d", event.Name, after), func(t *testing.T) {
				t.Parallel()
				script := standin.Script{Chunks: chunks, Fault: standin.FaultError, After: after, Failure: event.Failure}
				got := r.bench(t, patient, script).ask(t.Context(), r.req(), nil)
				r.wantError(t, got.err, event, http.StatusOK)
				if want := strings.Join(chunks[:after], ""); got.text != want {
					t.Errorf("text is %q, want %q: what came is kept", got.text, want)
				}
			})
		}
	}
}

// unreachable: nobody listens.
func (r runner) unreachable(t *testing.T) {
	t.Parallel()
	b := bench{chatter: r.New(t, nobody(t), "sk-test", provider.NewClient(patient))}
	r.wantError(t, b.ask(t.Context(), r.req(), nil).err, Refusal{Kind: provider.KindUnreachable}, 0)
}

// proxyPage: a gateway answers in HTML.
func (r runner) proxyPage(t *testing.T) {
	t.Parallel()
	failure := standin.Failure{Status: 502, Body: "<html><h1>502 Bad Gateway</h1></html>", Header: http.Header{"Content-Type": {"text/html"}}}
	b := r.bench(t, patient, standin.Script{Fault: standin.FaultRefuse, Failure: failure})
	r.wantError(t, b.ask(t.Context(), r.req(), nil).err, Refusal{Kind: provider.KindOverloaded}, http.StatusBadGateway)
}

// redirect: nobody may send our key elsewhere.
func (r runner) redirect(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("the redirect was followed")
	}))
	t.Cleanup(elsewhere.Close)
	failure := standin.Failure{Status: http.StatusTemporaryRedirect, Header: http.Header{"Location": {elsewhere.URL}}}
	b := r.bench(t, patient, standin.Script{Fault: standin.FaultRefuse, Failure: failure})
	got := b.ask(t.Context(), r.req(), nil)
	if _, ok := errors.AsType[*provider.Error](got.err); !ok {
		t.Errorf("error is %v, want a *provider.Error", got.err)
	}
}

// wrongKey: the vendor's own refusal of a key, which the error does not repeat.
func (r runner) wrongKey(t *testing.T) {
	t.Parallel()
	b := r.benchWith(t, patient, nil, standin.WrongKey)
	got := b.ask(t.Context(), r.req(), nil)
	if kind := provider.KindOf(got.err); kind != provider.KindAuth {
		t.Errorf("error is %v, want %s", got.err, provider.KindAuth)
	}
}

// stall: silence ends the call, before the first text and in mid-answer.
func (r runner) stall(t *testing.T) {
	t.Parallel()
	for name, after := range map[string]int{"before text": 0, "in mid-answer": 3} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := r.bench(t, patience, standin.Script{Chunks: chunks, Fault: standin.FaultStall, After: after})
			began := time.Now()
			got := b.ask(t.Context(), r.req(), nil)
			r.wantError(t, got.err, Refusal{Kind: provider.KindStalled}, -1)
			if want := strings.Join(chunks[:after], ""); (r.stream || r.AlwaysStreams) && got.text != want {
				t.Errorf("text is %q, want %q: what came is kept", got.text, want)
			}
			if took := time.Since(began); took > 10*patience.First {
				t.Errorf("it took %v to notice", took)
			}
			b.wantGone(t)
		})
	}
}

// slow: an answer that takes far longer than our patience, but lives, is whole.
func (r runner) slow(t *testing.T) {
	t.Parallel()
	if !r.stream && !r.AlwaysStreams {
		t.Skip("an answer in one piece shows no life before it comes")
	}
	many := make([]string, 12)
	for i := range many {
		many[i] = chunks[i%len(chunks)]
	}
	// Long enough between two pieces that a busy machine is not taken for silence.
	limits := provider.Patience{First: 1200 * time.Millisecond, Between: time.Second, Whole: 1200 * time.Millisecond}
	b := r.bench(t, limits, standin.Script{Chunks: many, Pace: limits.First / 6})
	got := b.ask(t.Context(), r.req(), nil)
	if got.err != nil || got.text != strings.Join(many, "") {
		t.Errorf("got %q, %v; want the whole text", got.text, got.err)
	}
}

// broken: an answer that ends without its reason is no answer.
func (r runner) broken(t *testing.T) {
	t.Parallel()
	for fault, kind := range map[standin.Fault]provider.Kind{
		standin.FaultCut: provider.KindCut, standin.FaultReset: provider.KindCut, standin.FaultMalformed: provider.KindMalformed,
	} {
		for _, after := range []int{0, 3, len(chunks)} {
			t.Run(fmt.Sprintf("%s after %d", fault, after), func(t *testing.T) {
				t.Parallel()
				b := r.bench(t, patient, standin.Script{Chunks: chunks, Fault: fault, After: after})
				got := b.ask(t.Context(), r.req(), nil)
				r.wantError(t, got.err, Refusal{Kind: kind}, http.StatusOK)
				want := strings.Join(chunks[:after], "")
				if (r.stream || r.AlwaysStreams) && got.text != want {
					t.Errorf("text is %q, want %q: what came is kept", got.text, want)
				}
				if strings.Contains(got.err.Error(), "half a") { // what the stand-in breaks off
					t.Errorf("the error quotes the answer: %v", got.err)
				}
			})
		}
	}
}

// cancel: Stop ends the vendor's work at once, and gives the caller's reason.
func (r runner) cancel(t *testing.T) {
	t.Parallel()
	stopped := errors.New("the person pressed Stop")
	b := r.bench(t, patient, standin.Script{Chunks: chunks, Fault: standin.FaultStall, After: 3})
	ctx, stop := context.WithCancelCause(t.Context())
	defer stop(nil)
	var at time.Time
	press := func() { at = time.Now(); stop(stopped) }
	streamed := r.stream
	if !streamed {
		go func() {
			for b.standin.Books().Open == 0 {
				time.Sleep(time.Millisecond) // the only sign that the question arrived
			}
			stop(stopped)
		}()
	}
	got := b.ask(ctx, r.req(), func(n int) {
		if streamed && n == 3 {
			press()
		}
	})
	if !errors.Is(got.err, stopped) || provider.KindOf(got.err) != "" {
		t.Errorf("error is %v, want the context's cause", got.err)
	}
	if streamed {
		if took := time.Since(at); took > time.Second {
			t.Errorf("it took %v to stop", took)
		}
		if want := strings.Join(chunks[:3], ""); got.text != want {
			t.Errorf("text is %q, want %q", got.text, want)
		}
	}
	b.wantGone(t)
}

// figuresMissing: an answer without figures is whole all the same.
func (r runner) figuresMissing(t *testing.T) {
	t.Parallel()
	if r.AlwaysReports {
		t.Skip("this vendor's answers always have figures")
	}
	b := r.bench(t, patient, standin.Script{Chunks: chunks, HideUsage: true})
	got := b.ask(t.Context(), r.req(), nil)
	if got.err != nil || got.text != strings.Join(chunks, "") || !got.answer.Usage.Zero() {
		t.Errorf("got %q, %+v, %v", got.text, got.answer.Usage, got.err)
	}
}

// wantGone waits until the vendor has noticed that its reader left.
func (b bench) wantGone(t *testing.T) {
	t.Helper()
	deadline := time.Now().Add(time.Second)
	for b.standin.Books().Gone == 0 {
		if time.Now().After(deadline) {
			t.Fatalf("a second later the vendor still works: %+v", b.standin.Books())
		}
		time.Sleep(time.Millisecond)
	}
}

// wantError checks an error from head to foot. status -1 means any.
func (r runner) wantError(t *testing.T, err error, want Refusal, status int) {
	t.Helper()
	e, ok := errors.AsType[*provider.Error](err)
	if !ok {
		t.Fatalf("error is %v, want a *provider.Error", err)
	}
	if e.Kind != want.Kind {
		t.Errorf("kind is %s, want %s: %v", e.Kind, want.Kind, err)
	}
	if status >= 0 && e.Status != status {
		t.Errorf("status is %d, want %d", e.Status, status)
	}
	if diff := (e.RetryAfter - want.RetryAfter).Abs(); diff > 2*time.Second && diff > want.RetryAfter/10 || want.RetryAfter == 0 && e.RetryAfter != 0 {
		t.Errorf("retry after %v, want %v", e.RetryAfter, want.RetryAfter)
	}
	if e.Provider == "" || e.Cause == nil {
		t.Errorf("error names no provider or no cause: %+v", e)
	}
	if strings.Contains(err.Error(), "sk-test") {
		t.Errorf("the error tells the key: %v", err)
	}
	if message := e.Fault("Vendor").Message; !strings.HasSuffix(message, ".") {
		t.Errorf("no sentence for a person: %q", message)
	}
}
