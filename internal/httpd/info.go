package httpd

import (
	"context"
	"log/slog"
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

// FromElsewhere tells that a page of another site sent the browser here, by a
// link or unseen. Only browsers say so.
func FromElsewhere(ctx context.Context) bool {
	r := infoOf(ctx).request
	if r == nil {
		return false
	}
	from := r.Header.Get("Sec-Fetch-Site")
	return from == "cross-site" || from == "same-site" // the latter are our neighbours
}

// info is what the guards know of a request.
type info struct {
	id        string
	request   *http.Request // as it came, for its header fields
	publicURL string        // the operator's; may be empty
	client    Client
	route     string // the pattern that took the request, for the log
	log       *slog.Logger
	streams   *streamCount
	bodies    bodies
	letGo     func()          // of the document that was read; nil: there is none
	draining  context.Context //nolint:containedctx // the server's end, which a stream must not outlive
	rc        *http.ResponseController
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

// clientOf finds out who sent the request. X-Forwarded-For and
// X-Forwarded-Proto count as far as they were written by trusted proxies, from
// the nearest one on: what stands before that, a client may have made up. RFC
// 7239's Forwarded does not count: a proxy that writes the one passes the other
// on as it came, so that who reads both believes the client.
func clientOf(r *http.Request, trusted []netip.Prefix) Client {
	c := Client{UserAgent: clip(strings.ToValidUTF8(r.UserAgent(), "?"), 300), Secure: r.TLS != nil, Address: r.RemoteAddr}
	peer, ok := readAddress(r.RemoteAddr)
	if ok {
		c.Address = peer.String()
	}
	if ok && isTrusted(peer, trusted) {
		behind := 0 // how many proxies we know to be in between
		hops := list(r.Header.Values("X-Forwarded-For"))
		for _, written := range slices.Backward(hops) {
			hop, ok := readAddress(written)
			if !ok {
				break
			}
			behind++
			c.Address = hop.String()
			if !isTrusted(hop, trusted) {
				break
			}
		}
		c.Secure = c.Secure || cameByTLS(list(r.Header.Values("X-Forwarded-Proto")), behind)
	}
	c.key = addressKey(c)
	return c
}

// addressKey is what a stranger is counted by.
func addressKey(c Client) string { return "address " + c.Network() }

// cameByTLS tells that the client's own connection, the one to the outermost of
// our proxies, was TLS. Each proxy adds what it saw, as it does with addresses;
// or the outermost says it and the others pass it on.
func cameByTLS(protos []string, behind int) bool {
	if len(protos) == 0 {
		return false
	}
	return strings.EqualFold(protos[max(0, len(protos)-max(1, behind))], "https")
}

// list gives the elements of a header field that may be written several times.
func list(values []string) []string {
	var all []string
	for _, v := range values {
		for e := range strings.SplitSeq(v, ",") {
			all = append(all, strings.TrimSpace(e))
		}
	}
	return all
}

// readAddress reads an IP address as peers and proxies write it: with a port or
// without, IPv6 in brackets or bare. IPv4 in the clothes of IPv6 is IPv4; the
// zone, a name of this machine's interfaces, is no part of who somebody is.
func readAddress(s string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(s, "["), "]"))
	if err != nil {
		with, err := netip.ParseAddrPort(s)
		if err != nil {
			return a, false
		}
		a = with.Addr()
	}
	return a.Unmap().WithZone(""), true
}

func isTrusted(a netip.Addr, trusted []netip.Prefix) bool {
	return slices.ContainsFunc(trusted, func(p netip.Prefix) bool { return p.Contains(a) })
}

func network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil || a.Is4() {
		return address
	}
	p, err := a.Prefix(64)
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
