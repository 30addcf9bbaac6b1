package account

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"pulse/internal/actor"
	"pulse/internal/fault"
	"pulse/internal/httpd"
	"pulse/internal/store"
	"pulse/internal/store/query"
)

// credentials are how a person shows who they are.
type credentials struct {
	Email    string `json:"email" maxLength:"320" example:"ada@example.com"`
	Password string `json:"password" maxLength:"200" format:"password"`
}

type signInInput struct {
	Body credentials
}

type userOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      User
}

func errWrongCredentials() error {
	f := fault.New(fault.Unauthenticated, "The e-mail or the password is wrong.")
	f.Type = "wrong_credentials"
	return f
}

func errDeactivated() error {
	f := fault.New(fault.Forbidden, "This account is deactivated. Ask your administrator.")
	f.Type = "deactivated"
	return f
}

// login opens a browser's session; one that the browser had before ends, so
// that nobody can have planted it.
func (r *Room) login(ctx context.Context, in *signInInput) (*userOutput, error) {
	u, secret, err := r.signIn(ctx, in.Body, browser, idleTime, r.openSecret(ctx))
	if err != nil {
		return nil, err
	}
	return &userOutput{SetCookie: r.sessionCookie(ctx, secret), Body: userOf(u)}, nil
}

type tokenInput struct {
	Body credentials
}

type tokenOutput struct {
	Body struct {
		AccessToken string `json:"access_token"`
		TokenType   string `json:"token_type" enum:"bearer"`
		ExpiresIn   int64  `json:"expires_in" doc:"Seconds"`
	}
}

func (r *Room) token(ctx context.Context, in *tokenInput) (*tokenOutput, error) {
	u, secret, err := r.signIn(ctx, in.Body, program, tokenTime, "")
	if err != nil {
		return nil, err
	}
	out := &tokenOutput{}
	out.Body.TokenType, out.Body.ExpiresIn = "bearer", int64(tokenTime/time.Second)
	out.Body.AccessToken, err = r.tokens.sign(u.ID, secret)
	return out, err
}

// signIn checks the credentials and opens a session in place of the one before.
// It is Unauthenticated when they are wrong, Forbidden when they are right and
// the person is deactivated, RateLimited after too many wrong ones.
func (r *Room) signIn(ctx context.Context, c credentials, kind string, lifetime time.Duration, before string) (query.User, string, error) {
	u, err := r.throttled(ctx, c)
	if err != nil {
		return u, "", err
	}
	if !u.IsActive {
		return u, "", errDeactivated()
	}
	var secret string
	var ended query.DeleteSessionByHashRow
	err = r.db.Write(ctx, func(ctx context.Context, q *query.Queries) error {
		// Since the password was checked, it or the person may have been changed.
		n, err := q.ConfirmSignIn(ctx, query.ConfirmSignInParams{ID: u.ID, PasswordHash: u.PasswordHash})
		if err != nil {
			return fmt.Errorf("account: sign in user %s: %w", u.ID, err)
		}
		if n == 0 {
			return errWrongCredentials()
		}
		if ended, err = endSession(ctx, q, before); err != nil {
			return err
		}
		secret, err = r.openSession(ctx, q, u.ID, kind, lifetime)
		return err
	})
	if err == nil {
		r.changes.SignedOut(ctx, ended.UserID, ended.ID)
	}
	return u, secret, err
}

// throttled checks the credentials, counted against their e-mail and the
// client's network. Only what is wrong stays counted. It is Invalid for what is
// no e-mail.
func (r *Room) throttled(ctx context.Context, c credentials) (query.User, error) {
	e, ok := readEmail(c.Email)
	if !ok {
		return query.User{}, fault.BadField("body.email", "must be an e-mail address")
	}
	var u query.User
	right, err := r.throttle.guess(ctx, httpd.ClientOf(ctx).Network(), "e-mail "+e.key, func() (right bool, err error) {
		u, right, err = r.check(ctx, e, c.Password)
		return right, err
	})
	if err == nil && !right {
		err = errWrongCredentials()
	}
	return u, err
}

// knows makes sure that whoever is signed in knows the account's password; it is
// Unauthenticated when it is another. Wrong ones count against the person alone:
// what strangers try with the e-mail shuts nobody out who is in.
func (r *Room) knows(ctx context.Context, a actor.Actor, password string) error {
	right, err := r.throttle.guess(ctx, "", "user "+a.ID, func() (bool, error) {
		u, err := r.db.Read().GetUser(ctx, a.ID)
		if err != nil {
			return false, fmt.Errorf("account: read user %s: %w", a.ID, err)
		}
		return r.hasher.verify(ctx, password, u.PasswordHash)
	})
	if err == nil && !right {
		err = errWrongCredentials()
	}
	return err
}

// check finds the person of an e-mail and tells whether the password is
// theirs. An e-mail that nobody has takes as long as one that somebody has.
func (r *Room) check(ctx context.Context, e email, password string) (query.User, bool, error) {
	u, err := r.db.Read().GetUserByEmailKey(ctx, e.key)
	if err != nil && !store.NotFound(err) {
		return u, false, fmt.Errorf("account: look up an e-mail: %w", err)
	}
	right, err := r.hasher.verify(ctx, password, u.PasswordHash)
	return u, right, err
}

type logoutOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	// The files that the browser keeps are this person's (ASVS 14.3.2).
	ClearSiteData string `header:"Clear-Site-Data"`
}

// logout ends what the request came with, the session of the cookie and the
// token. It succeeds for those who were signed out before.
func (r *Room) logout(ctx context.Context, _ *struct{}) (*logoutOutput, error) {
	a, _ := actor.From(ctx) // nobody: then there may still be a cookie to remove
	var ended query.DeleteSessionByHashRow
	err := r.db.Write(ctx, func(ctx context.Context, q *query.Queries) (err error) {
		if ended, err = endSession(ctx, q, r.openSecret(ctx)); err != nil {
			return err
		}
		if _, err := q.DeleteSession(ctx, query.DeleteSessionParams{ID: a.SessionID, UserID: a.ID}); err != nil {
			return fmt.Errorf("account: end session %s: %w", a.SessionID, err)
		}
		return nil
	})
	if err == nil {
		r.changes.SignedOut(ctx, ended.UserID, ended.ID)
		if a.SessionID != "" && a.SessionID != ended.ID {
			r.changes.SignedOut(ctx, a.ID, a.SessionID)
		}
	}
	return &logoutOutput{SetCookie: r.noCookie(ctx), ClearSiteData: `"cache"`}, err
}

// endSession ends the browser's session that the secret opens, and tells which
// that was, if any.
func endSession(ctx context.Context, q *query.Queries, secret string) (ended query.DeleteSessionByHashRow, err error) {
	if secret == "" {
		return ended, nil
	}
	ended, err = q.DeleteSessionByHash(ctx, hashOf(browser, secret))
	if err != nil && !store.NotFound(err) {
		return ended, fmt.Errorf("account: end a session: %w", err)
	}
	return ended, nil
}
