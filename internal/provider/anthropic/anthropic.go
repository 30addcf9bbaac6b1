// Package anthropic speaks to Anthropic's Messages API.
package anthropic

import (
	"context"
	"encoding/base64"
	"net/http"
	"strings"

	sdk "github.com/anthropics/anthropic-sdk-go"
	"github.com/anthropics/anthropic-sdk-go/option"
	"github.com/anthropics/anthropic-sdk-go/packages/param"
	"github.com/anthropics/anthropic-sdk-go/packages/ssestream"

	"pulse/internal/provider"
)

// DefaultBaseURL is Anthropic's own address.
const DefaultBaseURL = "https://api.anthropic.com"

const id = "anthropic"

// Options say whom to speak to.
type Options struct {
	APIKey  string
	BaseURL string // without "/v1"; empty: DefaultBaseURL. The operator's alone.
	// HTTPClient is provider.NewClient's, to be shared by all adapters; nil makes one.
	HTTPClient *http.Client
}

// Client is the adapter. It implements provider.Chatter and provider.Lister.
type Client struct{ sdk sdk.Client }

var (
	_ provider.Chatter = (*Client)(nil)
	_ provider.Lister  = (*Client)(nil)
)

// New makes the adapter. Nothing is read from the process's environment, no
// spans go to the global tracer, and the SDK's retries are off because a
// second call costs money.
func New(o Options) *Client {
	if o.BaseURL == "" {
		o.BaseURL = DefaultBaseURL
	}
	if o.HTTPClient == nil {
		o.HTTPClient = provider.NewClient(provider.Patience{})
	}
	return &Client{sdk.NewClient(
		option.WithoutEnvironmentDefaults(), option.WithoutOpenTelemetry(), option.WithMaxRetries(0),
		option.WithAPIKey(o.APIKey), option.WithBaseURL(o.BaseURL), option.WithHTTPClient(o.HTTPClient),
	)}
}

// Chat answers one chat. See provider.Chatter. It always streams upstream: the
// API refuses long answers in one piece, and pings tell that it lives.
func (c *Client) Chat(ctx context.Context, req provider.ChatRequest, emit func(provider.Delta)) (provider.ChatAnswer, error) {
	call := provider.NewCall(ctx, id, req, true, emit)
	if err := refused(req); err != nil {
		return call.End(provider.ChatAnswer{}, err)
	}
	// The SDK's stream, but of our own small event: the SDK's has hundreds of
	// fields, and parsing them for each token costs several times our whole relay.
	var raw *http.Response
	err := c.post(call.Context(), req, &raw)
	// Of pointers, because the SDK's stream has its values on the stack several
	// times, and a stack of that size stays as long as the answer does.
	stream := ssestream.NewStream[*event](ssestream.NewDecoder(raw), err)
	defer func() { _ = stream.Close() }() // nothing of the answer depends on it
	a := answer{call: call}
	for stream.Next() {
		if next := stream.Current(); next != nil {
			a.take(next)
		}
	}
	return call.End(a.end(), explain(stream.Err()))
}

// post opens the answer. The SDK's parameters are large; they are here, and not
// in Chat, so that a stream does not keep them.
func (c *Client) post(ctx context.Context, req provider.ChatRequest, into **http.Response) error {
	return c.sdk.Post(ctx, "v1/messages", params(req), into, option.WithJSONSet("stream", true)) //nolint:wrapcheck // explain does
}

// params translates the request.
func params(req provider.ChatRequest) sdk.MessageNewParams {
	p := sdk.MessageNewParams{
		Model: req.Model, MaxTokens: int64(req.MaxTokens), Messages: make([]sdk.MessageParam, 0, len(req.Messages)),
	}
	if req.System != "" {
		p.System = []sdk.TextBlockParam{{Text: req.System}}
	}
	for turn := range turns(req.Messages) {
		if turn[0].Role == provider.RoleAssistant {
			if said := saidBefore(turn[0]); len(said) > 0 {
				p.Messages = append(p.Messages, sdk.NewAssistantMessage(said...))
			}
		} else {
			p.Messages = append(p.Messages, sdk.NewUserMessage(asked(turn)...))
		}
	}
	p.StopSequences = req.Stop
	setTools(&p, req)
	if req.Format != nil {
		p.OutputConfig.Format = param.Override[sdk.JSONOutputFormatParam](jsonFormat{"json_schema", req.Format.Schema})
	}
	if req.TopP != nil {
		p.TopP = sdk.Float(*req.TopP)
	}
	if req.Temperature != nil {
		p.Temperature = sdk.Float(*req.Temperature)
	}
	if req.UserHash != "" {
		p.Metadata.UserID = sdk.String(req.UserHash)
	}
	if req.ReasoningEffort != "" {
		p.OutputConfig.Effort = sdk.OutputConfigEffort(req.ReasoningEffort)
		if !strings.Contains(req.Model, "-4-5") && !forced(req) { // Claude 4.5 takes an effort, but knows no adaptive thinking; a call that is forced leaves no room for any
			p.Thinking.OfAdaptive = &sdk.ThinkingConfigAdaptiveParam{Display: sdk.ThinkingConfigAdaptiveDisplaySummarized}
		}
	}
	return p
}

// blocks gives a question, its pictures first, as Anthropic advises. A text that
// is empty or white space is left out: the API refuses one.
func blocks(m provider.Message) []sdk.ContentBlockParamUnion {
	list := make([]sdk.ContentBlockParamUnion, 0, len(m.Images)+1)
	for _, image := range m.Images {
		list = append(list, sdk.NewImageBlockBase64(image.ContentType, base64.StdEncoding.EncodeToString(image.Data)))
	}
	if !blank(m.Text) || len(m.Images) == 0 {
		list = append(list, sdk.NewTextBlock(m.Text))
	}
	return list
}
