// Package provider is the seam to the vendors of models.
//
// A provider is known by what it can do: each capability is an interface of
// one to three methods, and a vendor's adapter (a folder below this one)
// implements those it has. Adapters translate: they hold no state about users,
// never retry by themselves (WithRetry does, before the first text only) and
// turn every vendor's failure into an *Error with a Kind.
package provider

import (
	"context"
	"encoding/json"
)

// Chatter answers chats.
type Chatter interface {
	// Chat sends one request and calls emit for each piece of the answer, in
	// order, from one goroutine. With req.Stream false emit is called once per
	// kind of text, at the end.
	//
	// It returns when the vendor has finished and has said why (a stream that
	// ends without a finish reason is KindCut). On error, including a cancelled
	// context, the ChatAnswer still carries whatever usage the vendor had
	// reported by then; usage with all zeros means that nothing was reported.
	//
	// Errors are *Error; a cancelled context gives ctx's cause.
	Chat(ctx context.Context, req ChatRequest, emit func(Delta)) (ChatAnswer, error)
}

// Lister tells which models a vendor or a server has. It is asked for the models
// that the catalogue cannot know (those of Ollama and other OpenAI-compatible
// servers), and to see whether a key works, since asking costs nothing.
type Lister interface {
	// ListModels gives the vendor's model ids. Errors are *Error.
	ListModels(ctx context.Context) ([]string, error)
}

// ChatRequest is a chat in no vendor's dialect.
type ChatRequest struct {
	Model           string    // the vendor's own id of the model
	System          string    // system prompt, may be empty
	Messages        []Message // the first is the user's, the last the user's or a tool's
	MaxTokens       int       // cap on the answer, thinking included; always > 0
	Temperature     *float64  // nil: the vendor's default; only set where the catalogue allows it
	ReasoningEffort string    // empty: the vendor's default
	Stream          bool

	// What only the OpenAI-compatible door asks for; the zero values are the
	// vendor's defaults. An adapter that cannot do one of them says so with
	// KindBadRequest before it calls anybody.
	TopP              *float64
	Stop              []string
	Tools             []Tool
	ToolChoice        ToolChoice
	ParallelToolCalls *bool
	Format            *Format // nil: plain text

	// UserHash is an opaque, stable id of the person for the vendor's abuse
	// handling (OpenAI's safety_identifier, Anthropic's metadata.user_id).
	UserHash string
}

// Message is one turn. Several of the user's or of tools may follow each other;
// an adapter whose vendor wants turns to alternate puts them into one.
type Message struct {
	Role   string // RoleUser, RoleAssistant or RoleTool
	Text   string
	Images []Image // of the user's; the model sees them before the text

	ToolCalls  []ToolCall // of the assistant's; they come after its text
	ToolCallID string     // RoleTool: the call whose result Text is
}

// Tool is a function that the model may ask its caller to run. Pulse never
// runs one.
type Tool struct {
	Name        string
	Description string
	Parameters  json.RawMessage // JSON Schema of an object; nil: no parameters
	Strict      bool            // arguments must match the schema exactly, where the vendor can promise that
}

// ToolChoice says whether the model has to call a tool.
type ToolChoice struct {
	Mode ToolMode
	Name string // of the one tool, with ToolNamed
}

// ToolMode is how free the model is to call tools.
type ToolMode string

// The modes. The empty one is the vendor's default, which is ToolAuto with tools.
const (
	ToolAuto     ToolMode = "auto"
	ToolNone     ToolMode = "none"
	ToolRequired ToolMode = "required" // at least one, of its choice
	ToolNamed    ToolMode = "named"
)

// ToolCall is a whole call as it is sent back with its result.
type ToolCall struct {
	// ID is the vendor's, with whatever else the vendor has to see again
	// (Gemini's thought signature) packed into it by the adapter: clients of
	// OpenAI's API give back nothing else.
	ID        string
	Name      string
	Arguments string // JSON text, as the model wrote it; it may be invalid
}

// Format binds the answer to JSON.
type Format struct {
	Name        string          // of the schema; letters, digits, - and _
	Description string          // may be empty
	Schema      json.RawMessage // nil: any JSON object
	Strict      bool
}

// Image is a picture that a question brings along. Only models of the
// catalogue's ability "vision" take one.
type Image struct {
	ContentType string // "image/png"
	Data        []byte // the file as it is; adapters encode it and change nothing
}

// Roles of a Message.
const (
	RoleUser      = "user"
	RoleAssistant = "assistant"
	RoleTool      = "tool"
)

// Delta is a piece of the answer. One of the three is set.
type Delta struct {
	Text      string
	Reasoning string // thinking that the vendor shows
	ToolCall  *ToolCallDelta
}

// ToolCallDelta is a piece of a call. The first of an index carries ID and
// Name; Arguments are to be joined.
type ToolCallDelta struct {
	Index     int // of the call in the answer, from 0
	ID        string
	Name      string
	Arguments string
}

// ChatAnswer is what is known when the answer has ended.
type ChatAnswer struct {
	FinishReason FinishReason
	// Note is the vendor's own word where FinishReason is FinishRefusal or
	// FinishOther ("SAFETY", "policy: bio"); for the log and the details line.
	Note       string
	Model      string // the model that answered, as the vendor names it
	ResponseID string
	Usage      Usage
}

// FinishReason says why an answer ended.
type FinishReason string

// The reasons, named as the OpenAI-compatible API names them where it has a name.
const (
	FinishStop      FinishReason = "stop"
	FinishLength    FinishReason = "length"
	FinishRefusal   FinishReason = "content_filter" // the vendor's model or filter declined
	FinishToolCalls FinishReason = "tool_calls"
	FinishOther     FinishReason = "other"
	FinishCancelled FinishReason = "cancelled" // the person pressed Stop; set by the chat room
)

// Usage is what an answer took, in tokens, in classes that are priced apart
// and never overlap (Reasoning excepted, which is part of Output).
// Each adapter's answer.go says how its vendor's figures map to them.
type Usage struct {
	Input        int64 // prompt tokens at the full price
	CacheRead    int64 // prompt tokens read from the vendor's cache
	CacheWrite   int64 // prompt tokens written to the cache (5 minutes, where it matters)
	CacheWrite1h int64 // prompt tokens written to the cache for an hour
	Output       int64 // answer tokens, thinking included
	Reasoning    int64 // how many of Output were thinking

	Estimated bool            // counted by us, because the vendor did not say
	Raw       json.RawMessage // the vendor's own figures, kept for disputes
}

// Prompt is every token that went in.
func (u Usage) Prompt() int64 { return u.Input + u.CacheRead + u.CacheWrite + u.CacheWrite1h }

// Total is every token, in and out.
func (u Usage) Total() int64 { return u.Prompt() + u.Output }

// Zero tells that the vendor reported nothing.
func (u Usage) Zero() bool { return u.Total() == 0 }
