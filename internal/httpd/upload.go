package httpd

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"pulse/internal/fault"
)

const (
	formData = "multipart/form-data"
	// filePart is the form's one field.
	filePart = "file"
	// uploadTime is how long a whole upload may take.
	uploadTime = 15 * time.Minute
	// drainTime is how long a refused upload is read on, so that its sender
	// hears why instead of a broken line.
	drainTime = 5 * time.Second
)

// Incoming is a file that comes in. Nothing of it has been read yet, and what
// its sender says of it is not to be believed.
type Incoming struct {
	Name string // as its sender calls it; may be empty, and may hold anything

	line *line
	form *multipart.Reader
	part *multipart.Part
}

// Read reads the file. At its end it makes sure that the form had nothing else
// and came to its end: half a file is an error and no shorter one.
func (in *Incoming) Read(p []byte) (int, error) {
	n, err := in.part.Read(p)
	if errors.Is(err, io.EOF) {
		if _, more := in.form.NextRawPart(); more == nil {
			return n, fault.BadField("body", "has more than the one part file")
		} else if !errors.Is(more, io.EOF) {
			return n, brokenOff(more)
		}
		return n, io.EOF
	}
	return n, brokenOff(err)
}

func brokenOff(err error) error {
	if err == nil {
		return nil
	}
	return fault.Wrap(err, fault.Invalid, "The upload broke off before all of it had come. Please send it again.")
}

// line is a request's body, which has to keep coming.
type line struct {
	body io.Reader
	info *info
	end  time.Time
}

func (l *line) Read(p []byte) (int, error) {
	deadline := time.Now().Add(bodyTime)
	if l.end.Before(deadline) {
		deadline = l.end
	}
	l.info.readUntil(deadline)
	return l.body.Read(p) //nolint:wrapcheck // it stands in for the body
}

// uploadInput gets at the request, whose body huma is not to read.
type uploadInput struct{ r *http.Request }

// Resolve is called by huma with the request.
func (u *uploadInput) Resolve(c huma.Context) []error {
	u.r, _ = humago.Unwrap(c)
	return nil
}

// Upload mounts a route that takes one file as a form, and hands it on as it
// comes in: nothing is collected in memory or in a temporary file. How much it
// reads is the handler's to bound. The answer is JSON.
func Upload[O any](api huma.API, op huma.Operation, handler func(ctx context.Context, in *Incoming) (*O, error)) {
	op.Errors = append(op.Errors, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity)
	huma.Register(api, guard(api, op), func(ctx context.Context, u *uploadInput) (*O, error) {
		in, err := incoming(ctx, u.r)
		if err != nil {
			return nil, problemOf(ctx, err)
		}
		out, err := handler(ctx, in)
		if err != nil {
			in.line.drain()
		}
		infoOf(ctx).bodyRead()
		if err != nil {
			return nil, problemOf(ctx, err)
		}
		return out, nil
	})
	// Told only now: with a schema of the body, huma would read the body.
	operations(api.OpenAPI().Paths[op.Path])[op.Method].RequestBody = &huma.RequestBody{
		Required: true,
		Content: map[string]*huma.MediaType{formData: {Schema: &huma.Schema{
			Type: huma.TypeObject, Required: []string{filePart}, AdditionalProperties: false,
			Properties: map[string]*huma.Schema{filePart: {Type: huma.TypeString, Format: "binary", Description: "The file, with its name"}},
		}}},
	}
}

// incoming reads the form up to its file.
func incoming(ctx context.Context, r *http.Request) (*Incoming, error) {
	kind, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != formData || parameters["boundary"] == "" {
		return nil, fault.BadField("header.Content-Type", "must be multipart/form-data with a boundary")
	}
	l := &line{body: r.Body, info: infoOf(ctx), end: time.Now().Add(uploadTime)}
	form := multipart.NewReader(l, parameters["boundary"])
	part, err := form.NextRawPart() // as it is: a part may say that its bytes mean others
	switch {
	case errors.Is(err, io.EOF):
		return nil, fault.BadField("body."+filePart, "is missing")
	case err != nil:
		return nil, brokenOff(err)
	case part.FormName() != filePart:
		return nil, fault.BadField("body", "must have one part with the name file")
	}
	return &Incoming{Name: part.FileName(), line: l, form: form, part: part}, nil
}

func (l *line) drain() {
	l.end = time.Now().Add(drainTime)
	_, _ = io.CopyN(io.Discard, l, 64<<20) // the sender may be gone
}
