package standin

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"pulse/internal/provider"
)

// The models that OpenAI's stand-in has, by what they accept.
var (
	// These answer 400 to a temperature, unless their effort is "none".
	openAIWithoutSampling = []string{"gpt-6-astra", "gpt-6.1-sol", "gpt-6.1-terra", "gpt-6-sol", "gpt-6-luna", "gpt-5.6-sol", "gpt-5.6-terra", "gpt-5.6-luna"}
	// These have no effort "none".
	openAIAlwaysThinking = []string{"gpt-6-astra", "gpt-6.1-sol"}
	openAIOthers         = []string{"gpt-5.5", "gpt-5.4", "gpt-5.4-mini"}
)

// OpenAIModels are those that OpenAI's stand-in has.
func OpenAIModels() []string {
	return slices.Concat(openAIWithoutSampling, openAIOthers, OpenAIImageModels())
}

// CompatibleModels is what a compatible stand-in lists.
var CompatibleModels = []string{"llama4:scout", "qwen3:8b"}

// NewOpenAI stands in for OpenAI: POST /v1/chat/completions, /v1/responses,
// /v1/images/generations and /v1/images/edits, and GET /v1/models.
func NewOpenAI(play Play) *Server { return newOpenAI(play, false) }

// NewCompatible stands in for an old server that imitates OpenAI: any model,
// no key needed, max_tokens, no developer role, thinking in reasoning_content.
func NewCompatible(play Play) *Server { return newOpenAI(play, true) }

func newOpenAI(play Play, compatible bool) *Server {
	s := newServer(play)
	api := openAI{server: s, compatible: compatible}
	s.mux.HandleFunc("POST /v1/chat/completions", api.chat)
	if !compatible {
		s.mux.HandleFunc("POST /v1/responses", api.respond)
		s.mux.HandleFunc("POST /v1/images/generations", api.generateImage)
		s.mux.HandleFunc("POST "+editsPath, api.editImage)
	}
	s.mux.HandleFunc("GET /v1/models", api.models)
	return s
}

// editsPath alone takes a form.
const editsPath = "/v1/images/edits"

type openAI struct {
	server     *Server
	compatible bool
}

type openAIRequest struct {
	Model               string          `json:"model"`
	Messages            []openAIMessage `json:"messages"`
	Stream              bool            `json:"stream"`
	StreamOptions       *openAIStream   `json:"stream_options"`
	MaxCompletionTokens *int            `json:"max_completion_tokens"`
	MaxTokens           *int            `json:"max_tokens"`
	Temperature         *float64        `json:"temperature"`
	ReasoningEffort     string          `json:"reasoning_effort"`
	SafetyIdentifier    string          `json:"safety_identifier"`

	TopP              *float64      `json:"top_p"`
	Stop              []string      `json:"stop"`
	Tools             []openAITool  `json:"tools"`
	ToolChoice        openAIChoice  `json:"tool_choice"`
	ParallelToolCalls *bool         `json:"parallel_tool_calls"`
	ResponseFormat    *openAIFormat `json:"response_format"`
}

type openAIMessage struct {
	Role       string       `json:"role"`
	Content    content      `json:"content"`
	ToolCalls  []openAICall `json:"tool_calls"`
	ToolCallID string       `json:"tool_call_id"`
}

// message gives a message in Pulse's words.
func (m openAIMessage) message() (provider.Message, error) {
	said := provider.Message{Role: m.Role, Text: m.Content.text(), ToolCallID: m.ToolCallID}
	for _, c := range m.ToolCalls {
		said.ToolCalls = append(said.ToolCalls, provider.ToolCall{ID: c.ID, Name: c.Function.Name, Arguments: c.Function.Arguments})
	}
	for _, p := range m.Content {
		switch {
		case p.Type == typeText && p.ImageURL == nil:
		case p.Type == "image_url" && p.ImageURL != nil && m.Role == provider.RoleUser:
			kind, data, ok := dataURI(p.ImageURL.URL)
			if !ok {
				return said, errors.New("this stand-in fetches no pictures")
			}
			picture, err := picture(kind, data, "image/png", "image/jpeg", "image/gif", "image/webp")
			if err != nil {
				return said, err
			}
			said.Images = append(said.Images, picture)
		default:
			return said, fmt.Errorf("invalid content type %q", p.Type)
		}
	}
	return said, nil
}

type openAIStream struct {
	IncludeUsage       bool  `json:"include_usage"`
	IncludeObfuscation *bool `json:"include_obfuscation"`
}

func (a openAI) chat(w http.ResponseWriter, r *http.Request) {
	a.server.note(func(b *Books) { b.Requests++ })
	v := &openAIVoice{compatible: a.compatible}
	if f := a.door(r); f.Status != 0 {
		a.server.refuse(w, v, f)
		return
	}
	var body openAIRequest
	if unknown, err := strictly(r, &body); err != nil {
		message := err.Error()
		if unknown != "" {
			message = "Unrecognized request argument supplied: " + unknown //nolint:misspell // OpenAI's spelling
		}
		a.server.refuse(w, v, Failure{Status: http.StatusBadRequest, Code: "unknown_parameter", Message: message})
		return
	}
	req, f := a.understand(&body)
	if f.Status != 0 {
		a.server.refuse(w, v, f)
		return
	}
	v.model, v.usage = body.Model, body.StreamOptions != nil && body.StreamOptions.IncludeUsage
	w.Header().Set("X-Request-Id", "req_standin")
	a.server.answer(w, r, v, req)
}

// door checks the key.
func (a openAI) door(r *http.Request) Failure {
	key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if key == WrongKey || !ok && !a.compatible {
		return Failure{Status: http.StatusUnauthorized, Code: "invalid_api_key", Message: "Incorrect API key provided."}
	}
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") && r.Method == http.MethodPost && r.URL.Path != editsPath {
		return Failure{Status: http.StatusBadRequest, Message: "We could not parse the JSON body of your request."}
	}
	return Failure{}
}

func unsupported(format string, args ...any) Failure {
	return Failure{Status: http.StatusBadRequest, Code: "unsupported_parameter", Message: fmt.Sprintf(format, args...)}
}

// understand checks the request and gives it in Pulse's words.
func (a openAI) understand(b *openAIRequest) (provider.ChatRequest, Failure) {
	req := provider.ChatRequest{
		Model: b.Model, Temperature: b.Temperature, ReasoningEffort: b.ReasoningEffort, Stream: b.Stream, UserHash: b.SafetyIdentifier,
		TopP: b.TopP, Stop: b.Stop, ParallelToolCalls: b.ParallelToolCalls, ToolChoice: b.ToolChoice.choice(), Format: b.ResponseFormat.format(),
	}
	if f := a.parameters(b); f.Status != 0 {
		return req, f
	}
	for _, t := range b.Tools {
		if t.Type != "function" {
			return req, unsupported("Invalid value: '%s' for the type of a tool.", t.Type)
		}
		req.Tools = append(req.Tools, t.Function.tool())
	}
	if n := b.MaxCompletionTokens; n != nil {
		req.MaxTokens = *n
	}
	if n := b.MaxTokens; n != nil {
		req.MaxTokens = *n
	}
	systemRole := "developer"
	if a.compatible {
		systemRole = "system"
	}
	for i, m := range b.Messages {
		switch {
		case m.Role == systemRole && i == 0:
			req.System = m.Content.text()
		case m.Role == provider.RoleUser, m.Role == provider.RoleAssistant, m.Role == provider.RoleTool:
			said, err := m.message()
			if err != nil {
				return req, Failure{Status: http.StatusBadRequest, Code: "invalid_image_format", Message: fmt.Sprintf("messages[%d].content: %v", i, err)}
			}
			req.Messages = append(req.Messages, said)
		default:
			return req, Failure{
				Status: http.StatusBadRequest, Code: "invalid_value",
				Message: fmt.Sprintf("Invalid value: '%s' for messages[%d].role.", m.Role, i),
			}
		}
	}
	if len(req.Messages) == 0 {
		return req, Failure{Status: http.StatusBadRequest, Code: "empty_array", Message: "Invalid 'messages': empty array."}
	}
	return req, toolsOf(req)
}

func (a openAI) parameters(b *openAIRequest) Failure {
	withoutSampling := slices.Contains(openAIWithoutSampling, b.Model)
	switch {
	case b.StreamOptions != nil && !b.Stream:
		return unsupported("The 'stream_options' parameter is only allowed when 'stream' is enabled.")
	case a.compatible && (b.MaxCompletionTokens != nil || b.SafetyIdentifier != ""):
		return unsupported("unknown field max_completion_tokens or safety_identifier")
	case a.compatible && b.StreamOptions != nil && b.StreamOptions.IncludeObfuscation != nil:
		return unsupported("unknown field stream_options.include_obfuscation")
	case len(b.Stop) > 4: //nolint:mnd // OpenAI's most
		return unsupported("Invalid 'stop': array too long.")
	case b.ResponseFormat != nil && !b.ResponseFormat.valid():
		return unsupported("Invalid 'response_format'.")
	case a.compatible:
		return Failure{}
	case (len(b.Tools) > 0 || slices.ContainsFunc(b.Messages, openAIMessage.ofTools)) && b.ReasoningEffort != effortNone:
		return unsupported("Function tools with reasoning_effort are not supported for %s in /v1/chat/completions. Please use /v1/responses instead.", b.Model)
	case b.TopP != nil && *b.TopP != 1 && withoutSampling && b.ReasoningEffort != effortNone:
		return unsupported("Unsupported parameter: 'top_p' is not supported with this model.")
	case !withoutSampling && !slices.Contains(openAIOthers, b.Model):
		return Failure{
			Status: http.StatusNotFound, Code: "model_not_found",
			Message: "The model `" + b.Model + "` does not exist or you do not have access to it.",
		}
	case b.MaxTokens != nil:
		return unsupported("Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.")
	case b.MaxCompletionTokens != nil && *b.MaxCompletionTokens < 1:
		return Failure{Status: http.StatusBadRequest, Code: "integer_below_min_value", Message: "Invalid 'max_completion_tokens'."}
	case b.ReasoningEffort == effortNone && slices.Contains(openAIAlwaysThinking, b.Model):
		return unsupported("Unsupported value: 'none' is not supported with this model.")
	case b.ReasoningEffort != "" && !slices.Contains([]string{effortNone, "minimal", "low", "medium", "high", "xhigh", "max"}, b.ReasoningEffort):
		return unsupported("Invalid value: '%s'.", b.ReasoningEffort)
	case b.Temperature != nil && *b.Temperature != 1 && withoutSampling && b.ReasoningEffort != effortNone:
		return unsupported("Unsupported value: 'temperature' does not support %v with this model. Only the default (1) value is supported.", *b.Temperature)
	case b.Temperature != nil && (*b.Temperature < 0 || *b.Temperature > 2):
		return unsupported("Invalid 'temperature': expected a value between 0 and 2.")
	}
	return Failure{}
}

// openAIVoice writes chat.completion.chunk and chat.completion.
type openAIVoice struct {
	compatible bool
	usage      bool // asked for in the stream
	model      string
	head       string // what every chunk begins with
}

const (
	effortNone = "none"
	none       = "null"
)

const openAIID = "chatcmpl-standin"

func (v *openAIVoice) contentType() string { return "text/event-stream; charset=utf-8" }

func (v *openAIVoice) chunk(buf []byte, delta, finish string) []byte {
	if v.head == "" {
		v.head = `data: {"id":"` + openAIID + `","object":"chat.completion.chunk","created":1763769600,"model":` +
			quoted(v.model) + `,"service_tier":"default","choices":[`
	}
	buf = append(buf, v.head...)
	buf = append(buf, `{"index":0,"delta":{`...)
	buf = append(buf, delta...)
	return v.tail(buf, finish)
}

func (v *openAIVoice) tail(buf []byte, finish string) []byte {
	buf = append(buf, `},"finish_reason":`...)
	buf = append(buf, finish...)
	buf = append(buf, `}]`...)
	if v.usage {
		buf = append(buf, `,"usage":null`...)
	}
	return append(buf, "}\n\n"...)
}

func (v *openAIVoice) piece(buf []byte, field, piece string) []byte {
	buf = append(buf, v.head...)
	buf = append(buf, `{"index":0,"delta":{"`...)
	buf = append(buf, field...)
	buf = append(buf, `":`...)
	buf = appendQuoted(buf, piece)
	return v.tail(buf, "null")
}

func (v *openAIVoice) begin(buf []byte, _ *performance) []byte {
	if v.compatible {
		buf = append(buf, ": PROCESSING\n\n"...) // OpenRouter's comments
	}
	return v.chunk(buf, `"role":"assistant","content":"","refusal":null`, "null")
}

// thought writes what OpenAI itself never shows.
func (v *openAIVoice) thought(buf []byte, piece string) []byte {
	if !v.compatible {
		return buf
	}
	return v.piece(buf, "reasoning_content", piece)
}

func (v *openAIVoice) calls(buf []byte, n int, c provider.ToolCall) []byte {
	return v.chunk(buf, fmt.Sprintf(`"tool_calls":[{"index":%d,"id":%s,"type":"function","function":{"name":%s,"arguments":""}}]`,
		n, quoted(c.ID), quoted(c.Name)), "null")
}

func (v *openAIVoice) argues(buf []byte, n int, piece string) []byte {
	return v.chunk(buf, fmt.Sprintf(`"tool_calls":[{"index":%d,"function":{"arguments":%s}}]`, n, quoted(piece)), "null")
}

func (v *openAIVoice) said(buf []byte, piece string) []byte { return v.piece(buf, "content", piece) }

func (v *openAIVoice) end(buf []byte, p *performance) []byte {
	buf = v.chunk(buf, "", quoted(v.finish(p)))
	if v.usage && !p.script.HideUsage {
		buf = append(buf, v.head...)
		buf = append(buf, `],"usage":`...)
		buf = append(buf, v.figures(p.usage)...)
		buf = append(buf, "}\n\n"...)
	}
	return append(buf, "data: [DONE]\n\n"...)
}

func (v *openAIVoice) finish(p *performance) string {
	if p.script.Word != "" {
		return p.script.Word
	}
	return string(p.script.finish()) // Pulse's words are OpenAI's
}

func (v *openAIVoice) figures(u provider.Usage) string {
	return fmt.Sprintf(`{"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d,`+
		`"prompt_tokens_details":{"cached_tokens":%d,"cache_write_tokens":%d,"audio_tokens":0},`+
		`"completion_tokens_details":{"reasoning_tokens":%d,"audio_tokens":0}}`,
		u.Prompt(), u.Output, u.Total(), u.CacheRead, u.CacheWrite+u.CacheWrite1h, u.Reasoning)
}

func (v *openAIVoice) broken(buf []byte) []byte {
	return append(buf, `data: {"id":"`+openAIID+`","choices":[{"delta":{"content":"half a`+"\n\n"...)
}

// failed writes OpenRouter's numeric code where only a status is known.
func (v *openAIVoice) failed(buf []byte, f Failure) []byte {
	code := quoted(f.Code)
	if f.Code == "" {
		code = strconv.Itoa(max(f.Status, http.StatusInternalServerError))
	}
	return fmt.Appendf(buf, `data: {"id":"%s","error":{"code":%s,"message":%s},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}`+"\n\n",
		openAIID, code, quoted(f.Message))
}

func (v *openAIVoice) whole(p *performance, thoughts, text string) []byte {
	extra := ""
	if v.compatible && thoughts != "" {
		extra = `,"reasoning_content":` + quoted(thoughts)
	}
	if len(p.script.Calls) > 0 {
		list := make([]string, len(p.script.Calls))
		for i, c := range p.script.Calls {
			list[i] = fmt.Sprintf(`{"id":%s,"type":"function","function":{"name":%s,"arguments":%s}}`, quoted(c.ID), quoted(c.Name), quoted(c.Arguments))
		}
		extra += `,"tool_calls":[` + strings.Join(list, ",") + `]`
	}
	figures := ""
	if !p.script.HideUsage {
		figures = `,"usage":` + v.figures(p.usage)
	}
	return fmt.Appendf(nil, `{"id":"%s","object":"chat.completion","created":1763769600,"model":%s,"choices":[{"index":0,`+
		`"message":{"role":"assistant","content":%s,"refusal":null%s},"finish_reason":%s}]%s}`,
		openAIID, quoted(v.model), quoted(text), extra, quoted(v.finish(p)), figures)
}

var openAICodes = map[int]string{
	http.StatusUnauthorized: "invalid_api_key", http.StatusNotFound: "model_not_found",
	http.StatusTooManyRequests: "rate_limit_exceeded", http.StatusPaymentRequired: "insufficient_quota",
}

func (v *openAIVoice) failure(buf []byte, f Failure) []byte {
	code, typ := f.Code, "invalid_request_error"
	if code == "" {
		code = openAICodes[f.Status]
	}
	if f.Status >= http.StatusInternalServerError {
		typ = "server_error"
	}
	quotedCode := "null"
	if code != "" {
		quotedCode = quoted(code)
	}
	return fmt.Appendf(buf, `{"error":{"message":%s,"type":"%s","param":null,"code":%s}}`, quoted(f.Message), typ, quotedCode)
}

func (v *openAIVoice) blocked(p *performance) ([]byte, int) {
	f := Failure{Status: http.StatusBadRequest, Code: "content_policy_violation", Message: "blocked: " + p.script.Blocked}
	return v.failure(nil, f), f.Status
}

func quoted(s string) string { return string(appendQuoted(nil, s)) }

// appendQuoted writes a JSON string; bytes that are no UTF-8 become U+FFFD.
func appendQuoted(buf []byte, s string) []byte {
	buf, _ = jsontext.AppendQuote(buf, s) // the error only tells of the U+FFFD
	return buf
}
