package mail

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

const (
	dialTime    = 10 * time.Second
	commandTime = 30 * time.Second
	submitTime  = time.Minute // some servers look for viruses first
	wholeTime   = 2 * time.Minute
)

// Options are the way to a mail server.
type Options struct {
	URL  string // smtp://user:password@host:587 or smtps://…:465
	From string // with or without a name
	// Roots vouch for the server's certificate; nil: the machine's.
	Roots *x509.CertPool
	// Timeout is how long the server may take to answer; 0: the usual.
	Timeout time.Duration
	// Dial connects; nil: as usual.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// Server is the mail server that e-mail goes out by. It is safe for concurrent
// use and keeps no connection.
type Server struct {
	from           netmail.Address
	host, port     string
	implicit       bool // TLS from the start
	user, password string
	o              Options
}

// NewServer reads the way to a mail server; it does not go there.
func NewServer(o Options) (*Server, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Hostname() == "" {
		return nil, errors.New("mail: the address of the server is none") // the cause may quote the password
	}
	from, err := netmail.ParseAddress(o.From)
	if err != nil {
		return nil, fmt.Errorf("mail: the sender %q is no e-mail address", o.From)
	}
	s := &Server{from: *from, host: u.Hostname(), implicit: u.Scheme == "smtps", user: u.User.Username(), o: o}
	s.password, _ = u.User.Password()
	standard := "587"
	if s.implicit {
		standard = "465"
	}
	s.port = cmp.Or(u.Port(), standard)
	return s, nil
}

// String is the server's address, without the password.
func (s *Server) String() string { return net.JoinHostPort(s.host, s.port) }

// Check goes as far as one can without sending anything: it connects, encrypts
// and signs in.
func (s *Server) Check(ctx context.Context) error {
	return s.session(ctx, func(c *smtp.Client) error { return step("NOOP", c.Noop()) })
}

// Send hands a message to the server. The error is an *Error, and tells nothing
// of the message.
func (s *Server) Send(ctx context.Context, m Message) error {
	e, err := write(s.from, m, time.Now())
	if err != nil {
		return &Error{Step: "writing", Permanent: true, cause: err}
	}
	return s.session(ctx, func(c *smtp.Client) error {
		if ok, _ := c.Extension("SMTPUTF8"); e.utf8 && !ok {
			return &Error{Step: "MAIL", Permanent: true, cause: errors.New("the server knows mailboxes in ASCII only (it lacks SMTPUTF8)")}
		}
		if err := c.Mail(e.from, &smtp.MailOptions{UTF8: e.utf8}); err != nil {
			return step("MAIL", err)
		}
		if err := c.Rcpt(e.to, nil); err != nil {
			return quietStep("RCPT", err)
		}
		w, err := c.Data()
		if err != nil {
			return quietStep("DATA", err)
		}
		if _, err := bytes.NewReader(e.data).WriteTo(w); err != nil {
			return quietStep("DATA", err)
		}
		return quietStep("DATA", w.Close())
	})
}

// session runs do in a session with the server: encrypted, and signed in where
// there is somebody to sign in as.
func (s *Server) session(ctx context.Context, do func(*smtp.Client) error) error {
	ctx, cancel := context.WithTimeout(ctx, wholeTime)
	defer cancel()
	c, err := s.open(ctx)
	if err == nil {
		defer func() { _ = c.Close() }() // everything has been said
		err = s.signIn(c)
	}
	if err == nil {
		err = do(c)
	}
	if err != nil && ctx.Err() != nil { // it was cut, and says so in its own way
		return &Error{Step: stepOf(err), cause: errors.New("the server did not answer in time")}
	}
	if err == nil {
		_ = c.Quit() // what was sent is sent
	}
	return err
}

// open connects, encrypts and says hello. A server that is near may do without
// encryption, or have a certificate that nobody vouches for; every other one has
// to prove that it is the one.
func (s *Server) open(ctx context.Context) (*smtp.Client, error) {
	conn, err := s.dial(ctx)
	if err != nil {
		return nil, err
	}
	near := s.near(conn)
	config := &tls.Config{
		ServerName: s.host, RootCAs: s.o.Roots, MinVersion: tls.VersionTLS12,
		InsecureSkipVerify: near, //nolint:gosec // encrypted is better than not, and not would do there
	}
	switch {
	case s.implicit:
		conn = tls.Client(conn, config)
	case near:
		c, err := s.hello(smtp.NewClient(conn))
		if err != nil {
			return nil, err
		}
		if ok, _ := c.Extension("STARTTLS"); !ok {
			return c, nil
		}
		_ = c.Close() // the library encrypts at the beginning of a session only
		if conn, err = s.dial(ctx); err != nil {
			return nil, err
		}
		fallthrough
	default:
		c, err := smtp.NewClientStartTLS(conn, config)
		if err != nil {
			return nil, step("STARTTLS", err)
		}
		return s.hello(c)
	}
	return s.hello(smtp.NewClient(conn))
}

// dial connects. The connection is cut when the context ends.
func (s *Server) dial(ctx context.Context) (net.Conn, error) {
	dial := s.o.Dial
	if dial == nil {
		dial = (&net.Dialer{Timeout: dialTime}).DialContext
	}
	conn, err := dial(ctx, "tcp", s.String())
	if err != nil {
		return nil, step("connecting", err)
	}
	context.AfterFunc(ctx, func() { _ = conn.Close() })
	return conn, nil
}

func (s *Server) hello(c *smtp.Client) (*smtp.Client, error) {
	c.CommandTimeout, c.SubmissionTimeout = cmp.Or(s.o.Timeout, commandTime), cmp.Or(s.o.Timeout, submitTime)
	if err := c.Hello(domainOf(s.from.Address)); err != nil {
		_ = c.Close() // it is of no use
		return nil, step("EHLO", err)
	}
	return c, nil
}

// near tells that a server is on this machine or in a private network, by its
// name as well as by its address: a name of the internet's that leads to a
// private address may have been led there.
func (s *Server) near(conn net.Conn) bool {
	remote, err := netip.ParseAddrPort(conn.RemoteAddr().String())
	if err != nil {
		return false
	}
	if ip := remote.Addr().Unmap(); !ip.IsLoopback() && !ip.IsPrivate() && !ip.IsLinkLocalUnicast() {
		return false
	}
	name := strings.ToLower(strings.TrimSuffix(s.host, "."))
	if _, err := netip.ParseAddr(name); err == nil || !strings.Contains(name, ".") {
		return true
	}
	for _, suffix := range []string{".localhost", ".local", ".internal", ".lan", ".home.arpa"} {
		if strings.HasSuffix(name, suffix) {
			return true
		}
	}
	return false
}

func (s *Server) signIn(c *smtp.Client) error {
	if s.user == "" {
		return nil
	}
	var as sasl.Client
	switch {
	case c.SupportsAuth(sasl.Plain):
		as = sasl.NewPlainClient("", s.user, s.password)
	case c.SupportsAuth(sasl.Login):
		as = sasl.NewLoginClient(s.user, s.password)
	default:
		return &Error{Step: "AUTH", Permanent: true, cause: errors.New("the server offers neither PLAIN nor LOGIN")}
	}
	return step("AUTH", c.Auth(as))
}
