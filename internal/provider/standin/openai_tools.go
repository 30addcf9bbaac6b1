package standin

import (
	"errors"
	"net/http"
	"regexp"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"pulse/internal/provider"
)

type openAITool struct {
	Type     string         `json:"type"`
	Function openAIFunction `json:"function"`
}

type openAIFunction struct {
	Name        string         `json:"name"`
	Description string         `json:"description"`
	Parameters  jsontext.Value `json:"parameters"`
	Strict      *bool          `json:"strict"`
}

func (f openAIFunction) tool() provider.Tool {
	return provider.Tool{
		Name: f.Name, Description: f.Description, Parameters: raw(f.Parameters), Strict: f.Strict != nil && *f.Strict,
	}
}

func raw(v jsontext.Value) []byte {
	if len(v) == 0 {
		return nil
	}
	return []byte(v)
}

type openAICall struct {
	ID       string `json:"id"`
	Type     string `json:"type"`
	Function struct {
		Name      string `json:"name"`
		Arguments string `json:"arguments"`
	} `json:"function"`
}

// openAIChoice is a word, or names a function: in an object of its own (Chat
// Completions) or beside the type (Responses).
type openAIChoice struct{ word, name string }

// UnmarshalJSONFrom reads either form.
func (c *openAIChoice) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	if dec.PeekKind() == '"' {
		return json.UnmarshalDecode(dec, &c.word)
	}
	var named struct {
		Type     string `json:"type"`
		Name     string `json:"name"`
		Function struct {
			Name string `json:"name"`
		} `json:"function"`
	}
	if err := json.UnmarshalDecode(dec, &named); err != nil {
		return err
	}
	if c.name = named.Name + named.Function.Name; named.Type != "function" || c.name == "" {
		return errors.New("Invalid value for 'tool_choice'.") //nolint:revive,staticcheck // OpenAI's words
	}
	return nil
}

func (c *openAIChoice) choice() provider.ToolChoice {
	if c.name != "" {
		return provider.ToolChoice{Mode: provider.ToolNamed, Name: c.name}
	}
	return provider.ToolChoice{Mode: provider.ToolMode(c.word)}
}

const jsonObject = "json_object"

type openAIFormat struct {
	Type       string       `json:"type"`
	JSONSchema openAISchema `json:"json_schema"`
}

func (f *openAIFormat) valid() bool {
	switch f.Type {
	case typeText, jsonObject:
		return true
	case "json_schema":
		return f.JSONSchema.valid()
	}
	return false
}

func (s openAISchema) valid() bool {
	return toolName64.MatchString(s.Name) && s.Schema.Kind() == '{'
}

type openAISchema struct {
	Name        string         `json:"name"`
	Description string         `json:"description"`
	Schema      jsontext.Value `json:"schema"`
	Strict      bool           `json:"strict"`
}

func (f *openAIFormat) format() *provider.Format {
	switch {
	case f == nil || f.Type != jsonObject && f.Type != "json_schema":
		return nil
	case f.Type == jsonObject:
		return &provider.Format{}
	}
	return f.JSONSchema.format()
}

func (s openAISchema) format() *provider.Format {
	return &provider.Format{Name: s.Name, Description: s.Description, Schema: raw(s.Schema), Strict: s.Strict}
}

// ofTools tells that a message calls a tool, or has a call's result.
func (m openAIMessage) ofTools() bool { return m.Role == provider.RoleTool || len(m.ToolCalls) > 0 }

func remembersTools(messages []provider.Message) bool {
	return slices.ContainsFunc(messages, func(m provider.Message) bool { return m.Role == provider.RoleTool || len(m.ToolCalls) > 0 })
}

var toolName64 = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)

// toolsOf checks what the vendors check of tools, in OpenAI's words.
func toolsOf(req provider.ChatRequest) Failure {
	bad := func(message string) Failure { return Failure{Status: http.StatusBadRequest, Message: message} }
	known := map[string]bool{}
	for _, t := range req.Tools {
		switch {
		case !toolName64.MatchString(t.Name):
			return bad("Invalid name of a tool: expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.")
		case known[t.Name]:
			return bad("Invalid tools: their names must be unique.")
		case len(t.Parameters) > 0 && t.Parameters[0] != '{':
			return bad("Invalid schema for a function: it must be an object.")
		}
		known[t.Name] = true
	}
	c := req.ToolChoice
	switch {
	case (c.Mode != "" || req.ParallelToolCalls != nil) && len(req.Tools) == 0:
		return bad("'tool_choice' and 'parallel_tool_calls' are only allowed when 'tools' are specified.")
	case c.Mode == provider.ToolNamed && !known[c.Name]:
		return bad("Invalid value for 'tool_choice': no tool of that name.")
	}
	switch c.Mode {
	case "", provider.ToolAuto, provider.ToolNone, provider.ToolRequired, provider.ToolNamed:
	default:
		return bad("Invalid value for 'tool_choice'.")
	}
	open := map[string]bool{}
	for _, m := range req.Messages {
		switch {
		case m.Role == provider.RoleTool && !open[m.ToolCallID]:
			return bad("Invalid parameter: messages with role 'tool' must be a response to a preceding message with 'tool_calls'.")
		case m.Role == provider.RoleTool:
			delete(open, m.ToolCallID)
		case len(open) > 0:
			return bad("An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'.")
		}
		for _, c := range m.ToolCalls {
			open[c.ID] = true
		}
	}
	if len(open) > 0 {
		return bad("An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'.")
	}
	return Failure{}
}
