package account

import (
	"context"

	"pulse/internal/fault"
	"pulse/internal/store"
	"pulse/internal/store/query"
)

type changePasswordInput struct {
	Body struct {
		Current  string `json:"current_password,omitempty" maxLength:"200" format:"password" doc:"Needed by those who have one"`
		Password string `json:"password" maxLength:"200" format:"password" doc:"The new one, at least 8 characters"`
	}
}

// changePassword gives a person another password, or their first one, and ends
// all other sessions and tokens. API keys stay: they do not come from it.
func (r *Room) changePassword(ctx context.Context, in *changePasswordInput) (*struct{}, error) {
	a, u, err := r.mayChangePassword(ctx, in.Body.Current)
	if err != nil {
		return nil, err
	}
	if what := checkPassword(in.Body.Password, email{u.Email, u.EmailKey}); what != "" {
		return nil, fault.BadField("body.password", what)
	}
	hash, err := r.hasher.hash(ctx, in.Body.Password)
	if err != nil {
		return nil, err
	}
	now := store.Millis(r.now())
	err = r.endOthers(ctx, u.ID, a, func(ctx context.Context, q *query.Queries) error {
		// Since it was checked, the password or the person may have been changed.
		n, err := q.ConfirmSignIn(ctx, query.ConfirmSignInParams{ID: u.ID, PasswordHash: u.PasswordHash})
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Conflict, "Your password was changed elsewhere in this moment. Sign in again.")
		}
		if _, err := q.SetUserPassword(ctx, query.SetUserPasswordParams{ID: u.ID, PasswordHash: hash, UpdatedAt: now}); err != nil {
			return err
		}
		if _, err := q.DeleteEmailTokensOfUser(ctx, u.ID); err != nil { // a link for another one is not to undo this
			return err
		}
		_, err = q.ConfirmSession(ctx, query.ConfirmSessionParams{ID: a, UserID: u.ID, ConfirmedAt: now})
		return err
	})
	if err != nil {
		return nil, err
	}
	r.post.tell("a note about a new password", u, passwordLetter)
	return nil, nil //nolint:nilnil // 204
}

// mayChangePassword makes sure that it is the person who asks: by the password
// they have, or, without one, by how they came in. It gives their session.
func (r *Room) mayChangePassword(ctx context.Context, current string) (sessionID string, u query.User, err error) {
	a, u, err := r.confirmed(ctx)
	if u.ID == "" { // nobody, or the database is away
		return "", u, err
	}
	if u.PasswordHash == "" {
		return a.SessionID, u, err
	}
	if current == "" {
		return "", u, fault.BadField("body.current_password", "is needed")
	}
	err = r.knows(ctx, a, current)
	if fault.Is(err, fault.Unauthenticated) { // they are signed in; 401 would say that they are not
		err = fault.BadField("body.current_password", "is wrong")
	}
	return a.SessionID, u, err
}
