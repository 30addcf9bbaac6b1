package account

import (
	"context"
	"fmt"

	"pulse/internal/fault"
	"pulse/internal/httpd"
	"pulse/internal/store"
	"pulse/internal/store/query"
)

type resetInput struct {
	Body struct {
		Token    string `json:"token" maxLength:"100" doc:"What is behind the # of the link"`
		Password string `json:"password" maxLength:"200" format:"password" doc:"At least 8 characters"`
	}
}

// reset gives the person of a link a new password and ends everything that the
// old one let in.
func (r *Room) reset(ctx context.Context, in *resetInput) (*struct{}, error) {
	t, err := r.link(ctx, r.db.Read(), in.Body.Token, resetLink)
	if err != nil {
		return nil, fmt.Errorf("account: a link for a new password: %w", err)
	}
	u, err := r.db.Read().GetUser(ctx, t.UserID)
	if err != nil {
		return nil, fmt.Errorf("account: read user %s: %w", t.UserID, err)
	}
	if what := checkPassword(in.Body.Password, email{u.Email, u.EmailKey}); what != "" {
		return nil, fault.BadField("body.password", what) // the link stays good
	}
	hash, err := r.hasher.hash(ctx, in.Body.Password)
	if err != nil {
		return nil, err
	}
	err = r.db.Write(ctx, func(ctx context.Context, q *query.Queries) (err error) {
		u, err = r.resetPassword(ctx, q, t, hash)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("account: a new password for user %s: %w", t.UserID, err)
	}
	// What others guessed must not keep them out.
	r.throttle.forgive(ctx, httpd.ClientOf(ctx).Network(), "e-mail "+u.EmailKey)
	r.throttle.forgive(ctx, "", "user "+u.ID)
	r.changes.SignedOut(ctx, u.ID, "")
	r.post.tell("a note about a new password", u, passwordLetter)
	return nil, nil //nolint:nilnil // 204
}

// resetPassword uses a link inside the caller's transaction.
func (r *Room) resetPassword(ctx context.Context, q *query.Queries, t query.EmailToken, hash string) (query.User, error) {
	u, err := q.LockUser(ctx, t.UserID)
	if store.NotFound(err) { // deactivated or deleted meanwhile
		return u, errLinkExpired()
	}
	if err != nil {
		return u, err
	}
	if err := r.takeLink(ctx, q, t); err != nil {
		return u, err
	}
	if sent, _ := readEmail(t.Email); t.Email != "" && sent.key != u.EmailKey {
		return u, errLinkExpired() // the account has another e-mail by now
	}
	now := store.Millis(r.now())
	if t.Email != "" && !u.IsVerified {
		// Until now anybody could have made this account with this e-mail, and
		// waited for its owner to move in. What they can come back with goes.
		if _, err := q.DeleteKeysOfUser(ctx, u.ID); err != nil {
			return u, err
		}
		if _, err := q.DeleteIdentitiesOfUser(ctx, u.ID); err != nil {
			return u, err
		}
	}
	if t.Email != "" { // they read it
		if _, err := q.SetUserVerified(ctx, query.SetUserVerifiedParams{ID: u.ID, UpdatedAt: now}); err != nil {
			return u, err
		}
	}
	if u, err = q.SetUserPassword(ctx, query.SetUserPasswordParams{ID: u.ID, PasswordHash: hash, UpdatedAt: now}); err != nil {
		return u, err
	}
	if _, err := q.DeleteSessionsOfUser(ctx, u.ID); err != nil {
		return u, err
	}
	_, err = q.DeleteEmailTokensOfUser(ctx, u.ID) // nor does a link that somebody else asked for count any more
	return u, err
}

// ResetLink makes a link with which a person chooses a new password, for the
// operator to hand over. It is Invalid without a public address, a Conflict for
// whoever is deactivated.
func (r *Room) ResetLink(ctx context.Context, address string) (string, error) {
	if r.post.publicURL == "" {
		return "", fault.New(fault.Invalid, "Set PULSE_PUBLIC_URL first: the link begins with it.")
	}
	var link string
	_, err := r.change(ctx, address, func(ctx context.Context, q *query.Queries, u query.User, _ int64) (query.User, error) {
		if !u.IsActive {
			return u, fault.Newf(fault.Conflict, "%s is deactivated. Activate them first.", u.Email)
		}
		var err error
		link, err = r.insertLink(ctx, q, u.ID, resetLink, "") // handed over, which shows nothing about the e-mail
		return u, err
	})
	return link, err
}
