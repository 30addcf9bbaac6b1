package standin_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/gif"
	"image/png"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"pulse/internal/provider/standin"
)

// dialect is how one vendor is asked about a picture.
type dialect struct {
	server  *standin.Server
	path    string
	key     string // the header that it comes in
	body    string // of a media type and base64
	failure string // what the vendor's own errors have
	gif     bool   // it takes them
}

func dialects() map[string]dialect {
	return map[string]dialect{
		"openai": {
			standin.NewOpenAI(nil), "/v1/chat/completions", "Authorization",
			`{"model":"gpt-6.1-sol","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:%s;base64,%s"}},{"type":"text","text":"[see]"}]}]}`,
			`"type":"invalid_request_error"`, true,
		},
		"anthropic": {
			standin.NewAnthropic(nil), "/v1/messages", "X-Api-Key",
			`{"model":"claude-sonnet-5-5","max_tokens":99,"messages":[{"role":"user",` +
				`"content":[{"type":"image","source":{"type":"base64","media_type":"%s","data":"%s"}},{"type":"text","text":"[see]"}]}]}`,
			`"type":"invalid_request_error"`, true,
		},
		"google": {
			standin.NewGoogle(nil), "/v1beta/models/gemini-4-argon:generateContent", "X-Goog-Api-Key",
			`{"store":false,"contents":[{"role":"user","parts":[{"inlineData":{"mimeType":"%s","data":"%s"}},{"text":"[see]"}]}]}`,
			`"status":"INVALID_ARGUMENT"`, false,
		},
	}
}

func (d dialect) ask(t *testing.T, body string) (int, string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, d.path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Anthropic-Version", "2023-06-01")
	r.Header.Set(d.key, "Bearer sk-test")
	w := httptest.NewRecorder()
	d.server.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// TestPictures: each vendor refuses what the real one does, in its own shape,
// and looks at the rest.
func TestPictures(t *testing.T) {
	t.Parallel()
	canvas := image.NewGray(image.Rect(0, 0, 12, 8))
	var p, g bytes.Buffer
	if err := png.Encode(&p, canvas); err != nil {
		t.Fatal(err)
	}
	if err := gif.Encode(&g, canvas, nil); err != nil {
		t.Fatal(err)
	}
	pngData, gifData := base64.StdEncoding.EncodeToString(p.Bytes()), base64.StdEncoding.EncodeToString(g.Bytes())
	// The smallest WebP that there is: one pixel, without loss.
	const webpData = "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="
	large := base64.StdEncoding.EncodeToString(append(p.Bytes(), make([]byte, 24<<20)...)) // 32 MB on the way
	for name, d := range dialects() {
		for _, test := range []struct{ name, contentType, data, want string }{
			{"png", "image/png", pngData, "I see image/png 12x8."},
			{"webp", "image/webp", webpData, "I see image/webp 1x1."},
			{"large", "image/png", large, "I see image/png 12x8."},
			{"gif", "image/gif", gifData, map[bool]string{true: "I see image/gif 12x8."}[d.gif]},
			{"unknown type", "image/tiff", pngData, ""},
			{"another type than it says", "image/jpeg", pngData, ""},
			{"no picture", "image/png", base64.StdEncoding.EncodeToString([]byte("no picture")), ""},
			{"only a beginning", "image/png", pngData[:24], ""},
			{"broken base64", "image/png", "%%%" + pngData, ""},
			{"nothing", "image/png", "", ""},
		} {
			t.Run(name+" "+test.name, func(t *testing.T) {
				t.Parallel()
				code, answer := d.ask(t, fmt.Sprintf(d.body, test.contentType, test.data))
				want, status := test.want, http.StatusOK
				if want == "" {
					want, status = d.failure, http.StatusBadRequest
				}
				if code != status || !strings.Contains(answer, want) {
					t.Errorf("status %d, want %d: %.300s, want %s", code, status, answer, want)
				}
			})
		}
	}
}

// TestEmptyText: Anthropic refuses a block of text that has none.
func TestEmptyText(t *testing.T) {
	t.Parallel()
	code, answer := dialects()["anthropic"].ask(t,
		`{"model":"claude-sonnet-5-5","max_tokens":99,"messages":[{"role":"user","content":[{"type":"text","text":""}]}]}`)
	if code != http.StatusBadRequest || !strings.Contains(answer, "non-empty") {
		t.Errorf("status %d: %s", code, answer)
	}
}
