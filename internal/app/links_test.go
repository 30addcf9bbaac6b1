package app

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	_ "image/jpeg" // thumbnails
	"log/slog"
	"math/rand/v2"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"pulse/internal/blob"
)

// aLink is a link to a file, as the API shows it.
type aLink struct {
	URL       string    `json:"url"`
	ExpiresAt time.Time `json:"expires_at"`
}

func (c *caller) links(f aFile) aLink {
	c.h.t.Helper()
	return get[aLink](c, http.MethodPost, f.path()+"/link", nil)
}

// follow asks for a link as somebody who has nothing but it.
func (h *house) follow(link string, headers ...string) reply {
	h.t.Helper()
	return (&caller{h: h, name: "whoever has the link"}).do(http.MethodGet, strings.TrimPrefix(link, h.address), nil, headers...)
}

// with is the link with another value of a parameter.
func (l aLink) with(t *testing.T, name, value string) string {
	t.Helper()
	u, err := url.Parse(l.URL)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set(name, value)
	u.RawQuery = q.Encode()
	return u.String()
}

var signature = regexp.MustCompile(`signature=([\w-]+)`)

// Whoever has a link reads the file, and only that file, for a day, for as long
// as it is there and its owner is.
func TestLinks(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		h.register("root")
		ada := h.register("ada")
		f, other := ada.uploads("digits.txt", "0123456789"), ada.uploads("other.txt", "another")
		link := ada.links(f)
		if left := time.Until(link.ExpiresAt); left < 23*time.Hour || left > 24*time.Hour || !strings.HasPrefix(link.URL, h.address+f.path()+"/shared?expires=") {
			t.Errorf("%+v", link)
		}
		got := h.follow(link.URL)
		if got.status != http.StatusOK || got.text != "0123456789" || got.header.Get("Content-Disposition") != `attachment; filename=digits.txt` {
			t.Errorf("%d %q %v", got.status, got.text, got.header)
		}
		var keep int
		if _, err := fmt.Sscanf(got.header.Get("Cache-Control"), "private, max-age=%d", &keep); err != nil || keep < 23*3600 || keep > 24*3600 {
			t.Errorf("Cache-Control: %s", got.header.Get("Cache-Control"))
		}
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; sandbox", "Cross-Origin-Resource-Policy": "cross-origin",
			"Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "Set-Cookie": "",
		} {
			if got := got.header.Get(name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		if part := h.follow(link.URL, "Range", "bytes=2-4"); part.status != http.StatusPartialContent || part.text != "234" {
			t.Errorf("a range: %d %q", part.status, part.text)
		}
		if again := h.follow(link.URL, "If-None-Match", got.header.Get("ETag")); again.status != http.StatusNotModified {
			t.Errorf("with its tag: %d", again.status)
		}

		sig := signature.FindStringSubmatch(link.URL)[1]
		last := sig[:len(sig)-1] + string(rune(sig[len(sig)-1]^1))
		forged := map[string]string{
			"another file":           strings.Replace(link.URL, f.ID, other.ID, 1),
			"another file's":         link.with(t, "signature", signature.FindStringSubmatch(ada.links(other).URL)[1]),
			"a later time":           link.with(t, "expires", strconv.FormatInt(link.ExpiresAt.Unix()+1, 10)),
			"the same time, written": link.with(t, "expires", "0"+strconv.FormatInt(link.ExpiresAt.Unix(), 10)),
			"no time":                link.with(t, "expires", ""),
			"a time that is none":    link.with(t, "expires", "never"),
			"no signature":           link.with(t, "signature", ""),
			"half a signature":       link.with(t, "signature", sig[:20]),
			"one bit":                link.with(t, "signature", last),
			"padded":                 link.with(t, "signature", sig+"="),
			"nothing":                f.path() + "/shared",
			"no such file":           "/api/v1/files/0192/shared?expires=99999999999&signature=" + sig,
			"the past":               link.with(t, "expires", "1"), // no signature of ours, so that it tells nothing
		}
		nowhere := ""
		for name, address := range forged {
			got := h.follow(address)
			said := regexp.MustCompile(`"request_id":"[^"]*"`).ReplaceAllString(got.text, "")
			if nowhere == "" {
				nowhere = said
			}
			if got.status != http.StatusNotFound || said != nowhere || got.header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: %d %s, others %s", name, got.status, said, nowhere)
			}
		}

		h.skipped.Store(int64(24*time.Hour + time.Minute))
		if got := h.follow(link.URL); got.status != http.StatusGone || !strings.Contains(got.text, "urn:pulse:problem:gone") {
			t.Errorf("a day later: %d %s", got.status, got.text)
		}
		h.skipped.Store(0)
		ada.must(http.StatusNoContent, http.MethodDelete, f.path(), nil)
		if got := h.follow(link.URL); got.status != http.StatusNotFound {
			t.Errorf("of a deleted file: %d %s", got.status, got.text)
		}
		link = ada.links(other)
		if _, err := h.app.accounts.SetActive(t.Context(), "ada@example.com", false); err != nil {
			t.Fatal(err)
		}
		if got := h.follow(link.URL); got.status != http.StatusNotFound {
			t.Errorf("of somebody who is shut out: %d %s", got.status, got.text)
		}
		if _, err := h.app.accounts.SetActive(t.Context(), "ada@example.com", true); err != nil {
			t.Fatal(err)
		}
		if got := h.follow(link.URL); got.status != http.StatusOK {
			t.Errorf("of somebody who is let in again: %d %s", got.status, got.text)
		}
		ada = h.signIn("ada")
		ada.must(http.StatusNoContent, http.MethodDelete, "/api/v1/users/me", nil)
		if got := h.follow(link.URL); got.status != http.StatusNotFound {
			t.Errorf("of somebody who has left: %d %s", got.status, got.text)
		}
	})
}

// Links begin with the public address where there is one; where there is none,
// with what the request was sent to, whatever a stranger's header says.
func TestLinksBeginWithWhoWeAre(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		settings []string
		want     string // "": as it was asked
	}{
		"as it was asked":    {nil, ""},
		"the public address": {[]string{"PULSE_PUBLIC_URL=http://pulse.example"}, "http://pulse.example"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, "", c.settings...)
			ada := h.register("ada")
			f := ada.uploads("a.txt", "text")
			got := ada.do(http.MethodPost, f.path()+"/link", nil, "X-Forwarded-Host", "evil.example", "X-Forwarded-Proto", "https", "Forwarded", "host=evil.example;proto=https")
			want := c.want
			if want == "" {
				want = h.address
			}
			if link := decodeReply[aLink](t, got); !strings.HasPrefix(link.URL, want+"/api/v1/files/") {
				t.Errorf("%s, want it to begin with %s", link.URL, want)
			}
		})
	}
}

// What a link is made of reaches no log, whatever becomes of it.
func TestLinksAreNotLogged(t *testing.T) {
	t.Parallel()
	log := &lines{}
	h := newHouseWith(t, func(o *Options) {
		o.Log = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}, "")
	ada := h.register("ada")
	f := ada.uploads("a.txt", "text")
	link := ada.links(f)
	h.follow(link.URL)
	h.follow(link.with(t, "expires", "1"))
	h.skipped.Store(int64(25 * time.Hour))
	h.follow(link.URL)
	h.skipped.Store(0)
	if err := os.Remove(filepath.Join(h.app.cfg.DataDir, "blobs", "files", ada.me(), f.ID)); err != nil {
		t.Fatal(err)
	}
	h.follow(link.URL)
	if !strings.Contains(log.String(), "/shared") {
		t.Error("the requests are not in the log at all")
	}
	if sig := signature.FindStringSubmatch(link.URL)[1]; strings.Contains(log.String(), sig) {
		t.Error("a signature is in the log")
	}
}

// No name of a file gets out of its header, by whatever way the file goes out.
func TestHostileNamesByLink(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	ada := h.register("ada")
	parts := []string{
		"\r\n", "\n", "\r", "\x00", "\x1b", "\x7f", "\u0085", "\u2028", "\u202e", "\"", "\\", ";", "=", "%0d%0a", "%", "'", "`", "../", `..\`, "/", ":", "|",
		"Set-Cookie: x=1", "Content-Type: text/html", "filename*=UTF-8''x", "<script>", "ä", "日本", "👩‍👩‍👧", "\xff", "\xed\xa0\x80", " ", "\t", ".html", ".png", "CON", "a",
	}
	random := rand.New(rand.NewPCG(5, 2)) //nolint:gosec // the same names each time
	for i := range 500 {
		var name strings.Builder
		for range 1 + random.IntN(8) {
			name.WriteString(parts[random.IntN(len(parts))])
		}
		f := decodeReply[aFile](t, ada.sends("multipart/form-data; boundary=b", strings.NewReader(
			"--b\r\nContent-Disposition: form-data; name=\"file\"; filename*=UTF-8''"+strings.ReplaceAll(url.QueryEscape(name.String()), "+", "%20")+"\r\n\r\ntext\r\n--b--\r\n")))
		got := h.follow(ada.links(f).URL)
		_, parameters, err := mime.ParseMediaType(got.header.Get("Content-Disposition"))
		if err != nil || got.status != http.StatusOK || parameters["filename"] != f.Name || !utf8.ValidString(f.Name) ||
			got.header.Get("Set-Cookie") != "" || got.kind != "text/plain; charset=utf-8" || len(got.header["Content-Disposition"]) != 1 {
			t.Errorf("%q as %q: %v %v", name.String(), f.Name, got.header, err)
		}
		if i%50 == 49 { // there are so many drafts only
			for _, f := range ada.files("") {
				ada.must(http.StatusNoContent, http.MethodDelete, f.path(), nil)
			}
		}
	}
}

// fileInList is a file in the list.
type fileInList struct {
	aFile

	JobID  string `json:"job_id"`
	Origin struct {
		Prompt string `json:"prompt"`
		Model  string `json:"model"`
	} `json:"origin"`
}

// files is the list, page by page.
func (c *caller) files(query string) (all []fileInList) {
	c.h.t.Helper()
	for cursor := ""; ; {
		page := get[struct {
			Items      []fileInList
			NextCursor string `json:"next_cursor"`
		}](c, http.MethodGet, "/api/v1/files?limit=3"+query+cursor, nil)
		all = append(all, page.Items...)
		if page.NextCursor == "" {
			return all
		}
		cursor = "&cursor=" + url.QueryEscape(page.NextCursor)
	}
}

// The list has one's own files, the newest first, each once.
func TestListOfFiles(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		ada, ben := h.register("ada"), h.register("ben")
		ben.uploads("ben's.txt", "his")
		var want, pictures []string
		for i := range 7 {
			content := "text"
			if i%2 == 0 {
				content = pictureOf(t, 9, 9)
			}
			f := ada.uploads(strconv.Itoa(i), content)
			want = slices.Insert(want, 0, f.ID)
			if i%2 == 0 {
				pictures = slices.Insert(pictures, 0, f.ID)
			}
		}
		ids := func(files []fileInList) (ids []string) {
			for _, f := range files {
				ids = append(ids, f.ID)
			}
			return ids
		}
		if got := ids(ada.files("")); !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
		if got := ids(ada.files("&kind=image")); !slices.Equal(got, pictures) {
			t.Errorf("%v, want %v", got, pictures)
		}
		if got := ids(ada.key([]string{"read"}).files("&kind=pdf")); len(got) != 0 {
			t.Errorf("PDFs: %v", got)
		}
		for _, query := range []string{"kind=video", "cursor=x", "limit=0", "limit=201", "user_id=x"} {
			if got := ada.do(http.MethodGet, "/api/v1/files?"+query, nil); got.status != http.StatusBadRequest && got.status != http.StatusUnprocessableEntity {
				t.Errorf("%s: %d %s", query, got.status, got.text)
			}
		}
	})
}

// A thumbnail is made once, however many ask for it at the same time, and is
// nobody else's.
func TestThumbnails(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		ada, ben := h.register("ada"), h.register("ben")
		f := ada.uploads("large.png", pictureOf(t, 1500, 1000))
		path := f.path() + "/thumbnail"

		tags := make([]string, 8)
		var all sync.WaitGroup
		for i := range tags {
			all.Go(func() { tags[i] = ada.do(http.MethodGet, path, nil).header.Get("ETag") })
		}
		all.Wait()
		if tags = slices.Compact(tags); len(tags) != 1 || tags[0] == "" {
			t.Errorf("tags %q", tags)
		}
		got := ada.do(http.MethodGet, path, nil)
		config, format, err := image.DecodeConfig(strings.NewReader(got.text))
		if err != nil || format != "jpeg" || config.Width != 512 || config.Height != 341 || got.kind != "image/jpeg" {
			t.Errorf("%v %s %s %v", config, format, got.kind, err)
		}
		if got.header.Get("Cache-Control") != "private, max-age=31536000, immutable" || !strings.Contains(got.header.Get("Content-Disposition"), "large-small.jpg") {
			t.Errorf("%v", got.header)
		}
		if again := ada.do(http.MethodGet, path, nil, "If-None-Match", tags[0]); again.status != http.StatusNotModified {
			t.Errorf("with its tag: %d", again.status)
		}
		if want := "thumbnails/" + ada.me() + "/" + f.ID; !slices.Contains(h.blobs(), want) {
			t.Errorf("%q, without %s", h.blobs(), want)
		}
		ben.refused(http.StatusNotFound, http.MethodGet, path, nil)
		(&caller{h: h}).refused(http.StatusUnauthorized, http.MethodGet, path, nil)
		ada.key([]string{"read"}).must(http.StatusOK, http.MethodGet, path, nil)
		if got := ada.key([]string{"generate"}).do(http.MethodGet, path, nil); got.status != http.StatusForbidden {
			t.Errorf("by a key that may not read: %d", got.status)
		}

		// What was lost is made again.
		if err := h.app.blobs.Delete(t.Context(), "thumbnails/"+ada.me()+"/"+f.ID); err != nil {
			t.Fatal(err)
		}
		if again := ada.do(http.MethodGet, path, nil); again.status != http.StatusOK || again.text != got.text {
			t.Errorf("again: %d", again.status)
		}
		ada.must(http.StatusNoContent, http.MethodDelete, f.path(), nil)
		if left := h.blobs(); len(left) > 0 {
			t.Errorf("left: %q", left)
		}
	})
}

// What has no thumbnail is said to have none, each time.
func TestFilesWithoutThumbnail(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	ada := h.register("ada")
	whole := pictureOf(t, 600, 600)
	// The pixels are of another picture: every checksum is right, and they are too few.
	wrong := []byte(whole)
	copy(wrong[16:24], "\x00\x00\x02\xbc\x00\x00\x02\xbc")
	wrong = slices.Concat(wrong[:29], binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(wrong[12:29])), wrong[33:])
	for name, content := range map[string]string{"a.txt": "text", "wrong.png": string(wrong)} {
		f := ada.uploads(name, content)
		for range 2 {
			got := ada.do(http.MethodGet, f.path()+"/thumbnail", nil)
			if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.text, "urn:pulse:problem:file_no_thumbnail") {
				t.Errorf("%s: %d %s", name, got.status, got.text)
			}
		}
		ada.must(http.StatusOK, http.MethodGet, f.path(), nil)
	}
	if got := h.blobs(); slices.ContainsFunc(got, func(k string) bool { return strings.HasPrefix(k, "thumbnails/") }) {
		t.Errorf("%q", got)
	}
}

// A picture that a job has made is like other files: it is in the list with how it
// came about, in an export, and goes with its blobs; the sweep and the account's
// end find what a crash has left of such.
func TestMadePicturesAreFiles(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	ada := h.register("ada")
	j := ada.paints(object{"model": "demo-image", "prompt": "A quiet harbour", "count": 3})
	if j.Status != "completed" || len(j.Result.Files) != 3 {
		t.Fatalf("%+v", j)
	}
	upload := ada.uploads("large.png", pictureOf(t, 900, 900))
	ada.must(http.StatusOK, http.MethodGet, upload.path()+"/thumbnail", nil)

	made := j.Result.Files
	listed := ada.files("&kind=image")
	if len(listed) != 4 || listed[0].ID != upload.ID || listed[0].JobID != "" || listed[1].JobID != j.ID || listed[1].Origin.Prompt != "A quiet harbour" {
		t.Errorf("%+v", listed)
	}
	if got := h.follow(made[0].URL); got.status != http.StatusOK || got.kind != "image/png" {
		t.Errorf("by its link: %d %s", got.status, got.kind)
	}

	all := ada.exports()
	if list := string(all["files.json"]); strings.Count(list, `"job_id":"`+j.ID+`"`)+strings.Count(list, `"job_id": "`+j.ID+`"`) != 3 || !strings.Contains(list, "A quiet harbour") {
		t.Errorf("files.json: %s", list)
	}
	for name, data := range all {
		if strings.Contains(name, "thumbnail") || strings.HasPrefix(name, "files/"+made[0].ID) && !bytes.HasPrefix(data, []byte("\x89PNG")) {
			t.Errorf("%s is in the export", name)
		}
	}

	hints := ada.listen()
	ada.must(http.StatusNoContent, http.MethodDelete, "/api/v1/files/"+made[2].ID, nil)
	hints.hears("job " + j.ID)
	if left := get[imageJob](ada, http.MethodGet, "/api/v1/jobs/"+j.ID, nil).Result.Files; len(left) != 2 {
		t.Errorf("the job has %d pictures, of 3 less one", len(left))
	}

	// What is left of crashes, old and new, beside what is alive and as old.
	me := ada.me()
	live := h.blobs()
	if len(live) != 6 { // three pictures and their thumbnails
		t.Errorf("%q", live)
	}
	old := []string{"files/" + me + "/old", "images/" + me + "/job/0.png", "thumbnails/" + me + "/old"}
	fresh := []string{"files/" + me + "/new", "images/" + me + "/job/1.png", "thumbnails/" + me + "/new"}
	for _, key := range slices.Concat(old, fresh) {
		if err := h.app.blobs.Put(t.Context(), key, strings.NewReader("x"), blob.About{Size: 1}); err != nil {
			t.Fatal(err)
		}
	}
	yesterday := time.Now().Add(-25 * time.Hour)
	for _, key := range slices.Concat(live, old) {
		if err := os.Chtimes(filepath.Join(h.app.cfg.DataDir, "blobs", key), yesterday, yesterday); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.app.files.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	sorted := func(keys []string) []string { slices.Sort(keys); return keys }
	if got, want := sorted(h.blobs()), sorted(slices.Concat(live, fresh)); !slices.Equal(got, want) {
		t.Errorf("after the sweep\n%q, want\n%q", got, want)
	}

	// A week later the upload goes, which nothing has; what was made stays.
	h.skipped.Store(int64(7*24*time.Hour + time.Minute))
	if err := h.app.files.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := h.blobs(); len(got) != 4+len(fresh) || slices.Contains(got, "thumbnails/"+me+"/"+upload.ID) {
		t.Errorf("after a week: %q", got)
	}
	ada.must(http.StatusNoContent, http.MethodPost, "/api/v1/auth/confirm", object{"password": password}) // a week has gone by
	ada.must(http.StatusNoContent, http.MethodDelete, "/api/v1/users/me", nil)
	h.until("nothing is left of the account", func() bool { return len(h.blobs()) == 0 })
}
