package account

import (
	"context"
	"fmt"

	"pulse/internal/actor"
	"pulse/internal/fault"
	"pulse/internal/store"
	"pulse/internal/store/query"
)

// askVerification sends the link again to the person's e-mail.
func (r *Room) askVerification(ctx context.Context, _ *struct{}) (*struct{}, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	u, err := r.db.Read().GetUser(ctx, a.ID)
	if err != nil {
		return nil, fmt.Errorf("account: read user %s: %w", a.ID, err)
	}
	switch {
	case u.IsVerified:
		f := fault.New(fault.Conflict, "Your e-mail is verified already.")
		f.Type = "verified_already"
		return nil, f
	case !r.post.configured():
		return nil, errNoMail()
	}
	if err := r.post.mayAsk(ctx, a.ID); err != nil {
		return nil, err
	}
	if s := r.post.links.Take(ctx, u.EmailKey); !s.Taken { // it is their own: they may know
		return nil, errTooManyMails(s.Wait)
	}
	r.post.outbox.Put("a link to verify an e-mail", r.verification(u))
	return nil, nil //nolint:nilnil // 202
}

type verifyInput struct {
	Body struct {
		Token string `json:"token" maxLength:"100" doc:"What is behind the # of the link"`
	}
}

// verify notes that the person who is signed in reads an e-mail: the one of the
// account, or the one that it is to have. A link of somebody else's account
// does nothing: whoever made an account with another's e-mail would only have to
// wait until its owner opens the link.
func (r *Room) verify(ctx context.Context, in *verifyInput) (*meOutput, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	var before, u query.User
	err = r.db.Write(ctx, func(ctx context.Context, q *query.Queries) error {
		t, err := r.link(ctx, q, in.Body.Token, verifyLink, changeLink)
		if err != nil {
			return err
		}
		if t.UserID != a.ID {
			return errOtherAccount()
		}
		before, err = q.LockUser(ctx, a.ID)
		if store.NotFound(err) {
			return errLinkExpired()
		}
		if err != nil {
			return err
		}
		if err := r.takeLink(ctx, q, t); err != nil {
			return err
		}
		u, err = r.verified(ctx, q, before, t)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("account: verify an e-mail of user %s: %w", a.ID, err)
	}
	if u.EmailKey != before.EmailKey {
		r.post.tell("a note about another e-mail", before, changedLetter(u.Email))
	}
	return &meOutput{Body: userOf(u)}, nil
}

// verified does what a link is for, inside the caller's transaction.
func (r *Room) verified(ctx context.Context, q *query.Queries, u query.User, t query.EmailToken) (query.User, error) {
	e, _ := readEmail(t.Email)
	if t.Purpose == changeLink {
		return r.setEmail(ctx, q, u.ID, e, true)
	}
	if e.key != u.EmailKey {
		return u, errLinkExpired()
	}
	return q.SetUserVerified(ctx, query.SetUserVerifiedParams{ID: u.ID, UpdatedAt: store.Millis(r.now())})
}

func errOtherAccount() error {
	f := fault.New(fault.Forbidden, "This link is for another account. Sign in to that one, then open the link again.")
	f.Type = "other_account"
	return f
}

// Verify notes that a person reads the e-mail of their account, on the
// operator's word.
func (r *Room) Verify(ctx context.Context, address string) (User, error) {
	return r.change(ctx, address, func(ctx context.Context, q *query.Queries, u query.User, now int64) (query.User, error) {
		return q.SetUserVerified(ctx, query.SetUserVerifiedParams{ID: u.ID, UpdatedAt: now})
	})
}
