package demo_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"pulse/internal/provider"
	"pulse/internal/provider/demo"
)

func ask(messages ...string) provider.ChatRequest {
	req := provider.ChatRequest{Model: "demo-chat", MaxTokens: 4096, Stream: true}
	for i, text := range messages {
		role := provider.RoleUser
		if i%2 == 1 {
			role = provider.RoleAssistant
		}
		req.Messages = append(req.Messages, provider.Message{Role: role, Text: text})
	}
	return req
}

// answer gives the whole text, the number of pieces that it came in, and the rest.
func answer(t *testing.T, req provider.ChatRequest) (string, int, provider.ChatAnswer) {
	t.Helper()
	var text strings.Builder
	pieces := 0
	a, err := demo.New(0).Chat(t.Context(), req, func(d provider.Delta) {
		pieces++
		text.WriteString(d.Text)
	})
	if err != nil {
		t.Fatal(err)
	}
	return text.String(), pieces, a
}

func TestShowcase(t *testing.T) {
	t.Parallel()
	req := ask("Why is\nthe sky blue?")
	text, pieces, a := answer(t, req)
	for _, want := range []string{
		"not a model", "> Why is\n> the sky blue?", "first question", "\n## ", "\n- ", "  1. ", "| ---: |", "```go\n", "$$\n", "$e^{i\\pi}", "write 500 words",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the answer has no %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "%!") {
		t.Errorf("a verb without its value:\n%s", text)
	}
	words := len(strings.Fields(text))
	if a.FinishReason != provider.FinishStop || a.Usage.Input != 5 || a.Usage.Output != int64(words) || pieces != words || a.Usage.Raw == nil {
		t.Errorf("%d words in %d pieces: %+v", words, pieces, a)
	}
	if again, _, b := answer(t, req); again != text || b.ResponseID != a.ResponseID {
		t.Error("the same request got another answer")
	}
	if other, _, b := answer(t, ask("Why?")); other == text || b.ResponseID == a.ResponseID {
		t.Error("another request got the same answer")
	}
}

// A long question is quoted in part.
func TestLongQuestion(t *testing.T) {
	t.Parallel()
	text, _, _ := answer(t, ask(strings.Repeat("é", 1000)))
	if want := "> " + strings.Repeat("é", 600) + "…\n"; !strings.Contains(text, want) {
		t.Errorf("got:\n%s", text)
	}
}

func TestConversation(t *testing.T) {
	t.Parallel()
	req := ask("one", "two words", "three")
	req.System = "be a pirate"
	text, _, a := answer(t, req)
	if want := "question 2 of this conversation, and the 2 messages before it came along, with a system prompt of 3 words."; !strings.Contains(text, want) {
		t.Errorf("%q is not in:\n%s", want, text)
	}
	if !strings.Contains(text, "> three\n") || a.Usage.Input != 7 {
		t.Errorf("usage %+v:\n%s", a.Usage, text)
	}
}

// The demo says which pictures came with the question, and that it does not look.
func TestPictures(t *testing.T) {
	t.Parallel()
	png := provider.Image{ContentType: "image/png", Data: []byte("one")}
	gif := provider.Image{ContentType: "image/gif", Data: []byte("two")}
	for _, c := range []struct {
		images []provider.Image
		want   string
	}{
		{nil, ""},
		{[]provider.Image{png}, "It brought 1 picture along (image/png), at which the demo does not look."},
		{[]provider.Image{png, gif}, "It brought 2 pictures along (image/png, image/gif), at which the demo does not look."},
	} {
		req := ask("one", "two", "three")
		req.Messages[0].Images = []provider.Image{gif} // an earlier one is counted, and not spoken of
		req.Messages[2].Images = c.images
		text, _, a := answer(t, req)
		if !strings.Contains(text, c.want) || c.want == "" && strings.Contains(text, "picture") {
			t.Errorf("%q is not in:\n%s", c.want, text)
		}
		if want := int64(3 + 1 + len(c.images)); a.Usage.Input != want {
			t.Errorf("%d pictures: %d tokens went in, want %d", len(c.images), a.Usage.Input, want)
		}
	}
	// A picture alone is a question too, and another picture is another one.
	req, other := ask(""), ask("")
	req.Messages[0].Images, other.Messages[0].Images = []provider.Image{png}, []provider.Image{gif}
	_, _, a := answer(t, req)
	if _, _, b := answer(t, other); a.ResponseID == b.ResponseID || a.Usage.Input != 1 {
		t.Errorf("%+v, and of another picture %+v", a, b)
	}
}

// A number of words is kept to the word, and every sentence is there, in order.
func TestWordsAsked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		question string
		words    int
	}{
		{"Write 500 words", 500},
		{"a 1200-word story, please", 1200},
		{"1 word", 1},
		{"Say 9 words.", 9},
		{"Explain in 10 words or 20 words", 10},
	} {
		text, _, a := answer(t, ask(c.question))
		if got := len(strings.Fields(text)); got != c.words || a.Usage.Output != int64(c.words) || a.FinishReason != provider.FinishStop {
			t.Errorf("%q: %d words, %+v", c.question, got, a)
		}
		for n := range strings.Count(text, "Sentence ") {
			_, rest, found := strings.Cut(text, fmt.Sprintf("Sentence %d ", n+1))
			if !found && c.words > 20 {
				t.Errorf("%q: sentence %d is missing", c.question, n+1)
			}
			text = rest
		}
	}
	for _, question := range []string{"0 words", "words", "5 swords", "-", "500"} {
		if text, _, _ := answer(t, ask(question)); !strings.Contains(text, "# An answer") {
			t.Errorf("%q got %q", question, text)
		}
	}
}

func TestMaxTokens(t *testing.T) {
	t.Parallel()
	for _, question := range []string{"hello", "write 500 words", "write 999999 words"} {
		whole, _, _ := answer(t, ask(question))
		req := ask(question)
		req.MaxTokens = 20
		text, pieces, a := answer(t, req)
		if pieces != 20 || a.Usage.Output != 20 || a.FinishReason != provider.FinishLength || !strings.HasPrefix(whole, text) {
			t.Errorf("%q: %d pieces, %+v: %q", question, pieces, a, text)
		}
	}
	req := ask("write 20 words")
	req.MaxTokens = 20
	if _, _, a := answer(t, req); a.FinishReason != provider.FinishStop {
		t.Errorf("an answer that fits ended by %s", a.FinishReason)
	}
}

// Streamed or in one piece, it is the same answer at the same price.
func TestInOnePiece(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		req := ask(rapid.String().Draw(rt, "question"))
		req.MaxTokens = rapid.IntRange(1, 400).Draw(rt, "max tokens")
		streamed, _, a := answer(t, req)
		req.Stream = false
		text, pieces, b := answer(t, req)
		if text != streamed || pieces != 1 || a.Usage.Output != b.Usage.Output || a.FinishReason != b.FinishReason {
			rt.Fatalf("in %d pieces %q, streamed %q; %+v, %+v", pieces, text, streamed, b, a)
		}
		if n := int64(len(strings.Fields(text))); n != a.Usage.Output {
			rt.Fatalf("%d words, %d booked", n, a.Usage.Output)
		}
	})
}

func TestPace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		_, err := demo.New(demo.Pace).Chat(t.Context(), ask("write 401 words"), func(provider.Delta) {})
		if took := time.Since(begin); err != nil || took != 10*time.Second {
			t.Errorf("401 words took %s, error %v", took, err)
		}
	})
}

// Stop is felt within a word, and what was said is in the usage.
func TestStop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		why := errors.New("the person pressed Stop")
		ctx, cancel := context.WithCancelCause(t.Context())
		pieces := 0
		var stopped time.Time
		a, err := demo.New(time.Second).Chat(ctx, ask("write 500 words"), func(provider.Delta) {
			if pieces++; pieces == 7 {
				stopped = time.Now()
				time.AfterFunc(time.Second/2, func() { cancel(why) })
			}
		})
		if !errors.Is(err, why) || pieces != 7 || a.Usage.Output != 7 || a.Usage.Input != 3 || a.FinishReason != "" {
			t.Errorf("%d pieces, %+v, error %v", pieces, a, err)
		}
		if took := time.Since(stopped); took != time.Second/2 {
			t.Errorf("it noticed after %s", took)
		}
		a, err = demo.New(0).Chat(ctx, ask("hello"), func(provider.Delta) { t.Error("it spoke after Stop") })
		if !errors.Is(err, why) || a.Usage.Output != 0 {
			t.Errorf("%+v, error %v", a, err)
		}
	})
}

func TestTools(t *testing.T) {
	t.Parallel()
	tools := []provider.Tool{{Name: "clock"}, {Name: "weather"}}
	for name, w := range map[string]struct {
		prompt string
		choice provider.ToolChoice
		want   string
	}{
		"not asked for": {"What time is it?", provider.ToolChoice{}, ""},
		"asked for":     {"What time is it? [tool]", provider.ToolChoice{}, "clock"},
		"forbidden":     {"What time is it? [tool]", provider.ToolChoice{Mode: provider.ToolNone}, ""},
		"any":           {"What time is it?", provider.ToolChoice{Mode: provider.ToolRequired}, "clock"},
		"this one":      {"What time is it?", provider.ToolChoice{Mode: provider.ToolNamed, Name: "weather"}, "weather"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			req := ask(w.prompt)
			req.Tools, req.ToolChoice = tools, w.choice
			called, text := "", ""
			a, err := demo.New(0).Chat(t.Context(), req, func(d provider.Delta) {
				text += d.Text
				if d.ToolCall != nil {
					called = d.ToolCall.Name
				}
			})
			if err != nil || called != w.want || (called == "") != (a.FinishReason == provider.FinishStop) || (called == "") == (text == "") {
				t.Errorf("called %q, said %q, finished by %q, %v", called, text, a.FinishReason, err)
			}
		})
	}
}
