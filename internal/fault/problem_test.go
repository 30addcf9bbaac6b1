package fault_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"pulse/internal/fault"
)

// A failed job keeps its problem; whoever reads it later is told the same.
func TestFromProblem(t *testing.T) {
	t.Parallel()
	overloaded := fault.Wrap(errors.New("529"), fault.Upstream, "The provider is overloaded.")
	overloaded.Type, overloaded.RetryAfter = "provider_overloaded", 1500*time.Millisecond
	for _, w := range []struct {
		name string
		f    *fault.Error
		wait time.Duration // whole seconds, rounded up
	}{
		{"a plain one", fault.New(fault.NotFound, "There is no such job."), 0},
		{"fields to mend", fault.BadField("body.model", "is none"), 0},
		{"a wait", overloaded, 2 * time.Second},
		{"not to be tried again", &fault.Error{Code: fault.Upstream, Message: "It broke off.", Final: true}, 0},
	} {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			document, err := json.Marshal(w.f.Problem(""))
			if err != nil {
				t.Fatal(err)
			}
			got, err := fault.FromProblem(document)
			if err != nil {
				t.Fatal(err)
			}
			if got.Code != w.f.Code || got.Kind() != w.f.Kind() || got.Message != w.f.Message || !slices.Equal(got.Fields, w.f.Fields) || got.Final != w.f.Final {
				t.Errorf("%s became %+v, want %+v", document, got, w.f)
			}
			if got.RetryAfter != w.wait {
				t.Errorf("it says to wait %s, want %s", got.RetryAfter, w.wait)
			}
		})
	}
	if _, err := fault.FromProblem([]byte("broken")); err == nil {
		t.Error("what is no document is taken for one")
	}
}

// What a fault may not show stays out of its document, and Extra is part of it.
func TestProblem(t *testing.T) {
	t.Parallel()
	f := fault.Wrap(errors.New("pq: secret"), fault.Quota, "Used up.")
	f.Extra, f.RetryAfter = map[string]any{"meter": "tokens", "limit": 5}, time.Second
	got, err := json.Marshal(f.Problem("r1"))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"type":"urn:pulse:problem:quota_exceeded","title":"Quota used up","status":402,"detail":"Used up.","request_id":"r1",` +
		`"limit":5,"meter":"tokens","retry_after_seconds":1}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if len(f.Extra) != 2 {
		t.Errorf("the fault itself was changed: %v", f.Extra)
	}
}
