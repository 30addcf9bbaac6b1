package job

import (
	"slices"
	"sync"
	"unicode/utf8"

	"pulse/internal/store"
)

// EventKind is the name of an event, as SSE carries it.
type EventKind string

// The events. Text, Reasoning and Arguments are runs of text; the others carry
// JSON. ToolCall begins a call of a tool, {"index","id","name"}, or goes on with
// one, {"index"}; the Arguments up to the next ToolCall are that call's.
const (
	EventStart     EventKind = "start"
	EventRestart   EventKind = "restart"
	EventText      EventKind = "delta"
	EventReasoning EventKind = "reasoning"
	EventToolCall  EventKind = "tool_call"
	EventArguments EventKind = "arguments"
	EventProgress  EventKind = "progress"
	EventDone      EventKind = "done"
	EventError     EventKind = "error"
)

func (k EventKind) text() bool {
	return k == EventText || k == EventReasoning || k == EventArguments
}

// said tells that the event is of what the job's work has come to.
func (k EventKind) said() bool { return k.text() || k == EventToolCall }

func (k EventKind) last() bool { return k == EventDone || k == EventError }

// Content is an event without its place.
type Content struct {
	Kind EventKind
	Data []byte // text for those that are runs of text, JSON otherwise
}

// Event is something that a job said, with the position after it.
//
// Positions rise over a job's whole life: the fence of the attempt in the
// upper bits, below it what the attempt has said so far, in bytes of text and
// one for each other event. So a reader can go on from any position, also in
// the middle of a run of text, and what a dead runner stored late lies before
// everything that its successor says.
type Event struct {
	Position uint64
	Content
}

// positionBits is how many bits of a position count what one attempt said.
// Fence and position together stay below 2^53, which JavaScript can count to.
const positionBits = 32

func basePosition(fence int64) uint64 { return uint64(fence) << positionBits } //nolint:gosec // fences count up from 1

// span is a stretch of a stream: a run of text of one kind, or one other event.
type span struct {
	kind        EventKind
	first, last uint64
	at          int    // where a run of text begins in stream.text
	data        []byte // of other events
}

// stream is what one attempt of a job has said, in memory while it runs.
// One goroutine writes, any number read.
type stream struct {
	jobID, userID string
	fence         int64
	fleeting      bool // what it says is not stored

	mu      sync.Mutex
	text    []byte // all text in order; spans point into it. Only ever appended to.
	spans   []span
	next    uint64 // position of the last event
	ended   bool
	readers []chan struct{}
	read    bool // somebody has joined, if only for a moment

	// flushing is held while rows of this stream are being written, by the hub
	// or by the run's end, so that no event is stored twice.
	flushing sync.Mutex
	flushed  uint64 // position up to which events are stored; guarded by flushing
	offered  bool   // the database has been given some, though its answer may have been lost; guarded by flushing
}

func newStream(j Job) *stream {
	base := basePosition(j.Fence)
	return &stream{jobID: j.ID, userID: j.UserID, fence: j.Fence, next: base, flushed: base}
}

// say appends text, as the database can keep it. It is the token path: no
// allocation beyond growing text.
func (s *stream) say(kind EventKind, text string) {
	text = store.Text(text)
	s.mu.Lock()
	if n := len(s.spans); n == 0 || s.spans[n-1].kind != kind {
		s.spans = append(s.spans, span{kind: kind, first: s.next, last: s.next, at: len(s.text)})
	}
	s.text = append(s.text, text...)
	s.next += uint64(len(text))
	s.spans[len(s.spans)-1].last = s.next
	s.wake()
	s.mu.Unlock()
}

// tell appends an event that is not text.
func (s *stream) tell(kind EventKind, data []byte) {
	data = []byte(store.Text(string(data)))
	s.mu.Lock()
	s.spans = append(s.spans, span{kind: kind, first: s.next, last: s.next + 1, data: data})
	s.next++
	s.wake()
	s.mu.Unlock()
}

// finish appends the last event, which is stored already. The caller holds
// flushing.
func (s *stream) finish(c Content) {
	s.tell(c.Kind, c.Data)
	s.flushed = s.position()
}

// end wakes all readers for the last time.
func (s *stream) end() {
	s.mu.Lock()
	s.ended = true
	s.wake()
	s.mu.Unlock()
}

func (s *stream) wake() {
	for _, r := range s.readers {
		select {
		case r <- struct{}{}:
		default:
		}
	}
}

func (s *stream) join() chan struct{} {
	ch := make(chan struct{}, 1)
	s.mu.Lock()
	s.readers, s.read = append(s.readers, ch), true
	s.mu.Unlock()
	return ch
}

func (s *stream) leave(ch chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, r := range s.readers {
		if r == ch {
			s.readers = append(s.readers[:i:i], s.readers[i+1:]...)
			return
		}
	}
}

// after gives the first event after a position, text runs whole up to now.
// ok is false when there is none yet; ended tells that none will come.
func (s *stream) after(position uint64) (e Event, ok, ended bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range slices.Backward(s.spans) { // readers are mostly near the end
		if i > 0 && s.spans[i-1].last > position {
			continue
		}
		if s.spans[i].last <= position {
			break
		}
		return s.spans[i].event(s.text, position), true, false
	}
	return Event{}, false, s.ended
}

// event cuts a span to what comes after a position, at a whole character.
func (sp span) event(text []byte, position uint64) Event {
	data := sp.data
	if sp.kind.text() {
		run := text[sp.at : sp.at+int(sp.last-sp.first)] //nolint:gosec // within text
		data = cut(run, sp.first, position)
	}
	return Event{Position: sp.last, Content: Content{Kind: sp.kind, Data: data}}
}

// cut gives what of a run of text comes after a position. A position that a
// reader made up may lie inside a character: then the whole character is sent.
func cut(run []byte, first, position uint64) []byte {
	if position <= first {
		return run
	}
	from := min(int(position-first), len(run)) //nolint:gosec // bounded by the run's length
	for from > 0 && from < len(run) && !utf8.RuneStart(run[from]) {
		from--
	}
	return run[from:]
}

// collect gives all text of one kind so far.
func (s *stream) collect(kind EventKind) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var parts []byte
	for _, sp := range s.spans {
		if sp.kind == kind {
			parts = append(parts, s.text[sp.at:sp.at+int(sp.last-sp.first)]...) //nolint:gosec // within text
		}
	}
	return string(parts)
}

// unstored gives the events after the stored position that are to be stored, as
// rows. The caller holds flushing.
func (s *stream) unstored() []row {
	s.mu.Lock()
	defer s.mu.Unlock()
	var rows []row
	for i := len(s.spans) - 1; i >= 0 && s.spans[i].last > s.flushed; i-- {
		sp := s.spans[i]
		if s.fleeting && sp.kind.said() {
			continue
		}
		e := sp.event(s.text, s.flushed)
		rows = append(rows, row{jobID: s.jobID, userID: s.userID, fence: s.fence, first: e.Position - size(e.Content), event: e})
	}
	slices.Reverse(rows)
	return rows
}

// lastRows gives the events that are not stored yet, and the last one. A first
// attempt of which nobody has read and the database been given anything keeps
// none: Kind.Replay makes them from the result. The caller holds flushing.
func (s *stream) lastRows(last Content) []row {
	s.mu.Lock()
	at, unknown := s.next, !s.read && !s.offered && s.fence == 1
	s.mu.Unlock()
	if unknown && last.Kind == EventDone {
		return nil
	}
	return append(s.unstored(), row{
		jobID: s.jobID, userID: s.userID, fence: s.fence, first: at, event: Event{Position: at + size(last), Content: last},
	})
}

// size is how far an event moves the position.
func size(c Content) uint64 {
	if c.Kind.text() {
		return uint64(len(c.Data))
	}
	return 1
}

// row is an event as it is stored.
type row struct {
	jobID, userID string
	fence         int64
	first         uint64
	event         Event
}

func (s *stream) position() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.next
}
