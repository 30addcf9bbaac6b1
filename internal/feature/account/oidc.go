package account

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"

	"pulse/internal/fault"
)

// Issuer is the OpenID Connect issuer that people may sign in with.
type Issuer struct {
	URL          string // to the letter as it calls itself
	ClientID     string
	ClientSecret string // "": a public client
	Name         string // for people; "": Google, or the issuer's host
}

const google = "https://accounts.google.com"

func (i Issuer) name() string {
	u, err := url.Parse(i.URL)
	switch {
	case i.Name != "":
		return i.Name
	case i.URL == google:
		return "Google"
	case err != nil || u.Hostname() == "":
		return "OpenID"
	}
	return u.Hostname()
}

// issuerTime is how long the issuer may take for one answer. go-oidc gets keys
// for whoever asks next, too, and therefore past the end of a request; this ends
// it.
const issuerTime = 10 * time.Second

// issuer asks the issuer. It is nil where none is configured.
type issuer struct {
	Issuer

	client  *http.Client
	now     func() time.Time
	asking  singleflight.Group
	learned atomic.Pointer[metadata]
}

func newIssuer(i *Issuer, now func() time.Time) *issuer {
	if i == nil {
		return nil
	}
	return &issuer{Issuer: *i, client: &http.Client{Timeout: issuerTime}, now: now}
}

// metadata is what the issuer says about itself.
type metadata struct {
	provider  *oidc.Provider // has the issuer's keys
	verifier  *oidc.IDTokenVerifier
	endpoint  oauth2.Endpoint
	signsWays bool // its answers carry iss (RFC 9207)
	offers    bool // it lets people choose an account when asked to
}

// learn gives the issuer's metadata, which the first to need it get together: an
// installation starts without any network. It is kept; a failure is not, so the
// next one asks again.
func (i *issuer) learn(ctx context.Context) (*metadata, error) {
	if m := i.learned.Load(); m != nil {
		return m, nil
	}
	asked := i.asking.DoChan("", func() (any, error) {
		m, err := i.discover(context.WithoutCancel(ctx)) // others wait for it, too
		if err == nil {
			i.learned.Store(m)
		}
		return m, err
	})
	select {
	case <-ctx.Done():
		return nil, fmt.Errorf("account: discovery at %s: %w", i.URL, context.Cause(ctx))
	case got := <-asked:
		if got.Err != nil {
			return nil, i.away(got.Err)
		}
		return got.Val.(*metadata), nil //nolint:forcetypeassert // four lines above
	}
}

func (i *issuer) discover(ctx context.Context) (*metadata, error) {
	p, err := oidc.NewProvider(oidc.ClientContext(ctx, i.client), i.URL)
	if err != nil {
		return nil, fmt.Errorf("account: discovery at %s: %w", i.URL, err)
	}
	var says struct {
		AuthMethods []string `json:"token_endpoint_auth_methods_supported"`
		SignsWays   bool     `json:"authorization_response_iss_parameter_supported"`
		Prompts     []string `json:"prompt_values_supported"`
	}
	if err := p.Claims(&says); err != nil {
		return nil, fmt.Errorf("account: discovery at %s: %w", i.URL, err)
	}
	m := &metadata{
		provider: p, endpoint: p.Endpoint(), signsWays: says.SignsWays,
		offers:   i.URL == google || slices.Contains(says.Prompts, selectAccount),
		verifier: p.VerifierContext(oidc.ClientContext(context.WithoutCancel(ctx), i.client), &oidc.Config{ClientID: i.ClientID, Now: i.now}),
	}
	// To find it out by trying would send the code twice. Basic is what counts
	// where nothing is said, and what many insist on.
	m.endpoint.AuthStyle = oauth2.AuthStyleInHeader
	if i.ClientSecret == "" || len(says.AuthMethods) > 0 && !slices.Contains(says.AuthMethods, "client_secret_basic") {
		m.endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	return m, nil
}

const selectAccount = "select_account"

// Reach tells whether the issuer answers as one does, for whoever sets Pulse up.
func (i Issuer) Reach(ctx context.Context) error {
	_, err := newIssuer(&i, time.Now).discover(ctx)
	return err
}

// ShownName is what people read the issuer called.
func (i Issuer) ShownName() string { return i.name() }

func (i *issuer) away(cause error) error {
	f := fault.Wrap(cause, fault.Unavailable, i.name()+" does not answer at the moment. Please try again in a while, or come in with your password.")
	f.Type, f.RetryAfter = "issuer_unreachable", 10*time.Second
	return f
}

// refused is what people are told when an answer of the issuer's is not what it
// has to be. What exactly was wrong would help only those who forge them.
func (i *issuer) refused(cause error) error {
	f := fault.Wrap(cause, fault.Invalid, "What came back from "+i.name()+" could not be accepted. Please begin again.")
	f.Type = "sign_in_refused"
	return f
}

func (i *issuer) config(m *metadata, redirectURL string) *oauth2.Config {
	return &oauth2.Config{
		ClientID: i.ClientID, ClientSecret: i.ClientSecret, Endpoint: m.endpoint, RedirectURL: redirectURL,
		Scopes: []string{oidc.ScopeOpenID, "email", "profile"},
	}
}

// identity is who somebody is for the issuer.
type identity struct {
	subject string
	email   email // verified
	name    string
	picture string
	// shown is when the person last showed the issuer who they are; zero when it
	// does not say.
	shown time.Time
}

// claims are the parts of an ID token that go-oidc leaves to us.
type claims struct {
	Email           string  `json:"email"`
	Verified        yes     `json:"email_verified"`
	Name            string  `json:"name"`
	Picture         string  `json:"picture"`
	AuthorizedParty string  `json:"azp"`
	AuthTime        float64 `json:"auth_time"`
}

// yes is a truth that some issuers write as a string.
type yes bool

func (y *yes) UnmarshalJSON(data []byte) error {
	*y = string(data) == `true` || string(data) == `"true"`
	return nil
}

// redeem exchanges a code for what the issuer says about the person, and checks
// all of it.
func (i *issuer) redeem(ctx context.Context, code, verifier, nonce, redirectURL string) (identity, error) {
	m, err := i.learn(ctx)
	if err != nil {
		return identity{}, err
	}
	ctx = oidc.ClientContext(ctx, i.client)
	config := i.config(m, redirectURL)
	token, err := config.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if err != nil {
		if answered, ok := errors.AsType[*oauth2.RetrieveError](err); ok && answered.Response.StatusCode < http.StatusInternalServerError {
			return identity{}, i.refused(err)
		}
		return identity{}, i.away(err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return identity{}, i.refused(errors.New("account: the answer has no ID token"))
	}
	t, err := m.verifier.Verify(ctx, raw)
	if err != nil {
		return identity{}, i.refused(err)
	}
	var c claims
	if err := t.Claims(&c); err != nil {
		return identity{}, i.refused(err)
	}
	if err := i.check(t, c, nonce); err != nil {
		return identity{}, i.refused(err)
	}
	if c.Email == "" && m.provider.UserInfoEndpoint() != "" { // some say it only there
		info, err := m.provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
		if err != nil {
			return identity{}, i.away(err)
		}
		if info.Subject != t.Subject {
			return identity{}, i.refused(errors.New("account: the user info is somebody else's"))
		}
		c.Verified = false // what says the e-mail says whether it is verified
		if err := info.Claims(&c); err != nil {
			return identity{}, i.refused(err)
		}
	}
	return i.identityOf(t.Subject, c)
}

// check does what Verify leaves to us (OpenID Connect Core 3.1.3.7).
func (i *issuer) check(t *oidc.IDToken, c claims, nonce string) error {
	switch {
	case subtle.ConstantTimeCompare([]byte(t.Nonce), []byte(nonce)) != 1:
		return errors.New("account: the ID token is for another way")
	case len(t.Audience) > 1 && c.AuthorizedParty == "", c.AuthorizedParty != "" && c.AuthorizedParty != i.ClientID:
		return errors.New("account: the ID token is for another party")
	case t.Subject == "" || len(t.Subject) > 255 || !printable(t.Subject):
		return errors.New("account: the ID token's subject is none")
	}
	return nil
}

// identityOf takes over what the issuer says, as far as it can be believed.
func (i *issuer) identityOf(subject string, c claims) (identity, error) {
	address, ok := readEmail(c.Email)
	if !ok || !bool(c.Verified) {
		f := fault.New(fault.Invalid, i.name()+" does not say that your e-mail is really yours. Verify it there, then try again.")
		f.Type = "email_unverified"
		return identity{}, f
	}
	who := identity{subject: subject, email: address, picture: c.Picture}
	if name, wrong := readName(c.Name, ""); wrong == nil { // else the person has one to write
		who.name = name
	}
	if c.AuthTime > 0 {
		who.shown = time.Unix(int64(c.AuthTime), 0)
	}
	return who, nil
}

// answers checks what the issuer's answer says about where it is from, which
// keeps codes of one issuer from being taken to another (RFC 9207).
func (i *issuer) answers(m *metadata, iss string, failed bool) error {
	if iss == "" && m.signsWays && !failed || iss != "" && iss != i.URL {
		return i.refused(fmt.Errorf("account: the answer is from issuer %q", iss))
	}
	return nil
}

// failure is what the issuer says in place of a code.
func (i *issuer) failure(code string) error {
	switch code {
	case "access_denied":
		f := fault.New(fault.Invalid, "You did not go on at "+i.name()+", so nothing was done.")
		f.Type = code
		return f
	case "server_error", "temporarily_unavailable":
		return i.away(errors.New("account: the issuer answered " + code))
	}
	return i.refused(errors.New("account: the issuer answered " + strings.ToValidUTF8(code, "?")))
}
