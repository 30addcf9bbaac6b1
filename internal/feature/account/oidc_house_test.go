package account

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/oauth2-proxy/mockoidc"

	"pulse/internal/store"
	"pulse/internal/store/query"
)

// provider is an OpenID provider that listens, and can be made to misbehave.
type provider struct {
	*mockoidc.MockOIDC

	t      testing.TB
	mu     sync.Mutex // mockoidc is not made for several at once
	tamper tampering
}

// tampering is how it misbehaves.
type tampering struct {
	claims func(c jwt.MapClaims) // changes ID tokens
	method jwt.SigningMethod     // signs them in another way, with key
	key    any
	code   int            // answers at the token endpoint with this status
	about  map[string]any // is said of it in its discovery
}

func startProvider(t testing.TB) *provider {
	t.Helper()
	m, err := mockoidc.NewServer(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{MockOIDC: m, t: t}
	if err := m.AddMiddleware(p.inFront); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(nil) // for its listener
	if err := m.Start(s.Listener, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Server.Close() })
	return p
}

func (p *provider) issuer() *Issuer {
	return &Issuer{URL: p.Issuer(), ClientID: p.ClientID, ClientSecret: p.ClientSecret, Name: "Example Corp"}
}

// behaves makes it misbehave from now on.
func (p *provider) misbehave(how tampering) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tamper = how
}

// rotate gives it another key.
func (p *provider) rotate() {
	pair, err := mockoidc.RandomKeypair(2048)
	if err != nil {
		p.t.Fatal(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.Keypair = pair
}

// inFront changes what mockoidc answers with.
func (p *provider) inFront(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		if r.URL.Path == mockoidc.TokenEndpoint && p.tamper.code != 0 {
			w.WriteHeader(p.tamper.code)
			return
		}
		rec := httptest.NewRecorder()
		next.ServeHTTP(rec, r)
		body := rec.Body.Bytes()
		switch {
		case rec.Code != http.StatusOK:
		case r.URL.Path == mockoidc.TokenEndpoint:
			body = p.changed(body, func(answer map[string]any) { answer["id_token"] = p.resigned(fmt.Sprint(answer["id_token"])) })
		case r.URL.Path == mockoidc.DiscoveryEndpoint:
			body = p.changed(body, func(answer map[string]any) {
				answer["token_endpoint_auth_methods_supported"] = []string{"client_secret_post"} // the one that it has
				maps.Copy(answer, p.tamper.about)
			})
		}
		maps.Copy(w.Header(), rec.Header())
		w.Header().Del("Content-Length")
		w.WriteHeader(rec.Code)
		_, _ = w.Write(body)
	})
}

func (p *provider) changed(document []byte, change func(map[string]any)) []byte {
	var answer map[string]any
	if err := json.NewDecoder(bytes.NewReader(document)).Decode(&answer); err != nil {
		p.t.Errorf("%v in %s", err, document)
	}
	change(answer)
	data, err := json.Marshal(answer)
	if err != nil {
		p.t.Error(err)
	}
	return data
}

func (p *provider) resigned(token string) string {
	claims := jwt.MapClaims{}
	if _, _, err := jwt.NewParser().ParseUnverified(token, claims); err != nil {
		p.t.Error(err)
	}
	if p.tamper.claims != nil {
		p.tamper.claims(claims)
	}
	signed, err := p.Keypair.SignJWT(claims)
	if p.tamper.method != nil {
		signed, err = jwt.NewWithClaims(p.tamper.method, claims).SignedString(p.tamper.key)
	}
	if err != nil {
		p.t.Error(err)
	}
	return signed
}

// somebody is a person as the provider knows them.
type somebody struct {
	Subject, Email string
	Unverified     bool
}

func (s somebody) ID() string { return s.Subject }

func (s somebody) Userinfo([]string) ([]byte, error) {
	return json.Marshal(map[string]any{"sub": s.Subject, "email": s.Email, "email_verified": !s.Unverified, "name": "Ada Lovelace"})
}

func (s somebody) Claims(_ []string, base *mockoidc.IDTokenClaims) (jwt.Claims, error) { //nolint:ireturn // mockoidc wants it so
	return jwt.MapClaims{
		"iss": base.Issuer, "aud": base.Audience, "sub": s.Subject, "exp": base.ExpiresAt, "iat": base.IssuedAt, "nonce": base.Nonce,
		"email": s.Email, "email_verified": !s.Unverified, "name": "Ada Lovelace",
	}, nil
}

// visit is a person at the provider, who goes on. It gives the route that they
// are sent back to.
func (p *provider) visit(way string, who somebody) string {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, way, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	p.mu.Lock()
	p.QueueUser(who)
	p.mu.Unlock()
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	back, err := url.Parse(res.Header.Get("Location"))
	if err != nil || res.StatusCode != http.StatusFound || back.Path != backPath {
		p.t.Fatalf("the provider answered %d and sends to %q: %v", res.StatusCode, back, err)
	}
	return "GET " + back.RequestURI()
}

// tab is a browser with what it keeps.
type tab struct {
	h       *house
	kept    map[string]*http.Cookie
	program bool // does not show pages
}

func (h *house) tab() *tab { return &tab{h: h, kept: map[string]*http.Cookie{}} }

// call sends a request with the cookies that are kept.
func (b *tab) call(route, body string) answer {
	b.h.t.Helper()
	a := b.h.call(func(r *http.Request) {
		if !b.program {
			r.Header.Set("Accept", "text/html,application/xhtml+xml")
		}
		for _, c := range b.kept {
			r.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
		}
	}, route, body)
	for _, c := range (&http.Response{Header: a.header}).Cookies() {
		if b.kept[c.Name] = c; c.MaxAge < 0 {
			delete(b.kept, c.Name)
		}
	}
	return a
}

// leave begins a sign-in and gives the way to the provider.
func (b *tab) leave(page string) string {
	b.h.t.Helper()
	a := b.call("GET /api/v1/auth/google?return_to="+url.QueryEscape(page), "")
	if b.program {
		return decode[departBody](b.h.t, a).URL
	}
	if a.status != http.StatusSeeOther {
		b.h.t.Fatalf("the sign-in began with %d: %s", a.status, a.text)
	}
	return a.header.Get("Location")
}

// signIn is all of a sign-in.
func (b *tab) signIn(p *provider, who somebody) answer {
	b.h.t.Helper()
	return b.call(p.visit(b.leave("/chat/1"), who), "")
}

// begins posts to a route that begins a way, and gives the way.
func (b *tab) begins(route, body string) string {
	b.h.t.Helper()
	a := b.call(route, body)
	if a.status != http.StatusOK {
		b.h.t.Fatalf("%s: %d %s", route, a.status, a.text)
	}
	return decode[departBody](b.h.t, a).URL
}

func (b *tab) signedIn() bool {
	b.h.t.Helper()
	return b.call("GET /api/v1/users/me", "").status == http.StatusOK
}

// leadsTo makes sure that an answer sends the browser to a page.
func (a answer) leadsTo(t testing.TB, page string) {
	t.Helper()
	if got := a.header.Get("Location"); a.status != http.StatusSeeOther || got != page {
		t.Errorf("it answered %d and leads to %q, want %q: %s", a.status, got, page, a.text)
	}
	if a.header.Get("Cache-Control") != "no-store" {
		t.Error("the answer may be kept")
	}
}

// withIssuer is a house that people reach by https, with a provider.
func withIssuer(t testing.TB, db *store.DB, p *provider, change func(*Options)) *house {
	t.Helper()
	return build(t, db, func(o *Options) {
		o.Secure, o.PublicURL, o.Issuer = true, "https://pulse.example.com", p.issuer()
		if change != nil {
			change(o)
		}
	})
}

// written is all that the database has of people and their ways in.
func (h *house) written() string {
	h.t.Helper()
	ctx, q := h.t.Context(), h.db.Read()
	var b strings.Builder
	users, err := q.ListUsers(ctx, query.ListUsersParams{Limit: 1000})
	if err != nil {
		h.t.Fatal(err)
	}
	for _, u := range users {
		known, err := q.ListIdentities(ctx, u.ID)
		if err != nil {
			h.t.Fatal(err)
		}
		sessions, err := q.ListSessions(ctx, query.ListSessionsParams{UserID: u.ID, Now: 0})
		if err != nil {
			h.t.Fatal(err)
		}
		for i := range sessions { // those change by being used
			sessions[i].LastUsedAt, sessions[i].ExpiresAt = 0, 0
		}
		fmt.Fprintf(&b, "%+v\n  %+v\n  %+v\n", u, known, sessions)
	}
	return b.String()
}

// soon is well within what a test may take.
const soon = 5 * time.Second
