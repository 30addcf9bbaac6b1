package anthropic

import (
	"encoding/json"
	"iter"
	"slices"
	"strings"

	sdk "github.com/anthropics/anthropic-sdk-go"
	"github.com/anthropics/anthropic-sdk-go/packages/param"

	"pulse/internal/provider"
)

// refused tells what Anthropic would not do, before it is asked.
func refused(req provider.ChatRequest) error {
	switch {
	case req.Format != nil && req.Format.Schema == nil:
		return provider.CannotDo("response_format", "Anthropic binds an answer to JSON by a schema only. Give one with the type json_schema, or leave the format out.")
	case slices.ContainsFunc(req.Stop, blank):
		return provider.CannotDo("stop", "Anthropic takes no stop sequence of white space alone. Leave it out.")
	case req.Temperature != nil && req.TopP != nil:
		return provider.CannotDo("top_p", "Anthropic takes a temperature or a top_p, and not both. Leave one of them out.")
	case forced(req) && strings.HasPrefix(req.Model, unforced):
		return provider.CannotDo("tool_choice", "Anthropic does not let this model be made to call a tool. Let it choose, or choose another model.")
	}
	return nil
}

func blank(text string) bool { return strings.TrimSpace(text) == "" }

// unforced is the model that refuses a forced call.
const unforced = "claude-fable-5-2"

// turns gives the messages by turns: an answer, or all that came between two
// answers. The results of an answer's calls have to come in one turn.
func turns(messages []provider.Message) iter.Seq[[]provider.Message] {
	return func(yield func([]provider.Message) bool) {
		for i := 0; i < len(messages); {
			end := i + 1
			for messages[i].Role != provider.RoleAssistant && end < len(messages) && messages[end].Role != provider.RoleAssistant {
				end++
			}
			if !yield(messages[i:end]) {
				return
			}
			i = end
		}
	}
}

// asked gives a turn of the user's: first the results of calls, as the API wants.
func asked(turn []provider.Message) []sdk.ContentBlockParamUnion {
	var list []sdk.ContentBlockParamUnion
	for _, m := range turn {
		if m.Role == provider.RoleTool {
			list = append(list, result(m))
		}
	}
	for _, m := range turn {
		if m.Role != provider.RoleTool {
			list = append(list, blocks(m)...)
		}
	}
	return list
}

// result gives what a call came to. The API refuses an empty text, but not a
// result without one.
func result(m provider.Message) sdk.ContentBlockParamUnion {
	if !blank(m.Text) {
		return sdk.NewToolResultBlock(provider.PlainID(m.ToolCallID), m.Text, false)
	}
	return sdk.ContentBlockParamUnion{OfToolResult: &sdk.ToolResultBlockParam{ToolUseID: provider.PlainID(m.ToolCallID)}}
}

// saidBefore gives an answer of before. Its thinking is not sent back: clients
// of OpenAI's API do not keep it, and with adaptive thinking nobody has to. It
// is nothing where the model said white space: the API would refuse that.
func saidBefore(m provider.Message) []sdk.ContentBlockParamUnion {
	var list []sdk.ContentBlockParamUnion
	if !blank(m.Text) {
		list = append(list, sdk.NewTextBlock(m.Text))
	}
	for _, c := range m.ToolCalls {
		list = append(list, sdk.NewToolUseBlock(provider.PlainID(c.ID), c.Object(), c.Name))
	}
	return list
}

// toolsUsed gives the tools that were called before, as far as they can be known.
func toolsUsed(messages []provider.Message) []provider.Tool {
	var list []provider.Tool
	for _, m := range messages {
		for _, c := range m.ToolCalls {
			if !slices.ContainsFunc(list, func(t provider.Tool) bool { return t.Name == c.Name }) {
				list = append(list, provider.Tool{Name: c.Name})
			}
		}
	}
	return list
}

// noInput is the schema of a tool that takes nothing.
var noInput = json.RawMessage(`{"type":"object","properties":{}}`)

// jsonFormat is a format's schema to the letter: the SDK's own has a map, which
// would lose the order that the model is to write in.
type jsonFormat struct {
	Type   string          `json:"type"`
	Schema json.RawMessage `json:"schema"`
}

// forced tells whether the model has to call a tool.
func forced(req provider.ChatRequest) bool {
	return req.ToolChoice.Mode == provider.ToolRequired || req.ToolChoice.Mode == provider.ToolNamed
}

func setTools(p *sdk.MessageNewParams, req provider.ChatRequest) {
	// Where tools were used and are not offered any more, the API wants to know
	// them all the same.
	if used := toolsUsed(req.Messages); len(req.Tools) == 0 && len(used) > 0 {
		req.Tools, req.ToolChoice, req.ParallelToolCalls = used, provider.ToolChoice{Mode: provider.ToolNone}, nil
	}
	for _, t := range req.Tools {
		schema := t.Parameters
		if len(schema) == 0 {
			schema = noInput
		}
		tool := sdk.ToolParam{Name: t.Name, InputSchema: param.Override[sdk.ToolInputSchemaParam](schema)}
		if t.Description != "" {
			tool.Description = sdk.String(t.Description)
		}
		if t.Strict {
			tool.Strict = sdk.Bool(true)
		}
		p.Tools = append(p.Tools, sdk.ToolUnionParam{OfTool: &tool})
	}
	var one param.Opt[bool] // one call at most
	if req.ParallelToolCalls != nil {
		one = sdk.Bool(!*req.ParallelToolCalls)
	}
	switch mode := req.ToolChoice.Mode; {
	case mode == provider.ToolNone:
		p.ToolChoice.OfNone = &sdk.ToolChoiceNoneParam{}
	case mode == provider.ToolRequired:
		p.ToolChoice.OfAny = &sdk.ToolChoiceAnyParam{DisableParallelToolUse: one}
	case mode == provider.ToolNamed:
		p.ToolChoice.OfTool = &sdk.ToolChoiceToolParam{Name: req.ToolChoice.Name, DisableParallelToolUse: one}
	case mode == provider.ToolAuto, one.Valid():
		p.ToolChoice.OfAuto = &sdk.ToolChoiceAutoParam{DisableParallelToolUse: one}
	}
}
