package providertest

import (
	"encoding/json"
	"net/http"
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
			t.Run("pictures", r.pictures)
			t.Run("seen pictures", r.seen)
			t.Run("a bad picture", r.badPicture)
			t.Run("too large pictures", r.tooLarge)
			t.Run("calls", r.calls)
			t.Run("calls and their results", r.loop)
			t.Run("calls of another vendor", r.foreign)
			t.Run("calls that are no JSON", r.badJSON)
			t.Run("calls to the last token", r.calledAtLength)
			t.Run("calls without tools", r.toolsGone)
			t.Run("a result without a call", r.resultAlone)
			t.Run("settings", r.settings)
			t.Run("told", r.told)
			t.Run("several messages", r.order)
			t.Run("cut in a call", r.cutCall)
			t.Run("called once", r.calledOnce)
			t.Run("cannot", r.cannot)
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
