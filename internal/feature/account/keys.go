package account

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"pulse/internal/actor"
	"pulse/internal/fault"
	"pulse/internal/store"
	"pulse/internal/store/query"
)

const (
	maxKeys    = 50
	maxKeyName = 100 // characters
	maxKeyTime = 5 * 365 * 24 * time.Hour
	hintLength = 4
)

// Key is an API key as the API shows it to its person. The secret itself is
// shown once, when it is made.
type Key struct {
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	Hint       string     `json:"hint" doc:"The key's last characters"`
	Scopes     []string   `json:"scopes" nullable:"false" doc:"What it may do: generate, read, write"`
	CreatedAt  time.Time  `json:"created_at"`
	ExpiresAt  *time.Time `json:"expires_at" doc:"null: never"`
	LastUsedAt *time.Time `json:"last_used_at" doc:"To the minute; null: not yet"`
}

type keysOutput struct {
	Body struct {
		Items []Key `json:"items"`
	}
}

// keys lists a person's API keys, the newest first. Expired ones are listed,
// too: one that stopped working should be found.
func (r *Room) keys(ctx context.Context, _ *struct{}) (*keysOutput, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := r.db.Read().ListKeys(ctx, a.ID)
	if err != nil {
		return nil, fmt.Errorf("account: API keys of user %s: %w", a.ID, err)
	}
	out := &keysOutput{}
	out.Body.Items = make([]Key, len(rows))
	for i, k := range rows {
		out.Body.Items[i] = Key{
			ID: k.ID, Name: k.Name, Hint: k.Hint, Scopes: actor.ReadScopes(k.Scopes).Names(), CreatedAt: store.Time(k.CreatedAt),
			ExpiresAt: timeOrNil(k.ExpiresAt), LastUsedAt: timeOrNil(k.LastUsedAt),
		}
	}
	return out, nil
}

func timeOrNil(millis int64) *time.Time {
	if millis == 0 {
		return nil
	}
	return new(store.Time(millis))
}

type createKeyInput struct {
	Body struct {
		Name      string     `json:"name" maxLength:"400" doc:"What it is for, at most 100 characters" example:"My editor"`
		Scopes    []string   `json:"scopes,omitempty" minItems:"1" maxItems:"3" enum:"generate,read,write" doc:"What it may do; all when absent"`
		ExpiresAt *time.Time `json:"expires_at,omitempty" doc:"Absent: never; at most five years from now"`
	}
}

type createKeyOutput struct {
	Body struct {
		Key

		Secret string `json:"key" doc:"The key itself; it is not shown again" example:"pulse_sk_…"`
	}
}

// createKey makes an API key.
func (r *Room) createKey(ctx context.Context, in *createKeyInput) (*createKeyOutput, error) {
	a, _, err := r.confirmed(ctx) // a key outlives the session that it was made in
	if err != nil {
		return nil, err
	}
	name, scopes, now := norm.NFC.String(strings.TrimSpace(in.Body.Name)), actor.AllScopes, r.now()
	if in.Body.Scopes != nil {
		scopes = actor.ReadScopes(strings.Join(in.Body.Scopes, " "))
	}
	f := fault.New(fault.Invalid, "The key has fields to mend.")
	wrong := func(location, message string) {
		f.Fields = append(f.Fields, fault.Field{Location: location, Message: message})
	}
	switch {
	case name == "":
		wrong("body.name", "must say what the key is for")
	case utf8.RuneCountInString(name) > maxKeyName:
		wrong("body.name", "may have at most 100 characters")
	case !printable(withoutJoiners(name)):
		wrong("body.name", "has a character that cannot be shown")
	}
	expires := int64(0)
	if at := in.Body.ExpiresAt; at != nil {
		if expires = store.Millis(*at); !at.After(now) || at.After(now.Add(maxKeyTime)) {
			wrong("body.expires_at", "must be between now and five years from now")
		}
	}
	if len(f.Fields) > 0 {
		return nil, f
	}
	out := &createKeyOutput{}
	out.Body.Secret = keyPrefix + newSecret()
	row := query.InsertKeyParams{
		ID: store.NewID(), UserID: a.ID, Name: name, TokenHash: hashOf(keyKind, out.Body.Secret),
		Hint: out.Body.Secret[len(out.Body.Secret)-hintLength:], Scopes: scopes.String(), CreatedAt: store.Millis(now), ExpiresAt: expires,
	}
	err = r.db.Write(ctx, func(ctx context.Context, q *query.Queries) error {
		// The row of the person keeps others who make keys, or who deactivate the
		// person, waiting.
		if _, err := q.LockUser(ctx, a.ID); store.NotFound(err) {
			return errDeactivated()
		} else if err != nil {
			return err
		}
		n, err := q.CountKeys(ctx, a.ID)
		if err != nil {
			return err
		}
		if n >= maxKeys {
			f := fault.Newf(fault.Conflict, "You have %d API keys, which is the most. Revoke one first.", maxKeys)
			f.Type = "too_many_keys"
			return f
		}
		return q.InsertKey(ctx, row)
	})
	if err != nil {
		return nil, fmt.Errorf("account: API key of user %s: %w", a.ID, err)
	}
	out.Body.Key = Key{
		ID: row.ID, Name: name, Hint: row.Hint, Scopes: scopes.Names(), CreatedAt: store.Time(row.CreatedAt), ExpiresAt: timeOrNil(expires),
	}
	return out, nil
}

type keyInput struct {
	ID string `path:"id" maxLength:"64"`
}

// revokeKey ends an API key at once. It is NotFound for those of others.
func (r *Room) revokeKey(ctx context.Context, in *keyInput) (*struct{}, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	err = r.db.Write(ctx, func(ctx context.Context, q *query.Queries) error {
		n, err := q.DeleteKey(ctx, query.DeleteKeyParams{ID: in.ID, UserID: a.ID})
		if err == nil && n == 0 {
			return fault.New(fault.NotFound, "You have no such API key; it may have been revoked already.")
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("account: revoke API key %s: %w", in.ID, err)
	}
	r.changes.SignedOut(ctx, a.ID, in.ID)
	return nil, nil //nolint:nilnil // 204
}
