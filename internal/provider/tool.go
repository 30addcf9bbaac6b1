package provider

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
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
