package mail

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

const (
	maxWaiting = 1000 // letters, of which each may wait for its next attempt
	maxSending = 4    // sessions with the server at once
)

// usualPauses are between attempts: mail servers ask newcomers to come again in
// a minute or more (greylisting).
func usualPauses() []time.Duration {
	return []time.Duration{5 * time.Second, time.Minute, 5 * time.Minute}
}

// Letter finds out what there is to send, and to whom; none is nothing wrong.
type Letter func(ctx context.Context) ([]Message, error)

// Outbox sends in the background.
type Outbox struct {
	send   func(context.Context, Message) error
	log    *slog.Logger
	pauses []time.Duration

	ctx    context.Context //nolint:containedctx // ends when Stop waits no longer
	cancel context.CancelFunc
	hurry  chan struct{} // closed when Stop begins
	slots  chan struct{}
	all    sync.WaitGroup

	mu      sync.Mutex
	waiting int
	stopped bool
}

// NewOutbox makes an outbox for a server. Stop it at the end.
func NewOutbox(s *Server, log *slog.Logger) *Outbox { return newOutbox(s.Send, log, usualPauses()) }

func newOutbox(send func(context.Context, Message) error, log *slog.Logger, pauses []time.Duration) *Outbox {
	o := &Outbox{send: send, log: log, pauses: pauses, hurry: make(chan struct{}), slots: make(chan struct{}, maxSending)}
	o.ctx, o.cancel = context.WithCancel(context.Background())
	return o
}

// Put takes a letter, which is written and sent a moment later. It never waits:
// when too many letters do, this one is dropped, and the log says so. what is
// what the log calls it.
func (o *Outbox) Put(what string, write Letter) {
	if !o.take() {
		o.log.WarnContext(o.ctx, "an e-mail was not sent: too many are waiting, or Pulse is stopping", "what", what)
		return
	}
	o.all.Go(func() {
		defer o.done()
		messages, err := o.written(write)
		if err != nil {
			o.log.ErrorContext(o.ctx, "an e-mail was not written", "what", what, "error", err)
		}
		for _, m := range messages {
			if err := o.deliver(m); err != nil {
				o.log.ErrorContext(o.ctx, "an e-mail was not sent", "what", what, "error", err)
			}
		}
	})
}

// Stop takes nothing new and sends what waits, once more without a pause. What
// is not sent when ctx ends is dropped.
func (o *Outbox) Stop(ctx context.Context) {
	o.mu.Lock()
	if !o.stopped {
		o.stopped = true
		close(o.hurry)
	}
	o.mu.Unlock()
	defer o.all.Wait()
	defer o.cancel()
	sent := make(chan struct{})
	go func() { o.all.Wait(); close(sent) }()
	select {
	case <-sent:
	case <-ctx.Done():
	}
}

func (o *Outbox) take() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.stopped || o.waiting == maxWaiting {
		return false
	}
	o.waiting++
	return true
}

func (o *Outbox) done() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.waiting--
}

func (o *Outbox) written(write Letter) (messages []Message, err error) {
	err = o.inTurn(func() error {
		messages, err = write(o.ctx)
		return err
	})
	return messages, err
}

// deliver tries until the message is taken, or never will be. Between attempts
// it keeps nobody else waiting.
func (o *Outbox) deliver(m Message) error {
	for attempt := 0; ; attempt++ {
		err := o.inTurn(func() error { return o.send(o.ctx, m) })
		failure, known := errors.AsType[*Error](err)
		if err == nil || attempt == len(o.pauses) || known && failure.Permanent {
			return err
		}
		pause := time.NewTimer(o.pauses[attempt])
		select {
		case <-pause.C:
		case <-o.hurry:
			pause.Stop()
			attempt = len(o.pauses) - 1 // the last one
		}
	}
}

func (o *Outbox) inTurn(do func() error) error {
	select {
	case o.slots <- struct{}{}:
	case <-o.ctx.Done():
		return context.Cause(o.ctx)
	}
	defer func() { <-o.slots }()
	return do()
}
