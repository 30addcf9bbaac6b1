package account

import (
	"context"
	"crypto/subtle"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/oauth2"

	"pulse/internal/fault"
	"pulse/internal/httpd"
	"pulse/internal/store"
	"pulse/internal/store/query"
)

// A flow is a browser's way to the issuer and back. A secret in the browser's
// cookie finds it, so that nobody can bring theirs to an end in the browser of
// somebody else.
const (
	flowTime   = 10 * time.Minute
	flowCookie = "pulse_flow"
	flowKind   = "flow"  // for hashOf
	stateKind  = "state" // for hashOf
	backPath   = "/api/v1/auth/google/callback"
)

// errand is what a flow is for.
type errand struct {
	purpose   string
	userID    string // who links or confirms
	sessionID string // in which session
	returnTo  string // a path of ours
}

// The purposes.
const (
	toSignIn  = "sign_in"
	toLink    = "link"
	toConfirm = "confirm"
)

// Site is the host that a request was sent to, for embedding.
type Site struct{ host string }

// Resolve is called by huma with the request.
func (s *Site) Resolve(c huma.Context) []error {
	s.host = c.Host()
	return nil
}

// redirectURL is where the issuer sends people back to. What the request says of
// its host is whatever its sender wants, so it counts only for the first try on
// one's own machine; and only there may it be without TLS.
func (r *Room) redirectURL(ctx context.Context, s Site) (string, error) {
	base := r.publicURL
	if base == "" {
		scheme := "http://"
		if r.overTLS(ctx) {
			scheme = "https://"
		}
		base = scheme + s.host
	}
	u, err := url.Parse(base)
	if err == nil && (loopback(u.Hostname()) || r.publicURL != "" && u.Scheme == "https") {
		return BackTo(base), nil
	}
	f := fault.Newf(fault.Unavailable, "Sign-in with %s needs the https address of this Pulse. The administrator has to set PULSE_PUBLIC_URL.", r.issuer.name())
	f.Type = "address_unknown"
	return "", f
}

// BackTo is the redirect address to register at the issuer.
func BackTo(publicURL string) string { return publicURL + backPath }

func loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// readReturnTo reads the path to come back to; "" is the start page. It takes
// pages of ours, and nothing that any reader could take for another site's.
func readReturnTo(text string) (string, bool) {
	if text == "" {
		return "/", true
	}
	u, err := url.Parse(text)
	if err != nil || len(text) > maxReturnTo || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" {
		return "", false
	}
	way := u.Path
	if !strings.HasPrefix(text, "/") || strings.HasPrefix(text, "//") || strings.Contains(text, `\`) || strings.Contains(way, `\`) || !printable(text) || !printable(way) {
		return "", false
	}
	if clean := path.Clean(way); way != clean && way != clean+"/" {
		return "", false
	}
	for _, ours := range []string{"/api/", "/v1/"} { // those are no pages
		if strings.HasPrefix(way+"/", ours) {
			return "", false
		}
	}
	return u.String(), true
}

const maxReturnTo = 2000

// departure is where to go, and the cookie without which there is no way back.
type departure struct {
	url    string
	cookie http.Cookie
}

// depart begins a flow. One that the browser had begun before ends.
func (r *Room) depart(ctx context.Context, s Site, e errand) (departure, error) {
	back, err := r.redirectURL(ctx, s)
	if err != nil {
		return departure{}, err
	}
	m, err := r.issuer.learn(ctx)
	if err != nil {
		return departure{}, err
	}
	secret, state, nonce, verifier, now := newSecret(), newSecret(), newSecret(), oauth2.GenerateVerifier(), r.now()
	before := httpd.CookieOf(ctx, r.onHost(ctx, flowCookie))
	err = r.db.Write(ctx, func(ctx context.Context, q *query.Queries) error {
		if _, err := q.SweepFlows(ctx, store.Millis(now)); err != nil {
			return err
		}
		if _, err := q.TakeFlow(ctx, hashOf(flowKind, before)); err != nil && !store.NotFound(err) {
			return err
		}
		return q.InsertFlow(ctx, query.InsertFlowParams{
			TokenHash: hashOf(flowKind, secret), StateHash: hashOf(stateKind, state), Nonce: nonce, Verifier: verifier,
			Purpose: e.purpose, UserID: e.userID, SessionID: e.sessionID, ReturnTo: e.returnTo, ExpiresAt: store.Millis(now.Add(flowTime)),
		})
	})
	if err != nil {
		return departure{}, fmt.Errorf("account: begin a flow: %w", err)
	}
	options := []oauth2.AuthCodeOption{oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)}
	if m.offers { // others take the question for an error
		options = append(options, oauth2.SetAuthURLParam("prompt", selectAccount))
	}
	if e.purpose == toConfirm {
		options = append(options, oauth2.SetAuthURLParam("max_age", "0"))
	}
	return departure{
		url:    r.issuer.config(m, back).AuthCodeURL(state, options...),
		cookie: r.cookie(ctx, flowCookie, secret, flowTime),
	}, nil
}

func errFlow() error {
	f := fault.New(fault.Invalid, "This sign-in was begun in another window, took too long, or was used already. Please begin again.")
	f.Type = "sign_in_expired"
	return f
}

// takeFlow ends the browser's flow and gives it, if it is the one that the state
// belongs to. Whatever becomes of it, nobody can take it again.
func (r *Room) takeFlow(ctx context.Context, state string) (query.SignInFlow, error) {
	var flow query.SignInFlow
	secret := httpd.CookieOf(ctx, r.onHost(ctx, flowCookie))
	if secret == "" {
		return flow, errFlow()
	}
	err := r.db.Write(ctx, func(ctx context.Context, q *query.Queries) (err error) {
		flow, err = q.TakeFlow(ctx, hashOf(flowKind, secret))
		return err
	})
	switch {
	case store.NotFound(err):
		return flow, errFlow()
	case err != nil:
		return flow, fmt.Errorf("account: end a flow: %w", err)
	case flow.ExpiresAt <= store.Millis(r.now()),
		subtle.ConstantTimeCompare([]byte(flow.StateHash), []byte(hashOf(stateKind, state))) != 1:
		return flow, errFlow()
	}
	return flow, nil
}

// noFlowCookie removes the cookie of a flow.
func (r *Room) noFlowCookie(ctx context.Context) http.Cookie {
	c := r.cookie(ctx, flowCookie, "", 0) //nolint:gosec // as cookie has it
	c.MaxAge = -1
	return c
}
