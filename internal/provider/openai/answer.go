package openai

import (
	"encoding/json"

	"pulse/internal/provider"
)

// chunk is what we need of a chat.completion.chunk, and of a chat.completion,
// which differs in nothing but where the text is.
type chunk struct {
	ID      string `json:"id"`
	Model   string `json:"model"`
	Choices []struct {
		Delta        text   `json:"delta"`
		Message      text   `json:"message"`
		FinishReason string `json:"finish_reason"`
	} `json:"choices"`
	Usage json.RawMessage `json:"usage"`
}

type text struct {
	Content          string `json:"content"`
	Refusal          string `json:"refusal"`
	ReasoningContent string `json:"reasoning_content"` // vLLM, LM Studio, DeepSeek
	Reasoning        string `json:"reasoning"`         // OpenRouter, Ollama

	ToolCalls []toolCall `json:"tool_calls"`
}

type toolCall struct {
	Index    *int   `json:"index"` // in a stream only
	ID       string `json:"id"`
	Function struct {
		Name      string `json:"name"`
		Arguments string `json:"arguments"`
	} `json:"function"`
}

// answer gathers an answer from its chunks.
type answer struct {
	call    *provider.Call
	known   provider.ChatAnswer
	refused bool
	finish  string
}

func (a *answer) take(c *chunk) {
	if a.known.ResponseID == "" {
		a.known.ResponseID = c.ID
	}
	if c.Model != "" {
		a.known.Model = c.Model
	}
	if len(c.Usage) > 0 && string(c.Usage) != "null" {
		if u, ok := usageOf(c.Usage); ok {
			a.known.Usage = u
		}
	}
	for i := range c.Choices {
		choice := &c.Choices[i]
		a.say(&choice.Delta)
		a.say(&choice.Message)
		if choice.FinishReason != "" {
			a.finish = choice.FinishReason
		}
	}
}

func (a *answer) say(t *text) {
	switch { // some servers send the same thinking under both names
	case t.ReasoningContent != "":
		a.call.Reasoning(t.ReasoningContent)
	case t.Reasoning != "":
		a.call.Reasoning(t.Reasoning)
	}
	if t.Refusal != "" { // the model's own words for its refusal: the person should read them
		a.refused = true
		a.call.Text(t.Refusal)
	}
	a.call.Text(t.Content)
	for i := range t.ToolCalls {
		c := &t.ToolCalls[i]
		index := i
		if c.Index != nil {
			index = *c.Index
		}
		a.call.Tool(provider.ToolCallDelta{Index: index, ID: c.ID, Name: c.Function.Name, Arguments: c.Function.Arguments})
	}
}

func (a *answer) end() provider.ChatAnswer {
	switch {
	case a.finish == "":
	case a.refused:
		a.known.FinishReason, a.known.Note = provider.FinishRefusal, "refusal"
	case a.finish == "content_filter":
		a.known.FinishReason, a.known.Note = provider.FinishRefusal, a.finish
	case a.finish == "stop":
		a.known.FinishReason = provider.FinishStop
	case a.finish == "length":
		a.known.FinishReason = provider.FinishLength
	case a.finish == "tool_calls", a.finish == "function_call":
		a.known.FinishReason = provider.FinishToolCalls
	default:
		a.known.FinishReason, a.known.Note = provider.FinishOther, a.finish
	}
	return a.known
}

// usageOf maps OpenAI's figures: the prompt's count includes what was read from
// and (assumed: the documents do not say) written to the cache, the answer's
// includes the reasoning. ok is false for something that is no usage.
func usageOf(raw json.RawMessage) (provider.Usage, bool) {
	var u struct {
		Prompt     int64 `json:"prompt_tokens"`
		Completion int64 `json:"completion_tokens"`
		In         struct {
			Cached  int64 `json:"cached_tokens"`
			Written int64 `json:"cache_write_tokens"`
		} `json:"prompt_tokens_details"`
		Out struct {
			Reasoning int64 `json:"reasoning_tokens"`
		} `json:"completion_tokens_details"`
	}
	if err := json.Unmarshal(raw, &u); err != nil {
		return provider.Usage{}, false
	}
	return provider.Usage{
		Input:     max(0, u.Prompt-u.In.Cached-u.In.Written),
		CacheRead: u.In.Cached, CacheWrite: u.In.Written,
		Output: u.Completion, Reasoning: u.Out.Reasoning,
		Raw: raw,
	}, true
}
