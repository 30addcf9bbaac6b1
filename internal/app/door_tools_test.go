package app

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/openai/openai-go/v3"

	"pulse/internal/feature/chat"
	"pulse/internal/provider"
)

// toolCaller is a vendor whose model asks for the weather in two places, and
// for nothing more once it has been told.
type toolCaller struct {
	mu     sync.Mutex
	last   provider.ChatRequest
	silent bool // it tells no figures
}

const weathers = 2

func (v *toolCaller) Chat(_ context.Context, req provider.ChatRequest, emit func(provider.Delta)) (provider.ChatAnswer, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.last = req
	answer := provider.ChatAnswer{FinishReason: provider.FinishStop, Usage: provider.Usage{Input: 30, Output: 12, Raw: []byte("{}")}}
	if v.silent {
		answer.Usage = provider.Usage{}
	}
	if last := req.Messages[len(req.Messages)-1]; last.Role == provider.RoleTool {
		emit(provider.Delta{Text: "It is " + last.Text})
		return answer, nil
	}
	answer.FinishReason = provider.FinishToolCalls
	if req.Stream {
		defer time.Sleep(300 * time.Millisecond) // so that its events are stored
	}
	emit(provider.Delta{Text: "Let me see."})
	for i, place := range []string{"Rome", "Oslo"} {
		emit(provider.Delta{ToolCall: &provider.ToolCallDelta{Index: i, ID: "call_" + place, Name: "weather"}})
		for _, piece := range []string{`{"at":`, `"` + place, `"}`} {
			emit(provider.Delta{ToolCall: &provider.ToolCallDelta{Index: i, Arguments: piece}})
		}
	}
	return answer, nil
}

func (v *toolCaller) asked() provider.ChatRequest {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.last
}

func askingForWeather() openai.ChatCompletionNewParams {
	p := asks(model, openai.UserMessage("how is it in Rome and Oslo?"))
	p.Tools = []openai.ChatCompletionToolUnionParam{openai.ChatCompletionFunctionTool(openai.FunctionDefinitionParam{
		Name: "weather", Description: openai.String("of a place"),
		Parameters: openai.FunctionParameters{"type": "object", "properties": map[string]any{"at": map[string]any{"type": "string"}}},
	})}
	return p
}

// The same with every vendor's stand-in, in the vendor's own words; and the other
// things that only clients of OpenAI's API ask for.
func TestEveryVendorThroughTheDoor(t *testing.T) {
	t.Parallel()
	eachDoor(t, func(t *testing.T, h *house, model string) {
		t.Helper()
		p := h.register("ada")
		client := p.sdk()
		asked := askingForWeather()
		asked.Model = model
		asked.Messages = []openai.ChatCompletionMessageParamUnion{openai.UserMessage(`[call weather {"at":"Rome"}] [call weather {"at":"Oslo"}]`)}
		whole, err := client.Chat.Completions.New(t.Context(), asked)
		if err != nil {
			t.Fatal(err)
		}
		streamed, err := hears(t.Context(), client, asked)
		if err != nil {
			t.Fatal(err)
		}
		for how, choice := range map[string]openai.ChatCompletionChoice{"whole": whole.Choices[0], "streamed": streamed.Choices[0]} {
			if calls := choice.Message.ToolCalls; choice.FinishReason != "tool_calls" || len(calls) != weathers || calls[0].ID == "" || calls[0].ID == calls[1].ID ||
				calls[0].Function.Name != "weather" || calls[0].Function.Arguments != `{"at":"Rome"}` || calls[1].Function.Arguments != `{"at":"Oslo"}` {
				t.Errorf("%s: %s, %+v", how, choice.FinishReason, calls)
			}
		}
		said := streamed.Choices[0].Message
		asked.Messages = append(asked.Messages, said.ToParam(), openai.ToolMessage("rain", said.ToolCalls[0].ID), openai.ToolMessage("dry and cold", said.ToolCalls[1].ID))
		if whole, err = client.Chat.Completions.New(t.Context(), asked); err != nil || !strings.Contains(whole.Choices[0].Message.Content, "dry and cold") {
			t.Errorf("after the results: %+v, %v", whole, err)
		}
		if tools := h.vendor.Last().Chat.Tools; len(tools) != 1 || tools[0].Name != "weather" || tools[0].Description != "of a place" {
			t.Errorf("the vendor was given %+v", tools)
		}
		bound := asks(model, openai.UserMessage("hello"))
		bound.ResponseFormat.OfJSONSchema = &openai.ResponseFormatJSONSchemaParam{JSONSchema: openai.ResponseFormatJSONSchemaJSONSchemaParam{
			Name: "answer", Schema: map[string]any{
				"type": "object", "properties": map[string]any{"a": map[string]any{"type": "string"}}, "required": []string{"a"}, "additionalProperties": false,
			}, Strict: openai.Bool(true),
		}}
		bound.Stop = openai.ChatCompletionNewParamsStopUnion{OfStringArray: []string{"END"}}
		if _, err = client.Chat.Completions.New(t.Context(), bound); err != nil || h.vendor.Last().Chat.Format == nil || !slices.Equal(h.vendor.Last().Chat.Stop, []string{"END"}) {
			t.Errorf("bound to a schema: %+v, %v", h.vendor.Last().Chat, err)
		}
		if billed := h.vendor.Books().Billed.Total(); p.usedTokens() != billed {
			t.Errorf("%d tokens are booked, the vendor billed %d", p.usedTokens(), billed)
		}
	})
}

// checkCalls checks that both calls came whole.
func checkCalls(t *testing.T, m openai.ChatCompletionMessage, finish string) {
	t.Helper()
	if finish != "tool_calls" || m.Content != "Let me see." || len(m.ToolCalls) != weathers {
		t.Fatalf("finished by %s: %+v", finish, m)
	}
	for i, want := range []string{"Rome", "Oslo"} {
		if c := m.ToolCalls[i]; c.ID != "call_"+want || c.Function.Name != "weather" || c.Function.Arguments != `{"at":"`+want+`"}` {
			t.Errorf("call %d is %+v", i, c)
		}
	}
}

// A model calls tools through the door, streamed or not; what its client gives
// back reaches it; and the calls count, also where the vendor tells no figures.
func TestOpenAIsClientRunsTools(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		vendor := &toolCaller{}
		h.app.vendors.chat["openai"] = chat.Vendor{Name: "OpenAI", Chatter: vendor}
		p := h.register("ada")
		client := p.sdk()
		asked := askingForWeather()
		whole, err := client.Chat.Completions.New(t.Context(), asked)
		if err != nil {
			t.Fatal(err)
		}
		checkCalls(t, whole.Choices[0].Message, whole.Choices[0].FinishReason)
		if tools := vendor.asked().Tools; len(tools) != 1 || tools[0].Name != "weather" || !strings.Contains(string(tools[0].Parameters), `"at"`) {
			t.Errorf("the vendor was given %+v", tools)
		}
		got, err := hears(t.Context(), client, asked)
		if err != nil {
			t.Fatal(err)
		}
		checkCalls(t, got.Choices[0].Message, got.Choices[0].FinishReason)

		asked.Messages = append(asked.Messages, got.Choices[0].Message.ToParam(), // as its documents say
			openai.ToolMessage("dry", "call_Oslo"), openai.ToolMessage("rain", "call_Rome"))
		if whole, err = client.Chat.Completions.New(t.Context(), asked); err != nil || whole.Choices[0].Message.Content != "It is rain" || whole.Choices[0].FinishReason != "stop" {
			t.Errorf("after the results: %+v, %v", whole, err)
		}
		told := vendor.asked().Messages
		if len(told) != 4 || len(told[1].ToolCalls) != weathers || told[2].ToolCallID != "call_Oslo" || told[3].Text != "rain" {
			t.Errorf("the vendor was told %+v", told)
		}
		if used := p.usedTokens(); used != 3*42 {
			t.Errorf("%d tokens are booked", used)
		}

		vendor.mu.Lock()
		vendor.silent = true
		vendor.mu.Unlock()
		if whole, err = client.Chat.Completions.New(t.Context(), askingForWeather()); err != nil || whole.Usage.CompletionTokens < 15 || whole.Usage.PromptTokens < 20 {
			t.Errorf("without figures: %+v, %v", whole, err)
		}
		id := strings.TrimPrefix(whole.ID, "chatcmpl-")
		if receipt := p.must(http.StatusOK, http.MethodGet, "/api/v1/jobs/"+id+"/receipt", nil); !strings.Contains(receipt, `"estimated":true`) {
			t.Errorf("the receipt is %s", receipt)
		}
		id = strings.TrimPrefix(got.ID, "chatcmpl-")
		events := p.must(http.StatusOK, http.MethodGet, "/api/v1/jobs/"+id+"/events", nil)
		if strings.Contains(events, "Oslo") || !strings.Contains(events, "event: start") || !strings.Contains(events, "event: done") {
			t.Errorf("the events that are kept: %s", events)
		}
	})
}

// While it runs, whoever follows it sees its calls of tools.
func TestOpenAIsClientsToolsAreFollowed(t *testing.T) {
	t.Parallel()
	h := withOpenAI(t, "")
	p := h.register("ada")
	request := askingForWeather()
	request.Messages = []openai.ChatCompletionMessageParamUnion{openai.UserMessage(`[chunks 40] [pace 20ms] [call weather {"at":"Oslo"}]`)}
	client := p.sdk()
	stream := client.Chat.Completions.NewStreaming(t.Context(), request)
	defer func() { _ = stream.Close() }()
	if !stream.Next() {
		t.Fatal(stream.Err())
	}
	events := p.must(http.StatusOK, http.MethodGet, "/api/v1/jobs/"+strings.TrimPrefix(stream.Current().ID, "chatcmpl-")+"/events", nil)
	for _, want := range []string{"event: tool_call\ndata: {\"index\":0,\"id\":", `"name":"weather"`, `data: {"arguments":"`, `slo`, `"finish_reason":"tool_calls"`} {
		if !strings.Contains(events, want) {
			t.Errorf("the events have no %s: %s", want, events)
		}
	}
}
