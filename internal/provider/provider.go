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
	Messages        []Message // first and last are from the user
	MaxTokens       int       // cap on the answer, thinking included; always > 0
	Temperature     *float64  // nil: the vendor's default; only set where the catalogue allows it
	ReasoningEffort string    // empty: the vendor's default
	Stream          bool
	// UserHash is an opaque, stable id of the person for the vendor's abuse
	// handling (OpenAI's safety_identifier, Anthropic's metadata.user_id).
	UserHash string
}

// Message is one turn.
type Message struct {
	Role   string // RoleUser or RoleAssistant
	Text   string
	Images []Image // of the user's; the model sees them before the text
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
)

// Delta is a piece of the answer. One of the two is set.
type Delta struct {
	Text      string
	Reasoning string // thinking that the vendor shows
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
