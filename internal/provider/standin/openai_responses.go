package standin

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"pulse/internal/provider"
)

type responsesRequest struct {
	Model         string          `json:"model"`
	Instructions  string          `json:"instructions"`
	Input         []responsesItem `json:"input"`
	Store         *bool           `json:"store"`
	Stream        bool            `json:"stream"`
	StreamOptions struct {
		IncludeObfuscation *bool `json:"include_obfuscation"`
	} `json:"stream_options"`
	MaxOutputTokens  int      `json:"max_output_tokens"`
	Temperature      *float64 `json:"temperature"`
	TopP             *float64 `json:"top_p"`
	SafetyIdentifier string   `json:"safety_identifier"`
	Reasoning        struct {
		Effort string `json:"effort"`
	} `json:"reasoning"`
	Tools             []responsesTool `json:"tools"`
	ToolChoice        openAIChoice    `json:"tool_choice"`
	ParallelToolCalls *bool           `json:"parallel_tool_calls"`
	Text              struct {
		Format *responsesFormat `json:"format"`
	} `json:"text"`
}

type responsesTool struct {
	openAIFunction

	Type string `json:"type"`
}

type responsesFormat struct {
	openAISchema

	Type string `json:"type"`
}

// responsesItem is a message, a call of the model's, or a call's result.
type responsesItem struct {
	Type      string           `json:"type"`
	Role      string           `json:"role"`
	Content   responsesContent `json:"content"`
	CallID    string           `json:"call_id"`
	Name      string           `json:"name"`
	Arguments string           `json:"arguments"`
	Output    string           `json:"output"`
}

// responsesContent is content with this API's names.
type responsesContent []struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	ImageURL string `json:"image_url"`
	Detail   string `json:"detail"`
}

// UnmarshalJSONFrom reads a text or parts.
func (c *responsesContent) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	var plain content
	type parts responsesContent
	if dec.PeekKind() != '"' {
		return json.UnmarshalDecode(dec, (*parts)(c))
	}
	err := json.UnmarshalDecode(dec, &plain)
	*c = responsesContent{{Type: "input_text", Text: plain.text()}}
	return err
}

func (a openAI) respond(w http.ResponseWriter, r *http.Request) {
	a.server.note(func(b *Books) { b.Requests++ })
	v := &responsesVoice{openAIVoice: openAIVoice{}}
	if f := a.door(r); f.Status != 0 {
		a.server.refuse(w, v, f)
		return
	}
	var body responsesRequest
	if unknown, err := strictly(r, &body); err != nil {
		message := err.Error()
		if unknown != "" {
			message = "Unknown parameter: '" + unknown + "'."
		}
		a.server.refuse(w, v, Failure{Status: http.StatusBadRequest, Code: "unknown_parameter", Message: message})
		return
	}
	req, f := understandResponses(&body)
	if f.Status != 0 {
		a.server.refuse(w, v, f)
		return
	}
	v.model = body.Model
	w.Header().Set("X-Request-Id", "req_standin")
	a.server.answer(w, r, v, req)
}

func understandResponses(b *responsesRequest) (provider.ChatRequest, Failure) {
	req := provider.ChatRequest{
		Model: b.Model, System: b.Instructions, MaxTokens: b.MaxOutputTokens, Temperature: b.Temperature, ReasoningEffort: b.Reasoning.Effort,
		Stream: b.Stream, UserHash: b.SafetyIdentifier, TopP: b.TopP, ToolChoice: b.ToolChoice.choice(), ParallelToolCalls: b.ParallelToolCalls,
	}
	withoutSampling := slices.Contains(openAIWithoutSampling, b.Model)
	switch {
	case !withoutSampling && !slices.Contains(openAIOthers, b.Model):
		return req, Failure{Status: http.StatusNotFound, Code: "model_not_found", Message: "The model `" + b.Model + "` does not exist."}
	case b.Store == nil || *b.Store:
		return req, unsupported("this stand-in insists on store:false, since the API keeps responses otherwise")
	case !b.Stream && b.StreamOptions.IncludeObfuscation != nil:
		return req, unsupported("The 'stream_options' parameter is only allowed when 'stream' is enabled.")
	case (b.Temperature != nil && *b.Temperature != 1 || b.TopP != nil && *b.TopP != 1) && withoutSampling && b.Reasoning.Effort != effortNone:
		return req, unsupported("Unsupported parameter: 'temperature' and 'top_p' are not supported with this model.")
	case b.Reasoning.Effort == effortNone && slices.Contains(openAIAlwaysThinking, b.Model):
		return req, unsupported("Unsupported value: 'none' is not supported with this model.")
	}
	for _, t := range b.Tools {
		if t.Type != "function" || t.Strict == nil {
			return req, unsupported("tools: a function with strict set is all that this stand-in knows")
		}
		req.Tools = append(req.Tools, t.tool())
	}
	if f := b.Text.Format; f != nil {
		switch {
		case f.Type == jsonObject:
			req.Format = &provider.Format{}
		case f.Type == "json_schema" && f.valid():
			req.Format = f.format()
		default:
			return req, unsupported("Invalid 'text.format'.")
		}
	}
	for i, item := range b.Input {
		if err := item.into(&req); err != nil {
			return req, Failure{Status: http.StatusBadRequest, Message: fmt.Sprintf("input[%d]: %v", i, err)}
		}
	}
	return req, toolsOf(req)
}

// into adds an item to the messages; calls belong to the answer before them.
func (i responsesItem) into(req *provider.ChatRequest) error {
	switch {
	case len(i.CallID) > 64: //nolint:mnd // OpenAI's most
		return errors.New("invalid 'call_id': string too long, expected a string with maximum length 64")
	case i.Type == "function_call":
		call := provider.ToolCall{ID: i.CallID, Name: i.Name, Arguments: i.Arguments}
		if n := len(req.Messages); n > 0 && req.Messages[n-1].Role == provider.RoleAssistant {
			req.Messages[n-1].ToolCalls = append(req.Messages[n-1].ToolCalls, call)
			return nil
		}
		req.Messages = append(req.Messages, provider.Message{Role: provider.RoleAssistant, ToolCalls: []provider.ToolCall{call}})
	case i.Type == "function_call_output":
		req.Messages = append(req.Messages, provider.Message{Role: provider.RoleTool, Text: i.Output, ToolCallID: i.CallID})
	case (i.Type == "" || i.Type == "message") && (i.Role == provider.RoleUser || i.Role == provider.RoleAssistant):
		m := provider.Message{Role: i.Role}
		for _, p := range i.Content {
			switch {
			case p.Type == "input_text":
				m.Text += p.Text
			case p.Type == "input_image" && i.Role == provider.RoleUser:
				kind, data, _ := dataURI(p.ImageURL)
				picture, err := picture(kind, data, "image/png", "image/jpeg", "image/gif", "image/webp")
				if err != nil {
					return err
				}
				m.Images = append(m.Images, picture)
			default:
				return fmt.Errorf("invalid content %q", p.Type)
			}
		}
		req.Messages = append(req.Messages, m)
	default:
		return fmt.Errorf("invalid item %q of %q", i.Type, i.Role)
	}
	return nil
}

// responsesVoice writes the events of a response.
type responsesVoice struct {
	openAIVoice

	sequence int
	index    int               // of the open output item
	open     string            // its type, "" when none is
	call     provider.ToolCall // the open call
	written  strings.Builder   // the text or the arguments of the open item
	output   []string          // the items that are done
}

const responsesID = "resp_standin"

func (v *responsesVoice) event(buf []byte, name, rest string) []byte {
	v.sequence++
	return fmt.Appendf(buf, "event: %s\ndata: {\"type\":\"%s\",\"sequence_number\":%d%s}\n\n", name, name, v.sequence, rest)
}

func (v *responsesVoice) body(status, rest string) string {
	return fmt.Sprintf(`{"id":"%s","object":"response","created_at":1763769600,"status":"%s","model":%s,"error":null%s}`, responsesID, status, quoted(v.model), rest)
}

func (v *responsesVoice) begin(buf []byte, _ *performance) []byte {
	buf = v.event(buf, "response.created", `,"response":`+v.body("in_progress", `,"output":[],"usage":null`))
	return v.event(buf, "response.in_progress", `,"response":`+v.body("in_progress", `,"output":[],"usage":null`))
}

func (v *responsesVoice) item(buf []byte, kind, item string) []byte {
	v.open = kind
	return v.event(buf, "response.output_item.added", fmt.Sprintf(`,"output_index":%d,"item":%s`, v.index, item))
}

// close ends the open item as the API does: what came in pieces comes once more, whole.
func (v *responsesVoice) close(buf []byte) []byte {
	if v.open == "" {
		return buf
	}
	var item string
	text := v.written.String()
	at := fmt.Sprintf(`,"item_id":"%s","output_index":%d`, v.itemID(), v.index)
	if v.open == "message" {
		item = v.message(text)
		buf = v.event(buf, "response.output_text.done", at+`,"content_index":0,"logprobs":[],"text":`+quoted(text))
		buf = v.event(buf, "response.content_part.done", at+`,"content_index":0,"part":{"type":"output_text","annotations":[],"text":`+quoted(text)+`}`)
	} else {
		v.call.Arguments = text
		item = v.functionCall(v.call)
		buf = v.event(buf, "response.function_call_arguments.done", at+`,"arguments":`+quoted(text))
	}
	buf = v.event(buf, "response.output_item.done", fmt.Sprintf(`,"output_index":%d,"item":%s`, v.index, item))
	v.output = append(v.output, item)
	v.open = ""
	v.written.Reset()
	v.index++
	return buf
}

// itemID is the open item's, which is not the id of a call.
func (v *responsesVoice) itemID() string { return fmt.Sprintf("item_%d", v.index) }

func (v *responsesVoice) message(text string) string {
	return fmt.Sprintf(`{"id":"%s","type":"message","role":"assistant","status":"completed","content":[{"type":"output_text","text":%s,"annotations":[]}]}`,
		v.itemID(), quoted(text))
}

func (v *responsesVoice) functionCall(c provider.ToolCall) string {
	return fmt.Sprintf(`{"id":"%s","type":"function_call","status":"completed","call_id":%s,"name":%s,"arguments":%s}`,
		v.itemID(), quoted(c.ID), quoted(c.Name), quoted(c.Arguments))
}

// thought writes nothing: OpenAI shows summaries to those who ask for them.
func (v *responsesVoice) thought(buf []byte, _ string) []byte { return buf }

func (v *responsesVoice) said(buf []byte, piece string) []byte {
	if v.open != "message" {
		buf = v.close(buf)
		buf = v.item(buf, "message", `{"id":"`+v.itemID()+`","type":"message","role":"assistant","status":"in_progress","content":[]}`)
		buf = v.event(buf, "response.content_part.added", fmt.Sprintf(
			`,"item_id":"%s","output_index":%d,"content_index":0,"part":{"type":"output_text","annotations":[],"text":""}`, v.itemID(), v.index))
	}
	v.written.WriteString(piece)
	return v.event(buf, "response.output_text.delta", fmt.Sprintf(
		`,"item_id":"%s","output_index":%d,"content_index":0,"logprobs":[],"delta":%s`, v.itemID(), v.index, quoted(piece)))
}

func (v *responsesVoice) calls(buf []byte, _ int, c provider.ToolCall) []byte {
	buf = v.close(buf)
	v.call = c
	return v.item(buf, "function_call", fmt.Sprintf(
		`{"id":"%s","type":"function_call","status":"in_progress","call_id":%s,"name":%s,"arguments":""}`, v.itemID(), quoted(c.ID), quoted(c.Name)))
}

func (v *responsesVoice) argues(buf []byte, _ int, piece string) []byte {
	v.written.WriteString(piece)
	return v.event(buf, "response.function_call_arguments.delta", fmt.Sprintf(`,"item_id":"%s","output_index":%d,"delta":%s`, v.itemID(), v.index, quoted(piece)))
}

func (v *responsesVoice) end(buf []byte, p *performance) []byte {
	buf = v.close(buf)
	name, body := v.over(p)
	return v.event(buf, name, `,"response":`+body)
}

// over gives the last event's name and the response, with all that was said.
func (v *responsesVoice) over(p *performance) (name, body string) {
	status, why := "completed", none
	switch reason := p.script.finish(); {
	case p.script.Word != "":
		status, why = "incomplete", `{"reason":`+quoted(p.script.Word)+`}`
	case reason == provider.FinishLength:
		status, why = "incomplete", `{"reason":"max_output_tokens"}`
	case reason == provider.FinishRefusal:
		status, why = "incomplete", `{"reason":"content_filter"}`
	}
	usage := ""
	if !p.script.HideUsage {
		u := p.usage
		usage = fmt.Sprintf(`,"usage":{"input_tokens":%d,"input_tokens_details":{"cached_tokens":%d,"cache_write_tokens":%d},`+
			`"output_tokens":%d,"output_tokens_details":{"reasoning_tokens":%d},"total_tokens":%d}`,
			u.Prompt(), u.CacheRead, u.CacheWrite+u.CacheWrite1h, u.Output, u.Reasoning, u.Total())
	}
	return "response." + status, v.body(status, `,"incomplete_details":`+why+`,"output":[`+strings.Join(v.output, ",")+`]`+usage)
}

func (v *responsesVoice) broken(buf []byte) []byte {
	return append(buf, "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"delta\":\"half a\n\n"...)
}

func (v *responsesVoice) failed(buf []byte, f Failure) []byte {
	return v.event(buf, "error", `,"code":`+quoted(f.Code)+`,"message":`+quoted(f.Message)+`,"param":null`)
}

func (v *responsesVoice) whole(p *performance, _, text string) []byte {
	if text != "" {
		v.output = append(v.output, v.message(text))
		v.index++
	}
	for _, c := range p.script.Calls {
		v.output = append(v.output, v.functionCall(c))
		v.index++
	}
	_, body := v.over(p)
	return []byte(body)
}
