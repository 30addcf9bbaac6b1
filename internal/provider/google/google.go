// Package google speaks to Google's Gemini models, by the Gemini API or by
// Vertex AI.
package google

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strings"

	"google.golang.org/genai"

	"pulse/internal/provider"
)

// DefaultBaseURL is the Gemini API's own address.
const DefaultBaseURL = "https://generativelanguage.googleapis.com"

const id = "google"

// maxWhole is how many tokens an answer in one piece may have; a request for
// more has to be streamed.
const maxWhole = 32768

// Options say whom to speak to.
type Options struct {
	APIKey  string  // for the Gemini API
	Vertex  *Vertex // not nil: Vertex AI instead of the Gemini API
	BaseURL string  // without a version; empty: Google's own. The operator's alone.
	// HTTPClient is provider.NewClient's, to be shared by all adapters; nil makes one.
	HTTPClient *http.Client
}

// Client is the adapter. It implements provider.Chatter and provider.Lister.
type Client struct {
	sdk    *genai.Client
	vertex bool
}

var (
	_ provider.Chatter = (*Client)(nil)
	_ provider.Lister  = (*Client)(nil)
)

// New makes the adapter. It fails without a key, and on Vertex AI without a
// project or usable credentials. The SDK reads the environment for whatever is
// left empty, so nothing is; its retries are off unless one asks for them.
func New(ctx context.Context, o Options) (*Client, error) {
	if o.HTTPClient == nil {
		o.HTTPClient = provider.NewClient(provider.Patience{})
	}
	config := &genai.ClientConfig{
		Backend: genai.BackendGeminiAPI, APIKey: o.APIKey, HTTPClient: o.HTTPClient,
		HTTPOptions: genai.HTTPOptions{BaseURL: o.BaseURL},
	}
	switch {
	case o.Vertex != nil:
		if err := o.Vertex.apply(ctx, config); err != nil {
			return nil, err
		}
	case o.APIKey == "":
		return nil, errors.New("google: the Gemini API needs a key")
	case o.BaseURL == "":
		config.HTTPOptions.BaseURL = DefaultBaseURL
	}
	client, err := genai.NewClient(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("google: %w", err)
	}
	return &Client{client, o.Vertex != nil}, nil
}

// Chat answers one chat. See provider.Chatter.
func (c *Client) Chat(ctx context.Context, req provider.ChatRequest, emit func(provider.Delta)) (provider.ChatAnswer, error) {
	streamed := req.Stream || req.MaxTokens > maxWhole
	call := provider.NewCall(ctx, id, req, streamed, emit)
	if err := refused(req); err != nil {
		return call.End(provider.ChatAnswer{}, err)
	}
	a := answer{call: call}
	err := c.responses(call.Context(), req, streamed, a.take)
	if err == nil {
		err = a.blocked
	} else {
		err = explain(err)
	}
	return call.End(a.end(), err)
}

// responses hands over each response of an answer, of which only a stream has many.
func (c *Client) responses(ctx context.Context, req provider.ChatRequest, streamed bool, take func(*genai.GenerateContentResponse)) error {
	var s shelter
	return s.run(func() error {
		if !streamed {
			whole, err := c.sdk.Models.GenerateContent(ctx, req.Model, contents(req), c.config(req))
			if err == nil {
				s.leave(func() { take(whole) })
			}
			return err //nolint:wrapcheck // for explain
		}
		for next, err := range c.sdk.Models.GenerateContentStream(ctx, req.Model, contents(req), c.config(req)) {
			if err != nil {
				return err
			}
			s.leave(func() { take(next) })
		}
		return nil
	})
}

func contents(req provider.ChatRequest) []*genai.Content {
	list := make([]*genai.Content, 0, len(req.Messages))
	names := map[string]string{} // of the calls, by id
	for _, m := range req.Messages {
		switch m.Role {
		case provider.RoleAssistant:
			for _, c := range m.ToolCalls {
				names[c.ID] = c.Name
			}
			list = append(list, genai.NewContentFromParts(append(partsUnlessEmpty(m), calls(m)...), genai.RoleModel))
		case provider.RoleTool:
			result := resultOf(names[m.ToolCallID], m)
			if n := len(list); n > 0 && isResult(list[n-1]) { // all results of an answer's calls are one turn
				list[n-1].Parts = append(list[n-1].Parts, result)
				continue
			}
			list = append(list, genai.NewContentFromParts([]*genai.Part{result}, genai.RoleUser))
		default:
			list = append(list, genai.NewContentFromParts(parts(m), genai.RoleUser))
		}
	}
	return list
}

// parts gives a message, its pictures first. The SDK encodes them.
func parts(m provider.Message) []*genai.Part {
	list := make([]*genai.Part, 0, len(m.Images)+1)
	for _, image := range m.Images {
		list = append(list, genai.NewPartFromBytes(image.Data, image.ContentType))
	}
	if m.Text != "" || len(m.Images) == 0 {
		list = append(list, genai.NewPartFromText(m.Text))
	}
	return list
}

// config translates the settings. Users are not told apart: there is no field for it.
func (c *Client) config(req provider.ChatRequest) *genai.GenerateContentConfig {
	config := &genai.GenerateContentConfig{
		MaxOutputTokens: int32(min(req.MaxTokens, math.MaxInt32)), //nolint:gosec // it fits, by min
		// Else the SDK goes on by itself after CONTINUATION, each hop billed.
		AutomaticContinuation: new(false),
		ThinkingConfig: &genai.ThinkingConfig{
			IncludeThoughts: true, ThinkingLevel: genai.ThinkingLevel(strings.ToUpper(req.ReasoningEffort)),
		},
	}
	if req.System != "" {
		config.SystemInstruction = genai.NewContentFromText(req.System, genai.RoleUser)
	}
	if req.Temperature != nil {
		config.Temperature = new(float32(*req.Temperature))
	}
	if req.TopP != nil {
		config.TopP = new(float32(*req.TopP))
	}
	config.StopSequences = req.Stop
	setTools(config, req)
	if req.Format != nil {
		config.ResponseMIMEType = "application/json"
		if req.Format.Schema != nil {
			config.ResponseJsonSchema = req.Format.Schema
		}
	}
	if !c.vertex {
		config.Store = new(false) // the Gemini API keeps requests otherwise; Vertex AI does not know the field
	}
	return config
}
