package httpd

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"pulse/internal/actor"
	"pulse/internal/fault"
)

// Client is who is at the other end of a request.
type Client struct {
	Address   string // IP address, behind trusted proxies the one that they name
	UserAgent string // at most 300 characters
	Secure    bool   // the request came over TLS, to us or to a trusted proxy

	key string // what limits count by: the person, or the address of a stranger
}

// Network is what of the address belongs to one client: all of it, or the /64 of
// IPv6 that a home can choose from.
func (c Client) Network() string { return network(c.Address) }

// ClientOf gives the client of a request's context.
func ClientOf(ctx context.Context) Client { return infoOf(ctx).client }

// CookieOf gives a cookie of a request's context; "" when it came without.
func CookieOf(ctx context.Context, name string) string {
	r := infoOf(ctx).request
	if r == nil {
		return "" // it did not come by a server
	}
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// Browser tells that the request's sender shows pages: a person follows a link,
// where a program would want to read the answer.
func Browser(ctx context.Context) bool {
	r := infoOf(ctx).request
	return r != nil && strings.Contains(r.Header.Get("Accept"), "text/html")
}

// info is what the guards know of a request.
type info struct {
	id       string
	request  *http.Request // as it came, for its header fields
	client   Client
	route    string // the pattern that took the request, for the log
	log      *slog.Logger
	streams  *streamCount
	draining context.Context //nolint:containedctx // the server's end, which a stream must not outlive
	rc       *http.ResponseController
	// authenticate asks once more who sent a request.
	authenticate func() (actor.Actor, bool, error)
}

// StillIn makes sure that whoever sent a request is still who they were, for
// what is done long after it came. It is Unauthenticated when they are not.
func StillIn(ctx context.Context) error {
	was, err := actor.From(ctx)
	if err != nil {
		return err
	}
	in := infoOf(ctx)
	if in.authenticate == nil {
		return nil // it did not come by a server
	}
	now, ok, err := in.authenticate()
	if err == nil && (!ok || now.SessionID != was.SessionID) {
		return fault.New(fault.Unauthenticated, "You were signed out meanwhile. Sign in and try again.")
	}
	return err
}

type infoKey struct{}

var noInfo = &info{log: slog.New(slog.DiscardHandler), streams: &streamCount{open: map[string]int{}}, draining: context.Background()}

func infoOf(ctx context.Context) *info {
	if in, ok := ctx.Value(infoKey{}).(*info); ok {
		return in
	}
	return noInfo
}

// bodyRead lifts the deadline that was set for the body: it would end the
// connection under a handler that works longer.
func (in *info) bodyRead() { in.readUntil(time.Time{}) }

// readUntil sets when the body has to have come; the zero time: whenever.
func (in *info) readUntil(deadline time.Time) {
	if in.rc != nil {
		_ = in.rc.SetReadDeadline(deadline) // not every writer has deadlines
	}
}

// clientOf finds out who sent the request. Forwarding headers count only as
// far as they were written by trusted proxies.
func clientOf(r *http.Request, trusted []netip.Prefix) Client {
	c := Client{UserAgent: clip(strings.ToValidUTF8(r.UserAgent(), "?"), 300), Secure: r.TLS != nil}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	c.Address = host
	if isTrusted(host, trusted) {
		c.Secure = c.Secure || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for _, written := range slices.Backward(hops) {
			hop, err := netip.ParseAddr(strings.TrimSpace(written))
			if err != nil {
				break
			}
			c.Address = hop.Unmap().String()
			if !isTrusted(c.Address, trusted) {
				break
			}
		}
	}
	c.key = "address " + c.Network()
	return c
}

func isTrusted(address string, trusted []netip.Prefix) bool {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return false
	}
	for _, p := range trusted {
		if p.Contains(a.Unmap()) {
			return true
		}
	}
	return false
}

func network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil || a.Unmap().Is4() {
		return address
	}
	p, err := a.WithZone("").Prefix(64)
	if err != nil {
		return address
	}
	return p.String()
}

func clip(s string, most int) string {
	runes := 0
	for i := range s {
		if runes == most {
			return s[:i]
		}
		runes++
	}
	return s
}
