// Package picture makes of a picture what Pulse keeps and shows of it: a small
// one for lists, and a PNG that says how it came about. It decodes nothing before
// it knows how much memory that takes, and lets no more at once than there is
// room for.
package picture

import (
	"time"
)

// Thumbnail is a small picture for lists: at most ThumbnailEdge wide and high.
type Thumbnail struct {
	Data          []byte
	ContentType   string // "image/jpeg", or "image/png" where it is transparent
	Width, Height int
}

// ThumbnailEdge is how wide or high a thumbnail is at most, in pixels.
const ThumbnailEdge = 512

// Origin is how a picture was made: what its file says of itself, and what people
// are shown. It is kept as JSON.
type Origin struct {
	Prompt         string    `json:"prompt"`
	NegativePrompt string    `json:"negative_prompt,omitempty"`
	Model          string    `json:"model"`
	ModelName      string    `json:"model_name"`
	Provider       string    `json:"provider"`
	Size           string    `json:"size,omitempty"`
	Quality        string    `json:"quality,omitempty"`
	GuidanceScale  *float64  `json:"guidance_scale,omitempty"`
	Seed           *int64    `json:"seed,omitempty"`
	Edited         bool      `json:"edited,omitempty"`         // made with other pictures along
	RevisedPrompt  string    `json:"revised_prompt,omitempty"` // as the vendor changed it
	Demo           bool      `json:"demo,omitempty"`           // drawn by Pulse itself, by no model
	CreatedAt      time.Time `json:"created_at"`
}

// Made is a picture as it is kept.
type Made struct {
	PNG           []byte
	Width, Height int
	Thumbnail     Thumbnail
}
