package standin

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	_ "image/gif" // decoded to be looked at
	_ "image/jpeg"
	_ "image/png"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	_ "golang.org/x/image/webp" // decoded too

	"pulse/internal/provider"
)

// pictureTokens is what a picture of any size costs here.
const pictureTokens = 100

// picture reads a picture as vendors do: what it says it is, it has to be.
func picture(contentType, data string, types ...string) (provider.Image, error) {
	body, err := base64.StdEncoding.Strict().DecodeString(data)
	if err != nil {
		return provider.Image{}, fmt.Errorf("the image is no valid base64: %w", err)
	}
	return decoded(contentType, body, types...)
}

// decoded is picture, of a file.
func decoded(contentType string, body []byte, types ...string) (provider.Image, error) {
	if !slices.Contains(types, contentType) {
		return provider.Image{}, fmt.Errorf("unsupported image type %q; supported are %s", contentType, strings.Join(types, ", "))
	}
	_, format, err := image.DecodeConfig(bytes.NewReader(body))
	if err != nil {
		return provider.Image{}, fmt.Errorf("could not process the image: %w", err)
	}
	if got := "image/" + format; got != contentType {
		return provider.Image{}, fmt.Errorf("the image was given as %s and appears to be %s", contentType, got)
	}
	return provider.Image{ContentType: contentType, Data: body}, nil
}

// dataURI takes a data address apart.
func dataURI(address string) (contentType, data string, ok bool) {
	rest, ok := strings.CutPrefix(address, "data:")
	if !ok {
		return "", "", false
	}
	return strings.Cut(rest, ";base64,")
}

// look says what pictures a message has.
func look(m provider.Message) string {
	if len(m.Images) == 0 {
		return "I see no picture."
	}
	seen := make([]string, len(m.Images))
	for i, p := range m.Images {
		seen[i] = p.ContentType
		if c, _, err := image.DecodeConfig(bytes.NewReader(p.Data)); err == nil {
			seen[i] += fmt.Sprintf(" %dx%d", c.Width, c.Height)
		}
	}
	return "I see " + strings.Join(seen, ", ") + "."
}

const typeText = "text"

// part is a piece of a message's content in OpenAI's or Anthropic's dialect.
type part struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	ImageURL *struct {
		URL string `json:"url"`
	} `json:"image_url"`
	Source *struct {
		Type      string `json:"type"`
		MediaType string `json:"media_type"`
		Data      string `json:"data"`
	} `json:"source"`

	// Of Anthropic's tool_use and tool_result.
	ID        string         `json:"id"`
	Name      string         `json:"name"`
	Input     jsontext.Value `json:"input"`
	ToolUseID string         `json:"tool_use_id"`
	Content   content        `json:"content"`
	IsError   bool           `json:"is_error"`
}

// content is a text, or parts of several kinds.
type content []part

// UnmarshalJSONFrom reads either form.
func (c *content) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	if dec.PeekKind() != '"' {
		return json.UnmarshalDecode(dec, (*[]part)(c))
	}
	text := part{Type: typeText}
	err := json.UnmarshalDecode(dec, &text.Text)
	*c = content{text}
	return err
}

func (c *content) text() string {
	var text strings.Builder
	for _, p := range *c {
		text.WriteString(p.Text)
	}
	return text.String()
}
