package google

import (
	"context"
	"net/http"
	"path"
	"strings"

	"google.golang.org/genai"

	"pulse/internal/provider"
)

// ListModels gives the ids of Google's models, which costs nothing. See
// provider.Lister. Vertex AI's list is the same for everybody, so there a
// success also means that the project was let in.
func (c *Client) ListModels(ctx context.Context) ([]string, error) {
	call := provider.NewCall(ctx, id, provider.ChatRequest{}, true, nil)
	var ids []string
	err := new(shelter).run(func() error {
		for model, err := range c.sdk.Models.All(call.Context()) {
			if err != nil {
				return explain(err)
			}
			if model.Name == "" {
				return provider.VendorError(provider.KindMalformed, http.StatusOK, "models", "one has no name")
			}
			ids = append(ids, path.Base(model.Name)) // "models/x", or "publishers/google/models/x"
		}
		if c.vertex {
			return c.enter(call.Context(), ids)
		}
		return nil
	})
	if err != nil {
		return nil, call.Failure(err)
	}
	return ids, nil
}

// enter makes a call that names the project and the location and is free: it
// counts the tokens of a word. Not every listed model is offered everywhere,
// and whoever is told so was let in.
func (c *Client) enter(ctx context.Context, ids []string) error {
	for _, model := range ids {
		if !strings.HasPrefix(model, "gemini-") {
			continue
		}
		_, err := c.sdk.Models.CountTokens(ctx, model, genai.Text("Hello"), nil)
		if err == nil {
			return nil
		}
		if err = explain(err); provider.KindOf(err) != provider.KindNoModel {
			return err
		}
		return nil
	}
	return nil
}
