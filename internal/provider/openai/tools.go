package openai

import (
	"encoding/json"

	sdk "github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/packages/param"
	"github.com/openai/openai-go/v3/shared"

	"pulse/internal/provider"
)

// maxStops is OpenAI's.
const maxStops = 4

// refused tells what OpenAI would not do, before it is asked.
func refused(req provider.ChatRequest) error {
	switch {
	case len(req.Stop) > maxStops:
		return provider.CannotDo("stop", "OpenAI takes at most 4 stop sequences. Give fewer of them.")
	case len(req.Stop) > 0 && usesTools(req): // the Responses API has no such thing
		return provider.CannotDo("stop", "OpenAI takes no stop sequences together with tools. Leave out the one or the other.")
	}
	return nil
}

// usesTools tells whether tools play a part in a chat, now or before.
func usesTools(req provider.ChatRequest) bool {
	if len(req.Tools) > 0 {
		return true
	}
	for i := range req.Messages {
		if req.Messages[i].Role == provider.RoleTool || len(req.Messages[i].ToolCalls) > 0 {
			return true
		}
	}
	return false
}

// noParameters is the schema of a tool that takes none.
var noParameters = json.RawMessage(`{"type":"object","properties":{}}`)

func parametersOf(t provider.Tool) json.RawMessage {
	if len(t.Parameters) == 0 {
		return noParameters
	}
	return t.Parameters
}

// function is a tool with its schema to the letter: the SDK's own has a map,
// which would lose the order that the model is to write the arguments in.
type function struct {
	Type        string          `json:"type,omitempty"` // of the Responses API
	Name        string          `json:"name"`
	Description string          `json:"description,omitempty"`
	Parameters  json.RawMessage `json:"parameters"`
	Strict      *bool           `json:"strict,omitempty"`
}

func functionOf(t provider.Tool) function {
	f := function{Name: t.Name, Description: t.Description, Parameters: parametersOf(t)}
	if t.Strict {
		f.Strict = new(true)
	}
	return f
}

func setTools(p *sdk.ChatCompletionNewParams, req provider.ChatRequest) {
	for _, t := range req.Tools {
		p.Tools = append(p.Tools, sdk.ChatCompletionFunctionTool(param.Override[shared.FunctionDefinitionParam](functionOf(t))))
	}
	switch m := req.ToolChoice.Mode; m {
	case "":
	case provider.ToolNamed:
		p.ToolChoice = sdk.ToolChoiceOptionFunctionToolChoice(sdk.ChatCompletionNamedToolChoiceFunctionParam{Name: req.ToolChoice.Name})
	case provider.ToolAuto, provider.ToolNone, provider.ToolRequired:
		p.ToolChoice.OfAuto = sdk.String(string(m)) // Pulse's words are OpenAI's
	}
	if req.ParallelToolCalls != nil {
		p.ParallelToolCalls = sdk.Bool(*req.ParallelToolCalls)
	}
}

// assistant gives an answer of before, with its calls.
func assistant(m provider.Message) sdk.ChatCompletionMessageParamUnion {
	said := sdk.AssistantMessage(m.Text)
	if len(m.ToolCalls) == 0 {
		return said
	}
	if m.Text == "" {
		said.OfAssistant.Content = sdk.ChatCompletionAssistantMessageParamContentUnion{} // calls may stand alone
	}
	for _, c := range m.ToolCalls {
		said.OfAssistant.ToolCalls = append(said.OfAssistant.ToolCalls, sdk.ChatCompletionMessageToolCallUnionParam{
			OfFunction: &sdk.ChatCompletionMessageFunctionToolCallParam{
				ID: provider.PlainID(c.ID), Function: sdk.ChatCompletionMessageFunctionToolCallFunctionParam{Name: c.Name, Arguments: c.Arguments},
			},
		})
	}
	return said
}

// schema is a format's, to the letter, as function is.
type schema struct {
	Type        string          `json:"type,omitempty"` // of the Responses API
	Name        string          `json:"name"`
	Description string          `json:"description,omitempty"`
	Schema      json.RawMessage `json:"schema"`
	Strict      bool            `json:"strict"`
}

func schemaOf(f *provider.Format) schema {
	return schema{Name: f.Name, Description: f.Description, Schema: f.Schema, Strict: f.Strict}
}

func format(f *provider.Format) sdk.ChatCompletionNewParamsResponseFormatUnion {
	switch {
	case f == nil:
		return sdk.ChatCompletionNewParamsResponseFormatUnion{}
	case f.Schema == nil:
		return sdk.ChatCompletionNewParamsResponseFormatUnion{OfJSONObject: &shared.ResponseFormatJSONObjectParam{}}
	}
	return sdk.ChatCompletionNewParamsResponseFormatUnion{OfJSONSchema: &shared.ResponseFormatJSONSchemaParam{
		JSONSchema: param.Override[shared.ResponseFormatJSONSchemaJSONSchemaParam](schemaOf(f)),
	}}
}
