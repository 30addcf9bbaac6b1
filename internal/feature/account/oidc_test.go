package account

import (
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"pulse/internal/store"
	"pulse/internal/store/storetest"
)

var ada = somebody{Subject: "ada-1", Email: "Ada@example.com"}

func TestSignInElsewhere(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		p := startProvider(t)
		p.misbehave(tampering{about: map[string]any{"prompt_values_supported": []string{"none", "select_account"}}})
		h := withIssuer(t, db, p, nil)
		b := h.tab()
		way, err := url.Parse(b.leave("/chat/1?at=2#3"))
		if err != nil {
			t.Fatal(err)
		}
		asked := way.Query()
		for name, want := range map[string]string{
			"response_type": "code", "client_id": p.ClientID, "scope": "openid email profile", "code_challenge_method": "S256",
			"redirect_uri": "https://pulse.example.com/api/v1/auth/google/callback", "prompt": "select_account",
		} {
			if asked.Get(name) != want {
				t.Errorf("%s is %q, want %q", name, asked.Get(name), want)
			}
		}
		for _, name := range []string{"state", "nonce", "code_challenge"} {
			if len(asked.Get(name)) < 43 {
				t.Errorf("%s is %q", name, asked.Get(name))
			}
		}
		c := b.kept["__Host-pulse_flow"]
		if c == nil || !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.MaxAge != 600 || c.Path != "/" {
			t.Fatalf("the flow's cookie is %v", c)
		}
		back := b.call(p.visit(way.String(), ada), "")
		back.leadsTo(t, "/chat/1?at=2#3")
		if back.cookie == nil || back.header.Get("Referrer-Policy") != "no-referrer" || len(b.kept) != 1 {
			t.Errorf("after the sign-in: cookies %v, header %v", b.kept, back.header)
		}
		me := decode[User](t, b.call("GET /api/v1/users/me", ""))
		if me.Email != ada.Email || me.FullName != "Ada Lovelace" || !me.IsVerified || !me.IsAdmin {
			t.Errorf("the first account is %+v", me)
		}

		// The next time it is the same account, although the e-mail is another; and
		// the session before ends.
		before := back.cookie
		b.signIn(p, somebody{Subject: ada.Subject, Email: "lovelace@example.com"}).leadsTo(t, "/chat/1")
		if again := decode[User](t, b.call("GET /api/v1/users/me", "")); again != me {
			t.Errorf("the same person is %+v, was %+v", again, me)
		}
		if h.signedIn(cookie(before)) {
			t.Error("the session before lives on")
		}
		// The other way round, the e-mail finds nobody: it may have a new owner.
		other := h.tab()
		other.signIn(p, somebody{Subject: "ada-2", Email: ada.Email}).leadsTo(t, "/sign-in?problem=link_needed&return_to=%2Fchat%2F1")
		if other.signedIn() {
			t.Error("an account was taken over by its e-mail")
		}
		// A password is no way into an account that has none.
		h.must(401, nobody, "POST /api/v1/auth/login", account(ada.Email, ""))

		h.newcomer("eve@example.com")
		if _, err := h.SetAdmin(t.Context(), "eve@example.com", true); err != nil {
			t.Fatal(err)
		}
		if _, err := h.SetActive(t.Context(), ada.Email, false); err != nil {
			t.Fatal(err)
		}
		b.signIn(p, ada).leadsTo(t, "/sign-in?problem=deactivated&return_to=%2Fchat%2F1")
		if b.signedIn() {
			t.Error("somebody deactivated is in")
		}
	})
}

func TestPrograms(t *testing.T) {
	t.Parallel()
	p := startProvider(t)
	h := withIssuer(t, storetest.SQLite(t), p, nil)
	b := h.tab()
	b.program = true
	b.signIn(p, ada).leadsTo(t, "/chat/1")
	if !b.signedIn() {
		t.Error("not signed in")
	}
	if got := b.call("GET /api/v1/auth/google?return_to=//example.org", ""); got.status != http.StatusBadRequest || len(b.kept) != 1 {
		t.Errorf("a return to elsewhere: %d %s", got.status, got.text)
	}
	for route, want := range map[string]string{
		"GET /api/v1/auth/google/callback?state=x&code=y":              "sign_in_expired",
		"GET /api/v1/auth/google/callback?state=x&error=access_denied": "sign_in_expired",
	} {
		if got := b.call(route, ""); got.status != http.StatusBadRequest || got.kind() != want || got.header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: %d %s %v", route, got.status, got.text, got.header)
		}
	}
	way, _ := url.Parse(b.leave(""))
	got := b.call("GET /api/v1/auth/google/callback?error=access_denied&error_description=no&state="+way.Query().Get("state"), "")
	if got.status != http.StatusBadRequest || got.kind() != "access_denied" {
		t.Errorf("somebody who does not go on: %d %s", got.status, got.text)
	}
	if got := h.call(nobody, "GET /api/v1/auth/options", ""); !strings.Contains(got.text, `"oidc":{"name":"Example Corp"}`) {
		t.Errorf("the options are %s", got.text)
	}
}

func TestNoIssuer(t *testing.T) {
	t.Parallel()
	h := build(t, storetest.SQLite(t), nil)
	for _, route := range []string{"GET /api/v1/auth/google", "GET /api/v1/auth/google/callback?state=x&code=y"} {
		if got := h.tab().call(route, ""); got.status != http.StatusNotFound || got.kind() != "issuer_missing" || !strings.Contains(got.text, "password") {
			t.Errorf("%s: %d %s", route, got.status, got.text)
		}
	}
}

// An installation starts without a network, and finds the issuer once it is there.
func TestIssuerComesLater(t *testing.T) {
	t.Parallel()
	p := startProvider(t)
	p.misbehave(tampering{about: map[string]any{"issuer": "https://other.example.com"}})
	h := withIssuer(t, storetest.SQLite(t), p, nil)
	b := h.tab()
	b.call("GET /api/v1/auth/google", "").leadsTo(t, "/sign-in?problem=issuer_unreachable")
	b.program = true
	got := b.call("GET /api/v1/auth/google", "")
	if got.status != http.StatusServiceUnavailable || got.kind() != "issuer_unreachable" || len(b.kept) != 0 {
		t.Errorf("without the issuer: %d %s", got.status, got.text)
	}
	p.misbehave(tampering{})
	b.signIn(p, ada).leadsTo(t, "/chat/1")
}

func TestNobodyListens(t *testing.T) {
	t.Parallel()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	p := startProvider(t)
	h := withIssuer(t, storetest.SQLite(t), p, func(o *Options) { o.Issuer.URL = "http://" + l.Addr().String() })
	var all sync.WaitGroup
	begun := time.Now()
	for range 20 {
		all.Go(func() {
			if got := h.call(nobody, "GET /api/v1/auth/google", ""); got.status != http.StatusServiceUnavailable {
				t.Errorf("%d %s", got.status, got.text)
			}
		})
	}
	all.Wait()
	if took := time.Since(begun); took > soon {
		t.Errorf("it took %s", took)
	}
}

func TestRegistrationClosedElsewhere(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		p := startProvider(t)
		h := withIssuer(t, db, p, func(o *Options) { o.RegistrationOpen = false })
		first := h.tab()
		first.signIn(p, ada).leadsTo(t, "/chat/1") // nobody is here yet
		before := h.written()
		h.tab().signIn(p, somebody{Subject: "bob", Email: "bob@example.com"}).leadsTo(t, "/sign-in?problem=registration_closed&return_to=%2Fchat%2F1")
		if after := h.written(); after != before {
			t.Errorf("there is\n%s\nand was\n%s", after, before)
		}
		first.signIn(p, ada).leadsTo(t, "/chat/1")
	})
}

// Of many who come at the same moment, one is the administrator; and somebody
// who comes twice at the same moment is one person.
func TestFirstOnesRace(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		p := startProvider(t)
		h := withIssuer(t, db, p, nil)
		var all sync.WaitGroup
		tabs := make([]*tab, 8)
		begin := make(chan struct{})
		for i := range tabs {
			tabs[i] = h.tab()
			name := string(rune('a' + i/2))
			back := p.visit(tabs[i].leave("/"), somebody{Subject: name, Email: name + "@example.com"})
			all.Go(func() {
				<-begin
				tabs[i].call(back, "").leadsTo(t, "/")
			})
		}
		close(begin)
		all.Wait()
		admins, people := 0, map[string]bool{}
		for _, b := range tabs {
			me := decode[User](t, b.call("GET /api/v1/users/me", ""))
			if !people[me.ID] && me.IsAdmin {
				admins++
			}
			people[me.ID] = true
		}
		if admins != 1 || len(people) != len(tabs)/2 {
			t.Errorf("%d people, of whom %d administrate", len(people), admins)
		}
	})
}

// What other issuers do differently, and what changes over time.
func TestOtherIssuers(t *testing.T) {
	t.Parallel()
	p := startProvider(t)
	h := withIssuer(t, storetest.SQLite(t), p, nil)
	b := h.tab()
	b.signIn(p, ada).leadsTo(t, "/chat/1")
	for name, how := range map[string]tampering{
		"verified as a string": {claims: func(c jwt.MapClaims) { c["email_verified"] = "true" }},
		"e-mail only in the user info": {claims: func(c jwt.MapClaims) {
			delete(c, "email")
			delete(c, "email_verified")
		}},
		"several audiences":               {claims: func(c jwt.MapClaims) { c["aud"], c["azp"] = []string{"other", p.ClientID}, p.ClientID }},
		"a name that cannot be shown":     {claims: func(c jwt.MapClaims) { c["name"] = "a\u202eb" }},
		"more that it says":               {claims: func(c jwt.MapClaims) { c["picture"], c["hd"] = "https://example.com/a.png", "example.com" }},
		"answers that say whose they are": {},
	} {
		p.misbehave(how)
		back := p.visit(b.leave("/"), ada)
		if how.claims == nil {
			back += "&iss=" + url.QueryEscape(p.Issuer()) + "&scope=openid&authuser=0&prompt=none&session_state=x"
		}
		b.call(back, "").leadsTo(t, "/")
		if !b.signedIn() {
			t.Errorf("%s: not signed in", name)
		}
	}
	p.misbehave(tampering{})
	p.rotate()
	b.signIn(p, ada).leadsTo(t, "/chat/1")
}
