package file_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pulse/internal/actor"
	"pulse/internal/blob"
	"pulse/internal/blob/disk"
	"pulse/internal/feature/file"
	"pulse/internal/httpd"
	"pulse/internal/picture"
	"pulse/internal/store"
	"pulse/internal/store/query"
	"pulse/internal/store/storetest"
)

// bucket is a store that lets others fetch blobs from it, and counts what is put.
type bucket struct {
	blob.Store

	puts    atomic.Int64
	panics  atomic.Bool // when something is put
	expires time.Duration
	serve   blob.Serve
}

func (b *bucket) Put(ctx context.Context, key string, body io.Reader, about blob.About) error {
	b.puts.Add(1)
	if b.panics.Load() {
		panic("the bucket has a hole")
	}
	return b.Store.Put(ctx, key, body, about)
}

func (b *bucket) Sign(_ context.Context, key string, expires time.Duration, serve blob.Serve) (string, error) {
	b.expires, b.serve = expires, serve
	return "https://bucket.example/" + key + "?signed", nil
}

// plain is the same without that.
type plain struct{ blob.Store }

// bench is a file room of its own, with one person who has one picture.
type bench struct {
	room   *file.Room
	blobs  *bucket
	server http.Handler
	now    time.Time
}

const who, what = "u1", "f1"

func newBench(t *testing.T, signs bool) *bench {
	t.Helper()
	db := storetest.SQLite(t)
	folder, err := disk.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = folder.Close() })
	b := &bench{blobs: &bucket{Store: folder}, now: time.Now()}
	var blobs blob.Store = plain{b.blobs}
	if signs {
		blobs = b.blobs
	}
	key, err := store.SigningKey(t.Context(), db, file.LinkPurpose)
	if err != nil {
		t.Fatal(err)
	}
	b.room = file.New(file.Options{
		DB: db, Blobs: blobs, Pictures: picture.New(picture.Options{}), LinkKey: key, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return b.now },
	})
	server, err := httpd.New(httpd.Options{
		Log: slog.New(slog.DiscardHandler), Ping: db.Ping,
		Authenticate: func(r *http.Request) (actor.Actor, bool, error) {
			return actor.Actor{ID: who, SessionID: "s"}, r.Header.Get("Cookie") != "", nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	b.room.Routes(server.API())
	b.server = server.Handler()

	var data bytes.Buffer
	if err := png.Encode(&data, image.NewGray(image.Rect(0, 0, 900, 600))); err != nil {
		t.Fatal(err)
	}
	if err := folder.Put(t.Context(), "files/u1/f1", &data, blob.About{Size: int64(data.Len())}); err != nil {
		t.Fatal(err)
	}
	err = db.Write(t.Context(), func(ctx context.Context, q *query.Queries) error {
		if err := storetest.InsertUser(ctx, q, who); err != nil {
			return err
		}
		return q.InsertFile(ctx, query.InsertFileParams{
			ID: what, UserID: who, Name: "a \"b\"\r\n; ü.png", ContentType: "image/png", Kind: "image", Size: 1, Sha256: "aa", BlobKey: "files/u1/f1", Width: 900, Height: 600,
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bench) ask(t *testing.T, path string, signedIn bool) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	if signedIn {
		r.Header.Set("Cookie", "yes")
	}
	w := httptest.NewRecorder()
	b.server.ServeHTTP(w, r)
	return w.Result()
}

// A store that can, sends the bytes itself: by an address that lives some minutes
// and never longer than the link, with the type and the name of the file.
func TestLinksToAStoreThatSigns(t *testing.T) {
	t.Parallel()
	b := newBench(t, true)
	link, expires := b.room.Link("", what)
	for name, c := range map[string]struct {
		after, least, most time.Duration
	}{
		"at once":         {0, 5 * time.Minute, 5 * time.Minute},
		"nearly a day on": {24*time.Hour - 2*time.Minute, time.Minute, 2 * time.Minute},
	} {
		begun := b.now
		b.now = begun.Add(c.after)
		res := b.ask(t, link, false)
		_ = res.Body.Close()
		if res.StatusCode != http.StatusTemporaryRedirect || res.Header.Get("Location") != "https://bucket.example/files/u1/f1?signed" ||
			res.Header.Get("Cache-Control") != "private, no-store" || res.Header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: %d %v", name, res.StatusCode, res.Header)
		}
		if b.blobs.expires < c.least || b.blobs.expires > c.most {
			t.Errorf("%s: that address lives %s, want %s to %s", name, b.blobs.expires, c.least, c.most)
		}
		if s := b.blobs.serve; s.ContentType != "image/png" || !strings.HasPrefix(s.ContentDisposition, "inline; filename") || strings.ContainsAny(s.ContentDisposition, "\r\n") {
			t.Errorf("%s: %+v", name, s)
		}
		b.now = begun
	}
	b.now = expires
	res := b.ask(t, link, false)
	_ = res.Body.Close()
	if res.StatusCode != http.StatusGone {
		t.Errorf("expired: %d", res.StatusCode)
	}
}

// The signature is for the file and the time together: neither can borrow from
// the other.
func TestSignatureTellsFileAndTimeApart(t *testing.T) {
	t.Parallel()
	b := newBench(t, false)
	link, _ := b.room.Link("", what)
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	until := q.Get("expires")
	q.Set("expires", until[1:])
	for _, path := range []string{
		"/api/v1/files/" + what + until[:1] + "/shared?" + q.Encode(),
		"/api/v1/files/" + url.PathEscape(what+"\n"+until[:1]) + "/shared?" + q.Encode(),
	} {
		res := b.ask(t, path, false)
		_ = res.Body.Close()
		if res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
}

// However many ask for a thumbnail at the same time, it is made and stored once.
func TestThumbnailIsMadeOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t, true)
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			res := b.ask(t, "/api/v1/files/f1/thumbnail", true)
			_ = res.Body.Close()
			if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "image/jpeg" {
				t.Errorf("%d %v", res.StatusCode, res.Header)
			}
		})
	}
	all.Wait()
	if n := b.blobs.puts.Load(); n != 1 {
		t.Errorf("it was stored %d times", n)
	}
}
