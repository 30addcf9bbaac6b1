package account

import (
	"context"
	"fmt"

	"pulse/internal/actor"
	"pulse/internal/store"
	"pulse/internal/store/query"
)

const (
	keyPrefix = "pulse_sk_" // tells a key from a token, and people and scanners what they look at
	keyKind   = "key"       // for hashOf
)

// byKey finds the person of an API key.
func (r *Room) byKey(ctx context.Context, key string) (a actor.Actor, ok bool, err error) {
	now := store.Millis(r.now())
	k, err := r.db.Read().GetKey(ctx, query.GetKeyParams{TokenHash: hashOf(keyKind, key), Now: now})
	if store.NotFound(err) {
		return actor.Actor{}, false, nil
	}
	if err != nil {
		return actor.Actor{}, false, fmt.Errorf("account: look up an API key: %w", err)
	}
	if now-k.LastUsedAt >= touchTime.Milliseconds() {
		r.touchKey(ctx, k, now)
	}
	return actor.Actor{ // nobody administers by a key that lies in some program's settings
		ID: k.UserID, SessionID: k.KeyID, Email: k.Email, Plan: k.Plan, Anchor: store.Time(k.AnchorAt),
		ByKey: true, Scopes: actor.ReadScopes(k.Scopes),
	}, true, nil
}

// touchKey notes that a key was used. As with sessions, a failure keeps nobody out.
func (r *Room) touchKey(ctx context.Context, k query.GetKeyRow, now int64) {
	err := r.db.Write(ctx, func(ctx context.Context, q *query.Queries) error {
		_, err := q.TouchKey(ctx, query.TouchKeyParams{ID: k.KeyID, UserID: k.UserID, Now: now, Seen: k.LastUsedAt})
		return err
	})
	if err != nil {
		r.log.WarnContext(ctx, "the use of an API key was not noted", "key_id", k.KeyID, "error", err)
	}
}
