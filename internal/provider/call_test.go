package provider

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// FuzzRetryAfter: whatever a vendor asks for, nobody waits a negative time or
// for ever.
func FuzzRetryAfter(f *testing.F) {
	for _, v := range []string{
		"", "7", "1.5", "-1", "soon", "NaN", "Inf", "1e300", "Fri, 31 Dec 9999 23:59:59 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", " 3 ",
	} {
		f.Add(v, "")
		f.Add("1", v)
	}
	f.Fuzz(func(t *testing.T, seconds, milliseconds string) {
		c := NewCall(t.Context(), "x", ChatRequest{}, true, nil)
		c.header = http.Header{"Retry-After": {seconds}, "Retry-After-Ms": {milliseconds}}
		if d := c.failure(errors.New("x")).RetryAfter; d < 0 || d > maxRetryAfter {
			t.Errorf("%q and %q give %s", seconds, milliseconds, d)
		}
	})
}

// FuzzText: whatever a vendor says can be stored, and loses nothing that can.
func FuzzText(f *testing.F) {
	for _, s := range []string{"", "plain", "日本", "a\x00b", "\xff\xfe", "\xe6\x97", "\U0010FFFF", "\uFFFD"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := clean(s)
		if !utf8.ValidString(got) || strings.ContainsRune(got, 0) {
			t.Errorf("%q became %q", s, got)
		}
		if utf8.ValidString(s) && got != strings.ReplaceAll(s, "\x00", "") {
			t.Errorf("%q became %q and lost something", s, got)
		}
		e := VendorError(KindBadRequest, 0, s, s)
		if text := e.Error(); !utf8.ValidString(text) || len(text) > 2*maxWords+200 {
			t.Errorf("the error has %d bytes: %q", len(text), text)
		}
	})
}

// What no vendor can mean is not booked.
func TestSane(t *testing.T) {
	t.Parallel()
	got := sane(Usage{Input: -5, CacheRead: 1 << 62, CacheWrite: 3, CacheWrite1h: -1, Output: 7, Reasoning: 9})
	if got.Input != 0 || got.CacheRead != maxTokens || got.CacheWrite != 3 || got.CacheWrite1h != 0 || got.Output != 7 || got.Reasoning != 7 {
		t.Errorf("it became %+v", got)
	}
	if got.Total() < 0 {
		t.Errorf("the total is %d", got.Total())
	}
}

// A wait that Google writes into an error is bounded as the header's is.
func TestLongWait(t *testing.T) {
	t.Parallel()
	c := NewCall(t.Context(), "x", ChatRequest{}, true, nil)
	if d := c.failure(&Error{RetryAfter: 1000000 * time.Hour}).RetryAfter; d != maxRetryAfter {
		t.Errorf("it waits %s", d)
	}
}
