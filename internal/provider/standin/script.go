package standin

import (
	"net/http"
	"strings"
	"time"

	"pulse/internal/provider"
)

// Script is how one request is answered. The zero Script answers with nothing
// and stops: an empty answer.
type Script struct {
	Delay     time.Duration // before the first byte
	Reasoning []string      // the thinking that is shown, piece by piece, before the answer
	Chunks    []string      // the answer, piece by piece
	Pace      time.Duration // before each piece but the first

	// Calls are tools that the model calls after its text. An empty ID gets one.
	Calls []provider.ToolCall

	// Usage is what is reported and billed, in Pulse's classes; each stand-in
	// writes it as its vendor does. Zero means one token a word of the prompt,
	// 100 a picture, and one a piece of the answer.
	Usage provider.Usage
	// HideUsage leaves the figures out of the answer, as some compatible
	// servers do; the books still have them.
	HideUsage bool

	Finish provider.FinishReason // empty: FinishStop
	Word   string                // the vendor's word for the end, where Finish is not enough
	Note   string                // a refusal's category (Anthropic)
	// Blocked is why the prompt was blocked before any answer: an error at
	// OpenAI, a promptFeedback.blockReason at Google.
	Blocked string

	Fault   Fault
	After   int     // how many pieces of the answer, calls included, come before the fault
	Failure Failure // what FaultRefuse and FaultError say
}

// Fault is what goes wrong.
type Fault string

// The faults.
const (
	FaultNone      Fault = ""
	FaultRefuse    Fault = "refuse"    // Failure instead of an answer
	FaultStall     Fault = "stall"     // silence, with the connection open
	FaultCut       Fault = "cut"       // the response ends in good order, the answer does not
	FaultReset     Fault = "reset"     // the connection breaks
	FaultMalformed Fault = "malformed" // something that is not JSON
	FaultError     Fault = "error"     // Failure as an event, after status 200
)

// Failure is what a vendor says when it refuses or fails.
type Failure struct {
	Status  int    // 0: 500 for FaultRefuse; FaultError is always sent under 200
	Code    string // the vendor's word: "insufficient_quota", "overloaded_error", "RESOURCE_EXHAUSTED"; empty: by Status
	Message string
	Header  http.Header
	// Google says these two in an error's details: a finer word than the
	// status ("API_KEY_INVALID"), and how long to wait.
	Reason     string
	RetryDelay time.Duration
	Body       string // instead of the vendor's JSON, such as a proxy's page
}

// Play chooses the script for a request.
type Play func(provider.ChatRequest) Script

// Always plays one script.
func Always(s Script) Play { return func(provider.ChatRequest) Script { return s } }

// usage gives the figures of the whole answer.
func (s *Script) usage(req provider.ChatRequest) provider.Usage {
	if !s.Usage.Zero() {
		return s.Usage
	}
	u := provider.Usage{
		Input:     int64(len(strings.Fields(req.System))),
		Output:    int64(len(s.Chunks) + len(s.Reasoning) + len(s.callPieces())),
		Reasoning: int64(len(s.Reasoning)),
	}
	for _, m := range req.Messages {
		u.Input += int64(len(strings.Fields(m.Text)) + pictureTokens*len(m.Images) + len(m.ToolCalls))
	}
	u.Input += int64(len(req.Tools))
	u.Input = max(1, u.Input)
	return u
}

// finish gives the reason for the end.
func (s *Script) finish() provider.FinishReason {
	switch {
	case s.Finish != "":
		return s.Finish
	case len(s.Calls) > 0:
		return provider.FinishToolCalls
	}
	return provider.FinishStop
}

// callPiece is the beginning of a call, or a piece of its arguments.
type callPiece struct {
	call      int
	begins    bool
	arguments string
}

func (s *Script) callPieces() []callPiece {
	var all []callPiece
	for i, c := range s.Calls {
		all = append(all, callPiece{call: i, begins: true})
		for _, piece := range pieces(c.Arguments) {
			all = append(all, callPiece{call: i, arguments: piece})
		}
	}
	return all
}
