package picture

// Wish is what somebody wants pictures of, in order: the model knows the size and
// the quality, and takes what else is set.
type Wish struct {
	Model          string   `json:"model"` // the catalogue's id
	Prompt         string   `json:"prompt"`
	NegativePrompt string   `json:"negative_prompt,omitempty"`
	Count          int      `json:"count"`
	Size           string   `json:"size"` // the catalogue's id
	Quality        string   `json:"quality,omitempty"`
	GuidanceScale  *float64 `json:"guidance_scale,omitempty"`
	Seed           *int64   `json:"seed,omitempty"`           // of the first; each further picture has the next
	Inputs         []string `json:"image_file_ids,omitempty"` // files to change or to go by
}

// Kept is a picture that was made and is a file now.
type Kept struct {
	FileID        string
	Name          string
	Size          int64 // bytes
	Width, Height int
	Origin        Origin
}

// ThumbnailKey is where the thumbnail of a file is kept.
func ThumbnailKey(userID, fileID string) string { return ThumbnailKeys + userID + "/" + fileID }

// ThumbnailKeys is what the keys of all thumbnails begin with.
const ThumbnailKeys = "thumbnails/"
