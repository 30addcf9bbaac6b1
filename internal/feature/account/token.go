package account

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"pulse/internal/store"
	"pulse/internal/store/query"
)

const (
	tokenIssuerName = "pulse"     // iss
	tokenAudience   = "pulse-api" // aud
	keyValue        = "jwt_key"   // name of the signing key in instance_values
	keyBytes        = 32          // as many as the hash of HS256 gives
)

// signingKey gives the installation's key. Whichever replica comes first makes
// it; all read the same.
func signingKey(ctx context.Context, db *store.DB, now time.Time) ([]byte, error) {
	key := make([]byte, keyBytes)
	_, _ = rand.Read(key) // never fails
	var kept string
	err := db.Write(ctx, func(ctx context.Context, q *query.Queries) error {
		fresh := query.KeepValueParams{Name: keyValue, Value: base64.RawStdEncoding.EncodeToString(key), CreatedAt: store.Millis(now)}
		if _, err := q.KeepValue(ctx, fresh); err != nil {
			return fmt.Errorf("keep: %w", err)
		}
		var err error
		if kept, err = q.GetValue(ctx, keyValue); err != nil {
			return fmt.Errorf("read: %w", err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if key, err = base64.RawStdEncoding.DecodeString(kept); err != nil || len(key) != keyBytes {
		return nil, fmt.Errorf("instance value %s is not %d bytes in base64; delete it and all tokens end", keyValue, keyBytes)
	}
	return key, nil
}

// tokenIssuer signs and reads tokens. A token carries a session's secret as its
// jti: the signature keeps made-up tokens from the database, and the session's
// row lets a token be revoked.
type tokenIssuer struct {
	key []byte
	now func() time.Time
}

func (t *tokenIssuer) sign(userID, secret string) (string, error) {
	now := t.now()
	claims := jwt.RegisteredClaims{
		Issuer: tokenIssuerName, Audience: jwt.ClaimStrings{tokenAudience}, Subject: userID, ID: secret,
		IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(tokenTime)),
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString(t.key)
	if err != nil {
		return "", fmt.Errorf("account: sign a token: %w", err)
	}
	return token, nil
}

// read gives what a token of ours carries; ok is false for any other token
// (RFC 8725: one algorithm, pinned; issuer, audience and expiry required).
func (t *tokenIssuer) read(token string) (secret, userID string, ok bool) {
	parser := jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithStrictDecoding(), jwt.WithTimeFunc(t.now),
		jwt.WithIssuer(tokenIssuerName), jwt.WithAudience(tokenAudience), jwt.WithExpirationRequired(), jwt.WithIssuedAt(),
	)
	var claims jwt.RegisteredClaims
	if _, err := parser.ParseWithClaims(token, &claims, func(*jwt.Token) (any, error) { return t.key, nil }); err != nil {
		return "", "", false
	}
	return claims.ID, claims.Subject, claims.ID != "" && claims.Subject != ""
}
