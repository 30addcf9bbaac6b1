package demo

import (
	"context"
	"strings"

	"pulse/internal/provider"
)

// toCall names the tool that the demo calls; "" for none. It calls the one that
// it has to, or, so that a program can be tried with it, the first one when the
// question has the word "[tool]".
func toCall(req provider.ChatRequest) string {
	if len(req.Tools) == 0 || len(req.Messages) == 0 {
		return ""
	}
	last := req.Messages[len(req.Messages)-1]
	switch req.ToolChoice.Mode {
	case provider.ToolNone:
		return ""
	case provider.ToolNamed:
		return req.ToolChoice.Name
	case provider.ToolRequired:
		return req.Tools[0].Name
	case provider.ToolAuto, "":
	}
	if last.Role == provider.RoleUser && strings.Contains(last.Text, "[tool]") {
		return req.Tools[0].Name
	}
	return ""
}

// call answers by a call without arguments.
func call(ctx context.Context, req provider.ChatRequest, name string, emit func(provider.Delta)) (provider.ChatAnswer, error) {
	if ctx.Err() != nil {
		return provider.ChatAnswer{Model: req.Model, ResponseID: responseID(req), Usage: usageOf(req, 0)}, context.Cause(ctx)
	}
	emit(provider.Delta{ToolCall: &provider.ToolCallDelta{ID: "call_" + responseID(req), Name: name, Arguments: "{}"}})
	return provider.ChatAnswer{
		FinishReason: provider.FinishToolCalls, Model: req.Model, ResponseID: responseID(req), Usage: usageOf(req, 1),
	}, nil
}
