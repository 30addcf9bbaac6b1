package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"pulse/internal/blob"
	"pulse/internal/document/extract"
)

// upload is the body of a request that is a form with a file.
type upload struct{ name, content string }

func (u upload) form(t testing.TB) (body io.Reader, kind string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("file", u.name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(part, u.content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &b, w.FormDataContentType()
}

// aFile is a file as the API shows it.
type aFile struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	ContentType string `json:"content_type"`
	Size        int    `json:"size"`
	Kind        string `json:"kind"`
	Width       int    `json:"width"`
	Height      int    `json:"height"`
	Pages       int    `json:"pages"`
	Characters  int    `json:"characters"`
}

func (f aFile) path() string { return "/api/v1/files/" + f.ID }

// uploads is an upload that has to be taken.
func (c *caller) uploads(name, content string) aFile {
	c.h.t.Helper()
	return decode[aFile](c, http.StatusCreated, http.MethodPost, "/api/v1/files", upload{name, content})
}

// refusedFile is an upload that has to be refused as that problem; nothing of it is kept.
func (c *caller) refusedFile(status int, problem, name, content string) {
	c.h.t.Helper()
	got := c.do(http.MethodPost, "/api/v1/files", upload{name, content})
	var p struct {
		Type   string `json:"type"`
		Detail string `json:"detail"`
	}
	if err := json.Unmarshal([]byte(got.text), &p); err != nil {
		c.h.t.Fatalf("%s: %v: %s", name, err, got.text)
	}
	if got.status != status || p.Type != "urn:pulse:problem:"+problem || len(p.Detail) < 15 {
		c.h.t.Errorf("%s: %d %s, want %d %s", name, got.status, got.text, status, problem)
	}
	if left := c.h.blobs(); len(left) > 0 {
		c.h.t.Errorf("%s: left %q", name, left)
	}
}

// blobs lists the keys of all blobs.
func (h *house) blobs() []string {
	h.t.Helper()
	var keys []string
	for e, err := range h.app.blobs.List(context.Background(), "") {
		if err != nil {
			h.t.Fatal(err)
		}
		keys = append(keys, e.Key)
	}
	return keys
}

func pictureOf(t testing.TB, width, height int) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A person uploads files, gets the same bytes back, in whole and in parts, and
// deletes them; their bytes go with them.
func TestFiles(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		ada := h.register("ada")
		picture, text := pictureOf(t, 30, 20), "name,born\nAda,1815\n"
		for _, c := range []struct {
			name, content string
			want          aFile
			disposition   string
		}{
			{"a photo.jpeg", picture, aFile{Name: "a photo.jpeg", ContentType: "image/png", Kind: "image", Width: 30, Height: 20, Size: len(picture)}, "inline"},
			{"data.csv", text, aFile{Name: "data.csv", ContentType: "text/plain; charset=utf-8", Kind: "text", Characters: len(text), Size: len(text)}, "attachment"},
			{"page.html", "<script>alert(1)</script>", aFile{Name: "page.html", ContentType: "text/plain; charset=utf-8", Kind: "text", Characters: 25, Size: 25}, "attachment"},
			{"Grüße „heute“.md", "ü", aFile{Name: "Grüße „heute“.md", ContentType: "text/plain; charset=utf-8", Kind: "text", Characters: 1, Size: 2}, "attachment"},
		} {
			f := ada.uploads(c.name, c.content)
			c.want.ID = f.ID
			if f != c.want {
				t.Errorf("%+v, want %+v", f, c.want)
			}
			got := ada.do(http.MethodGet, f.path(), nil)
			if got.status != http.StatusOK || got.text != c.content || got.kind != f.ContentType {
				t.Errorf("%s: %d, %d bytes, %s", f.Name, got.status, len(got.text), got.kind)
			}
			disposition, parameters, err := mime.ParseMediaType(got.header.Get("Content-Disposition"))
			if err != nil || disposition != c.disposition || parameters["filename"] != f.Name {
				t.Errorf("%s: %s, %v", f.Name, got.header.Get("Content-Disposition"), err)
			}
			for header, want := range map[string]string{
				"Cache-Control": "private, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff",
				"Content-Security-Policy": "default-src 'none'; sandbox", "Accept-Ranges": "bytes",
			} {
				if got := got.header.Get(header); got != want {
					t.Errorf("%s: %s: %q, want %q", f.Name, header, got, want)
				}
			}
			tag := got.header.Get("ETag")
			if again := ada.do(http.MethodGet, f.path(), nil, "If-None-Match", tag); again.status != http.StatusNotModified || again.text != "" {
				t.Errorf("%s: with its tag %d", f.Name, again.status)
			}
			ada.must(http.StatusNoContent, http.MethodDelete, f.path(), nil)
			ada.refused(http.StatusNotFound, http.MethodGet, f.path(), nil)
			ada.refused(http.StatusNotFound, http.MethodDelete, f.path(), nil)
		}
		if left := h.blobs(); len(left) > 0 {
			t.Errorf("left: %q", left)
		}

		f := ada.uploads("digits", "0123456789")
		tag := ada.do(http.MethodGet, f.path(), nil).header.Get("ETag")
		for _, c := range []struct {
			ask, ifRange string
			status       int
			text, part   string
		}{
			{"bytes=2-4", "", http.StatusPartialContent, "234", "bytes 2-4/10"},
			{"bytes=-3", "", http.StatusPartialContent, "789", "bytes 7-9/10"},
			{"bytes=8-99", tag, http.StatusPartialContent, "89", "bytes 8-9/10"},
			{"bytes=2-4", `"another"`, http.StatusOK, "0123456789", ""},
			{"bytes=10-", "", http.StatusRequestedRangeNotSatisfiable, "", "bytes */10"},
		} {
			got := ada.do(http.MethodGet, f.path(), nil, "Range", c.ask, "If-Range", c.ifRange)
			if got.status != c.status || got.status < 300 && got.text != c.text || got.header.Get("Content-Range") != c.part {
				t.Errorf("%s: %d %q %q", c.ask, got.status, got.text, got.header.Get("Content-Range"))
			}
		}
		if got := ada.do(http.MethodHead, f.path(), nil); got.status != http.StatusOK || got.header.Get("Content-Length") != "10" {
			t.Errorf("HEAD: %d %v", got.status, got.header)
		}
		if again := ada.uploads("digits", "0123456789"); again.ID == f.ID {
			t.Error("two uploads are one file")
		}
	})
}

// What came in UTF-16 is kept as UTF-8, as its type says.
func TestUTF16IsConverted(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	ada := h.register("ada")
	f := ada.uploads("a.txt", "\xff\xfeG\x00r\x00\xfc\x00\xdf\x00e\x00")
	if got := ada.do(http.MethodGet, f.path(), nil); got.text != "Grüße" || f.Size != len("Grüße") || f.Characters != 5 {
		t.Errorf("%+v: %q", f, got.text)
	}
	plain := ada.uploads("a.txt", "Grüße")
	if a, b := ada.do(http.MethodGet, f.path(), nil).header.Get("ETag"), ada.do(http.MethodGet, plain.path(), nil).header.Get("ETag"); a != b {
		t.Errorf("tags of the same bytes: %s, %s", a, b)
	}
}

// kept is where PDFium is kept for the next run of the tests.
func kept() string {
	folder, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(folder, "pulse-test")
}

const aPDF = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n" +
	"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>/Contents 4 0 R>>endobj\n" +
	"4 0 obj<</Length 37>>stream\nBT /F 20 Tf 9 99 Td (Hello PDF) Tj ET\nendstream endobj\ntrailer<</Root 1 0 R>>\n"

func TestPDFs(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	ada := h.register("ada")
	// With the race detector PDFium takes longer to compile than a caller waits.
	if _, err := h.app.extract.Read(t.Context(), extract.PDF, strings.NewReader(aPDF), int64(len(aPDF))); err != nil {
		t.Fatal(err)
	}
	f := ada.uploads("paper.pdf", aPDF)
	if want := (aFile{ID: f.ID, Name: "paper.pdf", ContentType: "application/pdf", Kind: "pdf", Pages: 1, Characters: len("Hello PDF"), Size: len(aPDF)}); f != want {
		t.Errorf("%+v, want %+v", f, want)
	}
	got := ada.do(http.MethodGet, f.path(), nil)
	if got.text != aPDF || !strings.HasPrefix(got.header.Get("Content-Disposition"), "inline") || !strings.Contains(got.header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("%v, %d bytes", got.header, len(got.text))
	}
	ada.must(http.StatusNoContent, http.MethodDelete, f.path(), nil)
	ada.refusedFile(http.StatusUnprocessableEntity, extract.TypeScanned, "scan.pdf", strings.Replace(aPDF, "(Hello PDF) Tj", "0 0 99 99 re f", 1))
	ada.refusedFile(http.StatusUnprocessableEntity, extract.TypeBroken, "half.pdf", aPDF[:100])
	ada.refusedFile(http.StatusUnprocessableEntity, extract.TypeEncrypted, "locked.pdf",
		strings.Replace(aPDF, "trailer<<", "trailer<</Encrypt<</Filter/Standard/V 1/R 2/P -4/O<"+strings.Repeat("41", 32)+">/U<"+strings.Repeat("42", 32)+">>>/ID[<00><00>]", 1))
}

// Whatever cannot be used is refused in words, and nothing of it is kept.
func TestFilesThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		ada := h.register("ada")
		picture := pictureOf(t, 30, 20)
		for _, c := range []struct {
			status                 int
			problem, name, content string
		}{
			{http.StatusUnprocessableEntity, extract.TypeEmpty, "empty.txt", ""},
			{http.StatusUnprocessableEntity, extract.TypeUnknown, "program.txt", "\x7fELF\x02\x01\x01\x00"},
			{http.StatusUnprocessableEntity, extract.TypeUnknown, "archive.png", "PK\x03\x04\x00\x00"},
			{http.StatusUnprocessableEntity, extract.TypeEncoding, "latin1.txt", "caf\xe9"},
			{http.StatusUnprocessableEntity, extract.TypeBroken, "half.png", picture[:len(picture)-20]},
			{http.StatusUnprocessableEntity, extract.TypeLong, "large.png", pictureOf(t, 10_000, 5_001)}, // a few KB of zeros
			{http.StatusRequestEntityTooLarge, "too_large", "long.txt", strings.Repeat("a", 4<<20+1)},
			{http.StatusRequestEntityTooLarge, "too_large", "large.pdf", "%PDF-1.4\n" + strings.Repeat("a", 32<<20)},
		} {
			ada.refusedFile(c.status, c.problem, c.name, c.content)
		}
	})
}

// Forms that are not one file are refused, however they are wrong.
func TestFormsThatAreNone(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	ada := h.register("ada")
	const kind, head = "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n"
	for name, c := range map[string]struct{ kind, body string }{
		"JSON":               {"application/json", `{"file": "a"}`},
		"no type":            {"", head + "text\r\n--b--\r\n"},
		"no boundary":        {"multipart/form-data", head + "text\r\n--b--\r\n"},
		"mixed":              {"multipart/mixed; boundary=b", head + "text\r\n--b--\r\n"},
		"nothing":            {kind, ""},
		"no part":            {kind, "--b--\r\n"},
		"another name":       {kind, strings.Replace(head, `name="file"`, `name="other"`, 1) + "text\r\n--b--\r\n"},
		"a second part":      {kind, head + "text\r\n" + head + "more\r\n--b--\r\n"},
		"a field behind":     {kind, head + "text\r\n--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n--b--\r\n"},
		"no end":             {kind, head + "text"},
		"a head without end": {kind, "--b\r\nContent-Disposition: form-data; name=\"file\"" + strings.Repeat("x", 1<<20)},
	} {
		got := ada.sends(c.kind, strings.NewReader(c.body))
		if got.status != http.StatusBadRequest || got.kind != "application/problem+json" {
			t.Errorf("%s: %d %s", name, got.status, got.text)
		}
	}
	if left := h.blobs(); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
	// Bytes are bytes, whatever the part says of their encoding.
	quoted := strings.Replace(head, "\r\n\r\n", "\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", 1)
	if got := ada.sends(kind, strings.NewReader(quoted+"a=3Db\r\n--b--\r\n")); got.status != http.StatusCreated || !strings.Contains(got.text, `"size":5`) {
		t.Errorf("%d %s", got.status, got.text)
	}
}

// sends posts a body to the files as it is.
func (c *caller) sends(kind string, body io.Reader) reply {
	c.h.t.Helper()
	r, err := http.NewRequestWithContext(c.h.t.Context(), http.MethodPost, c.h.address+"/api/v1/files", body)
	if err != nil {
		c.h.t.Fatal(err)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	r.AddCookie(c.cookie)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		c.h.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		c.h.t.Fatal(err)
	}
	return reply{status: res.StatusCode, kind: res.Header.Get("Content-Type"), text: string(text), header: res.Header}
}

// A name is a label: it leads nowhere, breaks no header, and is shown as it is.
func TestNamesOfFiles(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	ada := h.register("ada")
	for name, want := range map[string]string{
		"a.txt": "a.txt", "": "file", ".": "file", "..": "file", "/": "file", "../../etc/passwd": "passwd", `..\..\boot.ini`: "boot.ini",
		"/etc/passwd": "passwd", `C:\Users\ada\a.txt`: "a.txt", "a/../b": "b", "%2e%2e%2fa": "%2e%2e%2fa", ".hidden": ".hidden",
		"a\r\nSet-Cookie: x=1": "aSet-Cookie: x=1", "a\x00b": "ab", "a\tb": "ab", "quote\"d": "quote\"d", "semi;colon": "semi;colon",
		"back`tick": "back`tick", "<script>": "<script>", "gpj.\u202eexe": "gpj.exe", "zero\u200bwidth": "zerowidth", "e\u0301.txt": "é.txt",
		"日本語.pdf": "日本語.pdf", "👩‍👩‍👧.png": "👩‍👩‍👧.png", "\xff\xfe.txt": "\uFFFD.txt", "  spaces  ": "spaces", "dots...": "dots",
		strings.Repeat("a", 300) + ".txt": strings.Repeat("a", 251) + ".txt", strings.Repeat("é", 200): strings.Repeat("é", 127),
		"a." + strings.Repeat("b", 300): "a." + strings.Repeat("b", 253),
	} {
		f := decodeReply[aFile](t, ada.sends("multipart/form-data; boundary=b", strings.NewReader(
			"--b\r\nContent-Disposition: form-data; name=\"file\"; filename*=UTF-8''"+strings.ReplaceAll(url.QueryEscape(name), "+", "%20")+"\r\n\r\ntext\r\n--b--\r\n")))
		if f.Name != want || len(f.Name) > 255 || !utf8.ValidString(f.Name) {
			t.Errorf("%q became %q, want %q", name, f.Name, want)
		}
		got := ada.do(http.MethodGet, f.path(), nil)
		_, parameters, err := mime.ParseMediaType(got.header.Get("Content-Disposition"))
		if err != nil || parameters["filename"] != f.Name || got.header.Get("Set-Cookie") != "" {
			t.Errorf("%q: %s, %v", f.Name, got.header.Get("Content-Disposition"), err)
		}
	}
	for _, key := range h.blobs() {
		if words := strings.Split(key, "/"); len(words) != 3 || words[0] != "files" || strings.Trim(words[2], "0123456789abcdef-") != "" {
			t.Errorf("a key that was not made here: %q", key)
		}
	}
	// As browsers write names: raw, in quotes.
	raw := ada.sends("multipart/form-data; boundary=b", strings.NewReader(
		"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"Grüße %22heute%22.txt\"\r\n\r\ntext\r\n--b--\r\n"))
	if f := decodeReply[aFile](t, raw); f.Name != "Grüße %22heute%22.txt" {
		t.Errorf("%q", f.Name)
	}
}

func decodeReply[T any](t *testing.T, r reply) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.text), &v); err != nil || r.status >= 300 {
		t.Fatalf("%d %s: %v", r.status, r.text, err)
	}
	return v
}

// An upload that breaks off leaves nothing, and neither does one that nobody
// goes on with.
func TestUploadsThatBreakOff(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	ada := h.register("ada")
	c, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(h.address, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = fmt.Fprintf(c, "POST /api/v1/files HTTP/1.1\r\nHost: x\r\nCookie: %s\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 9999999\r\n\r\n"+
		"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n%s", ada.cookie, strings.Repeat("text ", 100_000))
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(h.app.cfg.DataDir, "blobs", ".unfinished")
	count := func() int {
		entries, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
	h.until("it is coming in", func() bool { return count() == 1 })
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	h.until("it is gone", func() bool { return count() == 0 })
	if left := h.blobs(); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
}

// A handful of files that comes at once waits for its turn; too many that no
// message has are refused.
func TestManyFiles(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		ada := h.register("ada")
		var all sync.WaitGroup
		const most = 200
		for w := range 10 {
			all.Go(func() {
				for i := range most / 10 {
					if got := ada.do(http.MethodPost, "/api/v1/files", upload{fmt.Sprintf("%d-%d.txt", w, i), "text"}); got.status != http.StatusCreated {
						t.Errorf("%d %s", got.status, got.text)
					}
				}
			})
		}
		all.Wait()
		got := ada.do(http.MethodPost, "/api/v1/files", upload{"one more.txt", "text"})
		if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.text, "too_many_files") {
			t.Errorf("%d %s", got.status, got.text)
		}
		if n := len(h.blobs()); n != most {
			t.Errorf("%d blobs of %d files", n, most)
		}
		h.register("ben").uploads("a.txt", "text") // others are not held up
	})
}

// What a message has stays for as long as the message; what none has goes after
// a week, and so does what is left of a crash, after a day.
func TestFilesAreSwept(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		ada := h.register("ada")
		sweep := func() {
			t.Helper()
			if err := h.app.files.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		kept, draft := ada.uploads("kept.txt", "kept"), ada.uploads("draft.txt", "a draft")
		asked := get[owned](ada, http.MethodPost, "/api/v1/chat/complete", object{"model": model, "messages": []object{
			{"role": "user", "content": "[chunks 3]", "files": []string{kept.ID}},
		}})
		ada.refused(http.StatusConflict, http.MethodDelete, kept.path(), nil)

		// A crash between blob and row, a day ago and just now.
		me := ada.me()
		old, fresh := "files/"+me+"/old", "files/"+me+"/fresh"
		for _, key := range []string{old, fresh, "others/old"} {
			if err := h.app.blobs.Put(t.Context(), key, strings.NewReader("x"), blob.About{Size: 1}); err != nil {
				t.Fatal(err)
			}
		}
		yesterday := time.Now().Add(-25 * time.Hour)
		for _, key := range append(h.blobs(), old) {
			if key == fresh {
				continue
			}
			if err := os.Chtimes(filepath.Join(h.app.cfg.DataDir, "blobs", key), yesterday, yesterday); err != nil {
				t.Fatal(err)
			}
		}
		sweep()
		left := func(want ...string) {
			t.Helper()
			got := h.blobs()
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("blobs %q, want %q", got, want)
			}
		}
		key := func(f aFile) string { return "files/" + me + "/" + f.ID }
		left(key(kept), key(draft), fresh, "others/old")

		h.skipped.Store(int64(7*24*time.Hour + time.Minute))
		sweep()
		left(key(kept), fresh, "others/old")
		ada.refused(http.StatusNotFound, http.MethodGet, draft.path(), nil)
		ada.must(http.StatusOK, http.MethodGet, kept.path(), nil)

		ada.must(http.StatusNoContent, http.MethodDelete, "/api/v1/conversations/"+asked.ConversationID, nil)
		sweep()
		left(fresh, "others/old")
	})
}

// me is the id of whoever calls.
func (c *caller) me() string {
	c.h.t.Helper()
	return get[struct {
		ID string `json:"id"`
	}](c, http.MethodGet, "/api/v1/users/me", nil).ID
}
