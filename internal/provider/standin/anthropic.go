package standin

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"pulse/internal/provider"
)

// The models that Anthropic's stand-in has, by what they accept.
var (
	anthropicWithoutSampling = []string{
		"claude-fable-5-2", "claude-fable-5-1", "claude-fable-5", "claude-opus-5-5", "claude-sonnet-5-5",
		"claude-haiku-5-5", "claude-opus-5", "claude-sonnet-5", "claude-opus-4-8", "claude-opus-4-7",
	}
	anthropicWithSampling = []string{
		"claude-opus-4-6", "claude-sonnet-4-6", "claude-opus-4-5", "claude-sonnet-4-5", "claude-haiku-4-5-20251001",
	}
	anthropicWithoutAdaptive = []string{"claude-opus-4-5", "claude-sonnet-4-5", "claude-haiku-4-5-20251001"}
)

// AnthropicModels are those that Anthropic's stand-in has.
func AnthropicModels() []string {
	return slices.Concat(anthropicWithoutSampling, anthropicWithSampling)
}

// NewAnthropic stands in for Anthropic: POST /v1/messages and GET /v1/models.
func NewAnthropic(play Play) *Server {
	s := newServer(play)
	s.mux.HandleFunc("GET /v1/models", anthropic{s}.models)
	s.mux.HandleFunc("POST /v1/messages", anthropic{s}.messages)
	return s
}

type anthropic struct{ server *Server }

type anthropicRequest struct {
	Model     string             `json:"model"`
	MaxTokens *int               `json:"max_tokens"`
	System    content            `json:"system"`
	Messages  []anthropicMessage `json:"messages"`
	Stream    bool               `json:"stream"`

	Temperature  *float64           `json:"temperature"`
	Thinking     *anthropicThinking `json:"thinking"`
	OutputConfig *anthropicOutput   `json:"output_config"`
	Metadata     *anthropicMetadata `json:"metadata"`

	TopP          *float64         `json:"top_p"`
	StopSequences []string         `json:"stop_sequences"`
	Tools         []anthropicTool  `json:"tools"`
	ToolChoice    *anthropicChoice `json:"tool_choice"`
}

type anthropicMessage struct {
	Role    string  `json:"role"`
	Content content `json:"content"`
}

// messages gives a turn in Pulse's words: the results of calls, then what was
// said, a new message where a picture comes after a text.
func (m anthropicMessage) messages() ([]provider.Message, error) {
	if err := m.Content.blank(); err != nil {
		return nil, err
	}
	var list []provider.Message
	said := provider.Message{Role: m.Role}
	for i, p := range m.Content {
		switch {
		case p.Type == typeText && p.Source == nil:
			said.Text += p.Text
		case p.Type == "tool_result" && m.Role == provider.RoleUser:
			if i != len(list) {
				return nil, errors.New("tool_result blocks must come first")
			}
			if err := p.Content.blank(); err != nil {
				return nil, err
			}
			list = append(list, provider.Message{Role: provider.RoleTool, Text: p.Content.text(), ToolCallID: p.ToolUseID})
		case p.Type == "tool_use" && m.Role == provider.RoleAssistant:
			if !anthropicCallID.MatchString(p.ID) || len(p.Input) == 0 || p.Input[0] != '{' {
				return nil, errors.New("tool_use: id or input is invalid")
			}
			said.ToolCalls = append(said.ToolCalls, provider.ToolCall{ID: p.ID, Name: p.Name, Arguments: string(p.Input)})
		case p.Type == "image" && p.Source != nil && p.Source.Type == "base64" && m.Role == provider.RoleUser:
			picture, err := picture(p.Source.MediaType, p.Source.Data, "image/png", "image/jpeg", "image/gif", "image/webp")
			if err != nil {
				return nil, err
			}
			if said.Text != "" {
				list = append(list, said)
				said = provider.Message{Role: m.Role}
			}
			said.Images = append(said.Images, picture)
		default:
			return nil, fmt.Errorf("unexpected content block %q", p.Type)
		}
	}
	if said.Text != "" || len(said.Images) > 0 || len(said.ToolCalls) > 0 {
		list = append(list, said)
	}
	return list, nil
}

// blank refuses a text that is empty, and white space where there is no other text.
func (c *content) blank() error {
	texts, white := 0, 0
	for _, p := range *c {
		switch {
		case p.Type != typeText:
			continue
		case p.Text == "":
			return errors.New("text content blocks must be non-empty")
		case strings.TrimSpace(p.Text) == "":
			white++
		}
		texts++
	}
	if texts > 0 && texts == white {
		return errors.New("text content blocks must contain non-whitespace text")
	}
	return nil
}

var anthropicCallID = regexp.MustCompile(`^[a-zA-Z0-9_-]+$`)

type anthropicTool struct {
	Name        string         `json:"name"`
	Description string         `json:"description"`
	InputSchema jsontext.Value `json:"input_schema"`
	Strict      bool           `json:"strict"`
}

type anthropicChoice struct {
	Type                   string `json:"type"`
	Name                   string `json:"name"`
	DisableParallelToolUse *bool  `json:"disable_parallel_tool_use"`
}

// tools adds what is asked of tools to the request.
func (b *anthropicRequest) tools(req *provider.ChatRequest) Failure {
	for _, t := range b.Tools {
		if len(t.InputSchema) == 0 {
			return anthropicInvalid("tools.0.input_schema: Field required")
		}
		req.Tools = append(req.Tools, provider.Tool{Name: t.Name, Description: t.Description, Parameters: raw(t.InputSchema), Strict: t.Strict})
	}
	if c := b.ToolChoice; c != nil {
		mode, ok := map[string]provider.ToolMode{
			"auto": provider.ToolAuto, "any": provider.ToolRequired, "tool": provider.ToolNamed, "none": provider.ToolNone,
		}[c.Type]
		if !ok {
			return anthropicInvalid("tool_choice: unknown type %q", c.Type)
		}
		if forced := c.Type == "any" || c.Type == "tool"; forced && (b.Thinking != nil || b.Model == anthropicUnforced) {
			return anthropicInvalid("Thinking may not be enabled when tool_choice forces tool use.")
		}
		req.ToolChoice = provider.ToolChoice{Mode: mode, Name: c.Name}
		if c.DisableParallelToolUse != nil {
			req.ParallelToolCalls = new(!*c.DisableParallelToolUse)
		}
	}
	if len(req.Tools) == 0 && remembersTools(req.Messages) {
		return anthropicInvalid("Requests which include `tool_use` or `tool_result` blocks must define tools.")
	}
	return toolsOf(*req)
}

// anthropicUnforced always thinks, and so cannot be made to call a tool.
const anthropicUnforced = "claude-fable-5-2"

type anthropicThinking struct {
	Type    string `json:"type"`
	Display string `json:"display"`
}

type anthropicOutput struct {
	Effort string `json:"effort"`
	Format *struct {
		Type   string         `json:"type"`
		Schema jsontext.Value `json:"schema"`
	} `json:"format"`
}

type anthropicMetadata struct {
	UserID string `json:"user_id"`
}

func anthropicInvalid(format string, args ...any) Failure {
	return Failure{Status: http.StatusBadRequest, Message: fmt.Sprintf(format, args...)}
}

func (a anthropic) messages(w http.ResponseWriter, r *http.Request) {
	a.server.note(func(b *Books) { b.Requests++ })
	w.Header().Set("Request-Id", "req_standin")
	v := &anthropicVoice{}
	if f := a.door(r); f.Status != 0 {
		a.server.refuse(w, v, f)
		return
	}
	var body anthropicRequest
	if unknown, err := strictly(r, &body); err != nil {
		f := anthropicInvalid("%v", err)
		if unknown != "" {
			f = anthropicInvalid("%s: Extra inputs are not permitted", unknown)
		}
		a.server.refuse(w, v, f)
		return
	}
	if f := a.check(&body); f.Status != 0 {
		a.server.refuse(w, v, f)
		return
	}
	req, f := a.understand(&body)
	if f.Status != 0 {
		a.server.refuse(w, v, f)
		return
	}
	v.model = body.Model
	a.server.answer(w, r, v, req)
}

func (a anthropic) door(r *http.Request) Failure {
	key := r.Header.Get("X-Api-Key")
	switch {
	case key == "" || key == WrongKey:
		return Failure{Status: http.StatusUnauthorized, Message: "invalid x-api-key"}
	case r.Header.Get("Anthropic-Version") != "2023-06-01":
		return anthropicInvalid("anthropic-version: header is required")
	case r.Method == http.MethodPost && r.Header.Get("Content-Type") != "application/json":
		return anthropicInvalid("content-type: must be application/json")
	}
	return Failure{}
}

func (a anthropic) check(b *anthropicRequest) Failure {
	sampling := slices.Contains(anthropicWithSampling, b.Model)
	switch {
	case !sampling && !slices.Contains(anthropicWithoutSampling, b.Model):
		return Failure{Status: http.StatusNotFound, Message: "model: " + b.Model}
	case b.MaxTokens == nil:
		return anthropicInvalid("max_tokens: Field required")
	case *b.MaxTokens < 1:
		return anthropicInvalid("max_tokens: Input should be greater than or equal to 1")
	case b.Temperature != nil && !sampling:
		return anthropicInvalid("temperature: not supported with this model")
	case b.Temperature != nil && (*b.Temperature < 0 || *b.Temperature > 1):
		return anthropicInvalid("temperature: range: 0..1")
	case b.Thinking != nil && b.Thinking.Type == "adaptive" && slices.Contains(anthropicWithoutAdaptive, b.Model):
		return anthropicInvalid("thinking.type: adaptive is not supported with this model")
	case b.Thinking != nil && b.Thinking.Type != "adaptive":
		return anthropicInvalid("thinking.type: %s is not supported with this model", b.Thinking.Type)
	case b.TopP != nil && b.Temperature != nil:
		return anthropicInvalid("`temperature` and `top_p` cannot both be specified for this model. Please use only one.")
	case slices.ContainsFunc(b.StopSequences, func(s string) bool { return strings.TrimSpace(s) == "" }):
		return anthropicInvalid("stop_sequences: each stop sequence must contain non-whitespace")
	case b.TopP != nil && !sampling:
		return anthropicInvalid("top_p: not supported with this model")
	case b.OutputConfig != nil && b.OutputConfig.Effort != "" && !slices.Contains([]string{"low", "medium", "high", "xhigh", "max"}, b.OutputConfig.Effort):
		return anthropicInvalid("output_config.effort: unknown value")
	case len(b.Messages) == 0 || b.Messages[0].Role != provider.RoleUser:
		return anthropicInvalid("messages: first message must use the \"user\" role")
	case b.Messages[len(b.Messages)-1].Role != provider.RoleUser:
		return anthropicInvalid("messages: prefilling assistant messages is not supported for this model")
	}
	for i, m := range b.Messages {
		switch {
		case m.Role != provider.RoleUser && m.Role != provider.RoleAssistant:
			return anthropicInvalid("messages.%d.role: unknown role %q", i, m.Role)
		case len(m.Content) == 0:
			return anthropicInvalid("messages.%d: content must be non-empty", i)
		}
	}
	return Failure{}
}

func (a anthropic) understand(b *anthropicRequest) (provider.ChatRequest, Failure) {
	req := provider.ChatRequest{
		Model: b.Model, System: b.System.text(), MaxTokens: *b.MaxTokens, Temperature: b.Temperature, Stream: b.Stream,
		TopP: b.TopP, Stop: b.StopSequences,
	}
	if b.OutputConfig != nil {
		req.ReasoningEffort = b.OutputConfig.Effort
		if f := b.OutputConfig.Format; f != nil {
			req.Format = &provider.Format{Schema: raw(f.Schema)}
		}
	}
	if b.Metadata != nil {
		req.UserHash = b.Metadata.UserID
	}
	for i, m := range b.Messages {
		said, err := m.messages()
		if err != nil {
			return req, anthropicInvalid("messages.%d.content: %v", i, err)
		}
		req.Messages = append(req.Messages, said...)
	}
	return req, b.tools(&req)
}

// anthropicVoice writes the events of a message.
type anthropicVoice struct {
	model string
	block string // the type of the open block, "" when none is
	call  int    // which call it is
	index int
}

const anthropicID = "msg_standin"

func (v *anthropicVoice) contentType() string { return "text/event-stream; charset=utf-8" }

func event(buf []byte, name, rest string) []byte {
	return fmt.Appendf(buf, "event: %s\ndata: {\"type\":\"%s\"%s}\n\n", name, name, rest)
}

func (v *anthropicVoice) begin(buf []byte, p *performance) []byte {
	buf = event(buf, "message_start", fmt.Sprintf(
		`,"message":{"id":"%s","type":"message","role":"assistant","model":%s,"content":[],"stop_reason":null,"stop_sequence":null,"usage":%s}`,
		anthropicID, quoted(v.model), v.figures(p.usage, 1, 0)))
	return event(buf, "ping", "")
}

// figures writes the whole usage, with what was said so far as the output.
func (v *anthropicVoice) figures(u provider.Usage, output, thinking int64) string {
	return fmt.Sprintf(`{"input_tokens":%d,"cache_creation_input_tokens":%d,"cache_read_input_tokens":%d,`+
		`"cache_creation":{"ephemeral_5m_input_tokens":%d,"ephemeral_1h_input_tokens":%d},`+
		`"output_tokens":%d,"output_tokens_details":{"thinking_tokens":%d},"service_tier":"standard"}`,
		u.Input, u.CacheWrite+u.CacheWrite1h, u.CacheRead, u.CacheWrite, u.CacheWrite1h, output, thinking)
}

func (v *anthropicVoice) open(buf []byte, block, empty string, call int) []byte {
	if v.block == block && block != "tool_use" || block == "tool_use" && v.block == block && call == v.call {
		return buf
	}
	v.call = call
	buf = v.close(buf)
	v.block = block
	return event(buf, "content_block_start", fmt.Sprintf(`,"index":%d,"content_block":{"type":"%s",%s}`, v.index, block, empty))
}

func (v *anthropicVoice) close(buf []byte) []byte {
	if v.block == "" {
		return buf
	}
	if v.block == "thinking" {
		buf = v.delta(buf, "signature_delta", "signature", "c2lnbmF0dXJl")
	}
	v.block = ""
	v.index++
	return event(buf, "content_block_stop", fmt.Sprintf(`,"index":%d`, v.index-1))
}

func (v *anthropicVoice) delta(buf []byte, typ, field, piece string) []byte {
	buf = append(buf, "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":"...)
	buf = fmt.Append(buf, v.index)
	buf = append(buf, `,"delta":{"type":"`...)
	buf = append(buf, typ...)
	buf = append(buf, `","`...)
	buf = append(buf, field...)
	buf = append(buf, `":`...)
	buf = appendQuoted(buf, piece)
	return append(buf, "}}\n\n"...)
}

func (v *anthropicVoice) thought(buf []byte, piece string) []byte {
	buf = v.open(buf, "thinking", `"thinking":"","signature":""`, 0)
	return v.delta(buf, "thinking_delta", "thinking", piece)
}

func (v *anthropicVoice) said(buf []byte, piece string) []byte {
	buf = v.open(buf, "text", `"text":""`, 0)
	return v.delta(buf, "text_delta", "text", piece)
}

func (v *anthropicVoice) calls(buf []byte, n int, c provider.ToolCall) []byte {
	return v.open(buf, "tool_use", fmt.Sprintf(`"id":%s,"name":%s,"input":{}`, quoted(c.ID), quoted(c.Name)), n)
}

func (v *anthropicVoice) argues(buf []byte, _ int, piece string) []byte {
	return v.delta(buf, "input_json_delta", "partial_json", piece)
}

// end writes the figures of message_delta as the API does: cumulative, and
// without the split of the cache's writes.
func (v *anthropicVoice) end(buf []byte, p *performance) []byte {
	buf = v.close(buf)
	u := p.usage
	buf = event(buf, "message_delta", fmt.Sprintf(`,"delta":{"stop_reason":%s,"stop_sequence":null,"stop_details":%s},`+
		`"usage":{"input_tokens":%d,"cache_creation_input_tokens":%d,"cache_read_input_tokens":%d,"output_tokens":%d,"output_tokens_details":{"thinking_tokens":%d}}`,
		quoted(v.finish(p)), v.details(p), u.Input, u.CacheWrite+u.CacheWrite1h, u.CacheRead, u.Output, u.Reasoning))
	return event(buf, "message_stop", "")
}

func (v *anthropicVoice) details(p *performance) string {
	if p.script.finish() != provider.FinishRefusal {
		return "null"
	}
	category := "null"
	if p.script.Note != "" {
		category = quoted(p.script.Note)
	}
	return `{"type":"refusal","category":` + category + `,"explanation":"This request was declined."}`
}

func (v *anthropicVoice) finish(p *performance) string {
	if p.script.Word != "" {
		return p.script.Word
	}
	switch p.script.finish() {
	case provider.FinishLength:
		return "max_tokens"
	case provider.FinishRefusal:
		return "refusal"
	case provider.FinishToolCalls:
		return "tool_use"
	default:
		return "end_turn"
	}
}

func (v *anthropicVoice) broken(buf []byte) []byte {
	return append(buf, "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"half a\n\n"...)
}

func (v *anthropicVoice) failed(buf []byte, f Failure) []byte {
	return event(buf, "error", fmt.Sprintf(`,"error":{"type":%s,"message":%s}`, quoted(v.code(f)), quoted(f.Message)))
}

func (v *anthropicVoice) whole(p *performance, thoughts, text string) []byte {
	var content []string
	if thoughts != "" {
		content = append(content, `{"type":"thinking","thinking":`+quoted(thoughts)+`,"signature":"c2lnbmF0dXJl"}`)
	}
	if text != "" {
		content = append(content, `{"type":"text","text":`+quoted(text)+`}`)
	}
	for _, c := range p.script.Calls {
		content = append(content, fmt.Sprintf(`{"type":"tool_use","id":%s,"name":%s,"input":%s}`, quoted(c.ID), quoted(c.Name), c.Arguments))
	}
	return fmt.Appendf(nil, `{"id":"%s","type":"message","role":"assistant","model":%s,"content":[%s],`+
		`"stop_reason":%s,"stop_sequence":null,"stop_details":%s,"usage":%s}`,
		anthropicID, quoted(v.model), strings.Join(content, ","), quoted(v.finish(p)), v.details(p),
		v.figures(p.usage, p.usage.Output, p.usage.Reasoning))
}

var anthropicTypes = map[int]string{
	http.StatusBadRequest: "invalid_request_error", http.StatusUnauthorized: "authentication_error",
	http.StatusPaymentRequired: "billing_error", http.StatusForbidden: "permission_error",
	http.StatusNotFound: "not_found_error", http.StatusConflict: "conflict_error",
	http.StatusRequestEntityTooLarge: "request_too_large", http.StatusTooManyRequests: "rate_limit_error",
	http.StatusGatewayTimeout: "timeout_error", 529: "overloaded_error",
}

func (v *anthropicVoice) code(f Failure) string {
	if f.Code != "" {
		return f.Code
	}
	if typ, ok := anthropicTypes[f.Status]; ok {
		return typ
	}
	return "api_error"
}

func (v *anthropicVoice) failure(buf []byte, f Failure) []byte {
	return fmt.Appendf(buf, `{"type":"error","error":{"type":%s,"message":%s},"request_id":"req_standin"}`, quoted(v.code(f)), quoted(f.Message))
}

func (v *anthropicVoice) blocked(*performance) ([]byte, int) {
	f := anthropicInvalid("Output blocked by content filtering policy")
	return v.failure(nil, f), f.Status
}
