package standin_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	_ "image/jpeg"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"testing"

	_ "golang.org/x/image/webp"

	"pulse/internal/provider"
	"pulse/internal/provider/standin"
)

// post sends a body as it is, and gives the status and what came.
func post(t *testing.T, vendor http.Handler, path, contentType, body string) (int, string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("Authorization", "Bearer sk-test")
	r.Header.Set("X-Goog-Api-Key", "sk-test")
	w := httptest.NewRecorder()
	vendor.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

const (
	generations = "/v1/images/generations"
	banana      = "/v1beta/models/gemini-nano-banana-2.1:generateContent"
	asJSON      = "application/json"
)

// OpenAI answers a wish as its documentation says, and refuses what it does not know.
func TestOpenAIImages(t *testing.T) {
	t.Parallel()
	vendor := standin.NewOpenAI(nil)
	status, body := post(t, vendor, generations, asJSON, `{"model":"gpt-image-2","prompt":"a harbour","n":1,"size":"1792x1008","quality":"low","output_format":"png"}`)
	var said struct {
		Data []struct {
			File []byte `json:"b64_json"`
		} `json:"data"`
		Size    string `json:"size"`
		Quality string `json:"quality"`
		Format  string `json:"output_format"`
		Usage   struct {
			Input   int64 `json:"input_tokens"`
			Output  int64 `json:"output_tokens"`
			Total   int64 `json:"total_tokens"`
			Details struct {
				Text  int64 `json:"text_tokens"`
				Image int64 `json:"image_tokens"`
			} `json:"input_tokens_details"`
		} `json:"usage"`
	}
	if err := json.Unmarshal([]byte(body), &said); err != nil || status != http.StatusOK || len(said.Data) != 1 {
		t.Fatalf("%d, %v: %.300s", status, err, body)
	}
	c, err := png.DecodeConfig(bytes.NewReader(said.Data[0].File))
	if err != nil || c.Width != 1792 || c.Height != 1008 || said.Size != "1792x1008" || said.Quality != "low" || said.Format != "png" {
		t.Errorf("%d × %d, %v: %+v", c.Width, c.Height, err, said.Size)
	}
	if u := said.Usage; u.Details.Text != 2 || u.Details.Image != 0 || u.Input != 2 || u.Output == 0 || u.Total != u.Input+u.Output {
		t.Errorf("usage is %+v", u)
	}
	for wrong, word := range map[string]string{
		`"response_format":"b64_json"`:      "response_format",
		`"style":"vivid"`:                   "style",
		`"seed":7`:                          "seed",
		`"negative_prompt":"boats"`:         "negative_prompt",
		`"guidance_scale":7`:                "guidance_scale",
		`"n":11`:                            "'n'",
		`"size":"512x512"`:                  "size",
		`"size":"1000x1000"`:                "size", // not of 16
		`"size":"3840x1264"`:                "size", // over 3:1
		`"size":"4096x1536"`:                "size",
		`"size":"3840x3840"`:                "size", // too many pixels
		`"quality":"max"`:                   "quality",
		`"quality":"hd"`:                    "quality",
		`"output_format":"gif"`:             "output_format",
		`"model":"dall-e-3"`:                "model",
		`"model":"gpt-image-1"`:             "model",
		`"model":"gpt-image-2.6-flare"`:     "", // and the size below is not one of its three
		`"prompt":""`:                       "prompt",
		`"prompt":"` + long(32_001) + `"`:   "too long",
		`"model":"gpt-image-2","user":null`: "",
	} {
		all := map[string]json.RawMessage{"model": json.RawMessage(`"gpt-image-2"`), "prompt": json.RawMessage(`"a harbour"`), "size": json.RawMessage(`"1792x1008"`)}
		if err := json.Unmarshal([]byte("{"+wrong+"}"), &all); err != nil {
			t.Fatal(err)
		}
		asked, err := json.Marshal(all)
		if err != nil {
			t.Fatal(err)
		}
		status, body := post(t, vendor, generations, asJSON, string(asked))
		if strings.Contains(wrong, "user") {
			if status != http.StatusOK {
				t.Errorf("%s: %d", wrong, status)
			}
			continue
		}
		if status != http.StatusBadRequest || !strings.Contains(body, word) || !strings.Contains(body, `"error":{"message"`) {
			t.Errorf("%.60s: %d %.300s", wrong, status, body)
		}
	}
	if n := len(vendor.Wishes()); n != 2 {
		t.Errorf("%d wishes passed the checks", n)
	}
}

func long(n int) string { return strings.Repeat("é", n) }

// OpenAI takes pictures in a form, and only such as it says.
func TestOpenAIEdits(t *testing.T) {
	t.Parallel()
	var file bytes.Buffer
	if err := png.Encode(&file, image.NewGray(image.Rect(0, 0, 3, 2))); err != nil {
		t.Fatal(err)
	}
	form := func(change func(*multipart.Writer)) (contentType, body string) {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		for name, value := range map[string]string{"model": "gpt-image-2", "prompt": "bluer", "n": "1"} {
			if err := w.WriteField(name, value); err != nil {
				t.Fatal(err)
			}
		}
		change(w)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return w.FormDataContentType(), b.String()
	}
	add := func(w *multipart.Writer, name, filename, kind string, data []byte) {
		header := textproto.MIMEHeader{"Content-Type": {kind}, "Content-Disposition": {fmt.Sprintf("form-data; name=%q; filename=%q", name, filename)}}
		part, err := w.CreatePart(header)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		change func(*multipart.Writer)
		status int
	}{
		"two": {func(w *multipart.Writer) {
			add(w, "image[]", "1.png", "image/png", file.Bytes())
			add(w, "image[]", "2.png", "image/png", file.Bytes())
		}, 200},
		"none":         {func(*multipart.Writer) {}, 400},
		"another name": {func(w *multipart.Writer) { add(w, "picture", "1.png", "image/png", file.Bytes()) }, 400},
		"another type": {func(w *multipart.Writer) { add(w, "image[]", "1.gif", "image/gif", file.Bytes()) }, 400},
		"a lie":        {func(w *multipart.Writer) { add(w, "image[]", "1.jpg", "image/jpeg", file.Bytes()) }, 400},
		"no name":      {func(w *multipart.Writer) { add(w, "image[]", "", "image/png", file.Bytes()) }, 400},
		"a text":       {func(w *multipart.Writer) { _ = w.WriteField("image[]", "1.png") }, 400}, // a buffer takes it
		"seventeen": {func(w *multipart.Writer) {
			for range 17 {
				add(w, "image[]", "1.png", "image/png", file.Bytes())
			}
		}, 400},
	} {
		vendor := standin.NewOpenAI(nil)
		contentType, body := form(c.change)
		status, said := post(t, vendor, "/v1/images/edits", contentType, body)
		if status != c.status {
			t.Errorf("%s: %d %.300s", name, status, said)
		}
		if wishes := vendor.Wishes(); c.status == 200 && (len(wishes) != 1 || len(wishes[0].Inputs) != 2 || wishes[0].Inputs[0] != wishes[0].Inputs[1]) {
			t.Errorf("%s: %+v", name, wishes)
		}
	}
	if status, _ := post(t, standin.NewOpenAI(nil), "/v1/images/edits", asJSON, `{"model":"gpt-image-2","prompt":"bluer"}`); status != 400 {
		t.Errorf("JSON: %d", status)
	}
	if status, _ := post(t, standin.NewCompatible(nil), generations, asJSON, `{}`); status != 404 {
		t.Errorf("a compatible server: %d", status)
	}
}

// Google refuses what its image models have not.
func TestGoogleImages(t *testing.T) {
	t.Parallel()
	vendor := standin.NewGoogle(nil)
	const fine = `{"contents":[{"role":"user","parts":[{"text":"a harbour"}]}],"store":false,"generationConfig":{"responseModalities":["IMAGE"],` +
		`"imageConfig":{"aspectRatio":"3:2","imageSize":"2K"},"seed":7}}`
	status, body := post(t, vendor, banana, asJSON, fine)
	//nolint:tagliatelle // Google's names
	var said struct {
		Candidates []struct {
			Content struct {
				Parts []struct {
					InlineData struct {
						Data []byte `json:"data"`
					} `json:"inlineData"`
				} `json:"parts"`
			} `json:"content"`
		} `json:"candidates"`
		UsageMetadata struct {
			Prompt     int64 `json:"promptTokenCount"`
			Candidates int64 `json:"candidatesTokenCount"`
			Total      int64 `json:"totalTokenCount"`
		} `json:"usageMetadata"`
	}
	if err := json.Unmarshal([]byte(body), &said); err != nil || status != http.StatusOK || len(said.Candidates) != 1 {
		t.Fatalf("%d, %v: %.300s", status, err, body)
	}
	c, err := png.DecodeConfig(bytes.NewReader(said.Candidates[0].Content.Parts[0].InlineData.Data))
	if u := said.UsageMetadata; err != nil || c.Width != 2528 || c.Height != 1696 || u.Total != u.Prompt+u.Candidates || u.Prompt != 2 {
		t.Errorf("%d × %d, %v: %+v", c.Width, c.Height, err, u)
	}
	for old, wrong := range map[string]string{
		`"3:2"`:                              `"7:5"`,
		`"2K"`:                               `"2k"`,
		`"seed":7`:                           `"seed":3000000000`,
		`["IMAGE"]`:                          `["TEXT","IMAGE"]`,
		`"store":false,`:                     ``,
		`"seed"`:                             `"guidanceScale"`,
		`"contents"`:                         `"negativePrompt":"boats","contents"`,
		`"aspectRatio"`:                      `"size"`,
		`{"text":"a harbour"}`:               `{"inlineData":{"mimeType":"image/gif","data":""}}`,
		`"parts":[{"text":"a harbour"}]`:     `"parts":[]`,
		`,"generationConfig":`:               `,"tools":[{"functionDeclarations":[{"name":"f"}]}],"generationConfig":`,
		`"responseModalities":["IMAGE"],`:    ``,
		`"store":false,"generationConfig":{`: `"store":false,"generationConfig":{"candidateCount":2,`,
	} {
		if !strings.Contains(fine, old) {
			t.Fatalf("%s is not there", old)
		}
		status, body := post(t, vendor, banana, asJSON, strings.Replace(fine, old, wrong, 1))
		if status != http.StatusBadRequest || !strings.Contains(body, `"status":"INVALID_ARGUMENT"`) {
			t.Errorf("%s: %d %.300s", wrong, status, body)
		}
	}
	for _, call := range []string{
		"gemini-3.1-flash-image:generateContent", "imagen-4.0-generate-001:predict", "gemini-nano-banana-2.1:streamGenerateContent?alt=sse",
	} {
		if status, _ := post(t, vendor, "/v1beta/models/"+call, asJSON, fine); status != http.StatusNotFound {
			t.Errorf("%s: %d", call, status)
		}
	}
	if status, _ := post(t, vendor, "/v1beta/models/gemini-4-hydrogen:generateContent", asJSON, fine); status != http.StatusBadRequest {
		t.Errorf("a model that chats: %d", status)
	}
}

// What the prompt says, the stand-in does.
func TestPictureFromPrompt(t *testing.T) {
	t.Parallel()
	for prompt, want := range map[string]standin.PictureScript{
		"a [harbour]":           {},
		"[status 429]":          {Fault: standin.FaultRefuse, Failure: standin.Failure{Status: 429, Message: "asked for by the prompt"}},
		"[blocked]":             {Blocked: "PROHIBITED_CONTENT"},
		"[filtered]":            {Filtered: "IMAGE_SAFETY"},
		"[filtered NO_IMAGE]":   {Filtered: "NO_IMAGE"},
		"[block 2]":             {Filtered: "IMAGE_SAFETY"},
		"[block 1 3]":           {},
		"[block 1 2]":           {Filtered: "IMAGE_SAFETY"},
		"[once 503]":            {},
		"[empty] [told]":        {Empty: true, Told: true},
		"[jpeg]":                {ContentType: "image/jpeg"},
		"[webp]":                {ContentType: "image/webp"},
		"[text]":                {ContentType: "text/plain"},
		"[garbled]":             {Garbled: true},
		"[stall]":               {Fault: standin.FaultStall},
		"[stall half]":          {Fault: standin.FaultStall, Half: true},
		"[cut]":                 {Fault: standin.FaultCut},
		"[malformed] a harbour": {Fault: standin.FaultMalformed},
	} {
		got := standin.PictureFromPrompt(provider.ImageRequest{Prompt: prompt}, 2)
		if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
			t.Errorf("%s: %+v", prompt, got)
		}
	}
	first := standin.PictureFromPrompt(provider.ImageRequest{Prompt: "[once 503]"}, 1)
	again := standin.PictureFromPrompt(provider.ImageRequest{Prompt: "[status 429 retry 2]"}, 1)
	if first.Failure.Status != 503 || again.Failure.Header.Get("Retry-After") != "2" {
		t.Errorf("%+v, %+v", first, again)
	}
}

// The same wish twice gives two pictures, unless it names a seed; and each type
// that is asked for is what it says.
func TestPicturesDiffer(t *testing.T) {
	t.Parallel()
	vendor := standin.NewGoogle(nil)
	draw := func(prompt, seed string) string {
		_, body := post(t, vendor, banana, asJSON, `{"contents":[{"role":"user","parts":[{"text":"`+prompt+`"}]}],"store":false,`+
			`"generationConfig":{"responseModalities":["IMAGE"],"imageConfig":{"aspectRatio":"21:9"}`+seed+`}}`)
		_, body, _ = strings.Cut(body, `"data":"`)
		body, _, _ = strings.Cut(body, `"`)
		return body
	}
	seen := map[string]bool{}
	for _, seed := range []string{"", "", `,"seed":1`, `,"seed":2`, `,"seed":1`} {
		seen[draw("a", seed)] = true
	}
	if len(seen) != 4 {
		t.Errorf("five wishes, two of them with one seed, gave %d pictures", len(seen))
	}
	for _, kind := range []string{"jpeg", "webp"} {
		decoded, format, err := image.Decode(base64.NewDecoder(base64.StdEncoding, strings.NewReader(draw("["+kind+"]", ""))))
		if err != nil || format != kind || decoded.Bounds().Dx() != 1584 || decoded.Bounds().Dy() != 672 {
			t.Errorf("%s: %s, %v", kind, format, err)
		}
	}
	if got, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, strings.NewReader(draw("[text]", "")))); err != nil || !strings.HasPrefix(string(got), "This is no") {
		t.Errorf("%q, %v", got, err)
	}
}
