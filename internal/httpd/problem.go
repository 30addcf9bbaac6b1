package httpd

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"

	"pulse/internal/fault"
	"pulse/internal/store"
)

// problem is a fault on its way out; it is what huma writes as the answer.
type problem struct {
	fault.Problem

	retryAfter time.Duration
	door       *said // how it is said to clients of OpenAI's API; nil: to all others
}

func (p *problem) Error() string { return p.Detail }

// MarshalJSON writes it in the shape that its reader knows.
func (p *problem) MarshalJSON() ([]byte, error) {
	if p.door != nil {
		return json.Marshal(p.door.OpenAIError) //nolint:wrapcheck // strings only
	}
	return p.Problem.MarshalJSON()
}

// GetStatus is the HTTP status.
func (p *problem) GetStatus() int { return p.Status }

// ContentType is RFC 9457's, or OpenAI's.
func (p *problem) ContentType(string) string {
	if p.door != nil {
		return plainJSON
	}
	return problemType
}

const (
	problemType = "application/problem+json"
	plainJSON   = "application/json"
)

// GetHeaders gives the header fields that belong to the problem.
func (p *problem) GetHeaders() http.Header {
	h := http.Header{}
	p.mark(h)
	return h
}

// mark adds Retry-After where the fault knows it, and to a 401 how to sign in,
// without which RFC 9110 does not allow one.
func (p *problem) mark(h http.Header) {
	if d := p.retryAfter; d > 0 {
		h.Set("Retry-After", strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10))
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	if p.door != nil && p.door.final {
		h.Set("X-Should-Retry", "false") // OpenAI's SDKs heed it
	}
}

// problemOf turns any error into the answer, and logs those that are ours.
func problemOf(ctx context.Context, err error) *problem {
	f := faultOf(err)
	in := infoOf(ctx)
	if f.Code == fault.Internal || f.Code == fault.Full { // the operator's to mend
		in.log.ErrorContext(ctx, "request failed", "request_id", in.id, "error", err)
	}
	p := &problem{Problem: f.Problem(in.id), retryAfter: f.RetryAfter}
	if in.atDoor() {
		p.door = inOpenAIsWords(f)
		p.Status = p.door.status
	}
	return p
}

// faultOf is fault.From, with the failures of the outside world that any route
// can meet told apart from bugs.
func faultOf(err error) *fault.Error {
	var f *fault.Error
	switch {
	case errors.As(err, &f):
		return f
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fault.Wrap(err, fault.Unavailable, "The request was given up before it was done. Please try again.")
	case store.Away(err):
		f = fault.Wrap(err, fault.Unavailable, "The database is away for a moment. Nothing of yours was lost; please try again.")
		f.RetryAfter = time.Second
		return f
	case store.Full(err):
		return fault.Wrap(err, fault.Full, "The server's disk is full, so this could not be stored. What is there can be read; please tell your administrator.")
	}
	return fault.From(err)
}

// invalid makes a fault of huma's findings.
func invalid(found []error) *fault.Error {
	f := fault.New(fault.Invalid, "The request has fields to mend.")
	for _, err := range found {
		var d huma.ErrorDetailer
		if !errors.As(err, &d) {
			f.Fields = append(f.Fields, fault.Field{Location: "body", Message: err.Error()})
			continue
		}
		detail := d.ErrorDetail() // its Value is what the client sent: not echoed
		f.Fields = append(f.Fields, fault.Field{Location: detail.Location, Message: detail.Message})
	}
	return f
}

// adoptHuma makes huma speak in problems and take names as they are written.
// Its hooks are package variables, so this is done once for the process.
var adoptHuma = sync.OnceFunc(func() {
	huma.ValidateStrictCasing = true
	huma.NewErrorWithContext = func(c huma.Context, status int, msg string, errs ...error) huma.StatusError {
		return problemOf(c.Context(), humaFault(status, msg, errs))
	}
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return &problem{Problem: humaFault(status, msg, errs).Problem("")}
	}
})

// bodyBroken is what huma says, with status 500, when a client hangs up in the
// middle of its body or sends one that is not what HTTP calls so.
const bodyBroken = "cannot read request body"

// humaFault makes a fault of what huma found wrong before a handler ran.
func humaFault(status int, msg string, errs []error) *fault.Error {
	switch {
	case status == http.StatusRequestEntityTooLarge:
		return fault.New(fault.TooLarge, "The request is larger than this route takes.")
	case status == http.StatusRequestTimeout:
		return fault.New(fault.Invalid, "The request came in too slowly. Please send it again.")
	case msg == bodyBroken:
		return fault.Wrap(errors.Join(errs...), fault.Invalid, "The request broke off before all of it had come. Please send it again.")
	case status >= 400 && status < 500 && len(errs) > 0:
		return invalid(errs)
	case status >= 400 && status < 500:
		return fault.BadField("body", msg)
	}
	return fault.From(errors.Join(append(errs, errors.New(msg))...))
}

// writeProblem answers outside of huma's routes.
func writeProblem(w http.ResponseWriter, r *http.Request, err error) {
	p := problemOf(r.Context(), err)
	data, merr := json.Marshal(p)
	if merr != nil {
		http.Error(w, p.Title, p.Status)
		return
	}
	w.Header().Set("Content-Type", p.ContentType(""))
	p.mark(w.Header())
	w.WriteHeader(p.Status)
	_, _ = w.Write(append(data, '\n')) //nolint:gosec // JSON, served as such; the client may be gone
}
