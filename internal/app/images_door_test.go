package app

import (
	"bytes"
	"encoding/base64"
	"image/png"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	sdk "github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"

	"pulse/internal/provider"
	"pulse/internal/provider/standin"
)

// OpenAI's own client makes pictures with a key of Pulse, in base64 and by link.
func TestImagesAtTheDoor(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		ada := h.register("ada")
		client := sdk.NewClient(option.WithBaseURL(h.address+"/v1"), option.WithAPIKey(ada.key([]string{"generate"}).token), option.WithMaxRetries(0))
		got, err := client.Images.Generate(t.Context(), sdk.ImageGenerateParams{
			Model: "dall-e-3", Prompt: "A seal [told]", N: sdk.Int(2), Size: "1536x1024", Quality: "hd",
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Data) != 2 || got.Usage.OutputTokens == 0 || got.Usage.TotalTokens != got.Usage.InputTokens+got.Usage.OutputTokens || got.Created == 0 {
			t.Fatalf("%+v", got)
		}
		data, err := base64.StdEncoding.DecodeString(got.Data[0].B64JSON)
		if err != nil {
			t.Fatal(err)
		}
		if m, err := png.Decode(bytes.NewReader(data)); err != nil || m.Bounds().Dx() != 1536 || got.Data[0].RevisedPrompt == "" {
			t.Errorf("%v, %q", err, got.Data[0].RevisedPrompt)
		}
		if asked := h.vendor.Wishes(); asked[0].Image.Quality != "high" || asked[0].Image.Size != "1536x1024" {
			t.Errorf("the vendor was asked for %+v", asked[0].Image)
		}
		ada.hasBooked(2)

		got, err = client.Images.Generate(t.Context(), sdk.ImageGenerateParams{Prompt: "A seal", ResponseFormat: "url"})
		if err != nil || len(got.Data) != 1 {
			t.Fatalf("%+v, %v", got, err)
		}
		res, err := http.Get(got.Data[0].URL) //nolint:noctx // a test's own server
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		linked, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != http.StatusOK || !bytes.HasPrefix(linked, []byte("\x89PNG")) {
			t.Errorf("%s: %d, %v", got.Data[0].URL, res.StatusCode, err)
		}
	})
}

// What Pulse does not do is refused in OpenAI's words, and so is what fails.
func TestImagesAtTheDoorThatAreRefused(t *testing.T) {
	t.Parallel()
	h := withOpenAI(t, "")
	ada := h.register("ada")
	for name, c := range map[string]struct {
		body   object
		status int
		want   []string
	}{
		"an unknown model":        {object{"model": "dall-e-9"}, 404, []string{`"code":"model_not_found"`, `"param":"model"`}},
		"a model that chats":      {object{"model": model}, 404, []string{`"code":"model_not_found"`}},
		"five":                    {object{"n": 5}, 400, []string{`"param":"n"`}},
		"a size that is none":     {object{"size": "999x999"}, 400, []string{`"param":"size"`, "portrait"}},
		"a transparent one":       {object{"background": "transparent"}, 400, []string{`"param":"background"`, "unsupported_parameter"}},
		"a style":                 {object{"style": "vivid"}, 400, []string{`"param":"style"`}},
		"a stream":                {object{"stream": true}, 400, []string{`"param":"stream"`}},
		"another format":          {object{"response_format": "jpeg"}, 400, []string{`"param":"response_format"`}},
		"something unknown":       {object{"colour": "blue"}, 400, []string{"colour"}},
		"no prompt":               {object{"prompt": ""}, 400, []string{`"param":"prompt"`}},
		"what was blocked":        {object{"prompt": "[blocked]"}, 400, []string{`"code":"content_policy_violation"`}},
		"a vendor that is busy":   {object{"prompt": "[status 429 retry 60]"}, 429, []string{`"code":"rate_limit_exceeded"`}},
		"nulls, which are none":   {object{"size": nil, "n": nil, "user": "me", "moderation": "low", "output_format": "png", "background": "auto"}, 200, nil},
		"a seed of no such model": {object{"seed": 3}, 400, []string{`"param":"seed"`}},
	} {
		body := object{"model": imageModel, "prompt": "A seal"}
		maps.Copy(body, c.body)
		got := ada.do(http.MethodPost, "/v1/images/generations", body)
		if got.status != c.status {
			t.Errorf("%s: %d, want %d: %s", name, got.status, c.status, got.text)
		}
		for _, want := range c.want {
			if !strings.Contains(got.text, want) {
				t.Errorf("%s does not say %s: %s", name, want, got.text)
			}
		}
	}
}

// The same request with the same key gets the same pictures, and pays once.
func TestImagesAtTheDoorOnce(t *testing.T) {
	t.Parallel()
	h := withOpenAI(t, "")
	ada := h.register("ada")
	var first string
	for range 2 {
		got := ada.do(http.MethodPost, "/v1/images/generations", object{"model": "dall-e-3", "prompt": "A seal", "size": "1792x1024", "n": 2}, "Idempotency-Key", "k")
		if got.status != http.StatusOK || first != "" && got.text != first {
			t.Errorf("%d, %d bytes after %d", got.status, len(got.text), len(first))
		}
		first = got.text
	}
	ada.hasBooked(2)
}

// A client that goes away cancels what nobody waits for.
func TestImagesForWhoLeaves(t *testing.T) {
	t.Parallel()
	h := withOpenAI(t, "")
	ada := h.register("ada")
	h.vendor.Draws(func(provider.ImageRequest, int) standin.PictureScript {
		return standin.PictureScript{Delay: time.Minute}
	})
	client := sdk.NewClient(option.WithBaseURL(h.address+"/v1"), option.WithAPIKey(ada.key(nil).token), option.WithMaxRetries(0), option.WithRequestTimeout(time.Second))
	if _, err := client.Images.Generate(t.Context(), sdk.ImageGenerateParams{Prompt: "A seal"}); err == nil {
		t.Error("it was answered")
	}
	h.until("the job is cancelled", func() bool {
		return strings.Contains(ada.must(http.StatusOK, http.MethodGet, "/api/v1/jobs", nil), `"status":"cancelled"`)
	})
	ada.hasBooked(0)
}
