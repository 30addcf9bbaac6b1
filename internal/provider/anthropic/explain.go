package anthropic

import (
	"encoding/json"
	"errors"
	"strings"

	sdk "github.com/anthropics/anthropic-sdk-go"

	"pulse/internal/provider"
)

// kinds are Anthropic's error types. They decide, not the status: in
// mid-stream an error comes under status 200.
var kinds = map[string]provider.Kind{
	"invalid_request_error": provider.KindBadRequest,
	"authentication_error":  provider.KindAuth,
	"permission_error":      provider.KindAuth,
	"billing_error":         provider.KindNoCredit,
	"not_found_error":       provider.KindNoModel,
	"request_too_large":     provider.KindTooLong,
	"rate_limit_error":      provider.KindRateLimited,
	"conflict_error":        provider.KindOverloaded,
	"api_error":             provider.KindOverloaded,
	"timeout_error":         provider.KindOverloaded,
	"overloaded_error":      provider.KindOverloaded,
}

// explain makes a *provider.Error of what the API said, and leaves what it did
// not say (a broken line, silence) to the call.
func explain(err error) error {
	refused, ok := errors.AsType[*sdk.Error](err)
	if !ok {
		return err
	}
	var body struct {
		Error struct {
			Type    string `json:"type"`
			Message string `json:"message"`
		} `json:"error"`
	}
	if json.Unmarshal([]byte(refused.RawJSON()), &body) != nil || body.Error.Type == "" {
		return provider.VendorError(provider.KindOfStatus(refused.StatusCode), refused.StatusCode, "error", "not in the API's form")
	}
	typ, message := body.Error.Type, body.Error.Message
	kind, known := kinds[typ]
	if !known {
		kind = provider.KindOfStatus(refused.StatusCode)
	}
	if kind == provider.KindBadRequest { // which has no finer type
		switch {
		case strings.Contains(message, "prompt is too long"):
			kind = provider.KindTooLong
		case strings.Contains(message, "credit balance"):
			kind = provider.KindNoCredit
		case strings.Contains(message, "content filtering policy"):
			kind = provider.KindBlocked
		}
	}
	return provider.VendorError(kind, refused.StatusCode, typ, message)
}
