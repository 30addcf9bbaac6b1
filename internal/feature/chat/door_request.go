package chat

import (
	"encoding/json"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"pulse/internal/httpd"
)

// ChatCompletionRequest is what OpenAI's API documents for chat completions, all
// of it, so that whatever is not honoured is refused by name or known to be
// harmless. In every optional field a null counts as absence.
type ChatCompletionRequest struct { //nolint:revive // its name in the OpenAPI document
	Model    string   `json:"model" doc:"A model's id or alias, see /v1/models"`
	Messages turnList `json:"messages" minItems:"1" maxItems:"2000"`

	MaxCompletionTokens *int64          `json:"max_completion_tokens,omitempty" minimum:"1" doc:"Cap on the answer, thinking included"`
	MaxTokens           *int64          `json:"max_tokens,omitempty" minimum:"1" doc:"The old name of max_completion_tokens"`
	Temperature         *float64        `json:"temperature,omitempty" minimum:"0" maximum:"2" doc:"1 is left out for models that take none; another value is refused for them"`
	TopP                *float64        `json:"top_p,omitempty" minimum:"0" maximum:"1" doc:"As temperature"`
	Stop                textOrTexts     `json:"stop,omitempty" doc:"At most 4"`
	Stream              *bool           `json:"stream,omitempty"`
	StreamOptions       *StreamOptions  `json:"stream_options,omitempty" doc:"Only with stream"`
	ReasoningEffort     *string         `json:"reasoning_effort,omitempty" doc:"One of the model's"`
	ResponseFormat      *ResponseFormat `json:"response_format,omitempty"`

	Tools             upTo[CompletionTool] `json:"tools,omitempty" maxItems:"128" doc:"Functions; Pulse runs none of them"`
	ToolChoice        *toolChoice          `json:"tool_choice,omitempty" doc:"none, auto, required, a function, or allowed_tools"`
	ParallelToolCalls *bool                `json:"parallel_tool_calls,omitempty"`

	// Accepted, and without effect.
	Metadata             json.RawMessage `json:"metadata,omitempty" doc:"Accepted, without effect"`
	PromptCacheKey       *string         `json:"prompt_cache_key,omitempty" doc:"Accepted, without effect"`
	PromptCacheOptions   json.RawMessage `json:"prompt_cache_options,omitempty" doc:"Accepted, without effect"`
	PromptCacheRetention *string         `json:"prompt_cache_retention,omitempty" doc:"Accepted, without effect"`
	SafetyIdentifier     *string         `json:"safety_identifier,omitempty" doc:"Accepted, without effect: Pulse sends its own"`
	Seed                 *int64          `json:"seed,omitempty" doc:"Accepted, without effect"`
	Store                *bool           `json:"store,omitempty" doc:"Accepted, without effect: nothing is stored"`
	User                 *string         `json:"user,omitempty" doc:"Accepted, without effect: Pulse sends its own"`

	// Accepted with the values that change nothing, refused with others.
	FrequencyPenalty *float64 `json:"frequency_penalty,omitempty" doc:"0 only"`
	PresencePenalty  *float64 `json:"presence_penalty,omitempty" doc:"0 only"`
	Logprobs         *bool    `json:"logprobs,omitempty" doc:"false only"`
	TopLogprobs      *int64   `json:"top_logprobs,omitempty" doc:"0 only"`
	Modalities       []string `json:"modalities,omitempty" doc:"text only"`
	N                *int64   `json:"n,omitempty" doc:"1 only"`
	ServiceTier      *string  `json:"service_tier,omitempty" doc:"auto or default only"`
	Verbosity        *string  `json:"verbosity,omitempty" doc:"medium only"`

	// Known, and refused.
	Audio            json.RawMessage `json:"audio,omitempty" doc:"Refused"`
	FunctionCall     json.RawMessage `json:"function_call,omitempty" doc:"Refused: use tool_choice"`
	Functions        json.RawMessage `json:"functions,omitempty" doc:"Refused: use tools"`
	LogitBias        json.RawMessage `json:"logit_bias,omitempty" doc:"Refused"`
	Moderation       json.RawMessage `json:"moderation,omitempty" doc:"Refused"`
	Prediction       json.RawMessage `json:"prediction,omitempty" doc:"Refused"`
	WebSearchOptions json.RawMessage `json:"web_search_options,omitempty" doc:"Refused"`
}

// StreamOptions are how to stream.
type StreamOptions struct {
	IncludeUsage       *bool `json:"include_usage,omitempty" doc:"A last chunk has the usage"`
	IncludeObfuscation *bool `json:"include_obfuscation,omitempty" doc:"Accepted, without effect"`
}

// CompletionMessage is a turn. Which fields go with a role is checked in code.
type CompletionMessage struct {
	Role       string                   `json:"role" enum:"developer,system,user,assistant,tool"`
	Content    *content                 `json:"content,omitempty" doc:"A text, or parts: text, image_url and file"`
	ToolCalls  upTo[CompletionToolCall] `json:"tool_calls,omitempty" doc:"Of an assistant's message"`
	ToolCallID *string                  `json:"tool_call_id,omitempty" doc:"Of a tool's message"`
	Refusal    *string                  `json:"refusal,omitempty" doc:"Of an assistant's message"`

	// What comes along when a client gives back a message as it got it.
	Name             *string         `json:"name,omitempty" doc:"Accepted, without effect"`
	ReasoningContent json.RawMessage `json:"reasoning_content,omitempty" doc:"Accepted, without effect"`
	Reasoning        json.RawMessage `json:"reasoning,omitempty" doc:"Accepted, without effect"`
	ReasoningDetails json.RawMessage `json:"reasoning_details,omitempty" doc:"Accepted, without effect"`
	ThinkingBlocks   json.RawMessage `json:"thinking_blocks,omitempty" doc:"Accepted, without effect"`
	CacheControl     json.RawMessage `json:"cache_control,omitempty" doc:"Accepted, without effect"`
	ProviderFields   json.RawMessage `json:"provider_specific_fields,omitempty" doc:"Accepted, without effect"`
	Annotations      json.RawMessage `json:"annotations,omitempty" doc:"Accepted, without effect"`
	Parsed           json.RawMessage `json:"parsed,omitempty" doc:"Accepted, without effect"`
	Audio            json.RawMessage `json:"audio,omitempty" doc:"Refused"`
	FunctionCall     json.RawMessage `json:"function_call,omitempty" doc:"Refused: use tool_calls"`
}

// CompletionToolCall is a call that the model has asked for.
type CompletionToolCall struct {
	ID       string `json:"id"`
	Type     string `json:"type,omitempty" enum:"function" doc:"function, also where it is left out"`
	Function struct {
		Name            string          `json:"name"`
		Arguments       string          `json:"arguments" doc:"JSON, as the model wrote it"`
		ParsedArguments json.RawMessage `json:"parsed_arguments,omitempty" doc:"Accepted, without effect"`
	} `json:"function"`
	Index          *int64          `json:"index,omitempty" doc:"Accepted, without effect"`
	ProviderFields json.RawMessage `json:"provider_specific_fields,omitempty" doc:"Accepted, without effect"`
}

// CompletionTool is a function that the model may ask its caller to run.
type CompletionTool struct {
	Type     string `json:"type" enum:"function"`
	Function struct {
		Name        string          `json:"name" pattern:"^[a-zA-Z0-9_-]{1,64}$"`
		Description *string         `json:"description,omitempty"`
		Parameters  json.RawMessage `json:"parameters,omitempty" doc:"JSON Schema of an object"`
		Strict      *bool           `json:"strict,omitempty"`
	} `json:"function"`
	Custom json.RawMessage `json:"custom,omitempty" doc:"Refused"`
}

// ResponseFormat binds the answer.
type ResponseFormat struct {
	Type       string      `json:"type" enum:"text,json_object,json_schema"`
	JSONSchema *JSONSchema `json:"json_schema,omitempty"`
}

// JSONSchema is what an answer has to match.
type JSONSchema struct {
	Name        string          `json:"name" pattern:"^[a-zA-Z0-9_-]{1,64}$"`
	Description *string         `json:"description,omitempty"`
	Schema      json.RawMessage `json:"schema,omitempty"`
	Strict      *bool           `json:"strict,omitempty"`
}

// ContentPart is a piece of a message.
type ContentPart struct {
	Type     string `json:"type" enum:"text,image_url,file,refusal"`
	Text     string `json:"text,omitempty"`
	Refusal  string `json:"refusal,omitempty"`
	ImageURL *struct {
		URL    string  `json:"url" doc:"A data: URL, or an address of the web"`
		Detail *string `json:"detail,omitempty" doc:"Accepted, without effect"`
	} `json:"image_url,omitempty"`
	File *struct {
		FileData *string `json:"file_data,omitempty" doc:"A data: URL"`
		Filename *string `json:"filename,omitempty"`
		FileID   *string `json:"file_id,omitempty" doc:"See POST /api/v1/files"`
	} `json:"file,omitempty"`
	InputAudio            json.RawMessage `json:"input_audio,omitempty" doc:"Refused"`
	PromptCacheBreakpoint json.RawMessage `json:"prompt_cache_breakpoint,omitempty" doc:"Accepted, without effect"`
	CacheControl          json.RawMessage `json:"cache_control,omitempty" doc:"Accepted, without effect"`
	ProviderFields        json.RawMessage `json:"provider_specific_fields,omitempty" doc:"Accepted, without effect"`
}

// upTo is a list that is not read beyond what any request has: its elements are
// many times larger in memory than "{}" on the line.
type upTo[T any] []T

// UnmarshalJSONFrom reads the elements one by one.
func (l *upTo[T]) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	return eachOf(d, func(n int) error {
		if n >= maxPieces {
			return tooManyPieces()
		}
		var v T
		err := jsonv2.UnmarshalDecode(d, &v)
		*l = append(*l, v)
		return err //nolint:wrapcheck // the decoder reads its own errors
	})
}

// turnList is the messages, which are bound one by one and together.
type turnList []CompletionMessage

// UnmarshalJSONFrom reads the messages one by one.
func (l *turnList) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	pieces := 0
	return eachOf(d, func(n int) error {
		if n >= maxTurns {
			return errTurns()
		}
		var m CompletionMessage
		if err := jsonv2.UnmarshalDecode(d, &m); err != nil {
			return err //nolint:wrapcheck // the decoder reads its own errors
		}
		if pieces += len(m.ToolCalls); m.Content != nil {
			pieces += len(*m.Content)
		}
		if pieces > maxTurns+maxPieces { // most messages are one part, a text
			return tooManyPieces()
		}
		*l = append(*l, m)
		return nil
	})
}

// eachOf lets next read the elements of a list, of which null has none.
func eachOf(d *jsontext.Decoder, next func(n int) error) error {
	switch d.PeekKind() {
	case 'n':
		_, err := d.ReadToken()
		return err //nolint:wrapcheck // the decoder reads its own errors
	case '[':
	default:
		return &jsonv2.SemanticError{JSONPointer: d.StackPointer()}
	}
	if _, err := d.ReadToken(); err != nil {
		return err //nolint:wrapcheck // as above
	}
	for n := 0; d.PeekKind() != ']'; n++ {
		if err := next(n); err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err //nolint:wrapcheck // as above
}

func tooManyPieces() error {
	return httpd.WrongParam("messages", "A request may have at most %d parts and calls of tools.", maxPieces)
}

func errTurns() error {
	return httpd.WrongParam("messages", "'messages' must have from 1 to %d messages.", maxTurns)
}

// content is a text or parts.
type content []ContentPart

const (
	// The types of parts.
	partText, partRefusal, partImage, partFile = "text", "refusal", "image_url", "file"

	typeFunction = "function" // the one type of tools
)

// UnmarshalJSONFrom reads both forms.
func (c *content) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	if d.PeekKind() != '"' {
		return (*upTo[ContentPart])(c).UnmarshalJSONFrom(d)
	}
	var text string
	err := jsonv2.UnmarshalDecode(d, &text)
	*c = content{{Type: partText, Text: text}}
	return err //nolint:wrapcheck // as above
}

// Schema tells OpenAPI of both forms.
func (*content) Schema(r huma.Registry) *huma.Schema {
	return textOr(huma.SchemaFromType(r, reflect.TypeFor[[]ContentPart]()))
}

// textOrTexts is a list that may be written as its only text.
type textOrTexts []string

// UnmarshalJSONFrom reads both forms.
func (t *textOrTexts) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	if d.PeekKind() != '"' {
		return jsonv2.UnmarshalDecode(d, (*[]string)(t)) //nolint:wrapcheck // the decoder reads its own errors
	}
	var text string
	err := jsonv2.UnmarshalDecode(d, &text)
	*t = textOrTexts{text}
	return err //nolint:wrapcheck // as above
}

// Schema tells OpenAPI of both forms.
func (*textOrTexts) Schema(r huma.Registry) *huma.Schema {
	return textOr(huma.SchemaFromType(r, reflect.TypeFor[[]string]()))
}

// toolChoice is a word, or names a tool or some of them.
type toolChoice struct {
	Mode string `json:"-"` // none, auto, required; empty: see the others

	Type     string `json:"type"`
	Function *struct {
		Name string `json:"name"`
	} `json:"function"`
	AllowedTools *struct {
		Mode  string `json:"mode"`
		Tools []struct {
			Type     string `json:"type"`
			Function struct {
				Name string `json:"name"`
			} `json:"function"`
		} `json:"tools"`
	} `json:"allowed_tools"`
	Custom json.RawMessage `json:"custom"`
}

// UnmarshalJSONFrom reads both forms.
func (t *toolChoice) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	if d.PeekKind() == '"' {
		return jsonv2.UnmarshalDecode(d, &t.Mode) //nolint:wrapcheck // the decoder reads its own errors
	}
	type object toolChoice
	return jsonv2.UnmarshalDecode(d, (*object)(t)) //nolint:wrapcheck // as above
}

// Schema tells OpenAPI of both forms.
func (*toolChoice) Schema(huma.Registry) *huma.Schema {
	return textOr(&huma.Schema{Type: huma.TypeObject, AdditionalProperties: true})
}

func textOr(other *huma.Schema) *huma.Schema {
	return &huma.Schema{OneOf: []*huma.Schema{{Type: huma.TypeString}, other}}
}
