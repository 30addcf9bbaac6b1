package provider

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"pulse/internal/fault"
)

// Kind is the class of a vendor's failure.
type Kind string

// The kinds. Retryable says which of them may be tried again.
const (
	KindBadRequest  Kind = "provider_bad_request"     // our request, or a parameter the model refuses
	KindTooLong     Kind = "provider_context_length"  // the conversation does not fit the model
	KindTooLarge    Kind = "provider_too_large"       // pictures make the request larger than the vendor takes
	KindAuth        Kind = "provider_auth"            // the operator's key is wrong or has no right
	KindNoCredit    Kind = "provider_no_credit"       // the operator's account is out of money
	KindNoModel     Kind = "provider_model_not_found" // unknown or retired model
	KindRateLimited Kind = "provider_rate_limited"    // 429
	KindOverloaded  Kind = "provider_overloaded"      // 500, 503, 529
	KindUnreachable Kind = "provider_unreachable"     // no connection
	KindStalled     Kind = "provider_stalled"         // silence for too long
	KindCut         Kind = "provider_cut"             // the stream ended without a finish reason
	KindMalformed   Kind = "provider_malformed"       // an answer that cannot be read
	KindBlocked     Kind = "provider_blocked"         // the prompt was blocked before any answer
	KindEmpty       Kind = "provider_empty"           // finished, and said nothing
	KindEndless     Kind = "provider_endless"         // said far more than it was allowed to
)

// Error is a vendor's failure. Its text may quote the vendor, so it goes to
// the log; what a person reads is Fault's message.
type Error struct {
	Kind       Kind
	Provider   string        // "openai"
	Status     int           // HTTP status, 0 when there was none
	RetryAfter time.Duration // what the vendor asked for, 0 when it did not
	RequestID  string        // the vendor's, for their support
	Billed     bool          // the vendor had done all its work when this happened, and bills it
	Picture    bool          // it was asked for a picture, of which people are told in other words
	Cause      error

	// Of what an adapter refuses by itself, see CannotDo.
	Param    string // the parameter, as OpenAI's API names it
	Sentence string // for a person
}

// CannotDo makes an *Error of a request that asks for what the vendor does not
// do, for an adapter to give before it asks anybody. The sentence names the
// vendor, and what to leave out.
func CannotDo(param, sentence string) *Error {
	return &Error{Kind: KindBadRequest, Cause: fmt.Errorf("%s: %s", param, sentence), Param: param, Sentence: sentence}
}

func (e *Error) Error() string {
	cause := fmt.Sprint(e.Cause)
	if len(cause) > maxCause { // net/http quotes header fields that it cannot read
		cause = strings.ToValidUTF8(cause[:maxCause], "") + "…"
	}
	return fmt.Sprintf("%s: %s (status %d, request %q): %s", e.Provider, e.Kind, e.Status, e.RequestID, cause)
}

// maxCause is how many bytes of a cause go to the log.
const maxCause = 1000

func (e *Error) Unwrap() error { return e.Cause }

// Retryable tells whether the same request may succeed a little later.
func (e *Error) Retryable() bool {
	switch e.Kind {
	case KindRateLimited, KindOverloaded, KindUnreachable, KindStalled, KindCut, KindMalformed:
		return true
	default:
		return false
	}
}

// Fault gives the sentence that a person reads. name is the provider's display name.
func (e *Error) Fault(name string) *fault.Error {
	message := e.sentence(name)
	if e.Picture {
		message = e.pictureSentence(name)
	}
	if e.Sentence != "" {
		message = e.Sentence
	}
	f := fault.Wrap(e, fault.Upstream, message)
	f.Type = string(e.Kind)
	if e.Param != "" {
		f.Fields = []fault.Field{{Location: e.Param}}
	}
	f.RetryAfter = e.RetryAfter
	return f
}

// sentence is what is said of an answer.
func (e *Error) sentence(name string) string {
	switch e.Kind {
	case KindBadRequest:
		return name + " did not accept this request. Try another model or simpler settings."
	case KindTooLong:
		return "This conversation is too long for the model. Start a new one, or choose a model with a larger context."
	case KindTooLarge:
		return "The pictures of this conversation are more than " + name + " takes at once. Ask with fewer or smaller ones, or start a new conversation."
	case KindAuth:
		return name + " refused this server's key. The administrator has to check it; other models may work meanwhile."
	case KindNoCredit:
		return "This server's account with " + name + " has run out of credit. The administrator has to top it up; other models may work meanwhile."
	case KindNoModel:
		return name + " does not offer this model any more. Choose another one."
	case KindRateLimited:
		return name + " is getting too many requests right now. Wait a moment and try again."
	case KindOverloaded:
		return name + " is overloaded or having trouble. Try again in a moment, or choose another model."
	case KindUnreachable:
		return name + " cannot be reached from this server. Try again in a moment, or choose another model."
	case KindStalled:
		return name + " fell silent before the answer was complete. What came is kept; try again."
	case KindCut:
		return "The connection to " + name + " broke before the answer was complete. What came is kept; try again."
	case KindMalformed:
		return name + " sent something that could not be read. What came is kept; try again."
	case KindBlocked:
		return name + " declined to answer this prompt. Rephrase it, or choose another model."
	case KindEmpty:
		return "The model finished without saying anything. Try again, or allow a longer answer."
	case KindEndless:
		return "The model wrote far more than it was allowed to and was stopped. What came is kept; try again, or choose another model."
	default:
		return name + " failed. Try again, or choose another model."
	}
}

// pictureSentence is what is said of a picture.
func (e *Error) pictureSentence(name string) string {
	switch e.Kind {
	case KindBadRequest:
		return name + " did not accept this request. Try another model, or another size or quality."
	case KindTooLong:
		return "This prompt is too long for the model. Shorten it, or choose another model."
	case KindTooLarge:
		return "The pictures that came along are more than " + name + " takes at once. Use fewer or smaller ones."
	case KindStalled:
		return name + " took too long to make the picture. Try again in a moment, or choose another model."
	case KindCut:
		return "The connection to " + name + " broke before the picture was there. Try again."
	case KindMalformed:
		return name + " sent something that is no picture. Try again, or choose another model."
	case KindBlocked:
		return name + " declined to make this picture. Rephrase the prompt, or choose another model."
	case KindEmpty:
		return "The model finished without a picture. Try again, say in the prompt what it should show, or choose another model."
	case KindEndless:
		return name + " sent far more than a picture has and was stopped. Try again, or choose another model."
	case KindAuth, KindNoCredit, KindNoModel, KindRateLimited, KindOverloaded, KindUnreachable:
	}
	return e.sentence(name)
}

// KindOf gives the kind of a vendor's failure, or "" when err is none.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return ""
}
