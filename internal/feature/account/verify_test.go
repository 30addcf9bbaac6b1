package account

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"pulse/internal/mail/mailtest"
	"pulse/internal/store"
	"pulse/internal/store/query"
	"pulse/internal/store/storetest"
)

func (h *house) me(who access) User {
	h.t.Helper()
	return decode[User](h.t, h.must(200, who, "GET /api/v1/users/me", ""))
}

// A link verifies the e-mail of the account that it is for, in a session of that
// account's only.
func TestVerification(t *testing.T) {
	t.Parallel()
	eachWithMail(t, func(t *testing.T, p *posted) {
		_, ada := p.newcomer("ada@example.com")
		_, eve := p.newcomer("eve@example.com")
		secret := secretOf(t, p.mails.Next("ada@example.com"), "/verify")
		p.is(p.verifies(nobody, secret), 401, "unauthenticated")
		p.is(p.verifies(cookie(eve), secret), 403, "other_account") // and the link stays good
		p.is(p.verifies(cookie(ada), secret+"x"), 400, "link_expired")
		if p.me(cookie(ada)).IsVerified || p.me(cookie(eve)).IsVerified {
			t.Fatal("somebody is verified")
		}
		p.must(202, cookie(ada), "POST /api/v1/users/me/verification", "")
		newer := secretOf(t, p.mails.Next("ada@example.com"), "/verify")
		p.is(p.verifies(cookie(ada), secret), 400, "link_expired")
		a := p.verifies(bearer(p.newToken("ada@example.com")), newer)
		if a.status != 200 || !decode[User](t, a).IsVerified || !p.me(cookie(ada)).IsVerified {
			t.Fatalf("got %d: %s", a.status, a.text)
		}
		p.is(p.verifies(cookie(ada), newer), 400, "link_expired")
		p.is(p.call(cookie(ada), "POST /api/v1/users/me/verification", ""), 409, "verified_already")

		old := secretOf(t, p.mails.Next("eve@example.com"), "/verify")
		p.must(202, cookie(eve), "POST /api/v1/users/me/verification", "")
		p.must(202, cookie(eve), "POST /api/v1/users/me/verification", "")
		p.mails.Next("eve@example.com")
		last := secretOf(t, p.mails.Next("eve@example.com"), "/verify")
		p.is(p.call(cookie(eve), "POST /api/v1/users/me/verification", ""), 429, "too_many_mails")
		p.is(p.verifies(cookie(eve), old), 400, "link_expired")
		p.clock.forward(24 * time.Hour)
		p.is(p.verifies(cookie(eve), last), 400, "link_expired")
		if p.me(cookie(eve)).IsVerified {
			t.Error("verified by a link of yesterday")
		}
	})
}

// withKey gives somebody an API key that may do everything.
func (h *house) withKey(userID string) string {
	h.t.Helper()
	key := keyPrefix + newSecret()
	err := h.db.Write(h.t.Context(), func(ctx context.Context, q *query.Queries) error {
		return q.InsertKey(ctx, query.InsertKeyParams{ID: store.NewID(), UserID: userID, TokenHash: hashOf(keyKind, key), Scopes: "generate read write"})
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return key
}

// No key changes who an account belongs to.
func TestKeysChangeNoEmail(t *testing.T) {
	t.Parallel()
	p := withMail(t, storetest.SQLite(t), mailtest.Options{}, nil)
	u, _ := p.newcomer("ada@example.com")
	secret := secretOf(t, p.mails.Next("ada@example.com"), "/verify")
	key := bearer(p.withKey(u.ID))
	p.is(p.verifies(key, secret), 403, "key_not_allowed")
	p.is(p.call(key, "POST /api/v1/users/me/verification", ""), 403, "key_not_allowed")
	p.is(p.call(key, "POST /api/v1/users/me/email", object("email", "new@example.com")), 403, "key_not_allowed")
}

func (p *posted) changesTo(c *http.Cookie, address string) answer {
	p.t.Helper()
	return p.must(202, cookie(c), "POST /api/v1/users/me/email", object("email", address))
}

// The e-mail is changed when the link that went to the new address is opened, and
// both addresses are told.
func TestChangeOfEmail(t *testing.T) {
	t.Parallel()
	eachWithMail(t, func(t *testing.T, p *posted) {
		_, ada := p.newcomer("ada@example.com")
		_, eve := p.newcomer("eve@example.com")
		verify := secretOf(t, p.mails.Next("ada@example.com"), "/verify")
		p.mails.Next("eve@example.com")
		p.vouch("ada@example.com")
		if u := decode[User](t, p.changesTo(ada, "Ada@example.org")); u.Email != "ada@example.com" {
			t.Errorf("changed before the link was opened: %+v", u)
		}
		secret := secretOf(t, p.mails.Next("Ada@example.org"), "/verify")
		if note := p.mails.Next("ada@example.com"); !strings.Contains(note.Text, "Ada@example.org") || !strings.Contains(note.Text, "/forgot") {
			t.Errorf("the note says\n%s", note.Text)
		}
		p.forgets("ada@example.com")
		reset := secretOf(t, p.mails.Next("ada@example.com"), "/reset")
		p.is(p.verifies(cookie(eve), secret), 403, "other_account")
		p.is(p.resets(secret, fresh), 400, "link_expired")
		a := p.verifies(cookie(ada), secret)
		if u := decode[User](t, a); a.status != 200 || u.Email != "Ada@example.org" || !u.IsVerified {
			t.Fatalf("got %d: %s", a.status, a.text)
		}
		if note := p.mails.Next("ada@example.com"); !strings.Contains(note.Text, "is now Ada@example.org") {
			t.Errorf("the note says\n%s", note.Text)
		}
		// What went to the old address counts no more.
		p.is(p.resets(reset, fresh), 400, "link_expired")
		p.is(p.verifies(cookie(ada), verify), 400, "link_expired")
		p.is(p.verifies(cookie(ada), secret), 400, "link_expired")
		p.must(401, nobody, "POST /api/v1/auth/login", account("ada@example.com", password))
		p.must(200, nobody, "POST /api/v1/auth/login", account("ada@example.org", password))
		p.forgets("ada@example.com")
		p.mails.None("ada@example.com")
	})
}

// Whether an e-mail has an account, only its owner learns.
func TestChangeToATakenEmail(t *testing.T) {
	t.Parallel()
	eachWithMail(t, func(t *testing.T, p *posted) {
		_, ada := p.newcomer("ada@example.com")
		p.newcomer("bob@example.com")
		p.mails.Next("bob@example.com")
		taken, free := p.changesTo(ada, "bob@example.com"), p.changesTo(ada, "free@example.com")
		if taken.text != free.text {
			t.Errorf("%s is not %s", taken.text, free.text)
		}
		if m := p.mails.Next("bob@example.com"); m.Link != "" || !strings.Contains(m.Text, "There is an account with it already") {
			t.Errorf("the message says\n%s", m.Text)
		}
		// Between the link and its opening somebody else comes.
		secret := secretOf(t, p.mails.Next("free@example.com"), "/verify")
		p.newcomer("free@example.com")
		p.is(p.verifies(cookie(ada), secret), 409, "email_taken")
		if u := p.me(cookie(ada)); u.Email != "ada@example.com" || u.IsVerified {
			t.Errorf("got %+v", u)
		}
		for _, wrong := range []string{"nobody", "ADA@example.com", "a@b.c\r\nBcc: eve@example.net", ""} {
			p.is(p.call(cookie(ada), "POST /api/v1/users/me/email", object("email", wrong)), 400, "invalid")
		}
	})
}

// It takes the person, a moment ago.
func TestChangeOfEmailWantsThePerson(t *testing.T) {
	t.Parallel()
	p := withMail(t, storetest.SQLite(t), mailtest.Options{}, nil)
	_, c := p.newcomer("ada@example.com")
	p.clock.forward(confirmTime + time.Second)
	p.is(p.call(cookie(c), "POST /api/v1/users/me/email", object("email", "new@example.com")), 403, "confirm_needed")
	p.must(204, cookie(c), "POST /api/v1/auth/confirm", object("password", password))
	p.changesTo(c, "new@example.com")
	p.mails.Next("new@example.com")
}

// A new password makes the link to another e-mail worthless.
func TestNewPasswordEndsChangeOfEmail(t *testing.T) {
	t.Parallel()
	p := withMail(t, storetest.SQLite(t), mailtest.Options{}, nil)
	_, c := p.newcomer("ada@example.com")
	p.mails.Next("ada@example.com")
	p.vouch("ada@example.com")
	p.changesTo(c, "thief@example.net")
	secret := secretOf(t, p.mails.Next("thief@example.net"), "/verify")
	p.mails.Next("ada@example.com")
	p.forgets("ada@example.com")
	p.is(p.resets(secretOf(t, p.mails.Next("ada@example.com"), "/reset"), fresh), 204, "")
	p.is(p.verifies(cookie(c), secret), 401, "unauthenticated")
	in := p.must(200, nobody, "POST /api/v1/auth/login", account("ada@example.com", fresh))
	p.is(p.verifies(cookie(in.cookie), secret), 400, "link_expired")
}

// Where no e-mail is sent, it is changed at once and verified by nobody.
func TestChangeOfEmailWithoutMail(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := build(t, db, nil)
		_, c := h.newcomer("ada@example.com")
		h.newcomer("bob@example.com")
		if _, err := h.Verify(t.Context(), "ada@example.com"); err != nil {
			t.Fatal(err)
		}
		h.is(h.call(cookie(c), "POST /api/v1/users/me/email", object("email", "BOB@example.com")), 409, "email_taken")
		got := decode[User](t, h.must(200, cookie(c), "POST /api/v1/users/me/email", object("email", "Ada@example.org")))
		if got.Email != "Ada@example.org" || got.IsVerified {
			t.Errorf("got %+v", got)
		}
		h.must(200, nobody, "POST /api/v1/auth/login", account("ada@example.org", password))
		h.newcomer("ada@example.com") // it is free
	})
}
