package anthropic_test

import (
	"testing"

	"pulse/internal/provider/providertest"
)

func FuzzChat(f *testing.F) {
	providertest.Fuzz(f, subject(),
		"event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"a\",\"model\":\"m\",\"usage\":{\"input_tokens\":3,"+
			"\"cache_creation\":{\"ephemeral_5m_input_tokens\":1,\"ephemeral_1h_input_tokens\":2}}}}\n\n"+
			"event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\",\"text\":\"hi\"}}\n\n"+
			"event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":1}}\n\n"+
			"event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
		"event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"refusal\","+
			"\"stop_details\":{\"category\":null,\"explanation\":\"no\"}},\"usage\":null}\n\n",
		"event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"busy\"}}\n\n",
		"event: error\ndata: busy\n\nevent: ping\ndata: {}\n\n",
		`{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long"},"request_id":"r"}`,
		`{"type":"error","error":{"type":"rate_limit_error","message":"slow"}}`,
		`<html>502</html>`,
		"data: null\n\nevent: message_start\ndata: 7\n\n",
		"event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":1,\"content_block\":{\"type\":\"tool_use\",\"id\":\"a\",\"name\":\"f\",\"input\":{}}}\n\n"+
			"event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":9,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"{\"}}\n\n",
	)
}
