package account

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"pulse/internal/mail"
	"pulse/internal/mail/mailtest"
	"pulse/internal/store"
	"pulse/internal/store/storetest"
)

const publicURL = "https://pulse.example.com"

// posted is a house that sends e-mail, and the server that takes it.
type posted struct {
	*house

	mails *mailtest.Server
}

func withMail(t testing.TB, db *store.DB, o mailtest.Options, log *slog.Logger) *posted {
	t.Helper()
	mails := mailtest.Open(t, o)
	server, err := mail.NewServer(mail.Options{URL: mails.URL(), From: "Pulse <pulse@example.com>"})
	if err != nil {
		t.Fatal(err)
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	outbox := mail.NewOutbox(server, log)
	t.Cleanup(func() { outbox.Stop(context.Background()) })
	h := build(t, db, func(o *Options) { o.Outbox, o.PublicURL = outbox, publicURL })
	return &posted{h, mails}
}

func eachWithMail(t *testing.T, test func(*testing.T, *posted)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) { test(t, withMail(t, db, mailtest.Options{}, nil)) })
}

// secretOf is what a link carries, which has to lead to a page.
func secretOf(t testing.TB, m mailtest.Mail, page string) string {
	t.Helper()
	secret, ok := strings.CutPrefix(m.Link, publicURL+page+"#")
	if !ok || len(secret) != 43 {
		t.Fatalf("no link to %s in %q:\n%s", page, m.Subject, m.Text)
	}
	return secret
}

func object(pairs ...string) string {
	m := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	body, err := json.Marshal(m)
	if err != nil {
		panic(err) // strings always marshal
	}
	return string(body)
}

func (h *house) forgets(email string) answer {
	h.t.Helper()
	return h.must(202, nobody, "POST /api/v1/auth/forgot", object("email", email))
}

func (h *house) resets(secret, password string) answer {
	h.t.Helper()
	return h.call(nobody, "POST /api/v1/auth/reset", object("token", secret, "password", password))
}

func (h *house) verifies(who access, secret string) answer {
	h.t.Helper()
	return h.call(who, "POST /api/v1/auth/verify", object("token", secret))
}

// is makes sure that an answer has a status and a problem's type.
func (h *house) is(a answer, status int, kind string) {
	h.t.Helper()
	if a.status != status || a.kind() != kind {
		h.t.Errorf("got %d %s, want %d %s: %s", a.status, a.kind(), status, kind, a.text)
	}
}

const fresh = "a whole new secret"

var requestID = regexp.MustCompile(`"request_id":"[^"]*"`)

// Where somebody is and where nobody is, the answers are the same: their status,
// their body and their header fields; and so is the work before them.
func TestNobodyIsTold(t *testing.T) {
	t.Parallel()
	eachWithMail(t, func(t *testing.T, p *posted) {
		p.newcomer("known@example.com")
		p.mails.Next("known@example.com")
		p.newcomer("gone@example.com")
		p.mails.Next("gone@example.com")
		if _, err := p.SetActive(t.Context(), "gone@example.com", false); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			route string
			body  func(email string) string
		}{
			{"POST /api/v1/auth/login", func(email string) string { return account(email, "wrong horse") }},
			{"POST /api/v1/auth/token", func(email string) string { return account(email, "wrong horse") }},
			{"POST /api/v1/auth/forgot", func(email string) string { return object("email", email) }},
			{"POST /api/v1/auth/reset", func(email string) string { return object("token", email, "password", fresh) }},
		} {
			var first answer
			for i, who := range []string{"known@example.com", "unknown@example.com", "gone@example.com"} {
				got := p.call(nobody, c.route, c.body(who))
				got.header = maps.Clone(got.header)
				got.header.Del("X-Request-Id")
				got.text = requestID.ReplaceAllString(got.text, "")
				if i == 0 {
					first = got
				} else if got.status != first.status || got.text != first.text || !maps.EqualFunc(got.header, first.header, slices.Equal) {
					t.Errorf("%s: %s gets\n%+v\nand somebody known\n%+v", c.route, who, got, first)
				}
			}
		}
		secretOf(t, p.mails.Next("known@example.com"), "/reset")
		p.mails.None("unknown@example.com")
		p.mails.None("gone@example.com")
	})
}

// A sign-in waits for its turn to hash whether there is somebody or not; who
// forgot waits for no such turn in either case.
func TestTheWorkIsTheSame(t *testing.T) {
	t.Parallel()
	p := withMail(t, storetest.SQLite(t), mailtest.Options{}, nil)
	p.newcomer("known@example.com")
	p.hasher.wait = 20 * time.Millisecond
	for range cap(p.hasher.slots) {
		p.hasher.slots <- struct{}{}
	}
	for _, who := range []string{"known@example.com", "unknown@example.com"} {
		for _, route := range []string{"POST /api/v1/auth/login", "POST /api/v1/auth/token"} {
			p.is(p.call(nobody, route, account(who, "wrong horse")), 503, "unavailable")
		}
		p.forgets(who)
	}
}

// The answer to who forgot comes before anybody is looked for.
func TestForgotLooksLater(t *testing.T) {
	t.Parallel()
	hold := make(chan struct{})
	p := withMail(t, storetest.SQLite(t), mailtest.Options{Refuse: func(step, _ string) error {
		if step == "MAIL" {
			<-hold
		}
		return nil
	}}, nil)
	p.newcomer("ada@example.com")
	for range 3 {
		p.forgets("ada@example.com") // while the mail server does not answer
	}
	close(hold)
	p.mails.Next("ada@example.com")
	p.must(400, nobody, "POST /api/v1/auth/forgot", object("email", "nobody"))
}

// An address gets three links an hour, whoever asks; the rest is dropped, and
// nobody is told. A network that asks for too many is told, whoever they are for.
func TestTooManyMails(t *testing.T) {
	t.Parallel()
	eachWithMail(t, func(t *testing.T, p *posted) {
		p.newcomer("ada@example.com") // one
		p.mails.Next("ada@example.com")
		for range 6 {
			p.forgets("ADA@example.com")
		}
		p.mails.Next("ada@example.com")
		p.mails.Next("ada@example.com")
		p.mails.None("ada@example.com")
		p.clock.forward(time.Hour + time.Second)
		p.forgets("ada@example.com")
		p.mails.Next("ada@example.com")
		p.mails.None("ada@example.com")
		for range mailsAsked.Burst {
			if a := p.call(nobody, "POST /api/v1/auth/forgot", object("email", "nobody@example.com")); a.status == 429 {
				break
			}
		}
		for _, who := range []string{"ada@example.com", "nobody@example.com"} {
			a := p.call(nobody, "POST /api/v1/auth/forgot", object("email", who))
			p.is(a, 429, "too_many_mails")
			if a.header.Get("Retry-After") == "" {
				t.Error("it does not say when to try again")
			}
		}
		p.mails.None("nobody@example.com")
	})
}

// A mail server in trouble is the operator's trouble: people get the same answers,
// and the log tells nothing of whom it was for.
func TestMailServerInTrouble(t *testing.T) {
	t.Parallel()
	var log safeBuffer
	p := withMail(t, storetest.SQLite(t), mailtest.Options{Refuse: func(_, to string) error {
		if to == "" {
			return nil
		}
		return &smtp.SMTPError{Code: 550, Message: "<" + to + "> does not exist"}
	}}, slog.New(slog.NewTextHandler(&log, nil)))
	p.newcomer("ada@example.com")
	p.forgets("ada@example.com")
	for deadline := time.Now().Add(10 * time.Second); strings.Count(log.String(), "was not sent") < 2; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the log says\n%s", log.String())
		}
	}
	if text := log.String(); !strings.Contains(text, "550") || strings.Contains(text, "ada") || strings.Contains(text, "#") {
		t.Errorf("the log says\n%s", text)
	}
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// What people call themselves is in no e-mail, so nobody writes to others by it.
func TestNoNamesInMails(t *testing.T) {
	t.Parallel()
	p := withMail(t, storetest.SQLite(t), mailtest.Options{}, nil)
	for _, name := range []string{"Click https://evil.example/#x", "a\\r\\nBcc: eve@example.net"} {
		a := p.call(nobody, "POST /api/v1/auth/register", object("email", "ada"+store.NewID()+"@example.com", "password", password, "full_name", name))
		if a.status != 201 {
			t.Fatalf("got %d: %s", a.status, a.text)
		}
		if m := p.mails.Next(decode[User](t, a).Email); strings.Contains(m.Raw, "evil") || strings.Contains(m.Raw, "eve") {
			t.Errorf("the name is in\n%s", m.Raw)
		}
	}
	for _, address := range []string{"ada@example.com\r\nBcc: eve@example.net", "ada@example.com,eve@example.net", "Ada <ada@example.com>", "ada@example.com\x00"} {
		p.must(400, nobody, "POST /api/v1/auth/forgot", object("email", address))
	}
}

// Without a mail server the answer is the same, and nothing is sent.
func TestForgotWithoutMail(t *testing.T) {
	t.Parallel()
	h := build(t, storetest.SQLite(t), nil)
	_, c := h.newcomer("ada@example.com")
	h.forgets("ada@example.com")
	h.forgets("unknown@example.com")
	h.is(h.call(cookie(c), "POST /api/v1/users/me/verification", ""), 409, "no_mail")
}

// vouch is the operator's word that a person reads their e-mail: notes go to no
// other.
func (p *posted) vouch(email string) {
	p.t.Helper()
	if _, err := p.Verify(p.t.Context(), email); err != nil {
		p.t.Fatal(err)
	}
}

// Whoever registers with somebody else's e-mail cannot have us write to it what
// they like.
func TestNotesGoToTheVerifiedOnly(t *testing.T) {
	t.Parallel()
	p := withMail(t, storetest.SQLite(t), mailtest.Options{}, nil)
	_, c := p.newcomer("victim@example.com")
	p.mails.Next("victim@example.com")
	p.changesTo(c, "pay-now@evil.example")
	p.mails.Next("pay-now@evil.example")
	p.must(204, cookie(c), "PUT /api/v1/users/me/password", object("current_password", password, "password", fresh))
	p.forgets("victim@example.com") // comes after what was told before
	if m := p.mails.Next("victim@example.com"); !strings.Contains(m.Text, "/reset#") {
		t.Errorf("they were told\n%s", m.Text)
	}
}
