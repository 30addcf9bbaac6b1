package provider

import (
	"crypto/sha256"
	"encoding/hex"
)

// UserHash is what vendors get to tell abusers apart: stable, and nothing that
// leads back to the person without Pulse's database.
func UserHash(userID string) string {
	sum := sha256.Sum256([]byte("pulse user " + userID))
	return hex.EncodeToString(sum[:16])
}
