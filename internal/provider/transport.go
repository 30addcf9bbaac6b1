package provider

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// How long a vendor may be silent, where Patience does not say.
const (
	defaultFirst   = 2 * time.Minute
	defaultBetween = 30 * time.Second
	defaultWhole   = 10 * time.Minute
)

// Patience is how long a vendor may be silent before its call is given up. Any
// byte counts as life (Anthropic's pings, OpenRouter's comments), and there is
// no limit on the time that an answer takes while bytes come.
type Patience struct {
	First   time.Duration // before text has begun, since models think in silence; 0 is 2 minutes
	Between time.Duration // between two bytes once text has begun; 0 is 30 seconds
	Whole   time.Duration // for an answer that comes in one piece; 0 is 10 minutes
}

var (
	errStalled  = errors.New("the vendor was silent for too long")
	errCut      = errors.New("the answer broke off")
	errEndless  = errors.New("the answer is far longer than its cap")
	errRedirect = errors.New("the vendor redirected, which no vendor's API does")
)

// NewClient gives the HTTP client that all adapters share: one pool of
// connections, no redirects, and the limits on silence.
func NewClient(p Patience) *http.Client {
	base := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // documented to be one
	base.MaxIdleConns = 0                                   // no limit; IdleConnTimeout clears them
	base.MaxIdleConnsPerHost = 256
	base.DisableCompression = true // a compressing proxy holds the small pieces of a stream back
	// A pooled connection that died unnoticed would cost a call its whole patience.
	base.HTTP2 = &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 15 * time.Second}
	return &http.Client{
		Transport:     &patientTransport{base: base, patience: p.orDefault()},
		CheckRedirect: func(*http.Request, []*http.Request) error { return errRedirect },
	}
}

func (p Patience) orDefault() Patience {
	if p.First == 0 {
		p.First = defaultFirst
	}
	if p.Between == 0 {
		p.Between = defaultBetween
	}
	if p.Whole == 0 {
		p.Whole = defaultWhole
	}
	return p
}

// patientTransport cancels a call whose vendor is silent for too long.
type patientTransport struct {
	base     *http.Transport
	patience Patience
}

// RoundTrip sends the request. Its error is errStalled where the vendor did
// not begin to answer in time, and so is that of the body's Read; a body that
// fails for any other reason is errCut.
func (t *patientTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(req.Context())
	call := callOf(req.Context())
	timer := time.AfterFunc(t.patience.of(call), func() { cancel(errStalled) })
	resp, err := t.base.RoundTrip(req.WithContext(ctx))
	timer.Stop()
	if err != nil {
		defer cancel(nil)
		if errors.Is(context.Cause(ctx), errStalled) {
			return nil, errStalled
		}
		return nil, err //nolint:wrapcheck // http.Client adds the method and the address
	}
	if call != nil {
		call.status, call.header = resp.StatusCode, resp.Header
	}
	resp.Body = &patientBody{
		body: resp.Body, call: call, patience: t.patience, timer: timer, ctx: ctx, cancel: cancel,
	}
	return resp, nil
}

// CloseIdleConnections lets http.Client.CloseIdleConnections through.
func (t *patientTransport) CloseIdleConnections() { t.base.CloseIdleConnections() }

// of gives how long the next byte of a call may take.
func (p Patience) of(c *Call) time.Duration {
	switch {
	case c != nil && c.begun:
		return p.Between
	case c != nil && !c.streamed:
		return p.Whole
	}
	return p.First
}

type patientBody struct {
	body     io.ReadCloser
	call     *Call
	patience Patience
	timer    *time.Timer
	ctx      context.Context //nolint:containedctx // the request's own, whose cause says why a read failed
	cancel   context.CancelCauseFunc
	taken    int64 // bytes read so far
}

// maxBody is more than any answer, its framing included, or list of models has.
const maxBody = 64 << 20

// Read runs the clock only while it waits: a slow reader is not a slow vendor.
func (b *patientBody) Read(p []byte) (int, error) {
	if b.taken > maxBody || b.call != nil && b.call.left < 0 {
		return 0, errEndless
	}
	b.timer.Reset(b.patience.of(b.call))
	n, err := b.body.Read(p)
	b.timer.Stop()
	b.taken += int64(n)
	switch {
	case err == nil, errors.Is(err, io.EOF):
		return n, err //nolint:wrapcheck // io.EOF has to stay what it is
	case errors.Is(context.Cause(b.ctx), errStalled):
		return n, errStalled
	}
	return n, fmt.Errorf("%w: %w", errCut, err)
}

func (b *patientBody) Close() error {
	b.timer.Stop()
	b.cancel(nil)
	return b.body.Close() //nolint:wrapcheck // a wrapper of nothing but Read
}
