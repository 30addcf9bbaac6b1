package providertest

import (
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"

	"pulse/internal/provider"
	"pulse/internal/provider/standin"
)

// again puts WithRetry before the adapter.
func (b bench) again() bench {
	return bench{b.standin, provider.WithRetry(b.chatter, slog.New(slog.DiscardHandler))}
}

// triedAgain: what fails for a moment is mended without anybody noticing, and
// paid for once: the vendor's books and the answer's figures are the same.
func (r runner) triedAgain(t *testing.T) {
	t.Parallel()
	for name, failure := range map[string]standin.Failure{
		"overloaded": {Status: 529}, "error": {Status: 500}, "rate": {Status: 429},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int64
			b := r.benchWith(t, patient, func(provider.ChatRequest) standin.Script {
				if asked.Add(1) <= 2 {
					return standin.Script{Fault: standin.FaultRefuse, Failure: failure}
				}
				return standin.Script{Chunks: chunks, Usage: r.Usage}
			}, "sk-test")
			got := b.again().ask(t.Context(), r.req(), nil)
			if got.err != nil || got.text != strings.Join(chunks, "") {
				t.Errorf("got %q, %v", got.text, got.err)
			}
			books := b.standin.Books()
			if books.Requests != 3 || books.Refused != 2 {
				t.Errorf("the vendor was asked %d times and refused %d, want 3 and 2", books.Requests, books.Refused)
			}
			got.answer.Usage.Raw = nil
			if g, w := asJSON(t, got.answer.Usage), asJSON(t, books.Billed); g != w {
				t.Errorf("usage is\n%s\nand the vendor bills\n%s", g, w)
			}
		})
	}
}

// triedOnce: nothing is tried again that the reader has begun to read, or that
// the vendor has done and bills.
func (r runner) triedOnce(t *testing.T) {
	t.Parallel()
	for _, fault := range []standin.Fault{standin.FaultCut, standin.FaultReset, standin.FaultMalformed} {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			b := r.bench(t, patient, standin.Script{Chunks: chunks, Fault: fault, After: 3, Usage: r.Usage})
			got := b.again().ask(t.Context(), r.req(), nil)
			if got.err == nil {
				t.Error("there is no error")
			}
			if n := b.standin.Books().Requests; n != 1 {
				t.Errorf("the vendor was asked %d times", n)
			}
			if want := strings.Join(chunks[:3], ""); r.stream && got.text != want {
				t.Errorf("text is %q, want %q", got.text, want)
			}
		})
	}
}
