package provider

import "crypto/rand"

// mostCalls is more than any model makes in one answer.
const mostCalls = 256

// toolCall is a call of an answer that has begun.
type toolCall struct {
	index int    // the vendor's
	id    string // the vendor's, or ""
	whole ToolCallDelta
}

// Tool takes a piece of a call, with the vendor's index of it, whatever that
// counts. The caller gets calls that are numbered in order, each with an id, and
// with id and name in its first piece.
//
// A piece is of the newest call with its index, unless it has another id: some
// servers that imitate OpenAI give all calls the index 0 (Ollama's issue 15457).
// Some repeat id and name with each piece, and some have no ids. A piece without
// id and name that belongs to no call is of something else, such as a tool that
// the vendor runs by itself.
func (c *Call) Tool(d ToolCallDelta) {
	d.ID, d.Name, d.Arguments = c.take(d.ID), c.take(d.Name), c.take(d.Arguments)
	if c.left < 0 {
		return
	}
	n := len(c.calls) - 1
	for n >= 0 && c.calls[n].index != d.Index {
		n--
	}
	if n < 0 || d.ID != "" && c.calls[n].id != "" && d.ID != c.calls[n].id {
		c.beginCall(d)
		return
	}
	whole := &c.calls[n].whole
	if d.Index, d.ID = n, ""; whole.Name != "" {
		d.Name = ""
	}
	if d.Name == "" && d.Arguments == "" {
		return
	}
	if c.stream {
		whole.Name += d.Name
		c.emit(Delta{ToolCall: &d})
		return
	}
	whole.Name, whole.Arguments = whole.Name+d.Name, whole.Arguments+d.Arguments
}

func (c *Call) beginCall(d ToolCallDelta) {
	if d.ID == "" && d.Name == "" || len(c.calls) == mostCalls {
		return
	}
	call := toolCall{index: d.Index, id: d.ID}
	if d.Index = len(c.calls); d.ID == "" {
		d.ID = "call_" + rand.Text() // the client has to give it back
	}
	call.whole = d
	c.begun = true
	c.calls = append(c.calls, call)
	if c.stream {
		c.emit(Delta{ToolCall: &d})
	}
}
