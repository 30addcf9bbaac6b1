package account

import (
	"context"
	"fmt"
	"net/http"

	"pulse/internal/fault"
	"pulse/internal/mail"
	"pulse/internal/store"
	"pulse/internal/store/query"
)

type emailInput struct {
	Body struct {
		Email string `json:"email" maxLength:"320" example:"ada@example.org"`
	}
}

type emailOutput struct {
	Status int
	Body   User
}

// changeEmail gives the account another e-mail. Where e-mail is sent, that
// happens when the link that goes to the new address is opened, and the answer
// does not tell whether somebody has it already; the owner of the old one is
// told. Otherwise it happens at once.
func (r *Room) changeEmail(ctx context.Context, in *emailInput) (*emailOutput, error) {
	a, u, err := r.confirmed(ctx)
	if err != nil {
		return nil, err
	}
	e, ok := readEmail(in.Body.Email)
	switch {
	case !ok:
		return nil, fault.BadField("body.email", "must be an e-mail address")
	case e.key == u.EmailKey:
		return nil, fault.BadField("body.email", "is your e-mail already")
	}
	if err := r.post.mayAsk(ctx, a.ID); err != nil {
		return nil, err
	}
	if r.post.configured() {
		r.post.put("a link to change an e-mail", r.post.links, e, r.newAddress(a.ID, e))
		r.post.tell("a note about another e-mail", u, changingLetter(e.written))
		return &emailOutput{Status: http.StatusAccepted, Body: userOf(u)}, nil
	}
	err = r.db.Write(ctx, func(ctx context.Context, q *query.Queries) (err error) {
		u, err = r.setEmail(ctx, q, a.ID, e, false)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &emailOutput{Status: http.StatusOK, Body: userOf(u)}, nil
}

// newAddress writes to the address that an account is to have.
func (r *Room) newAddress(userID string, e email) mail.Letter {
	return func(ctx context.Context) ([]mail.Message, error) {
		_, err := r.db.Read().GetUserByEmailKey(ctx, e.key)
		if err == nil {
			return []mail.Message{takenLetter(r.post.publicURL).to(e.written)}, nil
		}
		if !store.NotFound(err) {
			return nil, err
		}
		link, err := r.newLink(ctx, userID, changeLink, e.written)
		if store.NotFound(err) { // gone meanwhile
			return nil, nil
		}
		return []mail.Message{changeLetter(r.post.publicURL, link).to(e.written)}, err
	}
}

// setEmail gives a person another e-mail inside the caller's transaction. Links
// that went to the one before do not count any more. It is a Conflict when
// somebody has it.
func (r *Room) setEmail(ctx context.Context, q *query.Queries, userID string, e email, verified bool) (query.User, error) {
	u, err := q.SetUserEmail(ctx, query.SetUserEmailParams{
		ID: userID, Email: e.written, EmailKey: e.key, IsVerified: verified, UpdatedAt: store.Millis(r.now()),
	})
	if store.UniqueViolation(err) {
		f := fault.Wrap(err, fault.Conflict, "There is already an account with this e-mail.")
		f.Type, f.Fields = "email_taken", []fault.Field{{Location: "body.email", Message: "has an account already"}}
		return u, f
	}
	if store.NotFound(err) { // gone since the request came
		return u, errDeactivated()
	}
	if err != nil {
		return u, fmt.Errorf("account: another e-mail for user %s: %w", userID, err)
	}
	if _, err := q.DeleteEmailTokensOfUser(ctx, userID); err != nil {
		return u, fmt.Errorf("account: links of user %s: %w", userID, err)
	}
	return u, nil
}
