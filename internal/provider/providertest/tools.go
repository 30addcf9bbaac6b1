package providertest

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"pulse/internal/provider"
	"pulse/internal/provider/standin"
)

var tools = []provider.Tool{
	{
		Name: "weather", Description: "The weather of a place",
		Parameters: json.RawMessage(`{"type":"object","properties":{"place":{"type":"string"},"at":{"type":"string"}},"required":["place"]}`),
	},
	{Name: "clock", Description: "What time it is", Parameters: json.RawMessage(`{"type":"object","properties":{}}`)},
}

const inParis = `{"place":"Paris","at":"noon \"sharp\" 日本"}`

// gathered are the calls of an answer, from their pieces.
func gathered(deltas []provider.ToolCallDelta) []provider.ToolCall {
	var calls []provider.ToolCall
	for _, d := range deltas {
		for len(calls) <= d.Index {
			calls = append(calls, provider.ToolCall{})
		}
		c := &calls[d.Index]
		c.ID, c.Name, c.Arguments = c.ID+d.ID, c.Name+d.Name, c.Arguments+d.Arguments
	}
	return calls
}

func sameJSON(t *testing.T, a, b string) bool {
	t.Helper()
	var va, vb any
	if json.Unmarshal([]byte(a), &va) != nil || json.Unmarshal([]byte(b), &vb) != nil {
		return false
	}
	return asJSON(t, va) == asJSON(t, vb)
}

func (r runner) withTools() provider.ChatRequest {
	req := r.req()
	req.Tools = tools
	return req
}

// calls: two calls after a text come whole and in order, with ids, and are the
// reason for the end.
func (r runner) calls(t *testing.T) {
	t.Parallel()
	b := r.bench(t, patient, standin.Script{Chunks: []string{"Let me ", "look."}, Calls: []provider.ToolCall{
		{Name: "weather", Arguments: inParis}, {Name: "clock", Arguments: "{}"},
	}})
	got := b.ask(t.Context(), r.withTools(), nil)
	if got.err != nil || got.answer.FinishReason != provider.FinishToolCalls || got.text != "Let me look." {
		t.Fatalf("%q, finished by %q, %v", got.text, got.answer.FinishReason, got.err)
	}
	calls := gathered(got.calls)
	if len(calls) != 2 || calls[0].Name != "weather" || calls[1].Name != "clock" || !sameJSON(t, calls[0].Arguments, inParis) || !sameJSON(t, calls[1].Arguments, "{}") ||
		calls[0].ID == "" || calls[1].ID == "" || calls[0].ID == calls[1].ID {
		t.Errorf("got %+v", calls)
	}
	if !r.stream && len(got.calls) != 2 {
		t.Errorf("came in %d pieces, although nobody asked for pieces", len(got.calls))
	}
	if books := b.standin.Books(); books.Billed.Output != got.answer.Usage.Output {
		t.Errorf("billed %d, reported %d", books.Billed.Output, got.answer.Usage.Output)
	}
}

// loop: what the model called goes back with its results, as clients of OpenAI's
// API give it back, and the vendor takes it.
func (r runner) loop(t *testing.T) {
	t.Parallel()
	play := func(req provider.ChatRequest) standin.Script {
		if last := req.Messages[len(req.Messages)-1]; last.Role == provider.RoleTool {
			return standin.Script{Chunks: []string{"It is ", last.Text}}
		}
		return standin.Script{Calls: []provider.ToolCall{{Name: "weather", Arguments: inParis}, {Name: "clock", Arguments: "{}"}}}
	}
	b := r.benchWith(t, patient, play, "sk-test")
	req := r.withTools()
	req.ReasoningEffort = r.Effort
	req.Messages = slices.Clone(req.Messages)
	req.Messages[0].Images = []provider.Image{painted(t, "image/png", 12, 8)}
	first := b.ask(t.Context(), req, nil)
	if first.err != nil {
		t.Fatal(first.err)
	}
	calls := gathered(first.calls)
	req.Messages = append(slices.Clone(req.Messages),
		provider.Message{Role: provider.RoleAssistant, Text: first.text, ToolCalls: calls},
		provider.Message{Role: provider.RoleTool, Text: `{"degrees":21}`, ToolCallID: calls[0].ID},
		provider.Message{Role: provider.RoleTool, Text: "12:00, \"noon\"", ToolCallID: calls[1].ID})
	second := b.ask(t.Context(), req, nil)
	if second.err != nil || second.text != "It is 12:00, \"noon\"" || second.answer.FinishReason != provider.FinishStop {
		t.Fatalf("%q, finished by %q, %v", second.text, second.answer.FinishReason, second.err)
	}
	// And on, with a question after it.
	req.Messages = append(req.Messages, provider.Message{Role: provider.RoleAssistant, Text: second.text}, provider.Message{Role: provider.RoleUser, Text: "And now?"})
	if third := b.ask(t.Context(), req, nil); third.err != nil {
		t.Fatal(third.err)
	}
	seen := b.standin.Last().Chat.Messages
	if g, w := asJSON(t, seen[0]), asJSON(t, req.Messages[0]); g != w {
		t.Errorf("the picture of before is\n%s\nwant\n%s", g, w)
	}
	said := make([]string, 5) //nolint:mnd // what is new
	for i, m := range seen[len(seen)-5:] {
		said[i] = fmt.Sprintf("%s %d", m.Role, len(m.ToolCalls))
	}
	if want := []string{"assistant 2", "tool 0", "tool 0", "assistant 0", "user 0"}; !slices.Equal(said, want) {
		t.Errorf("the vendor saw %q, want %q", said, want)
	}
}

// foreign: calls that another vendor's model made are taken, too.
func (r runner) foreign(t *testing.T) {
	t.Parallel()
	b := r.bench(t, patient, standin.Script{Chunks: chunks})
	req := r.withTools()
	const id = "toolu:01/a.b-sig-??" + "0123456789012345678901234567890123456789012345678901234567890123456789"
	req.Messages = append(slices.Clone(req.Messages),
		provider.Message{Role: provider.RoleAssistant, ToolCalls: []provider.ToolCall{{ID: id, Name: "weather", Arguments: inParis}}},
		provider.Message{Role: provider.RoleTool, Text: "mild", ToolCallID: id})
	if got := b.ask(t.Context(), req, nil); got.err != nil {
		t.Fatal(got.err)
	}
	// What the model wrote as arguments may be no JSON.
	req.Messages[len(req.Messages)-2].ToolCalls = []provider.ToolCall{{ID: id, Name: "weather", Arguments: `{"place":`}}
	if got := b.ask(t.Context(), req, nil); got.err != nil {
		t.Fatal(got.err)
	}
}

// badJSON: arguments that are no JSON are passed on as the model wrote them.
func (r runner) badJSON(t *testing.T) {
	t.Parallel()
	const half = `{"place":"Pa`
	b := r.bench(t, patient, standin.Script{Calls: []provider.ToolCall{{Name: "weather", Arguments: half}}})
	got := b.ask(t.Context(), r.withTools(), nil)
	if r.DropsBadJSON {
		r.wantError(t, got.err, Refusal{Kind: provider.KindEmpty}, http.StatusOK)
		return
	}
	calls := gathered(got.calls)
	if got.err != nil || got.answer.FinishReason != provider.FinishToolCalls || len(calls) != 1 || calls[0].Arguments != half {
		t.Errorf("%+v, finished by %q, %v", calls, got.answer.FinishReason, got.err)
	}
}

// calledAtLength: an answer that ran out of tokens after a call is no empty one.
func (r runner) calledAtLength(t *testing.T) {
	t.Parallel()
	b := r.bench(t, patient, standin.Script{Calls: []provider.ToolCall{{Name: "weather", Arguments: inParis}}, Finish: provider.FinishLength})
	got := b.ask(t.Context(), r.withTools(), nil)
	if got.err != nil || got.answer.FinishReason != provider.FinishLength || len(gathered(got.calls)) != 1 {
		t.Errorf("%+v, finished by %q, %v", got.calls, got.answer.FinishReason, got.err)
	}
}

// toolsGone: a conversation with calls goes on without the tools. Results may be
// empty, and models begin calls with white space.
func (r runner) toolsGone(t *testing.T) {
	t.Parallel()
	b := r.bench(t, patient, standin.Script{Chunks: chunks})
	req := r.req()
	req.Messages = append(slices.Clone(req.Messages),
		provider.Message{Role: provider.RoleAssistant, Text: "\n\n", ToolCalls: []provider.ToolCall{
			{ID: "call_a", Name: "weather", Arguments: inParis}, {ID: "call_b", Name: "weather", Arguments: ""},
		}},
		provider.Message{Role: provider.RoleTool, Text: "", ToolCallID: "call_a"},
		provider.Message{Role: provider.RoleTool, Text: "\n", ToolCallID: "call_b"},
		provider.Message{Role: provider.RoleUser, Text: "Sum it up."})
	got := b.ask(t.Context(), req, nil)
	if got.err != nil || got.answer.FinishReason != provider.FinishStop {
		t.Fatalf("finished by %q, %v", got.answer.FinishReason, got.err)
	}
	seen := b.standin.Last().Chat
	said := seen.Messages[len(seen.Messages)-4:]
	if calls := said[0].ToolCalls; len(calls) != 2 || calls[0].Name != "weather" || !sameJSON(t, calls[0].Arguments, inParis) ||
		said[1].ToolCallID != calls[0].ID || said[2].ToolCallID != calls[1].ID || said[3].Text != "Sum it up." {
		t.Errorf("the vendor saw %+v", said)
	}
}

// resultAlone: a result without its call is refused by the vendor, as the caller's fault.
func (r runner) resultAlone(t *testing.T) {
	t.Parallel()
	b := r.bench(t, patient, standin.Script{Chunks: chunks})
	req := r.withTools()
	req.Messages = append(slices.Clone(req.Messages),
		provider.Message{Role: provider.RoleAssistant, Text: "Well."}, provider.Message{Role: provider.RoleTool, Text: "mild", ToolCallID: "call_a"})
	r.wantError(t, b.ask(t.Context(), req, nil).err, Refusal{Kind: provider.KindBadRequest}, http.StatusBadRequest)
}

// told: what came along is all told, with the vendor's own stand-in to say so.
func (r runner) told(t *testing.T) {
	t.Parallel()
	b := r.benchWith(t, patient, nil, "sk-test")
	req := r.withTools()
	req.ToolChoice.Mode = provider.ToolRequired
	req.Messages = append(slices.Clone(req.Messages),
		provider.Message{Role: provider.RoleAssistant, ToolCalls: []provider.ToolCall{{ID: "call_a", Name: "weather", Arguments: inParis}}},
		provider.Message{Role: provider.RoleTool, Text: "mild", ToolCallID: "call_a"}, provider.Message{Role: provider.RoleUser, Text: "[told]"})
	if got := b.ask(t.Context(), req, nil); got.err != nil || got.text != `I was told: tools weather, clock; tool choice required; result "mild".` {
		t.Errorf("%q, %v", got.text, got.err)
	}
	req = r.req()
	req.Messages[len(req.Messages)-1].Text = `[chunks 2] [call weather {"place": "Paris", "at": [1, 2]}] [call clock]`
	req.Tools = tools
	got := b.ask(t.Context(), req, nil)
	calls := gathered(got.calls)
	if got.err != nil || got.text != "1 2 " || len(calls) != 2 || !sameJSON(t, calls[0].Arguments, `{"place":"Paris","at":[1,2]}`) || calls[1].Name != "clock" {
		t.Errorf("%q, %+v, %v", got.text, calls, got.err)
	}
}

func (r runner) can(param string) bool {
	return !slices.ContainsFunc(r.Cannot, func(i Inability) bool { return i.Param == param })
}

// settings: what the door asks for arrives as it was asked.
func (r runner) settings(t *testing.T) {
	t.Parallel()
	schema := json.RawMessage(`{"type":"object","properties":{"b":{"type":"string"},"a":{"type":"number"}},"required":["b","a"],"additionalProperties":false}`)
	for name, change := range map[string]func(*provider.ChatRequest){
		"auto":     func(q *provider.ChatRequest) { q.ToolChoice.Mode = provider.ToolAuto },
		"none":     func(q *provider.ChatRequest) { q.ToolChoice.Mode = provider.ToolNone },
		"required": func(q *provider.ChatRequest) { q.ToolChoice.Mode = provider.ToolRequired },
		"named": func(q *provider.ChatRequest) {
			q.ToolChoice = provider.ToolChoice{Mode: provider.ToolNamed, Name: "clock"}
		},
		"required while it thinks": func(q *provider.ChatRequest) { q.ToolChoice.Mode, q.ReasoningEffort = provider.ToolRequired, r.Effort },
		"strict": func(q *provider.ChatRequest) {
			q.Tools = slices.Clone(q.Tools)
			q.Tools[0].Strict = true
		},
		"no parameters": func(q *provider.ChatRequest) { q.Tools = []provider.Tool{{Name: "now"}} },
		"any JSON": func(q *provider.ChatRequest) {
			if r.can("response_format") {
				q.Tools, q.Format = nil, &provider.Format{}
			}
		},
		"format with tools": func(q *provider.ChatRequest) { q.Format = &provider.Format{Name: "thing", Schema: schema} },
		"one at a time": func(q *provider.ChatRequest) {
			q.ToolChoice.Mode = provider.ToolAuto
			if r.can("parallel_tool_calls") {
				q.ParallelToolCalls = new(false)
			}
		},
		"exactly one": func(q *provider.ChatRequest) {
			q.ToolChoice.Mode = provider.ToolRequired
			if r.can("parallel_tool_calls") {
				q.ParallelToolCalls = new(false)
			}
		},
		"top_p":            func(q *provider.ChatRequest) { q.Model, q.Tools, q.TopP = cmp.Or(r.Sampling, r.Model), nil, new(0.25) },
		"top_p with tools": func(q *provider.ChatRequest) { q.Model, q.TopP = cmp.Or(r.Sampling, r.Model), new(0.25) },
		"stop":             func(q *provider.ChatRequest) { q.Tools, q.Stop = nil, []string{"END", "\n\nQ:", "日本", "<>"} },
		"format": func(q *provider.ChatRequest) {
			q.Tools, q.Format = nil, &provider.Format{Name: "thing", Schema: schema, Strict: true}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := r.bench(t, patient, standin.Script{Chunks: chunks})
			req := r.withTools()
			change(&req)
			if got := b.ask(t.Context(), req, nil); got.err != nil {
				t.Fatal(got.err)
			}
			got := b.standin.Last().Chat
			if asJSON(t, got.TopP) != asJSON(t, req.TopP) || asJSON(t, got.ParallelToolCalls) != asJSON(t, req.ParallelToolCalls) {
				t.Errorf("the vendor understood top_p %s and parallel_tool_calls %s", asJSON(t, got.TopP), asJSON(t, got.ParallelToolCalls))
			}
			if asJSON(t, got.ToolChoice) != asJSON(t, req.ToolChoice) || !slices.Equal(got.Stop, req.Stop) {
				t.Errorf("the vendor understood %+v and stop %q", got.ToolChoice, got.Stop)
			}
			if len(got.Tools) != len(req.Tools) {
				t.Fatalf("the vendor was told of %d tools", len(got.Tools))
			}
			for i, tool := range req.Tools { // schemas keep their order: models write arguments in it
				if tool.Parameters == nil { // the shape of none is the adapter's
					tool.Parameters = got.Tools[i].Parameters
				}
				if got.Tools[i].Strict != (tool.Strict && !r.NeverStrict) {
					t.Errorf("the vendor was told that %s is strict: %t", tool.Name, got.Tools[i].Strict)
				}
				if g := got.Tools[i]; g.Name != tool.Name || g.Description != tool.Description || !r.sameSchema(t, g.Parameters, tool.Parameters) {
					t.Errorf("the vendor was told of %s: %s", g.Name, g.Parameters)
				}
			}
			switch f := req.Format; {
			case (f == nil) != (got.Format == nil):
				t.Errorf("the vendor was told of the format %+v", got.Format)
			case f != nil && (!r.sameSchema(t, got.Format.Schema, f.Schema) || got.Format.Name != "" && (got.Format.Name != f.Name || got.Format.Strict != f.Strict)):
				t.Errorf("the vendor was told of the format %+v", got.Format)
			}
		})
	}
}

func (r runner) sameSchema(t *testing.T, got, want json.RawMessage) bool {
	t.Helper()
	if r.SortsSchemas && len(got) > 0 {
		return sameJSON(t, string(got), string(want))
	}
	return string(got) == string(want)
}

// order: of several messages of the user's, each has its pictures before its text,
// with tools and without.
func (r runner) order(t *testing.T) {
	t.Parallel()
	for name, tools := range map[string][]provider.Tool{"without tools": nil, "with tools": tools} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r.orderWith(t, tools)
		})
	}
}

func (r runner) orderWith(t *testing.T, tools []provider.Tool) {
	t.Helper()
	b := r.bench(t, patient, standin.Script{Chunks: chunks})
	req := r.req()
	req.Tools = tools
	one, two := painted(t, "image/png", 3, 2), painted(t, "image/jpeg", 5, 4)
	req.Messages = []provider.Message{
		{Role: provider.RoleUser, Text: "First:"},
		{Role: provider.RoleUser, Text: "Second:", Images: []provider.Image{one}},
		{Role: provider.RoleUser, Text: "Which is larger?", Images: []provider.Image{two}},
	}
	if got := b.ask(t.Context(), req, nil); got.err != nil {
		t.Fatal(got.err)
	}
	if g, w := asJSON(t, b.standin.Last().Chat.Messages), asJSON(t, req.Messages); g != w {
		t.Errorf("the vendor saw\n%.500s\nwant\n%.500s", g, w)
	}
}

// cutCall: a stream that ends within a call is no answer.
func (r runner) cutCall(t *testing.T) {
	t.Parallel()
	if !r.stream {
		t.Skip("a call in one piece is whole or an error")
	}
	b := r.bench(t, patient, standin.Script{
		Calls: []provider.ToolCall{{Name: "weather", Arguments: inParis}}, Fault: standin.FaultCut, After: 3, Pace: time.Millisecond,
	})
	got := b.ask(t.Context(), r.withTools(), nil)
	r.wantError(t, got.err, Refusal{Kind: provider.KindCut}, http.StatusOK)
	if got.answer.FinishReason != "" {
		t.Errorf("finished by %q", got.answer.FinishReason)
	}
}

// calledOnce: once a call has come, nothing is tried again.
func (r runner) calledOnce(t *testing.T) {
	t.Parallel()
	if !r.stream {
		t.Skip("nothing comes before the end")
	}
	b := r.bench(t, patient, standin.Script{Calls: []provider.ToolCall{{Name: "weather", Arguments: inParis}}, Fault: standin.FaultReset, After: 2})
	b.chatter = provider.WithRetry(b.chatter, slog.New(slog.DiscardHandler))
	got := b.ask(t.Context(), r.withTools(), nil)
	if got.err == nil || b.standin.Books().Requests != 1 {
		t.Errorf("asked %d times, %v", b.standin.Books().Requests, got.err)
	}
}

// cannot: what the vendor cannot do is refused before it is asked, and says what.
func (r runner) cannot(t *testing.T) {
	t.Parallel()
	for i, inability := range r.Cannot {
		t.Run(fmt.Sprint(inability.Param, i), func(t *testing.T) {
			t.Parallel()
			b := r.bench(t, patient, standin.Script{Chunks: chunks})
			req := r.withTools()
			inability.Ask(&req)
			got := b.ask(t.Context(), req, nil)
			e, ok := errors.AsType[*provider.Error](got.err)
			if !ok || e.Kind != provider.KindBadRequest || e.Param != inability.Param || e.Provider == "" || b.standin.Books().Requests != 0 {
				t.Fatalf("%v, asked %d times", got.err, b.standin.Books().Requests)
			}
			if words := e.Fault("X").Message; words != e.Sentence || !strings.HasSuffix(words, ".") {
				t.Errorf("a person is told %q", words)
			}
		})
	}
}
