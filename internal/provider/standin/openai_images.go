package standin

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"pulse/internal/provider"
)

// The models of OpenAI's that make pictures, by the sizes that they take.
var (
	openAIFixedSizes = []string{"gpt-image-2.6-sunburst", "gpt-image-2.6-flare", "gpt-image-1.5", "gpt-image-1-mini"}
	openAIAnySize    = []string{"gpt-image-2.5-sunburst", "gpt-image-2.5-flare", "gpt-image-2"}
)

// OpenAIImageModels are those of OpenAI's stand-in that make pictures.
func OpenAIImageModels() []string { return slices.Concat(openAIFixedSizes, openAIAnySize) }

const mostOpenAIInputs = 16

// openAIImageRequest has no response_format and no style, which are of models that
// are gone, and no seed, negative prompt or guidance, which there never were.
type openAIImageRequest struct {
	Model            string `json:"model"`
	Prompt           string `json:"prompt"`
	N                *int   `json:"n"`
	Size             string `json:"size"`
	Quality          string `json:"quality"`
	OutputFormat     string `json:"output_format"`
	Background       string `json:"background"`
	Moderation       string `json:"moderation"`
	SafetyIdentifier string `json:"safety_identifier"`
	User             string `json:"user"`
}

func (a openAI) generateImage(w http.ResponseWriter, r *http.Request) {
	a.server.note(func(b *Books) { b.Requests++ })
	v := &openAIPictureVoice{}
	if f := a.door(r); f.Status != 0 {
		a.server.refuse(w, v, f)
		return
	}
	var body openAIImageRequest
	if unknown, err := strictly(r, &body); err != nil {
		message := err.Error()
		if unknown != "" {
			message = "Unknown parameter: '" + unknown + "'."
		}
		a.server.refuse(w, v, Failure{Status: http.StatusBadRequest, Code: "unknown_parameter", Message: message})
		return
	}
	a.image(w, r, v, &body, nil)
}

func (a openAI) editImage(w http.ResponseWriter, r *http.Request) {
	a.server.note(func(b *Books) { b.Requests++ })
	v := &openAIPictureVoice{}
	if f := a.door(r); f.Status != 0 {
		a.server.refuse(w, v, f)
		return
	}
	var body openAIImageRequest
	inputs, f := body.form(r)
	if f.Status == 0 && len(inputs) == 0 {
		f = Failure{Status: http.StatusBadRequest, Code: "missing_required_parameter", Message: "Missing required parameter: 'image'."}
	}
	if f.Status != 0 {
		a.server.refuse(w, v, f)
		return
	}
	a.image(w, r, v, &body, inputs)
}

// form reads a multipart form, which alone carries pictures.
func (b *openAIImageRequest) form(r *http.Request) ([]provider.Image, Failure) {
	reader, err := r.MultipartReader()
	if err != nil {
		return nil, Failure{Status: http.StatusBadRequest, Message: "We could not parse the form of your request."}
	}
	var inputs []provider.Image
	texts := map[string]*string{
		"model": &b.Model, "prompt": &b.Prompt, "size": &b.Size, "quality": &b.Quality, "output_format": &b.OutputFormat,
		"background": &b.Background, "moderation": &b.Moderation, "safety_identifier": &b.SafetyIdentifier, "user": &b.User,
	}
	for {
		part, err := reader.NextPart()
		if err == io.EOF { //nolint:errorlint // NextPart gives it as it is
			return inputs, Failure{}
		}
		var value []byte
		if err == nil {
			value, err = io.ReadAll(part)
		}
		if err != nil {
			return nil, Failure{Status: http.StatusBadRequest, Message: "We could not parse the form of your request."}
		}
		switch name := part.FormName(); {
		case name == "image[]":
			input, err := formPicture(part, value)
			if err != nil {
				return nil, Failure{Status: http.StatusBadRequest, Code: "invalid_image_file", Message: err.Error()}
			}
			inputs = append(inputs, input)
		case name == "n":
			b.N = new(count(string(value)))
		case texts[name] != nil:
			*texts[name] = string(value)
		default:
			return nil, Failure{Status: http.StatusBadRequest, Code: "unknown_parameter", Message: "Unknown parameter: '" + name + "'."}
		}
	}
}

func formPicture(part *multipart.Part, value []byte) (provider.Image, error) {
	if part.FileName() == "" {
		return provider.Image{}, errors.New("expected a file, but got a text")
	}
	return decoded(part.Header.Get("Content-Type"), value, "image/png", "image/jpeg", "image/webp")
}

// image checks what is asked for and answers.
func (a openAI) image(w http.ResponseWriter, r *http.Request, v *openAIPictureVoice, b *openAIImageRequest, inputs []provider.Image) {
	width, height, f := b.check()
	if f.Status == 0 && len(inputs) > mostOpenAIInputs {
		f = Failure{Status: http.StatusBadRequest, Code: "array_above_max_length", Message: "Invalid 'image': array too long."}
	}
	if f.Status != 0 {
		a.server.refuse(w, v, f)
		return
	}
	v.asked = b
	w.Header().Set("X-Request-Id", "req_standin")
	a.server.draw(w, r, v, provider.ImageRequest{
		Model: b.Model, Prompt: b.Prompt, Size: b.Size, Quality: b.Quality, Inputs: inputs, UserHash: b.SafetyIdentifier,
	}, width, height)
}

func invalidValue(name, value string) Failure {
	return Failure{
		Status: http.StatusBadRequest, Code: "invalid_value", Message: fmt.Sprintf("Invalid value: '%.100s' for '%s'.", value, name),
	}
}

// check gives the size in pixels.
func (b *openAIImageRequest) check() (width, height int, f Failure) {
	const mostPrompt, mostCount = 32000, 10
	qualities := []string{"", "auto", "low", "medium", "high"}
	if strings.HasPrefix(b.Model, "gpt-image-2.5") {
		qualities = append(qualities, "xhigh", "max")
	}
	switch {
	case !slices.Contains(OpenAIImageModels(), b.Model):
		return 0, 0, invalidValue("model", b.Model)
	case b.Prompt == "":
		return 0, 0, Failure{Status: http.StatusBadRequest, Code: "missing_required_parameter", Message: "Missing required parameter: 'prompt'."}
	case utf8.RuneCountInString(b.Prompt) > mostPrompt:
		return 0, 0, Failure{Status: http.StatusBadRequest, Code: "string_above_max_length", Message: "Invalid 'prompt': string too long."}
	case b.N != nil && (*b.N < 1 || *b.N > mostCount):
		return 0, 0, invalidValue("n", strconv.Itoa(*b.N))
	case b.N != nil && *b.N != 1:
		return 0, 0, unsupported("this stand-in makes one picture a call")
	case !slices.Contains(qualities, b.Quality):
		return 0, 0, invalidValue("quality", b.Quality)
	case !slices.Contains([]string{"", "png", "jpeg", "webp"}, b.OutputFormat):
		return 0, 0, invalidValue("output_format", b.OutputFormat)
	case !slices.Contains([]string{"", "auto", "opaque", "transparent"}, b.Background):
		return 0, 0, invalidValue("background", b.Background)
	case !slices.Contains([]string{"", "auto", "low"}, b.Moderation):
		return 0, 0, invalidValue("moderation", b.Moderation)
	}
	if width, height, ok := openAISize(b.Size, slices.Contains(openAIAnySize, b.Model)); ok {
		return width, height, Failure{}
	}
	return 0, 0, invalidValue("size", b.Size)
}

// openAISize reads a size: one of three, or whatever is within some bounds.
func openAISize(size string, free bool) (width, height int, ok bool) {
	switch size {
	case "", "auto":
		return 1024, 1024, true
	case "1024x1024", "1536x1024", "1024x1536":
		free = true
	}
	const step, mostEdge, mostRatio, leastPixels, mostPixels = 16, 3840, 3, 655_360, 8_294_400
	left, right, _ := strings.Cut(size, "x")
	width, height = count(left), count(right)
	ok = free && width > 0 && height > 0 && width%step == 0 && height%step == 0 && max(width, height) <= mostEdge &&
		max(width, height) <= mostRatio*min(width, height) && width*height >= leastPixels && width*height <= mostPixels
	return width, height, ok
}

// openAIPictureVoice writes what images/generations and images/edits answer.
type openAIPictureVoice struct {
	openAIVoice

	asked *openAIImageRequest
}

func (v *openAIPictureVoice) drawn(p *drawing) []byte {
	list, figures := "[]", ""
	if p.file != "" {
		revised := ""
		if p.script.Told {
			revised = `,"revised_prompt":` + quoted(p.told())
		}
		list = `[{"b64_json":"` + p.file + `"` + revised + `}]`
	}
	if u := p.usage; !p.script.HideUsage {
		figures = fmt.Sprintf(`,"usage":{"input_tokens":%d,"input_tokens_details":{"text_tokens":%d,"image_tokens":%d},"output_tokens":%d,"total_tokens":%d}`,
			u.Input+u.ImageInput, u.Input, u.ImageInput, u.Output, u.Input+u.ImageInput+u.Output)
	}
	quality := v.asked.Quality
	if quality == "" {
		quality = "medium"
	}
	_, format, _ := strings.Cut(p.contentType, "/")
	return fmt.Appendf(nil, `{"created":1763769600,"background":"opaque","data":%s,"output_format":%s,"quality":%s,"size":"%dx%d"%s}`,
		list, quoted(format), quoted(quality), p.width, p.height, figures)
}

// kept refuses in the same words whether it was the prompt or the picture.
func (v *openAIPictureVoice) kept(_ *drawing, word string, _ bool) ([]byte, int) {
	return fmt.Appendf(nil, `{"error":{"message":%s,"type":"image_generation_user_error","param":null,"code":"moderation_blocked"}}`,
		quoted("Your request was rejected by the safety system. If you believe this is an error, contact us and include the request ID req_standin. safety_violations=["+
			strings.ToLower(word)+"].")), http.StatusBadRequest
}
