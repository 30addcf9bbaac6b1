package account

import (
	"context"
	"fmt"
	"slices"
	"time"

	"pulse/internal/actor"
	"pulse/internal/fault"
	"pulse/internal/store"
	"pulse/internal/store/query"
)

// Identity is who a person is elsewhere, as the API shows it to them.
type Identity struct {
	ID         string    `json:"id"`
	Provider   string    `json:"provider" doc:"What people know it as" example:"Google"`
	Email      string    `json:"email" doc:"The e-mail that the person had there when they last came from there"`
	CreatedAt  time.Time `json:"created_at"`
	LastUsedAt time.Time `json:"last_used_at"`
}

type identitiesOutput struct {
	Body struct {
		Items []Identity `json:"items" nullable:"false"`
	}
}

// identities lists what a person can sign in with elsewhere. One of an issuer
// that was set up before is listed, too: it can be unlinked.
func (r *Room) identities(ctx context.Context, _ *struct{}) (*identitiesOutput, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := r.db.Read().ListIdentities(ctx, a.ID)
	if err != nil {
		return nil, fmt.Errorf("account: identities of user %s: %w", a.ID, err)
	}
	out := &identitiesOutput{}
	out.Body.Items = make([]Identity, len(rows))
	for i, row := range rows {
		known := Issuer{URL: row.Issuer}
		if r.issuer != nil && r.issuer.URL == row.Issuer {
			known = r.issuer.Issuer
		}
		out.Body.Items[i] = Identity{
			ID: row.ID, Provider: known.name(), Email: row.Email, CreatedAt: store.Time(row.CreatedAt), LastUsedAt: store.Time(row.LastUsedAt),
		}
	}
	return out, nil
}

type linkInput struct {
	Site

	ReturnTo string `query:"return_to" maxLength:"2000" doc:"The page to come back to, a path of this Pulse; the settings when absent"`
}

// pageOf is where to come back to from the issuer.
func pageOf(returnTo, location string) (string, error) {
	if returnTo == "" {
		return settingsPage, nil
	}
	page, ok := readReturnTo(returnTo)
	if !ok {
		return "", fault.BadField(location, "must be a page of this Pulse")
	}
	return page, nil
}

// beginLink sends a person to the issuer for an identity to link.
func (r *Room) beginLink(ctx context.Context, in *linkInput) (*departOutput, error) {
	if r.issuer == nil {
		return nil, errNoIssuer()
	}
	a, _, err := r.confirmed(ctx)
	if err != nil {
		return nil, err
	}
	page, err := pageOf(in.ReturnTo, "query.return_to")
	if err != nil {
		return nil, err
	}
	d, err := r.depart(ctx, in.Site, errand{purpose: toLink, userID: a.ID, sessionID: a.SessionID, returnTo: page})
	if err != nil {
		return nil, err
	}
	return departed(d), nil
}

type confirmElsewhereInput struct {
	Site

	Body struct {
		ReturnTo string `json:"return_to,omitempty" maxLength:"2000" doc:"The page to come back to, a path of this Pulse; the settings when absent"`
	}
}

// beginConfirm sends a person to the issuer to show once more who they are.
func (r *Room) beginConfirm(ctx context.Context, in *confirmElsewhereInput) (*departOutput, error) {
	if r.issuer == nil {
		return nil, errNoIssuer()
	}
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	page, err := pageOf(in.Body.ReturnTo, "body.return_to")
	if err != nil {
		return nil, err
	}
	d, err := r.depart(ctx, in.Site, errand{purpose: toConfirm, userID: a.ID, sessionID: a.SessionID, returnTo: page})
	if err != nil {
		return nil, err
	}
	return departed(d), nil
}

// sameSession makes sure that whoever comes back is who left, in the same
// session, or else somebody could link theirs to another's account by having
// them follow a link.
func (r *Room) sameSession(ctx context.Context, e errand) error {
	a, err := actor.From(ctx)
	if err != nil || a.ByKey || a.ID != e.userID || a.SessionID != e.sessionID {
		return errFlow()
	}
	return nil
}

// holdSession is sameSession inside of the transaction: the person and the
// session are still there, and stay until it has ended.
func (r *Room) holdSession(ctx context.Context, q *query.Queries, e errand) (query.User, error) {
	u, err := q.LockUser(ctx, e.userID)
	if store.NotFound(err) {
		return u, errDeactivated()
	}
	if err != nil {
		return u, fmt.Errorf("account: hold user %s: %w", e.userID, err)
	}
	n, err := q.HoldSession(ctx, query.HoldSessionParams{ID: e.sessionID, UserID: e.userID, Now: store.Millis(r.now())})
	if err != nil {
		return u, fmt.Errorf("account: hold session %s: %w", e.sessionID, err)
	}
	if n == 0 {
		return u, errFlow()
	}
	return u, nil
}

// maxIdentities is how many a person may link.
const maxIdentities = 20

// linkIdentity adds an identity to the person who asked for it.
func (r *Room) linkIdentity(ctx context.Context, e errand, who identity) error {
	if err := r.sameSession(ctx, e); err != nil {
		return err
	}
	added := ""
	err := r.db.Write(ctx, func(ctx context.Context, q *query.Queries) error {
		if _, err := r.holdSession(ctx, q, e); err != nil {
			return err
		}
		added = ""
		owner, err := q.GetUserByIdentity(ctx, query.GetUserByIdentityParams{Issuer: r.issuer.URL, Subject: who.subject})
		switch {
		case err == nil && owner.ID == e.userID:
			return nil // it was linked before
		case err == nil:
			return r.errTaken()
		case !store.NotFound(err):
			return fmt.Errorf("account: look up an identity: %w", err)
		}
		known, err := q.ListIdentities(ctx, e.userID)
		if err != nil {
			return fmt.Errorf("account: identities of user %s: %w", e.userID, err)
		}
		if len(known) >= maxIdentities {
			f := fault.Newf(fault.Conflict, "You have linked %d accounts, which is the most. Unlink one first.", maxIdentities)
			f.Type = "too_many_identities"
			return f
		}
		added = e.userID
		return r.addIdentity(ctx, q, e.userID, who)
	})
	if store.UniqueViolation(err) {
		return r.errTaken()
	}
	if err == nil {
		r.wantPicture(added, who)
	}
	return err
}

func (r *Room) errTaken() error {
	f := fault.Newf(fault.Conflict, "That account at %s belongs to somebody else here.", r.issuer.name())
	f.Type = "identity_taken"
	return f
}

func (r *Room) addIdentity(ctx context.Context, q *query.Queries, userID string, who identity) error {
	now := store.Millis(r.now())
	err := q.InsertIdentity(ctx, query.InsertIdentityParams{
		ID: store.NewID(), UserID: userID, Issuer: r.issuer.URL, Subject: who.subject, Email: who.email.written, CreatedAt: now, LastUsedAt: now,
	})
	if err != nil {
		return fmt.Errorf("account: add an identity of user %s: %w", userID, err)
	}
	return nil
}

// askedBefore tells that the issuer last asked the person who they are before
// they left for it.
func (i identity) askedBefore(left time.Time) bool {
	return !i.shown.IsZero() && i.shown.Before(left.Add(-clockSkew))
}

// clockSkew is how far the issuer's clock may be behind ours.
const clockSkew = time.Minute

// confirmElsewhere notes that whoever is signed in has come back as themselves.
// An issuer that says when it last asked the person must have done so on this
// way; one that does not say, as Google, at least had them choose the account.
func (r *Room) confirmElsewhere(ctx context.Context, e errand, who identity, left time.Time) error {
	if err := r.sameSession(ctx, e); err != nil {
		return err
	}
	if who.askedBefore(left) {
		f := fault.Newf(fault.Forbidden, "%s did not ask you who you are. Sign out there and try again, or confirm with your password.", r.issuer.name())
		f.Type = "not_asked"
		return f
	}
	return r.db.Write(ctx, func(ctx context.Context, q *query.Queries) error {
		if _, err := r.holdSession(ctx, q, e); err != nil {
			return err
		}
		n, err := q.TouchIdentity(ctx, query.TouchIdentityParams{
			Email: who.email.written, LastUsedAt: store.Millis(r.now()), Issuer: r.issuer.URL, Subject: who.subject, UserID: e.userID,
		})
		if err != nil {
			return fmt.Errorf("account: use of an identity of user %s: %w", e.userID, err)
		}
		if n == 0 {
			f := fault.Newf(fault.Forbidden, "That account at %s is not one that you linked here.", r.issuer.name())
			f.Type = "identity_unknown"
			return f
		}
		if _, err := q.ConfirmSession(ctx, query.ConfirmSessionParams{ID: e.sessionID, UserID: e.userID, ConfirmedAt: store.Millis(r.now())}); err != nil {
			return fmt.Errorf("account: confirm session %s: %w", e.sessionID, err)
		}
		return nil
	})
}

// comesFromIssuer tells whether a person can sign in by the issuer: one that was
// set up before lets nobody in.
func (r *Room) comesFromIssuer(ctx context.Context, q *query.Queries, userID string) (bool, error) {
	if r.issuer == nil {
		return false, nil
	}
	known, err := q.ListIdentities(ctx, userID)
	if err != nil {
		return false, fmt.Errorf("account: identities of user %s: %w", userID, err)
	}
	return slices.ContainsFunc(known, func(i query.ListIdentitiesRow) bool { return i.Issuer == r.issuer.URL }), nil
}

type unlinkInput struct {
	ID string `path:"id" maxLength:"100"`
}

// unlink takes a way in away; the last one stays.
func (r *Room) unlink(ctx context.Context, in *unlinkInput) (*struct{}, error) {
	a, _, err := r.confirmed(ctx)
	if err != nil {
		return nil, err
	}
	err = r.db.Write(ctx, func(ctx context.Context, q *query.Queries) error {
		u, err := r.holdSession(ctx, q, errand{userID: a.ID, sessionID: a.SessionID})
		if err != nil {
			return err
		}
		n, err := q.DeleteIdentity(ctx, query.DeleteIdentityParams{ID: in.ID, UserID: a.ID})
		if err != nil {
			return fmt.Errorf("account: unlink identity %s: %w", in.ID, err)
		}
		if n == 0 {
			return fault.New(fault.NotFound, "There is no such linked account.")
		}
		other, err := r.comesFromIssuer(ctx, q, a.ID)
		if err != nil {
			return err
		}
		if !other && u.PasswordHash == "" {
			f := fault.New(fault.Conflict, "This is your only way in. Set a password first.")
			f.Type = "last_way_in"
			return f
		}
		return nil
	})
	return nil, err
}
