package google

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"google.golang.org/genai"

	"pulse/internal/provider"
)

// maxStops is Google's.
const maxStops = 5

// refused tells what Google would not do, before it is asked.
func refused(req provider.ChatRequest) error {
	misnamed := func(t provider.Tool) bool { return !toolName.MatchString(t.Name) }
	switch {
	case len(req.Tools) > 0 && req.ParallelToolCalls != nil && !*req.ParallelToolCalls:
		return provider.CannotDo("parallel_tool_calls", "Google's models cannot be kept to one call at a time. Leave out parallel_tool_calls, or choose another model.")
	case len(req.Stop) > maxStops:
		return provider.CannotDo("stop", "Google takes at most 5 stop sequences. Give fewer of them.")
	case slices.ContainsFunc(req.Tools, misnamed):
		return provider.CannotDo("tools", "Google takes names of tools that begin with a letter or _ only. Rename the tool, or choose another model.")
	}
	return nil
}

var toolName = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}$`)

// Gemini signs its thinking, and wants the signature again with the call that it
// came with. Clients of OpenAI's API give back a call's id, so the signature is in
// there, behind the mark.
const signatureMark = "-sig-"

// maxSignature is several times what Google sends, in bytes: an id comes from
// whoever asks, and is not counted as a part of the prompt.
const maxSignature = 32 << 10

// noSignature is what Google takes for a call that comes without its signature,
// such as one of another model's (ai.google.dev, "Thought signatures").
const noSignature = "skip_thought_signature_validator"

// callOf gives the nth call of an answer. It comes whole.
func callOf(n int, part *genai.Part) provider.ToolCallDelta {
	call := part.FunctionCall
	id := call.ID
	if id == "" { // the Gemini API gives none, and a client needs one
		id = "call_" + rand.Text()
	}
	if len(part.ThoughtSignature) > 0 {
		id += signatureMark + base64.RawURLEncoding.EncodeToString(part.ThoughtSignature)
	}
	arguments, err := json.Marshal(call.Args)
	if err != nil || call.Args == nil {
		arguments = []byte("{}")
	}
	return provider.ToolCallDelta{Index: n, ID: id, Name: call.Name, Arguments: string(arguments)}
}

// unpack takes an id apart.
func unpack(id string) (own string, signature []byte) {
	own, packed, ok := strings.Cut(id, signatureMark)
	if !ok {
		return provider.PlainID(id), nil
	}
	signature, err := base64.RawURLEncoding.DecodeString(packed)
	if err != nil || len(signature) == 0 || len(signature) > maxSignature {
		return provider.PlainID(id), nil
	}
	return provider.PlainID(own), signature
}

// calls gives the calls of an answer of before. Of several at once, Google signs
// the first.
func calls(m provider.Message) []*genai.Part {
	list := make([]*genai.Part, 0, len(m.ToolCalls))
	for i, c := range m.ToolCalls {
		id, signature := unpack(c.ID)
		if signature == nil && i == 0 {
			signature = []byte(noSignature)
		}
		var arguments map[string]any
		if err := json.Unmarshal(c.Object(), &arguments); err != nil { // an object always does
			arguments = map[string]any{}
		}
		list = append(list, &genai.Part{FunctionCall: &genai.FunctionCall{ID: id, Name: c.Name, Args: arguments}, ThoughtSignature: signature})
	}
	return list
}

// partsUnlessEmpty gives the text of an answer that may have none beside its calls.
func partsUnlessEmpty(m provider.Message) []*genai.Part {
	if m.Text == "" && len(m.ToolCalls) > 0 {
		return nil
	}
	return parts(m)
}

// resultOf gives the result of a call. An object is one; anything else becomes
// the output of one, as Google calls it.
func resultOf(name string, m provider.Message) *genai.Part {
	id, _ := unpack(m.ToolCallID)
	var result map[string]any
	if err := json.Unmarshal([]byte(m.Text), &result); err != nil || result == nil {
		result = map[string]any{"output": m.Text}
	}
	return &genai.Part{FunctionResponse: &genai.FunctionResponse{ID: id, Name: name, Response: result}}
}

func isResult(c *genai.Content) bool { return len(c.Parts) > 0 && c.Parts[0].FunctionResponse != nil }

func setTools(config *genai.GenerateContentConfig, req provider.ChatRequest) {
	if len(req.Tools) > 0 {
		declared := make([]*genai.FunctionDeclaration, len(req.Tools))
		for i, t := range req.Tools {
			declared[i] = &genai.FunctionDeclaration{Name: t.Name, Description: t.Description}
			if len(t.Parameters) > 0 {
				declared[i].ParametersJsonSchema = t.Parameters
			}
		}
		config.Tools = []*genai.Tool{{FunctionDeclarations: declared}}
	}
	mode := map[provider.ToolMode]genai.FunctionCallingConfigMode{
		provider.ToolAuto: genai.FunctionCallingConfigModeAuto, provider.ToolNone: genai.FunctionCallingConfigModeNone,
		provider.ToolRequired: genai.FunctionCallingConfigModeAny, provider.ToolNamed: genai.FunctionCallingConfigModeAny,
	}[req.ToolChoice.Mode]
	if mode == "" {
		return
	}
	choice := &genai.FunctionCallingConfig{Mode: mode}
	if req.ToolChoice.Mode == provider.ToolNamed {
		choice.AllowedFunctionNames = []string{req.ToolChoice.Name}
	}
	config.ToolConfig = &genai.ToolConfig{FunctionCallingConfig: choice}
}
