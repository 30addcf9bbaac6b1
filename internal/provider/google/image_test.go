package google_test

import (
	"math"
	"net/http"
	"testing"
	"time"

	"pulse/internal/provider"
	"pulse/internal/provider/google"
	"pulse/internal/provider/providertest"
	"pulse/internal/provider/standin"
)

func pictures() providertest.ImageSubject {
	return providertest.ImageSubject{
		Provider: "google", Model: "gemini-nano-banana-2.1", Size: "1:1 1K", Standin: standin.NewGoogle, Seeded: true, ThinksAloud: true,
		NewImager: func(t testing.TB, address, key string, client *http.Client) provider.Imager {
			t.Helper()
			c, err := google.New(t.Context(), google.Options{APIKey: key, BaseURL: address, HTTPClient: client})
			if err != nil {
				t.Fatal(err)
			}
			return c
		},
		Blocked: "PROHIBITED_CONTENT", Filtered: "IMAGE_SAFETY", KeptIsBilled: true,
		Refusals: []providertest.Refusal{
			{Name: "retry info", Failure: standin.Failure{Status: 429, RetryDelay: 12500 * time.Millisecond}, Kind: provider.KindRateLimited, RetryAfter: 12500 * time.Millisecond},
			{Name: "billing", Failure: standin.Failure{Status: 403, Reason: "BILLING_DISABLED"}, Kind: provider.KindNoCredit},
		},
	}
}

func TestPictures(t *testing.T) {
	t.Parallel()
	providertest.RunImager(t, pictures())
}

func TestPicturesOfVertex(t *testing.T) {
	t.Parallel()
	s := pictures()
	s.NewImager = func(t testing.TB, address, key string, client *http.Client) provider.Imager {
		t.Helper()
		tokens := address
		if key == standin.WrongKey {
			tokens = address + "/elsewhere" // 404
		}
		return vertex(t, "p", address, tokens, client)
	}
	providertest.RunImager(t, s)
}

// TestWordsForNoPicture: each of Google's words for an answer without a picture.
func TestWordsForNoPicture(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]provider.Kind{
		"SAFETY": provider.KindBlocked, "RECITATION": provider.KindBlocked, "BLOCKLIST": provider.KindBlocked, "PROHIBITED_CONTENT": provider.KindBlocked,
		"SPII": provider.KindBlocked, "IMAGE_SAFETY": provider.KindBlocked, "IMAGE_PROHIBITED_CONTENT": provider.KindBlocked,
		"IMAGE_RECITATION": provider.KindBlocked, "NO_IMAGE": provider.KindEmpty, "IMAGE_OTHER": provider.KindEmpty, "OTHER": provider.KindEmpty,
		"MAX_TOKENS": provider.KindEmpty, "SOMETHING_NEW": provider.KindEmpty,
	} {
		vendor := standin.NewGoogle(nil).Draws(standin.AlwaysPicture(standin.PictureScript{Filtered: word}))
		client := provider.NewClient(provider.Patience{})
		t.Cleanup(client.CloseIdleConnections)
		imager := pictures().NewImager(t, providertest.Serve(t, vendor), "sk-test", client)
		a, err := imager.Image(t.Context(), provider.ImageRequest{Model: "gemini-nano-banana-2.1", Prompt: "A harbour", Size: "1:1 1K"})
		if provider.KindOf(err) != want || a.Usage.Input != 2 {
			t.Errorf("%s: %v, usage %+v; want %s", word, err, a.Usage, want)
		}
	}
}

// A seed that Google has no room for is refused before it is asked.
func TestSeeds(t *testing.T) {
	t.Parallel()
	vendor := standin.NewGoogle(nil)
	client := provider.NewClient(provider.Patience{})
	t.Cleanup(client.CloseIdleConnections)
	imager := pictures().NewImager(t, providertest.Serve(t, vendor), "sk-test", client)
	for seed, fits := range map[int64]bool{math.MinInt32: true, math.MaxInt32: true, 0: true, math.MaxInt32 + 1: false, math.MinInt64: false} {
		req := provider.ImageRequest{Model: "gemini-nano-banana-2.1", Prompt: "A harbour", Size: "3:2 1K", Seed: &seed}
		if _, err := imager.Image(t.Context(), req); (err == nil) != fits {
			t.Errorf("%d: %v", seed, err)
		}
		if wishes := vendor.Wishes(); fits && *wishes[len(wishes)-1].Image.Seed != seed {
			t.Errorf("%d arrived as %d", seed, *wishes[len(wishes)-1].Image.Seed)
		}
	}
}

func BenchmarkImage(b *testing.B) { providertest.BenchmarkImager(b, pictures()) }

func FuzzImage(f *testing.F) {
	providertest.FuzzImager(
		f, pictures(),
		`{"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgo="}}]},"finishReason":"STOP"}],"usageMetadata":`+
			`{"promptTokenCount":9,"candidatesTokenCount":3,"promptTokensDetails":[{"modality":"TEXT","tokenCount":2},{"modality":"IMAGE","tokenCount":70},null]}}`,
		`{"candidates":[{"content":{"parts":[{"text":"hm","thought":true},{"inlineData":{"data":"iVBORw0KGgo="},"thought":true}]},"finishReason":"NO_IMAGE"}]}`,
		`{"candidates":[{"content":{"parts":[null,{"inlineData":null},{"inlineData":{"data":"%%"}}]}}]}`,
		`{"candidates":[{"content":{},"finishReason":"IMAGE_SAFETY","finishMessage":"no"}],"usageMetadata":{"promptTokenCount":-4}}`,
		`{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"}}`,
		`{"candidates":[null]}`, `{"candidates":null}`, `{}`, `null`, `[]`, `7`, ``, `<html>502</html>`,
		`{"error":{"code":429,"message":"slow","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"12.5s"}]}}`,
	)
}
