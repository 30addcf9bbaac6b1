package app

import (
	"net/http"
	"time"
)

// imageModel is one of the catalogue's models that the stand-in for OpenAI serves.
const imageModel = "gpt-image-2"

// madeFile is a picture of a job, as the API shows it.
type madeFile struct {
	ID           string    `json:"id"`
	Index        int       `json:"index"`
	Name         string    `json:"name"`
	ContentType  string    `json:"content_type"`
	Size         int       `json:"size"`
	Width        int       `json:"width"`
	Height       int       `json:"height"`
	Seed         *int64    `json:"seed"`
	Revised      string    `json:"revised_prompt"`
	URL          string    `json:"url"`
	ThumbnailURL string    `json:"thumbnail_url"`
	ExpiresAt    time.Time `json:"expires_at"`
}

// imageJob is a job that makes pictures, as the API shows it.
type imageJob struct {
	ID     string         `json:"id"`
	JobID  string         `json:"job_id"`
	Status string         `json:"status"`
	Input  map[string]any `json:"input"`
	Result struct {
		Files  []madeFile `json:"files"`
		Failed []struct {
			Index  int    `json:"index"`
			Type   string `json:"type"`
			Detail string `json:"detail"`
		} `json:"failed"`
		Notes []string `json:"notes"`
	} `json:"result"`
	Quote struct {
		Meter    string  `json:"meter"`
		Images   int     `json:"images"`
		AboutUSD float64 `json:"about_usd"`
	} `json:"quote"`
	CostUSD float64 `json:"cost_usd"`
	Error   struct {
		Type   string `json:"type"`
		Detail string `json:"detail"`
	} `json:"error"`
}

// paints asks for pictures and waits for the end of the job.
func (c *caller) paints(body object) imageJob {
	c.h.t.Helper()
	if body["model"] == nil {
		body["model"] = imageModel
	}
	begun := decode[imageJob](c, http.StatusAccepted, http.MethodPost, "/api/v1/images/generate", body)
	return c.ended(begun.JobID)
}

func (c *caller) ended(id string) (j imageJob) {
	c.h.t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) { // scaling under the race detector takes its time
		if j = get[imageJob](c, http.MethodGet, "/api/v1/jobs/"+id, nil); j.Status != "pending" && j.Status != "processing" {
			return j
		}
	}
	c.h.t.Fatalf("the pictures are not there: %+v", j)
	return j
}

// images is how the plan's meter of pictures stands.
func (c *caller) images() (used, held int64) {
	c.h.t.Helper()
	for _, m := range get[struct {
		Meters []struct {
			Meter    string
			Used     int64
			Reserved int64
		}
	}](c, http.MethodGet, "/api/v1/users/me/usage", nil).Meters {
		if m.Meter == "images" {
			return m.Used, m.Reserved
		}
	}
	return 0, 0
}

func (c *caller) id() string {
	c.h.t.Helper()
	return get[struct{ ID string }](c, http.MethodGet, "/api/v1/users/me", nil).ID
}

func (c *caller) hasBooked(used int64) {
	c.h.t.Helper()
	if got, held := c.images(); got != used || held != 0 {
		c.h.t.Errorf("%d pictures are booked and %d held, want %d and none", got, held, used)
	}
}
