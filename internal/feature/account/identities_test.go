package account

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"pulse/internal/store"
	"pulse/internal/store/storetest"
)

const (
	linking    = "POST /api/v1/users/me/identities"
	confirming = "POST /api/v1/auth/confirm/oidc"
)

// withPassword is the tab of somebody who signs in with a password.
func (h *house) withPassword(email string) *tab {
	h.t.Helper()
	b := h.tab()
	body := account(email, password)
	if a := b.call("POST /api/v1/auth/register", body); a.status != http.StatusCreated {
		b.call("POST /api/v1/auth/login", body)
	}
	if !b.signedIn() {
		h.t.Fatalf("%s is not signed in", email)
	}
	return b
}

func (b *tab) identities() []Identity {
	b.h.t.Helper()
	a := b.call("GET /api/v1/users/me/identities", "")
	return decode[struct{ Items []Identity }](b.h.t, a).Items
}

func TestLinkAndUnlink(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		p := startProvider(t)
		h := withIssuer(t, db, p, nil)
		b := h.withPassword("ada@example.com")
		if got := b.call("GET /api/v1/users/me/identities", ""); strings.TrimSpace(got.text) != `{"items":[]}` {
			t.Errorf("with none linked: %s", got.text)
		}
		b.call(p.visit(b.begins(linking, ""), ada), "").leadsTo(t, "/settings")
		b.call(p.visit(b.begins(linking+"?return_to=/settings/security", ""), ada), "").leadsTo(t, "/settings/security") // once more
		linked := b.identities()
		if len(linked) != 1 || linked[0].Provider != "Example Corp" || linked[0].Email != ada.Email {
			t.Fatalf("linked are %+v", linked)
		}
		other := h.tab()
		other.signIn(p, ada).leadsTo(t, "/chat/1")
		if me := decode[User](t, other.call("GET /api/v1/users/me", "")); me.Email != "ada@example.com" {
			t.Errorf("signed in is %+v", me)
		}
		// Whoever has it cannot be asked for it by somebody else.
		bob := h.withPassword("bob@example.com")
		before := h.written()
		bob.call(p.visit(bob.begins(linking, ""), ada), "").leadsTo(t, "/settings?problem=identity_taken")
		if got := bob.call("DELETE /api/v1/users/me/identities/"+linked[0].ID, ""); got.status != http.StatusNotFound {
			t.Errorf("somebody else unlinks: %d %s", got.status, got.text)
		}
		if after := h.written(); after != before {
			t.Errorf("there is\n%s\nand was\n%s", after, before)
		}
		if got := b.call("DELETE /api/v1/users/me/identities/"+linked[0].ID, ""); got.status != http.StatusNoContent || len(b.identities()) != 0 {
			t.Errorf("unlink: %d %s", got.status, got.text)
		}
		h.tab().signIn(p, ada).leadsTo(t, "/sign-in?problem=link_needed&return_to=%2Fchat%2F1")
	})
}

// The last way in stays, however many try to close two at once.
func TestLastWayIn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		p := startProvider(t)
		h := withIssuer(t, db, p, nil)
		b := h.tab()
		b.signIn(p, ada).leadsTo(t, "/chat/1")
		b.call(p.visit(b.begins(linking, ""), somebody{Subject: "second", Email: "second@example.com"}), "").leadsTo(t, "/settings")
		linked := b.identities()
		got := make(chan answer, len(linked))
		for _, i := range linked {
			go func() { got <- b.h.call(b.cookies, "DELETE /api/v1/users/me/identities/"+i.ID, "") }()
		}
		all := map[int]int{}
		for range linked {
			a := <-got
			if all[a.status]++; a.status == http.StatusConflict && a.kind() != "last_way_in" {
				t.Error(a.text)
			}
		}
		if all[http.StatusNoContent] != 1 || all[http.StatusConflict] != 1 || len(b.identities()) != 1 {
			t.Errorf("answers by status: %v, left are %v", all, b.identities())
		}
	})
}

// Linking and unlinking need to know who it is now, and end where they began.
func TestLinkingIsGuarded(t *testing.T) {
	t.Parallel()
	p := startProvider(t)
	h := withIssuer(t, storetest.SQLite(t), p, nil)
	ours := h.withPassword("ada@example.com")
	ways := map[string]func() (*tab, string){
		"in a browser that is signed out": func() (*tab, string) {
			b := h.withPassword("ada@example.com")
			back := p.visit(b.begins(linking, ""), ada)
			b.call("POST /api/v1/auth/logout", "")
			return b, back
		},
		"in another session of the same person": func() (*tab, string) {
			b := h.withPassword("ada@example.com")
			back := p.visit(b.begins(linking, ""), ada)
			b.call("POST /api/v1/auth/login", account("ada@example.com", password))
			return b, back
		},
		"in another session, while the first is open": func() (*tab, string) {
			b, second := h.withPassword("ada@example.com"), h.withPassword("ada@example.com")
			back := p.visit(b.begins(linking, ""), ada)
			second.kept["__Host-pulse_flow"] = b.kept["__Host-pulse_flow"]
			return second, back
		},
		"in somebody else's session": func() (*tab, string) {
			b := h.withPassword("ada@example.com")
			back := p.visit(b.begins(linking, ""), ada)
			b.call("POST /api/v1/auth/logout", "")
			h.withPassword("bob@example.com")
			b.call("POST /api/v1/auth/login", account("bob@example.com", password))
			return b, back
		},
		"with the cookie of somebody else's way": func() (*tab, string) { // links theirs to ours
			mallory := h.withPassword("mallory@example.com")
			back := p.visit(mallory.begins(linking, ""), ada)
			ours.kept["__Host-pulse_flow"] = mallory.kept["__Host-pulse_flow"]
			return ours, back
		},
		"to sign in, with an e-mail of ours": func() (*tab, string) {
			return ours, p.visit(ours.leave("/settings"), somebody{Subject: "x", Email: "ada@example.com"})
		},
	}
	for name, way := range ways {
		b, back := way()
		before := h.written()
		if got := b.call(back, ""); got.status != http.StatusSeeOther || !strings.Contains(got.header.Get("Location"), "?problem=") || got.cookie != nil {
			t.Errorf("%s: %d %v", name, got.status, got.header)
		}
		if after := h.written(); after != before {
			t.Errorf("%s: there is\n%s\nand was\n%s", name, after, before)
		}
	}
	h.clock.forward(confirmTime + time.Second)
	for _, route := range []string{linking, "DELETE /api/v1/users/me/identities/1"} {
		if got := ours.call(route, ""); got.status != http.StatusForbidden || got.kind() != "confirm_needed" {
			t.Errorf("%s a while later: %d %s", route, got.status, got.text)
		}
	}
}

// What happens to the person on the way counts: it is looked at again when all
// else is known.
func TestDeactivatedOnTheWay(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		p := startProvider(t)
		h := withIssuer(t, db, p, nil)
		h.withPassword("root@example.com")
		b := h.tab()
		b.signIn(p, ada).leadsTo(t, "/chat/1")
		before := b.identities()
		linker, enterer := p.visit(b.begins(linking, ""), somebody{Subject: "second", Email: "second@example.com"}), h.tab()
		enter := p.visit(enterer.leave("/"), ada)
		p.misbehave(tampering{claims: func(jwt.MapClaims) { // between the flow and the transaction
			if _, err := h.SetActive(t.Context(), ada.Email, false); err != nil {
				t.Error(err)
			}
		}})
		b.call(linker, "").leadsTo(t, "/settings?problem=deactivated")
		enterer.call(enter, "").leadsTo(t, "/sign-in?problem=deactivated")
		if enterer.signedIn() {
			t.Error("somebody deactivated is in")
		}
		if _, err := h.SetActive(t.Context(), ada.Email, true); err != nil {
			t.Fatal(err)
		}
		p.misbehave(tampering{})
		b.signIn(p, ada).leadsTo(t, "/chat/1")
		if after := b.identities(); len(after) != len(before) {
			t.Errorf("linked are %+v", after)
		}
	})
}

func TestConfirmElsewhere(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		p := startProvider(t)
		h := withIssuer(t, db, p, nil)
		b := h.tab()
		b.signIn(p, ada).leadsTo(t, "/chat/1")
		h.clock.forward(confirmTime + time.Second)
		p.FastForward(confirmTime + time.Second)
		needed := b.call(linking, "")
		if needed.kind() != "confirm_needed" || !strings.Contains(needed.text, `"methods":["oidc"]`) {
			t.Fatalf("a while later: %d %s", needed.status, needed.text)
		}
		if got := b.call(confirming, `{"return_to":"//example.org"}`); got.status != http.StatusBadRequest {
			t.Errorf("a return to elsewhere: %d %s", got.status, got.text)
		}
		way := b.begins(confirming, `{}`)
		if !strings.Contains(way, "max_age=0") {
			t.Errorf("the issuer need not ask: %s", way)
		}
		b.call(p.visit(way, somebody{Subject: "second", Email: ada.Email}), "").leadsTo(t, "/settings?problem=identity_unknown")
		p.misbehave(tampering{claims: func(c jwt.MapClaims) { c["auth_time"] = float64(h.clock.now().Add(-time.Hour).Unix()) }})
		b.call(p.visit(b.begins(confirming, `{}`), ada), "").leadsTo(t, "/settings?problem=not_asked")
		if got := b.call(linking, ""); got.kind() != "confirm_needed" {
			t.Errorf("without having confirmed: %d %s", got.status, got.text)
		}
		p.misbehave(tampering{claims: func(c jwt.MapClaims) { c["auth_time"] = float64(h.clock.now().Unix()) }})
		b.call(p.visit(b.begins(confirming, `{"return_to":"/settings?at=keys"}`), ada), "").leadsTo(t, "/settings?at=keys")
		b.begins(linking, "")
	})
}

// cookies is who the tab is, for calls beside it.
func (b *tab) cookies(r *http.Request) {
	for _, c := range b.kept {
		r.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
	}
}
