package standin

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"pulse/internal/provider"
)

// command finds "[stall after 3]" and its like.
var command = regexp.MustCompile(`\[([a-z]+)((?: [^\[\] ]+)*)\]`)

// maxPieces keeps a typing error from filling the memory.
const maxPieces = 1_000_000

// FromPrompt plays what the last message says. Without a command it answers
// "You said: …", a piece a word. The commands, which may be combined:
//
//	[chunks 200]        "1 2 3 … 200", a piece a number
//	[recite]            the system prompt, a piece every four letters
//	[see]               the pictures of the message: "I see image/png 12x8."
//	[pace 50ms]         between two pieces
//	[delay 2s]          before the first byte
//	[think 20]          that many pieces of thinking first
//	[stall after 3]     likewise [cut after 3], [reset after 3],
//	                    [malformed after 3], [error after 3]
//	[status 429]        an error instead of an answer, also [status 429 retry 2]
//	[length]            ends for lack of tokens
//	[decline]           the model declines, after what it said
//	[blocked]           the prompt is blocked
//	[empty]             ends without a word
//	[told]              what came along with the messages: "I was told: tools f, g;
//	                    tool choice required." Also top_p, stop, format, results …
//	[call f {"a": [1]}] calls the tool f with these arguments, which may also be no
//	                    JSON, as models write it at times; may be repeated. It
//	                    says nothing before, unless another command says what
func FromPrompt(req provider.ChatRequest) Script {
	said := ""
	if n := len(req.Messages); n > 0 {
		said = req.Messages[n-1].Text
	}
	s := Script{Chunks: strings.SplitAfter("You said: "+said, " ")}
	said, s.Calls = callsIn(said)
	if len(s.Calls) > 0 {
		s.Chunks = nil
	}
	for _, m := range command.FindAllStringSubmatch(said, -1) {
		args := strings.Fields(m[2])
		first := ""
		if len(args) > 0 {
			first = args[0]
		}
		switch m[1] {
		case "chunks":
			s.Chunks = numbers(count(first))
		case "recite":
			s.Chunks = pieces(req.System)
		case "see":
			s.Chunks = strings.SplitAfter(look(req.Messages[len(req.Messages)-1]), " ")
		case "think":
			s.Reasoning = numbers(count(first))
		case "pace":
			s.Pace = duration(first)
		case "delay":
			s.Delay = duration(first)
		case "stall", "cut", "reset", "malformed", "error":
			s.Fault = Fault(m[1])
			if len(args) > 1 {
				s.After = count(args[1])
			}
		case "status":
			s.Fault = FaultRefuse
			s.Failure = Failure{Status: count(first), Message: "asked for by the prompt"}
			if len(args) > 2 { //nolint:mnd // status, "retry", seconds
				s.Failure.Header = http.Header{"Retry-After": {args[2]}}
			}
		case "length":
			s.Finish = provider.FinishLength
		case "decline":
			s.Finish, s.Note = provider.FinishRefusal, "general_harms"
		case "blocked":
			s.Blocked = "PROHIBITED_CONTENT"
		case "empty":
			s.Chunks = nil
		case "told":
			s.Chunks = strings.SplitAfter(told(req), " ")
		}
	}
	return s
}

// callsIn takes the calls out of a prompt: their JSON may have what the other
// commands have not, spaces and brackets.
func callsIn(said string) (rest string, calls []provider.ToolCall) {
	const begin = "[call "
	var b strings.Builder
	for {
		before, after, found := strings.Cut(said, begin)
		b.WriteString(before)
		if !found {
			return b.String(), calls
		}
		i := strings.IndexAny(after, " ]")
		if i < 0 { // never closed, and so no call
			b.WriteString(begin + after)
			return b.String(), calls
		}
		call := provider.ToolCall{Name: after[:i]}
		after = strings.TrimLeft(after[i:], " ")
		value, err := jsontext.NewDecoder(strings.NewReader(after)).ReadValue()
		if rest, closed := strings.CutPrefix(strings.TrimLeft(after[len(value):], " "), "]"); err == nil && closed {
			call.Arguments, said = string(value), rest
		} else {
			call.Arguments, said, _ = strings.Cut(after, "]")
		}
		calls = append(calls, call)
	}
}

// told says what came along with the messages, in the order of the request's fields.
func told(req provider.ChatRequest) string {
	var all []string
	add := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	if req.Temperature != nil {
		add("temperature %v", *req.Temperature)
	}
	if req.ReasoningEffort != "" {
		add("effort %s", req.ReasoningEffort)
	}
	if req.TopP != nil {
		add("top_p %v", *req.TopP)
	}
	if len(req.Stop) > 0 {
		add("stop %q", req.Stop)
	}
	if len(req.Tools) > 0 {
		names := make([]string, len(req.Tools))
		for i, t := range req.Tools {
			names[i] = t.Name
		}
		add("tools %s", strings.Join(names, ", "))
	}
	if c := req.ToolChoice; c.Mode != "" {
		add("%s", strings.TrimSpace("tool choice "+string(c.Mode)+" "+c.Name))
	}
	if one := req.ParallelToolCalls; one != nil && !*one {
		add("one call at a time")
	}
	if f := req.Format; f != nil {
		add("%s", strings.TrimSpace("format "+string(f.Schema)))
	}
	for _, m := range req.Messages {
		if m.Role == provider.RoleTool {
			add("result %q", m.Text)
		}
	}
	if len(all) == 0 {
		return "I was told nothing."
	}
	return "I was told: " + strings.Join(all, "; ") + "."
}

// numbers gives "1 ", "2 ", …: a lost, doubled or misplaced piece shows.
func numbers(n int) []string {
	pieces := make([]string, n)
	for i := range pieces {
		pieces[i] = strconv.Itoa(i+1) + " "
	}
	return pieces
}

// pieces cuts a text as models do, about a token each.
func pieces(text string) []string {
	const letters = 4
	var all []string
	for piece := range slices.Chunk([]rune(text), letters) {
		all = append(all, string(piece))
	}
	return all
}

func count(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return min(max(n, 0), maxPieces)
}

func duration(s string) time.Duration {
	d, err := time.ParseDuration(s)
	if err != nil {
		return 0
	}
	return d
}
