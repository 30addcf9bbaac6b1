package httpd

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// Content is bytes that go out as they are. They never change: another content
// has another address.
type Content struct {
	Name   string // for the browser's "save as"
	Type   string // media type
	Size   int64
	Hash   string // of the bytes, in hex
	Inline bool   // a browser may show it, and not only save it
	// Keep is how long those who have it need not ask again; 0: for ever.
	Keep time.Duration
	// Elsewhere is an address where the bytes are, to which browsers are sent for
	// them; empty: they come from Open.
	Elsewhere string
	// Shared tells that whoever has the address may have it, also on a page of
	// another site.
	Shared bool
	// Open reads length bytes from offset on.
	Open func(ctx context.Context, offset, length int64) (io.ReadCloser, error)
}

// contentAlone is for what people have uploaded: were it a page after all, it
// could neither run nor ask for anything, and would not be of our origin.
const contentAlone = "default-src 'none'; sandbox"

// Download mounts a route that answers with bytes: whole or in ranges, and 304
// for those who have them.
func Download[I any](api huma.API, op huma.Operation, handler func(ctx context.Context, in *I) (*Content, error)) {
	op = mark(op, metaContent, true)
	op.DefaultStatus = http.StatusOK
	op.Errors = append(op.Errors, http.StatusRequestedRangeNotSatisfiable)
	bytes := map[string]*huma.MediaType{"*/*": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}
	op.Responses = map[string]*huma.Response{
		"200": {Description: "The bytes", Content: bytes},
		"206": {Description: "The bytes of a Range", Content: bytes},
		"304": {Description: "If-None-Match names what there is"},
	}
	if op.Metadata[metaElsewhere] == true {
		op.Responses["307"] = &huma.Response{Description: "The bytes are there, for some minutes"}
	}
	huma.Register(api, guard(api, op), func(ctx context.Context, in *I) (*huma.StreamResponse, error) {
		content, err := handler(ctx, in)
		if err != nil {
			return nil, problemOf(ctx, err)
		}
		return &huma.StreamResponse{Body: func(c huma.Context) {
			r, w := humago.Unwrap(c)
			serveContent(w, r, content)
		}}, nil
	})
}

// Elsewhere marks a route that may send browsers to another address for the bytes.
func Elsewhere(op huma.Operation) huma.Operation { return mark(op, metaElsewhere, true) }

const metaElsewhere = "elsewhere"

// Disposition says whether a browser is to show or to save the bytes, and under
// which name.
func (c *Content) Disposition() string {
	place := "attachment"
	if c.Inline {
		place = "inline"
	}
	return mime.FormatMediaType(place, map[string]string{"filename": c.Name})
}

func serveContent(w http.ResponseWriter, r *http.Request, c *Content) {
	h := w.Header()
	if c.Shared {
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		h.Set("Referrer-Policy", "no-referrer") // the address is the secret
	}
	if c.Elsewhere != "" {
		h.Set("Cache-Control", "private, no-store") // that address soon leads nowhere
		h.Set("Location", c.Elsewhere)
		w.WriteHeader(http.StatusTemporaryRedirect)
		return
	}
	h.Set("Content-Type", c.Type)
	h.Set("Content-Disposition", c.Disposition())
	h.Set("Content-Security-Policy", contentAlone)
	h.Set("Cache-Control", c.cacheControl())
	h.Set("ETag", `"`+c.Hash+`"`)
	body := &seeker{ctx: r.Context(), c: c}
	defer body.close()
	http.ServeContent(&patient{w, http.NewResponseController(w)}, r, "", time.Time{}, body)
}

func (c *Content) cacheControl() string {
	if c.Keep == 0 {
		return "private, max-age=31536000, immutable"
	}
	return "private, max-age=" + strconv.FormatInt(int64(c.Keep/time.Second), 10)
}

// patient bounds how long a client may take for each piece, instead of for the
// whole: a large file on a slow line takes its time.
type patient struct {
	http.ResponseWriter

	rc *http.ResponseController
}

func (p *patient) Write(b []byte) (int, error) {
	_ = p.rc.SetWriteDeadline(time.Now().Add(plainTime)) // a recorder in a test has none
	return p.ResponseWriter.Write(b)                     //nolint:wrapcheck // it stands in for the writer
}

// seeker reads a content from where it was sent to; it opens it at the first
// byte that is asked for.
type seeker struct {
	ctx context.Context //nolint:containedctx // it lives as long as one request
	c   *Content
	at  int64
	r   io.ReadCloser
}

func (s *seeker) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += s.at
	case io.SeekEnd:
		offset += s.c.Size
	}
	if offset < 0 {
		return 0, errors.New("httpd: a place before the beginning")
	}
	if offset != s.at {
		s.close()
		s.at = offset
	}
	return s.at, nil
}

func (s *seeker) Read(p []byte) (int, error) {
	if s.at >= s.c.Size {
		return 0, io.EOF
	}
	if s.r == nil {
		var err error
		if s.r, err = s.c.Open(s.ctx, s.at, s.c.Size-s.at); err != nil {
			return 0, err
		}
	}
	n, err := s.r.Read(p)
	s.at += int64(n)
	return n, err //nolint:wrapcheck // it stands in for the reader
}

func (s *seeker) close() {
	if s.r != nil {
		_ = s.r.Close() // it was only read
		s.r = nil
	}
}
