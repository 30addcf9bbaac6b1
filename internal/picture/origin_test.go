package picture

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"encoding/xml"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func fox() Origin {
	return Origin{
		Prompt: "A <fox> & a “hare” ]]> 🦊\r\nat dusk", NegativePrompt: "text", Model: "m-1", ModelName: "Model One", Provider: "openai",
		Size: "square", Quality: "high", GuidanceScale: new(7.5), Seed: new(int64(42)), Edited: true, RevisedPrompt: "A fox",
		CreatedAt: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC),
	}
}

// textsOf gives a PNG's iTXt chunks, in order.
func textsOf(t testing.TB, data []byte) (texts []text) {
	t.Helper()
	for c, err := range chunksOf(data) {
		if err != nil {
			t.Fatal(err)
		}
		if c.name == "iTXt" {
			key, rest, _ := bytes.Cut(c.data, []byte{0})
			texts = append(texts, text{string(key), strings.TrimPrefix(string(rest), "\x00\x00\x00\x00")})
		}
	}
	return texts
}

func valueOf(texts []text, key string) string {
	for _, t := range texts {
		if t.key == key {
			return t.value
		}
	}
	return ""
}

// A picture says how it came about: to people, to programs that manage pictures,
// and to Pulse.
func TestWhatAPictureSays(t *testing.T) {
	t.Parallel()
	data, err := encodePNG(noise(30, 20))
	if err != nil {
		t.Fatal(err)
	}
	demo := fox()
	demo.Demo = true
	for name, o := range map[string]Origin{"a model's": fox(), "the demo's": demo, "nothing": {}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			made, err := New(Options{}).Make(t.Context(), data, image.Point{}, o)
			if err != nil {
				t.Fatal(err)
			}
			texts := textsOf(t, made.PNG)
			if o.Prompt != "" {
				for key, want := range map[string]string{
					"Software": "Pulse", "Description": "A <fox> & a “hare” ]]> 🦊\nat dusk", "Model": "Model One", "Seed": "42",
					"Creation Time": "Wed, 04 Mar 2026 05:06:07 +0000",
				} {
					if got := valueOf(texts, key); got != want {
						t.Errorf("%s: %q, want %q", key, got, want)
					}
				}
			}
			x := readXMP(t, valueOf(texts, keyXMP))
			source := "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
			if o.Demo {
				source = "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia"
			}
			if x.Source != source || x.Tool != "Pulse" || x.Description != plain(o.Prompt) {
				t.Errorf("%+v", x)
			}
			if !o.CreatedAt.IsZero() && x.Date != "2026-03-04T05:06:07Z" {
				t.Errorf("%+v", x)
			}
			if got, ok := ReadOrigin(made.PNG); !ok || !reflect.DeepEqual(got, o) {
				t.Errorf("%v %+v, want %+v", ok, got, o)
			}
			img, err := png.Decode(bytes.NewReader(made.PNG))
			if err != nil || !reflect.DeepEqual(img, image.Image(noise(30, 20))) {
				t.Errorf("the pixels are others, or %v", err)
			}
		})
	}
}

// xmp is what is read of the packet, by names with their spaces.
type xmp struct {
	Description string `xml:"RDF>Description>description>Alt>li"`
	Tool        string `xml:"RDF>Description>CreatorTool"`
	Date        string `xml:"RDF>Description>CreateDate"`
	Source      string `xml:"RDF>Description>DigitalSourceType"`
	System      string `xml:"RDF>Description>AISystemUsed"`
}

func readXMP(t interface {
	Fatalf(format string, args ...any)
}, packet string,
) (x xmp) {
	if err := xml.Unmarshal([]byte(packet), &x); err != nil {
		t.Fatalf("%v: %s", err, packet)
	}
	for d := xml.NewDecoder(strings.NewReader(packet)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return x
		} else if err != nil {
			t.Fatalf("%v: %s", err, packet)
		}
	}
}

// A PNG that is small enough keeps what the vendor wrote; one that an earlier Pulse
// or a model has marked is marked anew.
func TestWhatTheVendorSaysStays(t *testing.T) {
	t.Parallel()
	plainPNG, err := encodePNG(noise(600, 300))
	if err != nil {
		t.Fatal(err)
	}
	manifest := rawChunk("caBX", "a manifest of C2PA")
	theirs := rawChunk("iTXt", keyXMP+"\x00\x00\x00\x00\x00<x:xmpmeta/>")
	stale := rawChunk("tEXt", keyOrigin+"\x00{}")
	old := rawChunk("iTXt", keyOrigin+"\x00\x00\x00\x00\x00"+`{"prompt":"another"}`)
	own := slices.Concat(plainPNG[:33], manifest, theirs, stale, old, plainPNG[33:], []byte("what follows"))

	kept, err := New(Options{}).Make(t.Context(), own, image.Point{}, fox())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(kept.PNG, manifest) || !bytes.Contains(kept.PNG, theirs) || bytes.Contains(kept.PNG, []byte("another")) || bytes.Contains(kept.PNG, stale) ||
		bytes.Contains(kept.PNG, []byte("what follows")) || strings.Count(string(kept.PNG), keyXMP) != 1 {
		t.Error("not what the vendor wrote, and only that")
	}
	if !bytes.HasSuffix(kept.PNG, plainPNG[33:]) {
		t.Error("the pixels' bytes are others")
	}
	if got, ok := ReadOrigin(kept.PNG); !ok || got.Prompt != fox().Prompt {
		t.Errorf("%v %+v", ok, got)
	}
	again, err := New(Options{}).Make(t.Context(), kept.PNG, image.Point{}, fox())
	if err != nil || strings.Count(string(again.PNG), keyOrigin) != 1 {
		t.Errorf("once more: %v", err)
	}
	scaled, err := New(Options{}).Make(t.Context(), own, image.Pt(100, 100), fox())
	if err != nil || bytes.Contains(scaled.PNG, manifest) || scaled.Width != 100 || scaled.Height != 50 {
		t.Errorf("scaled: %v, %d × %d", err, scaled.Width, scaled.Height)
	}
}

func rawChunk(name, data string) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data))) //nolint:gosec // some bytes
	b = append(append(b, name...), data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// Whatever somebody asks for, the file is a PNG with texts that PNG allows, XML
// that is some, and the origin as it was, as far as it fits.
func TestWhateverSomebodyAsksFor(t *testing.T) {
	t.Parallel()
	data, err := encodePNG(image.NewGray(image.Rect(0, 0, 2, 2)))
	if err != nil {
		t.Fatal(err)
	}
	hostile := rapid.SampledFrom([]string{
		"\x00", "\x01", "\x0b", "\x1b", "\x7f", "\u0085", "\u2028", "\ufffe", "\uffff", "\U0001ffff", "\xff", "\xed\xa0\x80", "]]>", "<![CDATA[", "&amp;", "<", "\"", "?>",
		"<?xpacket end=\"w\"?>", "</rdf:li>", "\r", "\r\n", "\t", " ", "🦊", "e\u0301", "IEND", pngMark, "iTXt", strings.Repeat("long ", 9000), "A fox",
	})
	prompt := rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(hostile, 0, 9).Draw(t, "parts"), "") })
	rapid.Check(t, func(t *rapid.T) {
		o := fox()
		o.Prompt, o.NegativePrompt, o.RevisedPrompt, o.ModelName = prompt.Draw(t, "prompt"), prompt.Draw(t, "negative"), prompt.Draw(t, "revised"), prompt.Draw(t, "model")
		made, err := writeOrigin(data, o)
		if err != nil {
			t.Fatalf("%v", err)
		}
		if _, err := png.Decode(bytes.NewReader(made)); err != nil {
			t.Fatalf("%v", err)
		}
		for c, err := range chunksOf(made) {
			if err != nil {
				t.Fatalf("%v", err)
			}
			if c.name != "iTXt" {
				continue
			}
			key, rest, _ := bytes.Cut(c.data, []byte{0})
			value := rest[4:]
			if len(key) < 1 || len(key) > 79 || !utf8.Valid(value) || string(rest[:4]) != "\x00\x00\x00\x00" {
				t.Fatalf("a text %q: %q", key, value)
			}
			if strings.ContainsFunc(string(value), func(r rune) bool { return unicode.IsControl(r) && r != '\n' }) {
				t.Fatalf("control characters in %q: %q", key, value)
			}
			if string(key) == keyXMP {
				readXMP(t, string(value))
			}
		}
		got, ok := ReadOrigin(made)
		if want := o.bounded(); !ok || !reflect.DeepEqual(got, want) {
			t.Fatalf("%v %+v, want %+v", ok, got, want)
		}
		if utf8.RuneCountInString(got.Prompt) > maxText || !strings.HasPrefix(strings.ToValidUTF8(o.Prompt, "\uFFFD"), strings.TrimSuffix(got.Prompt, "…")) {
			t.Fatalf("%q of %q", got.Prompt, o.Prompt)
		}
	})
}

// What says nothing of the kind, or what cannot be read, has no origin.
func TestReadOriginOfOthers(t *testing.T) {
	t.Parallel()
	data, err := encodePNG(image.NewGray(image.Rect(0, 0, 2, 2)))
	if err != nil {
		t.Fatal(err)
	}
	made, err := writeOrigin(data, fox())
	if err != nil {
		t.Fatal(err)
	}
	wrong := bytes.Replace(made, []byte(`"prompt"`), []byte(`"Prompt"`), 1)
	for name, data := range map[string][]byte{
		"nothing": nil, "none": data, "half": made[:len(made)-20], "a wrong checksum": wrong, "a JPEG": {0xff, 0xd8, 0xff},
		"no JSON":    slices.Concat(data[:33], rawChunk("iTXt", keyOrigin+"\x00\x00\x00\x00\x00{"), data[33:]),
		"compressed": slices.Concat(data[:33], rawChunk("iTXt", keyOrigin+"\x00\x01\x00\x00\x00{}"), data[33:]),
	} {
		if o, ok := ReadOrigin(data); ok {
			t.Errorf("%s: %+v", name, o)
		}
	}
}

func FuzzOrigin(f *testing.F) {
	data, err := encodePNG(image.NewGray(image.Rect(0, 0, 2, 2)))
	if err != nil {
		f.Fatal(err)
	}
	made, err := writeOrigin(data, fox())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data, "A fox")
	f.Add(made, "]]>\x00")
	f.Fuzz(func(t *testing.T, data []byte, prompt string) {
		_, had := ReadOrigin(data)
		out, err := writeOrigin(data, Origin{Prompt: prompt})
		if err != nil {
			if had {
				t.Fatalf("it can be read, and not be written: %v", err)
			}
			return
		}
		got, ok := ReadOrigin(out)
		if want := (Origin{Prompt: prompt}).bounded(); !ok || got.Prompt != want.Prompt {
			t.Fatalf("%v %q, want %q", ok, got.Prompt, want.Prompt)
		}
		if _, err := json.Marshal(got); err != nil {
			t.Fatal(err)
		}
	})
}

// A JPEG is shown as the camera was held, however its EXIF is written, and a broken
// EXIF is none.
func TestOrientation(t *testing.T) {
	t.Parallel()
	const w, h = 64, 32
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetRGBA(x, y, color.RGBA{A: 255})
			if x < w/2 && y < h/2 {
				img.SetRGBA(x, y, color.RGBA{255, 255, 255, 255}) // white is at the top left of what was taken
			}
		}
	}
	data := jpegOfImage(t, img)
	for o, want := range map[uint16]struct {
		size  image.Point
		white image.Point // where it is to be seen, in quarters
	}{
		0: {image.Pt(w, h), image.Pt(0, 0)}, 1: {image.Pt(w, h), image.Pt(0, 0)}, 2: {image.Pt(w, h), image.Pt(1, 0)}, 3: {image.Pt(w, h), image.Pt(1, 1)},
		4: {image.Pt(w, h), image.Pt(0, 1)}, 5: {image.Pt(h, w), image.Pt(0, 0)}, 6: {image.Pt(h, w), image.Pt(1, 0)}, 7: {image.Pt(h, w), image.Pt(1, 1)},
		8: {image.Pt(h, w), image.Pt(0, 1)}, 9: {image.Pt(w, h), image.Pt(0, 0)},
	} {
		for _, order := range []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian} {
			held := slices.Concat(data[:2], exifOf(order, o), data[2:])
			made, err := New(Options{}).Make(t.Context(), held, image.Point{}, Origin{})
			if err != nil {
				t.Fatal(err)
			}
			for what, encoded := range map[string][]byte{"the picture": made.PNG, "the thumbnail": made.Thumbnail.Data} {
				img, _, err := image.Decode(bytes.NewReader(encoded))
				if err != nil || img.Bounds().Size() != want.size {
					t.Errorf("%d: %s: %v, want %v: %v", o, what, img.Bounds(), want.size, err)
					continue
				}
				for at := range 4 {
					q := image.Pt(at%2, at/2)
					r, _, _, _ := img.At(want.size.X/4+q.X*want.size.X/2, want.size.Y/4+q.Y*want.size.Y/2).RGBA()
					if (r > 0x8000) != (q == want.white) {
						t.Errorf("%d: %s: white at %v is %t, and belongs to %v", o, what, q, r > 0x8000, want.white)
					}
				}
			}
		}
	}
	broken := exifOf(binary.BigEndian, 6)
	for cut := range len(broken) - 4 {
		short := bytes.Clone(broken[:len(broken)-cut])
		binary.BigEndian.PutUint16(short[2:], uint16(len(short)-2)) //nolint:gosec // some bytes
		if _, err := New(Options{}).Thumbnail(t.Context(), openerOf(slices.Concat(data[:2], short, data[2:]))); err != nil {
			t.Errorf("EXIF cut by %d: %v", cut, err)
		}
	}
}

// exifOf is an EXIF segment that says how the camera was held.
func exifOf(order binary.AppendByteOrder, orientation uint16) []byte {
	b := []byte("Exif\x00\x00")
	if order.String() == "BigEndian" {
		b = append(b, "MM"...)
	} else {
		b = append(b, "II"...)
	}
	b = order.AppendUint32(order.AppendUint16(b, 42), 8)
	b = order.AppendUint16(b, 1)
	b = order.AppendUint32(order.AppendUint16(order.AppendUint16(b, 0x0112), 3), 1)
	b = order.AppendUint32(order.AppendUint16(order.AppendUint16(b, orientation), 0), 0)
	return append([]byte{0xff, 0xe1, 0, byte(len(b) + 2)}, b...) //nolint:gosec // some bytes
}
