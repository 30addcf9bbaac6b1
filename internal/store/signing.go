package store

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"time"

	"pulse/internal/store/query"
)

// signingKeyLen is how many bytes a key has: as many as what HMAC-SHA256 gives.
const signingKeyLen = 32

// SigningKey gives the key that all processes of an installation sign with for a
// purpose. Whoever asks first makes it; it never changes, so that callers keep it.
func SigningKey(ctx context.Context, db *DB, purpose string) ([]byte, error) {
	secret, err := db.Read().GetSigningKey(ctx, purpose)
	if NotFound(err) {
		fresh := make([]byte, signingKeyLen)
		_, _ = rand.Read(fresh) // it never fails
		err = db.Write(ctx, func(ctx context.Context, q *query.Queries) error {
			return q.AddSigningKey(ctx, query.AddSigningKeyParams{
				Purpose: purpose, Secret: base64.StdEncoding.EncodeToString(fresh), CreatedAt: Millis(time.Now()),
			})
		})
		if err != nil {
			return nil, wrap("make a signing key", err)
		}
		secret, err = db.Read().GetSigningKey(ctx, purpose) // ours, or that of who was faster
	}
	if err != nil {
		return nil, wrap("read a signing key", err)
	}
	key, err := base64.StdEncoding.DecodeString(secret)
	return key, wrap("read a signing key", err)
}
