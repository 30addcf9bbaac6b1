package account

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"pulse/internal/mail/mailtest"
	"pulse/internal/store"
	"pulse/internal/store/query"
	"pulse/internal/store/storetest"
)

// A3: who forgot their password gets back in by their mailbox, and whoever was in
// by the old one is out.
func TestForgottenPassword(t *testing.T) {
	t.Parallel()
	eachWithMail(t, func(t *testing.T, p *posted) {
		_, c := p.newcomer("Ada@example.com")
		p.mails.Next("Ada@example.com")
		token := p.newToken("ada@example.com")
		if a := p.forgets(" ADA@example.com "); a.text != "" {
			t.Errorf("the answer says %s", a.text)
		}
		m := p.mails.Next("Ada@example.com")
		secret := secretOf(t, m, "/reset")
		if !strings.Contains(m.Text, publicURL+"\n") || !strings.Contains(m.Text, "If it was not you") {
			t.Errorf("the message says\n%s", m.Text)
		}
		p.is(p.resets(secret, "short"), 400, "invalid")
		p.is(p.resets(secret, "ada@example.com"), 400, "invalid") // the e-mail as password
		if !p.signedIn(cookie(c)) {
			t.Fatal("a refused password ended the session")
		}
		p.is(p.resets(secret, fresh), 204, "")
		if p.signedIn(cookie(c)) || p.signedIn(bearer(token)) {
			t.Error("sessions of the old password go on")
		}
		p.must(401, nobody, "POST /api/v1/auth/login", account("ada@example.com", password))
		in := p.must(200, nobody, "POST /api/v1/auth/login", account("ada@example.com", fresh))
		if !decode[User](t, in).IsVerified {
			t.Error("who read the e-mail is not verified")
		}
		if note := p.mails.Next("Ada@example.com"); !strings.Contains(note.Subject, "password was changed") || !strings.Contains(note.Text, publicURL+"/forgot") ||
			!strings.Contains(note.Text, publicURL+"/settings/keys") {
			t.Errorf("the note says %s\n%s", note.Subject, note.Text)
		}
		p.is(p.resets(secret, "another new secret"), 400, "link_expired")
		p.must(200, nobody, "POST /api/v1/auth/login", account("ada@example.com", fresh))
		p.mails.None("Ada@example.com")
	})
}

// Guesses of others do not keep out who has just shown who they are.
func TestResetForgivesGuesses(t *testing.T) {
	t.Parallel()
	p := withMail(t, storetest.SQLite(t), mailtest.Options{}, nil)
	p.newcomer("ada@example.com")
	p.mails.Next("ada@example.com")
	for range nearFailures.Burst {
		p.must(401, nobody, "POST /api/v1/auth/login", account("ada@example.com", "wrong horse"))
	}
	p.must(429, nobody, "POST /api/v1/auth/login", account("ada@example.com", password))
	p.forgets("ada@example.com")
	p.is(p.resets(secretOf(t, p.mails.Next("ada@example.com"), "/reset"), fresh), 204, "")
	p.must(200, nobody, "POST /api/v1/auth/login", account("ada@example.com", fresh))
}

// Which links count: the newest, for an hour, for what they are for, while the
// person may sign in and the account has the e-mail that they went to.
func TestLinksThatDoNotCount(t *testing.T) {
	t.Parallel()
	eachWithMail(t, func(t *testing.T, p *posted) {
		person := func(name string) (address, secret string, c *http.Cookie, verify string) {
			address = name + "@example.com"
			_, c = p.newcomer(address)
			verify = secretOf(t, p.mails.Next(address), "/verify")
			p.forgets(address)
			return address, secretOf(t, p.mails.Next(address), "/reset"), c, verify
		}
		_, secret, c, verify := person("ada")
		for _, wrong := range []string{"", "x", secret[:42], secret + "x", strings.ToLower(secret), verify, strings.Repeat("x", 43)} {
			p.is(p.resets(wrong, fresh), 400, "link_expired")
		}
		p.is(p.verifies(cookie(c), secret), 400, "link_expired") // it is for a password
		p.forgets("ada@example.com")
		newer := secretOf(t, p.mails.Next("ada@example.com"), "/reset")
		p.is(p.resets(secret, fresh), 400, "link_expired")
		p.clock.forward(time.Hour)
		p.is(p.resets(newer, fresh), 400, "link_expired")

		address, secret, _, _ := person("bob")
		if _, err := p.SetActive(t.Context(), address, false); err != nil {
			t.Fatal(err)
		}
		p.is(p.resets(secret, fresh), 400, "link_expired")
		if _, err := p.SetActive(t.Context(), address, true); err != nil {
			t.Fatal(err)
		}

		_, secret, c, _ = person("eve")
		err := p.db.Write(t.Context(), func(ctx context.Context, q *query.Queries) error {
			u := decode[User](t, p.must(200, cookie(c), "GET /api/v1/users/me", ""))
			_, err := q.SetUserEmail(ctx, query.SetUserEmailParams{ID: u.ID, Email: "eve@example.org", EmailKey: "eve@example.org"})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		p.is(p.resets(secret, fresh), 400, "link_expired")
		p.must(200, nobody, "POST /api/v1/auth/login", account("eve@example.org", password))
	})
}

// Of many who use a link at the same moment one does, and theirs is the password.
func TestTwoResetsAtOnce(t *testing.T) {
	t.Parallel()
	eachWithMail(t, func(t *testing.T, p *posted) {
		p.newcomer("ada@example.com")
		p.forgets("ada@example.com")
		var secret string
		for secret == "" {
			if m := p.mails.Next("ada@example.com"); strings.Contains(m.Link, "/reset#") {
				secret = secretOf(t, m, "/reset")
			}
		}
		var mu sync.Mutex
		var won []string
		var wg sync.WaitGroup
		for _, mine := range []string{"the first secret", "the second secret", "the third secret", "the fourth secret"} {
			wg.Go(func() {
				a := p.resets(secret, mine)
				mu.Lock()
				defer mu.Unlock()
				if a.status == 204 {
					won = append(won, mine)
				} else if a.kind() != "link_expired" {
					t.Errorf("got %d: %s", a.status, a.text)
				}
			})
		}
		wg.Wait()
		if len(won) != 1 {
			t.Fatalf("%q won", won)
		}
		p.must(200, nobody, "POST /api/v1/auth/login", account("ada@example.com", won[0]))
	})
}

// Links that are asked for at the same moment: one counts in the end.
func TestManyLinksAtOnce(t *testing.T) {
	t.Parallel()
	eachWithMail(t, func(t *testing.T, p *posted) {
		u, _ := p.newcomer("ada@example.com")
		var mu sync.Mutex
		var links []string
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				link, err := p.newLink(t.Context(), u.ID, resetLink, u.Email)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				links = append(links, link)
			})
		}
		wg.Wait()
		good := 0
		for _, link := range links {
			_, secret, _ := strings.Cut(link, "#")
			if _, err := p.link(t.Context(), p.db.Read(), secret, resetLink); err == nil {
				good++
			}
		}
		if good != 1 {
			t.Errorf("%d of %d count", good, len(links))
		}
	})
}

// Somebody makes an account with another's e-mail and waits for its owner to move
// in: whatever they left themselves to come back by is gone then. Who had
// verified their e-mail keeps their keys.
func TestReverseAttack(t *testing.T) {
	t.Parallel()
	eachWithMail(t, func(t *testing.T, p *posted) {
		for _, verified := range []bool{false, true} {
			address := map[bool]string{false: "victim@example.com", true: "owner@example.com"}[verified]
			u, c := p.newcomer(address)
			verify := secretOf(t, p.mails.Next(address), "/verify")
			token := p.newToken(address)
			key := keyPrefix + newSecret()
			err := p.db.Write(t.Context(), func(ctx context.Context, q *query.Queries) error {
				if err := q.InsertKey(ctx, query.InsertKeyParams{ID: store.NewID(), UserID: u.ID, TokenHash: hashOf(keyKind, key), Scopes: "generate read write"}); err != nil {
					return err
				}
				return q.InsertIdentity(ctx, query.InsertIdentityParams{ID: store.NewID(), UserID: u.ID, Issuer: "https://issuer.example", Subject: address})
			})
			if err != nil {
				t.Fatal(err)
			}
			if verified {
				p.is(p.verifies(cookie(c), verify), 200, "")
			}
			p.forgets(address)
			p.is(p.resets(secretOf(t, p.mails.Next(address), "/reset"), fresh), 204, "")
			p.mails.Next(address)
			if p.signedIn(cookie(c)) || p.signedIn(bearer(token)) {
				t.Errorf("verified %t: a session is left", verified)
			}
			if p.signedIn(bearer(key)) != verified {
				t.Errorf("verified %t: the key is %t", verified, !verified)
			}
			known, err := p.db.Read().ListIdentities(t.Context(), u.ID)
			if err != nil || len(known) == 1 != verified {
				t.Errorf("verified %t: the identities are %v, %v", verified, known, err)
			}
			p.is(p.verifies(cookie(c), verify), 401, "unauthenticated")
			in := p.must(200, nobody, "POST /api/v1/auth/login", account(address, fresh))
			if !verified {
				p.is(p.verifies(cookie(in.cookie), verify), 400, "link_expired")
			}
		}
	})
}

// The operator's link does what one in an e-mail does, and vouches for no e-mail.
func TestOperatorsLink(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := build(t, db, func(o *Options) { o.PublicURL = publicURL })
		_, c := h.newcomer("ada@example.com")
		link, err := h.ResetLink(t.Context(), "ADA@example.com")
		if err != nil {
			t.Fatal(err)
		}
		secret, ok := strings.CutPrefix(link, publicURL+"/reset#")
		if !ok {
			t.Fatal(link)
		}
		h.is(h.resets(secret, fresh), 204, "")
		h.is(h.resets(secret, fresh), 400, "link_expired")
		if h.signedIn(cookie(c)) {
			t.Error("the session goes on")
		}
		in := h.must(200, nobody, "POST /api/v1/auth/login", account("ada@example.com", fresh))
		if decode[User](t, in).IsVerified {
			t.Error("the link verified an e-mail that it was not sent to")
		}
		if u, err := h.Verify(t.Context(), "ada@example.com"); err != nil || !u.IsVerified {
			t.Errorf("%+v, %v", u, err)
		}
		if _, err := h.ResetLink(t.Context(), "nobody@example.com"); err == nil {
			t.Error("a link for nobody")
		}
		h.newcomer("bob@example.com")
		if _, err := h.SetActive(t.Context(), "bob@example.com", false); err != nil {
			t.Fatal(err)
		}
		if _, err := h.ResetLink(t.Context(), "bob@example.com"); err == nil {
			t.Error("a link for a deactivated person")
		}
		without := build(t, db, nil)
		if _, err := without.ResetLink(t.Context(), "ada@example.com"); err == nil || !strings.Contains(err.Error(), "PULSE_PUBLIC_URL") {
			t.Errorf("got %v", err)
		}
	})
}
