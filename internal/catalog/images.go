package catalog

import (
	"cmp"
	"errors"
	"fmt"
)

// ImageLimits are what a model takes of pictures; all zero where it takes none.
// A conversation resends all its pictures, so the count and the total are of
// the whole prompt. Bytes are those of the files, before base64 adds a third.
type ImageLimits struct {
	MaxCount      int64    `yaml:"max_count"`
	MaxBytes      int64    `yaml:"max_bytes"`
	MaxTotalBytes int64    `yaml:"max_total_bytes"`
	MaxEdge       int64    `yaml:"max_edge"` // pixels
	Types         []string `yaml:"types"`    // "image/png"
}

func imageTypes() []string { return []string{"image/png", "image/jpeg", "image/webp", "image/gif"} }

func (l ImageLimits) over(base ImageLimits) ImageLimits {
	return ImageLimits{
		MaxCount:      cmp.Or(l.MaxCount, base.MaxCount),
		MaxBytes:      cmp.Or(l.MaxBytes, base.MaxBytes),
		MaxTotalBytes: cmp.Or(l.MaxTotalBytes, base.MaxTotalBytes),
		MaxEdge:       cmp.Or(l.MaxEdge, base.MaxEdge),
		Types:         given(l.Types, base.Types),
	}
}

// check wants every limit of a model that sees.
func (l ImageLimits) check() error {
	switch {
	case l.MaxCount <= 0 || l.MaxBytes <= 0 || l.MaxTotalBytes <= 0 || l.MaxEdge <= 0:
		return errors.New("images: max_count, max_bytes, max_total_bytes and max_edge must be over 0 for a model with vision")
	case l.MaxBytes > l.MaxTotalBytes:
		return errors.New("images: max_bytes is over max_total_bytes")
	case len(l.Types) == 0:
		return errors.New("images: types are missing")
	}
	if err := check(l.Types, imageTypes()); err != nil {
		return fmt.Errorf("images: types: %w", err)
	}
	return nil
}

// ImageTokens estimates the tokens of a picture of that many pixels. It is for
// holds and errs on the side of too many; what is booked is the vendor's count.
func (m Model) ImageTokens(width, height int64) int64 {
	const most = 1 << 16 // pixels an edge; no vendor takes more, and nothing overflows
	width, height = min(max(1, width), most), min(max(1, height), most)
	switch m.count {
	case o200k:
		// A token for each 32-pixel patch, times 1.2, and no cap: as measured for
		// gpt-6.1-sol (docs.apiyi.com/en/faq/vision-image-too-large, 2026-10-20).
		return (cells(width, height, 32)*12 + 9) / 10
	case claude:
		// The larger edge and the most tokens, 4784, are those of Claude since 4.7
		// (docs.rs/vision-squeezer/0.6.2, not Anthropic's own page).
		return claudeTokens(width, height, 2576, 4784)
	case claudeTo46:
		// "About 1,600" (docs.anthropic.com/en/docs/vision).
		return claudeTokens(width, height, 1568, 1600)
	case gemini:
		// 258 a tile of 768 pixels, which is Gemini 2's way
		// (geminibyexample.com/027-calculate-input-tokens), and no less than Gemini 3's
		// default of 1120 (fastgptplus.com/en/posts/gemini-3-pro-media-resolution-parameter).
		// Neither is Google's own page; that Gemini 4 counts alike is an estimate.
		return max(1120, 258*cells(width, height, 768))
	case words:
		return 1 // as the demo counts
	case o200kOther:
	}
	// Unknown: the dearer of Llama's tiles (docs.together.ai/docs/vision-overview)
	// and patches of 28 pixels, which Qwen has (huggingface.co/Qwen/Qwen2-VL-7B-Instruct/discussions/47).
	tiles := min(2, 1+width/560) * min(2, 1+height/560)
	return max(1601*tiles, cells(width, height, 28))
}

// claudeTokens is the more of what Anthropic's pages have said: width × height
// ÷ 750 (platform.claude.com/docs/en/vision), and later a token for each patch of
// 28 pixels (…/docs/en/build-with-claude/vision), which matters to thin pictures.
// A larger picture is made smaller first, and costs no more than most.
func claudeTokens(width, height, edge, most int64) int64 {
	if long := max(width, height); long > edge {
		width, height = (width*edge+long-1)/long, (height*edge+long-1)/long
	}
	return min(most, max((width*height+749)/750, cells(width, height, 28)))
}

// cells is how many squares of that edge cover a picture.
func cells(width, height, edge int64) int64 {
	return ((width + edge - 1) / edge) * ((height + edge - 1) / edge)
}
