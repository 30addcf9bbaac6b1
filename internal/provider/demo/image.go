package demo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/png"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"pulse/internal/provider"
)

// ImagePace is about how long a picture takes: long enough that people see how
// their pictures arrive, one after another.
const ImagePace = 1500 * time.Millisecond

// Imager draws pictures by itself: a scene whose colours come from the prompt and
// whose shapes come from the seed. Each says on its face that it is the demo's.
//
// The same request gives the same bytes. Without a seed the prompt is the seed.
type Imager struct{ pace time.Duration }

// NewImager makes the demo of pictures. pace is about how long one takes, 0 for as
// fast as it goes.
func NewImager(pace time.Duration) *Imager { return &Imager{pace: pace} }

var _ provider.Imager = (*Imager)(nil)

// maxEdge is how wide or high a picture can be.
const maxEdge = 4096

// Image implements provider.Imager. Beside the context's cause the only error is
// that of a size that cannot be drawn.
func (m *Imager) Image(ctx context.Context, req provider.ImageRequest) (provider.ImageAnswer, error) {
	width, height, ok := pixels(req.Size)
	if !ok {
		e := provider.CannotDo("size", fmt.Sprintf("The demo draws pictures of up to %d × %d pixels. Choose another size.", maxEdge, maxEdge))
		e.Provider, e.Picture = "demo", true
		return provider.ImageAnswer{}, e
	}
	w := wishOf(req)
	if err := m.wait(ctx, w); err != nil {
		return provider.ImageAnswer{}, err
	}
	canvas := image.NewRGBA(image.Rect(0, 0, width, height))
	w.paint(canvas)
	w.inset(ctx, canvas, req.Inputs)
	if ctx.Err() != nil {
		return provider.ImageAnswer{}, context.Cause(ctx)
	}
	if err := w.caption(canvas); err != nil {
		return provider.ImageAnswer{}, err
	}
	var file bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&file, canvas); err != nil {
		return provider.ImageAnswer{}, fmt.Errorf("demo: %w", err) // a buffer takes whatever there is
	}
	if ctx.Err() != nil {
		return provider.ImageAnswer{}, context.Cause(ctx)
	}
	words := count(req.Prompt) + count(req.NegativePrompt)
	return provider.ImageAnswer{
		Image:      provider.Image{ContentType: "image/png", Data: file.Bytes()},
		ResponseID: "demo-" + strconv.FormatUint(w.shapes, 36),
		Usage: provider.ImageUsage{
			Input: int64(words), ImageInput: int64(len(req.Inputs)), Output: 1,
			Raw: fmt.Appendf(nil, `{"prompt_words":%d,"pictures":%d}`, words, len(req.Inputs)),
		},
	}, nil
}

// wait takes from half to one and a half of the pace, so that the pictures of a
// request come one after another.
func (m *Imager) wait(ctx context.Context, w wish) error {
	takes := m.pace/2 + m.pace*time.Duration(w.shapes%101)/100
	select {
	case <-time.After(takes):
	case <-ctx.Done():
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

// pixels reads "1024x768".
func pixels(size string) (width, height int, ok bool) {
	left, right, _ := strings.Cut(size, "x")
	width, errWidth := strconv.Atoi(left)
	height, errHeight := strconv.Atoi(right)
	ok = errors.Join(errWidth, errHeight) == nil && width > 0 && height > 0 && width <= maxEdge && height <= maxEdge
	return width, height, ok
}

// wish is a request as the painter sees it. Each setting changes something that
// people see: the prompt the colours, the seed the scene and its shapes, what is
// not wanted turns the colours, guidance makes them stronger.
type wish struct {
	colours, shapes uint64 // where chance begins
	turn            float64
	strength        float64 // 0 to 1
	prompt          string
	settings        string // for the caption
}

func wishOf(req provider.ImageRequest) wish {
	prompt := digestOf(req.Prompt)
	w := wish{colours: prompt, shapes: prompt, prompt: req.Prompt, strength: 0.4}
	var said []string
	if n := len(req.Inputs); n == 1 {
		said = append(said, "edited from a picture")
	} else if n > 1 {
		said = append(said, "edited from "+strconv.Itoa(n)+" pictures")
	}
	for i, input := range req.Inputs {
		w.shapes ^= digestOf("input", strconv.Itoa(i), string(input.Data))
	}
	if req.Seed != nil {
		w.shapes ^= digestOf("seed", strconv.FormatInt(*req.Seed, 10))
		said = append(said, "seed "+strconv.FormatInt(*req.Seed, 10))
	}
	if req.GuidanceScale != nil {
		w.strength = min(max(0, *req.GuidanceScale), 20) / 20
		said = append(said, "guidance "+strconv.FormatFloat(*req.GuidanceScale, 'g', 4, 64))
	}
	if req.Quality != "" {
		said = append(said, req.Quality)
	}
	if req.NegativePrompt != "" {
		w.turn = 60 + float64(digestOf(req.NegativePrompt)%240)
		said = append(said, "without "+req.NegativePrompt)
	}
	w.settings = strings.Join(said, " · ")
	return w
}

func digestOf(parts ...string) uint64 {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return binary.BigEndian.Uint64(sum[:])
}

// chance gives the same numbers for the same beginning.
func chance(seed uint64) *rand.Rand {
	return rand.New(rand.NewPCG(seed, seed>>1)) //nolint:gosec // the same for the same request, which is the point
}
