package httpd

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"pulse/internal/fault"
	"pulse/internal/provider"
)

// Below doorPath Pulse speaks OpenAI's API, and everything that goes wrong there
// is said as that API says it: to its clients a problem document means nothing.
// See docs/adr/0011.
const doorPath = "/v1/"

func isDoor(path string) bool { return strings.HasPrefix(path, doorPath) }

// atDoor tells that the request is one to OpenAI's API.
func (in *info) atDoor() bool { return in.request != nil && isDoor(in.request.URL.Path) }

// OpenAIError is what goes wrong, as OpenAI's API says it.
type OpenAIError struct {
	Error OpenAIErrorDetail `json:"error"`
}

// OpenAIErrorDetail is the one member of an OpenAIError.
type OpenAIErrorDetail struct {
	Message string  `json:"message" doc:"A plain sentence for a person"`
	Type    string  `json:"type" doc:"invalid_request_error, insufficient_quota, requests or server_error"`
	Param   *string `json:"param" doc:"What of the request is wrong"`
	Code    *string `json:"code" doc:"What happened, for programs"`
}

// said is a fault in OpenAI's words.
type said struct {
	OpenAIError

	status int
	final  bool // the same request would end the same, or cost twice: clients should not try again by themselves
}

const (
	typeInvalid = "invalid_request_error"
	typeServer  = "server_error"
	typeQuota   = "insufficient_quota"
	typeRate    = "requests"
	codeRate    = "rate_limit_exceeded"
	codeNoModel = "model_not_found"
)

// codesAtDoor are the codes and types where OpenAI has other ones than ours.
var codesAtDoor = map[fault.Code]said{
	fault.Invalid:          {status: http.StatusBadRequest},
	fault.Unauthenticated:  wording(http.StatusUnauthorized, typeInvalid, "invalid_api_key"),
	fault.Quota:            final(wording(http.StatusTooManyRequests, typeQuota, typeQuota)),
	fault.NotFound:         {status: http.StatusNotFound},
	fault.MethodNotAllowed: wording(http.StatusMethodNotAllowed, typeInvalid, "method_not_supported"),
	fault.Conflict:         final(said{status: http.StatusConflict}), // the SDKs try again after a 409
	fault.RateLimited:      wording(http.StatusTooManyRequests, typeRate, codeRate),
}

// kindsAtDoor are the vendors' failures that OpenAI's API has a word for, and
// those after which another try would be in vain. The others may be tried again,
// unless something had come and was booked (fault.Error.Final).
var kindsAtDoor = map[provider.Kind]said{
	provider.KindBadRequest:  wording(http.StatusBadRequest, typeInvalid, string(provider.KindBadRequest)),
	provider.KindTooLong:     wording(http.StatusBadRequest, typeInvalid, "context_length_exceeded"),
	provider.KindTooLarge:    wording(http.StatusBadRequest, typeInvalid, string(provider.KindTooLarge)),
	provider.KindBlocked:     wording(http.StatusBadRequest, typeInvalid, "content_policy_violation"),
	provider.KindNoModel:     wording(http.StatusNotFound, typeInvalid, codeNoModel),
	provider.KindRateLimited: wording(http.StatusTooManyRequests, typeRate, codeRate),
	provider.KindAuth:        final(said{status: http.StatusBadGateway}),
	provider.KindNoCredit:    final(said{status: http.StatusBadGateway}),
	provider.KindStalled:     final(said{status: http.StatusBadGateway}),
	provider.KindCut:         final(said{status: http.StatusBadGateway}),
	provider.KindMalformed:   final(said{status: http.StatusBadGateway}),
	provider.KindEmpty:       final(said{status: http.StatusBadGateway}),
	provider.KindEndless:     final(said{status: http.StatusBadGateway}),
}

func wording(status int, typ, code string) said {
	s := said{status: status}
	s.Error.Type, s.Error.Code = typ, &code
	return s
}

func final(s said) said {
	s.final = true
	return s
}

// inOpenAIsWords says a fault as OpenAI's API would.
func inOpenAIsWords(f *fault.Error) *said {
	s, ok := kindsAtDoor[provider.Kind(f.Type)]
	if !ok {
		if s, ok = codesAtDoor[f.Code]; !ok {
			s.status = f.Code.Status()
		}
	}
	if s.Error.Type == "" {
		s.Error.Type = typeServer
		if s.status < http.StatusInternalServerError {
			s.Error.Type = typeInvalid
		}
	}
	s.final = s.final || f.Final
	// The type of a fault says more than its code, which says no more than the status.
	if s.Error.Code == nil && f.Type != "" {
		s.Error.Code = &f.Type
	}
	s.Error.Message = f.Message
	for i, field := range f.Fields {
		at := strings.TrimPrefix(field.Location, "body.")
		if i == 0 {
			s.Error.Param = &at
		}
		if field.Message != "" {
			s.Error.Message += " " + at + ": " + field.Message + "."
		}
	}
	if s.Error.Type == typeQuota {
		s.Error.Message += figures(f)
	}
	return &s
}

// figures tells how the quota stands, for which OpenAI's shape has no members.
func figures(f *fault.Error) string {
	limit, hasLimit := f.Extra["limit"]
	used, hasUsed := f.Extra["used"]
	if !hasLimit || !hasUsed {
		return ""
	}
	return fmt.Sprintf(" Limit: %v, used: %v, held by running requests: %v, starts anew at %v.", limit, used, f.Extra["reserved"], f.Extra["resets_at"])
}

// doorErrors documents what routes of OpenAI's API answer when something is wrong.
func doorErrors(api huma.API) *huma.Response {
	return &huma.Response{
		Description: "What went wrong, as OpenAI's API says it",
		Content:     map[string]*huma.MediaType{plainJSON: {Schema: schemaOf[OpenAIError](api)}},
	}
}

func schemaOf[T any](api huma.API) *huma.Schema {
	return api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[T](), true, "")
}

// DecodeOpenAI reads a document by the rules of every body here, with two
// exceptions. Where a field is optional, a null counts as its absence, since
// OpenAI's clients send nulls. And what a text cannot have is mended, since OpenAI
// minds neither: programs send what tools and web pages gave them. What is wrong is
// said in OpenAI's words.
func DecodeOpenAI[T any](data []byte) (T, error) {
	var v T
	strict := json.RejectUnknownMembers(true)
	if bytes.Contains(data, []byte(`\u0000`)) {
		data = mended(data)
	}
	err := json.Unmarshal(data, &v, strict)
	if _, syntactic := errors.AsType[*jsontext.SyntacticError](err); syntactic { // perhaps a text that is no UTF-8, which is rare
		v = *new(T)
		err = json.Unmarshal(mended(data), &v, strict)
	}
	if err != nil {
		return v, openAIJSONError(err)
	}
	return v, nil
}

// mended gives a document without U+0000, and with U+FFFD for half a surrogate
// and for bytes that are no UTF-8. One that is no JSON stays as it is.
func mended(data []byte) []byte {
	var out bytes.Buffer
	out.Grow(len(data))
	d := jsontext.NewDecoder(bytes.NewBuffer(data), jsontext.AllowInvalidUTF8(true))
	e := jsontext.NewEncoder(&out, jsontext.AllowInvalidUTF8(true))
	for {
		token, err := d.ReadToken()
		if errors.Is(err, io.EOF) {
			return out.Bytes()
		}
		if err != nil {
			return data
		}
		if token.Kind() == '"' {
			token = jsontext.String(strings.ReplaceAll(strings.ToValidUTF8(token.String(), "\uFFFD"), "\x00", ""))
		}
		if err := e.WriteToken(token); err != nil {
			return data
		}
	}
}

func openAIJSONError(err error) error {
	if wrong, ok := errors.AsType[*fault.Error](err); ok { // a type's own reading of it
		return wrong
	}
	semantic, ok := errors.AsType[*json.SemanticError](err)
	if !ok {
		return wrongJSON("", plainJSONError(err).Error())
	}
	at := paramOf(semantic.JSONPointer)
	if errors.Is(err, json.ErrUnknownName) {
		f := fault.New(fault.Invalid, "Unrecognized request argument supplied: "+at) //nolint:misspell // OpenAI's spelling
		f.Type, f.Fields = "unknown_parameter", []fault.Field{{Location: at}}
		return f
	}
	return wrongJSON(at, "has a wrong type of value")
}

func wrongJSON(at, what string) error {
	f := fault.New(fault.Invalid, "We could not parse the JSON body of your request: it "+what+".")
	if at != "" {
		f = fault.New(fault.Invalid, "Invalid type for '"+at+"'.")
		f.Type, f.Fields = "invalid_type", []fault.Field{{Location: at, Message: what}}
	}
	return f
}

// paramOf writes a place in a document as OpenAI does: messages[0].content.
func paramOf(p jsontext.Pointer) string {
	var at strings.Builder
	for token := range p.Tokens() {
		if n, err := strconv.ParseUint(token, 10, 31); err == nil && at.Len() > 0 {
			fmt.Fprintf(&at, "[%d]", n)
			continue
		}
		if at.Len() > 0 {
			at.WriteByte('.')
		}
		at.WriteString(token)
	}
	return at.String()
}

// isJSON tells that a body is said to be JSON, or nothing is said of it.
func isJSON(contentType string) bool {
	if contentType == "" {
		return true
	}
	kind, _, err := mime.ParseMediaType(contentType)
	return err == nil && kind == plainJSON
}
