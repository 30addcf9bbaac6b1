package openai

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	sdk "github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/packages/param"
	"github.com/openai/openai-go/v3/packages/ssestream"
	"github.com/openai/openai-go/v3/responses"
	"github.com/openai/openai-go/v3/shared"

	"pulse/internal/provider"
)

// OpenAI's models from GPT-5.4 on take tools together with reasoning by the
// Responses API only, and some of them always reason: so a chat with tools goes
// there. All others stay with Chat Completions, which the compatible servers
// speak, too. Calls go back without the reasoning that led to them, which
// clients of Chat Completions do not have, and without an item's id, since with
// one the API insists on that reasoning.

const responsesPath = "responses"

// respond answers a chat with tools.
func (c *Client) respond(call *provider.Call, req provider.ChatRequest) (provider.ChatAnswer, error) {
	a := response{call: call}
	if !req.Stream {
		var whole responseBody
		err := c.postResponse(call.Context(), req, &whole)
		if err == nil {
			a.whole(&whole)
			err = a.failed
		}
		return call.End(a.end(), explain(err))
	}
	var raw *http.Response
	err := c.postResponse(call.Context(), req, &raw, option.WithJSONSet("stream", true))
	stream := ssestream.NewStream[*responseEvent](ssestream.NewDecoder(raw), err)
	defer func() { _ = stream.Close() }() // nothing of the answer depends on it
	for stream.Next() {
		if next := stream.Current(); next != nil {
			a.take(next)
		}
	}
	err = a.failed
	if err == nil {
		err = stream.Err()
	}
	return call.End(a.end(), explain(err))
}

func (c *Client) postResponse(ctx context.Context, req provider.ChatRequest, into any, opts ...option.RequestOption) error {
	return c.sdk.Post(ctx, responsesPath, responseParams(req), into, opts...) //nolint:wrapcheck // explain does
}

func responseParams(req provider.ChatRequest) responses.ResponseNewParams {
	p := responses.ResponseNewParams{
		Model: req.Model, MaxOutputTokens: sdk.Int(int64(req.MaxTokens)),
		Store:     sdk.Bool(false), // it is kept otherwise
		Reasoning: shared.ReasoningParam{Effort: shared.ReasoningEffort(req.ReasoningEffort)},
		Input:     responses.ResponseNewParamsInputUnion{OfInputItemList: inputOf(req.Messages)},
	}
	if req.System != "" {
		p.Instructions = sdk.String(req.System)
	}
	if req.Temperature != nil {
		p.Temperature = sdk.Float(*req.Temperature)
	}
	if req.TopP != nil {
		p.TopP = sdk.Float(*req.TopP)
	}
	if req.UserHash != "" {
		p.SafetyIdentifier = sdk.String(req.UserHash)
	}
	for _, t := range req.Tools {
		f := functionOf(t)
		f.Type = "function"
		f.Strict = new(t.Strict) // unlike Chat Completions, it is strict when nobody says
		p.Tools = append(p.Tools, responses.ToolUnionParam{OfFunction: new(param.Override[responses.FunctionToolParam](f))})
	}
	switch m := req.ToolChoice.Mode; m {
	case "":
	case provider.ToolNamed:
		p.ToolChoice.OfFunctionTool = &responses.ToolChoiceFunctionParam{Name: req.ToolChoice.Name}
	case provider.ToolAuto, provider.ToolNone, provider.ToolRequired:
		p.ToolChoice.OfToolChoiceMode = sdk.Opt(responses.ToolChoiceOptions(m))
	}
	if req.ParallelToolCalls != nil {
		p.ParallelToolCalls = sdk.Bool(*req.ParallelToolCalls)
	}
	switch f := req.Format; {
	case f == nil:
	case f.Schema == nil:
		p.Text.Format.OfJSONObject = &shared.ResponseFormatJSONObjectParam{}
	default:
		s := schemaOf(f)
		s.Type = "json_schema"
		p.Text.Format.OfJSONSchema = new(param.Override[responses.ResponseFormatTextJSONSchemaConfigParam](s))
	}
	if req.Stream {
		p.StreamOptions.IncludeObfuscation = sdk.Bool(false)
	}
	return p
}

func inputOf(messages []provider.Message) responses.ResponseInputParam {
	items := make(responses.ResponseInputParam, 0, len(messages))
	for _, m := range messages {
		switch m.Role {
		case provider.RoleTool:
			item := responses.ResponseInputItemParamOfFunctionCallOutput(m.Text)
			item.OfFunctionCallOutput.CallID = sdk.String(provider.PlainID(m.ToolCallID))
			items = append(items, item)
		case provider.RoleAssistant:
			if m.Text != "" {
				items = append(items, responses.ResponseInputItemParamOfMessage(m.Text, responses.EasyInputMessageRoleAssistant))
			}
			for _, c := range m.ToolCalls {
				items = append(items, responses.ResponseInputItemParamOfFunctionCall(c.Arguments, provider.PlainID(c.ID), c.Name))
			}
		default:
			items = append(items, responses.ResponseInputItemParamOfMessage(contentOf(m), responses.EasyInputMessageRoleUser))
		}
	}
	return items
}

// contentOf gives a question with its pictures first, which come as data URIs.
func contentOf(m provider.Message) responses.ResponseInputMessageContentListParam {
	list := make(responses.ResponseInputMessageContentListParam, 0, len(m.Images)+1)
	for _, image := range m.Images {
		uri := "data:" + image.ContentType + ";base64," + base64.StdEncoding.EncodeToString(image.Data)
		list = append(list, responses.ResponseInputContentUnionParam{OfInputImage: &responses.ResponseInputImageParam{
			ImageURL: sdk.String(uri), Detail: responses.ResponseInputImageDetailAuto,
		}})
	}
	if m.Text != "" || len(m.Images) == 0 {
		list = append(list, responses.ResponseInputContentParamOfInputText(m.Text))
	}
	return list
}

// responseBody is what we need of a response.
type responseBody struct {
	ID     string `json:"id"`
	Model  string `json:"model"`
	Status string `json:"status"`
	Error  *struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
	Incomplete struct {
		Reason string `json:"reason"`
	} `json:"incomplete_details"`
	Output []responseItem  `json:"output"`
	Usage  json.RawMessage `json:"usage"`
}

type responseItem struct {
	Type      string `json:"type"`
	CallID    string `json:"call_id"`
	Name      string `json:"name"`
	Arguments string `json:"arguments"`
	Content   []struct {
		Text    string `json:"text"`
		Refusal string `json:"refusal"`
	} `json:"content"`
}

// responseEvent is what we need of a stream's events; unknown ones are ignored.
type responseEvent struct {
	Type     string       `json:"type"`
	Delta    string       `json:"delta"`
	Whole    string       `json:"arguments"` // of a call, when it is done
	Index    int          `json:"output_index"`
	Item     responseItem `json:"item"`
	Response responseBody `json:"response"`
	Code     string       `json:"code"`
	Message  string       `json:"message"`
}

// response gathers an answer from events.
type response struct {
	call    *provider.Call
	known   provider.ChatAnswer
	refused bool
	failed  error
	argued  map[int]bool // by output index: arguments of the call have come
}

func (a *response) take(e *responseEvent) {
	switch e.Type {
	case "response.output_text.delta":
		a.call.Text(e.Delta)
	case "response.refusal.delta":
		a.refused = true
		a.call.Text(e.Delta)
	case "response.reasoning_summary_text.delta":
		a.call.Reasoning(e.Delta)
	case "response.output_item.added":
		if e.Item.Type == "function_call" {
			a.call.Tool(provider.ToolCallDelta{Index: e.Index, ID: e.Item.CallID, Name: e.Item.Name})
		}
	case "response.function_call_arguments.delta":
		a.argue(e.Index, e.Delta)
	case "response.function_call_arguments.done": // a gateway may have sent no pieces
		if !a.argued[e.Index] {
			a.argue(e.Index, e.Whole)
		}
	case "response.completed", "response.incomplete", "response.failed":
		a.over(&e.Response)
	case "error":
		a.failed = refusal(http.StatusOK, e.Code, "error", e.Message)
	}
}

func (a *response) argue(index int, piece string) {
	if a.argued == nil {
		a.argued = map[int]bool{}
	}
	a.argued[index] = true
	a.call.Tool(provider.ToolCallDelta{Index: index, Arguments: piece})
}

func (a *response) whole(r *responseBody) {
	for i := range r.Output {
		item := &r.Output[i]
		switch item.Type {
		case "function_call":
			a.call.Tool(provider.ToolCallDelta{Index: i, ID: item.CallID, Name: item.Name, Arguments: item.Arguments})
		case "message":
			for _, c := range item.Content {
				a.refused = a.refused || c.Refusal != ""
				a.call.Text(c.Refusal)
				a.call.Text(c.Text)
			}
		}
	}
	a.over(r)
}

// over takes how a response ended. Calls are told apart from text by the call.
func (a *response) over(r *responseBody) {
	a.known.ResponseID, a.known.Model = r.ID, r.Model
	if u, ok := responseUsage(r.Usage); ok {
		a.known.Usage = u
	}
	switch reason := r.Incomplete.Reason; {
	case r.Status == "failed" && r.Error != nil:
		a.failed = refusal(http.StatusOK, r.Error.Code, "", r.Error.Message)
	case r.Status == "failed":
		a.failed = errors.New("openai: the response failed without a word")
	case a.refused:
		a.known.FinishReason, a.known.Note = provider.FinishRefusal, "refusal"
	case r.Status == "completed":
		a.known.FinishReason = provider.FinishStop
	case reason == "max_output_tokens":
		a.known.FinishReason = provider.FinishLength
	case reason == "content_filter":
		a.known.FinishReason, a.known.Note = provider.FinishRefusal, reason
	default:
		a.known.FinishReason, a.known.Note = provider.FinishOther, strings.TrimSpace(r.Status+" "+reason)
	}
}

func (a *response) end() provider.ChatAnswer { return a.known }

// responseUsage maps the figures as usageOf does those of Chat Completions.
func responseUsage(raw json.RawMessage) (provider.Usage, bool) {
	var u struct {
		Prompt int64 `json:"input_tokens"`
		Output int64 `json:"output_tokens"`
		In     struct {
			Cached  int64 `json:"cached_tokens"`
			Written int64 `json:"cache_write_tokens"`
		} `json:"input_tokens_details"`
		Out struct {
			Reasoning int64 `json:"reasoning_tokens"`
		} `json:"output_tokens_details"`
	}
	if len(raw) == 0 || string(raw) == "null" || json.Unmarshal(raw, &u) != nil {
		return provider.Usage{}, false
	}
	return provider.Usage{
		Input:     max(0, u.Prompt-u.In.Cached-u.In.Written),
		CacheRead: u.In.Cached, CacheWrite: u.In.Written,
		Output: u.Output, Reasoning: u.Out.Reasoning,
		Raw: raw,
	}, true
}
