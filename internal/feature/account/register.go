package account

import (
	"context"
	"fmt"

	"pulse/internal/actor"
	"pulse/internal/fault"
	"pulse/internal/httpd"
	"pulse/internal/store"
	"pulse/internal/store/query"
)

// firstAccount is the instance value that the first account takes, once and
// for ever: deleting everybody does not offer the installation to strangers.
const firstAccount = "first_account"

type optionsOutput struct {
	Body struct {
		Registration string     `json:"registration" enum:"open,closed" doc:"Whether people may make accounts"`
		FirstAccount bool       `json:"first_account" doc:"Nobody is here yet: the next account is the administrator's"`
		Mail         bool       `json:"mail" doc:"Links are sent by e-mail; otherwise the administrator gives them"`
		OIDC         *elsewhere `json:"oidc" doc:"Where people can sign in, too; null: nowhere"`
		SignedIn     bool       `json:"signed_in" doc:"The request comes from somebody with an account; get-me says who"`
	}
}

func (r *Room) options(ctx context.Context, _ *struct{}) (*optionsOutput, error) {
	first, err := r.nobodyYet(ctx)
	if err != nil {
		return nil, err
	}
	out := &optionsOutput{}
	_, stranger := actor.From(ctx)
	out.Body.Registration, out.Body.FirstAccount, out.Body.SignedIn = "closed", first, stranger == nil
	out.Body.Mail, out.Body.OIDC = r.post.configured(), r.elsewhere()
	if r.open {
		out.Body.Registration = "open"
	}
	return out, nil
}

func (r *Room) nobodyYet(ctx context.Context) (bool, error) {
	_, err := r.db.Read().GetValue(ctx, firstAccount)
	if err != nil && !store.NotFound(err) {
		return false, fmt.Errorf("account: look for the first account: %w", err)
	}
	return err != nil, nil
}

type registerInput struct {
	Body struct {
		Email    string `json:"email" maxLength:"320" example:"ada@example.com"`
		Password string `json:"password" maxLength:"200" format:"password" doc:"At least 8 characters"`
		FullName string `json:"full_name,omitempty" maxLength:"400" doc:"At most 200 characters"`
	}
}

func errClosed() error {
	f := fault.New(fault.Forbidden, "New accounts are made by the administrator here. Please ask them.")
	f.Type = "registration_closed"
	return f
}

// register makes an account and signs its owner in.
func (r *Room) register(ctx context.Context, in *registerInput) (*userOutput, error) {
	if !r.open { // before the costly part; newUser decides
		first, err := r.nobodyYet(ctx)
		if err != nil {
			return nil, err
		}
		if !first {
			return nil, errClosed()
		}
	}
	p, err := r.prepare(ctx, NewUser{Email: in.Body.Email, Password: in.Body.Password, FullName: in.Body.FullName})
	if err != nil {
		return nil, err
	}
	var u query.User
	var secret string
	var ended query.DeleteSessionByHashRow
	err = r.db.Write(ctx, func(ctx context.Context, q *query.Queries) error {
		first, err := r.insert(ctx, q, p)
		if err != nil {
			return err
		}
		if !first && !r.open {
			return errClosed()
		}
		if u, err = q.GetUser(ctx, p.ID); err != nil {
			return fmt.Errorf("account: read user %s: %w", p.ID, err)
		}
		if ended, err = endSession(ctx, q, r.openSecret(ctx)); err != nil {
			return err
		}
		secret, err = r.openSession(ctx, q, p.ID, browser, idleTime)
		return err
	})
	if err != nil {
		return nil, err
	}
	r.changes.SignedOut(ctx, ended.UserID, ended.ID)
	if r.post.mayAsk(ctx, httpd.ClientOf(ctx).Network()) == nil { // else they ask for it in their settings
		r.sendVerification(u)
	}
	return &userOutput{SetCookie: r.sessionCookie(ctx, secret), Body: userOf(u)}, nil
}

// NewUser is what an account is made from.
type NewUser struct {
	Email    string
	Password string
	FullName string // may be empty
	Admin    bool
}

// prepare checks a new account, all its fields at once, and hashes the
// password. It is Invalid for wrong fields.
func (r *Room) prepare(ctx context.Context, n NewUser) (query.InsertUserParams, error) {
	var p query.InsertUserParams
	f := fault.New(fault.Invalid, "The account has fields to mend.")
	e, ok := readEmail(n.Email)
	if !ok {
		f.Fields = append(f.Fields, fault.Field{Location: "body.email", Message: "must be an e-mail address"})
	}
	if what := checkPassword(n.Password, e); what != "" {
		f.Fields = append(f.Fields, fault.Field{Location: "body.password", Message: what})
	}
	name, wrong := readName(n.FullName, "body.full_name")
	if wrong != nil {
		f.Fields = append(f.Fields, *wrong)
	}
	if len(f.Fields) > 0 {
		return p, f
	}
	hash, err := r.hasher.hash(ctx, n.Password)
	if err != nil {
		return p, err
	}
	now := store.Millis(r.now())
	return query.InsertUserParams{
		ID: store.NewID(), Email: e.written, EmailKey: e.key, FullName: name, PasswordHash: hash, IsActive: true,
		IsAdmin: n.Admin, Plan: r.defaultPlan, AnchorAt: now, CreatedAt: now, UpdatedAt: now,
	}, nil
}

// insert adds an account inside the caller's transaction and tells whether it
// is the first one, which makes it the administrator's. It is a Conflict when
// the e-mail has an account.
func (r *Room) insert(ctx context.Context, q *query.Queries, p query.InsertUserParams) (first bool, err error) {
	kept, err := q.KeepValue(ctx, query.KeepValueParams{Name: firstAccount, Value: p.ID, CreatedAt: p.CreatedAt})
	if err != nil {
		return false, fmt.Errorf("account: claim the first account: %w", err)
	}
	first = kept == 1
	p.IsAdmin = p.IsAdmin || first
	err = q.InsertUser(ctx, p)
	if store.UniqueViolation(err) {
		f := fault.Wrap(err, fault.Conflict, "There is already an account with this e-mail. Sign in instead.")
		f.Type, f.Fields = "email_taken", []fault.Field{{Location: "body.email", Message: "has an account already"}}
		return first, f
	}
	if err != nil {
		return first, fmt.Errorf("account: insert user %s: %w", p.ID, err)
	}
	return first, nil
}
