package account

import (
	"context"
	"math"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"pulse/internal/store"
	"pulse/internal/store/query"
	"pulse/internal/store/storetest"
)

// scene is where the attacks are tried.
type scene struct {
	h *house
	p *provider
}

// returning gives somebody's tab and the route that they are sent back to.
func (s scene) returning(who somebody) (*tab, string) {
	b := s.h.tab()
	return b, s.p.visit(b.leave("/chat/1"), who)
}

// with replaces a parameter of a route.
func with(route, name, value string) string {
	method, rest, _ := strings.Cut(route, " ")
	u, err := url.Parse(rest)
	if err != nil {
		panic(err)
	}
	q := u.Query()
	if q.Del(name); value != "" {
		q.Set(name, value)
	}
	u.RawQuery = q.Encode()
	return method + " " + u.String()
}

func parameter(route, name string) string {
	_, rest, _ := strings.Cut(route, " ")
	u, err := url.Parse(rest)
	if err != nil {
		panic(err)
	}
	return u.Query().Get(name)
}

// Each way to come in as somebody else, or to get somebody else in as oneself,
// is refused; nothing is linked, nothing is written, nobody is signed in.
func TestAttacks(t *testing.T) {
	t.Parallel()
	mallory := somebody{Subject: "mallory", Email: "mallory@example.com"}
	// claims is what a token with other claims comes to.
	claims := func(change func(c jwt.MapClaims)) func(s scene) (*tab, string) {
		return func(s scene) (*tab, string) {
			s.p.misbehave(tampering{claims: change})
			return s.returning(mallory)
		}
	}
	signed := func(method jwt.SigningMethod, key any) func(s scene) (*tab, string) {
		return func(s scene) (*tab, string) {
			s.p.misbehave(tampering{method: method, key: key})
			return s.returning(mallory)
		}
	}
	attacks := []struct {
		name string
		try  func(s scene) (*tab, string) // who follows which route
		kind string
	}{
		{"a callback once more", func(s scene) (*tab, string) {
			b, back := s.returning(ada)
			flow := b.kept["__Host-pulse_flow"]
			b.call(back, "").leadsTo(s.h.t, "/chat/1")
			b.call("POST /api/v1/auth/logout", "")
			b.kept[flow.Name] = flow
			return b, back
		}, "sign_in_expired"},
		{"a state once more, with another code", func(s scene) (*tab, string) {
			b, back := s.returning(ada)
			flow := b.kept["__Host-pulse_flow"]
			b.call(back, "").leadsTo(s.h.t, "/chat/1")
			b.call("POST /api/v1/auth/logout", "")
			b.kept[flow.Name] = flow
			_, other := s.returning(ada)
			return b, with(back, "code", parameter(other, "code"))
		}, "sign_in_expired"},
		{"the state of another browser", func(s scene) (*tab, string) { // login CSRF
			_, theirs := s.returning(mallory)
			b, _ := s.returning(ada)
			return b, theirs
		}, "sign_in_expired"},
		{"a code of another browser, with the state of this one", func(s scene) (*tab, string) {
			_, theirs := s.returning(mallory)
			b, back := s.returning(ada)
			return b, with(back, "code", parameter(theirs, "code"))
		}, "sign_in_refused"}, // PKCE: by the provider
		{"no cookie", func(s scene) (*tab, string) {
			_, back := s.returning(ada)
			return s.h.tab(), back
		}, "sign_in_expired"},
		{"a cookie that a neighbour can set", func(s scene) (*tab, string) {
			b, back := s.returning(ada)
			b.kept[flowCookie] = &http.Cookie{Name: flowCookie, Value: b.kept["__Host-pulse_flow"].Value}
			delete(b.kept, "__Host-pulse_flow")
			return b, back
		}, "sign_in_expired"},
		{"no state", func(s scene) (*tab, string) {
			b, back := s.returning(ada)
			return b, with(back, "state", "")
		}, "sign_in_expired"},
		{"no code", func(s scene) (*tab, string) {
			b, back := s.returning(ada)
			return b, with(back, "code", "")
		}, "sign_in_refused"},
		{"a code that was used", func(s scene) (*tab, string) {
			b, back := s.returning(ada)
			b.call(back, "").leadsTo(s.h.t, "/chat/1")
			b.call("POST /api/v1/auth/logout", "")
			c, fresh := s.returning(ada)
			return c, with(fresh, "code", parameter(back, "code"))
		}, "sign_in_refused"},
		{"a way that took too long", func(s scene) (*tab, string) {
			b, back := s.returning(ada)
			s.h.clock.forward(flowTime)
			s.p.FastForward(flowTime)
			return b, back
		}, "sign_in_expired"},
		{"access denied", func(s scene) (*tab, string) {
			b, back := s.returning(ada)
			return b, with(with(back, "code", ""), "error", "access_denied")
		}, "access_denied"},
		{"another error", func(s scene) (*tab, string) {
			b, back := s.returning(ada)
			return b, with(back, "error", "interaction_required")
		}, "sign_in_refused"},
		{"trouble of the provider", func(s scene) (*tab, string) {
			b, back := s.returning(ada)
			return b, with(back, "error", "server_error")
		}, "issuer_unreachable"},
		{"trouble of the token endpoint", func(s scene) (*tab, string) {
			s.p.misbehave(tampering{code: 502})
			return s.returning(ada)
		}, "issuer_unreachable"},
		{"an answer of another issuer", func(s scene) (*tab, string) { // mix-up
			b, back := s.returning(ada)
			return b, with(back, "iss", "https://evil.example.com")
		}, "sign_in_refused"},
		{"an issuer with a slash more", func(s scene) (*tab, string) {
			b, back := s.returning(ada)
			return b, with(back, "iss", s.p.Issuer()+"/")
		}, "sign_in_refused"},
		{"the nonce of another way", claims(func(c jwt.MapClaims) { c["nonce"] = newSecret() }), "sign_in_refused"},
		{"no nonce", claims(func(c jwt.MapClaims) { delete(c, "nonce") }), "sign_in_refused"},
		{"a token for another client", claims(func(c jwt.MapClaims) { c["aud"] = "other" }), "sign_in_refused"},
		{"a token for nobody", claims(func(c jwt.MapClaims) { delete(c, "aud") }), "sign_in_refused"},
		{"a token for several, and no word for whom", claims(func(c jwt.MapClaims) {
			ours, _ := c["aud"].([]any)
			c["aud"] = append(ours, "other")
		}), "sign_in_refused"},
		{"a token that another client asked for", claims(func(c jwt.MapClaims) { c["azp"] = "other" }), "sign_in_refused"},
		{"a token of another issuer", claims(func(c jwt.MapClaims) { c["iss"] = "https://evil.example.com" }), "sign_in_refused"},
		{"a token that is over", claims(func(c jwt.MapClaims) { c["exp"] = float64(time.Now().Add(-24 * time.Hour).Unix()) }), "sign_in_refused"},
		{"a token that never ends", claims(func(c jwt.MapClaims) { delete(c, "exp") }), "sign_in_refused"},
		{"a token that is not yet good", claims(func(c jwt.MapClaims) { c["nbf"] = float64(time.Now().Add(24 * time.Hour).Unix()) }), "sign_in_refused"},
		{"a token about nobody", claims(func(c jwt.MapClaims) { delete(c, "sub") }), "sign_in_refused"},
		{"a subject that is no text", claims(func(c jwt.MapClaims) { c["sub"] = "a\x00b" }), "sign_in_refused"},
		{"a subject without end", claims(func(c jwt.MapClaims) { c["sub"] = strings.Repeat("a", 256) }), "sign_in_refused"},
		{"an unverified e-mail", claims(func(c jwt.MapClaims) { c["email_verified"] = false }), "email_unverified"},
		{"an e-mail that is unverified as a string", claims(func(c jwt.MapClaims) { c["email_verified"] = "false" }), "email_unverified"},
		{"an e-mail of which nobody says that it is verified", claims(func(c jwt.MapClaims) { delete(c, "email_verified") }), "email_unverified"},
		{"an e-mail that is verified as a number", claims(func(c jwt.MapClaims) { c["email_verified"] = 1 }), "email_unverified"},
		{"an e-mail that is none", claims(func(c jwt.MapClaims) { c["email"] = "Ada <ada@example.com>" }), "email_unverified"},
		{"an e-mail of somebody else's user info", claims(func(c jwt.MapClaims) {
			c["sub"] = "somebody else"
			delete(c, "email")
		}), "sign_in_refused"},
		{"a token that is not signed", signed(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType), "sign_in_refused"},
		{"a token signed with what everybody knows", signed(jwt.SigningMethodHS256, []byte("client")), "sign_in_refused"},
		{"the e-mail of an account with a password", func(s scene) (*tab, string) {
			return s.returning(somebody{Subject: "not grace", Email: "GRACE@example.com"})
		}, "link_needed"},
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		p := startProvider(t)
		h := withIssuer(t, db, p, nil)
		s := scene{h, p}
		h.newcomer("grace@example.com")
		h.tab().signIn(p, ada).leadsTo(t, "/chat/1")
		for _, a := range attacks {
			p.misbehave(tampering{})
			b, route := a.try(s)
			before := h.written()
			got := b.call(route, "")
			page := "/sign-in?problem=" + a.kind
			if where, _, _ := strings.Cut(got.header.Get("Location"), "&"); got.status != http.StatusSeeOther || where != page {
				t.Errorf("%s: %d and leads to %q, want %q: %s", a.name, got.status, where, page, got.text)
			}
			if after := h.written(); after != before {
				t.Errorf("%s: there is\n%s\nand was\n%s", a.name, after, before)
			}
			if got.cookie != nil || b.signedIn() {
				t.Errorf("%s: somebody is signed in", a.name)
			}
			if b.kept["__Host-pulse_flow"] != nil {
				t.Errorf("%s: the flow's cookie is still there", a.name)
			}
			// It cannot be tried again, also where it was the provider that failed.
			p.misbehave(tampering{})
			if again := b.call(route, ""); !strings.Contains(again.header.Get("Location"), "problem=sign_in_expired") {
				t.Errorf("%s, once more: %d %v", a.name, again.status, again.header)
			}
		}
	})
}

// An issuer that says whose its answers are always has to say it, lest an answer
// that says nothing is another one's.
func TestAnswersHaveToSayWhose(t *testing.T) {
	t.Parallel()
	p := startProvider(t)
	p.misbehave(tampering{about: map[string]any{"authorization_response_iss_parameter_supported": true}})
	h := withIssuer(t, storetest.SQLite(t), p, nil)
	b, back := scene{h, p}.returning(ada)
	b.call(back, "").leadsTo(t, "/sign-in?problem=sign_in_refused&return_to=%2Fchat%2F1")
	b, back = scene{h, p}.returning(ada)
	b.call(with(back, "iss", p.Issuer()), "").leadsTo(t, "/chat/1")
}

// returns are what somebody else may want people to be sent to.
var returns = []string{
	"//example.org", "///example.org", "////example.org", "/\\example.org", "\\\\example.org", "/\\/example.org", "\\example.org",
	"https://example.org", "https:example.org", "http:/example.org", "javascript:alert(1)", "data:text/html,hello", "example.org",
	"/%2Fexample.org", "/%5Cexample.org", "/.//example.org", "/a/..//example.org", "/../example.org", "/\t/example.org", "/\n/example.org",
	"/\x00/example.org", "/%09/example.org", "/%0d%0aSet-Cookie:a=b", "//user@example.org", "/a/./b", "?q=//example.org", "#//example.org", " //example.org",
	"\u202e/example.org", "/%zz", "/api/v1/auth/google", "/api", "/v1/models", "/%61pi/v1/users/me/export", "/a?b=\r\nc", "/" + strings.Repeat("a", 2000),
}

func TestReturnsToNowhereElse(t *testing.T) {
	t.Parallel()
	p := startProvider(t)
	h := withIssuer(t, storetest.SQLite(t), p, nil)
	for _, page := range returns {
		if got, ok := readReturnTo(page); ok {
			t.Errorf("%q is taken as %q", page, got)
		}
		b := h.tab()
		route := "GET /api/v1/auth/google?return_to=" + url.QueryEscape(page)
		got := b.call(route, "")
		leads := got.header.Get("Location")
		if got.status != http.StatusBadRequest && (got.status != http.StatusSeeOther || leads != "/sign-in?problem=invalid") {
			t.Errorf("%q: %d and leads to %q", page, got.status, leads)
		}
		b.program = true
		if got := b.call(route, ""); got.status != http.StatusBadRequest || len(b.kept) != 0 {
			t.Errorf("%q: %d %s", page, got.status, got.text)
		}
	}
	for page, want := range map[string]string{
		"": "/", "/": "/", "/chat/1": "/chat/1", "/chat/": "/chat/", "/settings?a=b//c#d": "/settings?a=b//c#d", "/apiary": "/apiary",
		"/über": "/%C3%BCber", "/chat/a%20b": "/chat/a%20b", "/?q=https://example.org": "/?q=https://example.org",
	} {
		if got, ok := readReturnTo(page); got != want || !ok {
			t.Errorf("%q is %q, want %q", page, got, want)
		}
	}
}

// Without a public address the host is whatever the request says, so only one's
// own machine counts; and by http nobody comes back to any other.
func TestRedirectAddress(t *testing.T) {
	t.Parallel()
	p := startProvider(t)
	db := storetest.SQLite(t)
	for _, c := range []struct{ public, host, want string }{
		{"", "localhost:8080", "http://localhost:8080"},
		{"", "127.0.0.1:8080", "http://127.0.0.1:8080"},
		{"", "[::1]:8080", "http://[::1]:8080"},
		{"", "evil.example.com", ""},
		{"", "192.168.1.7:8080", ""},
		{"", "localhost.example.com", ""},
		{"", "localhost@example.com", ""},
		{"", "127.0.0.1.example.com", ""},
		{"", "", ""},
		{"https://pulse.example.com", "evil.example.com", "https://pulse.example.com"},
		{"http://localhost:8080", "evil.example.com", "http://localhost:8080"},
		{"http://pulse.example.com", "pulse.example.com", ""},
	} {
		h := withIssuer(t, db, p, func(o *Options) { o.Secure, o.PublicURL = false, c.public })
		got, err := h.redirectURL(t.Context(), Site{c.host})
		if want := c.want; want != "" && got != want+backPath || (err == nil) != (want != "") {
			t.Errorf("%+v: %q, %v", c, got, err)
		}
	}
	h := withIssuer(t, db, p, func(o *Options) { o.Secure, o.PublicURL = false, "" })
	h.tab().call("GET /api/v1/auth/google", "").leadsTo(t, "/sign-in?problem=address_unknown")
}

// Flows are bounded: a browser has one, and what has expired goes.
func TestFlowsGo(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		p := startProvider(t)
		h := withIssuer(t, db, p, nil)
		b := h.tab()
		first := p.visit(b.leave("/"), ada)
		flow := *b.kept["__Host-pulse_flow"]
		b.leave("/")
		other := h.tab()
		other.kept[flow.Name] = &flow
		other.call(first, "").leadsTo(t, "/sign-in?problem=sign_in_expired")
		h.clock.forward(flowTime)
		h.tab().leave("/")
		var n int64
		err := db.Write(t.Context(), func(ctx context.Context, q *query.Queries) (err error) {
			n, err = q.SweepFlows(ctx, math.MaxInt64) // all there are
			return err
		})
		if err != nil || n != 1 {
			t.Errorf("%d flows are kept: %v", n, err)
		}
	})
}

// Another site can neither begin a sign-in in somebody's browser nor put its own in
// place of theirs; where the issuer sends people back to, it can send them.
func TestOtherSitesBeginNoFlow(t *testing.T) {
	t.Parallel()
	p := startProvider(t)
	h := withIssuer(t, storetest.SQLite(t), p, nil)
	b := h.tab()
	way := b.leave("/chat/1")
	for _, site := range []string{"cross-site", "same-site"} {
		got := h.call(func(r *http.Request) {
			r.Header.Set("Accept", "text/html")
			r.Header.Set("Sec-Fetch-Site", site)
			r.Header.Set("Sec-Fetch-Mode", "navigate")
			for _, c := range b.kept {
				r.AddCookie(c)
			}
		}, "GET /api/v1/auth/google?return_to=/chat/2", "")
		if got.leadsTo(t, "/sign-in"); got.header.Get("Set-Cookie") != "" {
			t.Errorf("%s set %q", site, got.header.Get("Set-Cookie"))
		}
	}
	for _, site := range []string{"same-origin", "none"} { // our page, and the address bar
		got := h.call(func(r *http.Request) {
			r.Header.Set("Accept", "text/html")
			r.Header.Set("Sec-Fetch-Site", site)
		}, "GET /api/v1/auth/google", "")
		if !strings.HasPrefix(got.header.Get("Location"), p.Issuer()) {
			t.Errorf("%s leads to %s", site, got.header.Get("Location"))
		}
	}
	back := h.call(func(r *http.Request) {
		r.Header.Set("Accept", "text/html")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		for _, c := range b.kept {
			r.AddCookie(c)
		}
	}, p.visit(way, ada), "")
	back.leadsTo(t, "/chat/1")
	if back.cookie == nil {
		t.Error("the flow that was begun before does not end well")
	}
}
