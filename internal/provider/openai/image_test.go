package openai_test

import (
	"net/http"
	"testing"

	"pulse/internal/provider"
	"pulse/internal/provider/openai"
	"pulse/internal/provider/providertest"
	"pulse/internal/provider/standin"
)

func pictures() providertest.ImageSubject {
	return providertest.ImageSubject{
		Provider: "openai", Model: "gpt-image-2", Size: "1024x1024", Standin: standin.NewOpenAI, Quality: "low", TakesUserHash: true,
		NewImager: func(_ testing.TB, address, key string, client *http.Client) provider.Imager {
			return openai.New(openai.Options{APIKey: key, BaseURL: address + "/v1", HTTPClient: client})
		},
		Blocked: "moderation_blocked", Filtered: "moderation_blocked",
		Refusals: []providertest.Refusal{
			{Name: "quota", Failure: standin.Failure{Status: 429, Code: "insufficient_quota"}, Kind: provider.KindNoCredit},
			{Name: "policy", Failure: standin.Failure{Status: 400, Code: "content_policy_violation"}, Kind: provider.KindBlocked},
			{
				Name: "a policy without a code", Kind: provider.KindBlocked,
				Failure: standin.Failure{Status: 400, Message: "Your request was rejected as a result of our safety system."},
			},
			{Name: "a long prompt", Failure: standin.Failure{Status: 400, Code: "string_above_max_length"}, Kind: provider.KindTooLong},
		},
	}
}

func TestPictures(t *testing.T) {
	t.Parallel()
	providertest.RunImager(t, pictures())
}

// A server that imitates OpenAI is not asked for pictures.
func TestPicturesOfServers(t *testing.T) {
	t.Parallel()
	vendor := standin.NewCompatible(nil)
	imager := openai.New(openai.Options{ID: "ollama", BaseURL: providertest.Serve(t, vendor) + "/v1", Compatible: true})
	_, err := imager.Image(t.Context(), provider.ImageRequest{Model: "m", Prompt: "A harbour", Size: "1024x1024"})
	if provider.KindOf(err) != provider.KindBadRequest || vendor.Books().Requests != 0 {
		t.Errorf("%v, asked %d times", err, vendor.Books().Requests)
	}
}

func BenchmarkImage(b *testing.B) { providertest.BenchmarkImager(b, pictures()) }

func FuzzImage(f *testing.F) {
	providertest.FuzzImager(
		f, pictures(),
		`{"created":1,"data":[{"b64_json":"iVBORw0KGgo=","revised_prompt":"a\u0000b"}],"usage":`+
			`{"input_tokens":9,"input_tokens_details":{"text_tokens":2,"image_tokens":7},"output_tokens":3}}`,
		`{"data":[{"b64_json":"/9j/","x":1},{}],"usage":{"input_tokens":-9,"output_tokens":9e18}}`,
		`{"data":[{"b64_json":"%%"}],"usage":7}`,
		`{"data":[{"b64_json":"aGVsbG8="}],"usage":null}`,
		`{"data":[{"url":"https://example.com/1.png"}]}`,
		`{"data":[null]}`, `{"data":null}`, `{}`, `null`, `[]`, `7`, ``, `<html>502</html>`,
		`{"error":{"message":"no","type":"image_generation_user_error","param":null,"code":"moderation_blocked"}}`,
		`{"error":{"message":"rejected by the safety system","code":null}}`,
	)
}
