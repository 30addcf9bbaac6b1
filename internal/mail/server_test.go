package mail_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"go.uber.org/goleak"

	"pulse/internal/mail"
	"pulse/internal/mail/mailtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const from = "Pulse <pulse@example.com>"

var hello = mail.Message{To: "ada@example.org", Subject: "Good day", Text: "Hello,\n\nhere is https://pulse.example.com/reset#abc\n.\n..\nFrom me\n"}

func server(t *testing.T, o mail.Options) *mail.Server {
	t.Helper()
	if o.From == "" {
		o.From = from
	}
	s, err := mail.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// far is the way to a server of the internet's, which really is on this machine.
func far(s *mailtest.Server) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, s.Address)
	}
}

// What is sent comes, by each way to a server, encrypted wherever the server can.
func TestWays(t *testing.T) {
	t.Parallel()
	for name, w := range map[string]struct {
		server mailtest.Options
		url    string // "": the server's own
		secure bool
	}{
		"near, plain":              {},
		"near, STARTTLS":           {server: mailtest.Options{TLS: true}, secure: true},
		"near, plain, signed in":   {server: mailtest.Options{User: "ada", Password: "hunter2", Insecure: true}},
		"near, TLS":                {server: mailtest.Options{Implicit: true}, secure: true},
		"far, STARTTLS":            {server: mailtest.Options{TLS: true}, url: "smtp://example.com", secure: true},
		"far, STARTTLS, signed in": {server: mailtest.Options{TLS: true, User: "ada", Password: "hunter2"}, url: "smtp://ada:hunter2@example.com", secure: true},
		"far, TLS, signed in by LOGIN": {
			server: mailtest.Options{Implicit: true, User: "ada", Password: "hunter2", Auth: []string{sasl.Login}},
			url:    "smtps://ada:hunter2@example.com", secure: true,
		},
		"far, a password with an @ and": {server: mailtest.Options{TLS: true, User: "a@b.c", Password: "p:w@/%"}, url: "smtp://a%40b.c:p%3Aw%40%2F%25@example.com:587", secure: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			there := mailtest.Open(t, w.server)
			o := mail.Options{URL: there.URL()}
			if w.url != "" {
				o = mail.Options{URL: w.url, Roots: there.Roots, Dial: far(there)}
			}
			s := server(t, o)
			if err := s.Check(t.Context()); err != nil {
				t.Error(err)
			}
			if there.Count() != 0 {
				t.Error("the check sent something")
			}
			if err := s.Send(t.Context(), hello); err != nil {
				t.Fatal(err)
			}
			got := there.Next(hello.To)
			if got.Subject != hello.Subject || got.Text != hello.Text || got.From != "pulse@example.com" || got.Secure != w.secure || got.As != w.server.User {
				t.Errorf("got %+v", got)
			}
			if a := got.Addresses("From"); len(a) != 1 || a[0].String() != `"Pulse" <pulse@example.com>` {
				t.Errorf("from %v", a)
			}
			if a := got.Addresses("To"); len(a) != 1 || a[0].Address != hello.To {
				t.Errorf("to %v", a)
			}
			if id, err := got.Header.MessageID(); err != nil || !strings.HasSuffix(id, "@example.com") {
				t.Errorf("id %q, %v", id, err)
			}
			if at, err := got.Header.Date(); err != nil || time.Since(at) > time.Minute {
				t.Errorf("date %v, %v", at, err)
			}
		})
	}
}

// A server of the internet's gets neither a password nor a message before it has
// proved which one it is.
func TestFarServersProveThemselves(t *testing.T) {
	t.Parallel()
	for name, w := range map[string]struct {
		server mailtest.Options
		url    string
		roots  bool
		step   string
	}{
		"no STARTTLS":               {mailtest.Options{Insecure: true, User: "ada", Password: "hunter2"}, "smtp://ada:hunter2@example.com", true, "STARTTLS"},
		"nobody vouches":            {mailtest.Options{TLS: true, User: "ada", Password: "hunter2"}, "smtp://ada:hunter2@example.com", false, "EHLO"},
		"another one's":             {mailtest.Options{TLS: true, User: "ada", Password: "hunter2"}, "smtp://ada:hunter2@example.net", true, "EHLO"},
		"nobody vouches, TLS":       {mailtest.Options{Implicit: true}, "smtps://example.com", false, "EHLO"},
		"another one's, TLS":        {mailtest.Options{Implicit: true}, "smtps://example.net", true, "EHLO"},
		"plain where TLS should be": {mailtest.Options{}, "smtps://example.com", true, "EHLO"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			there := mailtest.Open(t, w.server)
			o := mail.Options{URL: w.url, Dial: far(there), Timeout: time.Second}
			if w.roots {
				o.Roots = there.Roots
			}
			err := server(t, o).Send(t.Context(), hello)
			failure, ok := errors.AsType[*mail.Error](err)
			if !ok || failure.Step != w.step || there.Count() != 0 {
				t.Errorf("got %v; %d messages", err, there.Count())
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the password is in %v", err)
			}
		})
	}
}

// What a server refuses is told apart by whether trying again is of use, and
// tells nothing of the message.
func TestRefusals(t *testing.T) {
	t.Parallel()
	refuse := func(step string, code int) func(string, string) error {
		return func(s, to string) error {
			if s != step {
				return nil
			}
			return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: "<" + to + "> is not welcome"}
		}
	}
	for name, w := range map[string]struct {
		server    mailtest.Options
		url       string // with %s for the address
		step      string
		permanent bool
	}{
		"wrong password":     {mailtest.Options{User: "ada", Password: "hunter2", Insecure: true}, "smtp://ada:hunter3@%s", "AUTH", true},
		"unknown way":        {mailtest.Options{User: "ada", Password: "hunter2", Insecure: true, Auth: []string{"XOAUTH2"}}, "smtp://ada:hunter2@%s", "AUTH", true},
		"no sign-in there":   {mailtest.Options{}, "smtp://ada:hunter2@%s", "AUTH", true},
		"sign-in needed":     {mailtest.Options{User: "ada", Password: "hunter2", Insecure: true}, "smtp://%s", "MAIL", true},
		"greylisted":         {mailtest.Options{Refuse: refuse("RCPT", 451)}, "smtp://%s", "RCPT", false},
		"no such mailbox":    {mailtest.Options{Refuse: refuse("RCPT", 550)}, "smtp://%s", "RCPT", true},
		"taken for spam":     {mailtest.Options{Refuse: refuse("DATA", 554)}, "smtp://%s", "DATA", true},
		"full":               {mailtest.Options{Refuse: refuse("DATA", 452)}, "smtp://%s", "DATA", false},
		"sender not allowed": {mailtest.Options{Refuse: refuse("MAIL", 553)}, "smtp://%s", "MAIL", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			there := mailtest.Open(t, w.server)
			err := server(t, mail.Options{URL: strings.Replace(w.url, "%s", there.Address, 1)}).Send(t.Context(), hello)
			failure, ok := errors.AsType[*mail.Error](err)
			if !ok || failure.Step != w.step || failure.Permanent != w.permanent || there.Count() != 0 {
				t.Fatalf("got %v (%+v)", err, failure)
			}
			for _, secret := range []string{"ada@example.org", "hunter", "#abc"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("%s is in %v", secret, err)
				}
			}
		})
	}
}

func TestNobodyThere(t *testing.T) {
	t.Parallel()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	err = server(t, mail.Options{URL: "smtp://" + address}).Send(t.Context(), hello)
	if failure, ok := errors.AsType[*mail.Error](err); !ok || failure.Step != "connecting" || failure.Permanent {
		t.Errorf("got %v", err)
	}
}

// A server that says nothing, or stops in the middle, holds nobody up.
func TestHanging(t *testing.T) {
	t.Parallel()
	for name, greeting := range map[string]string{"silent": "", "after the greeting": "220 hello\r\n", "rubbish": strings.Repeat("x", 5000)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			held := make(chan net.Conn, 4)
			go func() {
				for {
					c, err := l.Accept()
					if err != nil {
						close(held)
						return
					}
					_, _ = c.Write([]byte(greeting))
					held <- c
				}
			}()
			t.Cleanup(func() {
				_ = l.Close()
				for c := range held {
					_ = c.Close()
				}
			})
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			begun := time.Now()
			err = server(t, mail.Options{URL: "smtp://" + l.Addr().String()}).Send(ctx, hello)
			if failure, ok := errors.AsType[*mail.Error](err); !ok || failure.Permanent || time.Since(begun) > 5*time.Second {
				t.Errorf("got %v after %v", err, time.Since(begun))
			}
		})
	}
}

// No name and no address writes a line of its own, into the header or into the
// conversation.
func TestInjection(t *testing.T) {
	t.Parallel()
	there := mailtest.Open(t, mailtest.Options{UTF8: true})
	s := server(t, mail.Options{URL: there.URL()})
	for _, m := range []mail.Message{
		{To: "ada@example.org\r\nBcc: eve@example.net"},
		{To: "ada@example.org>\r\nRCPT TO:<eve@example.net"},
		{To: "ada@example.org\x00"},
		{To: "Ada <ada@example.org>"},
		{To: "ada@example.org, eve@example.net"},
		{To: `"a\r\nb"@example.org`},
		{To: "\"a b\"@example.org"},
		{To: "nobody"},
		{To: ""},
		{To: "a@exa mple.org"},
		{To: "ä@xn--a.\u200bä"},
		{To: "ada@example.org", Subject: "Hi\r\nBcc: eve@example.net"},
		{To: "ada@example.org", Subject: "Hi\nBcc: eve@example.net"},
	} {
		err := s.Send(t.Context(), m)
		if failure, ok := errors.AsType[*mail.Error](err); !ok || !failure.Permanent || strings.Contains(err.Error(), "eve") {
			t.Errorf("%q: %v", m, err)
		}
	}
	text := "Hello\r\n.\r\nMAIL FROM:<eve@example.net>\r\n\n.\nQUIT\n\r.\r\nend\n"
	if err := s.Send(t.Context(), mail.Message{To: "ada@example.org", Subject: `"a" <b>, c: d`, Text: text}); err != nil {
		t.Fatal(err)
	}
	if got := there.Next("ada@example.org"); !strings.HasSuffix(got.Text, "end\n") || got.Subject != `"a" <b>, c: d` {
		t.Errorf("got %q %q", got.Subject, got.Text)
	}
	if there.Count() != 0 {
		t.Error("one message became two")
	}
}

// Letters of all scripts come as they were written: in the text, in names, in
// domains, and in mailboxes where the server knows those.
func TestLetters(t *testing.T) {
	t.Parallel()
	modern, old := mailtest.Open(t, mailtest.Options{UTF8: true}), mailtest.Open(t, mailtest.Options{})
	m := mail.Message{Subject: "Grüße, ваш новый пароль, 你的新密码", Text: strings.Repeat("Grüße 你好 ", 200) + "\nhttps://pulse.example.com/" + strings.Repeat("x", 200) + "#abc\n"}
	for _, w := range []struct {
		to, arrives string
		modern      bool
	}{
		{"ada@bücher.example", "ada@xn--bcher-kva.example", false},
		{"ада@пример.example", "ада@xn--e1afmkfd.example", true},
		{"ädä@example.org", "ädä@example.org", true},
		{"o'hara+tag@example.org", "o'hara+tag@example.org", false},
	} {
		m.To = w.to
		for _, there := range []*mailtest.Server{modern, old} {
			err := server(t, mail.Options{URL: there.URL(), From: "Püls <pulse@bücher.example>"}).Send(t.Context(), m)
			if w.modern && there == old {
				if failure, ok := errors.AsType[*mail.Error](err); !ok || !failure.Permanent || !strings.Contains(err.Error(), "SMTPUTF8") || there.Count() != 0 {
					t.Errorf("%s: %v", w.to, err)
				}
				continue
			}
			if err != nil {
				t.Errorf("%s: %v", w.to, err)
				continue
			}
			got := there.Next(w.arrives)
			if got.Subject != m.Subject || got.Text != m.Text || got.From != "pulse@xn--bcher-kva.example" {
				t.Errorf("%s: %+v", w.to, got)
			}
			if a := got.Addresses("From"); len(a) != 1 || a[0].Name != "Püls" {
				t.Errorf("%s: from %v", w.to, a)
			}
		}
	}
}

func TestWrongWays(t *testing.T) {
	t.Parallel()
	for _, o := range []mail.Options{
		{URL: "https://example.com", From: from},
		{URL: "smtp://", From: from},
		{URL: "smtp://a:hunter2@%zz", From: from},
		{URL: "smtp://example.com", From: "nobody"},
	} {
		if _, err := mail.NewServer(o); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", o.URL, err)
		}
	}
}
