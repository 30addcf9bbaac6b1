package standin

import (
	"encoding/base64"
	"regexp"
	"slices"

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

var googleName = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}$`)

// choice adds to the request whether one of the tools has to be called.
func (c googleToolConfig) choice(req *provider.ChatRequest, names []string) Failure {
	config := c.FunctionCallingConfig
	if config == nil {
		return Failure{}
	}
	mode, ok := map[string]provider.ToolMode{"AUTO": provider.ToolAuto, "NONE": provider.ToolNone, "ANY": provider.ToolRequired}[config.Mode]
	allowed := config.AllowedFunctionNames
	switch {
	case !ok:
		return googleInvalid("tool_config.function_calling_config.mode: invalid value")
	case len(names) == 0:
		return googleInvalid("Function calling config is set without function_declarations.")
	case len(allowed) == 0:
		req.ToolChoice.Mode = mode
	case mode != provider.ToolRequired || len(allowed) > 1:
		return googleInvalid("allowed_function_names: only with mode ANY, and this stand-in takes one")
	case !slices.Contains(names, allowed[0]):
		return googleInvalid("allowed_function_names: %s is not declared", allowed[0])
	default:
		req.ToolChoice = provider.ToolChoice{Mode: provider.ToolNamed, Name: allowed[0]}
	}
	return Failure{}
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
	var names []string
	for _, t := range b.Tools {
		for _, f := range t.FunctionDeclarations {
			if !googleName.MatchString(f.Name) {
				return googleInvalid("Invalid function name. Must start with a letter or an underscore.")
			}
			if slices.Contains(names, f.Name) {
				return googleInvalid("Duplicate function declaration found: %s", f.Name)
			}
			names = append(names, f.Name)
			req.Tools = append(req.Tools, provider.Tool{Name: f.Name, Description: f.Description, Parameters: raw(f.ParametersJSONSchema)})
		}
	}
	if f := b.ToolConfig.choice(req, names); f.Status != 0 {
		return f
	}
	config := b.GenerationConfig
	switch {
	case len(config.StopSequences) > 5: //nolint:mnd // Google's most
		return googleInvalid("stop_sequences: at most 5")
	case len(config.ResponseJSONSchema) > 0 && config.ResponseMIMEType != "application/json":
		return googleInvalid("responseJsonSchema is only supported with application/json")
	case config.ResponseMIMEType == "application/json":
		req.Format = &provider.Format{Schema: raw(config.ResponseJSONSchema)}
	}
	return Failure{}
}
