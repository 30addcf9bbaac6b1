// Package openai speaks to OpenAI's Chat Completions API, and to the servers
// that imitate it (Ollama, vLLM, LM Studio, OpenRouter, …).
package openai

import (
	"context"
	"encoding/base64"
	"net/http"
	"strings"

	sdk "github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/packages/ssestream"
	"github.com/openai/openai-go/v3/shared"

	"pulse/internal/provider"
)

// DefaultBaseURL is OpenAI's own address.
const DefaultBaseURL = "https://api.openai.com/v1"

// Options say whom to speak to.
type Options struct {
	ID      string // the provider's id in errors; empty: "openai"
	APIKey  string // may be empty for compatible servers
	BaseURL string // up to and with "/v1"; empty: DefaultBaseURL. The operator's alone.
	// Compatible marks a server that imitates OpenAI: it is sent only what the
	// old imitations know.
	Compatible bool
	// HTTPClient is provider.NewClient's, to be shared by all adapters; nil makes one.
	HTTPClient *http.Client
}

// Client is the adapter. It implements provider.Chatter and provider.Lister.
type Client struct {
	id         string
	compatible bool
	sdk        sdk.Client
}

var (
	_ provider.Chatter = (*Client)(nil)
	_ provider.Lister  = (*Client)(nil)
)

// New makes the adapter. It does not use sdk.NewClient, which would read the
// process's environment; the SDK's retries are off because a second call costs money.
func New(o Options) *Client {
	if o.ID == "" {
		o.ID = "openai"
	}
	if o.BaseURL == "" {
		o.BaseURL = DefaultBaseURL
	}
	if o.HTTPClient == nil {
		o.HTTPClient = provider.NewClient(provider.Patience{})
	}
	opts := []option.RequestOption{
		option.WithBaseURL(o.BaseURL), option.WithHTTPClient(o.HTTPClient), option.WithMaxRetries(0),
	}
	if o.APIKey != "" {
		opts = append(opts, option.WithAPIKey(o.APIKey))
	}
	return &Client{id: o.ID, compatible: o.Compatible, sdk: sdk.Client{Options: opts}}
}

const chatPath = "chat/completions"

// Chat answers one chat. See provider.Chatter.
func (c *Client) Chat(ctx context.Context, req provider.ChatRequest, emit func(provider.Delta)) (provider.ChatAnswer, error) {
	call := provider.NewCall(ctx, c.id, req, req.Stream, emit)
	if !c.compatible {
		if err := refused(req); err != nil {
			return call.End(provider.ChatAnswer{}, err)
		}
		if usesTools(req) {
			return c.respond(call, req)
		}
	}
	a := answer{call: call}
	if !req.Stream {
		var whole chunk
		err := c.post(call.Context(), req, &whole)
		if err == nil {
			a.take(&whole)
		}
		return call.End(a.end(), explain(err))
	}
	// The SDK's stream, but of our own small chunk: the SDK's has a hundred
	// fields, and parsing them for each token costs several times our whole relay.
	var raw *http.Response
	err := c.post(call.Context(), req, &raw, option.WithJSONSet("stream", true))
	// Of pointers, because the SDK's stream has its values on the stack several
	// times, and a stack of that size stays as long as the answer does.
	stream := ssestream.NewStream[*chunk](ssestream.NewDecoder(raw), err)
	defer func() { _ = stream.Close() }() // nothing of the answer depends on it
	for stream.Next() {
		if next := stream.Current(); next != nil {
			a.take(next)
		}
	}
	return call.End(a.end(), explain(stream.Err()))
}

// post sends the request. The SDK's parameters are large; they are here, and
// not in Chat, so that a stream does not keep them.
func (c *Client) post(ctx context.Context, req provider.ChatRequest, into any, opts ...option.RequestOption) error {
	return c.sdk.Post(ctx, chatPath, c.params(req), into, opts...) //nolint:wrapcheck // explain does
}

// params translates the request.
func (c *Client) params(req provider.ChatRequest) sdk.ChatCompletionNewParams {
	p := sdk.ChatCompletionNewParams{
		Model:           req.Model,
		Messages:        make([]sdk.ChatCompletionMessageParamUnion, 0, len(req.Messages)+1),
		ReasoningEffort: shared.ReasoningEffort(req.ReasoningEffort),
	}
	if req.System != "" {
		p.Messages = append(p.Messages, c.system(req.System))
	}
	for _, m := range req.Messages {
		switch {
		case m.Role == provider.RoleAssistant:
			p.Messages = append(p.Messages, assistant(m))
		case m.Role == provider.RoleTool:
			p.Messages = append(p.Messages, sdk.ToolMessage(m.Text, provider.PlainID(m.ToolCallID)))
		case len(m.Images) > 0:
			p.Messages = append(p.Messages, sdk.UserMessage(parts(m)))
		default:
			p.Messages = append(p.Messages, sdk.UserMessage(m.Text))
		}
	}
	if req.Temperature != nil {
		p.Temperature = sdk.Float(*req.Temperature)
	}
	if req.TopP != nil {
		p.TopP = sdk.Float(*req.TopP)
	}
	p.Stop.OfStringArray = req.Stop
	p.ResponseFormat = format(req.Format)
	setTools(&p, req)
	if req.Stream {
		p.StreamOptions.IncludeUsage = sdk.Bool(true)
	}
	if c.compatible {
		p.MaxTokens = sdk.Int(int64(req.MaxTokens))
		return p
	}
	p.MaxCompletionTokens = sdk.Int(int64(req.MaxTokens))
	if req.UserHash != "" {
		p.SafetyIdentifier = sdk.String(req.UserHash)
	}
	if req.Stream {
		p.StreamOptions.IncludeObfuscation = sdk.Bool(false) // padding: we stream over TLS to people, not to eavesdroppers
	}
	return p
}

// parts gives a question with its pictures, which come as data URIs.
func parts(m provider.Message) []sdk.ChatCompletionContentPartUnionParam {
	list := make([]sdk.ChatCompletionContentPartUnionParam, 0, len(m.Images)+1)
	for _, image := range m.Images {
		head := "data:" + image.ContentType + ";base64,"
		uri := make([]byte, len(head), len(head)+base64.StdEncoding.EncodedLen(len(image.Data)))
		copy(uri, head)
		uri = base64.StdEncoding.AppendEncode(uri, image.Data)
		list = append(list, sdk.ImageContentPart(sdk.ChatCompletionContentPartImageImageURLParam{URL: string(uri)}))
	}
	if m.Text != "" {
		list = append(list, sdk.TextContentPart(m.Text))
	}
	return list
}

// system gives the system prompt in the role that the server knows.
func (c *Client) system(text string) sdk.ChatCompletionMessageParamUnion {
	if c.compatible {
		return sdk.SystemMessage(text)
	}
	return sdk.DeveloperMessage(text)
}

// ListModels gives the ids of the server's models. See provider.Lister.
func (c *Client) ListModels(ctx context.Context) ([]string, error) {
	call := provider.NewCall(ctx, c.id, provider.ChatRequest{}, true, nil)
	var list struct {
		Data []struct {
			ID string `json:"id"`
		} `json:"data"`
	}
	if err := c.sdk.Get(call.Context(), "models", nil, &list); err != nil {
		return nil, call.Failure(explain(err))
	}
	ids := make([]string, 0, len(list.Data))
	for _, m := range list.Data {
		if id := strings.TrimSpace(m.ID); id != "" {
			ids = append(ids, id)
		}
	}
	return ids, nil
}
