package fetch_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"pulse/internal/fetch"
)

// loopback lets a Fetcher reach what a test serves on this machine.
func loopback() []netip.Prefix {
	return []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
}

// canary is a server that nobody may reach. It counts connections, not requests.
func canary(t *testing.T) (port string, touched *atomic.Int64) {
	t.Helper()
	touched = &atomic.Int64{}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("secret")) }))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			touched.Add(1)
		}
	}
	s.Start()
	t.Cleanup(s.Close)
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	return u.Port(), touched
}

// names is a resolver that knows one address for every name, and another one
// from the second question on.
func names(t *testing.T, first, later string) *net.Resolver {
	t.Helper()
	line, err := new(net.ListenConfig).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = line.Close() })
	go func() {
		buf := make([]byte, 1500)
		asked := 0
		for {
			n, from, err := line.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil || len(m.Questions) == 0 {
				continue
			}
			m.Response, m.Additionals = true, nil
			q := m.Questions[0]
			address := netip.MustParseAddr(later)
			if asked == 0 {
				address = netip.MustParseAddr(first)
			}
			head := dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, Type: q.Type}
			switch {
			case q.Type == dnsmessage.TypeA && address.Is4():
				asked++
				m.Answers = []dnsmessage.Resource{{Header: head, Body: &dnsmessage.AResource{A: address.As4()}}}
			case q.Type == dnsmessage.TypeAAAA && address.Is6():
				asked++
				m.Answers = []dnsmessage.Resource{{Header: head, Body: &dnsmessage.AAAAResource{AAAA: address.As16()}}}
			}
			packed, err := m.Pack()
			if err != nil {
				continue
			}
			_, _ = line.WriteTo(packed, from)
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", line.LocalAddr().String())
	}}
}

// Nothing that is not public is ever dialled, however it is written.
func TestPrivateAddressesAreNotReached(t *testing.T) {
	t.Parallel()
	port, touched := canary(t)
	for _, host := range []string{
		"127.0.0.1", "127.1.2.3", "localhost", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
		"2130706433", "0x7f000001", "0177.0.0.1", "127.1", // as inet_aton reads addresses
		"10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "[fe80::1]", "[fd00::1]", "[fd00:ec2::254]", "224.0.0.1", "[ff02::1]",
		"192.0.0.192", "198.18.0.1", "255.255.255.255", "[2001:db8::1]",
	} {
		for _, at := range []string{host + ":" + port, host} {
			t.Run(at, func(t *testing.T) {
				t.Parallel()
				f := fetch.New(fetch.Options{Timeout: 3 * time.Second, Resolver: names(t, "127.0.0.1", "127.0.0.1")})
				_, data, err := f.Get(t.Context(), "http://"+at+"/", 100)
				if !errors.Is(err, fetch.ErrUnreachable) && !errors.Is(err, fetch.ErrAddress) {
					t.Errorf("got %q, %v", data, err)
				}
			})
		}
	}
	t.Cleanup(func() {
		if n := touched.Load(); n > 0 {
			t.Errorf("the canary was reached %d times", n)
		}
	})
}

// A name that leads inside is not followed there, also not when it led
// elsewhere a moment before.
func TestNamesThatLeadInside(t *testing.T) {
	t.Parallel()
	port, touched := canary(t)
	for _, inside := range []string{"127.0.0.1", "::1", "::ffff:127.0.0.1", "169.254.169.254", "10.1.2.3"} {
		f := fetch.New(fetch.Options{Timeout: 3 * time.Second, Resolver: names(t, inside, inside)})
		for _, at := range []string{"http://pictures.example:" + port, "http://pictures.example"} {
			if _, data, err := f.Get(t.Context(), at+"/a.png", 100); !errors.Is(err, fetch.ErrUnreachable) {
				t.Errorf("%s: got %q, %v", inside, data, err)
			}
		}
	}
	// Public at the first look, inside at the second: the address that is dialled counts.
	f := fetch.New(fetch.Options{Timeout: time.Second, Resolver: names(t, "192.0.2.1", "127.0.0.1")})
	for range 3 {
		if _, data, err := f.Get(t.Context(), "http://rebinding.example:"+port+"/", 100); !errors.Is(err, fetch.ErrUnreachable) {
			t.Errorf("rebinding: got %q, %v", data, err)
		}
	}
	if n := touched.Load(); n > 0 {
		t.Errorf("the canary was reached %d times", n)
	}
}

// site serves on 127.0.0.1, which tests may reach; all else of this machine stays closed.
func site(t *testing.T, handler http.Handler) (*fetch.Fetcher, string) {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return fetch.New(fetch.Options{Timeout: 3 * time.Second, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}), s.URL
}

func TestRedirects(t *testing.T) {
	t.Parallel()
	port, touched := canary(t)
	mux := http.NewServeMux()
	f, at := site(t, mux)
	hop := func(from, to string) {
		mux.HandleFunc(from, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) })
	}
	mux.HandleFunc("/end", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("the end")) })
	hop("/1", "/end")
	hop("/2", "/1")
	hop("/3", "/2")
	hop("/4", "/3")
	hop("/loop", "/loop")
	hop("/inside", "http://127.0.0.2:"+port+"/")
	hop("/mapped", "http://[::ffff:127.0.0.2]:"+port+"/")
	hop("/file", "file:///etc/passwd")
	hop("/gopher", "gopher://127.0.0.1/")
	hop("/user", "http://a:b@127.0.0.1/")
	for path, want := range map[string]error{
		"/end": nil, "/1": nil, "/3": nil, "/4": fetch.ErrRedirects, "/loop": fetch.ErrRedirects, "/inside": fetch.ErrUnreachable,
		"/mapped": fetch.ErrUnreachable, "/file": fetch.ErrAddress, "/gopher": fetch.ErrAddress, "/user": fetch.ErrAddress,
	} {
		_, data, err := f.Get(t.Context(), at+path, 100)
		if !errors.Is(err, want) || (want == nil && string(data) != "the end") {
			t.Errorf("%s: got %q, %v, want %v", path, data, err, want)
		}
	}
	if n := touched.Load(); n > 0 {
		t.Errorf("the canary was reached %d times", n)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	ten := bytes.Repeat([]byte("x"), 10)
	stop := make(chan struct{})
	mux := http.NewServeMux()
	mux.HandleFunc("/ten", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		_, _ = w.Write(ten)
	})
	mux.HandleFunc("/flow", func(w http.ResponseWriter, _ *http.Request) { // says no length, and does not end
		for range 1000 {
			if _, err := w.Write(bytes.Repeat(ten, 1000)); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("/gone", http.NotFound)
	mux.HandleFunc("/slow", func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-stop:
		case <-r.Context().Done():
		}
	})
	mux.HandleFunc("/header", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-Long", strings.Repeat("x", 1<<20)) })
	f, at := site(t, mux)
	t.Cleanup(func() { close(stop) })
	for _, w := range []struct {
		path string
		most int64
		want error
	}{
		{"/ten", 10, nil},
		{"/ten", 9, fetch.ErrTooLarge},
		{"/flow", 1 << 20, fetch.ErrTooLarge},
		{"/gone", 100, fetch.ErrRefused},
		{"/slow", 100, fetch.ErrUnreachable},
		{"/header", 100, fetch.ErrUnreachable},
	} {
		kind, data, err := f.Get(t.Context(), at+w.path, w.most)
		if !errors.Is(err, w.want) || w.want == nil && (kind != "image/png" || !bytes.Equal(data, ten)) {
			t.Errorf("%s, %d bytes: got %s %q, %v", w.path, w.most, kind, data, err)
		}
	}
	for _, address := range []string{"", "a.png", "//a/b", "ftp://a/b", "data:image/png;base64,AA==", "http://", "http://a b/", "http://a:b@c/", "javascript:1", "http://%zz/"} {
		if _, _, err := f.Get(t.Context(), address, 100); !errors.Is(err, fetch.ErrAddress) {
			t.Errorf("%q: got %v", address, err)
		}
	}
	// Its allowance is for one address, so that these tests test the guard, too.
	if _, _, err := fetch.New(fetch.Options{Allow: loopback(), Timeout: time.Second}).Get(t.Context(), "http://169.254.169.254/", 10); !errors.Is(err, fetch.ErrUnreachable) {
		t.Errorf("got %v", err)
	}
}
