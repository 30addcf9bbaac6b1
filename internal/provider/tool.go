package provider

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"strings"
)

// plainID is what every vendor takes as the id of a call.
var plainID = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)

// PlainID gives an id of a call as it can be sent to a vendor. Those that vendors
// make are that already; one that carries something of another vendor's, in a
// conversation that went from one to the other, becomes one, the same each time.
func PlainID(id string) string {
	if plainID.MatchString(id) {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return "call_" + hex.EncodeToString(sum[:16])
}

// Object gives a call's arguments as the JSON object that vendors want back.
// What a model wrote may be nothing, or anything: that becomes an object, too.
func (c ToolCall) Object() json.RawMessage {
	text := strings.TrimSpace(c.Arguments)
	if text == "" {
		return json.RawMessage(`{}`)
	}
	if text[0] == '{' && json.Valid([]byte(text)) {
		return json.RawMessage(text)
	}
	object, err := json.Marshal(map[string]string{"invalid": c.Arguments})
	if err != nil { // a string always marshals
		return json.RawMessage(`{}`)
	}
	return object
}
