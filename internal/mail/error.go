package mail

import (
	"errors"
	"fmt"

	"github.com/emersion/go-smtp"
)

// Error is why a message was not taken. It never quotes the message or who it
// was for, so that it can be logged.
type Error struct {
	Step      string // where in the conversation
	Permanent bool   // trying again is of no use
	cause     error
}

// Error is for the operator.
func (e *Error) Error() string { return fmt.Sprintf("mail: at %s: %v", e.Step, e.cause) }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.cause }

// step says where something went wrong; nil stays nil.
func step(name string, err error) error {
	if err == nil {
		return nil
	}
	answer, answered := errors.AsType[*smtp.SMTPError](err)
	return &Error{Step: name, Permanent: answered && !answer.Temporary(), cause: err}
}

// quietStep is step for answers that may quote the recipient: only their numbers
// are kept.
func quietStep(name string, err error) error {
	answer, answered := errors.AsType[*smtp.SMTPError](err)
	if !answered {
		return step(name, err)
	}
	c := answer.EnhancedCode
	return &Error{Step: name, Permanent: !answer.Temporary(), cause: fmt.Errorf("the server said %d %d.%d.%d", answer.Code, c[0], c[1], c[2])}
}

func stepOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Step
	}
	return "an unknown step"
}
