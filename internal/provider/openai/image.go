package openai

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	sdk "github.com/openai/openai-go/v3"

	"pulse/internal/provider"
)

var _ provider.Imager = (*Client)(nil)

// Image makes one picture. See provider.Imager. Servers that imitate OpenAI are
// not asked: those that make pictures at all do it in ways of their own.
func (c *Client) Image(ctx context.Context, req provider.ImageRequest) (provider.ImageAnswer, error) {
	call := provider.NewImageCall(ctx, c.id, req)
	if c.compatible {
		return call.EndImage(provider.ImageAnswer{}, provider.CannotDo("model", "This server makes no pictures for Pulse. Choose another model."))
	}
	var said pictures
	var err error
	if len(req.Inputs) > 0 {
		err = c.sdk.Post(call.Context(), "images/edits", edit(req), &said)
	} else {
		err = c.sdk.Post(call.Context(), "images/generations", generation(req), &said)
	}
	if err != nil {
		return call.EndImage(provider.ImageAnswer{}, explainPicture(err))
	}
	return call.EndImage(said.answer())
}

// generation is a picture from a prompt alone. There is no field for a seed, a
// negative prompt or guidance, and response_format and style are of models that
// are gone.
func generation(req provider.ImageRequest) sdk.ImageGenerateParams {
	p := sdk.ImageGenerateParams{
		Model: req.Model, Prompt: req.Prompt, N: sdk.Int(1),
		Size: sdk.ImageGenerateParamsSize(req.Size), Quality: sdk.ImageGenerateParamsQuality(req.Quality),
		OutputFormat: sdk.ImageGenerateParamsOutputFormatPNG,
	}
	if req.UserHash != "" {
		p.SafetyIdentifier = sdk.String(req.UserHash)
	}
	return p
}

// edit is a picture from a prompt and other pictures.
func edit(req provider.ImageRequest) sdk.ImageEditParams {
	p := sdk.ImageEditParams{
		Model: req.Model, Prompt: req.Prompt, N: sdk.Int(1),
		Size: sdk.ImageEditParamsSize(req.Size), Quality: sdk.ImageEditParamsQuality(req.Quality),
		OutputFormat: sdk.ImageEditParamsOutputFormatPNG,
	}
	if req.UserHash != "" {
		p.SafetyIdentifier = sdk.String(req.UserHash)
	}
	p.Image.OfFileArray = make([]io.Reader, len(req.Inputs))
	for i, input := range req.Inputs {
		_, kind, _ := strings.Cut(input.ContentType, "/")
		p.Image.OfFileArray[i] = sdk.File(bytes.NewReader(input.Data), strconv.Itoa(i+1)+"."+kind, input.ContentType)
	}
	return p
}

// pictures is what we need of the answer.
type pictures struct {
	Data []struct {
		File    string `json:"b64_json"`
		Revised string `json:"revised_prompt"`
	} `json:"data"`
	Usage json.RawMessage `json:"usage"`
}

func (p *pictures) answer() (provider.ImageAnswer, error) {
	answer := provider.ImageAnswer{Usage: pictureUsage(p.Usage)}
	if len(p.Data) == 0 {
		return answer, nil // EndImage says that it is empty
	}
	answer.Revised = p.Data[0].Revised
	file, err := base64.StdEncoding.DecodeString(p.Data[0].File)
	if err != nil {
		return answer, provider.VendorError(provider.KindMalformed, http.StatusOK, "b64_json", "it is no base64")
	}
	answer.Image.Data = file
	return answer, nil
}

// pictureUsage maps OpenAI's figures: what is not told to be of pictures is of text.
func pictureUsage(raw json.RawMessage) provider.ImageUsage {
	var u struct {
		Input   int64 `json:"input_tokens"`
		Output  int64 `json:"output_tokens"`
		Details struct {
			Image int64 `json:"image_tokens"`
		} `json:"input_tokens_details"`
	}
	if err := json.Unmarshal(raw, &u); err != nil || u.Input == 0 && u.Output == 0 {
		return provider.ImageUsage{}
	}
	return provider.ImageUsage{Input: u.Input - u.Details.Image, ImageInput: u.Details.Image, Output: u.Output, Raw: raw}
}

// explainPicture is explain, and finds the refusals by moderation that do not say
// so in their code.
func explainPicture(err error) error {
	explained := explain(err)
	e, ok := errors.AsType[*provider.Error](explained)
	refused, said := errors.AsType[*sdk.Error](err)
	if !ok || !said || e.Kind != provider.KindBadRequest {
		return explained
	}
	message := strings.ToLower(refused.Message)
	for _, word := range []string{"safety system", "safety_violations", "moderation", "content policy"} {
		if strings.Contains(message, word) {
			e.Kind = provider.KindBlocked
		}
	}
	return e
}
