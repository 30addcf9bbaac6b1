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
		"data: {\"error\":null}\n\ndata: null\n\ndata: 7\n\n: comment\n\n",
	)
}
