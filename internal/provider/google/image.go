package google

import (
	"context"
	"encoding/json"
	"math"
	"net/http"
	"strings"

	"google.golang.org/genai"

	"pulse/internal/provider"
)

var _ provider.Imager = (*Client)(nil)

// Image makes one picture, which is all that a call gives. See provider.Imager.
// There is no field for guidance or a negative prompt.
func (c *Client) Image(ctx context.Context, req provider.ImageRequest) (provider.ImageAnswer, error) {
	call := provider.NewImageCall(ctx, id, req)
	config, err := c.imageConfig(req)
	if err != nil {
		return call.EndImage(provider.ImageAnswer{}, err)
	}
	var said *genai.GenerateContentResponse
	err = new(shelter).run(func() (err error) {
		said, err = c.sdk.Models.GenerateContent(call.Context(), req.Model, wish(req), config)
		return err //nolint:wrapcheck // for explain
	})
	if err != nil {
		return call.EndImage(provider.ImageAnswer{}, explain(err))
	}
	return call.EndImage(pictureOf(said))
}

// wish is the pictures that came along, then the prompt.
func wish(req provider.ImageRequest) []*genai.Content {
	return []*genai.Content{genai.NewContentFromParts(parts(provider.Message{Text: req.Prompt, Images: req.Inputs}), genai.RoleUser)}
}

func (c *Client) imageConfig(req provider.ImageRequest) (*genai.GenerateContentConfig, error) {
	ratio, resolution, _ := strings.Cut(req.Size, " ")
	if !strings.Contains(ratio, ":") {
		return nil, provider.CannotDo("size", "Google makes pictures of a ratio and a resolution, such as 3:2 and 1K. Choose another size.")
	}
	config := &genai.GenerateContentConfig{
		ResponseModalities:    []string{string(genai.ModalityImage)},
		ImageConfig:           &genai.ImageConfig{AspectRatio: ratio, ImageSize: resolution},
		AutomaticContinuation: new(false), // as in config
	}
	if req.Seed != nil {
		if *req.Seed < math.MinInt32 || *req.Seed > math.MaxInt32 {
			return nil, provider.CannotDo("seed", "Google takes seeds from -2147483648 to 2147483647. Choose another one, or leave it out.")
		}
		config.Seed = new(int32(*req.Seed))
	}
	if !c.vertex {
		config.Store = new(false) // as in config
	}
	return config, nil
}

// pictureOf takes the picture out of a response. Thinking may hold drafts of it.
func pictureOf(r *genai.GenerateContentResponse) (provider.ImageAnswer, error) {
	answer := provider.ImageAnswer{ResponseID: r.ResponseID, Usage: pictureUsage(r.UsageMetadata)}
	if f := r.PromptFeedback; f != nil && f.BlockReason != "" {
		return answer, provider.VendorError(provider.KindBlocked, http.StatusOK, string(f.BlockReason), f.BlockReasonMessage)
	}
	var finish genai.FinishReason
	message := ""
	for _, candidate := range r.Candidates {
		if candidate == nil {
			continue
		}
		if candidate.Content != nil {
			for _, part := range candidate.Content.Parts {
				if part != nil && !part.Thought && part.InlineData != nil && len(part.InlineData.Data) > 0 {
					answer.Image.Data = part.InlineData.Data
				}
			}
		}
		finish, message = candidate.FinishReason, candidate.FinishMessage
	}
	if answer.Image.Data != nil {
		return answer, nil
	}
	switch finish {
	case genai.FinishReasonSafety, genai.FinishReasonRecitation, genai.FinishReasonBlocklist, genai.FinishReasonProhibitedContent,
		genai.FinishReasonSPII, genai.FinishReasonImageSafety, genai.FinishReasonImageProhibitedContent, genai.FinishReasonImageRecitation:
		return answer, provider.VendorError(provider.KindBlocked, http.StatusOK, string(finish), message)
	default: // NO_IMAGE, IMAGE_OTHER, MAX_TOKENS, STOP after nothing but words, and what is still to be invented
		return answer, provider.VendorError(provider.KindEmpty, http.StatusOK, string(finish), message)
	}
}

// pictureUsage maps Google's figures: the prompt's count has that of the pictures
// in it, and thinking is billed with what came.
func pictureUsage(m *genai.GenerateContentResponseUsageMetadata) provider.ImageUsage {
	if m == nil {
		return provider.ImageUsage{}
	}
	var pictures int64
	for _, detail := range m.PromptTokensDetails {
		if detail != nil && detail.Modality == genai.MediaModalityImage {
			pictures += int64(detail.TokenCount)
		}
	}
	u := provider.ImageUsage{
		Input:      int64(m.PromptTokenCount) - pictures + int64(m.ToolUsePromptTokenCount),
		ImageInput: pictures,
		Output:     int64(m.CandidatesTokenCount) + int64(m.ThoughtsTokenCount),
	}
	if raw, err := json.Marshal(m); err == nil {
		u.Raw = raw
	}
	return u
}
