package extract

import (
	"context"
	"io"
)

type pdfReader struct{}

func newPDFReader(Options) *pdfReader { return &pdfReader{} }

func (*pdfReader) close() error { return nil }

func (*pdfReader) read(context.Context, io.Reader, int64) (Found, error) {
	return Found{}, unusable(TypeUnknown, "PDF files cannot be read yet.")
}
