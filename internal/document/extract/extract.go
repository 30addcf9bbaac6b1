package extract

import (
	"bytes"
	"context"
	"io"
	"log/slog"

	"pulse/internal/fault"
)

// Kind is what an upload is to a model.
type Kind string

// The kinds.
const (
	Image Kind = "image"
	Text  Kind = "text"
	PDF   Kind = "pdf"
)

// Types of the faults that say why an upload cannot be used.
const (
	TypeUnknown   = "file_type"      // neither a picture that models take, nor a PDF, nor text
	TypeEmpty     = "file_empty"     // no bytes, or nothing but blanks
	TypeEncoding  = "file_encoding"  // text, but neither UTF-8 nor UTF-16
	TypeBroken    = "file_broken"    // a picture or PDF that cannot be read
	TypeEncrypted = "file_encrypted" // a PDF that wants a password
	TypeScanned   = "file_scanned"   // a PDF without any text
	TypeLong      = "file_long"      // more text, pages or pixels than can be used
)

// MaxCharacters is how much text an upload may have.
const MaxCharacters = 4_000_000

// Found is what an upload is.
type Found struct {
	ContentType   string
	Width, Height int64  // pixels, of a picture
	Pages         int64  // of a PDF
	Text          string // of a text file or PDF
	Characters    int64  // of the text
	// Converted is a text file in UTF-8 when it came in something else; nil: it
	// is as it should be.
	Converted []byte
}

// SniffLen is how many of the first bytes tell the kind.
const SniffLen = 1024

// KindOf tells the kind by the first bytes. What is neither a picture nor a PDF
// has to turn out to be text.
func KindOf(head []byte) Kind {
	switch {
	case pictureType(head) != "":
		return Image
	case bytes.HasPrefix(bytes.TrimLeft(bytes.TrimPrefix(head, []byte(bom8)), "\x00\t\n\f\r "), []byte("%PDF-")):
		return PDF
	}
	return Text
}

// ContentType is how a kind is kept, as far as the first bytes tell.
func ContentType(head []byte) string {
	switch KindOf(head) {
	case Image:
		return pictureType(head)
	case PDF:
		return "application/pdf"
	case Text:
	}
	return "text/plain; charset=utf-8"
}

// Options are what an Extractor works with.
type Options struct {
	// CacheDir is where what takes long to prepare is kept between starts; only
	// Pulse may be able to write there. Empty: nowhere.
	CacheDir string
	Log      *slog.Logger
}

// Extractor reads uploads. It is safe for concurrent use.
type Extractor struct {
	pdf   *pdfReader
	texts chan struct{} // how many texts are in memory at once
}

// maxTexts is how many text files are read at once. Each takes some times its size.
const maxTexts = 4

// New makes an Extractor. It costs nothing until the first PDF comes.
func New(o Options) *Extractor {
	return &Extractor{pdf: newPDFReader(o), texts: make(chan struct{}, maxTexts)}
}

// Close gives back what the reading of PDFs holds.
func (x *Extractor) Close() error { return x.pdf.close() }

// Read reads a whole upload of a kind that KindOf told, of so many bytes.
func (x *Extractor) Read(ctx context.Context, kind Kind, r io.Reader, size int64) (Found, error) {
	switch {
	case size == 0:
		return Found{}, unusable(TypeEmpty, "This file is empty.")
	case kind == Image:
		return readPicture(r)
	case kind == PDF:
		return x.pdf.read(ctx, r, size)
	}
	select {
	case x.texts <- struct{}{}:
		defer func() { <-x.texts }()
	case <-ctx.Done():
		return Found{}, context.Cause(ctx)
	}
	return readText(r)
}

func unusable(kind, message string) *fault.Error {
	f := fault.New(fault.Unusable, message)
	f.Type = kind
	return f
}

func broken(cause error, message string) *fault.Error {
	f := fault.Wrap(cause, fault.Unusable, message)
	f.Type = TypeBroken
	return f
}
