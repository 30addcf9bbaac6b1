package extract

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTexts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ data, want string }{
		"plain":                     {"Hello\nworld\n", "Hello\nworld\n"},
		"CSV":                       {"a,b\r\n1,\"2\"\r\n", "a,b\n1,\"2\"\n"},
		"other scripts":             {"日本語 и العربية 👋🏽", "日本語 и العربية 👋🏽"},
		"with a mark":               {"\xef\xbb\xbfHello", "Hello"},
		"UTF-16, little end first":  {"\xff\xfeH\x00\xe9\x00\x3d\xd8\x4b\xdc", "Hé👋"},
		"UTF-16, big end first":     {"\xfe\xff\x00H\x00\xe9\xd8\x3d\xdc\x4b", "Hé👋"},
		"a lone surrogate":          {"\xff\xfeH\x00\x3d\xd8", "H\uFFFD"},
		"a terminal's colours":      {"\x1b[31mred\x1b[0m", "\x1b[31mred\x1b[0m"},
		"a page's end":              {"one\ftwo", "one\ftwo"},
		"markup is text":            {"<svg onload='x()'><script>alert(1)</script></svg>", "<svg onload='x()'><script>alert(1)</script></svg>"},
		"talk of PDF is text":       {"A PDF begins with %PDF-1.7.", "A PDF begins with %PDF-1.7."},
		"talk of pictures is text":  {"GIF files begin with GIF89a.", "GIF files begin with GIF89a."},
		"a replacement that was in": {"a \uFFFD b", "a \uFFFD b"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, err := read(t, shared, []byte(c.data))
			if err != nil {
				t.Fatal(err)
			}
			if found.Text != c.want || found.Characters != int64(utf8.RuneCountInString(c.want)) || found.ContentType != "text/plain; charset=utf-8" {
				t.Errorf("%+v, want %q", found, c.want)
			}
			if utf8.ValidString(c.data) != (found.Converted == nil) {
				t.Errorf("converted to %q", found.Converted)
			}
			if found.Converted != nil && string(found.Converted) != c.want {
				t.Errorf("converted to %q", found.Converted)
			}
		})
	}
}

func TestNoTexts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ data, want string }{
		"nothing":             {"", TypeEmpty},
		"blanks":              {" \n\t\n", TypeEmpty},
		"a mark alone":        {"\xef\xbb\xbf", TypeEmpty},
		"an executable":       {"\x7fELF\x02\x01\x01\x00\x00", TypeUnknown},
		"an archive":          {"PK\x03\x04\x14\x00\x06\x00", TypeUnknown},
		"U+0000 far inside":   {strings.Repeat("a", 100_000) + "\x00", TypeUnknown},
		"a bell":              {"a\ab", TypeUnknown},
		"a C1 control":        {"a\u0090b", TypeUnknown},
		"Latin 1":             {"caf\xe9", TypeEncoding},
		"UTF-8 cut off":       {"caf\xc3", TypeEncoding},
		"UTF-16 without mark": {"H\x00i\x00", TypeUnknown},
		"UTF-16 cut off":      {"\xff\xfeH\x00i", TypeEncoding},
		"UTF-16 with U+0000":  {"\xff\xfeH\x00\x00\x00", TypeUnknown},
		"UTF-32":              {"\xff\xfe\x00\x00H\x00\x00\x00", TypeUnknown},
		"very long":           {strings.Repeat("a", MaxCharacters+1), TypeLong},
		"BMP":                 {"BM\x8a\x00\x00\x00", TypeUnknown},
		"HEIC":                {"\x00\x00\x00\x18ftypheic", TypeUnknown},
		"half a WebP":         {"RIFF\x00\x00\x00\x00WAVE", TypeUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if found, err := read(t, shared, []byte(c.data)); typeOf(err) != c.want {
				t.Errorf("%v, %v; want %s", found, err, c.want)
			}
		})
	}
}

// pictures is one of each format, 3 wide and 2 high (WebP: 1 and 1).
func pictures(t testing.TB) map[string][]byte {
	t.Helper()
	m := image.NewPaletted(image.Rect(0, 0, 3, 2), color.Palette{color.Black, color.White})
	made := map[string][]byte{}
	for kind, encode := range map[string]func(*bytes.Buffer) error{
		"image/png":  func(b *bytes.Buffer) error { return png.Encode(b, m) },
		"image/jpeg": func(b *bytes.Buffer) error { return jpeg.Encode(b, m, nil) },
		"image/gif": func(b *bytes.Buffer) error {
			return gif.EncodeAll(b, &gif.GIF{Image: []*image.Paletted{m, m}, Delay: []int{1, 1}})
		},
	} {
		var b bytes.Buffer
		if err := encode(&b); err != nil {
			t.Fatal(err)
		}
		made[kind] = b.Bytes()
	}
	webp, err := base64.StdEncoding.DecodeString("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")
	if err != nil {
		t.Fatal(err)
	}
	made["image/webp"] = webp
	return made
}

func TestPictures(t *testing.T) {
	t.Parallel()
	for kind, data := range pictures(t) {
		found, err := read(t, shared, data)
		width, height := int64(3), int64(2)
		if kind == "image/webp" {
			width, height = 1, 1
		}
		if err != nil || found.ContentType != kind || found.Width != width || found.Height != height || found.Text != "" {
			t.Errorf("%s: %+v, %v", kind, found, err)
		}
		if found, err = read(t, shared, append(bytes.Clone(data), "what a phone adds"...)); err != nil || found.Width != width {
			t.Errorf("%s with more behind it: %+v, %v", kind, found, err)
		}
		for cut := 12; cut < len(data); cut++ { // no picture is cut anywhere
			if found, err := read(t, shared, data[:cut]); typeOf(err) != TypeBroken {
				t.Errorf("%s cut to %d of %d bytes: %+v, %v", kind, cut, len(data), found, err)
			}
		}
	}
}

// pngOf says that it is so large, and has nothing of it.
func pngOf(width, height uint32) []byte {
	var b bytes.Buffer
	b.WriteString(pngMark)
	chunk := func(name string, data []byte) {
		_ = binary.Write(&b, binary.BigEndian, uint32(len(data))) //nolint:gosec // into memory, some KB
		b.WriteString(name)
		b.Write(data)
		_ = binary.Write(&b, binary.BigEndian, crc32.ChecksumIEEE(append([]byte(name), data...)))
	}
	head := make([]byte, 13)
	binary.BigEndian.PutUint32(head, width)
	binary.BigEndian.PutUint32(head[4:], height)
	head[8], head[9] = 8, 2
	chunk("IHDR", head)
	chunk("IDAT", deflated("\x00", 10<<20))
	chunk("IEND", nil)
	return b.Bytes()
}

func TestLargePictures(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		width, height uint32
		want          string
	}{{10_000, 5_000, ""}, {10_000, 5_001, TypeLong}, {1 << 30, 1 << 30, TypeLong}, {0, 1, TypeBroken}, {32_768, 1, ""}, {32_769, 1, TypeLong}, {1<<31 - 1, 1, TypeLong}} {
		found, err := read(t, shared, pngOf(c.width, c.height))
		got := ""
		if err != nil {
			got = typeOf(err)
		}
		// What has more pixels than can be counted is broken to Go.
		if got != c.want && (c.want != TypeLong || got != TypeBroken) {
			t.Errorf("%d × %d: %+v, %v; want %q", c.width, c.height, found, err, c.want)
		}
	}
}

// A hundred megapixels are refused in every sort of picture, before anything is
// decoded, and with the sentence that says how many there are.
func TestHundredMegapixels(t *testing.T) {
	t.Parallel()
	const edge = 10_000
	all := pictures(t)
	all["image/png"] = pngOf(edge, edge)
	frame := bytes.Index(all["image/jpeg"], []byte{0xff, 0xc0})
	binary.BigEndian.PutUint32(all["image/jpeg"][frame+5:], edge<<16|edge)
	binary.LittleEndian.PutUint32(all["image/gif"][6:], edge<<16|edge)
	binary.LittleEndian.PutUint32(all["image/webp"][26:], edge<<16|edge)
	for kind, data := range all {
		found, err := read(t, shared, data)
		if typeOf(err) != TypeLong || !strings.Contains(err.Error(), "10000 × 10000 pixels") {
			t.Errorf("%s: %+v, %v", kind, found, err)
		}
	}
}

// Reading a picture takes little memory, whatever the picture says of itself.
func BenchmarkPicture(b *testing.B) {
	data := pngOf(10_000, 5_000)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := read(b, shared, data); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzPicture(f *testing.F) {
	for _, data := range pictures(f) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) == 0 || KindOf(data[:min(len(data), SniffLen)]) != Image {
			return
		}
		found, err := read(t, shared, data)
		if err != nil && strings.HasPrefix(typeOf(err), "other") {
			t.Errorf("%v", err)
		}
		if err == nil && (found.Width < 1 || found.Height < 1 || found.Width*found.Height > MaxPixels || found.Text != "") {
			t.Errorf("%+v", found)
		}
	})
}

func FuzzText(f *testing.F) {
	for _, text := range []string{"Hello", "\xff\xfeH\x00", "\xfe\xff\x00H", "\xef\xbb\xbfHello", "caf\xe9", "\x00"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if KindOf(data[:min(len(data), SniffLen)]) != Text {
			return
		}
		found, err := read(t, shared, data)
		if err != nil {
			if strings.HasPrefix(typeOf(err), "other") {
				t.Errorf("%v", err)
			}
			return
		}
		if !utf8.ValidString(found.Text) || strings.ContainsRune(found.Text, 0) || found.Text == "" {
			t.Errorf("%q", found.Text)
		}
	})
}
