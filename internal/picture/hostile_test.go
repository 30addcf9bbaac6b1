package picture

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"pulse/internal/fault"
)

// pngSaying is a PNG whose header says that it is so large.
func pngSaying(w, h uint32, depth, colour, interlaced byte) []byte {
	b := []byte(pngMark)
	b = append(b, 0, 0, 0, 13)
	head := append([]byte("IHDR"), make([]byte, 13)...)
	binary.BigEndian.PutUint32(head[4:], w)
	binary.BigEndian.PutUint32(head[8:], h)
	head[12], head[13], head[16] = depth, colour, interlaced
	b = append(b, head...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(head))
}

// jpegSaying is a JPEG with that frame, and the start of a scan.
func jpegSaying(w, h uint16, sof byte, sampling ...byte) []byte {
	b := []byte{0xff, 0xd8, 0xff, sof, 0, byte(8 + 3*len(sampling)), 8, byte(h >> 8), byte(h), byte(w >> 8), byte(w), byte(len(sampling))} //nolint:gosec // cut on purpose
	for i, s := range sampling {
		b = append(b, byte(i+1), s, 0)
	}
	return append(b, 0xff, 0xda, 0, 2)
}

func gifSaying(w, h uint16) []byte {
	b := binary.LittleEndian.AppendUint16([]byte("GIF89a"), w)
	return append(binary.LittleEndian.AppendUint16(b, h), 0, 0, 0)
}

func riffOf(chunks ...[]byte) []byte {
	body := append([]byte("WEBP"), bytes.Join(chunks, nil)...)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...) //nolint:gosec // some bytes
}

func chunkOf(name string, data ...byte) []byte {
	b := append(binary.LittleEndian.AppendUint32([]byte(name), uint32(len(data))), data...) //nolint:gosec // some bytes
	return append(b, make([]byte, len(data)%2)...)
}

func jpegOfImage(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func mustRead(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name) //nolint:gosec // our own
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// What is no picture, or no whole one, or too large, is refused with a sentence,
// and before it has taken the memory that it wants.
func TestHostilePictures(t *testing.T) {
	t.Parallel()
	whole := mustRead(t, "baseline-444.jpg")
	good, err := encodePNG(noise(60, 40))
	if err != nil {
		t.Fatal(err)
	}
	wrongSum := bytes.Clone(good)
	wrongSum[len(wrongSum)/2]++
	bare := append([]byte{0xff, 0xd8}, mustRead(t, "video.jpg")[20:]...) // without JFIF, as cameras write it
	lateAdobe := bytes.Replace(bare, []byte{0xff, 0xd9}, []byte("\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00\xff\xd9"), 1)
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"nothing":                  {nil, TypeUnknown},
		"text":                     {[]byte("What is in it?"), TypeUnknown},
		"HTML that says PNG later": {[]byte("<html>\x89PNG\r\n\x1a\n"), TypeUnknown},
		"SVG":                      {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), TypeUnknown},
		"a TIFF":                   {[]byte("II*\x00\x08\x00\x00\x00"), TypeUnknown},
		"only a mark":              {[]byte(pngMark), TypeBroken},
		"no pixels":                {pngSaying(0, 5, 8, 2, 0), TypeBroken},
		"a bomb of 4 billion":      {pngSaying(65535, 65535, 8, 2, 0), TypeTooLarge},
		"the largest PNG":          {pngSaying(1<<31-1, 1<<31-1, 16, 6, 1), TypeTooLarge},
		"more than PNG has":        {pngSaying(1<<32-1, 1<<32-1, 16, 6, 1), TypeTooLarge},
		"100 megapixels":           {pngSaying(10_000, 10_000, 8, 0, 0), TypeTooLarge},
		"48 megapixels of 16 bits": {pngSaying(8000, 6000, 16, 6, 0), TypeTooLarge},
		"48 interlaced":            {pngSaying(8000, 6000, 8, 6, 1), TypeTooLarge},
		"a progressive one":        {jpegSaying(8000, 6000, jpegSOF2, 0x22, 0x11, 0x11), TypeTooLarge},
		"100 megapixels, JPEG":     {jpegSaying(10_000, 10_000, jpegSOF0, 0x22, 0x11, 0x11), TypeTooLarge},
		"a thin one that is wide":  {jpegSaying(65535, 762, jpegSOF2, 0x44, 0x11, 0x11), TypeTooLarge},
		"sampled by nothing":       {jpegSaying(10, 10, jpegSOF0, 0x00, 0x11, 0x11), TypeBroken},
		"a JPEG without frame":     {[]byte{0xff, 0xd8, 0xff, 0xda, 0, 2}, TypeBroken},
		"a JPEG with two frames":   {append(jpegSaying(10, 10, jpegSOF0, 0x11)[:13], jpegSaying(9, 9, jpegSOF0, 0x11)[2:]...), TypeBroken},
		"half a JPEG":              {whole[:len(whole)/2], TypeBroken},
		"a JPEG's header":          {whole[:30], TypeBroken},
		"RGB after all":            {lateAdobe, TypeBroken},
		"100 megapixels, GIF":      {gifSaying(10_000, 10_000), TypeTooLarge},
		"a GIF without frame":      {append(gifSaying(10, 10), 0x3b), TypeBroken},
		"half a GIF":               {mustRead(t, "interlaced.gif")[:900], TypeBroken},
		"a moving WebP":            {mustRead(t, "animated.webp"), TypeUnknown},
		"half a WebP":              {mustRead(t, "lossless.webp")[:3000], TypeBroken},
		"a WebP of nothing":        {riffOf(), TypeBroken},
		"a WebP that lies":         {riffOf(chunkOf("VP8X", 0, 0, 0, 0, 9, 0, 0, 9, 0, 0), chunkOf("VP8L", 0x2f, 0xff, 0xff, 0xff, 0x0f, 0)), TypeBroken},
		"a large WebP":             {riffOf(chunkOf("VP8L", 0x2f, 0xff, 0xff, 0xff, 0x0f, 0)), TypeTooLarge},
		"a transparent large WebP": {riffOf(chunkOf("VP8X", 16, 0, 0, 0, 0x88, 0x13, 0, 0x88, 0x13, 0), chunkOf("ALPH", 1)), TypeTooLarge},
		"a wrong checksum":         {wrongSum, TypeBroken},
		"half a PNG":               {good[:len(good)/2], TypeBroken},
		"a PNG without end":        {good[:len(good)-12], TypeBroken},
		"a larger header":          {append(pngSaying(600, 400, 8, 6, 0), good[33:]...), TypeBroken},
		"a smaller header":         {append(pngSaying(6, 4, 8, 6, 0), good[33:]...), TypeBroken},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := New(Options{})
			_, err := w.Thumbnail(t.Context(), openerOf(c.data))
			f, ok := errors.AsType[*fault.Error](err)
			if !ok || f.Code != fault.Unusable || f.Type != c.want || len(f.Message) < 20 {
				t.Errorf("a thumbnail: %v, want %s", err, c.want)
			}
			if _, err := w.Make(t.Context(), c.data, image.Point{}, Origin{}); !fault.Is(err, fault.Unusable) {
				t.Errorf("a picture: %v", err)
			}
		})
	}
}

// What follows the end of a camera's JPEG, as a second picture does, is nobody's
// concern.
func TestWhatFollowsTheEnd(t *testing.T) {
	t.Parallel()
	bare := append([]byte{0xff, 0xd8}, mustRead(t, "video.jpg")[20:]...)
	for name, data := range map[string][]byte{
		"a camera's":              bare,
		"with another behind it":  append(bytes.Clone(bare), mustRead(t, "rgb.jpg")...),
		"with Adobe in its head":  append([]byte("\xff\xd8\xff\xe2\x00\x13Adobe RGB (1998)\x00"), bare[2:]...),
		"with rubbish behind it":  append(bytes.Clone(bare), "Adobe and Adobe"...),
		"a PNG with a zip behind": append(bytes.Clone(mustRead(t, "palette-transparent.png")), "PK\x03\x04"...),
	} {
		if _, err := New(Options{}).Thumbnail(t.Context(), openerOf(data)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A store that fails is no damaged picture, and neither is somebody who has left.
func TestFailuresOfTheStore(t *testing.T) {
	t.Parallel()
	good := mustRead(t, "baseline-444.jpg")
	away := errors.New("away")
	opens := 0
	for name, open := range map[string]func() (io.ReadCloser, error){
		"it opens nothing": func() (io.ReadCloser, error) { return nil, away },
		"it breaks off at once": func() (io.ReadCloser, error) {
			return io.NopCloser(iotest.ErrReader(away)), nil
		},
		"it breaks off later": func() (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(bytes.NewReader(good[:9000]), iotest.ErrReader(away))), nil
		},
		"it is gone the second time": func() (io.ReadCloser, error) {
			if opens++; opens > 1 {
				return nil, away
			}
			return io.NopCloser(bytes.NewReader(good)), nil
		},
	} {
		if _, err := New(Options{}).Thumbnail(t.Context(), open); !errors.Is(err, away) || fault.Is(err, fault.Unusable) {
			t.Errorf("%s: %v", name, err)
		}
	}
	left := errors.New("left")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(left)
	if _, err := New(Options{}).Thumbnail(ctx, openerOf(good)); !errors.Is(err, left) {
		t.Errorf("of somebody who has left: %v", err)
	}
}

// Whoever waits for room can leave, and what has none even alone is refused and
// holds nobody up.
func TestRoom(t *testing.T) {
	t.Parallel()
	good := mustRead(t, "baseline-444.jpg")
	if _, err := New(Options{MaxBytes: 1 << 20}).Thumbnail(t.Context(), openerOf(good)); !fault.Is(err, fault.Unusable) || !strings.Contains(err.Error(), "memory") {
		t.Errorf("in too small a room: %v", err)
	}
	w := New(Options{})
	if err := w.room.Acquire(t.Context(), w.most); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, err := w.Thumbnail(ctx, openerOf(good))
		done <- err
	}()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("of somebody who has left: %v", err)
	}
	w.room.Release(w.most)
	if _, err := w.Thumbnail(t.Context(), openerOf(good)); err != nil {
		t.Error(err)
	}
	if !w.room.TryAcquire(w.most) {
		t.Error("somebody has left something of theirs in the room")
	}
}

// The header's reader and the decoder see the same picture, and the estimate is
// for that.
func FuzzHeader(f *testing.F) {
	for _, data := range samples(f) {
		if len(data) < 100_000 {
			f.Add(data)
		}
	}
	f.Add(jpegSaying(65535, 762, jpegSOF2, 0x44, 0x11, 0x11))
	f.Add(riffOf(chunkOf("VP8X", 16, 0, 0, 0, 0x88, 0x13, 0, 0x88, 0x13, 0), chunkOf("ALPH", 1)))
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := readHeader(openerOf(data))
		if err != nil || h.memory > 8<<20 {
			return
		}
		if h.memory < area(h.size) {
			t.Fatalf("%d bytes for %v", h.memory, h.size)
		}
		config, _, err := image.DecodeConfig(bytes.NewReader(data))
		if err != nil {
			return
		}
		if got := image.Pt(config.Width, config.Height); got != h.size {
			if px, err := decodeFrom(t.Context(), h, openerOf(data), defaultTime); err == nil {
				t.Fatalf("the decoder sees %v, the estimate was for %v, and out came %v", got, h.size, px.frame.Bounds())
			}
		}
		if _, err := New(Options{}).Thumbnail(t.Context(), openerOf(data)); err != nil && !fault.Is(err, fault.Unusable) {
			t.Fatal(err)
		}
	})
}

// Every sort that is no attack has a thumbnail.
func TestSortsOfPictures(t *testing.T) {
	t.Parallel()
	for name, data := range samples(t) {
		if name == "animated.webp" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			small, err := New(Options{}).Thumbnail(t.Context(), openerOf(data))
			if err != nil {
				t.Fatal(err)
			}
			var config image.Config
			switch small.ContentType {
			case "image/jpeg":
				config, err = jpeg.DecodeConfig(bytes.NewReader(small.Data))
			case "image/png":
				config, err = png.DecodeConfig(bytes.NewReader(small.Data))
			}
			if err != nil || config.Width != small.Width || config.Height != small.Height ||
				small.Width > ThumbnailEdge || small.Height > ThumbnailEdge || small.Width < 1 || small.Height < 1 {
				t.Errorf("%v: %s of %d × %d: %v", config, small.ContentType, small.Width, small.Height, err)
			}
			transparent := strings.Contains(name, "transparent") || strings.Contains(name, "alpha") || strings.Contains(name, "noise")
			if transparent != (small.ContentType == "image/png") {
				t.Errorf("it is %s", small.ContentType)
			}
			if _, err := New(Options{}).Make(t.Context(), data, image.Point{}, Origin{}); (err == nil) == strings.HasSuffix(name, ".gif") {
				t.Errorf("as a vendor's: %v", err)
			}
		})
	}
}

// The first frame of a GIF stands where it stood, and nothing is decoded after it.
func TestFrameOfAGIF(t *testing.T) {
	t.Parallel()
	frame := image.NewPaletted(image.Rect(20, 10, 40, 20), color.Palette{color.RGBA{255, 0, 0, 255}})
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{frame}, Delay: []int{0}, Config: image.Config{Width: 60, Height: 40}}); err != nil {
		t.Fatal(err)
	}
	small, err := New(Options{}).Thumbnail(t.Context(), openerOf(append(b.Bytes()[:b.Len()-1], "rubbish"...)))
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(small.Data))
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[image.Point]bool{{X: 30, Y: 15}: true, {X: 10, Y: 15}: false, {X: 30, Y: 30}: false} {
		if _, _, _, a := img.At(at.X, at.Y).RGBA(); a > 0 != want {
			t.Errorf("at %v: %v", at, img.At(at.X, at.Y))
		}
	}
}
