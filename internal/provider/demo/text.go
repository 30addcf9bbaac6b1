package demo

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"

	"pulse/internal/provider"
)

// compose writes the whole answer. It begins with a word and ends with one.
func compose(req provider.ChatRequest) string {
	question := req.Messages[len(req.Messages)-1].Text
	if n, ok := wordsAsked(question); ok {
		// One more than the cap is enough to show that the cap was met.
		return sentences(n, min(n, req.MaxTokens+1), digest(req))
	}
	return fmt.Sprintf(showcase, quote(question), place(req))
}

var wordsPattern = regexp.MustCompile(`(?i)\b([1-9][0-9]{0,5})[ -]words?\b`)

// wordsAsked finds how many words a question asks for.
func wordsAsked(question string) (int, bool) {
	match := wordsPattern.FindStringSubmatch(question)
	if match == nil {
		return 0, false
	}
	n, err := strconv.Atoi(match[1])
	return n, err == nil
}

// quote gives the beginning of a question as a Markdown quotation.
func quote(question string) string {
	const most = 600
	question = strings.TrimSpace(question)
	characters := 0
	for i := range question {
		if characters == most {
			question = question[:i] + "…"
			break
		}
		characters++
	}
	return "> " + strings.ReplaceAll(question, "\n", "\n> ")
}

// place tells where in the conversation the question stands.
func place(req provider.ChatRequest) string {
	questions := 0
	for _, m := range req.Messages {
		if m.Role == provider.RoleUser {
			questions++
		}
	}
	text := "It is the first question of this conversation"
	if questions > 1 {
		text = fmt.Sprintf("It is question %d of this conversation, and the %d messages before it came along", questions, len(req.Messages)-1)
	}
	if n := count(req.System); n > 0 {
		text += fmt.Sprintf(", with a system prompt of %d words", n)
	}
	return text + "." + pictures(req.Messages[len(req.Messages)-1].Images)
}

// pictures tells how many pictures came with the question, and of which types.
// The demo does not look at them.
func pictures(images []provider.Image) string {
	if len(images) == 0 {
		return ""
	}
	types := make([]string, len(images))
	for i, image := range images {
		types[i] = image.ContentType
	}
	noun := "pictures"
	if len(images) == 1 {
		noun = "picture"
	}
	return fmt.Sprintf(" It brought %d %s along (%s), at which the demo does not look.", len(images), noun, strings.Join(types, ", "))
}

const showcase = `# An answer from the demo

**This is the demo, not a model.** It understands nothing, and what you write does not leave this server.
It shows how answers look and how they arrive until an administrator sets a provider's key.

You asked:

%s

%s

## What an answer can hold

- **Bold**, *italic* and ` + "`code`" + ` within a line
- [Links](https://example.com) and ~~second thoughts~~
- Lists:
  1. with numbers
  2. and with levels

| What | How it is counted here |
| :--- | ---: |
| a word of yours | 1 token |
| a word of the demo | 1 token |
| the price | $0 |

` + "```go" + `
// Greet says hello to everybody, and to nobody twice.
func Greet(names ...string) {
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		fmt.Printf("Hello, %%s!\n", name)
	}
}
` + "```" + `

Mathematics stands within a line, as in $e^{i\pi} + 1 = 0$, or apart:

$$
\int_{-\infty}^{\infty} e^{-x^2}\,dx = \sqrt{\pi}
$$

## Longer answers

Ask for a number of words, such as "write 500 words", to see a long answer arrive, stop it, or close the page and come back.`

var vocabulary = strings.Fields(`a an any autumn bird bread bridge by calm candle city cloud coast
	every far field garden green harbour hill house in island its lake lamp letter light
	little long market meadow morning near never night of often old on orchard over paper
	path quiet rain river road room school sea slow small some song spring stone street
	summer table the train tree under village water white wind window winter with`)

// sentences gives the first words of a text of all words: a line that says what
// it is, then numbered sentences, five a paragraph.
func sentences(all, words int, seed uint64) string {
	random := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // the same for the same request, which is the point
	var b strings.Builder
	b.WriteString("**The demo, not a model, writes " + strconv.Itoa(all) + " words:**")
	left := words - count(b.String())
	for n := 1; left > 0; n++ {
		separator := " "
		if n%5 == 1 {
			separator = "\n\n"
		}
		sentence := []string{"Sentence", strconv.Itoa(n)}
		for range 6 + random.IntN(8) {
			sentence = append(sentence, vocabulary[random.IntN(len(vocabulary))])
		}
		sentence = sentence[:min(left, len(sentence))]
		left -= len(sentence)
		b.WriteString(separator + strings.Join(sentence, " ") + ".")
	}
	text := b.String()
	if left < 0 { // fewer words than the first line has
		text = strings.Join(strings.Fields(text)[:words], " ")
	}
	return text
}
