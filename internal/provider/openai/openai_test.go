package openai_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"go.uber.org/goleak"

	"pulse/internal/provider"
	"pulse/internal/provider/openai"
	"pulse/internal/provider/providertest"
	"pulse/internal/provider/standin"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func subject() providertest.Subject {
	return providertest.Subject{
		Provider: "openai", Model: "gpt-6.1-sol", Standin: standin.NewOpenAI, Models: standin.OpenAIModels(), Effort: "high", TakesUserHash: true,
		New: func(_ testing.TB, address, key string, client *http.Client) provider.Chatter {
			return openai.New(openai.Options{APIKey: key, BaseURL: address + "/v1", HTTPClient: client})
		},
		Sampling: "gpt-5.5",
		Cannot: []providertest.Inability{
			{Param: "stop", Ask: func(q *provider.ChatRequest) { q.Stop = []string{"END"} }}, // with tools
			{Param: "stop", Ask: func(q *provider.ChatRequest) { q.Tools, q.Stop = nil, []string{"a", "b", "c", "d", "e"} }},
		},
		Usage: provider.Usage{Input: 100, CacheRead: 2000, CacheWrite: 30, Output: 400, Reasoning: 150},
		Ends: map[string]provider.FinishReason{
			"content_filter": provider.FinishRefusal, "tool_calls": provider.FinishToolCalls, "function_call": provider.FinishToolCalls,
		},
		Note: "content_filter",
		Refusals: []providertest.Refusal{
			{Name: "quota", Failure: standin.Failure{Status: 429, Code: "insufficient_quota"}, Kind: provider.KindNoCredit},
			{Name: "balance", Failure: standin.Failure{Status: 429, Code: "credit_balance_exhausted"}, Kind: provider.KindNoCredit},
			{Name: "slow down", Failure: standin.Failure{Status: 429, Code: "slow_down"}, Kind: provider.KindRateLimited},
			{Name: "context", Failure: standin.Failure{Status: 400, Code: "context_length_exceeded"}, Kind: provider.KindTooLong},
			{Name: "policy", Failure: standin.Failure{Status: 400, Code: "content_policy_violation"}, Kind: provider.KindBlocked},
		},
		Events: []providertest.Refusal{
			{Name: "server error", Failure: standin.Failure{Code: "server_error", Message: "sorry"}, Kind: provider.KindOverloaded},
			{Name: "rate", Failure: standin.Failure{Code: "rate_limit_exceeded", Message: "sorry"}, Kind: provider.KindRateLimited},
			{Name: "quota", Failure: standin.Failure{Code: "insufficient_quota", Message: "sorry"}, Kind: provider.KindNoCredit},
		},
	}
}

func TestOpenAI(t *testing.T) {
	t.Parallel()
	providertest.Run(t, subject())
}

func TestCompatible(t *testing.T) {
	t.Parallel()
	s := subject()
	s.Provider, s.Model, s.Standin, s.Effort = "", "qwen3:8b", standin.NewCompatible, ""
	s.Sampling = ""
	s.Models, s.ShowsThinking, s.TakesUserHash, s.Cannot = standin.CompatibleModels, true, false, nil
	s.New = func(_ testing.TB, address, key string, client *http.Client) provider.Chatter {
		return openai.New(openai.Options{ID: "ollama", APIKey: key, BaseURL: address + "/v1", Compatible: true, HTTPClient: client})
	}
	s.Refusals = []providertest.Refusal{{
		Name: "context", Failure: standin.Failure{Status: 400, Code: "400", Message: "This model's maximum context length is 4096 tokens."},
		Kind: provider.KindTooLong,
	}}
	s.Events = []providertest.Refusal{ // OpenRouter's codes are numbers
		{Name: "gateway", Failure: standin.Failure{Status: 502, Message: "Provider disconnected"}, Kind: provider.KindOverloaded},
		{Name: "overloaded", Failure: standin.Failure{Status: 529, Message: "busy"}, Kind: provider.KindOverloaded},
	}
	providertest.Run(t, s)
}

// TestRefusal: the model's own words for its refusal are shown, and are one
// whatever the finish reason says.
func TestRefusal(t *testing.T) {
	t.Parallel()
	for stream, body := range map[bool]string{
		true:  "data: {\"id\":\"a\",\"choices\":[{\"delta\":{\"refusal\":\"I cannot.\"}}]}\n\ndata: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
		false: `{"id":"a","choices":[{"message":{"content":null,"refusal":"I cannot."},"finish_reason":"stop"}]}`,
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", map[bool]string{true: "text/event-stream", false: "application/json"}[stream])
			_, _ = w.Write([]byte(body)) // whatever arrives is the test
		}))
		client := provider.NewClient(provider.Patience{})
		text := ""
		answer, err := openai.New(openai.Options{APIKey: "k", BaseURL: server.URL + "/v1", HTTPClient: client}).Chat(t.Context(), provider.ChatRequest{
			Model: "gpt-6-luna", MaxTokens: 10, Stream: stream, Messages: []provider.Message{{Role: provider.RoleUser, Text: "hi"}},
		}, func(d provider.Delta) { text += d.Text })
		if err != nil || text != "I cannot." || answer.FinishReason != provider.FinishRefusal || answer.Note != "refusal" {
			t.Errorf("stream %t: %q, %+v, %v", stream, text, answer, err)
		}
		client.CloseIdleConnections()
		server.Close()
	}
}

func BenchmarkStream(b *testing.B) { providertest.Benchmark(b, subject(), true) }
func BenchmarkPlain(b *testing.B)  { providertest.Benchmark(b, subject(), false) }

// TestCallsOfServers: calls are kept apart, and have ids, whatever a server that
// imitates OpenAI does with its indices and ids.
func TestCallsOfServers(t *testing.T) {
	t.Parallel()
	const end = `data: {"choices":[{"delta":{},"finish_reason":"stop"}]}` + "\n\ndata: [DONE]\n\n"
	piece := func(calls string) string {
		return `data: {"choices":[{"delta":{"tool_calls":[` + calls + `]}}]}` + "\n\n"
	}
	for name, body := range map[string]string{
		"all of index 0": piece(`{"index":0,"id":"a","function":{"name":"f","arguments":"{\"n\":"}}`) + piece(`{"index":0,"function":{"arguments":"1}"}}`) +
			piece(`{"index":0,"id":"b","function":{"name":"g","arguments":"{}"}}`),
		"no index": piece(`{"id":"a","function":{"name":"f","arguments":"{\"n\":1}"}}`) + piece(`{"id":"b","function":{"name":"g","arguments":"{}"}}`),
		"id and name with each piece": piece(`{"index":0,"id":"a","function":{"name":"f","arguments":"{\"n\":"}}`) +
			piece(`{"index":0,"id":"a","function":{"name":"f","arguments":"1}"}}`) + piece(`{"index":1,"id":"b","function":{"name":"g","arguments":"{}"}}`),
		"interleaved, from 1": piece(`{"index":1,"id":"a","function":{"name":"f","arguments":""}}`) + piece(`{"index":2,"id":"b","function":{"name":"g","arguments":""}}`) +
			piece(`{"index":1,"function":{"arguments":"{\"n\":1}"}},{"index":2,"function":{"arguments":"{}"}}`),
		"no ids": piece(`{"index":0,"function":{"name":"f","arguments":"{\"n\":1}"}}`) + piece(`{"index":1,"function":{"name":"g","arguments":"{}"}}`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/event-stream")
				_, _ = w.Write([]byte(body + end)) // whatever arrives is the test
			}))
			client := provider.NewClient(provider.Patience{})
			t.Cleanup(func() {
				client.CloseIdleConnections()
				server.Close()
			})
			var calls [2]provider.ToolCall
			answer, err := openai.New(openai.Options{ID: "lab", BaseURL: server.URL + "/v1", Compatible: true, HTTPClient: client}).Chat(t.Context(), provider.ChatRequest{
				Model: "m", MaxTokens: 10, Stream: true, Messages: []provider.Message{{Role: provider.RoleUser, Text: "hi"}},
			}, func(d provider.Delta) {
				c := &calls[d.ToolCall.Index]
				c.ID, c.Name, c.Arguments = c.ID+d.ToolCall.ID, c.Name+d.ToolCall.Name, c.Arguments+d.ToolCall.Arguments
			})
			if err != nil || answer.FinishReason != provider.FinishToolCalls {
				t.Fatalf("finished by %q, %v", answer.FinishReason, err)
			}
			if name == "no ids" {
				if calls[0].ID == "" || calls[0].ID == calls[1].ID {
					t.Errorf("the ids are %q and %q", calls[0].ID, calls[1].ID)
				}
				calls[0].ID, calls[1].ID = "a", "b"
			}
			if want := [2]provider.ToolCall{{ID: "a", Name: "f", Arguments: `{"n":1}`}, {ID: "b", Name: "g", Arguments: "{}"}}; calls != want {
				t.Errorf("got %+v", calls)
			}
		})
	}
}

// A gateway in OpenAI's place may send a call's arguments whole, or before their
// pieces as well.
func TestResponsesOfGateways(t *testing.T) {
	t.Parallel()
	event := func(kind, rest string) string {
		return `data: {"type":"` + kind + `","output_index":0,` + rest + "}\n\n"
	}
	item := `"item":{"type":"function_call","call_id":"c","name":"f","arguments":"{\"a\":1}"}`
	over := event("response.completed", `"response":{"id":"r","model":"m","status":"completed"}`)
	for name, body := range map[string]string{
		"no pieces": event("response.output_item.added", item) + event("response.function_call_arguments.done", `"arguments":"{\"a\":1}"`) + over,
		"pieces as well": event("response.output_item.added", item) + event("response.function_call_arguments.delta", `"delta":"{\"a\""`) +
			event("response.function_call_arguments.delta", `"delta":":1}"`) + event("response.function_call_arguments.done", `"arguments":"{\"a\":1}"`) + over,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/event-stream")
				_, _ = w.Write([]byte(body))
			}))
			t.Cleanup(server.Close)
			client := openai.New(openai.Options{APIKey: "sk", BaseURL: server.URL + "/v1"})
			arguments := ""
			a, err := client.Chat(t.Context(), provider.ChatRequest{
				Model: "m", MaxTokens: 10, Stream: true, Tools: []provider.Tool{{Name: "f"}}, Messages: []provider.Message{{Role: provider.RoleUser, Text: "?"}},
			}, func(d provider.Delta) {
				if d.ToolCall != nil {
					arguments += d.ToolCall.Arguments
				}
			})
			if err != nil || a.FinishReason != provider.FinishToolCalls || arguments != `{"a":1}` {
				t.Errorf("%q, finished by %q, %v", arguments, a.FinishReason, err)
			}
		})
	}
}
