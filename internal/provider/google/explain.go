package google

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"cloud.google.com/go/auth"
	"google.golang.org/genai"

	"pulse/internal/provider"
)

// explain makes a *provider.Error of what Google said, and leaves what it did
// not say (silence, a broken line) to the call.
func explain(err error) error {
	if provider.KindOf(err) != "" {
		return err
	}
	if token, ok := errors.AsType[*auth.Error](err); ok {
		return explainToken(token)
	}
	if refused, ok := errors.AsType[genai.APIError](err); ok { // a value, not a pointer
		return refusal(refused)
	}
	// The SDK's errors about what it cannot read quote it, and it may be somebody's text.
	for _, prefix := range []string{"iterateResponseStream:", "deserializeUnaryResponse:", "mapToStruct:"} {
		if strings.HasPrefix(err.Error(), prefix) {
			return provider.VendorError(provider.KindMalformed, http.StatusOK, "response", "it cannot be read")
		}
	}
	return err
}

// explainToken tells of credentials that give no token.
func explainToken(err *auth.Error) error {
	status := 0
	if err.Response != nil {
		status = err.Response.StatusCode
	}
	kind := provider.KindAuth
	if status >= http.StatusInternalServerError {
		kind = provider.KindOverloaded
	}
	return provider.VendorError(kind, status, "credentials", err.Error())
}

func refusal(err genai.APIError) error {
	kind := provider.KindOfStatus(err.Code)
	reason, delay := details(err.Details)
	switch {
	case reason == "API_KEY_INVALID": // under 400
		kind = provider.KindAuth
	case reason == "BILLING_DISABLED": // under 403
		kind = provider.KindNoCredit
	case kind == provider.KindBadRequest && strings.Contains(err.Message, "exceeds the maximum number of tokens"):
		kind = provider.KindTooLong
	}
	// The HTTP status is the call's to know: err may have come in mid-stream, under 200.
	e := provider.VendorError(kind, 0, err.Status, err.Message)
	e.RetryAfter = delay
	return e
}

// details reads the reason and the wait that Google hides in an error's details.
func details(list []map[string]any) (reason string, delay time.Duration) {
	for _, detail := range list {
		typ, _ := detail["@type"].(string)
		switch {
		case strings.HasSuffix(typ, "google.rpc.ErrorInfo"):
			reason, _ = detail["reason"].(string)
		case strings.HasSuffix(typ, "google.rpc.RetryInfo"):
			text, _ := detail["retryDelay"].(string)
			if d, err := time.ParseDuration(text); err == nil {
				delay = max(0, d)
			}
		}
	}
	return reason, delay
}
