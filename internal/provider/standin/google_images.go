package standin

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"pulse/internal/provider"
)

// GoogleImageModels are those of Google's stand-in that make pictures.
var GoogleImageModels = []string{"gemini-nano-banana-2.1", "gemini-3-pro-image", "gemini-3.1-flash-lite-image"}

// googleRatios are the sizes that Google makes at 1K.
var googleRatios = map[string][2]int{
	"1:1": {1024, 1024}, "2:3": {848, 1264}, "3:2": {1264, 848}, "3:4": {896, 1200}, "4:3": {1200, 896}, "4:5": {928, 1152},
	"5:4": {1152, 928}, "9:16": {768, 1376}, "16:9": {1376, 768}, "21:9": {1584, 672},
}

var googleResolutions = map[string]int{"": 1, "1K": 1, "2K": 2, "4K": 4}

const mostGoogleInputs = 14

// googleImageConfig is the part of generationConfig that says how a picture is to be.
//
//nolint:tagliatelle // Google's names
type googleImageConfig struct {
	AspectRatio string `json:"aspectRatio"`
	ImageSize   string `json:"imageSize"`
}

// draw answers a wish for a picture, which is a request as for a chat.
func (g google) draw(w http.ResponseWriter, r *http.Request, model string, b *googleRequest) {
	v := &googlePictureVoice{googleVoice: googleVoice{model: model}}
	req, width, height, f := g.wish(b, model)
	if f.Status != 0 {
		g.server.refuse(w, v, f)
		return
	}
	g.server.draw(w, r, v, req, width, height)
}

// wish checks the request and gives it in Pulse's words.
func (g google) wish(b *googleRequest, model string) (req provider.ImageRequest, width, height int, f Failure) {
	config := &b.GenerationConfig
	req = provider.ImageRequest{Model: model, Size: strings.TrimSpace(config.ImageConfig.AspectRatio + " " + config.ImageConfig.ImageSize), Seed: config.Seed}
	ratio, known := googleRatios[config.ImageConfig.AspectRatio]
	if config.ImageConfig.AspectRatio == "" {
		ratio, known = googleRatios["1:1"], true
	}
	times, sized := googleResolutions[config.ImageConfig.ImageSize]
	switch {
	case b.keeps(g.vertex).Status != 0:
		return req, 0, 0, b.keeps(g.vertex)
	case !slices.Equal(config.ResponseModalities, []string{"IMAGE"}):
		return req, 0, 0, googleInvalid("this stand-in insists on responseModalities [\"IMAGE\"], since words cost as well")
	case len(b.SystemInstruction.Parts) > 0:
		return req, 0, 0, googleInvalid("Developer instruction is not enabled for models/%s", model)
	case len(b.Tools) > 0 || config.ResponseMIMEType != "" || len(config.ResponseJSONSchema) > 0:
		return req, 0, 0, googleInvalid("Function calling and JSON mode are not enabled for models/%s", model)
	case config.CandidateCount > 1:
		return req, 0, 0, googleInvalid("Multiple candidates is not enabled for models/%s", model)
	case !known:
		return req, 0, 0, googleInvalid("Invalid value at 'generation_config.image_config.aspect_ratio': %q", config.ImageConfig.AspectRatio)
	case !sized:
		return req, 0, 0, googleInvalid("Invalid value at 'generation_config.image_config.image_size': %q", config.ImageConfig.ImageSize)
	case config.Seed != nil && *config.Seed != int64(int32(*config.Seed)): //nolint:gosec // whether it is cut is the question
		return req, 0, 0, googleInvalid("Invalid value at 'generation_config.seed' (TYPE_INT32), %d", *config.Seed)
	case len(b.Contents) != 1 || b.Contents[0].Role != provider.RoleUser:
		return req, 0, 0, googleInvalid("contents: this stand-in takes one content of the user's for a picture")
	}
	said, err := b.Contents[0].message(provider.RoleUser)
	switch {
	case err != nil:
		return req, 0, 0, googleInvalid("%v", err)
	case len(said.Images) > mostGoogleInputs:
		return req, 0, 0, googleInvalid("Too many images: at most %d are allowed", mostGoogleInputs)
	case said.Text == "":
		return req, 0, 0, googleInvalid("Unable to submit request because it must have a text parameter.")
	}
	req.Prompt, req.Inputs = said.Text, said.Images
	return req, ratio[0] * times, ratio[1] * times, Failure{}
}

// keeps refuses what lets the vendor keep the request.
func (b *googleRequest) keeps(vertex bool) Failure {
	switch {
	case vertex && b.Store != nil:
		return googleInvalid("Invalid JSON payload received. Unknown name \"store\": Cannot find field.")
	case !vertex && (b.Store == nil || *b.Store):
		return googleInvalid("this stand-in insists on store:false, since the Gemini API keeps requests otherwise")
	}
	return Failure{}
}

// googlePictureVoice writes a GenerateContentResponse with a picture in it.
type googlePictureVoice struct{ googleVoice }

func (v *googlePictureVoice) drawn(p *drawing) []byte {
	var parts []string
	inline := `{"inlineData":{"mimeType":` + quoted(p.contentType) + `,"data":"` + p.file + `"}`
	if p.script.Drafts {
		parts = append(parts, `{"text":"Let me draw.","thought":true}`, inline+`,"thought":true}`)
	}
	if p.script.Told {
		parts = append(parts, `{"text":`+quoted(p.told())+`}`)
	}
	if p.file != "" {
		parts = append(parts, inline+`,"thoughtSignature":"c2lnbmF0dXJl"}`)
	}
	return []byte(v.response(strings.Join(parts, ","), "STOP", v.figures(p, p.usage)))
}

//nolint:tagliatelle // Google's names
type googleTokens struct {
	Modality   string `json:"modality"`
	TokenCount int64  `json:"tokenCount"`
}

func (v *googlePictureVoice) figures(p *drawing, u provider.ImageUsage) string {
	if p.script.HideUsage {
		return ""
	}
	in := []googleTokens{{"TEXT", u.Input}}
	if u.ImageInput > 0 {
		in = append(in, googleTokens{"IMAGE", u.ImageInput})
	}
	thoughts := min(p.script.Thoughts, u.Output)
	//nolint:tagliatelle // Google's names
	figures, err := json.Marshal(struct {
		Prompt     int64          `json:"promptTokenCount"`
		Candidates int64          `json:"candidatesTokenCount,omitzero"`
		Thoughts   int64          `json:"thoughtsTokenCount,omitzero"`
		Total      int64          `json:"totalTokenCount"`
		In         []googleTokens `json:"promptTokensDetails"`
		Out        []googleTokens `json:"candidatesTokensDetails,omitzero"`
	}{u.Input + u.ImageInput, u.Output - thoughts, thoughts, u.Input + u.ImageInput + u.Output, in, out(u.Output - thoughts)})
	if err != nil {
		panic(err) // numbers always marshal
	}
	return string(figures)
}

func out(tokens int64) []googleTokens {
	if tokens == 0 {
		return nil
	}
	return []googleTokens{{"IMAGE", tokens}}
}

// kept answers as the API does: under status 200, and what went in is billed.
func (v *googlePictureVoice) kept(p *drawing, word string, made bool) ([]byte, int) {
	figures := v.figures(p, provider.ImageUsage{Input: p.usage.Input, ImageInput: p.usage.ImageInput})
	if figures != "" {
		figures = `,"usageMetadata":` + figures
	}
	head := `{"promptFeedback":{"blockReason":` + quoted(word) + `}`
	if made {
		head = fmt.Sprintf(`{"candidates":[{"content":{},"finishReason":%s,"finishMessage":"Unable to show the generated image.","index":0}]`, quoted(word))
	}
	return []byte(head + figures + `,"modelVersion":` + quoted(v.model) + `,"responseId":"` + googleID + `"}`), http.StatusOK
}
