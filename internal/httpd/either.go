package httpd

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/go-json-experiment/json"

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
	in := infoOf(ctx)
	defer in.bodyRead()
	data, err := io.ReadAll(http.MaxBytesReader(nil, io.NopCloser(&line{body: d.r.Body, info: in, end: time.Now().Add(documentTime)}), most))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return nil, tooLarge
	}
	return data, brokenOff(err)
}

// Answer is what an Either answers with: one of the two.
type Answer struct {
	Whole  any
	Stream func(*EventWriter) error
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
		answer, err := handler(ctx, in)
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
			serveWhole(w, r, answer.Whole)
		}}, nil
	})
	// Told only now: with a schema of the body, huma would read the body.
	operations(api.OpenAPI().Paths[op.Path])[op.Method].RequestBody = &huma.RequestBody{
		Required: true, Content: map[string]*huma.MediaType{plainJSON: {Schema: schemaOf[B](api)}},
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
