package httpd

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"pulse/internal/actor"
	"pulse/internal/fault"
	"pulse/internal/job"
)

const (
	eventStream = "text/event-stream"
	// keepAlive is how often a silent stream says that it is alive.
	keepAlive = 15 * time.Second
	// writeTime is how long a client may take to accept a piece of an answer.
	writeTime = 30 * time.Second
	// askAgain is how often a stream makes sure that its reader is still signed
	// in: who was deactivated or has signed out reads on for no longer.
	askAgain = 5 * time.Second
)

// EventWriter sends Server-Sent Events to one client.
type EventWriter struct {
	ctx context.Context //nolint:containedctx // the stream lives as long as this context and the writer is its handle
	w   http.ResponseWriter
	r   *http.Request
	rc  *http.ResponseController

	mu    sync.Mutex // the heartbeat writes between events
	buf   []byte
	beat  *time.Timer
	guard *time.Timer
	pause time.Duration // between two looks of the guard
	begun bool          // its status and header are sent
	ended bool
}

// Context ends when the client goes away or the server stops.
func (w *EventWriter) Context() context.Context { return w.ctx }

// JobEvent sends an event of a job. A run of text becomes a delta.
func (w *EventWriter) JobEvent(e job.Event) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	b := w.buf[:0] // one buffer for all events
	b = append(b, "id: "...)
	b = strconv.AppendUint(b, e.Position, 10)
	b = append(b, "\nevent: "...)
	switch e.Kind {
	case job.EventText:
		b = appendText(append(b, "delta\ndata: {\"text\":"...), e.Data)
	case job.EventReasoning:
		b = appendText(append(b, "delta\ndata: {\"reasoning\":"...), e.Data)
	case job.EventArguments:
		b = appendText(append(b, "delta\ndata: {\"arguments\":"...), e.Data)
	case job.EventStart, job.EventRestart, job.EventToolCall, job.EventProgress, job.EventDone, job.EventError:
		b = append(append(b, e.Kind...), "\ndata: "...)
		b = append(b, e.Data...) // JSON of ours: it has no line breaks
	}
	b = append(b, "\n\n"...)
	w.buf = b
	return w.flush(b)
}

// appendText closes a JSON object that was opened up to its one text.
func appendText(b, text []byte) []byte {
	b, err := jsontext.AppendQuote(b, text)
	if err != nil { // invalid UTF-8 was replaced, as it should be
		return append(b, '}')
	}
	return append(b, '}')
}

// Raw sends events that the caller has written; b is the caller's again afterwards.
func (w *EventWriter) Raw(b []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.flush(b)
}

// Event sends an event that is none of a job's, with v as JSON.
func (w *EventWriter) Event(name string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("httpd: event %s: %w", name, err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.flush([]byte("event: " + name + "\ndata: " + string(data) + "\n\n"))
}

// AskEvery changes how often the stream makes sure that its reader is still
// signed in.
func (w *EventWriter) AskEvery(pause time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pause = pause
	if !w.ended {
		w.guard.Reset(pause)
	}
}

// fail sends an error that is not an event of the job, and so has no id.
func (w *EventWriter) fail(err error) {
	if infoOf(w.ctx).atDoor() {
		w.failAtDoor(err)
		return
	}
	f := faultOf(err)
	if f.Code == fault.Unavailable || w.ctx.Err() != nil {
		return // the line just ends: the client comes back and goes on
	}
	data, merr := json.Marshal(problemOf(w.ctx, err).Problem)
	if merr != nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	_ = w.flush([]byte("event: error\ndata: " + string(data) + "\n\n")) // the client may be gone
}

// failAtDoor says it as OpenAI's API does: with the status that it has, as long
// as nothing was sent, and as an event afterwards. Its clients do not come back
// for the rest, so an end that is ours is told, too.
func (w *EventWriter) failAtDoor(err error) {
	switch cause := context.Cause(w.ctx); {
	case errors.Is(cause, errDraining):
		err = job.ErrInterrupted()
	case errors.Is(cause, errSignedOut):
		err = fault.New(fault.Unauthenticated, "What you signed in with does not count any more.")
	case cause != nil:
		return // the client is gone
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.begun {
		w.ended = true
		writeProblem(w.w, w.r, err)
		return
	}
	data, merr := json.Marshal(problemOf(w.ctx, err))
	if merr != nil {
		return
	}
	_ = w.flush([]byte("data: " + string(data) + "\n\n")) // the client may be gone
}

// begin sends the header. The caller holds mu.
func (w *EventWriter) begin() {
	w.begun = true
	h := w.w.Header()
	h.Set("Content-Type", eventStream)
	h.Set("X-Accel-Buffering", "no") // nginx would collect events otherwise
	w.w.WriteHeader(http.StatusOK)
}

func (w *EventWriter) flush(b []byte) error {
	if w.ended {
		return http.ErrHandlerTimeout
	}
	if !w.begun {
		w.begin()
	}
	w.beat.Reset(keepAlive)
	if err := w.rc.SetWriteDeadline(time.Now().Add(writeTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err //nolint:wrapcheck // the line's own: the reader is gone
	}
	if _, err := w.w.Write(b); err != nil {
		return err //nolint:wrapcheck // as above
	}
	return w.rc.Flush() //nolint:wrapcheck // as above
}

// open begins the stream before there is anything to send.
func (w *EventWriter) open() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.begin()
	return w.rc.Flush() == nil
}

func (w *EventWriter) heartbeat() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.ended {
		_ = w.flush([]byte(": keep-alive\n\n")) // a broken line shows at the next event, too
	}
}

func (w *EventWriter) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = true
	w.beat.Stop()
	w.guard.Stop()
}

// stillIn ends the stream when its reader is not who they were any more. While
// the database cannot say, they are.
func (w *EventWriter) stillIn(signOut context.CancelCauseFunc) {
	if _, err := actor.From(w.ctx); err != nil {
		return // open to everybody
	}
	if err := StillIn(w.ctx); fault.Is(err, fault.Unauthenticated) {
		signOut(errSignedOut)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.ended {
		w.guard.Reset(w.pause)
	}
}

// serveEvents sends a stream. One that is late begins with its first event, or
// its first sign of life, so that what fails before that has its own status.
func serveEvents(rw http.ResponseWriter, r *http.Request, send func(*EventWriter) error, late bool) {
	ctx, cancel := context.WithCancelCause(r.Context())
	defer cancel(nil)
	defer context.AfterFunc(infoOf(ctx).draining, func() { cancel(errDraining) })()
	w := &EventWriter{ctx: ctx, w: rw, r: r, rc: http.NewResponseController(rw), pause: askAgain}
	w.mu.Lock()
	w.beat = time.AfterFunc(keepAlive, w.heartbeat)
	w.guard = time.AfterFunc(askAgain, func() { w.stillIn(cancel) })
	w.mu.Unlock()
	defer w.end()
	if !late && !w.open() {
		return
	}
	if err := send(w); err != nil {
		w.fail(err)
	}
}

// Why a stream's context ends early.
var (
	errDraining  = errors.New("httpd: the server is stopping")
	errSignedOut = errors.New("httpd: the reader is not signed in any more")
)

// streamCount counts each person's open streams.
type streamCount struct {
	mu   sync.Mutex
	open map[string]int
}

func (s *streamCount) enter(ctx context.Context) (leave func(), ok bool) {
	key := infoOf(ctx).client.key
	if a, err := actor.From(ctx); err == nil { // a person with many keys is one person
		key = "user " + a.ID
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[key] >= maxStreams {
		return nil, false
	}
	s.open[key]++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.open[key]--; s.open[key] == 0 {
			delete(s.open, key)
		}
	}, true
}
