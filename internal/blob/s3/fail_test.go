package s3_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	api "github.com/aws/aws-sdk-go-v2/service/s3"

	"pulse/internal/blob"
	"pulse/internal/blob/blobtest"
	"pulse/internal/blob/s3"
	"pulse/internal/fault"
)

// What is wrong at the start is said with what to mend, and without the key.
func TestWrongAtTheStart(t *testing.T) {
	t.Parallel()
	v := blobtest.StartVersity(t)
	bucket := v.Bucket(t)
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := "http://" + l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>a page") }))
	t.Cleanup(page.Close)
	for name, c := range map[string]struct {
		change func(*s3.Options)
		want   string
	}{
		"no bucket":        {func(o *s3.Options) { o.Bucket = "none" }, "there is none of this name"},
		"nobody there":     {func(o *s3.Options) { o.Endpoint = nobody }, "nobody answers there; is the endpoint right"},
		"no such host":     {func(o *s3.Options) { o.Endpoint = "http://nowhere.invalid" }, "nobody answers there; is the endpoint right"},
		"another key":      {func(o *s3.Options) { o.KeyID = "somebody" }, "the store refuses the access key"},
		"a wrong secret":   {func(o *s3.Options) { o.Key = "canary-of-another" }, "the store refuses the access key"},
		"another region":   {func(o *s3.Options) { o.Region = "eu-central-1" }, "it is in another region"},
		"no store at all":  {func(o *s3.Options) { o.Endpoint = page.URL }, "the store answers in a way that was not expected"},
		"AWS, but nowhere": {func(o *s3.Options) { o.Endpoint = "" }, "in which region is it?"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := options(v, bucket)
			c.change(&o)
			_, err := s3.Open(t.Context(), o)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "bucket "+o.Bucket) {
				t.Fatalf("%v, want %s", err, c.want)
			}
			if strings.Contains(err.Error(), "canary") {
				t.Errorf("it tells the key: %v", err)
			}
		})
	}
}

// stub answers as a store does whose answers the test decides.
type stub struct {
	*httptest.Server

	mu     sync.Mutex
	answer http.HandlerFunc
	seen   []*http.Request
}

func newStub(t *testing.T) *stub {
	t.Helper()
	s := &stub{answer: func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<ListBucketResult/>") }}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.seen = append(s.seen, r)
		answer := s.answer
		s.mu.Unlock()
		_, _ = io.Copy(io.Discard, r.Body) // a server hears that its client is gone when it has read
		answer(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *stub) answers(h http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer, s.seen = h, nil
}

func refuses(status int, code string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "<Error><Code>"+code+"</Code><Message>canary of the store</Message></Error>")
	}
}

func (s *stub) open(t *testing.T, log io.Writer) *s3.Store {
	t.Helper()
	return open(t, s3.Options{Bucket: "bucket", Endpoint: s.URL, KeyID: "id", Key: "key", Log: slog.New(slog.NewTextHandler(log, nil))})
}

// Who may not list a bucket is told that what is missing is not theirs to see.
// Everything else that a store refuses is its failure, and never "not found".
func TestWhatTheStoreRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status  int
		code    string
		missing bool
	}{
		{http.StatusNotFound, "NoSuchKey", true},
		{http.StatusForbidden, "AccessDenied", true},
		{http.StatusNotFound, "NoSuchBucket", false},
		{http.StatusForbidden, "InvalidAccessKeyId", false},
		{http.StatusForbidden, "SignatureDoesNotMatch", false},
		{http.StatusForbidden, "RequestTimeTooSkewed", false},
		{http.StatusBadRequest, "ExpiredToken", false},
		{http.StatusNotImplemented, "NotImplemented", false},
	} {
		t.Run(c.code, func(t *testing.T) {
			t.Parallel()
			server, log := newStub(t), &bytes.Buffer{}
			s := server.open(t, log)
			server.answers(refuses(c.status, c.code))
			for _, length := range []int64{-1, 0, 5} {
				if _, err := s.Open(t.Context(), "k", 0, length); errors.Is(err, blob.ErrNotFound) != c.missing || errors.Is(err, blob.ErrAway) == c.missing {
					t.Errorf("open: %v", err)
				}
			}
			if c.missing && log.Len() > 0 {
				t.Errorf("logged: %s", log)
			}
			away(t, "put", s.Put(t.Context(), "k", strings.NewReader("x"), blob.About{Size: 1}))
			if err := s.Delete(t.Context(), "k"); c.code == "NoSuchKey" && err != nil {
				t.Errorf("delete: %v", err)
			} else if c.code != "NoSuchKey" {
				away(t, "delete", err)
			}
			for _, err := range s.List(t.Context(), "") {
				away(t, "list", err)
			}
			if !strings.Contains(log.String(), c.code) {
				t.Errorf("the operator is not told: %s", log)
			}
		})
	}
}

// away checks that a failure is the store's, and what people are told of it.
func away(t *testing.T, what string, err error) {
	t.Helper()
	f := fault.From(err)
	if !errors.Is(err, blob.ErrAway) || errors.Is(err, blob.ErrNotFound) || f.Code != fault.Unavailable || f.RetryAfter == 0 {
		t.Fatalf("%s: %v", what, err)
	}
	if strings.Contains(f.Message, "canary") || strings.Contains(f.Message, "bucket") {
		t.Errorf("%s tells too much: %s", what, f.Message)
	}
}

// A store that is away fails everything within seconds, and works again when it
// is back.
func TestAway(t *testing.T) {
	t.Parallel()
	v := blobtest.StartVersity(t)
	s := open(t, options(v, v.Bucket(t)))
	text := blob.About{Size: 4}
	if err := s.Put(t.Context(), "k", strings.NewReader("text"), text); err != nil {
		t.Fatal(err)
	}
	v.Stop()
	_, err := s.Open(t.Context(), "k", 0, -1)
	away(t, "open", err)
	away(t, "put", s.Put(t.Context(), "k", strings.NewReader("more"), text))
	away(t, "delete", s.Delete(t.Context(), "k"))
	v.Start(t)
	r, err := s.Open(t.Context(), "k", 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	if got, err := io.ReadAll(r); string(got) != "text" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

// A store that goes away in the middle of an upload fails it as such, and one
// that comes back has nothing of it.
func TestAwayInMidstream(t *testing.T) {
	t.Parallel()
	v := blobtest.StartVersity(t)
	bucket := v.Bucket(t)
	s := open(t, options(v, bucket))
	body := io.MultiReader(bytes.NewReader(make([]byte, 11<<20)), stops{v}, bytes.NewReader(make([]byte, 6<<20)))
	away(t, "put", s.Put(t.Context(), "k", body, blob.About{Size: blob.Unknown}))
	v.Start(t)
	if _, err := s.Open(t.Context(), "k", 0, 0); !errors.Is(err, blob.ErrNotFound) {
		t.Error(err)
	}
}

type stops struct{ v *blobtest.Versity }

func (s stops) Read([]byte) (int, error) { s.v.Stop(); return 0, io.EOF }

// An answer that breaks off is no end of the blob.
func TestAnswersThatBreakOff(t *testing.T) {
	t.Parallel()
	server := newStub(t)
	s := server.open(t, io.Discard)
	server.answers(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, "half")
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
	r, err := s.Open(t.Context(), "k", 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	_, err = io.ReadAll(r)
	away(t, "read", err)
}

// A store that takes requests and never answers, or stops in the middle of an
// answer, hangs nobody for ever.
func TestSilence(t *testing.T) {
	t.Parallel()
	server := newStub(t)
	s := open(t, s3.Options{
		Bucket: "bucket", Endpoint: server.URL, KeyID: "id", Key: "key", Patience: 500 * time.Millisecond, Log: slog.New(slog.DiscardHandler),
	})
	begun := time.Now()
	server.answers(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Range") == "bytes=1-" {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, "half")
			_ = http.NewResponseController(w).Flush()
		}
		<-r.Context().Done()
	})
	_, err := s.Open(t.Context(), "k", 0, -1)
	away(t, "open", err)
	away(t, "delete", s.Delete(t.Context(), "k"))
	for _, err := range s.List(t.Context(), "") {
		away(t, "list", err)
	}
	away(t, "put", s.Put(t.Context(), "k", strings.NewReader("x"), blob.About{Size: 1}))
	away(t, "put in parts", s.Put(t.Context(), "k", io.LimitReader(zeros{}, 6<<20), blob.About{Size: blob.Unknown}))
	r, err := s.Open(t.Context(), "k", 1, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	_, err = io.ReadAll(r)
	away(t, "read", err)
	if took := time.Since(begun); took > 30*time.Second {
		t.Errorf("it took %v", took)
	}
}

// zeros is a body without end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// When an upload in parts is given up, a part that is on its way is let through
// before the parts are removed: one that came in later would be left over.
func TestPartsBeforeTheirRemoval(t *testing.T) {
	t.Parallel()
	server := newStub(t)
	s := server.open(t, io.Discard)
	ctx, cancel := context.WithCancel(t.Context())
	var cutOff, underWay, removed atomic.Int64
	server.answers(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodPost:
			_, _ = io.WriteString(w, "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>")
		case http.MethodPut:
			underWay.Add(1)
			defer underWay.Add(-1)
			cancel()
			select {
			case <-r.Context().Done():
				cutOff.Add(1)
			case <-time.After(200 * time.Millisecond):
			}
			w.Header().Set("ETag", `"e"`)
		case http.MethodDelete:
			if underWay.Load() > 0 {
				t.Error("removed while a part was on its way")
			}
			removed.Add(1)
		}
	})
	err := s.Put(ctx, "k", io.LimitReader(zeros{}, 12<<20), blob.About{Size: blob.Unknown})
	if !errors.Is(err, context.Canceled) || errors.Is(err, blob.ErrAway) {
		t.Error(err)
	}
	if cutOff.Load() != 0 || removed.Load() != 1 {
		t.Errorf("%d parts cut off, removed %d times", cutOff.Load(), removed.Load())
	}
}

// However large a blob is, a few parts of it are held.
func TestPutTakesLittleMemory(t *testing.T) { //nolint:paralleltest // it measures the process
	v := blobtest.StartVersity(t)
	s := open(t, options(v, v.Bucket(t)))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := s.Put(t.Context(), "k", io.LimitReader(zeros{}, 128<<20), blob.About{Size: blob.Unknown}); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if taken := (after.TotalAlloc - before.TotalAlloc) >> 20; taken > 48 {
		t.Errorf("%d MiB for 128", taken)
	}
}

// Who gives up is told so, and not that the store is away.
func TestGivenUp(t *testing.T) {
	t.Parallel()
	server := newStub(t)
	s := server.open(t, io.Discard)
	asked := make(chan struct{}, 10)
	server.answers(func(_ http.ResponseWriter, r *http.Request) { asked <- struct{}{}; <-r.Context().Done() })
	for name, call := range map[string]func(context.Context) error{
		"open":   func(ctx context.Context) error { _, err := s.Open(ctx, "k", 0, -1); return err },
		"put":    func(ctx context.Context) error { return s.Put(ctx, "k", strings.NewReader("x"), blob.About{Size: 1}) },
		"delete": func(ctx context.Context) error { return s.Delete(ctx, "k") },
	} {
		ctx, cancel := context.WithCancel(t.Context())
		go func() { <-asked; cancel() }()
		begun := time.Now()
		if err := call(ctx); !errors.Is(err, context.Canceled) || errors.Is(err, blob.ErrAway) || time.Since(begun) > 5*time.Second {
			t.Errorf("%s: %v after %v", name, err, time.Since(begun))
		}
	}
}

// What other stores refuse is not sent to them: checksums in a trailer. What is
// said of a blob is.
func TestWhatIsSent(t *testing.T) {
	t.Parallel()
	server := newStub(t)
	s := server.open(t, io.Discard)
	server.answers(func(http.ResponseWriter, *http.Request) {})
	about := blob.About{Size: blob.Unknown, ContentType: "image/png", Metadata: map[string]string{"model": "modèle"}}
	if err := s.Put(t.Context(), "a/b", io.LimitReader(strings.NewReader("text"), 4), about); err != nil {
		t.Fatal(err)
	}
	r := server.seen[0]
	if r.Method != http.MethodPut || r.URL.Path != "/bucket/a/b" || r.ContentLength != 4 {
		t.Errorf("%s %s, %d bytes", r.Method, r.URL, r.ContentLength)
	}
	for name, want := range map[string]string{
		"Content-Type": "image/png", "Cache-Control": "private", "X-Amz-Meta-Model": "=?utf-8?q?mod=C3=A8le?=", "Content-Encoding": "", "X-Amz-Trailer": "",
		"X-Amz-Sdk-Checksum-Algorithm": "", "X-Amz-Checksum-Crc32": "",
	} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// What is said of a blob is kept with it, of a large one too.
func TestAbout(t *testing.T) {
	t.Parallel()
	v := blobtest.StartVersity(t)
	bucket := v.Bucket(t)
	s := open(t, options(v, bucket))
	for _, size := range []int{4, 6 << 20} {
		about := blob.About{Size: int64(size), ContentType: "image/png", Metadata: map[string]string{"job": "0198"}}
		if err := s.Put(t.Context(), "k", bytes.NewReader(make([]byte, size)), about); err != nil {
			t.Fatal(err)
		}
		got, err := raw(v).HeadObject(t.Context(), &api.HeadObjectInput{Bucket: &bucket, Key: new("k")})
		if err != nil {
			t.Fatal(err)
		}
		if *got.ContentType != "image/png" || *got.CacheControl != "private" || got.Metadata["job"] != "0198" {
			t.Errorf("%d bytes: %+v", size, got)
		}
	}
}

// Browsers are sent to the address that they know.
func TestPublicEndpoint(t *testing.T) {
	t.Parallel()
	v := blobtest.StartVersity(t)
	o := options(v, v.Bucket(t))
	o.PublicEndpoint, o.Prefix = "https://files.example.com", "pulse"
	for style, want := range map[bool]string{true: "https://files.example.com/" + o.Bucket + "/pulse/a/b?", false: "https://" + o.Bucket + ".files.example.com/pulse/a/b?"} {
		o.PathStyle = new(true)
		s := open(t, o)
		if !style {
			o.Endpoint, o.PathStyle = strings.Replace(o.Endpoint, "127.0.0.1", "localhost", 1), new(false)
			var err error
			if s, err = s3.Open(t.Context(), o); err != nil { // bucket.localhost has no address everywhere
				t.Log(err)
				continue
			}
		}
		address, err := s.Sign(t.Context(), "a/b", 8*24*time.Hour, blob.Serve{ContentType: "image/png"})
		if err != nil || !strings.HasPrefix(address, want) {
			t.Errorf("%s, %v, want %s", address, err, want)
		}
		u, err := url.Parse(address)
		if err != nil || u.Query().Get("X-Amz-Expires") != "604800" || strings.Contains(address, v.Key) {
			t.Errorf("%s, %v", address, err)
		}
	}
}

// The environment of the SDK leads to the same store.
func TestEnvironment(t *testing.T) {
	v := blobtest.StartVersity(t)
	for _, name := range []string{"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
			o := s3.Options{Bucket: v.Bucket(t), Log: slog.New(slog.DiscardHandler)}
			t.Setenv(name, v.Address)
			if _, err := s3.Open(t.Context(), o); err == nil || !strings.Contains(err.Error(), "there is no access key") {
				t.Errorf("without a key: %v", err)
			}
			t.Setenv("AWS_ACCESS_KEY_ID", v.KeyID)
			t.Setenv("AWS_SECRET_ACCESS_KEY", v.Key)
			s := open(t, o)
			if err := s.Put(t.Context(), "k", strings.NewReader("text"), blob.About{Size: 4}); err != nil {
				t.Error(err)
			}
			if want := "bucket " + o.Bucket + " at " + v.Address; s.Place() != want {
				t.Errorf("%s, want %s", s.Place(), want)
			}
		})
	}
}
