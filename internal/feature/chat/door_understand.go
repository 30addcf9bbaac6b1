package chat

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"pulse/internal/actor"
	"pulse/internal/catalog"
	"pulse/internal/fault"
	"pulse/internal/httpd"
	"pulse/internal/provider"
)

// completing is a completion on its way. All of it is in this process's memory
// alone: what was said, and what is answered.
type completing struct {
	model    catalog.Model
	settings Settings
	req      provider.ChatRequest // all but the cap, which is known with the hold
	read     reading
	estimate int64
	stream   bool
	usage    bool // the stream ends with the figures

	// ended is closed when answer is there. It stays open when the process that ran
	// the job lost it.
	ended  chan struct{}
	answer completed
}

const (
	maxStops = 4
	maxTools = 128
)

// understand checks a request and gives it in Pulse's words.
func (r *Room) understand(ctx context.Context, a actor.Actor, in *ChatCompletionRequest) (*completing, error) {
	if err := in.refused(); err != nil {
		return nil, err
	}
	m, err := r.doorModel(in.Model)
	if err != nil {
		return nil, err
	}
	c := &completing{
		model: m, stream: deref(in.Stream), ended: make(chan struct{}),
		req: provider.ChatRequest{
			// Also where the client waits for the whole: what had come before a line
			// broke is known then, and booked.
			Model: m.VendorID, Stream: true, Stop: in.Stop, ReasoningEffort: deref(in.ReasoningEffort), UserHash: provider.UserHash(a.ID),
		},
	}
	c.usage = in.StreamOptions != nil && deref(in.StreamOptions.IncludeUsage)
	for _, step := range []func(*ChatCompletionRequest) error{c.sampling, c.tools, c.format} {
		if err := step(in); err != nil {
			return nil, err
		}
	}
	if err := in.checkTurns(); err != nil {
		return nil, err
	}
	if err := r.turns(ctx, a, c, in.Messages); err != nil {
		return nil, err
	}
	return c, nil
}

// doorModel finds a model that can be asked here and now.
func (r *Room) doorModel(id string) (catalog.Model, error) {
	if id == "" {
		return catalog.Model{}, httpd.WrongParam("model", "You must provide a model parameter.")
	}
	if m, ok := r.imageModel(id); ok {
		return m, httpd.WrongParam("model", "%s makes pictures and does not chat. Ask it with POST /v1/images/generations.", m.Name)
	}
	m, why := r.find(id)
	if why == "" {
		return m, nil
	}
	f := fault.Newf(fault.NotFound, "The model %q cannot be asked here: it %s.", id, strings.Replace(why, "/api/v1/chat/models", "/v1/models", 1))
	f.Type, f.Fields = "model_not_found", []fault.Field{{Location: "model"}}
	return m, f
}

// refused names what OpenAI knows and Pulse cannot do.
func (in *ChatCompletionRequest) refused() error {
	for _, p := range []struct {
		name  string
		value json.RawMessage
		hint  string
	}{
		{"functions", in.Functions, "Use 'tools'."},
		{"function_call", in.FunctionCall, "Use 'tool_choice'."},
		{"audio", in.Audio, "Pulse answers with text."},
		{"logit_bias", in.LogitBias, ""},
		{"moderation", in.Moderation, ""},
		{"prediction", in.Prediction, ""},
		{"web_search_options", in.WebSearchOptions, ""},
	} {
		if given(p.value) && string(p.value) != "{}" {
			return httpd.UnsupportedParam(p.name, "%s", strings.TrimSpace("Pulse does not take '"+p.name+"'. "+p.hint))
		}
	}
	switch {
	case in.N != nil && *in.N != 1:
		return httpd.UnsupportedParam("n", "'n' must be 1: Pulse gives one answer to a request.")
	case deref(in.FrequencyPenalty) != 0:
		return httpd.UnsupportedParam("frequency_penalty", "'frequency_penalty' must be 0: not every model has it.")
	case deref(in.PresencePenalty) != 0:
		return httpd.UnsupportedParam("presence_penalty", "'presence_penalty' must be 0: not every model has it.")
	case deref(in.Logprobs):
		return httpd.UnsupportedParam("logprobs", "Pulse does not give 'logprobs'.")
	case deref(in.TopLogprobs) != 0:
		return httpd.UnsupportedParam("top_logprobs", "Pulse does not give 'top_logprobs'.")
	case slices.ContainsFunc(in.Modalities, func(m string) bool { return m != partText }):
		return httpd.UnsupportedParam("modalities", "'modalities' must be [\"text\"].")
	case !slices.Contains([]string{"", "auto", "default"}, deref(in.ServiceTier)):
		return httpd.UnsupportedParam("service_tier", "'service_tier' must be auto or default.")
	case !slices.Contains([]string{"", "medium"}, deref(in.Verbosity)):
		return httpd.UnsupportedParam("verbosity", "'verbosity' must be medium, which is what models do by themselves.")
	case in.StreamOptions != nil && !deref(in.Stream):
		return httpd.WrongParam("stream_options", "The 'stream_options' parameter is only allowed when 'stream' is enabled.")
	}
	return nil
}

func given(value json.RawMessage) bool { return len(value) > 0 && string(value) != "null" }

// sampling takes over how to answer.
func (c *completing) sampling(in *ChatCompletionRequest) error {
	capName, most := "max_completion_tokens", in.MaxCompletionTokens
	if in.MaxTokens != nil {
		if most != nil {
			return httpd.WrongParam("max_tokens", "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.")
		}
		capName, most = "max_tokens", in.MaxTokens
	}
	switch t, p := in.Temperature, in.TopP; {
	case most != nil && *most < 1:
		return httpd.WrongParam(capName, "'%s' must be at least 1.", capName)
	case t != nil && (*t < 0 || *t > 2):
		return httpd.WrongParam("temperature", "'temperature' must be from 0 to 2.")
	case p != nil && (*p < 0 || *p > 1):
		return httpd.WrongParam("top_p", "'top_p' must be from 0 to 1.")
	case len(in.Stop) > maxStops:
		return httpd.WrongParam("stop", "'stop' may have at most %d texts.", maxStops)
	case slices.Contains(in.Stop, ""):
		return httpd.WrongParam("stop", "'stop' must not have an empty text.")
	}
	sampled := slices.Contains(c.model.Parameters, "temperature")
	c.settings = Settings{MaxTokens: most, ReasoningEffort: in.ReasoningEffort}
	if in.Temperature != nil && (sampled || *in.Temperature != 1) { // 1 is what happens without
		c.settings.Temperature = in.Temperature
	}
	if err := fit(c.model, &c.settings); err != nil {
		f := *fault.From(err)
		if f.Fields = slices.Clone(f.Fields); most != nil {
			for i := range f.Fields {
				f.Fields[i].Location = strings.Replace(f.Fields[i].Location, "body.max_tokens", capName, 1)
			}
		}
		return &f
	}
	if in.TopP != nil && *in.TopP != 1 {
		if !sampled {
			return httpd.UnsupportedParam("top_p", "%s does not take a top_p; leave it out.", c.model.Name)
		}
		c.req.TopP = in.TopP
	}
	c.req.Temperature = c.settings.Temperature
	return nil
}

var nameOfTool = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)

func (m CompletionTool) named(name string) bool { return m.Function.Name == name }

// tools takes over what the model may call.
func (c *completing) tools(in *ChatCompletionRequest) error {
	switch {
	case len(in.Tools) > maxTools:
		return httpd.WrongParam("tools", "'tools' may have at most %d tools.", maxTools)
	case len(in.Tools) > 0 && !slices.Contains(c.model.Abilities, "tools"):
		return httpd.UnsupportedParam("tools", "%s does not call tools. Choose a model that does.", c.model.Name)
	}
	for i, t := range in.Tools {
		at := fmt.Sprintf("tools[%d]", i)
		switch {
		case t.Type != typeFunction:
			return httpd.UnsupportedParam(at+".type", "Pulse takes tools of the type 'function' only.")
		case !nameOfTool.MatchString(t.Function.Name):
			return httpd.WrongParam(at+".function.name", "A tool's name has letters, digits, - and _, from 1 to 64 of them.")
		case slices.ContainsFunc(in.Tools[:i], func(o CompletionTool) bool { return o.named(t.Function.Name) }):
			return httpd.WrongParam(at+".function.name", "There are two tools with the name %q.", t.Function.Name)
		case given(t.Function.Parameters) && t.Function.Parameters[0] != '{':
			return httpd.WrongParam(at+".function.parameters", "A tool's parameters are described by a JSON Schema, which is an object.")
		}
		tool := provider.Tool{Name: t.Function.Name, Description: deref(t.Function.Description), Strict: deref(t.Function.Strict)}
		if given(t.Function.Parameters) {
			tool.Parameters = t.Function.Parameters
		}
		c.req.Tools = append(c.req.Tools, tool)
	}
	if err := c.choice(in.ToolChoice); err != nil {
		return err
	}
	if len(c.req.Tools) > 0 {
		c.req.ParallelToolCalls = in.ParallelToolCalls
	}
	for _, t := range c.req.Tools {
		c.read.texts = append(c.read.texts, t.Name+" "+t.Description+" "+string(t.Parameters))
	}
	return nil
}

// choice takes over whether the model has to call a tool, and which.
func (c *completing) choice(t *toolChoice) error {
	const at = "tool_choice"
	if t == nil {
		return nil
	}
	mode := t.Mode
	if t.Type == "allowed_tools" && t.AllowedTools != nil { // the others it does not get to see
		mode = t.AllowedTools.Mode
		allowed := c.req.Tools[:0:0]
		for _, a := range t.AllowedTools.Tools {
			i := slices.IndexFunc(c.req.Tools, func(t provider.Tool) bool { return t.Name == a.Function.Name })
			if i < 0 {
				return httpd.WrongParam(at, "There is no tool with the name %q.", a.Function.Name)
			}
			allowed = append(allowed, c.req.Tools[i])
		}
		c.req.Tools = allowed
	}
	switch {
	case t.Type == typeFunction && t.Function != nil:
		if !slices.ContainsFunc(c.req.Tools, func(o provider.Tool) bool { return o.Name == t.Function.Name }) {
			return httpd.WrongParam(at, "There is no tool with the name %q.", t.Function.Name)
		}
		c.req.ToolChoice = provider.ToolChoice{Mode: provider.ToolNamed, Name: t.Function.Name}
	case mode == string(provider.ToolRequired) && len(c.req.Tools) == 0:
		return httpd.WrongParam(at, "'tool_choice' is only allowed when 'tools' are specified.")
	case slices.Contains([]string{string(provider.ToolAuto), string(provider.ToolNone), string(provider.ToolRequired)}, mode):
		if len(c.req.Tools) > 0 {
			c.req.ToolChoice.Mode = provider.ToolMode(mode)
		}
	default:
		return httpd.WrongParam(at, "'tool_choice' must be none, auto, required, a function, or allowed_tools.")
	}
	return nil
}

// format takes over what the answer is bound to.
func (c *completing) format(in *ChatCompletionRequest) error {
	const at = "response_format"
	f := in.ResponseFormat
	if f == nil || f.Type == partText {
		return nil
	}
	if !slices.Contains(c.model.Abilities, "json") {
		return httpd.UnsupportedParam(at, "%s cannot be bound to JSON. Choose a model that can.", c.model.Name)
	}
	switch s := f.JSONSchema; {
	case f.Type == "json_object":
		c.req.Format = &provider.Format{Name: "answer"}
	case f.Type != "json_schema":
		return httpd.WrongParam(at+".type", "'response_format.type' must be text, json_object or json_schema.")
	case s == nil || !given(s.Schema) || s.Schema[0] != '{':
		return httpd.WrongParam(at+".json_schema", "'response_format.json_schema' must have a schema.")
	case !nameOfTool.MatchString(s.Name):
		return httpd.WrongParam(at+".json_schema.name", "A schema's name has letters, digits, - and _, from 1 to 64 of them.")
	default:
		c.req.Format = &provider.Format{Name: s.Name, Description: deref(s.Description), Schema: s.Schema, Strict: deref(s.Strict)}
		c.read.texts = append(c.read.texts, s.Name+" "+deref(s.Description)+" "+string(s.Schema))
	}
	return nil
}
