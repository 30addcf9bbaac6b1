package app

import (
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"pulse/internal/blob"
	"pulse/internal/blob/blobtest"
	"pulse/internal/config"
	"pulse/internal/provider/standin"
)

// onS3 is a Pulse that keeps its files in a bucket, with what it logs.
func onS3(t *testing.T) (h *house, v *blobtest.Versity, bucket string, log *lines) {
	t.Helper()
	v, log = blobtest.StartVersity(t), &lines{}
	bucket = v.Bucket(t)
	vendor := standin.NewOpenAI(nil)
	server := httptest.NewServer(vendor)
	t.Cleanup(server.Close)
	settings := append(v.Settings(bucket), "OPENAI_BASE_URL="+server.URL+"/v1")
	h = newHouseWith(t, func(o *Options) { o.Log = slog.New(slog.NewTextHandler(log, nil)) }, "", settings...)
	h.vendor = vendor
	return h, v, bucket, log
}

// Files live in the bucket from their upload to the end of their account, and the
// data folder has none of them.
func TestFilesInABucket(t *testing.T) {
	t.Parallel()
	h, _, bucket, _ := onS3(t)
	h.register("admin")
	ada := h.register("ada")
	if about := strings.Join(h.app.About(), "\n"); !strings.Contains(about, "files     bucket "+bucket+" at http://127.0.0.1:") {
		t.Errorf("it says of itself: %s", about)
	}
	digits, picture, paper := ada.uploads("digits.txt", "0123456789"), ada.uploads("a.png", painted(t, 600, 400)), ada.uploads("paper.pdf", aPDF)
	if n := len(h.blobs()); n != 3 {
		t.Fatalf("%d blobs of 3 files", n)
	}
	for _, c := range []struct {
		ask    string
		status int
		text   string
	}{
		{"", http.StatusOK, "0123456789"},
		{"bytes=2-4", http.StatusPartialContent, "234"},
		{"bytes=-3", http.StatusPartialContent, "789"},
		{"bytes=10-", http.StatusRequestedRangeNotSatisfiable, ""},
	} {
		got := ada.do(http.MethodGet, digits.path(), nil, "Range", c.ask)
		if got.status != c.status || got.status < 300 && got.text != c.text {
			t.Errorf("%s: %d %q", c.ask, got.status, got.text)
		}
	}
	if got := ada.do(http.MethodGet, paper.path(), nil); got.text != aPDF {
		t.Errorf("%d, %d bytes", got.status, len(got.text))
	}
	if got := ada.do(http.MethodGet, picture.path()+"/thumbnail", nil); got.status != http.StatusOK || !strings.HasPrefix(got.kind, "image/") {
		t.Errorf("thumbnail: %d %s", got.status, got.text)
	}

	asked := get[owned](ada, http.MethodPost, "/api/v1/chat/complete", object{"model": model, "messages": about("[chunks 3]", digits, picture, paper)})
	ada.refused(http.StatusConflict, http.MethodDelete, picture.path(), nil)
	archive := ada.exports()
	if n := len(archive.files(t)); n != 3 {
		t.Errorf("%d files in the export", n)
	}
	ada.must(http.StatusNoContent, http.MethodDelete, "/api/v1/conversations/"+asked.ConversationID, nil)
	ada.must(http.StatusNoContent, http.MethodDelete, digits.path(), nil)
	ada.refused(http.StatusNotFound, http.MethodGet, digits.path(), nil)

	if j := ada.paints(object{"prompt": "a lighthouse"}); j.Status != "completed" {
		t.Errorf("%+v", j)
	}
	if n := len(h.blobs()); n != 5 { // a picture, its thumbnail, a PDF, and what was painted with its own
		t.Errorf("%d blobs: %q", n, h.blobs())
	}
	id := ada.me()
	ada.must(http.StatusNoContent, http.MethodDelete, meRoute, nil)
	h.until("it is purged", func() bool { return h.user(id).PurgedAt > 0 })
	if left := h.blobs(); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
}

// A link sends to the bucket itself, for some minutes; the address there needs
// nothing but itself and serves the file as Pulse would.
func TestLinksIntoABucket(t *testing.T) {
	t.Parallel()
	h, v, bucket, log := onS3(t)
	ada := h.register("ada")
	link := ada.links(ada.uploads("Grüße „heute“.txt", "0123456789")).URL
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, link, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	address := res.Header.Get("Location")
	if res.StatusCode != http.StatusTemporaryRedirect || !strings.HasPrefix(address, v.Address+"/"+bucket+"/pulse/files/") {
		t.Fatalf("%d %s", res.StatusCode, address)
	}
	u, err := url.Parse(address)
	if err != nil || u.Query().Get("X-Amz-Expires") != "300" || strings.Contains(address, v.Key) {
		t.Errorf("%s, %v", address, err)
	}
	got := h.follow(link, "Range", "bytes=2-4") // as a browser, which goes on
	if got.status != http.StatusPartialContent || got.text != "234" || !strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment") ||
		got.kind != "text/plain; charset=utf-8" {
		t.Errorf("%d %q %v", got.status, got.text, got.header)
	}
	if strings.Contains(log.String(), "X-Amz-Signature") {
		t.Error("the address is in the log")
	}
}

// What a crash has left in the bucket goes after a day, what is not Pulse's stays.
func TestTheBucketIsSwept(t *testing.T) {
	t.Parallel()
	h, v, bucket, _ := onS3(t)
	ada := h.register("ada")
	kept := "files/" + ada.me() + "/" + ada.uploads("a.txt", "text").ID
	old, fresh := "files/"+ada.me()+"/old", "files/"+ada.me()+"/fresh"
	for _, key := range []string{old, fresh, "others/old"} {
		if err := h.app.blobs.Put(t.Context(), key, strings.NewReader("x"), blob.About{Size: 1}); err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range []string{old, kept, "others/old"} {
		v.Age(t, bucket, "pulse/"+key, 25*time.Hour)
	}
	if err := h.app.files.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, want := h.blobs(), []string{kept, fresh, "others/old"}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// While the store is away, whatever needs it says so and tells nothing of it; the
// rest works, nothing is lost, and nobody has to start anything again.
func TestTheBucketIsAway(t *testing.T) {
	t.Parallel()
	h, v, bucket, log := onS3(t)
	ada := h.register("ada")
	f := ada.uploads("a.png", painted(t, 600, 400))
	v.Stop()
	for what, got := range map[string]reply{
		"download":  ada.do(http.MethodGet, f.path(), nil),
		"thumbnail": ada.do(http.MethodGet, f.path()+"/thumbnail", nil),
		"upload":    ada.do(http.MethodPost, "/api/v1/files", upload{"b.txt", "text"}),
		"chat":      ada.do(http.MethodPost, "/api/v1/chat/complete", object{"model": model, "messages": about("what is it?", f)}),
	} {
		var p struct {
			Type   string `json:"type"`
			Detail string `json:"detail"`
		}
		if err := json.Unmarshal([]byte(got.text), &p); err != nil || got.status != http.StatusServiceUnavailable || p.Type != "urn:pulse:problem:files_away" {
			t.Errorf("%s: %d %s", what, got.status, got.text)
		}
		if strings.Contains(got.text, bucket) || strings.Contains(got.text, "127.0.0.1") {
			t.Errorf("%s tells too much: %s", what, got.text)
		}
	}
	if !strings.Contains(log.String(), "the store of files failed") || !strings.Contains(log.String(), "connection refused") || strings.Contains(log.String(), v.Key) {
		t.Errorf("the operator is told: %s", log)
	}
	ada.must(http.StatusOK, http.MethodGet, "/api/v1/conversations", nil)
	v.Start(t)
	if got := ada.do(http.MethodGet, f.path(), nil); got.status != http.StatusOK || len(got.text) != f.Size {
		t.Errorf("%d, %d bytes", got.status, len(got.text))
	}
	ada.uploads("b.txt", "text")
}

// The doctor writes, reads and deletes, and says what to mend.
func TestDoctorOfBuckets(t *testing.T) {
	t.Parallel()
	v := blobtest.StartVersity(t)
	bucket := v.Bucket(t)
	settings := v.Settings(bucket)
	if f := findingOf(t, "files", settings...); f.Wrong != "" || f.Says != "bucket "+bucket+" at "+v.Address+", below pulse/" {
		t.Errorf("%+v", f)
	}
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for want, changed := range map[string]string{
		"there is none of this name": "PULSE_BLOB_URL=s3://none?endpoint=" + v.Address, "nobody answers there": "PULSE_BLOB_URL=s3://bucket?endpoint=http://" + nobody,
		"are AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY right?": "AWS_SECRET_ACCESS_KEY=canary-of-another",
	} {
		f := findingOf(t, "files", append(slices.Clone(settings), changed)...)
		if !strings.Contains(f.Wrong, want) || strings.Contains(f.Wrong+f.Says, "canary") {
			t.Errorf("%s: %+v", changed, f)
		}
		folder := t.TempDir()
		cfg, _, err := config.Load(append(append(slices.Clone(settings), "PULSE_DATA_DIR="+folder), changed), folder)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := New(t.Context(), cfg, Options{Log: slog.New(slog.DiscardHandler)}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("it starts with %s: %v", changed, err)
		}
	}
	if f := findingOf(t, "files"); f.Wrong != "" || !strings.Contains(f.Says, "blobs, to be made at the first start") {
		t.Errorf("without a bucket: %+v", f)
	}
}
