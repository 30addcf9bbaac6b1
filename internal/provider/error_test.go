package provider_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pulse/internal/provider"
)

// What each kind says, and that it may be tried again. The sentence names the
// vendor or the model, says what to do, and repeats nothing that the vendor said.
func TestSentences(t *testing.T) {
	t.Parallel()
	seen := map[string]provider.Kind{}
	for kind, again := range map[provider.Kind]bool{
		provider.KindBadRequest: false, provider.KindTooLong: false, provider.KindTooLarge: false, provider.KindAuth: false, provider.KindNoCredit: false,
		provider.KindNoModel: false, provider.KindRateLimited: true, provider.KindOverloaded: true, provider.KindUnreachable: true,
		provider.KindStalled: true, provider.KindCut: true, provider.KindMalformed: true, provider.KindBlocked: false,
		provider.KindEmpty: false, provider.KindEndless: false, "provider_something_new": false,
	} {
		e := &provider.Error{Kind: kind, Provider: "openai", Status: 418, RetryAfter: time.Second, Cause: errors.New("the vendor's secret words")}
		if e.Retryable() != again {
			t.Errorf("%s: may be tried again: %t, want %t", kind, e.Retryable(), again)
		}
		f := e.Fault("Some Vendor")
		if f.Type != string(kind) || f.RetryAfter != time.Second || !errors.Is(f, error(e)) {
			t.Errorf("%s: fault is %+v", kind, f)
		}
		if other, twice := seen[f.Message]; twice {
			t.Errorf("%s says what %s says: %s", kind, other, f.Message)
		}
		seen[f.Message] = kind
		named := strings.Contains(f.Message, "Some Vendor") || strings.Contains(f.Message, "model")
		if !named || !strings.HasSuffix(f.Message, ".") || strings.Count(f.Message, ".") < 2 {
			t.Errorf("%s: a person cannot tell who failed or what to do: %s", kind, f.Message)
		}
		for _, foreign := range []string{"secret", "418", "HTTP", "status", "openai"} {
			if strings.Contains(f.Message, foreign) {
				t.Errorf("%s: %q is not for a person: %s", kind, foreign, f.Message)
			}
		}
		if len(f.Fields) > 0 {
			t.Errorf("%s: nobody knows which field, and the fault names %v", kind, f.Fields)
		}
		if log := e.Error(); !strings.Contains(log, "secret words") || !strings.Contains(log, string(kind)) {
			t.Errorf("%s: the log needs more than %s", kind, log)
		}
	}
}

// Who wanted a picture is told of a picture, of each kind something else.
func TestSentencesOfPictures(t *testing.T) {
	t.Parallel()
	seen := map[string]provider.Kind{}
	for _, kind := range []provider.Kind{
		provider.KindBadRequest, provider.KindTooLong, provider.KindTooLarge, provider.KindAuth, provider.KindNoCredit, provider.KindNoModel,
		provider.KindRateLimited, provider.KindOverloaded, provider.KindUnreachable, provider.KindStalled, provider.KindCut, provider.KindMalformed,
		provider.KindBlocked, provider.KindEmpty, provider.KindEndless, "provider_something_new",
	} {
		e := &provider.Error{Kind: kind, Provider: "openai", Picture: true, Cause: errors.New("the vendor's secret words")}
		message := e.Fault("Some Vendor").Message
		if other, twice := seen[message]; twice {
			t.Errorf("%s says what %s says: %s", kind, other, message)
		}
		seen[message] = kind
		named := strings.Contains(message, "Some Vendor") || strings.Contains(message, "model")
		if !named || !strings.HasSuffix(message, ".") || strings.Count(message, ".") < 2 {
			t.Errorf("%s: a person cannot tell who failed or what to do: %s", kind, message)
		}
		for _, foreign := range []string{"answer", "kept", "conversation", "question", "saying", "wrote", "secret", "openai"} {
			if strings.Contains(message, foreign) {
				t.Errorf("%s: %q says nothing of a picture: %s", kind, foreign, message)
			}
		}
	}
	e := provider.CannotDo("size", "Some Vendor has no such size.")
	e.Picture = true
	if message := e.Fault("Another").Message; message != "Some Vendor has no such size." {
		t.Errorf("got %q", message)
	}
}

// What an adapter refuses by itself is told in its own words, with the parameter.
func TestCannotDo(t *testing.T) {
	t.Parallel()
	e := provider.CannotDo("stop", "Some Vendor takes no stop.")
	f := e.Fault("Another")
	if e.Kind != provider.KindBadRequest || e.Retryable() || f.Message != "Some Vendor takes no stop." || len(f.Fields) != 1 || f.Fields[0].Location != "stop" {
		t.Errorf("%+v gives %+v", e, f)
	}
	if log := e.Error(); !strings.Contains(log, "stop: Some Vendor takes no stop.") {
		t.Errorf("the log has %q", log)
	}
}
