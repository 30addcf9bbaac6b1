// Package fault is how Pulse says that something went wrong.
//
// A fault carries a code that decides the HTTP status, a message that is safe
// and useful to show to a person, and the cause, which only the log sees.
// Anything that is not a *fault.Error is an internal error to the outside.
package fault

import (
	"errors"
	"fmt"
	"time"
)

// Code is the class of a fault. There are few on purpose: a caller decides
// what to do next by the code, and a person by the message.
type Code string

// The codes, and the HTTP status that httpd maps each to.
const (
	Invalid         Code = "invalid"         // 400: mend the request
	Unauthenticated Code = "unauthenticated" // 401: sign in
	Quota           Code = "quota_exceeded"  // 402: the plan's meter is used up
	Forbidden       Code = "forbidden"       // 403: signed in, but not allowed
	NotFound        Code = "not_found"       // 404: also for what belongs to somebody else
	// MethodNotAllowed is 405: the address is right, the method is not.
	MethodNotAllowed Code = "method_not_allowed"
	Conflict         Code = "conflict"     // 409: the state does not allow it
	Gone             Code = "gone"         // 410: it was here, and its time is over
	TooLarge         Code = "too_large"    // 413: the body or a field is over its limit
	Unusable         Code = "unusable"     // 422: the form is right, but nothing can be done with what came
	RateLimited      Code = "rate_limited" // 429: try again after RetryAfter
	Upstream         Code = "upstream"     // 502: a vendor failed
	Unavailable      Code = "unavailable"  // 503: a part of Pulse is away for a moment
	Full             Code = "storage_full" // 507: nothing can be stored until the operator makes room
	Internal         Code = "internal"     // 500: a bug of ours
)

// Field names one wrong part of a request, for example
// {"body.messages[0].role", "must be user, assistant or system"}.
type Field struct {
	Location string `json:"location" doc:"Where in the request, e.g. body.email"`
	Message  string `json:"message" doc:"What to mend"`
}

// Error is a fault with everything that its reader may be told.
type Error struct {
	Code    Code
	Message string  // a plain sentence for a person; never holds secrets or prompts
	Fields  []Field // for Invalid: every wrong field

	// Type says more closely what happened ("provider_overloaded"), for programs.
	// Empty means the code itself.
	Type string
	// RetryAfter is how long to wait before trying again, 0 when unknown.
	RetryAfter time.Duration
	// Final tells that doing the same once more would be in vain, or be paid once
	// more, so that programs should not do it by themselves.
	Final bool
	// Extra members of the problem document, e.g. meter and limit of a quota refusal.
	Extra map[string]any

	cause error
}

// New makes a fault with a message for the person who asked.
func New(code Code, message string) *Error { return &Error{Code: code, Message: message} }

// Newf is New with formatting.
func Newf(code Code, format string, args ...any) *Error {
	return New(code, fmt.Sprintf(format, args...))
}

// Wrap makes a fault whose cause is kept for the log.
func Wrap(cause error, code Code, message string) *Error {
	return &Error{Code: code, Message: message, cause: cause}
}

// BadField is an Invalid fault about one field of the request.
func BadField(location, message string) *Error {
	return &Error{Code: Invalid, Message: "The request has a field to mend.", Fields: []Field{{location, message}}}
}

// Error gives the message and the cause; it is for logs.
func (e *Error) Error() string {
	if e.cause == nil {
		return string(e.Code) + ": " + e.Message
	}
	return string(e.Code) + ": " + e.Message + ": " + e.cause.Error()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.cause }

// Kind is the machine-readable type: Type, or the code where Type is empty.
func (e *Error) Kind() string {
	if e.Type != "" {
		return e.Type
	}
	return string(e.Code)
}

// From finds the fault in err, or makes an Internal one around it.
// It returns nil for nil.
func From(err error) *Error {
	if err == nil {
		return nil
	}
	if f, ok := errors.AsType[*Error](err); ok {
		return f
	}
	return Wrap(err, Internal, "Something went wrong on our side. Nothing of yours was lost; please try again.")
}

// Is tells whether err is a fault with that code.
func Is(err error, code Code) bool {
	f, ok := errors.AsType[*Error](err)
	return ok && f.Code == code
}
