package chat

import (
	"strings"
	"testing"

	"pulse/internal/fault"
	"pulse/internal/job"
	"pulse/internal/provider"
)

// chunksOf gives what a client is sent for events.
func chunksOf(t testing.TB, c *completing, events ...job.Event) (string, error) {
	t.Helper()
	var sent strings.Builder
	out := newChunks(job.Job{ID: "j", CreatedAt: 1_700_000_000_000}, c, func(b []byte) error {
		sent.Write(b)
		return nil
	})
	for _, e := range events {
		if err := out.event(e); err != nil {
			return sent.String(), err
		}
	}
	return sent.String(), nil
}

func said(kind job.EventKind, data string) job.Event {
	return job.Event{Content: job.Content{Kind: kind, Data: []byte(data)}}
}

func TestDoorChunks(t *testing.T) {
	t.Parallel()
	c := &completing{usage: true, ended: make(chan struct{})}
	c.model.ID = "m"
	c.answer = completed{
		finish: provider.FinishStop, calls: []provider.ToolCall{{ID: "a"}},
		used: provider.Usage{Input: 3, CacheRead: 2, CacheWrite: 1, Output: 7, Reasoning: 4},
	}
	close(c.ended)
	got, err := chunksOf(t, c,
		said(job.EventStart, "{}"), said(job.EventReasoning, "hm"), said(job.EventText, "a \"b\"\n"),
		said(job.EventToolCall, `{"index":0,"id":"a","name":"weather"}`), said(job.EventArguments, `{"at":`), said(job.EventArguments, `1}`),
		said(job.EventDone, `{"status":"completed","finish_reason":"stop","usage":{"total_tokens":13,"cost_usd":0.0000123}}`))
	if err != nil {
		t.Fatal(err)
	}
	head := `data: {"id":"chatcmpl-j","object":"chat.completion.chunk","created":1700000000,"model":"m","choices":`
	var want strings.Builder
	for _, delta := range []string{
		`"role":"assistant","content":"","refusal":null`, `"reasoning_content":"hm"`, `"content":"a \"b\"\n"`,
		`"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"weather","arguments":""}}]`,
		`"tool_calls":[{"index":0,"function":{"arguments":"{\"at\":"}}]`, `"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]`,
	} {
		want.WriteString(head + `[{"index":0,"delta":{` + delta + `},"finish_reason":null}],"usage":null}` + "\n\n")
	}
	want.WriteString(head + `[{"index":0,"delta":{},"finish_reason":"tool_calls"}],"usage":null}` + "\n\n")
	want.WriteString(head + `[],"usage":{"prompt_tokens":6,"completion_tokens":7,"total_tokens":13,"prompt_tokens_details":{"cached_tokens":2,"cache_write_tokens":1},` +
		`"completion_tokens_details":{"reasoning_tokens":4}}}` + "\n\ndata: [DONE]\n\n")
	if got != want.String() {
		t.Errorf("got\n%s\nwant\n%s", got, want.String())
	}

	// The job may have ended before it was followed; then it is told by its result.
	c.answer.text, c.answer.reasoning, c.answer.calls = "a \"b\"\n", "hm", []provider.ToolCall{{ID: "a", Name: "weather", Arguments: `{"at":1}`}}
	late, err := chunksOf(t, c, said(job.EventStart, "{}"), said(job.EventDone, `{"status":"completed"}`))
	whole := strings.ReplaceAll(want.String(), head+`[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]},"finish_reason":null}],"usage":null}`+"\n\n", "")
	if whole = strings.ReplaceAll(whole, `{\"at\":"`, `{\"at\":1}"`); err != nil || late != whole {
		t.Errorf("late: got\n%s\nwant\n%s\n%v", late, whole, err)
	}
	c.answer.text, c.answer.reasoning, c.answer.calls = "", "", nil

	c.usage = false
	got, err = chunksOf(t, c, said(job.EventDone, `{"status":"completed"}`))
	if err != nil || strings.Contains(got, "usage") || !strings.HasSuffix(got, "data: [DONE]\n\n") {
		t.Errorf("without figures: %s, %v", got, err)
	}
	if got, err := chunksOf(t, c, said(job.EventDone, `{"status":"cancelled"}`)); got != "" || !fault.Is(err, fault.Conflict) {
		t.Errorf("cancelled: %q, %v", got, err)
	}
	broken := `{"type":"urn:pulse:problem:provider_cut","status":502,"detail":"Broken."}`
	if got, err := chunksOf(t, c, said(job.EventError, broken)); got != "" || fault.From(err).Type != "provider_cut" {
		t.Errorf("failed: %q, %v", got, err)
	}
}

// A token on its way out costs no memory.
func BenchmarkDoorToken(b *testing.B) {
	c := &completing{usage: true, ended: make(chan struct{})}
	c.model.ID = "gpt-6-luna"
	out := newChunks(job.Job{ID: "01a212ba-c7d6-7777-9940-298f0c3d1493", CreatedAt: 1_700_000_000_000}, c, func([]byte) error { return nil })
	e := said(job.EventText, " token")
	b.ReportAllocs()
	for b.Loop() {
		if err := out.event(e); err != nil {
			b.Fatal(err)
		}
	}
}
