package extract

import (
	"bytes"
	"compress/flate"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pulse/internal/fault"
)

// shared reads PDFs for all tests, so that PDFium is compiled once. It is kept
// for the next run, too.
var shared = New(Options{Log: slog.New(slog.DiscardHandler), CacheDir: kept()})

func kept() string {
	folder, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(folder, "pulse-test")
}

// another is an Extractor of a test's own, which finds PDFium compiled: that takes
// a minute under the race detector.
func another(t *testing.T) *Extractor {
	t.Helper()
	if _, err := read(t, shared, pdfOf("", page("Hello"))); err != nil {
		t.Fatal(err)
	}
	x := New(Options{Log: slog.New(slog.DiscardHandler), CacheDir: kept()})
	t.Cleanup(func() { _ = x.Close() })
	return x
}

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if err := shared.Close(); err != nil {
			panic(err)
		}
		if code != 0 {
			os.Exit(code)
		}
	}))
}

// builder writes a PDF object by object.
type builder struct {
	bytes.Buffer

	at []int
}

func (b *builder) printf(format string, args ...any) { _, _ = fmt.Fprintf(b, format, args...) } // into memory

func (b *builder) object(text string) {
	b.at = append(b.at, b.Len())
	b.printf("%d 0 obj\n%s\nendobj\n", len(b.at), text)
}

func (b *builder) end(trailer string) []byte {
	start := b.Len()
	b.printf("xref\n0 %d\n0000000000 65535 f \n", len(b.at)+1)
	for _, at := range b.at {
		b.printf("%010d 00000 n \n", at)
	}
	b.printf("trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n", len(b.at)+1, trailer, start)
	return b.Bytes()
}

func stream(dictionary string, data []byte) string {
	return fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", dictionary, len(data), data)
}

// pdfOf makes a PDF with these contents of pages: 1 is the catalogue, 2 the
// pages, 3 the font.
func pdfOf(trailer string, contents ...string) []byte {
	b := &builder{}
	b.printf("%%PDF-1.7\n")
	b.object("<< /Type /Catalog /Pages 2 0 R >>")
	kids := make([]string, len(contents))
	for i := range contents {
		kids[i] = fmt.Sprintf("%d 0 R", 4+2*i)
	}
	b.object(fmt.Sprintf("<< /Type /Pages /Count %d /Kids [%s] >>", len(kids), strings.Join(kids, " ")))
	b.object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
	for i, c := range contents {
		b.object(fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F 3 0 R >> >> /Contents %d 0 R >>", 5+2*i))
		b.object(c)
	}
	return b.end(trailer)
}

func page(lines ...string) string {
	var c strings.Builder
	c.WriteString("BT /F 12 Tf 14 TL 72 770 Td\n")
	for _, l := range lines {
		fmt.Fprintf(&c, "(%s) Tj T*\n", l)
	}
	c.WriteString("ET")
	return stream("", []byte(c.String()))
}

// deflated is a text n times over, as zlib has it but for the checksum, which
// readers of PDF do not mind. One block is compressed and then repeated: to
// compress a gigabyte takes minutes under the race detector.
func deflated(text string, n int) []byte {
	var b bytes.Buffer
	b.WriteString("\x78\x9c")
	each := 1 + 1<<20/len(text)
	if n >= each {
		block := raw(strings.Repeat(text, each), false)
		for range n / each {
			b.Write(block)
		}
	}
	b.Write(raw(strings.Repeat(text, n%each), true))
	b.WriteString("\x00\x00\x00\x00")
	return b.Bytes()
}

// raw deflates a text without looking at anything before it.
func raw(text string, last bool) []byte {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.DefaultCompression) // a level that there is
	_, _ = w.Write([]byte(text))                          // into memory
	if last {
		_ = w.Close()
	} else {
		_ = w.Flush()
	}
	return b.Bytes()
}

func read(t testing.TB, x *Extractor, data []byte) (Found, error) {
	t.Helper()
	return x.Read(t.Context(), KindOf(data[:min(len(data), SniffLen)]), bytes.NewReader(data), int64(len(data)))
}

func typeOf(err error) string {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Code != fault.Unusable {
		return fmt.Sprintf("other: %v", err)
	}
	return f.Type
}

func TestPDF(t *testing.T) {
	t.Parallel()
	data := pdfOf("", page("Gr\\374\\337e, world.", "A second line"), page(), page("The third page."))
	for _, r := range []io.Reader{bytes.NewReader(data), io.MultiReader(bytes.NewReader(data))} { // the latter cannot seek
		found, err := shared.Read(t.Context(), PDF, r, int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		want := "Grüße, world.\nA second line\n\nThe third page."
		if found.Text != want || found.Characters != int64(len([]rune(want))) || found.Pages != 3 || found.ContentType != "application/pdf" {
			t.Errorf("%+v", found)
		}
	}
}

// objects has its pages in a stream of objects that takes 1 GB unpacked.
func objects() []byte {
	b := &builder{}
	b.printf("%%PDF-1.7\n")
	b.object("<< /Type /Catalog /Pages 2 0 R >>")
	at := b.Len()
	b.printf("5 0 obj\n%s\nendobj\n", stream("/Type /ObjStm /N 1000000 /First 8 /Filter /FlateDecode", deflated("2 0 <<>> ", 120_000_000)))
	table := make([]byte, 6*5) // of objects: 1 stands in the file, 2 in the stream, which is 5
	copy(table[5:], []byte{1, 0, 0, 0, byte(len("%PDF-1.7\n"))})
	copy(table[10:], []byte{2, 0, 0, 0, 5})
	copy(table[25:], []byte{1, 0, 0, 0, byte(at)}) //nolint:gosec // some 60
	start := b.Len()
	b.printf("6 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n", stream("/Type /XRef /Size 6 /W [1 4 0] /Root 1 0 R", table), start)
	return b.Bytes()
}

// What cannot be used is told by kind, whatever the file does.
func TestHostilePDFs(t *testing.T) {
	t.Parallel()
	good := pdfOf("", page("Hello"))
	encrypted := "/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <" + strings.Repeat("41", 32) + "> /U <" + strings.Repeat("42", 32) + "> >> /ID [<00><00>]"
	line := "BT /F 9 Tf (" + strings.Repeat("a", 40) + ") Tj ET\n"
	loop := func(text string) []byte {
		b := &builder{}
		b.printf("%%PDF-1.7\n")
		b.object("<< /Type /Catalog /Pages 2 0 R >>")
		b.object(text)
		return b.end("")
	}
	many := make([]string, 10_000)
	for i := range many {
		many[i] = page("x")
	}
	filters := deflated("\x00", 64<<20)
	filters = deflated(string(filters), 1)
	for name, c := range map[string]struct {
		data []byte
		want []string // any of these types; "": it may be read
	}{
		"encrypted":               {pdfOf(encrypted, page("secret")), []string{TypeEncrypted}},
		"an unknown encryption":   {pdfOf("/Encrypt << /Filter /Other /V 9 >> /ID [<00><00>]", page("secret")), []string{TypeEncrypted, TypeBroken}},
		"only a drawing":          {pdfOf("", stream("", []byte("0 0 100 100 re f"))), []string{TypeScanned}},
		"only blanks":             {pdfOf("", page("   ", " ")), []string{TypeScanned}},
		"a head alone":            {[]byte("%PDF-1.7\n"), []string{TypeBroken}},
		"rubbish":                 {append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte{0xde, 0xad, 0, 255}, 10_000)...), []string{TypeBroken}},
		"half":                    {good[:len(good)/3], []string{TypeBroken}},
		"no pages":                {loop("<< /Type /Pages /Count 0 /Kids [] >>"), []string{TypeBroken}},
		"pages within themselves": {loop("<< /Type /Pages /Count 5 /Kids [2 0 R 2 0 R] >>"), []string{TypeBroken, TypeScanned}},
		"a lie of pages":          {loop("<< /Type /Pages /Count 2000000000 /Kids [] >>"), []string{TypeBroken, TypeLong}},
		"a negative count":        {loop("<< /Type /Pages /Count -7 /Kids [] >>"), []string{TypeBroken}},
		"10 000 pages":            {pdfOf("", many...), []string{TypeLong}},
		"very deep":               {loop(strings.Repeat("[", 2_000_000)), []string{TypeBroken}},
		"deep dictionaries":       {loop(strings.Repeat("<</A ", 300_000)), []string{TypeBroken, TypeScanned}},
		"a bomb of blanks":        {pdfOf("", stream("/Filter /FlateDecode", deflated(" ", 1<<30))), []string{TypeBroken, TypeScanned, TypeLong}},
		"a bomb within a bomb":    {pdfOf("", stream("/Filter [/FlateDecode /FlateDecode]", filters)), []string{TypeBroken, TypeScanned}},
		"a bomb of text":          {pdfOf("", stream("/Filter /FlateDecode", deflated(line, 3_000_000))), []string{TypeBroken, TypeLong, TypeScanned}},
		"a bomb of objects":       {objects(), []string{TypeBroken, TypeScanned}},
		"a bomb of states":        {pdfOf("", stream("/Filter /FlateDecode", deflated("q ", 50_000_000))), []string{TypeBroken, TypeLong, TypeScanned}},
		"a form in itself": {func() []byte {
			b := &builder{}
			b.printf("%%PDF-1.7\n")
			b.object("<< /Type /Catalog /Pages 2 0 R >>")
			b.object("<< /Type /Pages /Count 1 /Kids [3 0 R] >>")
			b.object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Resources << /XObject << /X 4 0 R >> >> /Contents 5 0 R >>")
			b.object(stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 4 0 R >> >>", []byte("/X Do /X Do")))
			b.object(stream("", []byte("/X Do")))
			return b.end("")
		}(), []string{TypeBroken, TypeScanned, TypeLong}},
		"scripts": {pdfOf("/OpenAction << /S /JavaScript /JS (while(true){}) >>", page("Hello")), []string{""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			begun := time.Now()
			found, err := read(t, shared, c.data)
			got := ""
			if err != nil {
				got = typeOf(err)
			}
			t.Logf("%d bytes: %q after %v", len(c.data), got, time.Since(begun).Round(time.Millisecond))
			if !slices.Contains(c.want, got) {
				t.Errorf("%v, %d characters; want %q", err, found.Characters, c.want)
			}
		})
	}
}

// A PDF that takes too long is given up, and the next one is read.
func TestPDFsEndInTime(t *testing.T) {
	t.Parallel()
	x := another(t)
	good := pdfOf("", page("Hello"))
	if _, err := read(t, x, good); err != nil { // PDFium is compiled now
		t.Fatal(err)
	}
	long := pdfOf("", stream("/Filter /FlateDecode", deflated("0 0 1 1 re f\n", 1_000_000)))
	x.pdf.time = 300 * time.Millisecond
	begun := time.Now()
	if _, err := read(t, x, long); typeOf(err) != TypeLong {
		t.Errorf("%v", err)
	}
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("given up only after %v", took)
	}
	x.pdf.time = pdfTime
	if found, err := read(t, x, good); err != nil || found.Text != "Hello" {
		t.Errorf("afterwards: %+v, %v", found, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := x.Read(ctx, PDF, bytes.NewReader(long), int64(len(long))); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("with a caller who goes: %v", err)
	}
}

// PDFium is given back when it is idle, and loaded anew from the cache.
func TestIdlePDFium(t *testing.T) {
	t.Parallel()
	x := another(t)
	x.pdf.idle = 10 * time.Millisecond
	loaded := func() bool {
		x.pdf.mu.Lock()
		defer x.pdf.mu.Unlock()
		return x.pdf.compiled != nil
	}
	for range 2 {
		if found, err := read(t, x, pdfOf("", page("Hello"))); err != nil || found.Text != "Hello" {
			t.Fatalf("%+v, %v", found, err)
		}
		for deadline := time.Now().Add(5 * time.Second); loaded(); time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("it is still loaded")
			}
		}
	}
}

func TestManyPDFsAtOnce(t *testing.T) {
	t.Parallel()
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			want := fmt.Sprintf("Document %d", i)
			if found, err := read(t, shared, pdfOf("", page(want))); err != nil || found.Text != want {
				t.Errorf("%q, %v", found.Text, err)
			}
		})
	}
	all.Wait()
}

// Damage of any kind is told and does no harm. This is no fuzz test: Go's looks
// for new paths in our code, of which PDFium's are none, and finds 20 a minute.
func TestDamagedPDFs(t *testing.T) {
	t.Parallel()
	seeds := [][]byte{
		pdfOf("", page("Hello"), page("World")),
		pdfOf("/Encrypt << /Filter /Standard /V 1 /R 2 >>", page("secret")),
		pdfOf("", stream("/Filter /FlateDecode", deflated("BT (a) Tj ET ", 1000))),
	}
	const seed = 8
	r := rand.New(rand.NewPCG(seed, seed)) //nolint:gosec // the same damage each time
	for i := range 18 {
		data := bytes.Clone(seeds[i%len(seeds)])
		for range 1 + r.IntN(20) {
			from := r.IntN(len(data))
			to := from + r.IntN(min(50, len(data)-from))
			switch r.IntN(3) {
			case 0:
				data[from] = byte(r.Uint32()) //nolint:gosec // any byte //nolint:gosec // below 256
			case 1:
				data = slices.Delete(data, from, to)
			case 2:
				data = slices.Insert(data, from, data[from:to]...)
			}
		}
		found, err := shared.Read(t.Context(), PDF, bytes.NewReader(data), int64(len(data)))
		if err != nil && strings.HasPrefix(typeOf(err), "other") || err == nil && (found.Text == "" || found.Pages < 1) {
			t.Errorf("%d: %+v, %v", i, found, err)
		}
	}
}
