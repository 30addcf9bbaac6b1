// Package mailtest is a mail server on this machine, for tests: it takes what is
// sent to it over the wire, or refuses it as it is told.
package mailtest

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	netmail "net/mail"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-message/mail"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Mail is a message as its recipient finds it.
type Mail struct {
	From, To string // of the envelope
	Header   mail.Header
	Raw      string
	Subject  string
	Text     string
	Link     string // the first address in the text that has a #; "": there is none
	Secure   bool   // it came encrypted
	As       string // who sent it signed in as
}

// Options are how the server behaves.
type Options struct {
	TLS      bool // offers STARTTLS
	Implicit bool // TLS from the start
	UTF8     bool // offers SMTPUTF8
	Insecure bool // offers AUTH without encryption
	User     string
	Password string
	Auth     []string // mechanisms; nil: PLAIN
	// Refuse is asked at each step, MAIL, RCPT and DATA, what to answer; nil: all is well.
	Refuse func(step, to string) error
}

// Server takes mail.
type Server struct {
	// Address is host:port, Roots what vouches for its certificate, which is for
	// example.com and 127.0.0.1.
	Address string
	Roots   *x509.CertPool

	t testing.TB
	o Options

	mu    sync.Mutex
	mails []Mail
}

// Open starts one, until the test's end.
func Open(t testing.TB, o Options) *Server {
	t.Helper()
	certified := httptest.NewUnstartedServer(nil) // it has a certificate for tests
	certified.StartTLS()
	t.Cleanup(certified.Close)
	roots := x509.NewCertPool()
	roots.AddCert(certified.Certificate())
	config := &tls.Config{Certificates: certified.TLS.Certificates, MinVersion: tls.VersionTLS12}

	var l net.Listener
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it listens until it is closed
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Address: l.Addr().String(), Roots: roots, t: t, o: o}
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{server: s, conn: c}, nil }))
	server.Domain, server.AllowInsecureAuth, server.EnableSMTPUTF8 = "localhost", o.Insecure, o.UTF8
	server.ErrorLog = quiet{}
	switch {
	case o.Implicit:
		l = tls.NewListener(l, config)
	case o.TLS:
		server.TLSConfig = config
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil && !errors.Is(err, smtp.ErrServerClosed) {
			t.Error(err)
		}
	})
	return s
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// URL is the way to the server.
func (s *Server) URL() string {
	scheme, user := "smtp://", ""
	if s.o.Implicit {
		scheme = "smtps://"
	}
	if s.o.User != "" {
		user = s.o.User + ":" + s.o.Password + "@"
	}
	return scheme + user + s.Address
}

// patience is how long a message may take to come, and how long it is looked
// whether none does.
const (
	patience = 10 * time.Second
	moment   = 100 * time.Millisecond
)

// Next takes the oldest message to somebody, and waits for it.
func (s *Server) Next(to string) Mail {
	s.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if m, ok := s.take(to); ok {
			return m
		}
	}
	s.t.Fatalf("no message came to %s", to)
	return Mail{}
}

// None makes sure that no message comes to somebody.
func (s *Server) None(to string) {
	s.t.Helper()
	time.Sleep(moment)
	if m, ok := s.take(to); ok {
		s.t.Errorf("a message came to %s: %s\n%s", to, m.Subject, m.Text)
	}
}

// Count is how many messages are there.
func (s *Server) Count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.mails)
}

func (s *Server) take(to string) (Mail, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, m := range s.mails {
		if m.To == to {
			s.mails = append(s.mails[:i:i], s.mails[i+1:]...)
			return m, true
		}
	}
	return Mail{}, false
}

// session is what a client says on one connection.
type session struct {
	server   *Server
	conn     *smtp.Conn
	from, to string
	as       string
}

func (*session) Logout() error { return nil }

func (s *session) Reset() { s.from, s.to = "", "" }

func (s *session) AuthMechanisms() []string {
	switch {
	case s.server.o.User == "":
		return nil
	case s.server.o.Auth != nil:
		return s.server.o.Auth
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(mech string) (sasl.Server, error) { //nolint:ireturn // the library's seam
	known := func(user, password string) error {
		if user != s.server.o.User || password != s.server.o.Password {
			return smtp.ErrAuthFailed
		}
		s.as = user
		return nil
	}
	if mech == sasl.Login {
		return &login{known: known}, nil
	}
	return sasl.NewPlainServer(func(_, user, password string) error { return known(user, password) }), nil
}

// login is the mechanism LOGIN, which asks twice.
type login struct {
	known func(user, password string) error
	given []string
}

func (l *login) Next(response []byte) (challenge []byte, done bool, err error) {
	if response != nil {
		l.given = append(l.given, string(response))
	}
	if len(l.given) == 2 {
		return nil, true, l.known(l.given[0], l.given[1])
	}
	return []byte([]string{"Username:", "Password:"}[len(l.given)]), false, nil
}

func (s *session) refused(step string) error {
	if s.server.o.User != "" && s.as == "" {
		return smtp.ErrAuthRequired
	}
	if s.server.o.Refuse == nil {
		return nil
	}
	return s.server.o.Refuse(step, s.to)
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return s.refused("MAIL")
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	return s.refused("RCPT")
}

var linkForm = regexp.MustCompile(`https?://\S+#\S+`)

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.refused("DATA"); err != nil {
		return err
	}
	m := Mail{From: s.from, To: s.to, Raw: string(raw), As: s.as}
	_, m.Secure = s.conn.TLSConnectionState()
	read, err := mail.CreateReader(strings.NewReader(m.Raw))
	if err != nil {
		return err
	}
	m.Header = read.Header
	if m.Subject, err = read.Header.Subject(); err != nil {
		return err
	}
	part, err := read.NextPart()
	if err != nil {
		return err
	}
	text, err := io.ReadAll(part.Body)
	if err != nil {
		return err
	}
	m.Text = strings.ReplaceAll(string(text), "\r\n", "\n")
	m.Link = linkForm.FindString(m.Text)
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.mails = append(s.server.mails, m)
	return nil
}

// Addresses reads a field of the header.
func (m Mail) Addresses(field string) []*netmail.Address {
	list, err := m.Header.AddressList(field)
	if err != nil {
		return nil
	}
	return list
}
