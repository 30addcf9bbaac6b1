package anthropic_test

import (
	"net/http"
	"testing"

	"go.uber.org/goleak"

	"pulse/internal/provider"
	"pulse/internal/provider/anthropic"
	"pulse/internal/provider/providertest"
	"pulse/internal/provider/standin"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func subject() providertest.Subject {
	return providertest.Subject{
		Provider: "anthropic", Model: "claude-sonnet-5-5", Standin: standin.NewAnthropic, Models: standin.AnthropicModels(), Effort: "high",
		ShowsThinking: true, TakesUserHash: true, AlwaysStreams: true, AlwaysReports: true,
		New: func(_ testing.TB, address, key string, client *http.Client) provider.Chatter {
			return anthropic.New(anthropic.Options{APIKey: key, BaseURL: address, HTTPClient: client})
		},
		Sampling: "claude-opus-4-6",
		Cannot: []providertest.Inability{
			{Param: "response_format", Ask: func(q *provider.ChatRequest) { q.Format = &provider.Format{} }},
			{Param: "stop", Ask: func(q *provider.ChatRequest) { q.Stop = []string{"END", "\n"} }},
			{Param: "top_p", Ask: func(q *provider.ChatRequest) { q.Model, q.TopP, q.Temperature = "claude-opus-4-6", new(0.5), new(0.5) }},
			{Param: "tool_choice", Ask: func(q *provider.ChatRequest) { q.Model, q.ToolChoice.Mode = "claude-fable-5-2", provider.ToolRequired }},
		},
		Usage: provider.Usage{Input: 100, CacheRead: 2000, CacheWrite: 30, CacheWrite1h: 70, Output: 400, Reasoning: 150},
		Ends: map[string]provider.FinishReason{
			"stop_sequence": provider.FinishStop, "tool_use": provider.FinishToolCalls, "pause_turn": provider.FinishOther,
			"refusal": provider.FinishRefusal, "model_context_window_exceeded": provider.FinishLength,
		},
		Note: "bio",
		Refusals: []providertest.Refusal{
			{Name: "context", Failure: standin.Failure{Status: 400, Message: "prompt is too long: 1000001 tokens > 1000000 maximum"}, Kind: provider.KindTooLong},
			{Name: "balance", Failure: standin.Failure{Status: 400, Message: "Your credit balance is too low to access the Anthropic API."}, Kind: provider.KindNoCredit},
			{Name: "conflict", Failure: standin.Failure{Status: 409}, Kind: provider.KindOverloaded},
		},
		Events: []providertest.Refusal{
			{Name: "overloaded", Failure: standin.Failure{Code: "overloaded_error", Message: "Overloaded"}, Kind: provider.KindOverloaded},
			{Name: "rate", Failure: standin.Failure{Code: "rate_limit_error"}, Kind: provider.KindRateLimited},
			{Name: "internal", Failure: standin.Failure{Code: "api_error"}, Kind: provider.KindOverloaded},
			{Name: "new", Failure: standin.Failure{Code: "something_new"}, Kind: provider.KindOverloaded},
		},
	}
}

func TestAnthropic(t *testing.T) {
	t.Parallel()
	providertest.Run(t, subject())
}

func BenchmarkStream(b *testing.B) { providertest.Benchmark(b, subject(), true) }
func BenchmarkPlain(b *testing.B)  { providertest.Benchmark(b, subject(), false) }
