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
	var answer ChatAnswer
	err := again(ctx, r.log, req.Model, func() (spent bool, err error) {
		answer, err = r.chatter.Chat(ctx, req, once)
		return begun || !answer.Usage.Zero(), err
	})
	return answer, err
}

// RetryingImager is an Imager that tries again what failed for a moment only.
type RetryingImager struct {
	imager Imager
	log    *slog.Logger
}

// WithImageRetry makes an Imager try again by the rules of WithRetry: a picture
// that was made, or may have been billed, is not made twice.
func WithImageRetry(i Imager, log *slog.Logger) *RetryingImager {
	return &RetryingImager{imager: i, log: log}
}

// Image implements Imager. The error is that of the last try, or ctx's cause.
func (r *RetryingImager) Image(ctx context.Context, req ImageRequest) (ImageAnswer, error) {
	var answer ImageAnswer
	err := again(ctx, r.log, req.Model, func() (spent bool, err error) {
		answer, err = r.imager.Image(ctx, req)
		return !answer.Usage.Zero(), err
	})
	return answer, err
}

// again calls until it went well or there is no use in another try. A call that
// tells that it has spent something is the last.
func again(ctx context.Context, log *slog.Logger, model string, call func() (spent bool, err error)) error {
	first := time.Now()
	for try := 1; ; try++ {
		spent, err := call()
		e, ok := errors.AsType[*Error](err)
		if !ok || !e.Retryable() || e.Billed || spent || try == mostTries {
			return err
		}
		wait := backoff(try, e.RetryAfter)
		if e.RetryAfter > longestWait || time.Since(first)+wait > lastBegin {
			return err
		}
		log.WarnContext(ctx, "a provider failed and is tried again",
			"provider", e.Provider, "model", model, "try", try, "wait", wait, "error", err)
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// backoff is anything up to a time that doubles with each try, on top of what
// the vendor asked for.
func backoff(try int, asked time.Duration) time.Duration {
	return asked + rand.N(firstWait<<(try-1)) //nolint:gosec // spreads requests, guards nothing
}
