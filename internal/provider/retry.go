package provider

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"
)

// How Retrying tries. A person waits meanwhile, so it is a matter of seconds.
const (
	mostTries   = 4
	firstWait   = 500 * time.Millisecond // the longest before the second try; doubles with each
	longestWait = 20 * time.Second       // a vendor that asks for more is not waited for
	lastBegin   = time.Minute            // no try begins later than this after the first
)

// Retrying is a Chatter that tries again what failed for a moment only.
type Retrying struct {
	chatter Chatter
	log     *slog.Logger
}

// WithRetry makes a Chatter try again after an error that is Retryable: up to
// three times, after waits that grow and are drawn at random, so that many
// requests that failed together do not come back together. A vendor's
// Retry-After is waited for, unless it is over 20 seconds: then the error is
// returned at once and tells the person how long to wait.
//
// There is no further try once anything was emitted, since the reader would
// see it twice; nor once the vendor reported usage, since it bills what it
// reported, and would again; nor when the error is Billed. So the answer
// returned carries all usage there was, and never that of two tries.
func WithRetry(c Chatter, log *slog.Logger) *Retrying { return &Retrying{chatter: c, log: log} }

// Chat implements Chatter. The error is that of the last try, or ctx's cause.
func (r *Retrying) Chat(ctx context.Context, req ChatRequest, emit func(Delta)) (ChatAnswer, error) {
	begun := false
	once := func(d Delta) {
		begun = true
		emit(d)
	}
	first := time.Now()
	for try := 1; ; try++ {
		answer, err := r.chatter.Chat(ctx, req, once)
		e, ok := errors.AsType[*Error](err)
		if !ok || !e.Retryable() || e.Billed || begun || !answer.Usage.Zero() || try == mostTries {
			return answer, err
		}
		wait := backoff(try, e.RetryAfter)
		if e.RetryAfter > longestWait || time.Since(first)+wait > lastBegin {
			return answer, err
		}
		r.log.WarnContext(ctx, "a provider failed and is tried again",
			"provider", e.Provider, "model", req.Model, "try", try, "wait", wait, "error", err)
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return answer, context.Cause(ctx)
		}
	}
}

// backoff is anything up to a time that doubles with each try, on top of what
// the vendor asked for.
func backoff(try int, asked time.Duration) time.Duration {
	return asked + rand.N(firstWait<<(try-1)) //nolint:gosec // spreads requests, guards nothing
}
