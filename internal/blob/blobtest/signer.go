package blobtest

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"pulse/internal/blob"
)

// RunSigner tests stores whose blobs others can fetch. Each that open makes is to
// be empty, and a blob.Signer.
func RunSigner(t *testing.T, open func(t *testing.T) blob.Store) {
	t.Helper()
	for name, test := range map[string]func(t *testing.T, s blob.Store, sign signing){
		"an address without credentials": signed, "its end": signedEnds, "another key": signedForAnother, "what is no key": signedNoKey,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			signer, ok := s.(blob.Signer)
			if !ok {
				t.Fatalf("%T signs nothing", s)
			}
			test(t, s, func(key string, expires time.Duration, serve blob.Serve) string {
				t.Helper()
				address, err := signer.Sign(t.Context(), key, expires, serve)
				if err != nil {
					t.Fatal(err)
				}
				return address
			})
		})
	}
}

// signing is a Sign that has to succeed.
type signing func(key string, expires time.Duration, serve blob.Serve) string

// reply is an answer, read to its end.
type reply struct {
	status int
	header http.Header
	body   string
}

// fetch is what a browser does: it knows nothing but the address.
func fetch(t *testing.T, method, address string, headers ...string) reply {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{res.StatusCode, res.Header, string(body)}
}

func signed(t *testing.T, s blob.Store, sign signing) {
	t.Helper()
	data := []byte("\x89PNG 0123456789")
	if err := s.Put(t.Context(), "images/a/b.c_D-e.png", bytes.NewReader(data), blob.About{Size: int64(len(data)), ContentType: "image/png"}); err != nil {
		t.Fatal(err)
	}
	serve := blob.Serve{ContentType: "image/webp", ContentDisposition: `attachment; filename*=utf-8''Gr%C3%BC%C3%9Fe%20%22heute%22%3B.png`}
	address := sign("images/a/b.c_D-e.png", time.Minute, serve)
	got := fetch(t, http.MethodGet, address)
	if got.status != http.StatusOK || got.body != string(data) {
		t.Fatalf("%d %s", got.status, got.body)
	}
	for header, want := range map[string]string{"Content-Type": serve.ContentType, "Content-Disposition": serve.ContentDisposition} {
		if value := got.header.Get(header); value != want {
			t.Errorf("%s: %q, want %q", header, value, want)
		}
	}
	if !strings.Contains(got.header.Get("Cache-Control"), "private") {
		t.Errorf("whoever stands between may keep it: %q", got.header.Get("Cache-Control"))
	}
	if got := fetch(t, http.MethodGet, address, "Range", "bytes=5-7"); got.status != http.StatusPartialContent || got.body != "012" {
		t.Errorf("a range: %d %q", got.status, got.body)
	}
	if got := fetch(t, http.MethodGet, sign("images/a/b.c_D-e.png", time.Minute, blob.Serve{})); got.header.Get("Content-Type") != "image/png" {
		t.Errorf("as it was put: %v", got.header)
	}
	for _, method := range []string{http.MethodPut, http.MethodDelete} {
		if got := fetch(t, method, address); got.status < http.StatusBadRequest {
			t.Errorf("%s: %d", method, got.status)
		}
	}
	if got := read(t, s, "images/a/b.c_D-e.png", 0, -1); !bytes.Equal(got, data) {
		t.Errorf("it became %q", got)
	}
	if got := fetch(t, http.MethodGet, sign("none", time.Minute, blob.Serve{})); got.status < http.StatusBadRequest {
		t.Errorf("of no blob: %d", got.status)
	}
}

func signedEnds(t *testing.T, s blob.Store, sign signing) {
	t.Helper()
	put(t, s, "k", []byte("text"))
	address := sign("k", 2*time.Second, blob.Serve{})
	if got := fetch(t, http.MethodGet, address); got.status != http.StatusOK {
		t.Fatalf("before: %d", got.status)
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		got := fetch(t, http.MethodGet, address)
		if got.status >= http.StatusBadRequest && !strings.Contains(got.body, "text") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("it does not end: %d", got.status)
		}
	}
}

// Nothing of an address can be changed: not the key, not the time, not how the
// blob is served.
func signedForAnother(t *testing.T, s blob.Store, sign signing) {
	t.Helper()
	put(t, s, "files/ada/1", []byte("ada's"))
	put(t, s, "files/ben/1", []byte("ben's"))
	address := sign("files/ada/1", time.Minute, blob.Serve{ContentType: "text/plain", ContentDisposition: "attachment"})
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	for name, other := range map[string]string{
		"another key": strings.Replace(address, "/ada/", "/ben/", 1), "a way up": strings.Replace(address, "/ada/1", "/ada/../ben/1", 1),
		"a way up, hidden": strings.Replace(address, "/ada/1", "/ada/%2e%2e/ben/1", 1), "the folder": strings.Replace(address, "/ada/1", "/", 1),
		"no signature": strings.TrimSuffix(address, "?"+u.RawQuery),
	} {
		if other == address {
			t.Fatalf("%s: %s has nothing to change", name, address)
		}
		if got := fetch(t, http.MethodGet, other); got.status < http.StatusBadRequest {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	for name := range u.Query() {
		changed := *u
		q := u.Query()
		q.Set(name, "9"+q.Get(name))
		if strings.EqualFold(name, "response-content-type") {
			q.Set(name, "text/html")
		}
		changed.RawQuery = q.Encode()
		if got := fetch(t, http.MethodGet, changed.String()); got.status < http.StatusBadRequest {
			t.Errorf("with another %s: %d %s", name, got.status, got.body)
		}
	}
}

func signedNoKey(t *testing.T, s blob.Store, _ signing) {
	t.Helper()
	signer, _ := s.(blob.Signer) // RunSigner has seen it
	for _, key := range []string{"", "../up", "a/../b", "/a", "a?b", "a b"} {
		if address, err := signer.Sign(t.Context(), key, time.Minute, blob.Serve{}); err == nil {
			t.Errorf("%q: %s", key, address)
		}
	}
}
