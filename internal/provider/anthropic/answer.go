package anthropic

import (
	"encoding/json"

	sdk "github.com/anthropics/anthropic-sdk-go"

	"pulse/internal/provider"
)

// event is what we need of a stream's events; unknown ones are ignored.
type event struct {
	Type    string `json:"type"`
	Message struct {
		ID    string          `json:"id"`
		Model string          `json:"model"`
		Usage json.RawMessage `json:"usage"`
	} `json:"message"`
	Index        int `json:"index"`
	ContentBlock struct {
		Type     string `json:"type"`
		ID       string `json:"id"`
		Name     string `json:"name"`
		Text     string `json:"text"`
		Thinking string `json:"thinking"`
	} `json:"content_block"`
	Delta struct {
		Text        string         `json:"text"`
		Thinking    string         `json:"thinking"`
		PartialJSON string         `json:"partial_json"`
		StopReason  sdk.StopReason `json:"stop_reason"`
		StopDetails struct {
			Category    string `json:"category"`
			Explanation string `json:"explanation"`
		} `json:"stop_details"`
	} `json:"delta"`
	Usage json.RawMessage `json:"usage"`
}

// answer gathers an answer from its events.
type answer struct {
	call  *provider.Call
	known provider.ChatAnswer
	stop  sdk.StopReason
	raw   figures
}

// figures are the vendor's own, as they came.
type figures struct {
	Start json.RawMessage `json:"message_start,omitempty"`
	Delta json.RawMessage `json:"message_delta,omitempty"`
}

func (a *answer) take(e *event) {
	switch e.Type {
	case "message_start":
		a.known.ResponseID, a.known.Model = e.Message.ID, e.Message.Model
		a.raw.Start = e.Message.Usage
	case "content_block_start":
		a.call.Reasoning(e.ContentBlock.Thinking)
		a.call.Text(e.ContentBlock.Text)
		if b := &e.ContentBlock; b.Type == "tool_use" {
			a.call.Tool(provider.ToolCallDelta{Index: e.Index, ID: b.ID, Name: b.Name})
		}
	case "content_block_delta":
		if e.Delta.PartialJSON != "" {
			a.call.Tool(provider.ToolCallDelta{Index: e.Index, Arguments: e.Delta.PartialJSON})
		}
		a.call.Reasoning(e.Delta.Thinking)
		a.call.Text(e.Delta.Text)
	case "message_delta":
		if len(e.Usage) > 0 && string(e.Usage) != "null" {
			a.raw.Delta = e.Usage // cumulative: the last one counts
		}
		if e.Delta.StopReason != "" {
			a.stop = e.Delta.StopReason
			a.known.Note = e.Delta.StopDetails.Category
			if a.known.Note == "" {
				a.known.Note = e.Delta.StopDetails.Explanation
			}
		}
	}
}

func (a *answer) end() provider.ChatAnswer {
	a.known.Usage = a.raw.usage()
	switch a.stop {
	case "":
	case sdk.StopReasonEndTurn, sdk.StopReasonStopSequence:
		a.known.FinishReason = provider.FinishStop
	case sdk.StopReasonMaxTokens, sdk.StopReasonModelContextWindowExceeded:
		a.known.FinishReason = provider.FinishLength
	case sdk.StopReasonToolUse:
		a.known.FinishReason = provider.FinishToolCalls
	case sdk.StopReasonRefusal:
		a.known.FinishReason = provider.FinishRefusal
		if a.known.Note == "" {
			a.known.Note = string(a.stop)
		}
	default: // pause_turn, and what is still to be invented
		a.known.FinishReason, a.known.Note = provider.FinishOther, string(a.stop)
	}
	return a.known
}

// tokens are Anthropic's figures. A pointer is nil where one is not given.
type tokens struct {
	Input   *int64 `json:"input_tokens"`
	Read    *int64 `json:"cache_read_input_tokens"`
	Written *int64 `json:"cache_creation_input_tokens"`
	Split   *struct {
		FiveMinutes int64 `json:"ephemeral_5m_input_tokens"`
		Hour        int64 `json:"ephemeral_1h_input_tokens"`
	} `json:"cache_creation"`
	Output  *int64 `json:"output_tokens"`
	Details *struct {
		Thinking int64 `json:"thinking_tokens"`
	} `json:"output_tokens_details"`
}

// usage maps the figures: input_tokens already excludes the cache, output_tokens
// includes the thinking. Only message_start splits the cache's writes; what
// message_delta adds to them, or what nobody split, lived for five minutes.
func (f figures) usage() provider.Usage {
	var start, last tokens
	known := json.Unmarshal(f.Start, &start) == nil
	known = json.Unmarshal(f.Delta, &last) == nil || known
	if !known {
		return provider.Usage{}
	}
	u := provider.Usage{
		Input:     latest(last.Input, start.Input),
		CacheRead: latest(last.Read, start.Read),
		Output:    latest(last.Output, start.Output),
	}
	written := latest(last.Written, start.Written)
	for _, t := range []tokens{start, last} {
		if t.Split != nil {
			u.CacheWrite1h = t.Split.Hour
			written = max(written, t.Split.FiveMinutes+t.Split.Hour)
		}
		if t.Details != nil {
			u.Reasoning = t.Details.Thinking
		}
	}
	u.CacheWrite = written - u.CacheWrite1h
	if raw, err := json.Marshal(f); err == nil {
		u.Raw = raw
	}
	return u
}

func latest(last, start *int64) int64 {
	switch {
	case last != nil:
		return *last
	case start != nil:
		return *start
	}
	return 0
}
