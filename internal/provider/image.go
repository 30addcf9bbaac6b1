package provider

import (
	"context"
	"encoding/json"
)

// Imager makes pictures.
type Imager interface {
	// Image makes one picture. Who wants several calls it as often: so each shows as
	// soon as it is there, and one that fails costs the others nothing.
	//
	// Errors are *Error; a cancelled context gives ctx's cause. On error the answer
	// still carries whatever usage the vendor had reported. A picture that the
	// vendor declines to make is KindBlocked, an answer without one KindEmpty.
	Image(ctx context.Context, req ImageRequest) (ImageAnswer, error)
}

// ImageRequest is a wish for a picture in no vendor's dialect.
type ImageRequest struct {
	Model   string // the vendor's own id of the model
	Prompt  string // with all that is written into it
	Size    string // the catalogue's Ask for the size: the vendor's words
	Quality string // empty: the vendor's default
	Inputs  []Image

	// Only set where the catalogue says that the vendor has a field for it.
	NegativePrompt string
	GuidanceScale  *float64
	Seed           *int64

	UserHash string // as ChatRequest's
}

// ImageAnswer is a picture and what it took.
type ImageAnswer struct {
	Image      Image  // the file as it came
	Revised    string // the prompt as the vendor changed it, where it says so
	ResponseID string
	Usage      ImageUsage
}

// ImageUsage is what a picture took, in tokens, in classes that never overlap.
type ImageUsage struct {
	Input      int64 `json:"input"`       // of the text
	ImageInput int64 `json:"image_input"` // of the pictures that went in
	Output     int64 `json:"output"`      // of the picture that came, thinking included

	Estimated bool            `json:"estimated,omitempty"` // by the catalogue, because the vendor did not say
	Raw       json.RawMessage `json:"raw,omitempty"`       // the vendor's own figures, kept for disputes
}

// Zero tells that the vendor reported nothing.
func (u ImageUsage) Zero() bool { return u.Input+u.ImageInput+u.Output == 0 }

// SumImages adds up what several pictures took; Raw is the list of all figures.
func SumImages(pictures []ImageUsage) (sum ImageUsage) {
	raw := []byte("[")
	for _, u := range pictures {
		sum.Input, sum.ImageInput, sum.Output = sum.Input+u.Input, sum.ImageInput+u.ImageInput, sum.Output+u.Output
		sum.Estimated = sum.Estimated || u.Estimated
		if len(u.Raw) > 0 {
			if len(raw) > 1 {
				raw = append(raw, ',')
			}
			raw = append(raw, u.Raw...)
		}
	}
	raw = append(raw, ']')
	sum.Raw = raw
	return sum
}
