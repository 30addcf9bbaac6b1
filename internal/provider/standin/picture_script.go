package standin

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"pulse/internal/provider"
)

// PictureScript is how one wish for a picture is answered. The zero PictureScript
// gives it.
type PictureScript struct {
	Delay time.Duration // before the first byte

	// Usage is what is reported and billed. Zero means one token a word of the
	// prompt, 100 a picture that came along, and some by size and quality of the
	// one that goes.
	Usage     provider.ImageUsage
	Thoughts  int64 // how many of Usage's output were thinking, where the vendor says so
	HideUsage bool

	// Blocked is why the prompt was blocked before anything was made: an error at
	// OpenAI, a promptFeedback.blockReason at Google. Filtered is why the picture
	// that was made is not given out: an error at OpenAI, a finishReason at Google.
	Blocked, Filtered string
	Empty             bool // the answer has no picture, and nobody says why

	ContentType string // image/jpeg or image/webp instead of a PNG; text/plain instead of a picture
	Garbled     bool   // the picture is no base64
	Drafts      bool   // thinking with another picture comes before, at Google
	Told        bool   // says what it was told: revised_prompt at OpenAI, words at Google
	Pad         int    // bytes of nothing after the answer

	Fault   Fault   // all but FaultError; FaultStall is before the first byte
	Half    bool    // FaultStall comes in the middle of the answer
	Failure Failure // what FaultRefuse says
}

// PicturePlay chooses the script for a wish; nth counts the wishes with the same
// prompt, from 1.
type PicturePlay func(req provider.ImageRequest, nth int) PictureScript

// AlwaysPicture plays one script.
func AlwaysPicture(s PictureScript) PicturePlay {
	return func(provider.ImageRequest, int) PictureScript { return s }
}

// PictureFromPrompt plays what the prompt says. The commands, which may be combined:
//
//	[delay 2s]          before the first byte
//	[status 429]        an error instead of a picture, also [status 429 retry 2]
//	[once 503]          the same for the first wish with this prompt only
//	[blocked]           the prompt is blocked
//	[filtered]          the picture is made and kept back, also [filtered NO_IMAGE],
//	                    with the word that Google says
//	[block 2]           as [filtered], for the second wish with this prompt only;
//	                    also [block 1 3]
//	[empty]             ends without a picture
//	[jpeg] [webp]       instead of a PNG
//	[text]              instead of a picture
//	[garbled]           the picture is no base64
//	[stall]             silence with the connection open; [stall half] in mid-answer
//	[cut]               the connection breaks in mid-answer, as does [reset]
//	[malformed]         half an answer, in good order
//	[told]              tells what it was told: at OpenAI in revised_prompt, at
//	                    Google in words beside the picture
func PictureFromPrompt(req provider.ImageRequest, nth int) PictureScript {
	var s PictureScript
	for _, m := range command.FindAllStringSubmatch(req.Prompt, -1) {
		args := strings.Fields(m[2])
		first := ""
		if len(args) > 0 {
			first = args[0]
		}
		switch m[1] {
		case "delay":
			s.Delay = duration(first)
		case "status":
			s.refuse(count(first))
			if len(args) > 2 { //nolint:mnd // status, "retry", seconds
				s.Failure.Header = http.Header{"Retry-After": {args[2]}}
			}
		case "once":
			if nth == 1 {
				s.refuse(count(first))
			}
		case "blocked":
			s.Blocked = "PROHIBITED_CONTENT"
		case "filtered":
			if s.Filtered = "IMAGE_SAFETY"; first != "" {
				s.Filtered = first
			}
		case "block":
			if slices.Contains(args, strconv.Itoa(nth)) {
				s.Filtered = "IMAGE_SAFETY"
			}
		case "empty":
			s.Empty = true
		case "jpeg", "webp":
			s.ContentType = "image/" + m[1]
		case typeText:
			s.ContentType = "text/plain"
		case "garbled":
			s.Garbled = true
		case "stall":
			s.Fault, s.Half = FaultStall, first == "half"
		case "cut", "reset", "malformed":
			s.Fault = Fault(m[1])
		case "told":
			s.Told = true
		}
	}
	return s
}

func (s *PictureScript) refuse(status int) {
	s.Fault, s.Failure = FaultRefuse, Failure{Status: status, Message: "asked for by the prompt"}
}

// usage gives the figures of the whole answer.
func (s *PictureScript) usage(req provider.ImageRequest, width, height int) provider.ImageUsage {
	if !s.Usage.Zero() {
		return s.Usage
	}
	const pixelsOfToken = 1000
	care := map[string]int64{"low": 1, "high": 16, "xhigh": 24, "max": 32} //nolint:mnd // quarters of medium, about as OpenAI's
	quarters := care[req.Quality]
	if quarters == 0 {
		quarters = 4
	}
	return provider.ImageUsage{
		Input:      max(1, int64(len(strings.Fields(req.Prompt)))),
		ImageInput: int64(pictureTokens * len(req.Inputs)),
		Output:     max(1, int64(width)*int64(height)*quarters/4/pixelsOfToken),
	}
}
