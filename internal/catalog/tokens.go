package catalog

import (
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/tiktoken-go/tokenizer"
)

// counting says how a model's tokens are counted here, where the provider does
// not. Only o200k is a tokenizer; the others are estimates of ours.
type counting string

const (
	// o200k is OpenAI's vocabulary: established up to GPT-5.1, and the best
	// known guess for what came later.
	o200k counting = "o200k"
	// o200kOther is o200k and a tenth more, for models of unknown vocabulary.
	o200kOther counting = "o200k_other"
	// claude is a token for 3.5 characters and, since Opus 4.7, 30 % more of them.
	claude     counting = "claude"
	claudeTo46 counting = "claude_to_4_6"
	// gemini is a token for 4 characters.
	gemini counting = "gemini"
	// words is a token for each word, as the demo counts.
	words counting = "words"
)

func countings() []counting { return []counting{o200k, o200kOther, claude, claudeTo46, gemini, words} }

// rate is an estimate: tokens for a thousand ASCII characters, and for a
// thousand bytes of other scripts, where a Chinese character has three bytes
// and is about one token.
type rate struct{ ascii, other int64 }

func (c counting) rate() rate {
	switch c {
	case claude:
		return rate{ascii: 372, other: 434} // 1000 ÷ 3.5 × 1.3, 1000 ÷ 3 × 1.3
	case claudeTo46:
		return rate{ascii: 286, other: 334}
	case gemini:
		return rate{ascii: 250, other: 334}
	case o200kOther:
		return rate{ascii: 367, other: 367} // 1000 ÷ 3 × 1.1
	case o200k, words:
	}
	return rate{ascii: 334, other: 334} // 1000 ÷ 3: a quarter more than English prose has
}

// CountTokens counts carefully: with tiktoken where the model's vocabulary is
// known to it, by the documented estimate otherwise. The first count with
// tiktoken loads the vocabulary, which takes a moment.
func (m Model) CountTokens(text string) int64 {
	switch m.count {
	case o200k:
		if n, ok := tiktoken(text); ok {
			return n
		}
	case o200kOther:
		if n, ok := tiktoken(text); ok {
			return (n*11 + 9) / 10
		}
	case words:
		var n int64
		for range strings.FieldsSeq(text) {
			n++
		}
		return n
	case claude, claudeTo46, gemini:
	}
	var ascii, other int64
	for i := range len(text) {
		if text[i] < utf8.RuneSelf {
			ascii++
		} else {
			other++
		}
	}
	r := m.count.rate()
	return (ascii*r.ascii + other*r.other + 999) / 1000
}

var vocabulary = sync.OnceValues(func() (tokenizer.Codec, error) { return tokenizer.Get(tokenizer.O200kBase) })

func tiktoken(text string) (int64, bool) {
	codec, err := vocabulary()
	if err != nil {
		return 0, false
	}
	n, err := codec.Count(text)
	return int64(n), err == nil
}

// FrameTokens is what a message costs beside its text, in tokens: OpenAI's old
// rule of 3, the only documented one; the answer's frame costs the same once more.
const FrameTokens = 3

// EstimateTokens says about how many tokens a prompt of these texts has. It is
// for holds, so it looks at lengths only, and errs on the side of too many:
// English prose has fewer, dense code up to a tenth more.
func (m Model) EstimateTokens(texts ...string) int64 {
	r := m.count.rate()
	perThousand := max(r.ascii, r.other)
	n := int64(FrameTokens)
	for _, text := range texts {
		if text != "" {
			n += (int64(len(text))*perThousand+999)/1000 + FrameTokens
		}
	}
	return n
}
