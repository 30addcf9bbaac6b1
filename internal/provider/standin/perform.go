package standin

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"pulse/internal/provider"
)

// voice writes an answer in a vendor's wire format. The append methods take
// the buffer of the stream and give it back longer.
type voice interface { //nolint:interfacebloat // a wire format has so many parts
	failing

	contentType() string
	begin(buf []byte, p *performance) []byte             // what comes before the first piece
	thought(buf []byte, piece string) []byte             // a piece of thinking
	said(buf []byte, piece string) []byte                // a piece of the answer
	calls(buf []byte, n int, c provider.ToolCall) []byte // the nth call begins
	argues(buf []byte, n int, piece string) []byte       // a piece of its arguments
	end(buf []byte, p *performance) []byte               // why it ended, and the figures
	broken(buf []byte) []byte                            // a line that cannot be read
	failed(buf []byte, f Failure) []byte                 // an error in mid-stream
	whole(p *performance, thoughts, text string) []byte  // an answer in one piece
	blocked(p *performance) (body []byte, status int)    // the prompt was blocked
}

// failing writes the body of an error in a vendor's wire format.
type failing interface {
	failure(buf []byte, f Failure) []byte
}

// performance is one script being played.
type performance struct {
	server *Server
	script Script
	req    provider.ChatRequest
	called []callPiece
	usage  provider.Usage // of the whole answer
	voice  voice
	w      http.ResponseWriter
	r      *http.Request
	timer  *time.Timer
	spoken int // pieces sent
}

func (p *performance) run() {
	p.timer = time.NewTimer(0)
	defer p.timer.Stop()
	<-p.timer.C
	s := p.server
	s.note(func(b *Books) { b.Open++ })
	defer s.note(func(b *Books) { b.Open-- })
	if p.wait(p.script.Delay) {
		s.note(func(b *Books) { b.Gone++ })
		return
	}
	switch {
	case p.script.Fault == FaultRefuse:
		s.refuse(p.w, p.voice, p.script.Failure)
	case p.script.Blocked != "":
		p.block()
	case p.req.Stream:
		p.stream()
	default:
		p.whole()
	}
}

// block answers a prompt that the vendor does not let through.
func (p *performance) block() {
	body, status := p.voice.blocked(p)
	if status >= http.StatusBadRequest {
		p.server.note(func(b *Books) { b.Refused++ })
	}
	p.w.Header().Set("Content-Type", "application/json")
	if status == http.StatusOK && p.req.Stream {
		p.w.Header().Set("Content-Type", p.voice.contentType())
	}
	p.w.WriteHeader(status)
	_, _ = p.w.Write(body) // the client is gone: nothing to tell anybody
}

// stream sends the answer piece by piece.
func (p *performance) stream() {
	p.w.Header().Set("Content-Type", p.voice.contentType())
	p.w.Header().Set("Cache-Control", "no-cache")
	flush := http.NewResponseController(p.w)
	send := func(buf []byte) bool { // false: the reader is gone
		if _, err := p.w.Write(buf); err != nil {
			return false
		}
		return flush.Flush() == nil
	}
	buf := make([]byte, 0, 1024) //nolint:mnd // more than a piece of text is long
	if !send(p.voice.begin(buf, p)) {
		p.leave()
		return
	}
	for i := range p.total() {
		if i-len(p.script.Reasoning) == p.script.After && p.broke(buf, send) {
			return
		}
		if i > 0 && p.wait(p.script.Pace) {
			p.leave()
			return
		}
		if !send(p.piece(buf[:0], i)) {
			p.leave()
			return
		}
		p.spoken++
	}
	if p.script.After >= p.total()-len(p.script.Reasoning) && p.broke(buf, send) {
		return
	}
	p.finish(func() bool { return send(p.voice.end(buf[:0], p)) })
}

// total is how many pieces there are: of thinking, of text, of calls.
func (p *performance) total() int {
	return len(p.script.Reasoning) + len(p.script.Chunks) + len(p.called)
}

// piece writes the ith of them.
func (p *performance) piece(buf []byte, i int) []byte {
	if i < len(p.script.Reasoning) {
		return p.voice.thought(buf, p.script.Reasoning[i])
	}
	i -= len(p.script.Reasoning)
	if i < len(p.script.Chunks) {
		return p.voice.said(buf, p.script.Chunks[i])
	}
	c := p.called[i-len(p.script.Chunks)]
	if c.begins {
		return p.voice.calls(buf, c.call, p.script.Calls[c.call])
	}
	return p.voice.argues(buf, c.call, c.arguments)
}

// finish sends the end. It is booked before, so that whoever has read it finds
// it in the books.
func (p *performance) finish(send func() bool) {
	p.bill(func(b *Books) { b.Finished++ })
	if !send() {
		p.server.note(func(b *Books) {
			b.Finished--
			b.Gone++
		})
	}
}

// broke brings the script's fault about, and tells whether there was one.
func (p *performance) broke(buf []byte, send func([]byte) bool) bool {
	switch p.script.Fault {
	case FaultStall:
		<-p.r.Context().Done()
		p.leave()
		return true
	case FaultMalformed:
		send(p.voice.broken(buf[:0]))
	case FaultError:
		send(p.voice.failed(buf[:0], p.script.Failure))
	case FaultReset:
		p.bill(nil)
		panic(http.ErrAbortHandler)
	case FaultCut:
	case FaultNone, FaultRefuse:
		return false
	}
	p.bill(nil)
	return true
}

// whole sends the answer in one piece, or what is left of it.
func (p *performance) whole() {
	for i := range p.total() { // it takes as long to say
		if i > 0 && p.wait(p.script.Pace) {
			p.leave()
			return
		}
		p.spoken++
	}
	body := p.voice.whole(p, strings.Join(p.script.Reasoning, ""), strings.Join(p.script.Chunks, ""))
	p.w.Header().Set("Content-Type", "application/json")
	half := body[:len(body)/2]
	switch p.script.Fault {
	case FaultStall:
		<-p.r.Context().Done()
		p.leave()
		return
	case FaultCut, FaultReset:
		p.w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = p.w.Write(half) // it breaks in any case
		_ = http.NewResponseController(p.w).Flush()
		p.bill(nil)
		panic(http.ErrAbortHandler)
	case FaultMalformed:
		_, _ = p.w.Write(half) // it is broken in any case
	case FaultError:
		p.server.refuse(p.w, p.voice, p.script.Failure)
	case FaultNone, FaultRefuse:
		p.finish(func() bool {
			_, err := p.w.Write(body)
			return err == nil
		})
		return
	}
	p.bill(nil)
}

// wait waits and tells whether the reader went away meanwhile.
func (p *performance) wait(d time.Duration) (gone bool) {
	if d <= 0 {
		return p.r.Context().Err() != nil
	}
	p.timer.Reset(d)
	select {
	case <-p.timer.C:
		return false
	case <-p.r.Context().Done():
		return true
	}
}

func (p *performance) leave() { p.bill(func(b *Books) { b.Gone++ }) }

// bill books what was said. Every vendor bills a prompt once it has read it.
func (p *performance) bill(also func(*Books)) {
	u := p.soFar()
	p.server.note(func(b *Books) {
		b.Billed.Input += u.Input
		b.Billed.CacheRead += u.CacheRead
		b.Billed.CacheWrite += u.CacheWrite
		b.Billed.CacheWrite1h += u.CacheWrite1h
		b.Billed.Output += u.Output
		b.Billed.Reasoning += u.Reasoning
		if also != nil {
			also(b)
		}
	})
}

// soFar gives the usage of what was said so far.
func (p *performance) soFar() provider.Usage {
	u := p.usage
	if total := p.total(); p.spoken < total {
		u.Output = u.Output * int64(p.spoken) / int64(total)
		u.Reasoning = min(u.Reasoning, u.Output)
	}
	return u
}
