package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"pulse/internal/provider"
	"pulse/internal/provider/standin"
)

// filesOf are the ids of a job's pictures, in their order.
func filesOf(j object) (ids []string) {
	result, _ := j["result"].(object)
	files, _ := result["files"].([]any)
	for _, f := range files {
		file, _ := f.(object)
		ids = append(ids, fmt.Sprint(file["id"]))
	}
	return ids
}

// kill -9 between two pictures, then a restart: what was there stays as it is, the
// rest is made, and each is billed once.
func TestKillBetweenPictures(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, env string) {
		s, vendor := openAI(t)
		s.Draws(func(_ provider.ImageRequest, nth int) standin.PictureScript {
			if nth == 2 {
				return standin.PictureScript{Delay: time.Minute}
			}
			return standin.PictureScript{}
		})
		folder := "PULSE_DATA_DIR=" + t.TempDir() // where the pictures are, also with PostgreSQL
		pulse := startPulse(t, env, vendor, folder)
		p := register(t, pulse.address)
		begun := p.must(http.StatusAccepted, http.MethodPost, "/api/v1/images/generate", object{
			"model": "gpt-image-2", "prompt": "A seal", "count": 2, "size": "256x256",
		})
		path := fmt.Sprintf("/api/v1/jobs/%v", begun["job_id"])
		var first []string
		eventually(t, "one picture is there, and the other is being made", 20*time.Second, func() bool {
			first = filesOf(p.must(http.StatusOK, http.MethodGet, path, nil))
			return len(first) == 1 && s.Books().Open == 1
		})
		reader := p.follow(fmt.Sprint(begun["job_id"]), "")
		for e, ok := reader.next(); ok && e.kind != "progress"; e, ok = reader.next() {
			continue // up to the picture that is there
		}
		pulse.kill()
		p = p.at(startPulse(t, env, vendor, folder).address)
		reader = p.follow(fmt.Sprint(begun["job_id"]), reader.lastID)
		var j object
		eventually(t, "both are there", 30*time.Second, func() bool {
			j = p.must(http.StatusOK, http.MethodGet, path, nil)
			return j["status"] == "completed"
		})
		both := filesOf(j)
		if len(both) != 2 || both[0] != first[0] && both[1] != first[0] {
			t.Errorf("the pictures are %q, and were %q", both, first)
		}
		for _, id := range both {
			res := p.request(t.Context(), http.MethodGet, "/api/v1/files/"+id+"/thumbnail", nil)
			if err := res.Body.Close(); err != nil || res.StatusCode != http.StatusOK {
				t.Errorf("the thumbnail of %s: %d, %v", id, res.StatusCode, err)
			}
		}
		var told strings.Builder
		for e, ok := reader.next(); ok; e, ok = reader.next() {
			fmt.Fprintln(&told, e.kind, e.data)
		}
		if _, after, again := strings.Cut(told.String(), "restart"); !again || !strings.Contains(after, both[0]) || !strings.Contains(after, both[1]) {
			t.Errorf("after the restart readers are told %s", told.String())
		}
		receipt := p.must(http.StatusOK, http.MethodGet, path+"/receipt", nil)
		if items, _ := receipt["items"].([]any); len(items) != 1 || items[0].(object)["quantity"] != 2.0 { //nolint:forcetypeassert // or the test fails here
			t.Errorf("the receipt is %v", receipt)
		}
		if n := len(s.Wishes()); n != 3 {
			t.Errorf("the vendor was asked %d times, want 3: the one that was under way once more", n)
		}
	})
}
