package httpd

import (
	"archive/zip"
	"compress/flate"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"mime"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// Bundle is files that go out as one zip.
type Bundle struct {
	Name string // for the browser's "save as"
	// Write adds the files one after the other. What fails before anything is sent
	// becomes a problem document; afterwards the zip breaks off, without the list at
	// its end by which every program knows a whole one.
	Write func(ctx context.Context, out *Archive) error
}

// Bundled mounts a route that answers with a zip, made as it is sent.
func Bundled[I any](api huma.API, op huma.Operation, handler func(ctx context.Context, in *I) (*Bundle, error)) {
	op.DefaultStatus = http.StatusOK
	op.Responses = map[string]*huma.Response{"200": {
		Description: "The files",
		Content:     map[string]*huma.MediaType{zipType: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}},
	}}
	huma.Register(api, guard(api, op), func(ctx context.Context, in *I) (*huma.StreamResponse, error) {
		infoOf(ctx).bodyRead()
		bundle, err := handler(ctx, in)
		if err != nil {
			return nil, problemOf(ctx, err)
		}
		return &huma.StreamResponse{Body: func(c huma.Context) {
			r, w := humago.Unwrap(c)
			serveBundle(w, r, bundle)
		}}, nil
	})
}

const zipType = "application/zip"

func serveBundle(w http.ResponseWriter, r *http.Request, b *Bundle) {
	sent := &begun{w: &patient{w, http.NewResponseController(w)}, header: func() {
		h := w.Header()
		h.Set("Content-Type", zipType)
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": b.Name}))
		h.Set("Content-Security-Policy", contentAlone)
		h.Set("Cache-Control", "no-store")
	}}
	out := newArchive(r.Context(), sent)
	err := b.Write(r.Context(), out)
	if err == nil {
		err = out.end()
	}
	switch {
	case err == nil:
	case !sent.begun:
		writeProblem(w, r, err)
	default:
		infoOf(r.Context()).log.WarnContext(r.Context(), "a zip broke off", "request_id", infoOf(r.Context()).id, "error", err)
		panic(http.ErrAbortHandler) // also the transfer does not end as a whole one does
	}
}

// begun sets the header when there is something to send.
type begun struct {
	w      io.Writer
	header func()
	begun  bool
}

func (s *begun) Write(b []byte) (int, error) {
	if !s.begun {
		s.begun = true
		s.header()
	}
	return s.w.Write(b) //nolint:wrapcheck // it stands in for the writer
}

// Archive is a zip on its way out. Nothing of it is collected: a file is
// compressed as it is written. Names are the caller's to make safe and unique.
type Archive struct {
	ctx   context.Context //nolint:containedctx // it lives as long as one request
	zip   *zip.Writer
	asked time.Time // when it was last made sure that the reader is still signed in
}

func newArchive(ctx context.Context, w io.Writer) *Archive {
	z := zip.NewWriter(w)
	// Mostly pictures and PDFs, which are compressed; it is there for the rest.
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	return &Archive{ctx: ctx, zip: z, asked: time.Now()}
}

// end writes the list of all files, if the reader may still have them.
func (a *Archive) end() error {
	if err := StillIn(a.ctx); err != nil {
		return err
	}
	return a.zip.Close() //nolint:wrapcheck // the line's own
}

// stillIn stops a long archive of somebody who was signed out meanwhile.
func (a *Archive) stillIn() error {
	if err := a.ctx.Err(); err != nil {
		return context.Cause(a.ctx)
	}
	if time.Since(a.asked) < askAgain {
		return nil
	}
	a.asked = time.Now()
	return StillIn(a.ctx)
}

// File begins a file; what is written to it is good until the next one begins.
func (a *Archive) File(name string, modified time.Time) (io.Writer, error) {
	if err := a.stillIn(); err != nil {
		return nil, err
	}
	w, err := a.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: modified.UTC()})
	if err != nil {
		return nil, fmt.Errorf("httpd: zip %s: %w", name, err)
	}
	return w, nil
}

// Text adds a file with that text.
func (a *Archive) Text(name string, modified time.Time, text []byte) error {
	w, err := a.File(name, modified)
	if err != nil {
		return err
	}
	_, err = w.Write(text)
	return err //nolint:wrapcheck // the line's own
}

// JSON adds a file that people can read, too.
func (a *Archive) JSON(name string, modified time.Time, v any) error {
	w, err := a.File(name, modified)
	if err != nil {
		return err
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("httpd: zip %s: %w", name, err)
	}
	return nil
}

// Listing is a list of any length in a JSON file.
type Listing struct {
	name  string
	items iter.Seq2[any, error]
}

// Listed names a list. It breaks off at its first error.
func Listed[T any](name string, items iter.Seq2[T, error]) Listing {
	return Listing{name, func(yield func(any, error) bool) {
		for v, err := range items {
			if !yield(v, err) || err != nil {
				return
			}
		}
	}}
}

// Lists adds a JSON file with an object of lists, an item at a time.
func (a *Archive) Lists(name string, modified time.Time, lists ...Listing) error {
	w, err := a.File(name, modified)
	if err != nil {
		return err
	}
	text := "{"
	for i, l := range lists {
		if i > 0 {
			text += ","
		}
		text += fmt.Sprintf("\n  %q: [", l.name)
		begin := "\n    "
		for v, err := range l.items {
			if err == nil {
				err = a.stillIn()
			}
			if err != nil {
				return err
			}
			item, err := json.MarshalIndent(v, "    ", "  ")
			if err != nil {
				return fmt.Errorf("httpd: zip %s: %w", name, err)
			}
			if _, err := io.WriteString(w, text+begin+string(item)); err != nil {
				return err //nolint:wrapcheck // the line's own
			}
			text, begin = "", ",\n    "
		}
		text += "\n  ]"
	}
	_, err = io.WriteString(w, text+"\n}\n")
	return err //nolint:wrapcheck // the line's own
}
