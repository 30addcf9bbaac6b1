package fault

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"
)

const typePrefix = "urn:pulse:problem:"

// statuses is the one table from code to HTTP status.
var statuses = map[Code]int{
	Invalid: 400, Unauthenticated: 401, Quota: 402, Forbidden: 403, NotFound: 404, MethodNotAllowed: 405, Conflict: 409, Gone: 410,
	TooLarge: 413, Unusable: 422, RateLimited: 429, Upstream: 502, Unavailable: 503, Full: 507, Internal: 500,
}

var titles = map[Code]string{
	Invalid: "Invalid request", Unauthenticated: "Not signed in", Quota: "Quota used up", Forbidden: "Not allowed",
	NotFound: "Not found", MethodNotAllowed: "Method not allowed", Conflict: "Conflict", Gone: "Gone", TooLarge: "Too large",
	Unusable: "Cannot be used", RateLimited: "Too many requests",
	Upstream: "The provider failed", Unavailable: "Unavailable for a moment", Full: "Storage full", Internal: "Internal error",
}

// Status is the HTTP status of a code.
func (c Code) Status() int {
	if s, ok := statuses[c]; ok {
		return s
	}
	return statuses[Internal]
}

// Problem is a fault as RFC 9457 has it, for answers, events and stored errors.
// In JSON the members of Extra stand beside the others.
type Problem struct {
	Type      string         `json:"type" doc:"urn:pulse:problem:<kind>"`
	Title     string         `json:"title"`
	Status    int            `json:"status"`
	Detail    string         `json:"detail" doc:"A plain sentence for a person"`
	RequestID string         `json:"request_id,omitempty"`
	Errors    []Field        `json:"errors,omitempty"`
	Extra     map[string]any `json:"-"`
}

// Problem turns the fault into what the outside may see of it.
func (e *Error) Problem(requestID string) Problem {
	p := Problem{
		Type: typePrefix + e.Kind(), Title: titles[e.Code], Status: e.Code.Status(),
		Detail: e.Message, RequestID: requestID, Errors: e.Fields, Extra: e.Extra,
	}
	if e.RetryAfter > 0 || e.Final {
		p.Extra = maps.Clone(p.Extra)
		if p.Extra == nil {
			p.Extra = map[string]any{}
		}
	}
	if e.RetryAfter > 0 {
		p.Extra["retry_after_seconds"] = int64((e.RetryAfter + time.Second - 1) / time.Second)
	}
	if e.Final {
		p.Extra["final"] = true
	}
	return p
}

// MarshalJSON writes the members and those of Extra into one object.
func (p Problem) MarshalJSON() ([]byte, error) {
	type plain Problem
	own, err := json.Marshal(plain(p))
	if err != nil {
		return nil, fmt.Errorf("fault: encode a problem: %w", err)
	}
	if len(p.Extra) == 0 {
		return own, nil
	}
	extra, err := json.Marshal(p.Extra)
	if err != nil {
		return nil, fmt.Errorf("fault: encode a problem's extra members: %w", err)
	}
	own[len(own)-1] = ','
	return append(own, extra[1:]...), nil
}

// FromProblem turns a stored problem document back into a fault. The members of
// Extra are not read back, except for how long to wait and that it is final. The error says that the
// document is none.
func FromProblem(document []byte) (*Error, error) {
	var p struct {
		Problem

		RetryAfter int64 `json:"retry_after_seconds"`
		Final      bool  `json:"final"`
	}
	if err := json.Unmarshal(document, &p); err != nil {
		return nil, fmt.Errorf("fault: not a problem document: %w", err)
	}
	e := &Error{
		Code: Internal, Message: p.Detail, Fields: p.Errors, Type: strings.TrimPrefix(p.Type, typePrefix),
		RetryAfter: time.Duration(p.RetryAfter) * time.Second, Final: p.Final,
	}
	for code, status := range statuses {
		if status == p.Status {
			e.Code = code
		}
	}
	return e, nil
}
