package extract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/klippa-app/go-pdfium"
	pdfium_errors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"

	"pulse/internal/fault"
)

const (
	// maxPages is how many pages are read; more than a model would.
	maxPages = 2000
	// pdfTime is how long the reading of one PDF may take, and pdfWait how long
	// it may wait for its turn.
	pdfTime = 20 * time.Second
	pdfWait = time.Minute
)

// read gives the text of a PDF. It is read through PDFium as WebAssembly: see
// docs/adr/0008.
func (p *pdfReader) read(ctx context.Context, r io.Reader, size int64) (Found, error) {
	file, ok := r.(io.ReadSeeker)
	if !ok { // an object store's: a PDF is read from its end
		data, err := io.ReadAll(r)
		if err != nil {
			return Found{}, fmt.Errorf("extract: PDF: %w", err)
		}
		file = bytes.NewReader(data)
	}
	compiled, err := p.enter(ctx)
	if err != nil {
		return Found{}, err
	}
	defer p.leave()
	limited, cancel := context.WithTimeout(ctx, p.time)
	defer cancel()
	var found Found
	err = run(limited, compiled, func(in pdfium.Pdfium) (err error) {
		found, err = readPDF(limited, in, file, size)
		return err
	})
	switch {
	case err == nil:
		return found, nil
	case ctx.Err() != nil:
		return Found{}, context.Cause(ctx)
	case limited.Err() != nil:
		f := fault.Wrap(err, fault.Unusable, fmt.Sprintf(
			"This PDF took more than %d seconds to read. Please attach a part of it, or save it anew in another program.", int(p.time.Seconds())))
		f.Type = TypeLong
		return Found{}, f
	}
	return Found{}, err
}

func readPDF(ctx context.Context, in pdfium.Pdfium, file io.ReadSeeker, size int64) (Found, error) {
	opened, err := in.FPDF_LoadCustomDocument(&requests.FPDF_LoadCustomDocument{Reader: file, Size: size})
	switch {
	case errors.Is(err, pdfium_errors.ErrPassword), errors.Is(err, pdfium_errors.ErrSecurity):
		return Found{}, unusable(TypeEncrypted, "This PDF is encrypted. Please save it without a password and attach that.")
	case err != nil:
		return Found{}, damagedPDF(err)
	}
	count, err := in.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: opened.Document})
	if err != nil {
		return Found{}, damagedPDF(err)
	}
	pages := count.PageCount
	switch {
	case pages <= 0:
		return Found{}, damagedPDF(errors.New("no pages"))
	case pages > maxPages:
		return Found{}, unusable(TypeLong, fmt.Sprintf("This PDF has %d pages; at most %d can be read. Please attach a part of it.", pages, maxPages))
	}
	var text strings.Builder
	characters, unread := 0, 0
	for i := range pages {
		if ctx.Err() != nil {
			return Found{}, context.Cause(ctx)
		}
		page, err := readPage(in, opened.Document, i)
		if errors.Is(err, pdfium_errors.ErrPage) { // the others may be all right
			unread++
			continue
		}
		if err != nil {
			return Found{}, damagedPDF(err)
		}
		if page = plainText(page); page == "" {
			continue
		}
		if text.Len() > 0 {
			text.WriteString("\n\n")
			characters += 2
		}
		text.WriteString(page)
		if characters += utf8.RuneCountInString(page); characters > MaxCharacters {
			return Found{}, tooMuchText()
		}
	}
	switch {
	case unread == pages:
		return Found{}, damagedPDF(errors.New("no page can be read"))
	case characters == 0:
		return Found{}, unusable(TypeScanned, "This PDF has no text, only pictures: it was scanned, perhaps. Please attach its pages as pictures, or a version with text.")
	}
	return Found{ContentType: "application/pdf", Pages: int64(pages), Text: text.String(), Characters: int64(characters)}, nil
}

func damagedPDF(cause error) *fault.Error {
	return broken(cause, "This PDF cannot be read: it is damaged, or too large for its reader. Please save it anew in another program and attach that.")
}

func readPage(in pdfium.Pdfium, document references.FPDF_DOCUMENT, i int) (string, error) {
	page, err := in.FPDF_LoadPage(&requests.FPDF_LoadPage{Document: document, Index: i})
	if err != nil {
		return "", err //nolint:wrapcheck // readPDF says what it means
	}
	text, err := pageText(in, page.Page)
	if err != nil {
		return "", err
	}
	_, err = in.FPDF_ClosePage(&requests.FPDF_ClosePage{Page: page.Page})
	return text, err //nolint:wrapcheck // as above
}

func pageText(in pdfium.Pdfium, page references.FPDF_PAGE) (string, error) {
	loaded, err := in.FPDFText_LoadPage(&requests.FPDFText_LoadPage{Page: requests.Page{ByReference: &page}})
	if err != nil {
		return "", err //nolint:wrapcheck // readPDF says what it means
	}
	count, err := in.FPDFText_CountChars(&requests.FPDFText_CountChars{TextPage: loaded.TextPage})
	if err != nil {
		return "", err //nolint:wrapcheck // as above
	}
	var text string
	if count.Count > 0 {
		got, err := in.FPDFText_GetText(&requests.FPDFText_GetText{TextPage: loaded.TextPage, Count: count.Count})
		if err != nil {
			return "", err //nolint:wrapcheck // as above
		}
		text = straighten([]rune(got.Text), func(i int) (box, bool) { return standsAt(in, loaded.TextPage, i) })
	}
	_, err = in.FPDFText_ClosePage(&requests.FPDFText_ClosePage{TextPage: loaded.TextPage})
	return text, err //nolint:wrapcheck // as above
}

// standsAt tells where a character of a page's text stands. What PDFium has put
// in itself stands nowhere.
func standsAt(in pdfium.Pdfium, page references.FPDF_TEXTPAGE, i int) (box, bool) {
	// Characters without text are counted, too.
	n, err := in.FPDFText_GetCharIndexFromTextIndex(&requests.FPDFText_GetCharIndexFromTextIndex{TextPage: page, NTextIndex: i})
	if err != nil || n.CharIndex < 0 {
		return box{}, false
	}
	at, err := in.FPDFText_GetLooseCharBox(&requests.FPDFText_GetLooseCharBox{TextPage: page, Index: n.CharIndex})
	if err != nil {
		return box{}, false
	}
	r := at.Rect
	return box{left: float64(r.Left), right: float64(r.Right), bottom: float64(r.Bottom), top: float64(r.Top)}, true
}

// plainText makes text of what PDFium gives: lines end in \n, a hyphen at the
// end of a line (which it marks with U+FFFE or U+0002) joins the word again,
// and what no text has goes.
func plainText(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
	s = strings.NewReplacer("\uFFFE\n", "", "\x02\n", "", "\uFFFE", "", "\x02", "").Replace(s)
	s = strings.Map(func(r rune) rune {
		if isControl(r) || r == utf8.RuneError || r == '\uFFFF' {
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}
