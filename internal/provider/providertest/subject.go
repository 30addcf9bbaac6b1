package providertest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"pulse/internal/provider"
	"pulse/internal/provider/standin"
)

// Subject is an adapter under test.
type Subject struct {
	// Provider is the catalogue's id of the vendor; empty where the catalogue
	// cannot know the models.
	Provider string
	Model    string // one that the stand-in has and that refuses nothing that Request sets
	// Standin makes the vendor's stand-in, and New the adapter for one that
	// listens at address (no path).
	Standin func(standin.Play) *standin.Server
	New     func(t testing.TB, address, key string, client *http.Client) provider.Chatter

	Models        []string // what the stand-in lists, in its order
	Effort        string   // a ReasoningEffort that the model takes
	ShowsThinking bool     // the vendor shows thoughts
	TakesUserHash bool     // the vendor is told who asks
	AlwaysStreams bool     // a request that is not streamed is streamed upstream all the same
	AlwaysReports bool     // no answer comes without figures

	FuzzTools    bool // Fuzz offers tools
	SortsSchemas bool // the adapter's SDK writes a schema's names in their order
	NeverStrict  bool // the vendor does not promise that arguments match their schema
	DropsBadJSON bool // the vendor itself keeps back a call whose arguments are no JSON

	Sampling string // a model that takes a top_p; empty: Model does
	Cannot   []Inability
	// Usage is one with every class that the vendor reports.
	Usage provider.Usage
	// Refusals are the vendor's own errors and what has to become of them,
	// beside those that every vendor has.
	Refusals []Refusal
	// Events are the vendor's errors in mid-stream.
	Events []Refusal
	// Ends are the vendor's words for the end, beside those that every vendor has.
	Ends map[string]provider.FinishReason
	// Note is what a refusal's Note has to hold.
	Note string
}

// Inability is something that the vendor cannot do, and the adapter refuses.
type Inability struct {
	Param string // as OpenAI's API names it
	Ask   func(*provider.ChatRequest)
}

// Refusal is an error of a vendor, and what the adapter has to make of it.
type Refusal struct {
	Name       string
	Failure    standin.Failure
	Kind       provider.Kind
	RetryAfter time.Duration
}

// patience is short, so that a stall is found at once.
var patience = provider.Patience{First: 400 * time.Millisecond, Between: 150 * time.Millisecond, Whole: 400 * time.Millisecond}

// patient is for tests of everything but silence.
var patient = provider.Patience{First: time.Minute, Between: time.Minute, Whole: time.Minute}

// bench is one adapter in front of one stand-in.
type bench struct {
	standin *standin.Server
	chatter provider.Chatter
}

func (s Subject) bench(t testing.TB, p provider.Patience, script standin.Script) bench {
	t.Helper()
	return s.benchWith(t, p, standin.Always(script), "sk-test")
}

func (s Subject) benchWith(t testing.TB, p provider.Patience, play standin.Play, key string) bench {
	t.Helper()
	vendor := s.Standin(play)
	server := httptest.NewServer(vendor)
	client := provider.NewClient(p)
	t.Cleanup(func() {
		client.CloseIdleConnections()
		server.Close()
	})
	return bench{vendor, s.New(t, server.URL, key, client)}
}

// request is what most tests ask.
func (s Subject) request(stream bool) provider.ChatRequest {
	return provider.ChatRequest{
		Model: s.Model, System: "Be brief.", MaxTokens: 4096, Stream: stream,
		Messages: []provider.Message{
			{Role: provider.RoleUser, Text: "Good morning! ☀️"},
			{Role: provider.RoleAssistant, Text: "Good morning."},
			{Role: provider.RoleUser, Text: "Tell me a \"story\" with <tags> & 日本語."},
		},
	}
}

// said is what came of a call.
type said struct {
	text, reasoning string
	pieces          []string
	calls           []provider.ToolCallDelta
	answer          provider.ChatAnswer
	err             error
}

// ask calls and gathers. onText, where given, runs after each piece of text.
func (b bench) ask(ctx context.Context, req provider.ChatRequest, onText func(n int)) said {
	var out said
	var text, reasoning strings.Builder
	out.answer, out.err = b.chatter.Chat(ctx, req, func(d provider.Delta) {
		reasoning.WriteString(d.Reasoning)
		if d.ToolCall != nil {
			out.calls = append(out.calls, *d.ToolCall)
		}
		if d.Text == "" {
			return
		}
		text.WriteString(d.Text)
		out.pieces = append(out.pieces, d.Text)
		if onText != nil {
			onText(len(out.pieces))
		}
	})
	out.text, out.reasoning = text.String(), reasoning.String()
	return out
}
