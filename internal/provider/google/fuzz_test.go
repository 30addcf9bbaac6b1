package google_test

import (
	"testing"

	"pulse/internal/provider/providertest"
)

func FuzzChat(f *testing.F) {
	providertest.Fuzz(f, subject(),
		"data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"hm\",\"thought\":true},{\"text\":\"hi\"}],\"role\":\"model\"},\"finishReason\":\"STOP\"}],"+
			"\"usageMetadata\":{\"promptTokenCount\":3,\"cachedContentTokenCount\":9,\"candidatesTokenCount\":1},\"modelVersion\":\"m\",\"responseId\":\"a\"}\r\n\r\n",
		`{"candidates":[{"content":{"parts":[{"text":"hi"}]},"finishReason":"MAX_TOKENS"}]}`,
		`{"error":{"code":429,"message":"slow","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"12.5s"}]}}`,
		`{"error":{"code":400,"message":"no","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID"}]}}`,
		"data: {\"promptFeedback\":{\"blockReason\":\"SAFETY\"}}\r\n\r\n",
		"data: {\"error\":{\"code\":503,\"message\":\"busy\",\"status\":\"UNAVAILABLE\"}}\r\n\r\n",
		"data: {\"candidates\":[null]}\r\n\r\ndata: {\"candidates\":[{\"content\":{\"parts\":[null]}}]}\r\n\r\n",
		"data: null\r\n\r\n",
		"data: {\"error\":{}}\r\n\r\n: comment\r\n\r\n",
		`<html>502</html>`,
		`{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{"a":1}},"thoughtSignature":"c2ln"},{"functionCall":null},{"functionCall":{}}]}`+
			`,"finishReason":"STOP"}]}`,
	)
}
