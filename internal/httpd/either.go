package httpd

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/go-json-experiment/json"
	"golang.org/x/sync/semaphore"

	"pulse/internal/fault"
)

// Document is a body that its route decodes itself, for embedding. Nothing of it
// has been read yet.
type Document struct{ r *http.Request }

// Resolve is called by huma with the request.
func (d *Document) Resolve(c huma.Context) []error {
	d.r, _ = humago.Unwrap(c)
	return nil
}

// documentTime is how long a whole document may take to come.
const documentTime = 2 * time.Minute

// Read reads the body, which may have so many bytes.
func (d *Document) Read(ctx context.Context, most int64) ([]byte, error) {
	if !isJSON(d.r.Header.Get("Content-Type")) {
		return nil, fault.BadField("header.Content-Type", "must be application/json")
	}
	tooLarge := fault.Newf(fault.TooLarge, "The request is larger than the %d MB that this route takes.", most>>20)
	if d.r.ContentLength > most {
		return nil, tooLarge
	}
	size := d.r.ContentLength
	if size < 0 { // it is sent without one
		size = most
	}
	in := infoOf(ctx)
	leave, err := in.bodies.enter(ctx, size)
	if err != nil {
		return nil, err
	}
	in.letGo = leave
	defer in.bodyRead()
	var data bytes.Buffer
	if d.r.ContentLength > 0 {
		data.Grow(int(size) + bytes.MinRead)
	}
	_, err = data.ReadFrom(http.MaxBytesReader(nil, io.NopCloser(&line{body: d.r.Body, info: in, end: time.Now().Add(documentTime)}), most))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return nil, tooLarge
	}
	return data.Bytes(), brokenOff(err)
}

// LetGo tells that nothing of the document is needed any more, for handlers that
// go on for long. It is let go with the handler's end at the latest.
func (*Document) LetGo(ctx context.Context) { infoOf(ctx).letGoOfBody() }

func (in *info) letGoOfBody() {
	if in.letGo != nil {
		in.letGo()
		in.letGo = nil
	}
}

const (
	// maxBodies is how many bytes of documents are read and taken apart at once.
	// Each takes several times as much memory.
	maxBodies = 256 << 20
	// bodiesTime is how long a document waits until others are let go of.
	bodiesTime = 5 * time.Second
)

// bodies bounds the documents that are in memory at once.
type bodies struct{ room *semaphore.Weighted }

func newBodies() bodies { return bodies{semaphore.NewWeighted(maxBodies)} }

// enter waits for room for a document of so many bytes.
func (b bodies) enter(ctx context.Context, size int64) (leave func(), err error) {
	if b.room == nil { // it did not come by a server
		return func() {}, nil
	}
	waiting, cancel := context.WithTimeout(ctx, bodiesTime)
	defer cancel()
	size = min(size, maxBodies)
	if err := b.room.Acquire(waiting, size); err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		f := fault.New(fault.Unavailable, "The server has as many large requests as it can take just now. Please try again in a moment.")
		f.RetryAfter = bodiesTime
		return nil, f
	}
	return func() { b.room.Release(size) }, nil
}

// Answer is what an Either answers with: one of the three.
type Answer struct {
	Whole  any
	Stream func(*EventWriter) error
	// Pieces writes the JSON of a whole that is too large to be in memory. An error
	// ends the connection: the status is on its way.
	Pieces func(io.Writer) error
}

// Either mounts a route that answers with JSON or, when the request asks for
// that, with Server-Sent Events. B and O are what its documents look like. A
// stream begins with its first event, so that what fails before has its status.
func Either[I, B, O any](api huma.API, op huma.Operation, handler func(ctx context.Context, in *I) (Answer, error)) {
	op.DefaultStatus = http.StatusOK
	op.Responses = map[string]*huma.Response{"200": {
		Description: "The whole answer, or Server-Sent Events",
		Content: map[string]*huma.MediaType{
			plainJSON:   {Schema: schemaOf[O](api)},
			eventStream: {Schema: &huma.Schema{Type: huma.TypeString}},
		},
	}}
	huma.Register(api, guard(api, op), func(ctx context.Context, in *I) (*huma.StreamResponse, error) {
		leave, err := infoOf(ctx).enterStream(ctx)
		if err != nil {
			return nil, problemOf(ctx, err)
		}
		defer infoOf(ctx).letGoOfBody()
		answer, err := handler(ctx, in)
		if err == nil && answer.Stream == nil {
			err = stillThere(ctx)
		}
		if err != nil {
			leave()
			return nil, problemOf(ctx, err)
		}
		return &huma.StreamResponse{Body: func(c huma.Context) {
			defer leave()
			r, w := humago.Unwrap(c)
			if answer.Stream != nil {
				serveEvents(w, r, answer.Stream, true)
				return
			}
			if answer.Pieces != nil {
				servePieces(w, answer.Pieces)
				return
			}
			serveWhole(w, r, answer.Whole)
		}}, nil
	})
	// Told only now: with a schema of the body, huma would read the body.
	operations(api.OpenAPI().Paths[op.Path])[op.Method].RequestBody = &huma.RequestBody{
		Required: true, Content: map[string]*huma.MediaType{plainJSON: {Schema: schemaOf[B](api)}},
	}
}

// stillThere refuses an answer that took long to who was signed out meanwhile, as
// streams do. While the database cannot say, they are still in.
func stillThere(ctx context.Context) error {
	if err := StillIn(ctx); fault.Is(err, fault.Unauthenticated) {
		return err
	}
	return nil
}

func servePieces(w http.ResponseWriter, write func(io.Writer) error) {
	w.Header().Set("Content-Type", plainJSON)
	if err := write(&patient{w, http.NewResponseController(w)}); err != nil {
		panic(http.ErrAbortHandler)
	}
}

func serveWhole(w http.ResponseWriter, r *http.Request, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		writeProblem(w, r, err)
		return
	}
	w.Header().Set("Content-Type", plainJSON)
	_, _ = w.Write(append(data, '\n')) // the client may be gone
}
