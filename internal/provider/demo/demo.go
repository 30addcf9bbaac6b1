// Package demo imitates a provider of models, so that Pulse can be tried and
// tested with no key and no network. What it says depends on the request
// alone, and says plainly that no model wrote it.
//
// It counts a token for each word. Asked for a number of words ("write 500
// words"), it gives an answer of exactly so many, in numbered sentences, so
// that a person or a test sees whether one is missing or came twice.
package demo

import (
	"context"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"time"
	"unicode"

	"pulse/internal/provider"
)

// Pace is the time between two words of a streamed answer: 40 words a second,
// about as fast as models write.
const Pace = 25 * time.Millisecond

// Chatter answers chats by itself.
type Chatter struct{ pace time.Duration }

// New makes the demo. pace is the time between two words of a streamed answer,
// 0 for as fast as it goes; an answer in one piece comes at once.
func New(pace time.Duration) *Chatter { return &Chatter{pace: pace} }

// Chat implements provider.Chatter. The only error is the context's cause.
func (c *Chatter) Chat(ctx context.Context, req provider.ChatRequest, emit func(provider.Delta)) (provider.ChatAnswer, error) {
	if name := toCall(req); name != "" {
		return call(ctx, req, name, emit)
	}
	pieces := split(compose(req))
	finish := provider.FinishStop
	if len(pieces) > req.MaxTokens {
		pieces, finish = pieces[:req.MaxTokens], provider.FinishLength
	}
	said, err := c.say(ctx, req.Stream, pieces, emit)
	if err != nil {
		finish = ""
	}
	return provider.ChatAnswer{
		FinishReason: finish, Model: req.Model, ResponseID: responseID(req), Usage: usageOf(req, said),
	}, err
}

// say emits the pieces and tells how many went out.
func (c *Chatter) say(ctx context.Context, stream bool, pieces []string, emit func(provider.Delta)) (int, error) {
	if ctx.Err() != nil {
		return 0, context.Cause(ctx)
	}
	if !stream {
		emit(provider.Delta{Text: strings.Join(pieces, "")})
		return len(pieces), nil
	}
	tick := time.NewTicker(max(c.pace, 1))
	defer tick.Stop()
	for i, piece := range pieces {
		if c.pace > 0 && i > 0 {
			select {
			case <-tick.C:
			case <-ctx.Done():
			}
		}
		if ctx.Err() != nil {
			return i, context.Cause(ctx)
		}
		emit(provider.Delta{Text: piece})
	}
	return len(pieces), nil
}

// usageOf counts words. A cancelled answer has only those that were said.
func usageOf(req provider.ChatRequest, said int) provider.Usage {
	prompt := count(req.System)
	for _, m := range req.Messages {
		prompt += count(m.Text) + len(m.Images) // a picture is a token
	}
	return provider.Usage{
		Input: int64(prompt), Output: int64(said),
		Raw: fmt.Appendf(nil, `{"prompt_words":%d,"answer_words":%d}`, prompt, said),
	}
}

func count(text string) int {
	n := 0
	for range strings.FieldsSeq(text) {
		n++
	}
	return n
}

// split cuts a text into words, each with the space that follows it.
func split(text string) []string {
	var pieces []string
	start, inSpace := 0, false
	for i, r := range text {
		space := unicode.IsSpace(r)
		if inSpace && !space {
			pieces = append(pieces, text[start:i])
			start = i
		}
		inSpace = space
	}
	return append(pieces, text[start:])
}

// digest is what the answer's chance comes from: the same for the same request.
func digest(req provider.ChatRequest) uint64 {
	h := fnv.New64a()
	for _, m := range req.Messages {
		_, _ = h.Write([]byte(m.Role + "\x00" + m.Text + "\x00")) // a hash never fails
		for _, image := range m.Images {
			_, _ = h.Write(image.Data)
		}
	}
	return h.Sum64()
}

func responseID(req provider.ChatRequest) string {
	return "demo-" + strconv.FormatUint(digest(req), 36)
}
