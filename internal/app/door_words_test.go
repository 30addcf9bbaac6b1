package app

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/openai/openai-go/v3"
)

// What a vendor cannot do is refused through the door in whole words and with the
// parameter, before the vendor is asked, and costs nothing.
func TestWhatAVendorCannotDo(t *testing.T) {
	t.Parallel()
	asks := map[string]struct {
		change func(*openai.ChatCompletionNewParams)
		param  string
	}{
		"OpenAI":    {func(p *openai.ChatCompletionNewParams) { p.Stop.OfStringArray = []string{"END"} }, "stop"},
		"Anthropic": {func(p *openai.ChatCompletionNewParams) { p.Stop.OfStringArray = []string{"\n"} }, "stop"},
		"Google":    {func(p *openai.ChatCompletionNewParams) { p.ParallelToolCalls = openai.Bool(false) }, "parallel_tool_calls"},
	}
	for name, v := range doorVendors(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, "", v.settings...)
			p := h.register("ada")
			client := p.sdk()
			request := askingForWeather()
			request.Model = v.model
			asks[name].change(&request)
			_, whole := client.Chat.Completions.New(t.Context(), request)
			_, streamed := hears(t.Context(), client, request)
			for how, err := range map[string]error{"whole": whole, "streamed": streamed} {
				e, ok := errors.AsType[*openai.Error](err)
				if !ok || e.StatusCode != http.StatusBadRequest || e.Type != "invalid_request_error" || e.Param != asks[name].param || !strings.HasPrefix(e.Message, name) {
					t.Errorf("%s: %v", how, err)
				}
			}
			if n := v.vendor.Books().Requests; n != 0 || p.usedTokens() != 0 {
				t.Errorf("the vendor was asked %d times, and %d tokens are booked", n, p.usedTokens())
			}
		})
	}
}

// The demo calls tools, so that a program can be tried with no vendor.
func TestDemoCallsTools(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	client := h.register("ada").sdk()
	request := askingForWeather()
	request.Model = "demo-chat"
	request.ToolChoice = openai.ToolChoiceOptionFunctionToolChoice(openai.ChatCompletionNamedToolChoiceFunctionParam{Name: "weather"})
	whole, err := client.Chat.Completions.New(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	said := whole.Choices[0]
	if said.FinishReason != "tool_calls" || len(said.Message.ToolCalls) != 1 || said.Message.ToolCalls[0].Function.Name != "weather" {
		t.Fatalf("finished by %s: %+v", said.FinishReason, said.Message)
	}
	request.ToolChoice = openai.ChatCompletionToolChoiceOptionUnionParam{}
	request.Messages = append(request.Messages, said.Message.ToParam(), openai.ToolMessage("rain", said.Message.ToolCalls[0].ID))
	if whole, err = client.Chat.Completions.New(t.Context(), request); err != nil || !strings.Contains(whole.Choices[0].Message.Content, "> rain") {
		t.Errorf("after the result: %+v, %v", whole, err)
	}
}
