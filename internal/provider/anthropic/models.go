package anthropic

import (
	"context"
	"net/http"

	sdk "github.com/anthropics/anthropic-sdk-go"

	"pulse/internal/provider"
)

// pageSize is the most that a page of the list may have, and more than there are.
const pageSize = 1000

// ListModels gives the ids of the models that the key may use, which costs
// nothing. See provider.Lister.
func (c *Client) ListModels(ctx context.Context) ([]string, error) {
	call := provider.NewCall(ctx, id, provider.ChatRequest{}, true, nil)
	var ids []string
	pages := c.sdk.Models.ListAutoPaging(call.Context(), sdk.ModelListParams{Limit: sdk.Int(pageSize)})
	for pages.Next() {
		id := pages.Current().ID
		if id == "" { // the SDK takes anything for a model
			return nil, call.Failure(provider.VendorError(provider.KindMalformed, http.StatusOK, "models", "one has no id"))
		}
		ids = append(ids, id)
	}
	if err := pages.Err(); err != nil {
		return nil, call.Failure(explain(err))
	}
	return ids, nil
}
