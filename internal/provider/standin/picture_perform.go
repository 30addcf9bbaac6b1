package standin

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"pulse/internal/provider"
)

// Wish is a wish for a picture as it came in.
type Wish struct {
	Header http.Header
	Image  provider.ImageRequest // as the vendor understands it
	Inputs []string              // SHA-256 of the pictures that came along, in hexadecimal
}

// Draws has the server answer wishes for pictures by play. It gives the server
// back. Without it, and with nil, the prompt decides: see PictureFromPrompt.
func (s *Server) Draws(play PicturePlay) *Server {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pictures = play
	return s
}

// Wishes are the wishes for pictures that passed the checks, the oldest first.
func (s *Server) Wishes() []Wish {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Wish(nil), s.wishes...)
}

// mostWishes is how many are remembered, for a stand-in that runs for long.
const mostWishes = 1000

// wished notes a wish, and gives the script for it and the how manieth it is with
// its prompt.
func (s *Server) wished(r *http.Request, req provider.ImageRequest) (script PictureScript, nth int) {
	wish := Wish{Header: r.Header.Clone(), Image: req}
	for _, input := range req.Inputs {
		sum := sha256.Sum256(input.Data)
		wish.Inputs = append(wish.Inputs, hex.EncodeToString(sum[:]))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.wishes = append(s.wishes, wish); len(s.wishes) > mostWishes {
		s.wishes = s.wishes[1:]
	}
	if s.nth == nil {
		s.nth = map[string]int{}
	}
	s.nth[req.Prompt]++
	nth = s.nth[req.Prompt]
	play := s.pictures
	if play == nil {
		play = PictureFromPrompt
	}
	return play(req, nth), nth
}

// pictureVoice writes an answer with a picture in a vendor's wire format.
type pictureVoice interface {
	failing

	drawn(p *drawing) []byte                               // the answer
	kept(p *drawing, word string, made bool) ([]byte, int) // the prompt was blocked, or the picture was filtered
}

// drawing is one script being played.
type drawing struct {
	script        PictureScript
	req           provider.ImageRequest
	nth           int // of the wishes with this prompt
	width, height int
	usage         provider.ImageUsage // of the whole answer
	contentType   string
	file          string // the picture, as base64; empty where there is none
}

// draw answers a wish that passed the checks.
func (s *Server) draw(w http.ResponseWriter, r *http.Request, v pictureVoice, req provider.ImageRequest, width, height int) {
	script, nth := s.wished(r, req)
	p := &drawing{script: script, req: req, nth: nth, width: width, height: height, usage: script.usage(req, width, height)}
	s.note(func(b *Books) { b.Open++ })
	defer s.note(func(b *Books) { b.Open-- })
	select {
	case <-time.After(script.Delay):
	case <-r.Context().Done():
		s.note(func(b *Books) { b.Gone++ })
		return
	}
	switch {
	case script.Fault == FaultRefuse:
		s.refuse(w, v, script.Failure)
	case script.Fault == FaultStall && !script.Half:
		s.silent(r, p)
	case script.Blocked != "":
		s.keep(w, v, p, script.Blocked, false)
	case script.Filtered != "":
		s.keep(w, v, p, script.Filtered, true)
	default:
		s.hand(w, r, v, p)
	}
}

// silent says nothing until the reader is gone.
func (s *Server) silent(r *http.Request, p *drawing) {
	<-r.Context().Done()
	s.note(func(b *Books) {
		b.Gone++
		b.BilledPictures.Input += p.usage.Input
		b.BilledPictures.ImageInput += p.usage.ImageInput
	})
}

// keep answers without a picture, and bills what went in where there is no error.
func (s *Server) keep(w http.ResponseWriter, v pictureVoice, p *drawing, word string, made bool) {
	body, status := v.kept(p, word, made)
	s.note(func(b *Books) {
		if status >= http.StatusBadRequest {
			b.Refused++
			return
		}
		b.Finished++
		b.BilledPictures.Input += p.usage.Input
		b.BilledPictures.ImageInput += p.usage.ImageInput
	})
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client is gone: nothing to tell anybody
}

// hand hands the picture out, or what the script's fault leaves of it.
func (s *Server) hand(w http.ResponseWriter, r *http.Request, v pictureVoice, p *drawing) {
	var file []byte
	file, p.contentType = p.paint()
	if p.file = base64.StdEncoding.EncodeToString(file); p.script.Garbled {
		p.file = "%%" + p.file[2:]
	}
	if p.script.Empty {
		p.file = ""
	}
	body := append(v.drawn(p), strings.Repeat(" ", p.script.Pad)...)
	w.Header().Set("Content-Type", "application/json")
	s.note(func(b *Books) { // before it is sent, so that whoever has read it finds it in the books
		b.Finished++
		b.BilledPictures.Input += p.usage.Input
		b.BilledPictures.ImageInput += p.usage.ImageInput
		b.BilledPictures.Output += p.usage.Output
	})
	half := body[:len(body)/2]
	switch p.script.Fault {
	case FaultCut, FaultReset:
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(half) // it breaks in any case
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case FaultMalformed:
		_, _ = w.Write(half) // it is broken in any case
		return
	case FaultStall:
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(half)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
		s.note(func(b *Books) {
			b.Finished--
			b.Gone++
		})
		return
	case FaultNone, FaultRefuse, FaultError:
	}
	if _, err := w.Write(body); err != nil {
		s.note(func(b *Books) {
			b.Finished--
			b.Gone++
		})
	}
}

// told says what came along with the prompt.
func (p *drawing) told() string {
	all := []string{"size " + p.req.Size}
	if p.req.Quality != "" {
		all = append(all, "quality "+p.req.Quality)
	}
	if p.req.Seed != nil {
		all = append(all, fmt.Sprintf("seed %d", *p.req.Seed))
	}
	for _, input := range p.req.Inputs {
		sum := sha256.Sum256(input.Data)
		all = append(all, input.ContentType+" "+hex.EncodeToString(sum[:4]))
	}
	return "I was told: " + strings.Join(all, "; ") + "."
}
