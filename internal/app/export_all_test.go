package app

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"log/slog"
	"math/rand/v2"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

const exportRoute = "/api/v1/users/me/export"

// archive is an export, unpacked.
type archive map[string][]byte

func (c *caller) exports() archive {
	c.h.t.Helper()
	got := c.do(http.MethodGet, exportRoute, nil)
	how, parameters, err := mime.ParseMediaType(got.header.Get("Content-Disposition"))
	if got.status != http.StatusOK || got.kind != "application/zip" || err != nil || how != "attachment" ||
		!regexp.MustCompile(`^pulse-export-\d{4}-\d\d-\d\d\.zip$`).MatchString(parameters["filename"]) || got.header.Get("Cache-Control") != "no-store" {
		c.h.t.Fatalf("%d %v %v", got.status, got.header, err)
	}
	return unpacked(c.h.t, got.text)
}

func unpacked(t testing.TB, data string) archive {
	t.Helper()
	z, err := zip.NewReader(strings.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	all := archive{}
	for _, f := range z.File {
		if !filepath.IsLocal(f.Name) || strings.ContainsAny(f.Name, "\\:*?\"<>|\x00\r\n") || all[f.Name] != nil {
			t.Errorf("the name %q", f.Name)
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if all[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// same compares JSON, whatever its spaces.
func (a archive) same(t *testing.T, name, want string) {
	t.Helper()
	var got, shown bytes.Buffer
	if err := errors.Join(json.Compact(&got, a[name]), json.Compact(&shown, []byte(want))); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if got.String() != unescaped(t, shown.Bytes()) {
		t.Errorf("%s is\n%s\nand the API shows\n%s", name, got.String(), shown.String())
	}
}

// unescaped writes JSON without the escapes that only HTML needs, and without
// what the API adds for itself.
func unescaped(t *testing.T, text []byte) string {
	t.Helper()
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(
		regexp.MustCompile(`"\$schema":"[^"]*",?`).ReplaceAllString(string(text), ""))
}

// What is exported is what the API shows, and all of it; nothing of anybody else's,
// and no secret.
func TestExportOfEverything(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		ben := h.register("ben")
		theirs := ben.ask(object{"messages": said("ben's own question")})
		ada := h.register("ada")
		program, key := ada.program(), ada.key([]string{"read"}, "name", "<my & editor>")
		picture := pictureOf(t, 30, 20)
		notes, drawing := ada.uploads("../../notes: <1>.txt", "the text of the notes"), ada.uploads("Zeichnung 日本.png", picture)
		first := ada.ask(object{"messages": about("What & <is> it?", notes)})
		ada.ask(object{"messages": said("Another wording"), "conversation_id": first.ConversationID, "parent_id": ""})
		second := ada.ask(object{"messages": said("../../etc/passwd\x01 & co.")})
		ada.must(http.StatusOK, http.MethodPatch, "/api/v1/conversations/"+first.ConversationID, object{"title": "Über/alles: \"jetzt\"?"})
		deleted := ada.ask(object{"messages": said("soon gone")})
		ada.must(http.StatusNoContent, http.MethodDelete, "/api/v1/conversations/"+deleted.ConversationID, nil)
		ada.must(http.StatusNoContent, http.MethodDelete, "/api/v1/jobs/"+deleted.JobID, nil)

		all := ada.exports()
		today := time.Now().UTC().Format(time.DateOnly)
		names := map[string]string{
			first.ConversationID:  "conversations/" + today + "-über-alles-jetzt-" + first.ConversationID,
			second.ConversationID: "conversations/" + today + "-etc-passwd-co-" + second.ConversationID,
		}
		want := map[string]bool{
			"README.txt": true, "account.json": true, "subscription.json": true, "sessions.json": true, "keys.json": true, "identities.json": true,
			"files.json": true, "jobs.json": true, "usage.json": true,
			"files/" + notes.ID + "-notes_ _1_.txt": true, "files/" + drawing.ID + "-Zeichnung 日本.png": true,
		}
		for id, name := range names {
			want[name+".json"], want[name+".md"] = true, true
			all.same(t, name+".json", ada.must(http.StatusOK, http.MethodGet, "/api/v1/conversations/"+id+"/export?format=json", nil))
			if shown := ada.must(http.StatusOK, http.MethodGet, "/api/v1/conversations/"+id+"/export", nil); string(all[name+".md"]) != shown {
				t.Errorf("%s.md is\n%s\nand is shown as\n%s", name, all[name+".md"], shown)
			}
		}
		for name := range all {
			if !want[name] {
				t.Errorf("%s is in it, too", name)
			}
			delete(want, name)
		}
		if len(want) > 0 {
			t.Errorf("not in it: %v", want)
		}
		for name, path := range map[string]string{
			"account.json": meRoute, "subscription.json": meRoute + "/subscription", "sessions.json": meRoute + "/sessions",
			"keys.json": meRoute + "/keys", "identities.json": meRoute + "/identities",
		} {
			all.same(t, name, ada.must(http.StatusOK, http.MethodGet, path, nil))
		}
		var jobs, shown struct {
			Items []any `json:"items"`
		}
		if err := errors.Join(
			json.Unmarshal(all["jobs.json"], &jobs), json.Unmarshal([]byte(ada.must(http.StatusOK, http.MethodGet, "/api/v1/jobs?limit=100", nil)), &shown),
		); err != nil || len(jobs.Items) != 3 || fmt.Sprint(jobs) != fmt.Sprint(shown) {
			t.Errorf("%v: the jobs are\n%v\nand shown are\n%v", err, jobs, shown)
		}
		if string(all["files/"+notes.ID+"-notes_ _1_.txt"]) != "the text of the notes" || string(all["files/"+drawing.ID+"-Zeichnung 日本.png"]) != picture {
			t.Error("the bytes of a file are others")
		}
		all.checkFiles(t, notes, drawing)
		all.checkUsage(t, ada, deleted.JobID)
		for name, text := range all {
			for _, secret := range []string{ada.cookie.Value, program.token, key.token, "$argon2", theirs.ConversationID, theirs.JobID, "ben's own"} {
				if bytes.Contains(text, []byte(secret)) {
					t.Errorf("%s has %q", name, secret)
				}
			}
		}
	})
}

// listedFile is a file in files.json.
type listedFile struct {
	aFile

	SHA256  string `json:"sha256"`
	Path    string `json:"path"`
	Missing bool   `json:"missing"`
	Damaged bool   `json:"damaged"`
}

func (a archive) files(t *testing.T) []listedFile {
	t.Helper()
	var list struct {
		Items []listedFile `json:"items"`
	}
	if err := json.Unmarshal(a["files.json"], &list); err != nil {
		t.Fatalf("%v in %s", err, a["files.json"])
	}
	return list.Items
}

func (a archive) checkFiles(t *testing.T, uploaded ...aFile) {
	t.Helper()
	listed := a.files(t)
	if len(listed) != len(uploaded) {
		t.Fatalf("%d files were uploaded, the list is %s", len(uploaded), a["files.json"])
	}
	for i, f := range listed {
		if f.aFile != uploaded[i] || len(f.SHA256) != 64 || a[f.Path] == nil || f.Missing || f.Damaged {
			t.Errorf("%+v is listed, and is %+v", f, uploaded[i])
		}
	}
}

// checkUsage adds up what is booked: the same as what the account shows, also of
// what was deleted since.
func (a archive) checkUsage(t *testing.T, c *caller, deletedJob string) {
	t.Helper()
	var list struct {
		Periods []struct {
			Used int64 `json:"used"`
		} `json:"periods"`
		Events []struct {
			JobID    string `json:"job_id"`
			Quantity int64  `json:"quantity"`
			Lines    []any  `json:"lines"`
		} `json:"events"`
	}
	if err := json.Unmarshal(a["usage.json"], &list); err != nil {
		t.Fatalf("%v in %s", err, a["usage.json"])
	}
	sum, found := int64(0), false
	for _, e := range list.Events {
		sum += e.Quantity
		found = found || e.JobID == deletedJob
		if len(e.Lines) == 0 {
			t.Errorf("a receipt without lines: %+v", e)
		}
	}
	if used := c.usedTokens(); !found || sum != used || len(list.Periods) != 1 || list.Periods[0].Used != used {
		t.Errorf("used are %d tokens, and the export says %s", used, a["usage.json"])
	}
}

// part gets so much of an export and then waits until go on, to the end.
func (c *caller) part(t *testing.T, read int64, meanwhile func()) (data string, err error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.h.address+exportRoute, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.AddCookie(c.cookie)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var b bytes.Buffer
	if _, err := io.CopyN(&b, res.Body, read); err != nil {
		return b.String(), err
	}
	meanwhile()
	_, err = io.Copy(&b, res.Body)
	return b.String(), err
}

// isBroken makes sure that nobody takes what came for a whole archive.
func isBroken(t *testing.T, data string, err error) {
	t.Helper()
	if err == nil {
		t.Error("the transfer ended as a whole one does")
	}
	if _, err := zip.NewReader(strings.NewReader(data), int64(len(data))); err == nil {
		t.Error("what is left of the archive opens")
	}
}

// noise is a picture of 3 MiB that does not compress, which costs little to take in.
var noise = sync.OnceValue(func() string {
	const side = 1024
	picture := image.NewRGBA(image.Rect(0, 0, side, side*3/4))
	_, _ = rand.NewChaCha8([32]byte{1}).Read(picture.Pix)
	for i := 3; i < len(picture.Pix); i += 4 {
		picture.Pix[i] = 0xff // opaque
	}
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.NoCompression}
	if err := encoder.Encode(&b, picture); err != nil {
		panic(err) // into memory
	}
	return b.String()
})

// What fails in the middle leaves an archive that no program takes for a whole
// one, never a shorter one.
func TestExportThatBreaksOff(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	h.register("admin")
	for name, harm := range map[string]func(c *caller){
		"signed out": func(c *caller) {
			c.must(http.StatusNoContent, http.MethodPost, "/api/v1/auth/logout", nil)
		},
		"the account is deleted": func(c *caller) {
			c.must(http.StatusNoContent, http.MethodDelete, meRoute, nil)
		},
		"deactivated": func(c *caller) {
			if _, err := h.app.accounts.SetActive(t.Context(), c.name+"@example.com", false); err != nil {
				t.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := h.register(strings.ReplaceAll(name, " ", "-"))
			for i := range 8 { // more than fits between the two ends
				c.uploads(fmt.Sprint(i, ".png"), noise())
			}
			data, err := c.part(t, 10_000, func() { harm(c) })
			isBroken(t, data, err)
		})
	}
}

// Bytes that are lost or others than they were are named as such, and keep nobody
// from the rest, now or ever.
func TestExportWithoutLostBytes(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	ada := h.register("ada")
	const text = "text\n"
	for name, harm := range map[string]func(path string) error{
		"kept":    func(string) error { return nil },
		"missing": os.Remove,
		"shorter": func(path string) error { return os.Truncate(path, 3) },
		"longer":  func(path string) error { return os.WriteFile(path, []byte("text\nand more"), 0o600) },
		"shut": func(path string) error { // a way out of the folder is not followed
			return errors.Join(os.Remove(path), os.Symlink("/dev/null", path))
		},
		"also kept": func(string) error { return nil },
	} {
		f := ada.uploads(name+".txt", text)
		if err := harm(filepath.Join(h.app.cfg.DataDir, blobFolder, "files", ada.me(), f.ID)); err != nil {
			t.Fatal(err)
		}
	}
	all := ada.exports()
	listed := all.files(t)
	if len(listed) != 6 {
		t.Fatalf("the list is %s", all["files.json"])
	}
	for _, f := range listed {
		what := fmt.Sprintf("path=%t missing=%t damaged=%t", f.Path != "", f.Missing, f.Damaged)
		want := map[string]string{
			"missing.txt": "path=false missing=true damaged=false", "shut.txt": "path=false missing=false damaged=true",
			"shorter.txt": "path=true missing=false damaged=true", "longer.txt": "path=true missing=false damaged=true",
		}[f.Name]
		if want == "" {
			want = "path=true missing=false damaged=false"
			if string(all[f.Path]) != text {
				t.Errorf("%s is %q", f.Name, all[f.Path])
			}
		}
		if what != want || (all[f.Path] != nil) != (f.Path != "") {
			t.Errorf("%s: %s, want %s", f.Name, what, want)
		}
	}
}

// What comes and goes while an export is made is no fault: a file that was deleted
// is not in it, one that came has no path.
func TestExportMeanwhile(t *testing.T) {
	t.Parallel()
	log := &lines{}
	h := newHouseWith(t, func(o *Options) { o.Log = slog.New(slog.NewJSONHandler(log, nil)) }, "")
	ada := h.register("ada")
	var gone, came aFile
	for i := range 8 { // more than fits between the two ends
		gone = ada.uploads(fmt.Sprint(i, ".png"), noise())
	}
	data, err := ada.part(t, 10_000, func() {
		ada.must(http.StatusNoContent, http.MethodDelete, "/api/v1/files/"+gone.ID, nil)
		came = ada.uploads("came.txt", "text")
	})
	if err != nil {
		t.Fatal(err)
	}
	all := unpacked(t, data)
	listed := all.files(t)
	if len(listed) != 8 || listed[7].aFile != came || listed[7].Path != "" || listed[7].Missing || listed[7].Damaged || strings.Contains(string(all["files.json"]), gone.ID) {
		t.Errorf("the list is %s", all["files.json"])
	}
	if logged := log.String(); strings.Contains(logged, `"level":"ERROR"`) || strings.Contains(logged, `"level":"WARN"`) {
		t.Errorf("the log says %s", logged)
	}
}

// One at a time per person, and the next when it has come or its reader is gone.
func TestOneExportAtATime(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	ada, ben := h.register("ada"), h.register("ben")
	for i := range 8 {
		ada.uploads(fmt.Sprint(i, ".png"), noise())
	}
	data, err := ada.part(t, 10_000, func() {
		got := ada.do(http.MethodGet, exportRoute, nil)
		if got.status != http.StatusTooManyRequests || !strings.Contains(got.text, "export_running") || got.header.Get("Retry-After") == "" {
			t.Errorf("%d %s", got.status, got.header)
		}
		ben.exports()
	})
	if err != nil || len(unpacked(t, data)) < 16 {
		t.Errorf("%v, %d bytes", err, len(data))
	}
	ctx, leave := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, h.address+exportRoute, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.AddCookie(ada.cookie)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	leave()
	_ = res.Body.Close()
	h.until("the next export is let in", func() bool { return ada.do(http.MethodGet, exportRoute, nil).status == http.StatusOK })
}

// However much there is, an export takes little memory.
func TestExportTakesLittleMemory(t *testing.T) { //nolint:paralleltest // it measures the process
	h := newHouse(t, "")
	ada := h.register("ada")
	for i := range 30 {
		ada.uploads(fmt.Sprint(i, ".png"), noise())
	}
	var most, before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.address+exportRoute, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.AddCookie(ada.cookie)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	total := int64(0)
	for {
		n, err := io.CopyN(io.Discard, res.Body, 5<<20)
		total += n
		runtime.GC()
		var now runtime.MemStats
		if runtime.ReadMemStats(&now); now.HeapAlloc > most.HeapAlloc {
			most = now
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if grown := int64(most.HeapAlloc) - int64(before.HeapAlloc); total < 60<<20 || grown > 10<<20 { //nolint:gosec // far below
		t.Errorf("an export of %d MB took %d MB", total>>20, grown>>20)
	}
}
