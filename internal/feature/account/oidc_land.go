package account

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"pulse/internal/actor"
	"pulse/internal/fault"
	"pulse/internal/httpd"
	"pulse/internal/store"
	"pulse/internal/store/query"
)

type departInput struct {
	Site

	ReturnTo string `query:"return_to" maxLength:"2000" doc:"The page to come back to, a path of this Pulse; the start page when absent"`
}

// departOutput sends browsers on, and tells programs where to.
type departOutput struct {
	Status    int
	Location  string        `header:"Location"`
	SetCookie []http.Cookie `header:"Set-Cookie"`
	Body      departBody
}

type departBody struct {
	URL string `json:"url" doc:"Where to go on, in the browser that got the cookie of this answer"`
}

func departed(d departure) *departOutput {
	return &departOutput{Status: http.StatusOK, SetCookie: []http.Cookie{d.cookie}, Body: departBody{d.url}}
}

func errNoIssuer() error {
	f := fault.New(fault.NotFound, "Nobody can sign in elsewhere here: no issuer is set up. Come in with your password.")
	f.Type = "issuer_missing"
	return f
}

// signInElsewhere begins a sign-in with the issuer. That is the person's to want:
// another site's page gets them no further than to ours, and leaves a flow that
// they have begun as it is.
func (r *Room) signInElsewhere(ctx context.Context, in *departInput) (*departOutput, error) {
	if r.issuer == nil {
		return nil, errNoIssuer()
	}
	if httpd.FromElsewhere(ctx) {
		return &departOutput{Status: http.StatusSeeOther, Location: signInPage}, nil
	}
	page, ok := readReturnTo(in.ReturnTo)
	var d departure
	err := error(fault.BadField("query.return_to", "must be a page of this Pulse"))
	if ok {
		d, err = r.depart(ctx, in.Site, errand{purpose: toSignIn, returnTo: page})
	}
	switch {
	case err != nil && httpd.Browser(ctx):
		back := r.turnedBack(ctx, err, errand{purpose: toSignIn, returnTo: page})
		return &departOutput{Status: back.Status, Location: back.Location, SetCookie: back.SetCookie}, nil
	case err != nil:
		return nil, err
	}
	out := departed(d)
	if httpd.Browser(ctx) {
		out.Status, out.Location = http.StatusSeeOther, d.url
	}
	return out, nil
}

type landInput struct {
	Site

	State string `query:"state" maxLength:"200"`
	Code  string `query:"code" maxLength:"8000"`
	Error string `query:"error" maxLength:"200" doc:"What went wrong at the issuer"`
	Iss   string `query:"iss" maxLength:"2000" doc:"The issuer that answers (RFC 9207)"`
}

type landOutput struct {
	Status    int
	Location  string        `header:"Location"`
	SetCookie []http.Cookie `header:"Set-Cookie"`
}

// land is where the issuer sends people back to.
func (r *Room) land(ctx context.Context, in *landInput) (*landOutput, error) {
	if r.issuer == nil {
		return nil, errNoIssuer()
	}
	done, secret, err := r.finish(ctx, in)
	switch {
	case err != nil && httpd.Browser(ctx):
		return r.turnedBack(ctx, err, done), nil
	case err != nil:
		return nil, err
	}
	out := &landOutput{Status: http.StatusSeeOther, Location: done.returnTo, SetCookie: []http.Cookie{r.noFlowCookie(ctx)}}
	if secret != "" {
		out.SetCookie = append(out.SetCookie, r.sessionCookie(ctx, secret))
	}
	return out, nil
}

// turnedBack leads a browser to the page that tells what went wrong.
func (r *Room) turnedBack(ctx context.Context, err error, e errand) *landOutput {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		r.log.ErrorContext(ctx, "a sign-in with the issuer failed", "error", err)
		f = fault.From(err)
	}
	said := url.Values{"problem": {f.Kind()}}
	page := signInPage
	if _, stranger := actor.From(ctx); e.purpose == toLink || e.purpose == toConfirm || e.purpose == "" && stranger == nil {
		page = settingsPage
	}
	if e.returnTo != "" && e.returnTo != "/" && e.returnTo != page {
		said.Set("return_to", e.returnTo)
	}
	return &landOutput{Status: http.StatusSeeOther, Location: page + "?" + said.Encode(), SetCookie: []http.Cookie{r.noFlowCookie(ctx)}}
}

// The pages where people sign in, and where they link and unlink.
const (
	signInPage   = "/sign-in"
	settingsPage = "/settings"
)

// finish ends a flow. It gives what the flow was for as far as that is known,
// and the secret of the new session if there is one.
func (r *Room) finish(ctx context.Context, in *landInput) (errand, string, error) {
	flow, err := r.takeFlow(ctx, in.State)
	if err != nil {
		return errand{}, "", err
	}
	e := errand{purpose: flow.Purpose, userID: flow.UserID, sessionID: flow.SessionID, returnTo: flow.ReturnTo}
	who, err := r.identify(ctx, in, flow)
	if err != nil {
		r.log.InfoContext(ctx, "a sign-in with the issuer was refused", "purpose", e.purpose, "error", err)
		return e, "", err
	}
	switch e.purpose {
	case toLink:
		return e, "", r.linkIdentity(ctx, e, who)
	case toConfirm:
		return e, "", r.confirmElsewhere(ctx, e, who, store.Time(flow.ExpiresAt).Add(-flowTime))
	}
	secret, err := r.enter(ctx, who, store.Time(flow.ExpiresAt).Add(-flowTime))
	return e, secret, err
}

// identify finds out from the issuer who has come back.
func (r *Room) identify(ctx context.Context, in *landInput, flow query.SignInFlow) (identity, error) {
	m, err := r.issuer.learn(ctx)
	if err != nil {
		return identity{}, err
	}
	if err := r.issuer.answers(m, in.Iss, in.Error != ""); err != nil {
		return identity{}, err
	}
	if in.Error != "" {
		return identity{}, r.issuer.failure(in.Error)
	}
	if in.Code == "" {
		return identity{}, r.issuer.refused(errors.New("account: the answer has no code"))
	}
	back, err := r.redirectURL(ctx, in.Site)
	if err != nil {
		return identity{}, err
	}
	return r.issuer.redeem(ctx, in.Code, flow.Verifier, flow.Nonce, back)
}

// enter opens a session for whoever the identity belongs to, and makes an
// account for it when it is new here. One that has the same e-mail is not taken
// over: that somebody has the address now does not make the account theirs.
func (r *Room) enter(ctx context.Context, who identity, left time.Time) (string, error) {
	confirmed := r.now()
	if who.askedBefore(left) { // whoever sits at the browser was not asked who they are
		confirmed = time.Time{}
	}
	var secret, made string
	var ended query.DeleteSessionByHashRow
	try := func() error {
		return r.db.Write(ctx, func(ctx context.Context, q *query.Queries) error {
			userID, isNew, err := r.ownerOf(ctx, q, who)
			if err != nil {
				return err
			}
			if made = ""; isNew {
				made = userID
			}
			if ended, err = endSession(ctx, q, r.openSecret(ctx)); err != nil {
				return err
			}
			secret, err = r.openSessionOf(ctx, q, userID, browser, idleTime, confirmed)
			return err
		})
	}
	err := try()
	if store.UniqueViolation(err) { // the same person in two tabs: by now the account is there
		err = try()
	}
	if err != nil {
		return "", err
	}
	r.changes.SignedOut(ctx, ended.UserID, ended.ID)
	r.wantPicture(made, who)
	return secret, nil
}

// ownerOf gives whose an identity is, somebody new for a new one.
func (r *Room) ownerOf(ctx context.Context, q *query.Queries, who identity) (userID string, isNew bool, err error) {
	// The e-mail comes first: an account that another tab makes for the same person
	// at this moment comes with its identity, and who sees the one sees the other.
	_, err = q.GetUserByEmailKey(ctx, who.email.key)
	if err != nil && !store.NotFound(err) {
		return "", false, fmt.Errorf("account: look up an e-mail: %w", err)
	}
	taken := err == nil
	u, err := q.GetUserByIdentity(ctx, query.GetUserByIdentityParams{Issuer: r.issuer.URL, Subject: who.subject})
	if store.NotFound(err) && taken {
		return "", false, r.errLinkNeeded()
	}
	if store.NotFound(err) {
		userID, err = r.newcomer(ctx, q, who)
		return userID, err == nil, err
	}
	if err != nil {
		return "", false, fmt.Errorf("account: look up an identity: %w", err)
	}
	// From here on, whoever deactivates the person or unlinks the identity waits.
	if _, err := q.LockUser(ctx, u.ID); err != nil {
		if store.NotFound(err) {
			return "", false, errDeactivated()
		}
		return "", false, fmt.Errorf("account: sign in user %s: %w", u.ID, err)
	}
	n, err := q.TouchIdentity(ctx, query.TouchIdentityParams{
		Email: who.email.written, LastUsedAt: store.Millis(r.now()), Issuer: r.issuer.URL, Subject: who.subject, UserID: u.ID,
	})
	if err != nil {
		return "", false, fmt.Errorf("account: use of an identity of user %s: %w", u.ID, err)
	}
	if n == 0 { // unlinked this very moment
		return "", false, errFlow()
	}
	return u.ID, false, nil
}

func (r *Room) errLinkNeeded() error {
	f := fault.Newf(fault.Conflict, "There is already an account with the e-mail that you have at %s. Sign in with your password first, then link the two in your settings.", r.issuer.name())
	f.Type = "link_needed"
	return f
}

// newcomer makes an account for an identity.
func (r *Room) newcomer(ctx context.Context, q *query.Queries, who identity) (userID string, err error) {
	now := store.Millis(r.now())
	p := query.InsertUserParams{
		ID: store.NewID(), Email: who.email.written, EmailKey: who.email.key, FullName: who.name, IsActive: true, IsVerified: true,
		Plan: r.defaultPlan, AnchorAt: now, CreatedAt: now, UpdatedAt: now,
	}
	first, err := r.insert(ctx, q, p)
	if err != nil {
		return "", err
	}
	if !first && !r.open {
		return "", errClosed()
	}
	return p.ID, r.addIdentity(ctx, q, p.ID, who)
}
