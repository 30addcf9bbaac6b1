package httpd

import (
	"github.com/danielgtaylor/huma/v2"

	"pulse/internal/provider"
	"pulse/internal/usage"
)

// USD is money as the API shows it: a JSON number in US dollars that is exact
// to a nano-dollar (it is written as a decimal, never through a float).
type USD usage.Nanos

// MarshalJSON writes the amount as a decimal number.
func (u USD) MarshalJSON() ([]byte, error) { return []byte(usage.Nanos(u).String()), nil }

// Schema tells OpenAPI what MarshalJSON writes.
func (USD) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeNumber, Description: "US dollars, exact to a nano-dollar"}
}

// TokenUsage is what an answer took, as the API shows it.
type TokenUsage struct {
	PromptTokens     int64 `json:"prompt_tokens" doc:"Everything that went in, cached tokens included"`
	CompletionTokens int64 `json:"completion_tokens" doc:"Everything that came out, reasoning included"`
	CachedTokens     int64 `json:"cached_tokens" doc:"Of the prompt: read from the provider's cache"`
	ReasoningTokens  int64 `json:"reasoning_tokens" doc:"Of the completion: thinking"`
	TotalTokens      int64 `json:"total_tokens" doc:"What the quota is charged"`
	CostUSD          USD   `json:"cost_usd"`
	Estimated        bool  `json:"estimated" doc:"Counted by Pulse, because the provider did not say"`
}

// UsageOf makes the API's shape of what was booked.
func UsageOf(u provider.Usage, cost usage.Nanos) TokenUsage {
	return TokenUsage{
		PromptTokens: u.Prompt(), CompletionTokens: u.Output, CachedTokens: u.CacheRead, ReasoningTokens: u.Reasoning,
		TotalTokens: u.Total(), CostUSD: USD(cost), Estimated: u.Estimated,
	}
}
