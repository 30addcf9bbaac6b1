package provider

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Call is what all adapters share about one chat with a vendor: it brings the
// answer's text to the caller, tells the transport how far the answer is, and
// turns the end of it into what Chatter promises.
type Call struct {
	provider string
	ctx      context.Context //nolint:containedctx // a Call lives as long as the method that made it
	emit     func(Delta)

	stream          bool // what the caller wants: text piece by piece
	pictures        bool // some come along with the request
	picture         bool // one is what is asked for
	text, reasoning strings.Builder
	calls           []toolCall // those that have begun, in their order

	// What the transport reads and writes, from the goroutine of the call.
	streamed bool // what was asked of the vendor
	left     int  // bytes that the answer may still have; below 0 the vendor is not listened to
	begun    bool // text or a call has come
	status   int  // of the vendor's response, 0 before it
	header   http.Header
}

type callKey struct{}

// NewCall begins a chat. provider is the adapter's id for errors; streamed
// tells that the vendor is asked to stream, whatever the caller wants.
func NewCall(ctx context.Context, provider string, req ChatRequest, streamed bool, emit func(Delta)) *Call {
	c := &Call{provider: provider, stream: req.Stream, streamed: streamed, emit: emit, left: mostBytes + mostPerToken*req.MaxTokens}
	c.pictures = slices.ContainsFunc(req.Messages, func(m Message) bool { return len(m.Images) > 0 })
	c.ctx = context.WithValue(ctx, callKey{}, c)
	return c
}

func callOf(ctx context.Context) *Call {
	c, _ := ctx.Value(callKey{}).(*Call)
	return c
}

// An answer may have so many bytes: several times what its tokens can come to. A
// vendor that says more takes no heed of the cap, may never end, and would fill
// the memory.
const (
	mostBytes    = 2 << 20
	mostPerToken = 64
)

// take counts a piece and gives what of it can be kept; nothing of what is too much.
func (c *Call) take(piece string) string {
	piece = clean(piece)
	if c.left -= len(piece); c.left < 0 {
		return ""
	}
	return piece
}

// Context is the one to call the vendor with.
func (c *Call) Context() context.Context { return c.ctx }

// Text takes a piece of the answer.
func (c *Call) Text(piece string) {
	if piece = c.take(piece); piece == "" {
		return
	}
	c.begun = true
	if c.stream {
		c.emit(Delta{Text: piece})
		return
	}
	c.text.WriteString(piece)
}

// Reasoning takes a piece of the thinking that the vendor shows.
func (c *Call) Reasoning(piece string) {
	if piece = c.take(piece); piece == "" {
		return
	}
	if c.stream {
		c.emit(Delta{Reasoning: piece})
		return
	}
	c.reasoning.WriteString(piece)
}

// clean drops what PostgreSQL cannot store: U+0000, and bytes that are no UTF-8.
func clean(s string) string {
	if strings.IndexByte(s, 0) < 0 && utf8.ValidString(s) {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

// End gives what Chat returns. err is the SDK's error, or an *Error where the
// adapter knows more. Once the vendor has said why it finished, the answer is
// whole, and what fails after that (the usage chunk, the closing line) is no
// failure of it.
func (c *Call) End(answer ChatAnswer, err error) (ChatAnswer, error) {
	if c.reasoning.Len() > 0 {
		c.emit(Delta{Reasoning: c.reasoning.String()})
	}
	if c.text.Len() > 0 {
		c.emit(Delta{Text: c.text.String()})
	}
	if !c.stream {
		for i := range c.calls {
			c.emit(Delta{ToolCall: &c.calls[i].whole})
		}
	}
	if len(c.calls) > 0 && answer.FinishReason == FinishStop { // some vendors have no word of their own for it
		answer.FinishReason = FinishToolCalls
	}
	answer.Usage = sane(answer.Usage)
	finished := answer.FinishReason != ""
	switch {
	case !finished && c.ctx.Err() != nil:
		return answer, context.Cause(c.ctx) // Chatter promises the cause itself
	case c.left < 0:
		return answer, c.failure(&Error{Kind: KindEndless, Cause: errEndless})
	case !finished && err != nil:
		return answer, c.failure(err)
	case !finished:
		return answer, c.failure(fmt.Errorf("%w without a finish reason", errCut))
	case !c.begun && answer.FinishReason != FinishRefusal && answer.FinishReason != FinishToolCalls:
		return answer, c.failure(&Error{Kind: KindEmpty, Cause: fmt.Errorf("finished by %q without text", answer.FinishReason)})
	}
	return answer, nil
}

// failure makes an *Error of err, with what the response's header adds.
func (c *Call) failure(err error) *Error {
	var e *Error
	if !errors.As(err, &e) {
		e = &Error{Kind: c.kindOf(err), Cause: err}
	}
	e.Provider, e.Picture = c.provider, c.picture
	if e.Status == 0 {
		e.Status = c.status
	}
	// A body too large is a conversation too long only where it is all text.
	if e.Kind == KindTooLong && e.Status == http.StatusRequestEntityTooLarge && c.pictures {
		e.Kind = KindTooLarge
	}
	if e.RetryAfter == 0 {
		e.RetryAfter = retryAfter(c.header, time.Now())
	}
	e.RetryAfter = min(max(0, e.RetryAfter), maxRetryAfter)
	// An answer in one piece is sent when it is finished: what breaks then has been paid for.
	e.Billed = !c.streamed && c.status >= http.StatusOK && c.status < http.StatusMultipleChoices
	if e.RequestID == "" {
		e.RequestID = c.requestID()
	}
	return e
}

// requestID is the vendor's name for the request.
func (c *Call) requestID() string {
	return cmp.Or(c.header.Get("x-request-id"), c.header.Get("request-id"))
}

// kindOf classifies what no adapter knew.
func (c *Call) kindOf(err error) Kind {
	switch {
	case errors.Is(err, errStalled):
		return KindStalled
	case errors.Is(err, errCut):
		return KindCut
	case errors.Is(err, errEndless):
		return KindEndless
	case c.status >= http.StatusBadRequest: // an error page that is not the API's
		return KindOfStatus(c.status)
	case c.status != 0:
		return KindMalformed
	}
	return KindUnreachable
}

// statusOverloaded is Anthropic's own: HTTP has no name for 529.
const statusOverloaded = 529

// KindOfStatus gives the kind that an HTTP status means at every vendor, for
// where the body says no more.
func KindOfStatus(status int) Kind {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return KindAuth
	case http.StatusPaymentRequired:
		return KindNoCredit
	case http.StatusNotFound:
		return KindNoModel
	case http.StatusRequestEntityTooLarge:
		return KindTooLong
	case http.StatusTooManyRequests:
		return KindRateLimited
	case http.StatusRequestTimeout, http.StatusConflict, statusOverloaded:
		return KindOverloaded
	}
	if status >= http.StatusBadRequest && status < http.StatusInternalServerError {
		return KindBadRequest
	}
	return KindOverloaded // 5xx, or an error in mid-stream, under status 200
}

// maxTokens is thousands of times what any model takes or says, and little
// enough that all five classes at the catalogue's highest price (10⁸
// nano-dollars a token) add up within an int64.
const maxTokens = 1 << 33

// sane keeps figures that no vendor can mean, such as negative ones, out of
// the books. Raw still has them.
func sane(u Usage) Usage {
	for _, n := range []*int64{&u.Input, &u.CacheRead, &u.CacheWrite, &u.CacheWrite1h, &u.Output} {
		*n = min(max(0, *n), maxTokens)
	}
	u.Reasoning = min(max(0, u.Reasoning), u.Output)
	return u
}

// retryAfter reads how long a vendor wants us to wait: in milliseconds
// (OpenAI), in seconds with or without a fraction, or until a date.
func retryAfter(h http.Header, now time.Time) time.Duration {
	if d := number(h.Get("Retry-After-Ms"), time.Millisecond); d > 0 {
		return d
	}
	v := h.Get("Retry-After")
	if d := number(v, time.Second); d > 0 {
		return d
	}
	if at, err := http.ParseTime(v); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

// maxRetryAfter keeps nonsense from overflowing; a vendor's longest is a day.
const maxRetryAfter = 7 * 24 * time.Hour

func number(s string, unit time.Duration) time.Duration {
	f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || f != f || f <= 0 { // f != f is NaN
		return 0
	}
	return time.Duration(min(f*float64(unit), float64(maxRetryAfter)))
}

// VendorError makes an *Error of a vendor's words; adapters use it for what they
// understood themselves. The words are cut, since some vendors quote the prompt.
func VendorError(kind Kind, status int, code, message string) *Error {
	return &Error{Kind: kind, Status: status, Cause: fmt.Errorf("%s: %s", cut(code), cut(message))}
}

// maxWords is how many bytes of a vendor's words are enough.
const maxWords = 300

func cut(words string) string {
	if len(words) > maxWords {
		words = words[:maxWords] + "…"
	}
	return strings.ToValidUTF8(words, "")
}

// Failure makes an *Error for a request that is no chat, from err or what the
// adapter understood of it. ctx's cause wins, as in Chatter. Such a request
// names no model, so what is not there is the vendor's API itself: the base
// address is wrong.
func (c *Call) Failure(err error) error {
	if c.ctx.Err() != nil {
		return context.Cause(c.ctx) // as in End
	}
	e := c.failure(err)
	if e.Kind == KindNoModel {
		e.Kind = KindUnreachable
	}
	return e
}
