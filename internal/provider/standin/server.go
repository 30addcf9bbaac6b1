package standin

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"sync"

	"github.com/go-json-experiment/json"

	"pulse/internal/provider"
)

// maxBody is more than any vendor takes (Anthropic: 32 MB).
const maxBody = 64 << 20

// WrongKey is the one key that every stand-in refuses.
const WrongKey = "wrong"

// Server is a stand-in for one vendor. It is an http.Handler.
type Server struct {
	play Play
	mux  *http.ServeMux

	mu       sync.Mutex
	books    Books
	last     Request
	pictures PicturePlay
	wishes   []Wish
	nth      map[string]int // wishes by prompt
}

// Books are what a vendor knows about its business.
type Books struct {
	Requests int64 // chats and pictures asked for, refused ones included
	Refused  int64 // those that were answered by an error status
	Finished int64 // answers that ended in good order
	Gone     int64 // answers whose reader went away
	Open     int64 // answers that are under way
	// Billed is the sum of what was said, whether it was read to the end or
	// not. An answer that broke off is billed in proportion to its pieces.
	Billed provider.Usage
	// BilledPictures is the same of pictures. What is made is billed, read or not.
	BilledPictures provider.ImageUsage
}

// Request is a chat as it came in.
type Request struct {
	Header http.Header
	Chat   provider.ChatRequest // as the vendor understands it
}

// Books gives the books so far.
func (s *Server) Books() Books {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.books
}

// Last gives the newest request that passed the checks.
func (s *Server) Last() Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// ServeHTTP answers as the vendor does.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	s.mux.ServeHTTP(w, r)
}

func newServer(play Play) *Server {
	if play == nil {
		play = FromPrompt
	}
	return &Server{play: play, mux: http.NewServeMux()}
}

func (s *Server) note(change func(*Books)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.books)
}

// refuse answers with an error, and books it.
func (s *Server) refuse(w http.ResponseWriter, v failing, f Failure) {
	s.note(func(b *Books) { b.Refused++ })
	fail(w, v, f)
}

// fail answers with an error in the vendor's own shape.
func fail(w http.ResponseWriter, v failing, f Failure) {
	if f.Status == 0 {
		f.Status = http.StatusInternalServerError
	}
	maps.Copy(w.Header(), f.Header)
	body := []byte(f.Body)
	if f.Body == "" {
		w.Header().Set("Content-Type", "application/json")
		body = v.failure(nil, f)
	}
	w.WriteHeader(f.Status)
	_, _ = w.Write(body) // the client is gone: nothing to tell anybody
}

// answer plays the script for a request that passed the checks.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, v voice, req provider.ChatRequest) {
	s.mu.Lock()
	s.last = Request{r.Header.Clone(), req}
	s.mu.Unlock()
	script := s.play(req)
	script.Calls = slices.Clone(script.Calls)
	for i := range script.Calls {
		if script.Calls[i].ID == "" {
			script.Calls[i].ID = "call_standin_" + strconv.Itoa(i)
		}
	}
	p := &performance{server: s, script: script, req: req, called: script.callPieces(), usage: script.usage(req), voice: v, w: w, r: r}
	p.run()
}

// strictly decodes a body as the vendors do: exact names, nothing unknown,
// nothing twice. It returns the name that is unknown, or "".
func strictly(r *http.Request, into any) (unknown string, err error) {
	err = json.UnmarshalRead(r.Body, into, json.RejectUnknownMembers(true))
	var wrong *json.SemanticError
	if errors.As(err, &wrong) && errors.Is(wrong.Err, json.ErrUnknownName) {
		return wrong.JSONPointer.LastToken(), err
	}
	return "", err
}
