package app

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"mime"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
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

func (a archive) checkFiles(t *testing.T, uploaded ...aFile) {
	t.Helper()
	var list struct {
		Items []struct {
			aFile

			SHA256  string `json:"sha256"`
			Path    string `json:"path"`
			Missing bool   `json:"missing"`
		} `json:"items"`
	}
	if err := json.Unmarshal(a["files.json"], &list); err != nil || len(list.Items) != len(uploaded) {
		t.Fatalf("%v in %s", err, a["files.json"])
	}
	for i, f := range list.Items {
		if f.aFile != uploaded[i] || len(f.SHA256) != 64 || a[f.Path] == nil || f.Missing {
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
	path := filepath.Join(t.TempDir(), "export.zip")
	if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "unzip", "-t", path).CombinedOutput() //nolint:gosec // a path of ours
	if err == nil {
		t.Errorf("unzip takes it: %s", out)
	}
}

// noise is text that does not compress.
func noise(size int) string {
	random := rand.NewChaCha8([32]byte{1})
	text := make([]byte, size*3/4)
	_, _ = random.Read(text)
	return base64.StdEncoding.EncodeToString(text)
}

// What fails in the middle leaves an archive that no program takes for a whole
// one, never a shorter one.
func TestExportThatBreaksOff(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	h.register("admin")
	for name, harm := range map[string]func(c *caller, f aFile){
		"a file is shorter than it was": func(c *caller, f aFile) {
			if err := os.Truncate(filepath.Join(h.app.cfg.DataDir, blobFolder, "files", c.me(), f.ID), 1000); err != nil {
				t.Error(err)
			}
		},
		"signed out": func(c *caller, _ aFile) {
			c.must(http.StatusNoContent, http.MethodPost, "/api/v1/auth/logout", nil)
		},
		"the account is deleted": func(c *caller, _ aFile) {
			c.must(http.StatusNoContent, http.MethodDelete, meRoute, nil)
		},
		"deactivated": func(c *caller, _ aFile) {
			if _, err := h.app.accounts.SetActive(t.Context(), c.name+"@example.com", false); err != nil {
				t.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := h.register(strings.ReplaceAll(name, " ", "-"))
			var last aFile
			for i := range 8 { // more than fits between the two ends
				last = c.uploads(fmt.Sprint(i, ".txt"), noise(3<<20))
			}
			data, err := c.part(t, 10_000, func() { harm(c, last) })
			isBroken(t, data, err)
		})
	}
}

// Bytes that are lost are named as missing, and keep nobody from the rest.
func TestExportWithoutLostBytes(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	ada := h.register("ada")
	lost, kept := ada.uploads("lost.txt", "text"), ada.uploads("kept.txt", "more text")
	if err := h.app.blobs.Delete(t.Context(), "files/"+ada.me()+"/"+lost.ID); err != nil {
		t.Fatal(err)
	}
	all := ada.exports()
	if string(all["files/"+kept.ID+"-kept.txt"]) != "more text" || !strings.Contains(string(all["files.json"]), `"missing": true`) ||
		strings.Contains(string(all["files.json"]), lost.ID+"-lost") {
		t.Errorf("the list is %s", all["files.json"])
	}
}

// One at a time per person, and the next when it has come or its reader is gone.
func TestOneExportAtATime(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	ada, ben := h.register("ada"), h.register("ben")
	for i := range 8 {
		ada.uploads(fmt.Sprint(i, ".txt"), noise(3<<20))
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
		ada.uploads(fmt.Sprint(i, ".txt"), noise(3<<20))
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
