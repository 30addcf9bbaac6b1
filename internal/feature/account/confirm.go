package account

import (
	"context"
	"fmt"
	"time"

	"pulse/internal/actor"
	"pulse/internal/fault"
	"pulse/internal/store"
	"pulse/internal/store/query"
)

// confirmTime is how long ago a person may have shown who they are for what
// cannot be undone or lets others in (ASVS 7.5.1). Signing in shows it, too.
const confirmTime = 15 * time.Minute

// confirmed gives the person who asks when they showed a moment ago that it is
// really them, and not somebody at a browser that was left open. It is Forbidden
// with the type confirm_needed, and the ways to confirm, when they did not.
func (r *Room) confirmed(ctx context.Context) (actor.Actor, query.User, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return a, query.User{}, err
	}
	u, err := r.db.Read().GetUser(ctx, a.ID)
	if err != nil {
		return a, u, fmt.Errorf("account: read user %s: %w", a.ID, err)
	}
	if r.now().Sub(a.ConfirmedAt) <= confirmTime {
		return a, u, nil
	}
	methods := []string{}
	if u.PasswordHash != "" {
		methods = append(methods, "password")
	}
	elsewhere, err := r.comesFromIssuer(ctx, r.db.Read(), a.ID)
	if err != nil {
		return a, u, err
	}
	if elsewhere {
		methods = append(methods, "oidc")
	}
	f := fault.New(fault.Forbidden, "Please show once more that it is you, then try again.")
	f.Type, f.Extra = "confirm_needed", map[string]any{"methods": methods}
	return a, u, f
}

type confirmInput struct {
	Body struct {
		Password string `json:"password" maxLength:"200" format:"password"`
	}
}

// confirm notes that whoever is signed in knows the password. Wrong ones are
// counted.
func (r *Room) confirm(ctx context.Context, in *confirmInput) (*struct{}, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	if err := r.knows(ctx, a, in.Body.Password); err != nil {
		if fault.Is(err, fault.Unauthenticated) { // they are signed in; 401 would say that they are not
			return nil, fault.BadField("body.password", "is wrong")
		}
		return nil, err
	}
	err = r.db.Write(ctx, func(ctx context.Context, q *query.Queries) error {
		n, err := q.ConfirmSession(ctx, query.ConfirmSessionParams{ID: a.SessionID, UserID: a.ID, ConfirmedAt: store.Millis(r.now())})
		if err == nil && n == 0 { // ended meanwhile
			return fault.New(fault.Unauthenticated, "You were signed out meanwhile. Sign in and try again.")
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("account: confirm session %s: %w", a.SessionID, err)
	}
	return nil, nil //nolint:nilnil // 204
}
