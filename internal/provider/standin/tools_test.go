package standin_test

import (
	"net/http"
	"strings"
	"testing"

	"pulse/internal/provider"
	"pulse/internal/provider/standin"
)

// TestToolRefusals: each vendor refuses of tools what the real one does, in its
// own shape. Every body is a small step away from one that is taken.
func TestToolRefusals(t *testing.T) {
	t.Parallel()
	responses := dialects()["openai"]
	responses.path = "/v1/responses"
	type body struct{ taken, change, into, says string }
	const (
		chat = `{"model":"gpt-5.5","reasoning_effort":"none","messages":[{"role":"user","content":"hi"},
			{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]},
			{"role":"tool","tool_call_id":"a","content":"x"}],"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}],
			"tool_choice":"auto","stop":["a"],"response_format":{"type":"json_schema","json_schema":{"name":"s","schema":{}}}}`
		response = `{"model":"gpt-6.1-sol","store":false,"input":[{"role":"user","content":"hi"},
			{"type":"function_call","call_id":"a","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"a","output":"x"}],
			"tools":[{"type":"function","name":"f","parameters":{},"strict":false}],"tool_choice":{"type":"function","name":"f"},
			"text":{"format":{"type":"json_schema","name":"s","schema":{}}}}`
		message = `{"model":"claude-opus-4-6","max_tokens":99,"top_p":0.5,"stop_sequences":["a"],"messages":[{"role":"user","content":"hi"},
			{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":{}}]},
			{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"x"},{"type":"text","text":"and"}]}],
			"tools":[{"name":"f","input_schema":{"type":"object"}}],"tool_choice":{"type":"any"}}`
		contents = `{"store":false,"contents":[{"role":"user","parts":[{"text":"hi"}]},
			{"role":"model","parts":[{"functionCall":{"name":"f","args":{}},"thoughtSignature":"c2lnbmF0dXJl"}]},
			{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"output":"x"}}}]}],
			"tools":[{"functionDeclarations":[{"name":"f"}]}],"toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f"]}},
			"generationConfig":{"stopSequences":["a"],"responseMimeType":"application/json","responseJsonSchema":{}}}`
	)
	for _, vendor := range []struct {
		dialect
		bodies []body
	}{
		{dialects()["openai"], []body{
			{chat, `"tool_call_id":"a"`, `"tool_call_id":"b"`, "must be a response"},
			{chat, `{"role":"tool","tool_call_id":"a","content":"x"}`, `{"role":"user","content":"x"}`, "must be followed by tool messages"},
			{chat, `"tool_choice":"auto"`, `"tool_choice":"perhaps"`, "tool_choice"},
			{chat, `"tool_choice":"auto"`, `"tool_choice":{"type":"function","function":{"name":"g"}}`, "tool_choice"},
			{chat, `"tool_choice":"auto"`, `"tool_choice":{"type":"custom","function":{"name":"f"}}`, "tool_choice"},
			{chat, `{"name":"f","parameters"`, `{"name":"f g","parameters"`, "name of a tool"},
			{chat, `[{"type":"function","function":{"name":"f","parameters"`, `[{"type":"custom","function":{"name":"f","parameters"`, "type of a tool"},
			{chat, `"stop":["a"]`, `"stop":["a","b","c","d","e"]`, "stop"},
			{chat, `"type":"json_schema"`, `"type":"yaml"`, "response_format"},
			{chat, `"schema":{}`, `"schema":7`, "response_format"},
			{chat, `"reasoning_effort":"none"`, `"reasoning_effort":"low"`, "/v1/responses"},
			{chat, `"stop"`, `"top_k":1,"stop"`, "top_k"},
		}},
		{responses, []body{
			{response, `"function_call_output","call_id":"a"`, `"function_call_output","call_id":"b"`, "must be a response"},
			{response, `,{"type":"function_call_output","call_id":"a","output":"x"}`, ``, "must be followed"},
			{response, `"tool_choice":{"type":"function","name":"f"}`, `"tool_choice":{"type":"function","name":"g"}`, "tool_choice"},
			{response, `"store":false`, `"store":true`, "store"},
			{response, `"function_call_output","call_id":"a"`, `"function_call_output","call_id":"` + strings.Repeat("a", 65) + `"`, "too long"},
			{response, `"store"`, `"stop":["a"],"store"`, "stop"},
			{response, `"type":"json_schema"`, `"type":"yaml"`, "text.format"},
			{response, `"role":"user"`, `"role":"tool"`, "tool"},
		}},
		{dialects()["anthropic"], []body{
			{message, `"tool_use_id":"a"`, `"tool_use_id":"b"`, "must be a response"},
			{
				message, `{"type":"tool_result","tool_use_id":"a","content":"x"},{"type":"text","text":"and"}`,
				`{"type":"text","text":"and"},{"type":"tool_result","tool_use_id":"a","content":"x"}`, "must come first",
			},
			{message, `"content":"x"`, `"content":""`, "non-empty"},
			{message, `"content":"x"`, `"content":" "`, "non-whitespace"},
			{message, `"id":"a"`, `"id":"a.b"`, "tool_use"},
			{message, `"input":{}`, `"input":"{}"`, "tool_use"},
			{message, `"input_schema":{"type":"object"}`, `"description":"d"`, "input_schema"},
			{message, `"type":"any"`, `"type":"required"`, "tool_choice"},
			{message, `"type":"any"`, `"type":"tool","name":"g"`, "tool_choice"},
			{message, `"max_tokens":99`, `"max_tokens":99,"thinking":{"type":"adaptive"}`, "tool_choice forces"},
			{message, `"model":"claude-opus-4-6","max_tokens":99,"top_p":0.5`, `"model":"claude-fable-5-2","max_tokens":99`, "tool_choice forces"},
			{message, `"tools":[{"name":"f","input_schema":{"type":"object"}}],"tool_choice":{"type":"any"}`, `"tools":[]`, "must define tools"},
			{message, `["a"]`, `["\n"]`, "non-whitespace"},
			{message, `"top_p":0.5`, `"top_p":0.5,"temperature":0.5`, "cannot both"},
			{message, `"claude-opus-4-6"`, `"claude-sonnet-5-5"`, "top_p"},
		}},
		{dialects()["google"], []body{
			{contents, `,"thoughtSignature":"c2lnbmF0dXJl"`, ``, "missing a thought_signature"},
			{contents, `"c2lnbmF0dXJl"`, `"AAAA"`, "Corrupted"},
			{contents, `"functionResponse":{"name":"f"`, `"functionResponse":{"name":""`, "Name cannot be empty"},
			{contents, `{"functionResponse":{"name":"f","response":{"output":"x"}}}`, `{"text":"x"}`, "number of function response parts"},
			{contents, `"functionCall":{"name":"f","args":{}},"thoughtSignature":"c2lnbmF0dXJl"`, `"text":"x"`, "number of function response parts"},
			{contents, `"mode":"ANY"`, `"mode":"SOME"`, "mode"},
			{contents, `"mode":"ANY"`, `"mode":"AUTO"`, "only with mode ANY"},
			{contents, `"allowedFunctionNames":["f"]`, `"allowedFunctionNames":["g"]`, "not declared"},
			{contents, `"tools":[{"functionDeclarations":[{"name":"f"}]}],`, ``, "without function_declarations"},
			{contents, `[{"name":"f"}]`, `[{"name":"1"}]`, "letter or an underscore"},
			{contents, `[{"name":"f"}]`, `[{"name":"f"},{"name":"f"}]`, "Duplicate"},
			{contents, `["a"]`, `["a","b","c","d","e","f"]`, "stop_sequences"},
			{contents, `"responseMimeType":"application/json",`, ``, "application/json"},
		}},
	} {
		for _, b := range vendor.bodies {
			t.Run(vendor.path+" "+b.says, func(t *testing.T) {
				t.Parallel()
				if code, answer := vendor.ask(t, b.taken); code != http.StatusOK {
					t.Fatalf("what should be taken is not: %s", answer)
				}
				if strings.Count(b.taken, b.change) != 1 {
					t.Fatalf("%s is not there once", b.change)
				}
				code, answer := vendor.ask(t, strings.Replace(b.taken, b.change, b.into, 1))
				if code != http.StatusBadRequest || !strings.Contains(answer, vendor.failure) || !strings.Contains(answer, b.says) {
					t.Errorf("status %d: %s", code, answer)
				}
			})
		}
	}
}

// TestCallCommand: what a prompt may have the model call.
func TestCallCommand(t *testing.T) {
	t.Parallel()
	for prompt, want := range map[string]struct {
		text  string
		calls []provider.ToolCall
	}{
		"hello":                             {"You said: hello", nil},
		"[call f]":                          {"", []provider.ToolCall{{Name: "f"}}},
		"Please [call f {}] now":            {"", []provider.ToolCall{{Name: "f", Arguments: "{}"}}},
		`[call f {"a": [1, "]"]} ][call g]`: {"", []provider.ToolCall{{Name: "f", Arguments: `{"a": [1, "]"]}`}, {Name: "g"}}},
		`[call f {"a":]`:                    {"", []provider.ToolCall{{Name: "f", Arguments: `{"a":`}}},
		`[chunks 2] [call f {"x":"[see]"}]`: {"1 2 ", []provider.ToolCall{{Name: "f", Arguments: `{"x":"[see]"}`}}},
		"[call f":                           {"You said: [call f", nil},
		"[call f {} and no end":             {"", []provider.ToolCall{{Name: "f", Arguments: "{} and no end"}}},
		`[call f {"a":1,"a":2}]`:            {"", []provider.ToolCall{{Name: "f", Arguments: `{"a":1,"a":2}`}}},
		"[call f [1, 2]]":                   {"", []provider.ToolCall{{Name: "f", Arguments: "[1, 2]"}}},
		"[told]":                            {"I was told nothing.", nil},
	} {
		t.Run(prompt, func(t *testing.T) {
			t.Parallel()
			s := standin.FromPrompt(provider.ChatRequest{Messages: []provider.Message{{Role: provider.RoleUser, Text: prompt}}})
			if got := strings.Join(s.Chunks, ""); got != want.text || len(s.Calls) != len(want.calls) {
				t.Fatalf("it says %q and calls %+v", got, s.Calls)
			}
			for i, c := range want.calls {
				if s.Calls[i] != c {
					t.Errorf("call %d is %+v, want %+v", i, s.Calls[i], c)
				}
			}
		})
	}
}

// TestTold: all that can be told.
func TestTold(t *testing.T) {
	t.Parallel()
	s := standin.FromPrompt(provider.ChatRequest{
		Temperature: new(0.5), TopP: new(0.25), ReasoningEffort: "low", Stop: []string{"END", "\n"}, Tools: []provider.Tool{{Name: "f"}, {Name: "g"}},
		ToolChoice: provider.ToolChoice{Mode: provider.ToolNamed, Name: "g"}, ParallelToolCalls: new(false), Format: &provider.Format{Schema: []byte(`{"type":"object"}`)},
		Messages: []provider.Message{{Role: provider.RoleTool, Text: "mild", ToolCallID: "a"}, {Role: provider.RoleUser, Text: "[told]"}},
	})
	const want = `I was told: temperature 0.5; effort low; top_p 0.25; stop ["END" "\n"]; tools f, g; tool choice named g; one call at a time; ` +
		`format {"type":"object"}; result "mild".`
	if got := strings.Join(s.Chunks, ""); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
