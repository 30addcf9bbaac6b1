package app

import (
	"bytes"
	"image/png"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pulse/internal/provider"
	"pulse/internal/provider/standin"
	"pulse/internal/store/storetest"
)

// A person asks for two pictures, gets them as files with what they were made of,
// and pays for two, by the vendor's figures.
func TestImages(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		ada := h.register("ada")
		j := ada.paints(object{"prompt": "A lighthouse / in a storm", "count": 2, "size": "portrait", "quality": "low"})
		if j.Status != "completed" || len(j.Result.Files) != 2 || len(j.Result.Failed) != 0 {
			t.Fatalf("%+v", j)
		}
		for i, f := range j.Result.Files {
			data := ada.must(http.StatusOK, http.MethodGet, "/api/v1/files/"+f.ID, nil)
			m, err := png.Decode(strings.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			if size := m.Bounds().Size(); f.Index != i || size.X != 1024 || size.Y != 1536 || f.Width != 1024 || f.Height != 1536 || f.Size != len(data) {
				t.Errorf("%+v is %s with %d bytes", f, size, len(data))
			}
			for _, want := range []string{"A lighthouse / in a storm", "gpt-image-2", "trainedAlgorithmicMedia"} {
				if !strings.Contains(data, want) {
					t.Errorf("the file does not say %q", want)
				}
			}
			if !strings.HasPrefix(f.Name, "A lighthouse in a storm") || f.ExpiresAt.Before(time.Now().Add(23*time.Hour)) {
				t.Errorf("%+v", f)
			}
			key := "images/" + ada.id() + "/" + j.ID + "/" + []string{"0", "1"}[i] + ".png"
			if !slices.Contains(h.blobs(), key) {
				t.Errorf("there is no %s in %q", key, h.blobs())
			}
		}
		ada.hasBooked(2)
		var cost float64
		for _, r := range get[struct {
			Items []struct {
				Meter    string  `json:"meter"`
				Quantity int64   `json:"quantity"`
				CostUSD  float64 `json:"cost_usd"`
				Lines    []struct {
					Label    string  `json:"label"`
					Quantity int64   `json:"quantity"`
					CostUSD  float64 `json:"cost_usd"`
				} `json:"lines"`
			} `json:"items"`
		}](ada, http.MethodGet, "/api/v1/jobs/"+j.ID+"/receipt", nil).Items {
			if r.Meter != "images" || r.Quantity != 2 {
				t.Errorf("%+v", r)
			}
			for _, l := range r.Lines {
				cost += l.CostUSD
			}
		}
		billed := h.vendor.Books().BilledPictures
		want := float64(billed.Input*5+billed.ImageInput*8+billed.Output*30) / 1e6
		if diff := cost - want; diff > 1e-12 || diff < -1e-12 || cost == 0 || j.CostUSD != cost {
			t.Errorf("it costs %v (the job says %v), and the vendor bills %v", cost, j.CostUSD, want)
		}
		events := ada.must(http.StatusOK, http.MethodGet, "/api/v1/jobs/"+j.ID+"/events", nil)
		for _, want := range []string{"event: start", `"percent":50`, `"percent":100`, j.Result.Files[0].ID, `"delivered":2`} {
			if !strings.Contains(events, want) {
				t.Errorf("the events do not say %q: %s", want, events)
			}
		}
		asked := h.vendor.Wishes()
		if len(asked) != 2 || asked[0].Image.Size != "1024x1536" || asked[0].Image.Quality != "low" {
			t.Errorf("the vendor was asked for %+v", asked)
		}
	})
}

// What is smaller than the vendor makes is scaled down.
func TestSmallImages(t *testing.T) {
	t.Parallel()
	h := withOpenAI(t, "")
	ada := h.register("ada")
	for size, edge := range map[string]int{"256x256": 256, "512x512": 512} {
		f := ada.paints(object{"prompt": "A seal", "size": size}).Result.Files[0]
		m, err := png.Decode(bytes.NewReader([]byte(ada.must(http.StatusOK, http.MethodGet, "/api/v1/files/"+f.ID, nil))))
		if err != nil || m.Bounds().Dx() != edge || m.Bounds().Dy() != edge || f.Width != edge {
			t.Errorf("%s: %+v, %v", size, f, err)
		}
	}
	for _, w := range h.vendor.Wishes() {
		if w.Image.Size != "1024x1024" {
			t.Errorf("the vendor was asked for %s", w.Image.Size)
		}
	}
}

// What a request has wrong is said field by field, and nothing is begun.
func TestImageRequestsThatAreWrong(t *testing.T) {
	t.Parallel()
	h := withOpenAI(t, "")
	ada, ben := h.register("ada"), h.register("ben")
	picture, text, foreign := ada.uploads("a.png", pictureOf(t, 8, 8)).ID, ada.uploads("a.txt", "text").ID, ben.uploads("b.png", pictureOf(t, 8, 8)).ID
	for name, c := range map[string]struct {
		body object
		want []string
	}{
		"an unknown model":       {object{"model": "dall-e-9"}, []string{"body.model"}},
		"a model that chats":     {object{"model": model}, []string{"body.model"}},
		"one without a key":      {object{"model": "gemini-nano-banana-2.1"}, []string{"body.model"}},
		"no prompt":              {object{"prompt": "  \n"}, []string{"body.prompt"}},
		"a long prompt":          {object{"prompt": strings.Repeat("x", 32001)}, []string{"body.prompt"}},
		"too many":               {object{"count": 5}, []string{"body.count"}},
		"less than none":         {object{"count": -1}, []string{"body.count"}},
		"no such size":           {object{"size": "3x3"}, []string{"body.size"}},
		"no such quality":        {object{"quality": "best"}, []string{"body.quality"}},
		"what it does not take":  {object{"seed": 7, "negative_prompt": "rain", "guidance_scale": 7}, []string{"body.seed", "body.negative_prompt", "body.guidance_scale"}},
		"a guidance too strong":  {object{"guidance_scale": 21}, []string{"body.guidance_scale"}},
		"somebody else's":        {object{"image_file_ids": []string{foreign}}, []string{"body.image_file_ids[0]"}},
		"no picture":             {object{"image_file_ids": []string{picture, text}}, []string{"body.image_file_ids[1]"}},
		"one twice":              {object{"image_file_ids": []string{picture, picture}}, []string{"body.image_file_ids[1]"}},
		"an unknown field":       {object{"style": "vivid"}, []string{"style"}},
		"a prompt of the wrong":  {object{"prompt": 3}, []string{"prompt"}},
		"a seed that is no seed": {object{"seed": -1}, []string{"body.seed"}},
	} {
		body := object{"model": imageModel, "prompt": "A seal"}
		maps.Copy(body, c.body)
		got := ada.do(http.MethodPost, "/api/v1/images/generate", body)
		if got.status != http.StatusBadRequest && got.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", name, got.status, got.text)
		}
		for _, field := range c.want {
			if !strings.Contains(got.text, field) {
				t.Errorf("%s does not name %s: %s", name, field, got.text)
			}
		}
	}
	if jobs := ada.must(http.StatusOK, http.MethodGet, "/api/v1/jobs", nil); !strings.Contains(jobs, `"items":[]`) {
		t.Errorf("something was begun: %s", jobs)
	}
	ada.hasBooked(0)
}

// Of a batch that is partly kept back, what came is delivered and billed, and the
// rest says why. A batch of which nothing came has failed and costs nothing.
func TestImagesThatAreKeptBack(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		ada := h.register("ada")
		j := ada.paints(object{"prompt": "A crowd [block 2]", "count": 4, "size": "256x256"})
		if j.Status != "completed" || len(j.Result.Files) != 3 || len(j.Result.Failed) != 1 {
			t.Fatalf("%+v", j)
		}
		if f := j.Result.Failed[0]; f.Type != "provider_blocked" || !strings.Contains(f.Detail, "declined") {
			t.Errorf("%+v", f)
		}
		ada.hasBooked(3)
		j = ada.paints(object{"prompt": "Something forbidden [blocked]", "count": 2})
		if j.Status != "failed" || !strings.HasSuffix(j.Error.Type, "provider_blocked") || !strings.Contains(j.Error.Detail, "Rephrase") || len(j.Result.Files) != 0 {
			t.Errorf("%+v", j)
		}
		ada.hasBooked(3)
		if again := ada.do(http.MethodPost, "/api/v1/jobs/"+j.ID+"/retry", nil); again.status != http.StatusAccepted {
			t.Errorf("%d %s", again.status, again.text)
		}
	})
}

// Each of a vendor's failures ends the job with a sentence, and nothing is billed.
func TestImagesThatFail(t *testing.T) {
	t.Parallel()
	h := withOpenAI(t, "")
	ada := h.register("ada")
	for prompt, want := range map[string]string{
		"[status 401]": "provider_auth", "[empty]": "provider_empty", "[garbled]": "provider_malformed", "[text]": "provider_malformed",
		"[malformed]": "provider_malformed", "[cut]": "provider_cut", "[status 429 retry 60]": "provider_rate_limited",
	} {
		j := ada.paints(object{"prompt": "A seal " + prompt})
		if j.Status != "failed" || !strings.HasSuffix(j.Error.Type, ":"+want) || len(j.Error.Detail) < 30 || strings.Contains(j.Error.Detail, "answer") {
			t.Errorf("%s: %s %s %q", prompt, j.Status, j.Error.Type, j.Error.Detail)
		}
	}
	ada.hasBooked(0)
	if j := ada.paints(object{"prompt": "A seal [once 503]"}); j.Status != "completed" {
		t.Errorf("what failed for a moment was not tried again: %+v", j)
	}
	for _, kind := range []string{"[jpeg]", "[webp]"} {
		j := ada.paints(object{"prompt": "A seal " + kind})
		if len(j.Result.Files) != 1 || j.Result.Files[0].ContentType != "image/png" {
			t.Errorf("%s: %+v", kind, j)
		}
	}
}

// The plan's images are held before and settled after; who has none left is told.
func TestImagesWithinThePlan(t *testing.T) {
	t.Parallel()
	plans := filepath.Join(t.TempDir(), "plans.yaml")
	if err := os.WriteFile(plans, []byte("plans: [{key: starter, name: Starter, caps: {images: 6}}]"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, url := range map[string]func() string{"sqlite": func() string { return "" }, "postgresql": func() string { return storetest.MigratedURL(t) }} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			imagesWithinThePlan(t, withOpenAI(t, url(), "PULSE_PLANS_FILE="+plans))
		})
	}
}

func imagesWithinThePlan(t *testing.T, h *house) {
	t.Helper()
	ada := h.register("ada")
	h.vendor.Draws(standin.AlwaysPicture(standin.PictureScript{Delay: time.Second}))
	wish := object{"model": imageModel, "prompt": "A seal", "size": "256x256", "count": 4}
	begun := decode[imageJob](ada, http.StatusAccepted, http.MethodPost, "/api/v1/images/generate", wish)
	if used, held := ada.images(); used != 0 || held != 4 || begun.Quote.Images != 4 || begun.Quote.Meter != "images" || begun.Quote.AboutUSD <= 0 {
		t.Errorf("%d used and %d held, %+v", used, held, begun.Quote)
	}
	wish["count"] = 3
	got := ada.do(http.MethodPost, "/api/v1/images/generate", wish)
	if got.status != http.StatusPaymentRequired || !strings.Contains(got.text, `"limit":6`) || !strings.Contains(got.text, `"reserved":4`) {
		t.Errorf("%d %s", got.status, got.text)
	}
	ada.ended(begun.JobID)
	ada.hasBooked(4)
	wish["count"] = 2
	ada.paints(wish)
	ada.hasBooked(6)
	wish["count"] = 1
	if got := ada.do(http.MethodPost, "/api/v1/images/generate", wish); got.status != http.StatusPaymentRequired {
		t.Errorf("%d %s", got.status, got.text)
	}
}

// A job that is cancelled keeps and pays what was delivered.
func TestImagesAreCancelled(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		ada := h.register("ada")
		h.vendor.Draws(func(_ provider.ImageRequest, nth int) standin.PictureScript {
			return standin.PictureScript{Delay: []time.Duration{0, time.Minute}[min(nth-1, 1)]}
		})
		begun := decode[imageJob](ada, http.StatusAccepted, http.MethodPost, "/api/v1/images/generate", object{"model": imageModel, "prompt": "A seal", "count": 3})
		h.until("one is there", func() bool {
			return len(get[imageJob](ada, http.MethodGet, "/api/v1/jobs/"+begun.JobID, nil).Result.Files) == 1
		})
		ada.must(http.StatusAccepted, http.MethodPost, "/api/v1/jobs/"+begun.JobID+"/cancel", nil)
		if j := ada.ended(begun.JobID); j.Status != "cancelled" || len(j.Result.Files) != 1 || len(j.Result.Failed) != 0 {
			t.Errorf("%+v", j)
		}
		ada.hasBooked(1)
	})
}

// A job takes its files along when it is deleted, but for those that a message has.
func TestImagesGoWithTheirJob(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		ada := h.register("ada")
		j := ada.paints(object{"prompt": "A seal", "count": 2, "size": "256x256"})
		kept, gone := j.Result.Files[0].ID, j.Result.Files[1].ID
		ada.must(http.StatusOK, http.MethodPost, "/api/v1/chat/complete", object{"model": model, "messages": []object{
			{"role": "user", "content": "What is it?", "files": []string{kept}},
		}})
		ada.must(http.StatusNoContent, http.MethodDelete, "/api/v1/jobs/"+j.ID, nil)
		ada.must(http.StatusNotFound, http.MethodGet, "/api/v1/files/"+gone, nil)
		ada.must(http.StatusOK, http.MethodGet, "/api/v1/files/"+kept, nil)
		if left := h.blobs(); len(left) != 2 { // the one that is kept, and its thumbnail
			t.Errorf("left: %q", left)
		}
		ada.hasBooked(2)
	})
}

// A wish can wait for its pictures, and the same wish is met once.
func TestImagesThatAreWaitedFor(t *testing.T) {
	t.Parallel()
	h := withOpenAI(t, "")
	ada := h.register("ada")
	body := object{"model": imageModel, "prompt": "A seal", "size": "256x256"}
	for range 2 {
		got := ada.do(http.MethodPost, "/api/v1/images/generate", body, "Prefer", "wait=30", "Idempotency-Key", "k")
		if got.status != http.StatusOK || !strings.Contains(got.text, `"status":"completed"`) || !strings.Contains(got.text, `"url":"http`) {
			t.Errorf("%d %s", got.status, got.text)
		}
	}
	ada.hasBooked(1)
	body["prompt"] = "A seal [delay 3s]"
	if got := ada.do(http.MethodPost, "/api/v1/images/generate", body, "Prefer", "wait=1"); got.status != http.StatusAccepted {
		t.Errorf("%d %s", got.status, got.text)
	}
}

// A model changes a picture that goes along; whose it is not cannot send it.
func TestImagesAreEdited(t *testing.T) {
	t.Parallel()
	h := withOpenAI(t, "")
	ada := h.register("ada")
	first := ada.paints(object{"prompt": "A seal", "size": "256x256"}).Result.Files[0]
	own := ada.uploads("own.png", pictureOf(t, 32, 16))
	j := ada.paints(object{"prompt": "Make it blue", "image_file_ids": []string{first.ID, own.ID}})
	if j.Status != "completed" || len(j.Result.Files) != 1 {
		t.Fatalf("%+v", j)
	}
	asked := h.vendor.Wishes()
	if last := asked[len(asked)-1]; len(last.Inputs) != 2 || last.Image.Prompt != "Make it blue" {
		t.Errorf("the vendor was asked for %+v", last)
	}
	asks := ada.key([]string{"generate"})
	wish := object{"model": imageModel, "prompt": "What is it?", "image_file_ids": []string{own.ID}}
	if got := asks.do(http.MethodPost, "/api/v1/images/generate", wish); got.status != http.StatusForbidden {
		t.Errorf("a key that may not read sends a picture: %d %s", got.status, got.text)
	}
	ada.must(http.StatusNoContent, http.MethodDelete, own.path(), nil)
}

// The demo draws offline; it has seeds, and says so of each picture.
func TestImagesOfTheDemo(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	ada := h.register("ada")
	list := get[struct {
		DefaultModel string `json:"default_model"`
	}](ada, http.MethodGet, "/api/v1/images/models", nil)
	if list.DefaultModel != "demo-image" {
		t.Errorf("the default is %q", list.DefaultModel)
	}
	body := object{"model": "demo-image", "prompt": "A seal", "count": 2, "size": "256x256", "negative_prompt": "rain", "guidance_scale": 7.5}
	j := ada.paints(body)
	a, b := j.Result.Files[0], j.Result.Files[1]
	if a.Seed == nil || b.Seed == nil || *b.Seed != *a.Seed+1 {
		t.Fatalf("%+v", j)
	}
	body["seed"], body["count"] = *b.Seed, 1
	again := ada.paints(body).Result.Files[0]
	pixels := func(id string) string {
		m, err := png.Decode(strings.NewReader(ada.must(http.StatusOK, http.MethodGet, "/api/v1/files/"+id, nil)))
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := png.Encode(&b, m); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	if pixels(again.ID) != pixels(b.ID) || pixels(again.ID) == pixels(a.ID) {
		t.Error("the seed does not decide")
	}
}

// A picture that a job names stays as long as the job, to do it again; an upload
// that nobody names goes after a week.
func TestInputsStayWithTheirJob(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		ada := h.register("ada")
		used, unused := ada.uploads("used.png", pictureOf(t, 32, 16)), ada.uploads("unused.png", pictureOf(t, 16, 32))
		j := ada.paints(object{"prompt": "Make it blue", "size": "256x256", "image_file_ids": []string{used.ID}})
		h.skipped.Store(int64(8 * 24 * time.Hour))
		sweep := func() {
			if err := h.app.files.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		sweep()
		ada.must(http.StatusOK, http.MethodGet, used.path(), nil)
		ada.must(http.StatusNotFound, http.MethodGet, unused.path(), nil)
		ada.must(http.StatusOK, http.MethodGet, "/api/v1/files/"+j.Result.Files[0].ID, nil)
		ada.must(http.StatusNoContent, http.MethodDelete, "/api/v1/jobs/"+j.ID, nil)
		sweep()
		ada.must(http.StatusNotFound, http.MethodGet, used.path(), nil)
	})
}

// Pictures that cannot be stored are said to be so, and are not billed.
func TestImagesThatCannotBeStored(t *testing.T) {
	t.Parallel()
	h := withOpenAI(t, "")
	ada := h.register("ada")
	if err := os.WriteFile(filepath.Join(h.app.cfg.DataDir, "blobs", "images"), []byte("in the way"), 0o600); err != nil {
		t.Fatal(err)
	}
	j := ada.paints(object{"prompt": "A seal", "size": "256x256", "count": 2})
	if j.Status != "failed" || !strings.Contains(j.Error.Detail, "could not be stored") || len(j.Result.Failed) != 2 {
		t.Errorf("%+v", j)
	}
	ada.hasBooked(0)
	if events := ada.must(http.StatusOK, http.MethodGet, "/api/v1/jobs/"+j.ID+"/events", nil); strings.Count(events, "event: progress") != 2 {
		t.Errorf("the events are %s", events)
	}
}
