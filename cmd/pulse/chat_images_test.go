package main

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"pulse/internal/provider"
	"pulse/internal/provider/standin"
)

// kill -9 while an answer is drawn, then a restart: the picture is there once, in
// the conversation, and billed once.
func TestKillWhileAnAnswerIsDrawn(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, env string) {
		s, vendor := openAI(t)
		s.Draws(func(_ provider.ImageRequest, nth int) standin.PictureScript {
			if nth == 1 {
				return standin.PictureScript{Delay: time.Minute}
			}
			return standin.PictureScript{}
		})
		folder := "PULSE_DATA_DIR=" + t.TempDir()
		pulse := startPulse(t, env, vendor, folder)
		p := register(t, pulse.address)
		begun := p.must(http.StatusAccepted, http.MethodPost, "/api/v1/jobs", object{"type": "chat", "input": question("gpt-image-2", "A seal")})
		path := fmt.Sprintf("/api/v1/jobs/%v", begun["id"])
		eventually(t, "it is being drawn", 20*time.Second, func() bool { return s.Books().Open == 1 })
		pulse.kill()
		p = p.at(startPulse(t, env, vendor, folder).address)
		var j object
		eventually(t, "it is drawn", 30*time.Second, func() bool {
			j = p.must(http.StatusOK, http.MethodGet, path, nil)
			return j["status"] == "completed"
		})
		result, _ := j["result"].(object)
		files := filesOf(j)
		c := p.must(http.StatusOK, http.MethodGet, fmt.Sprintf("/api/v1/conversations/%v", result["conversation_id"]), nil)
		messages, _ := c["messages"].([]any)
		if len(files) != 1 || len(messages) != 2 {
			t.Fatalf("%v in %v", files, c)
		}
		if kept, _ := messages[1].(object)["files"].([]any); len(kept) != 1 || kept[0].(object)["id"] != files[0] { //nolint:forcetypeassert // or the test fails here
			t.Errorf("the answer has %v, and the job %v", kept, files)
		}
		booked(t, p, fmt.Sprint(begun["id"]), 1)
		if n := len(s.Wishes()); n != 2 {
			t.Errorf("the vendor was asked %d times, want 2: what was under way once more", n)
		}
	})
}
