package standin

import (
	"encoding/base64"

	"github.com/go-json-experiment/json/jsontext"

	"pulse/internal/provider"
)

//nolint:tagliatelle // Google's names
type googleTool struct {
	FunctionDeclarations []struct {
		Name                 string         `json:"name"`
		Description          string         `json:"description"`
		ParametersJSONSchema jsontext.Value `json:"parametersJsonSchema"`
	} `json:"functionDeclarations"`
}

//nolint:tagliatelle // as above
type googleToolConfig struct {
	FunctionCallingConfig *struct {
		Mode                 string   `json:"mode"`
		AllowedFunctionNames []string `json:"allowedFunctionNames"`
	} `json:"functionCallingConfig"`
}

type googleCall struct {
	ID   string         `json:"id"`
	Name string         `json:"name"`
	Args jsontext.Value `json:"args"`
}

type googleResult struct {
	ID       string                    `json:"id"`
	Name     string                    `json:"name"`
	Response map[string]jsontext.Value `json:"response"`
}

const (
	googleSignature = "c2lnbmF0dXJl"
	// googleUnsigned is what the API takes in a signature's place.
	googleUnsigned = "skip_thought_signature_validator"
)

// calls gives the calls of a model's turn, checked as the API does for Gemini 3
// and later: the first of them carries its signature.
func (c googleContent) calls(open *int) ([]provider.ToolCall, Failure) {
	var list []provider.ToolCall
	for _, part := range c.Parts {
		if part.FunctionCall == nil {
			continue
		}
		signature, _ := base64.StdEncoding.DecodeString(part.ThoughtSignature)
		switch {
		case len(list) == 0 && part.ThoughtSignature == "":
			return nil, googleInvalid("Function call is missing a thought_signature in functionCall parts. Additional data, function call `%s`.", part.FunctionCall.Name)
		case part.ThoughtSignature != "" && part.ThoughtSignature != googleSignature && string(signature) != googleUnsigned:
			return nil, googleInvalid("Corrupted thought signature.")
		}
		list = append(list, provider.ToolCall{ID: part.FunctionCall.ID, Name: part.FunctionCall.Name, Arguments: string(part.FunctionCall.Args)})
	}
	if len(list) > 0 && *open > 0 {
		return nil, googleInvalid("Please ensure that function call turn comes immediately after a user turn or after a function response turn.")
	}
	*open += len(list)
	return list, Failure{}
}

// results gives the results of a turn that has any.
func (c googleContent) results(open *int) ([]provider.Message, Failure) {
	var list []provider.Message
	for _, part := range c.Parts {
		r := part.FunctionResponse
		if r == nil {
			continue
		}
		if r.Name == "" || c.Role != provider.RoleUser {
			return nil, googleInvalid("function_response.name: Name cannot be empty.")
		}
		text := ""
		if output, ok := r.Response["output"]; ok && len(r.Response) == 1 && output.Kind() == '"' {
			unquoted, err := jsontext.AppendUnquote(nil, []byte(output))
			if err != nil {
				return nil, googleInvalid("%v", err)
			}
			text = string(unquoted)
		}
		list = append(list, provider.Message{Role: provider.RoleTool, Text: text, ToolCallID: r.ID})
	}
	switch {
	case len(list) != *open && (len(list) > 0 || *open > 0):
		return nil, googleInvalid("Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.")
	case len(list) > 0 && len(list) != len(c.Parts):
		return nil, googleInvalid("this stand-in takes nothing beside function responses")
	}
	*open = 0
	return list, Failure{}
}

// tools adds what is asked of tools to the request.
func (b *googleRequest) tools(req *provider.ChatRequest) Failure {
	for _, t := range b.Tools {
		for _, f := range t.FunctionDeclarations {
			req.Tools = append(req.Tools, provider.Tool{Name: f.Name, Description: f.Description, Parameters: raw(f.ParametersJSONSchema)})
		}
	}
	if c := b.ToolConfig.FunctionCallingConfig; c != nil {
		mode, ok := map[string]provider.ToolMode{"AUTO": provider.ToolAuto, "NONE": provider.ToolNone, "ANY": provider.ToolRequired}[c.Mode]
		if !ok {
			return googleInvalid("tool_config.function_calling_config.mode: invalid value")
		}
		req.ToolChoice.Mode = mode
		if len(c.AllowedFunctionNames) > 0 {
			if mode != provider.ToolRequired || len(c.AllowedFunctionNames) > 1 {
				return googleInvalid("allowed_function_names: only with mode ANY")
			}
			req.ToolChoice = provider.ToolChoice{Mode: provider.ToolNamed, Name: c.AllowedFunctionNames[0]}
		}
	}
	config := b.GenerationConfig
	switch {
	case len(config.ResponseJSONSchema) > 0 && config.ResponseMIMEType != "application/json":
		return googleInvalid("responseJsonSchema is only supported with application/json")
	case config.ResponseMIMEType == "application/json":
		req.Format = &provider.Format{Schema: raw(config.ResponseJSONSchema)}
	}
	return Failure{}
}
