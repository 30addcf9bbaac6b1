package providertest

import (
	"context"
	"encoding/json"
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

// Run runs the suite. That no goroutine is left behind is for the TestMain of
// the adapter's package to check, by goleak, when all is over.
func Run(t *testing.T, s Subject) {
	t.Helper()
	for _, stream := range []bool{true, false} {
		t.Run(map[bool]string{true: "stream", false: "plain"}[stream], func(t *testing.T) {
			t.Parallel()
			r := runner{s, stream}
			t.Run("answer", r.answer)
			t.Run("request", r.asked)
			t.Run("usage", r.usage)
			t.Run("reasoning", r.reasoning)
			t.Run("unstorable", r.unstorable)
			t.Run("ends", r.ends)
			t.Run("words for the end", r.words)
			t.Run("blocked", r.blocked)
			t.Run("a large piece", r.large)
			t.Run("endless", r.endless)
			t.Run("empty", r.empty)
			t.Run("refusals", r.refusals)
			t.Run("unreachable", r.unreachable)
			t.Run("proxy page", r.proxyPage)
			t.Run("redirect", r.redirect)
			t.Run("wrong key", r.wrongKey)
			t.Run("stall", r.stall)
			t.Run("slow but alive", r.slow)
			t.Run("broken", r.broken)
			t.Run("cancel", r.cancel)
			t.Run("tried again", r.triedAgain)
			t.Run("tried once", r.triedOnce)
		})
	}
	t.Run("events", runner{s, true}.events)
	t.Run("figures missing", runner{s, true}.figuresMissing)
	t.Run("models", s.models)
	t.Run("catalogue", s.catalogue)
}

type runner struct {
	Subject

	stream bool
}

var chunks = []string{"Hel", "lo, ", "\"wörld\" ", "日本", "語 ", "<b>&</b>\n", "🙂\t", "\\end"}

func (r runner) req() provider.ChatRequest { return r.request(r.stream) }

// answer: the text comes whole, in order, and piece by piece where asked so.
func (r runner) answer(t *testing.T) {
	t.Parallel()
	b := r.bench(t, patient, standin.Script{Chunks: chunks, Pace: time.Millisecond})
	got := b.ask(t.Context(), r.req(), nil)
	if got.err != nil {
		t.Fatal(got.err)
	}
	if want := strings.Join(chunks, ""); got.text != want {
		t.Errorf("text is %q, want %q", got.text, want)
	}
	want := 1
	if r.stream {
		want = len(chunks)
	}
	if len(got.pieces) != want {
		t.Errorf("it came in %d pieces, want %d", len(got.pieces), want)
	}
	if a := got.answer; a.FinishReason != provider.FinishStop || a.Model != r.Model || a.ResponseID == "" {
		t.Errorf("answer is %+v, want stop, model %s and an id", a, r.Model)
	}
	if books := b.standin.Books(); books.Requests != 1 || books.Finished != 1 {
		t.Errorf("the vendor has %+v, want one request that finished", books)
	}
}

// asked: the vendor understands what was asked, all of it.
func (r runner) asked(t *testing.T) {
	t.Parallel()
	b := r.bench(t, patient, standin.Script{Chunks: chunks})
	req := r.req()
	req.ReasoningEffort, req.UserHash = r.Effort, "0123456789abcdef"
	if got := b.ask(t.Context(), req, nil); got.err != nil {
		t.Fatal(got.err)
	}
	got, want := b.standin.Last().Chat, req
	want.Stream = r.stream || r.AlwaysStreams
	if !r.TakesUserHash {
		want.UserHash = ""
	}
	if g, w := asJSON(t, got), asJSON(t, want); g != w {
		t.Errorf("the vendor understood\n%s\nwant\n%s", g, w)
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// usage: every class of tokens lands where it is priced.
func (r runner) usage(t *testing.T) {
	t.Parallel()
	b := r.bench(t, patient, standin.Script{Chunks: chunks, Usage: r.Usage})
	got := b.ask(t.Context(), r.req(), nil)
	if got.err != nil {
		t.Fatal(got.err)
	}
	raw := got.answer.Usage.Raw
	if !json.Valid(raw) {
		t.Errorf("raw figures are %q, want the vendor's JSON", raw)
	}
	got.answer.Usage.Raw = nil
	if g, w := asJSON(t, got.answer.Usage), asJSON(t, r.Usage); g != w {
		t.Errorf("usage is\n%s\nwant\n%s", g, w)
	}
}

// reasoning: thoughts are told apart from the answer.
func (r runner) reasoning(t *testing.T) {
	t.Parallel()
	b := r.bench(t, patient, standin.Script{Reasoning: []string{"Let me ", "think."}, Chunks: chunks})
	req := r.req()
	req.ReasoningEffort = r.Effort
	got := b.ask(t.Context(), req, nil)
	if got.err != nil {
		t.Fatal(got.err)
	}
	want := ""
	if r.ShowsThinking {
		want = "Let me think."
	}
	if got.reasoning != want || got.text != strings.Join(chunks, "") {
		t.Errorf("reasoning is %q, want %q; text is %q", got.reasoning, want, got.text)
	}
}

// unstorable: what PostgreSQL refuses does not get in.
func (r runner) unstorable(t *testing.T) {
	t.Parallel()
	b := r.bench(t, patient, standin.Script{Chunks: []string{"a\x00b", "\x00", "c"}})
	got := b.ask(t.Context(), r.req(), nil)
	if got.err != nil || got.text != "abc" {
		t.Errorf("got %q, %v; want abc", got.text, got.err)
	}
}

// ends: each reason for the end is told.
func (r runner) ends(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		script standin.Script
		want   provider.FinishReason
		note   string
	}{
		{standin.Script{Finish: provider.FinishLength}, provider.FinishLength, ""},
		{standin.Script{Finish: provider.FinishRefusal, Note: "bio"}, provider.FinishRefusal, r.Note},
		{standin.Script{Word: "SOMETHING_NEW"}, provider.FinishOther, "SOMETHING_NEW"},
	} {
		t.Run(string(test.want), func(t *testing.T) {
			t.Parallel()
			test.script.Chunks = chunks
			got := r.bench(t, patient, test.script).ask(t.Context(), r.req(), nil)
			if got.err != nil {
				t.Fatal(got.err)
			}
			if got.answer.FinishReason != test.want || !strings.Contains(got.answer.Note, test.note) {
				t.Errorf("finished by %q with note %q, want %q and %q", got.answer.FinishReason, got.answer.Note, test.want, test.note)
			}
			if got.text != strings.Join(chunks, "") {
				t.Errorf("text is %q: what came before the end has to be kept", got.text)
			}
		})
	}
}

// words: each word that the vendor has for the end means what it says, and is
// noted where Pulse has none of its own.
func (r runner) words(t *testing.T) {
	t.Parallel()
	for word, want := range r.Ends {
		t.Run(word, func(t *testing.T) {
			t.Parallel()
			got := r.bench(t, patient, standin.Script{Chunks: chunks, Word: word}).ask(t.Context(), r.req(), nil)
			if got.err != nil || got.answer.FinishReason != want {
				t.Errorf("finished by %q, %v; want %q", got.answer.FinishReason, got.err, want)
			}
			noted := want == provider.FinishRefusal || want == provider.FinishOther
			if noted != strings.Contains(got.answer.Note, word) {
				t.Errorf("note is %q", got.answer.Note)
			}
		})
	}
}

// blocked: a prompt that the vendor does not let through.
func (r runner) blocked(t *testing.T) {
	t.Parallel()
	b := r.bench(t, patient, standin.Script{Chunks: chunks, Blocked: "PROHIBITED_CONTENT"})
	got := b.ask(t.Context(), r.req(), nil)
	r.wantError(t, got.err, Refusal{Kind: provider.KindBlocked}, -1)
	if got.text != "" {
		t.Errorf("a blocked prompt is answered by %q", got.text)
	}
}

// large: a piece that is longer than any buffer one would think of.
func (r runner) large(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("0123456789 ", 100_000)
	got := r.bench(t, patient, standin.Script{Chunks: []string{"a ", large, "z"}}).ask(t.Context(), r.req(), nil)
	if got.err != nil || got.text != "a "+large+"z" {
		t.Errorf("got %d bytes, %v; want %d", len(got.text), got.err, len(large)+3)
	}
}

// endless: a vendor that takes no heed of the cap is not listened to for ever.
// What came before is kept.
func (r runner) endless(t *testing.T) {
	t.Parallel()
	piece := strings.Repeat("0123456789 ", 100_000)
	script := standin.Script{Chunks: []string{piece, piece, piece, piece}}
	if r.stream || r.AlwaysStreams {
		script.Fault, script.After = standin.FaultStall, len(script.Chunks) // it would go on
	}
	b := r.bench(t, patient, script)
	got := b.ask(t.Context(), r.req(), nil)
	r.wantError(t, got.err, Refusal{Kind: provider.KindEndless}, http.StatusOK)
	if n := len(got.text); n > 3*len(piece) || r.stream && got.text != piece+piece {
		t.Errorf("%d bytes were kept, want two pieces of %d", n, len(piece))
	}
}

// empty: finished and said nothing is a failure, which was billed all the same.
// A refusal may be wordless.
func (r runner) empty(t *testing.T) {
	t.Parallel()
	got := r.bench(t, patient, standin.Script{Usage: r.Usage}).ask(t.Context(), r.req(), nil)
	r.wantError(t, got.err, Refusal{Kind: provider.KindEmpty}, http.StatusOK)
	if got.answer.Usage.Total() != r.Usage.Total() {
		t.Errorf("usage is %+v, want %+v", got.answer.Usage, r.Usage)
	}
	got = r.bench(t, patient, standin.Script{Finish: provider.FinishLength, Usage: r.Usage}).ask(t.Context(), r.req(), nil)
	r.wantError(t, got.err, Refusal{Kind: provider.KindEmpty}, http.StatusOK) // all went into thinking
	got = r.bench(t, patient, standin.Script{Finish: provider.FinishRefusal}).ask(t.Context(), r.req(), nil)
	if got.err != nil || got.answer.FinishReason != provider.FinishRefusal {
		t.Errorf("a wordless refusal gives %+v, %v", got.answer, got.err)
	}
}

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
	b := r.bench(t, patience, standin.Script{Chunks: many, Pace: patience.First / 8})
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
