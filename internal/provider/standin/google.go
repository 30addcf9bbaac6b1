package standin

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"pulse/internal/provider"
)

// GoogleModels are those of Google's stand-in that chat.
var GoogleModels = []string{
	"gemini-4-argon", "gemini-4-carbon", "gemini-4-hydrogen", "gemini-3.8-flash", "gemini-3.6-flash",
	"gemini-3.5-flash-lite", "gemini-3.1-flash-lite", "gemini-3.1-pro-preview",
}

// WrongProject is the one project that Vertex AI's stand-in lets nobody into.
const WrongProject = "wrong"

// The most that one request may ask for.
const (
	googleMaxStreamed = 65536
	googleMaxWhole    = 32768
)

// NewGoogle stands in for the Gemini API (a key in x-goog-api-key), for
// Vertex AI (a bearer token), and for the token endpoint of ServiceAccount.
func NewGoogle(play Play) *Server {
	s := newServer(play)
	s.mux.HandleFunc("POST /v1beta/models/{call}", google{server: s}.call)
	s.mux.HandleFunc("POST /v1beta1/projects/{project}/locations/{location}/publishers/google/models/{call}", google{s, true}.call)
	s.mux.HandleFunc("GET /v1beta/models", google{server: s}.models)
	s.mux.HandleFunc("GET /v1beta1/publishers/google/models", google{s, true}.models)
	s.mux.HandleFunc("POST /token", google{server: s}.token)
	return s
}

type google struct {
	server *Server
	vertex bool
}

//nolint:tagliatelle // Google's names
type googleRequest struct {
	Contents          []googleContent `json:"contents"`
	SystemInstruction googleContent   `json:"systemInstruction"`
	GenerationConfig  struct {
		MaxOutputTokens int      `json:"maxOutputTokens"`
		Temperature     *float64 `json:"temperature"`
		CandidateCount  int      `json:"candidateCount"`
		ThinkingConfig  struct {
			ThinkingLevel   string `json:"thinkingLevel"`
			IncludeThoughts bool   `json:"includeThoughts"`
		} `json:"thinkingConfig"`
		TopP               *float64       `json:"topP"`
		StopSequences      []string       `json:"stopSequences"`
		ResponseMIMEType   string         `json:"responseMimeType"`
		ResponseJSONSchema jsontext.Value `json:"responseJsonSchema"`

		ResponseModalities []string          `json:"responseModalities"`
		ImageConfig        googleImageConfig `json:"imageConfig"`
		Seed               *int64            `json:"seed"`
	} `json:"generationConfig"`
	Tools      []googleTool     `json:"tools"`
	ToolConfig googleToolConfig `json:"toolConfig"`
	Store      *bool            `json:"store"`
}

//nolint:tagliatelle // as above
type googleContent struct {
	Role  string `json:"role"`
	Parts []struct {
		Text       string `json:"text"`
		InlineData *struct {
			MIMEType string `json:"mimeType"`
			Data     string `json:"data"`
		} `json:"inlineData"`
		FunctionCall     *googleCall   `json:"functionCall"`
		FunctionResponse *googleResult `json:"functionResponse"`
		ThoughtSignature string        `json:"thoughtSignature"`
	} `json:"parts"`
}

// message gives a content in Pulse's words.
func (c googleContent) message(role string) (provider.Message, error) {
	said := provider.Message{Role: role, Text: c.text()}
	for _, part := range c.Parts {
		if part.InlineData == nil {
			continue
		}
		picture, err := picture(part.InlineData.MIMEType, part.InlineData.Data, "image/png", "image/jpeg", "image/webp")
		if err != nil {
			return said, err
		}
		said.Images = append(said.Images, picture)
	}
	return said, nil
}

func (c googleContent) text() string {
	var text strings.Builder
	for _, part := range c.Parts {
		text.WriteString(part.Text)
	}
	return text.String()
}

func googleInvalid(format string, args ...any) Failure {
	return Failure{Status: http.StatusBadRequest, Message: fmt.Sprintf(format, args...)}
}

// call tells apart what is asked of a model.
func (g google) call(w http.ResponseWriter, r *http.Request) {
	model, verb, _ := strings.Cut(r.PathValue("call"), ":")
	if verb == "countTokens" {
		g.count(w, r, model)
		return
	}
	g.generate(w, r, model, verb)
}

func (g google) generate(w http.ResponseWriter, r *http.Request, model, verb string) {
	g.server.note(func(b *Books) { b.Requests++ })
	v := &googleVoice{}
	f := g.door(r)
	draws := slices.Contains(GoogleImageModels, model) && verb == "generateContent"
	if f.Status == 0 && !draws && (verb != "generateContent" && verb != "streamGenerateContent" || !slices.Contains(GoogleModels, model)) {
		f = Failure{Status: http.StatusNotFound, Message: "models/" + model + " is not found for API version v1beta, or is not supported for " + verb + "."}
	}
	stream := verb == "streamGenerateContent"
	if f.Status == 0 && stream && r.URL.Query().Get("alt") != "sse" {
		f = googleInvalid("this stand-in streams with alt=sse only")
	}
	if f.Status != 0 {
		g.server.refuse(w, v, f)
		return
	}
	var body googleRequest
	if unknown, err := strictly(r, &body); err != nil {
		f = googleInvalid("Invalid JSON payload received. %v", err)
		if unknown != "" {
			f = googleInvalid("Invalid JSON payload received. Unknown name %q: Cannot find field.", unknown)
		}
		g.server.refuse(w, v, f)
		return
	}
	if draws {
		g.draw(w, r, model, &body)
		return
	}
	req, f := g.understand(&body, model, stream)
	if f.Status != 0 {
		g.server.refuse(w, v, f)
		return
	}
	v.model, v.showThoughts = model, body.GenerationConfig.ThinkingConfig.IncludeThoughts
	g.server.answer(w, r, v, req)
}

func (g google) door(r *http.Request) Failure {
	if g.vertex {
		if r.Header.Get("Authorization") != "Bearer "+accessToken {
			return Failure{Status: http.StatusUnauthorized, Message: "Request had invalid authentication credentials."}
		}
		if r.PathValue("project") == WrongProject {
			return Failure{Status: http.StatusForbidden, Reason: "CONSUMER_INVALID", Message: "Permission denied on resource project wrong."}
		}
		return Failure{}
	}
	switch r.Header.Get("X-Goog-Api-Key") {
	case "":
		return Failure{Status: http.StatusForbidden, Message: "Method doesn't allow unregistered callers."}
	case WrongKey: // a bad request, at Google
		f := googleInvalid("API key not valid. Please pass a valid API key.")
		f.Reason = "API_KEY_INVALID"
		return f
	}
	return Failure{}
}

// understand checks the request and gives it in Pulse's words.
func (g google) understand(b *googleRequest, model string, stream bool) (provider.ChatRequest, Failure) {
	config := b.GenerationConfig
	req := provider.ChatRequest{
		Model: model, System: b.SystemInstruction.text(), MaxTokens: config.MaxOutputTokens, Temperature: config.Temperature,
		TopP: config.TopP, Stop: config.StopSequences,
		ReasoningEffort: strings.ToLower(config.ThinkingConfig.ThinkingLevel), Stream: stream,
	}
	most := googleMaxWhole
	if stream {
		most = googleMaxStreamed
	}
	switch {
	case b.keeps(g.vertex).Status != 0:
		return req, b.keeps(g.vertex)
	case len(config.ResponseModalities) > 0 || config.ImageConfig != googleImageConfig{}:
		return req, googleInvalid("Model does not support the requested response modalities: image")
	case config.CandidateCount != 0:
		return req, googleInvalid("candidateCount is not supported for this model")
	case config.MaxOutputTokens < 0 || config.MaxOutputTokens > most:
		return req, googleInvalid("maxOutputTokens: supported range is from 1 to %d", most)
	case !slices.Contains([]string{"", "low", "medium", "high"}, req.ReasoningEffort):
		return req, googleInvalid("thinkingLevel: invalid value")
	case len(b.Contents) == 0 || b.Contents[len(b.Contents)-1].Role != provider.RoleUser:
		return req, googleInvalid("contents: the last content must be the user's")
	}
	open := 0 // calls that have no result yet
	for _, c := range b.Contents {
		results, f := c.results(&open)
		if f.Status != 0 {
			return req, f
		}
		if req.Messages = append(req.Messages, results...); len(results) > 0 {
			continue
		}
		role := c.Role
		if role == "model" {
			role = provider.RoleAssistant
		} else if role != provider.RoleUser {
			return req, googleInvalid("Please use a valid role: user, model.")
		}
		said, err := c.message(role)
		if err != nil {
			return req, googleInvalid("%v", err)
		}
		if said.ToolCalls, f = c.calls(&open); f.Status != 0 {
			return req, f
		}
		if said.Text == "" && len(said.Images) == 0 && len(said.ToolCalls) == 0 {
			return req, googleInvalid("Unable to submit request because it must have a text parameter.")
		}
		req.Messages = append(req.Messages, said)
	}
	return req, b.tools(&req)
}

// googleVoice writes a GenerateContentResponse a line, and nothing but data
// lines: the SDK's parser takes no others.
type googleVoice struct {
	model        string
	showThoughts bool
}

func (v *googleVoice) contentType() string { return "text/event-stream" }

const googleID = "standin-response"

// response writes one response. parts, finish and figures may be empty.
func (v *googleVoice) response(parts, finish, figures string) string {
	if finish != "" {
		finish = `,"finishReason":` + quoted(finish)
	}
	if figures != "" {
		figures = `,"usageMetadata":` + figures
	}
	return `{"candidates":[{"content":{"parts":[` + parts + `],"role":"model"}` + finish + `,"index":0}]` + figures +
		`,"modelVersion":` + quoted(v.model) + `,"responseId":"` + googleID + `"}`
}

func data(buf []byte, line string) []byte {
	buf = append(buf, "data: "...)
	buf = append(buf, line...)
	return append(buf, "\r\n\r\n"...)
}

func (v *googleVoice) begin(buf []byte, _ *performance) []byte { return buf }

func (v *googleVoice) thought(buf []byte, piece string) []byte {
	if !v.showThoughts {
		return buf
	}
	return data(buf, v.response(`{"text":`+quoted(piece)+`,"thought":true}`, "", ""))
}

func (v *googleVoice) said(buf []byte, piece string) []byte {
	return data(buf, v.response(`{"text":`+quoted(piece)+`}`, "", ""))
}

func (v *googleVoice) calls(buf []byte, n int, c provider.ToolCall) []byte {
	if call := v.call(n, c); call != "" {
		return data(buf, v.response(call, "", ""))
	}
	return buf
}

// call writes a call, which comes whole. The first one of an answer is signed.
func (v *googleVoice) call(n int, c provider.ToolCall) string {
	arguments, signature := c.Arguments, ""
	if arguments == "" {
		arguments = "{}"
	}
	if !googleTakes(c) {
		return ""
	}
	if n == 0 {
		signature = `,"thoughtSignature":"` + googleSignature + `"`
	}
	return `{"functionCall":{"name":` + quoted(c.Name) + `,"args":` + arguments + `}` + signature + `}`
}

// googleTakes tells a call from what the model wrote in vain: one that is no
// JSON is not given out, and is the reason for the end.
func googleTakes(c provider.ToolCall) bool {
	return c.Arguments == "" || jsontext.Value(c.Arguments).IsValid()
}

// argues writes nothing: the call had it all.
func (v *googleVoice) argues(buf []byte, _ int, _ string) []byte { return buf }

func (v *googleVoice) end(buf []byte, p *performance) []byte {
	return data(buf, v.response(`{"text":"","thoughtSignature":"c2lnbmF0dXJl"}`, v.finish(p), v.figures(p)))
}

func (v *googleVoice) finish(p *performance) string {
	if p.script.Word != "" {
		return p.script.Word
	}
	switch finish := p.script.finish(); {
	case slices.ContainsFunc(p.script.Calls, func(c provider.ToolCall) bool { return !googleTakes(c) }):
		return "MALFORMED_FUNCTION_CALL"
	case finish == provider.FinishLength:
		return "MAX_TOKENS"
	case finish == provider.FinishRefusal:
		return "SAFETY"
	case finish == provider.FinishOther:
		return "OTHER"
	default:
		return "STOP"
	}
}

func (v *googleVoice) figures(p *performance) string {
	if p.script.HideUsage {
		return ""
	}
	u := p.usage
	return fmt.Sprintf(`{"promptTokenCount":%d,"cachedContentTokenCount":%d,"candidatesTokenCount":%d,"thoughtsTokenCount":%d,"totalTokenCount":%d}`,
		u.Prompt(), u.CacheRead, u.Output-u.Reasoning, u.Reasoning, u.Total())
}

func (v *googleVoice) broken(buf []byte) []byte {
	return data(buf, `{"candidates":[{"content":{"parts":[{"text":"half a`)
}

func (v *googleVoice) failed(buf []byte, f Failure) []byte {
	if f.Status == 0 {
		f.Status = http.StatusInternalServerError
	}
	return data(buf, string(v.failure(nil, f)))
}

func (v *googleVoice) whole(p *performance, thoughts, text string) []byte {
	parts := `{"text":` + quoted(text) + `}`
	if thoughts != "" && v.showThoughts {
		parts = `{"text":` + quoted(thoughts) + `,"thought":true},` + parts
	}
	for i, c := range p.script.Calls {
		if call := v.call(i, c); call != "" {
			parts += "," + call //nolint:perfsprint // a test's few
		}
	}
	return []byte(v.response(parts, v.finish(p), v.figures(p)))
}

var googleStatuses = map[int]string{
	http.StatusBadRequest: "INVALID_ARGUMENT", http.StatusUnauthorized: "UNAUTHENTICATED", http.StatusForbidden: "PERMISSION_DENIED",
	http.StatusNotFound: "NOT_FOUND", http.StatusTooManyRequests: "RESOURCE_EXHAUSTED", http.StatusInternalServerError: "INTERNAL",
	http.StatusServiceUnavailable: "UNAVAILABLE", http.StatusGatewayTimeout: "DEADLINE_EXCEEDED",
}

func (v *googleVoice) failure(buf []byte, f Failure) []byte {
	status := f.Code
	if status == "" {
		status = googleStatuses[f.Status]
	}
	var details []map[string]string
	if f.Reason != "" {
		details = append(details, map[string]string{
			"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": f.Reason, "domain": "googleapis.com",
		})
	}
	if f.RetryDelay != 0 {
		details = append(details, map[string]string{
			"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": f.RetryDelay.String(),
		})
	}
	list, err := json.Marshal(details)
	if err != nil {
		return buf // maps of strings always marshal
	}
	return fmt.Appendf(buf, `{"error":{"code":%d,"message":%s,"status":%s,"details":%s}}`, f.Status, quoted(f.Message), quoted(status), list)
}

// blocked answers as the API does: no candidates, under status 200, and billed.
func (v *googleVoice) blocked(p *performance) ([]byte, int) {
	line := `{"promptFeedback":{"blockReason":` + quoted(p.script.Blocked) + `},"usageMetadata":{"promptTokenCount":` +
		strconv.FormatInt(p.usage.Prompt(), 10) + `,"totalTokenCount":` + strconv.FormatInt(p.usage.Prompt(), 10) + `},"modelVersion":` + quoted(v.model) + `}`
	if p.req.Stream {
		return data(nil, line), http.StatusOK
	}
	return []byte(line), http.StatusOK
}
