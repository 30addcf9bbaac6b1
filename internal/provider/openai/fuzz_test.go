package openai_test

import (
	"testing"

	"pulse/internal/provider/providertest"
)

func FuzzChat(f *testing.F) {
	providertest.Fuzz(f, subject(),
		`{"id":"a","model":"m","choices":[{"message":{"content":"hi","refusal":null},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":1}}`,
		`{"error":{"message":"no","type":"invalid_request_error","param":null,"code":"context_length_exceeded"}}`,
		`{"error":{"message":"slow","code":"rate_limit_exceeded"}}`,
		`<html>502</html>`,
		"data: {\"id\":\"a\",\"choices\":[{\"delta\":{\"content\":\"hi\"}}]}\n\ndata: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"+
			"data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1,\"prompt_tokens_details\":{\"cached_tokens\":9}}}\n\ndata: [DONE]\n\n",
		"data: {\"choices\":[{\"delta\":{\"refusal\":\"I cannot\"},\"finish_reason\":\"stop\"}]}\n\n",
		"data: {\"choices\":[{\"delta\":{\"reasoning\":\"a\",\"reasoning_content\":\"a\"}}]}\n\n",
		"data: {\"error\":{\"code\":502,\"message\":\"away\"}}\n\n",
		`{"choices":[{"message":{"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}},{}]},"finish_reason":"tool_calls"}]}`,
		"data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":-1,\"id\":\"a\"},{\"index\":9999999}]}}]}\n\n",
		"data: {\"error\":null}\n\ndata: null\n\ndata: 7\n\n: comment\n\n",
	)
}

func FuzzResponses(f *testing.F) {
	s := subject()
	s.FuzzTools = true
	providertest.Fuzz(f, s,
		`{"id":"a","model":"m","status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"hi"}]},{"type":"function_call"`+
			`,"call_id":"c","name":"f","arguments":"{}"}],"usage":{"input_tokens":3,"output_tokens":1}}`,
		`{"status":"failed","error":{"code":"server_error","message":"no"}}`,
		`{"status":"incomplete","incomplete_details":{"reason":"content_filter"},"output":[{"type":"message","content":[{"refusal":"I cannot"}]}]}`,
		`{"error":{"message":"no","code":"context_length_exceeded"}}`,
		"event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"delta\":\"hi\"}\n\n"+
			"event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{\"status\":\"completed\",\"usage\":{\"input_tokens\":3}}}\n\n",
		"data: {\"type\":\"response.output_item.added\",\"output_index\":7,\"item\":{\"type\":\"function_call\",\"call_id\":\"c\",\"name\":\"f\"}}\n\n"+
			"data: {\"type\":\"response.function_call_arguments.delta\",\"output_index\":8,\"delta\":\"{\"}\n\n",
		"data: {\"type\":\"error\",\"code\":\"rate_limit_exceeded\",\"message\":\"slow\"}\n\n",
		"data: {\"type\":\"response.failed\",\"response\":{\"status\":\"failed\",\"error\":{\"code\":\"server_error\"}}}\n\ndata: null\n\ndata: 7\n\n",
	)
}
