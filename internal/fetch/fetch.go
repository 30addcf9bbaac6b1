package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
)

// Why something was not got. A name that does not exist, one that leads to an
// address that is not public, and a server that does not answer are all
// ErrUnreachable: the difference would tell strangers about our network.
var (
	ErrAddress     = errors.New("fetch: not an address of the web")
	ErrUnreachable = errors.New("fetch: cannot be reached")
	ErrRefused     = errors.New("fetch: the server does not give it")
	ErrTooLarge    = errors.New("fetch: too large")
	ErrRedirects   = errors.New("fetch: redirected too often")
)

const (
	// maxRedirects is how often a server may send us on.
	maxRedirects = 3
	// usualTime is how long all of it may take, redirects included.
	usualTime = 15 * time.Second
	maxHeader = 64 << 10
)

// Options are what is not the usual.
type Options struct {
	Timeout time.Duration // for all of it; 0: 15 s
	// Allow names addresses that are reached although they are not public, at any
	// port. It is for tests, whose servers are on this machine.
	Allow    []netip.Prefix
	Resolver *net.Resolver // nil: the system's
}

// Fetcher gets things. It is safe for concurrent use, keeps no connection and no cookie.
type Fetcher struct {
	client  *http.Client
	timeout time.Duration
}

// New makes a Fetcher.
func New(o Options) *Fetcher {
	if o.Timeout == 0 {
		o.Timeout = usualTime
	}
	dialer := &net.Dialer{Timeout: o.Timeout, Resolver: o.Resolver, Control: guard(o.Allow)}
	return &Fetcher{timeout: o.Timeout, client: &http.Client{
		Transport: &http.Transport{
			Proxy:                  nil, // a proxy would dial in our place, unguarded
			DialContext:            dialer.DialContext,
			DisableKeepAlives:      true,
			DisableCompression:     true, // what is small on the line must not grow here
			MaxResponseHeaderBytes: maxHeader,
			ForceAttemptHTTP2:      true,
		},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) > maxRedirects {
				return ErrRedirects
			}
			return check(r.URL)
		},
	}}
}

// guard refuses addresses that are not public, and ports that are not the web's.
// It is called with the address that is about to be dialled.
func guard(allow []netip.Prefix) func(network, address string, c syscall.RawConn) error {
	public := ssrf.New()
	return func(network, address string, c syscall.RawConn) error {
		if to, err := netip.ParseAddrPort(address); err == nil {
			for _, p := range allow {
				if p.Contains(to.Addr()) {
					return nil
				}
			}
		}
		return public.Safe(network, address, c)
	}
}

// check looks at what can be told before anything is asked.
func check(u *url.URL) error {
	if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil {
		return ErrAddress
	}
	return nil
}

// Get gets what is at an address, at most so many bytes. contentType is what
// the server says of it, which is not to be believed.
func (f *Fetcher) Get(ctx context.Context, address string, maxBytes int64) (contentType string, data []byte, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", nil, ErrAddress
	}
	if err := check(u); err != nil {
		return "", nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return "", nil, ErrAddress
	}
	r.Header.Set("User-Agent", "Pulse")
	res, err := f.client.Do(r)
	if err != nil {
		return "", nil, classify(err)
	}
	defer func() { _ = res.Body.Close() }() // it was only read
	switch {
	case res.StatusCode != http.StatusOK:
		return "", nil, fmt.Errorf("%w: status %d", ErrRefused, res.StatusCode)
	case res.ContentLength > maxBytes:
		return "", nil, ErrTooLarge
	}
	data, err = io.ReadAll(io.LimitReader(res.Body, maxBytes+1))
	if err != nil {
		return "", nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	if int64(len(data)) > maxBytes {
		return "", nil, ErrTooLarge
	}
	return res.Header.Get("Content-Type"), data, nil
}

func classify(err error) error {
	for _, known := range []error{ErrAddress, ErrRedirects} {
		if errors.Is(err, known) {
			return known
		}
	}
	return fmt.Errorf("%w: %w", ErrUnreachable, err)
}
