package provider_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pulse/internal/provider"
)

// outcome is how one try goes.
type outcome struct {
	says  string
	usage provider.Usage
	err   error
	takes time.Duration
}

// script is a Chatter whose tries are written down.
type script struct {
	outcomes []outcome
	begun    []time.Time
}

func (s *script) Chat(ctx context.Context, _ provider.ChatRequest, emit func(provider.Delta)) (provider.ChatAnswer, error) {
	o := s.outcomes[min(len(s.begun), len(s.outcomes)-1)]
	s.begun = append(s.begun, time.Now())
	select {
	case <-time.After(o.takes):
	case <-ctx.Done():
		return provider.ChatAnswer{}, context.Cause(ctx)
	}
	if o.says != "" {
		emit(provider.Delta{Text: o.says})
	}
	answer := provider.ChatAnswer{Usage: o.usage}
	if o.err == nil {
		answer.FinishReason = provider.FinishStop
	}
	return answer, o.err
}

func failure(kind provider.Kind) error {
	return &provider.Error{Kind: kind, Provider: "openai", Cause: errors.New("no luck")}
}

func after(d time.Duration) error {
	return &provider.Error{Kind: provider.KindRateLimited, Provider: "openai", RetryAfter: d, Cause: errors.New("too many")}
}

var fine = outcome{says: "Hello.", usage: provider.Usage{Input: 3, Output: 2}}

func TestWithRetry(t *testing.T) {
	t.Parallel()
	overloaded := outcome{err: failure(provider.KindOverloaded)}
	for _, c := range []struct {
		name     string
		outcomes []outcome
		tries    int
		kind     provider.Kind // of the error, "" for none
		text     string
		least    time.Duration // that it takes in all
		most     time.Duration
	}{
		{"no failure", []outcome{fine}, 1, "", "Hello.", 0, 0},
		{"one failure", []outcome{overloaded, fine}, 2, "", "Hello.", 0, time.Second / 2},
		{"three failures", []outcome{overloaded, overloaded, overloaded, fine}, 4, "", "Hello.", 0, 3500 * time.Millisecond},
		{"failures without end", []outcome{overloaded}, 4, provider.KindOverloaded, "", 0, 3500 * time.Millisecond},
		{"the last error counts", []outcome{overloaded, {err: failure(provider.KindAuth)}}, 2, provider.KindAuth, "", 0, time.Second / 2},
		{"unreachable", []outcome{{err: failure(provider.KindUnreachable)}, fine}, 2, "", "Hello.", 0, time.Second / 2},
		{"a request that will never do", []outcome{{err: failure(provider.KindBadRequest)}, fine}, 1, provider.KindBadRequest, "", 0, 0},
		{"no credit", []outcome{{err: failure(provider.KindNoCredit)}, fine}, 1, provider.KindNoCredit, "", 0, 0},
		{"after the first text", []outcome{{says: "Hel", err: failure(provider.KindCut)}, fine}, 1, provider.KindCut, "Hel", 0, 0},
		{"after reported usage", []outcome{{usage: provider.Usage{Input: 9}, err: failure(provider.KindCut)}, fine}, 1, provider.KindCut, "", 0, 0},
		{"after work that is billed", []outcome{{err: &provider.Error{Kind: provider.KindCut, Billed: true, Cause: errors.New("no luck")}}, fine}, 1, provider.KindCut, "", 0, 0},
		{"as long as the vendor asks", []outcome{{err: after(20 * time.Second)}, fine}, 2, "", "Hello.", 20 * time.Second, 20500 * time.Millisecond},
		{"longer than anybody waits", []outcome{{err: after(20*time.Second + 1)}, fine}, 1, provider.KindRateLimited, "", 0, 0},
		{"three long waits", []outcome{{err: after(20 * time.Second)}}, 3, provider.KindRateLimited, "", 40 * time.Second, 41500 * time.Millisecond},
		{"failures that take long", []outcome{{err: failure(provider.KindStalled), takes: 2 * time.Minute}, fine}, 1, provider.KindStalled, "", 2 * time.Minute, 2 * time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &script{outcomes: c.outcomes}
				var text strings.Builder
				begin := time.Now()
				answer, err := provider.WithRetry(s, slog.New(slog.DiscardHandler)).
					Chat(t.Context(), provider.ChatRequest{}, func(d provider.Delta) { text.WriteString(d.Text) })
				took := time.Since(begin)
				if provider.KindOf(err) != c.kind || (err == nil) != (c.kind == "") {
					t.Errorf("error %v, want %q", err, c.kind)
				}
				if len(s.begun) != c.tries || text.String() != c.text {
					t.Errorf("%d tries said %q, want %d and %q", len(s.begun), text.String(), c.tries, c.text)
				}
				if took < c.least || took > c.most {
					t.Errorf("it took %s, want %s to %s", took, c.least, c.most)
				}
				last := c.outcomes[min(c.tries, len(c.outcomes))-1]
				if answer.Usage.Total() != last.usage.Total() {
					t.Errorf("usage %+v, want %+v", answer.Usage, last.usage)
				}
			})
		})
	}
}

// The waits grow, and requests that fail together do not come back together.
func TestRetriesSpread(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		longest := make([]time.Duration, 3)
		seen := map[time.Duration]bool{}
		for range 200 {
			s := &script{outcomes: []outcome{{err: failure(provider.KindOverloaded)}}}
			_, err := provider.WithRetry(s, slog.New(slog.DiscardHandler)).Chat(t.Context(), provider.ChatRequest{}, nil)
			if provider.KindOf(err) != provider.KindOverloaded {
				t.Fatal(err)
			}
			for i := range longest {
				wait := s.begun[i+1].Sub(s.begun[i])
				longest[i] = max(longest[i], wait)
				seen[wait] = true
			}
		}
		for i, most := range []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second} {
			if longest[i] > most || longest[i] < most/2 {
				t.Errorf("the longest wait before try %d was %s, want up to %s", i+2, longest[i], most)
			}
		}
		if len(seen) < 550 {
			t.Errorf("600 waits had %d lengths only", len(seen))
		}
	})
}

// Stop ends the wait for the next try at once.
func TestStopWhileWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		why := errors.New("the person pressed Stop")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(5*time.Second, func() { cancel(why) })
		s := &script{outcomes: []outcome{{err: after(10 * time.Second)}, fine}}
		begin := time.Now()
		_, err := provider.WithRetry(s, slog.New(slog.DiscardHandler)).
			Chat(ctx, provider.ChatRequest{}, func(provider.Delta) { t.Error("it spoke") })
		if took := time.Since(begin); !errors.Is(err, why) || took != 5*time.Second || len(s.begun) != 1 {
			t.Errorf("%d tries in %s, error %v", len(s.begun), took, err)
		}
	})
}

// A failure that was mended by trying again is in the log all the same, and
// nothing of the conversation is.
func TestRetriesAreLogged(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		s := &script{outcomes: []outcome{{err: failure(provider.KindOverloaded)}, fine}}
		req := provider.ChatRequest{Model: "gpt-6.1-sol", Messages: []provider.Message{{Role: provider.RoleUser, Text: "secret"}}}
		if _, err := provider.WithRetry(s, slog.New(slog.NewTextHandler(&log, nil))).Chat(t.Context(), req, func(provider.Delta) {}); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"provider=openai", "model=gpt-6.1-sol", "try=1", "provider_overloaded"} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("the log has no %q: %s", want, log.String())
			}
		}
		if strings.Contains(log.String(), "secret") || strings.Count(log.String(), "\n") != 1 {
			t.Errorf("the log: %s", log.String())
		}
	})
}

// pictures is an Imager whose tries are written down.
type pictures struct{ script }

func (p *pictures) Image(ctx context.Context, _ provider.ImageRequest) (provider.ImageAnswer, error) {
	answer, err := p.Chat(ctx, provider.ChatRequest{}, func(provider.Delta) {})
	made := provider.ImageAnswer{Usage: provider.ImageUsage{Input: answer.Usage.Input, Output: answer.Usage.Output}}
	if err == nil {
		made.Image = provider.Image{ContentType: "image/png", Data: []byte("a picture")}
	}
	return made, err
}

// A picture is made by the rules of answers: what may have been billed is not
// made twice.
func TestWithImageRetry(t *testing.T) {
	t.Parallel()
	overloaded := outcome{err: failure(provider.KindOverloaded)}
	for _, c := range []struct {
		name     string
		outcomes []outcome
		tries    int
		kind     provider.Kind
	}{
		{"no failure", []outcome{fine}, 1, ""},
		{"two failures", []outcome{overloaded, overloaded, fine}, 3, ""},
		{"failures without end", []outcome{overloaded}, 4, provider.KindOverloaded},
		{"declined", []outcome{{err: failure(provider.KindBlocked)}, fine}, 1, provider.KindBlocked},
		{"no picture", []outcome{{err: failure(provider.KindEmpty)}, fine}, 1, provider.KindEmpty},
		{"after reported usage", []outcome{{usage: provider.Usage{Output: 9}, err: failure(provider.KindMalformed)}, fine}, 1, provider.KindMalformed},
		{"after work that is billed", []outcome{{err: &provider.Error{Kind: provider.KindCut, Billed: true, Cause: errors.New("no luck")}}, fine}, 1, provider.KindCut},
		{"longer than anybody waits", []outcome{{err: after(21 * time.Second)}, fine}, 1, provider.KindRateLimited},
		{"failures that take long", []outcome{{err: failure(provider.KindStalled), takes: 10 * time.Minute}, fine}, 1, provider.KindStalled},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := &pictures{script{outcomes: c.outcomes}}
				a, err := provider.WithImageRetry(p, slog.New(slog.DiscardHandler)).Image(t.Context(), provider.ImageRequest{})
				if provider.KindOf(err) != c.kind || (err == nil) != (c.kind == "") || len(p.begun) != c.tries {
					t.Errorf("%d tries, error %v", len(p.begun), err)
				}
				if (a.Image.Data != nil) != (err == nil) {
					t.Errorf("%d bytes, error %v", len(a.Image.Data), err)
				}
				if last := c.outcomes[min(c.tries, len(c.outcomes))-1]; a.Usage.Output != last.usage.Output {
					t.Errorf("usage %+v, want %+v", a.Usage, last.usage)
				}
			})
		})
	}
	synctest.Test(t, func(t *testing.T) {
		why := errors.New("the person pressed Stop")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(5*time.Second, func() { cancel(why) })
		p := &pictures{script{outcomes: []outcome{{err: after(10 * time.Second)}, fine}}}
		if _, err := provider.WithImageRetry(p, slog.New(slog.DiscardHandler)).Image(ctx, provider.ImageRequest{}); !errors.Is(err, why) || len(p.begun) != 1 {
			t.Errorf("%d tries, error %v", len(p.begun), err)
		}
	})
}
