package openai

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	sdk "github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/packages/ssestream"

	"pulse/internal/provider"
)

// explain makes a *provider.Error of what the API said, and leaves what it did
// not say (a broken line, silence) to the call.
func explain(err error) error {
	if refused, ok := errors.AsType[*sdk.Error](err); ok {
		return refusal(refused.StatusCode, refused.Code, refused.Type, refused.Message)
	}
	if event, ok := errors.AsType[*ssestream.StreamError](err); ok {
		return explainEvent(event.Event.Data)
	}
	return err
}

// explainEvent reads an error that comes in mid-stream, after status 200.
// OpenAI's code is a word, OpenRouter's is the HTTP status as a number.
func explainEvent(data []byte) error {
	var event struct {
		Error struct {
			Code    any    `json:"code"`
			Type    string `json:"type"`
			Message string `json:"message"`
		} `json:"error"`
	}
	if err := json.Unmarshal(data, &event); err != nil || event.Error.Message == "" && event.Error.Code == nil {
		return provider.VendorError(provider.KindMalformed, http.StatusOK, "error", "an error event that says nothing")
	}
	status, code := http.StatusInternalServerError, ""
	switch v := event.Error.Code.(type) {
	case float64:
		status, code = int(v), strconv.Itoa(int(v))
	case string:
		code = v
		if n, err := strconv.Atoi(v); err == nil {
			status = n
		}
	}
	e := refusal(status, code, event.Error.Type, event.Error.Message)
	e.Status = http.StatusOK
	return e
}

// refusal classifies by code where it says more than the status does.
func refusal(status int, code, typ, message string) *provider.Error {
	kind := provider.KindOfStatus(status)
	word := code
	if word == "" {
		word = typ
	}
	switch word {
	case "context_length_exceeded", "string_above_max_length":
		kind = provider.KindTooLong
	case "insufficient_quota", "credit_balance_exhausted", "billing_hard_limit_reached":
		kind = provider.KindNoCredit
	case "model_not_found":
		kind = provider.KindNoModel
	case "rate_limit_exceeded", "slow_down":
		kind = provider.KindRateLimited
	case "content_policy_violation", "content_filter", "moderation_blocked":
		kind = provider.KindBlocked
	case "invalid_api_key":
		kind = provider.KindAuth
	}
	// vLLM, Ollama and LM Studio have no code for it.
	if kind == provider.KindBadRequest && strings.Contains(message, "context length") {
		kind = provider.KindTooLong
	}
	return provider.VendorError(kind, status, word, message)
}
