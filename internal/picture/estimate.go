package picture

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"

	"golang.org/x/image/riff"
)

// The estimates follow what the decoders of image/* and golang.org/x/image/webp
// allocate. They may be too high for a rare sort, and never too low.

// pngHeader reads IHDR, which has to be the first chunk.
func pngHeader(in *bufio.Reader) (header, error) {
	const (
		palette, interlaced = 3, 1
		first               = "\x00\x00\x00\x0dIHDR"
	)
	var b [8 + 8 + 13]byte
	if _, err := io.ReadFull(in, b[:]); err != nil {
		return header{}, err //nolint:wrapcheck // the picture is damaged, wherever
	}
	if string(b[8:16]) != first {
		return header{}, errors.New("png: no IHDR")
	}
	h := header{kind: kindPNG, size: image.Pt(int(binary.BigEndian.Uint32(b[16:20])), int(binary.BigEndian.Uint32(b[20:24])))}
	if h.size.X > maxEdge || h.size.Y > maxEdge {
		return header{}, tooLong(h.size)
	}
	perPixel := int64(4) // also of grey, which may turn out to have a transparent tone
	switch depth, colour := b[24], b[25]; {
	case depth > 8:
		perPixel = 8
	case colour == palette:
		perPixel = 1
	}
	rows := int64(h.size.X) * perPixel * 2
	h.memory = area(h.size)*perPixel + rows
	if b[28] == interlaced { // each pass is a picture of its own, and all of them together are one more
		h.memory += area(h.size)*perPixel + int64(h.size.Y)*perPixel
	}
	return h, nil
}

// maxEdge keeps sizes away from where they could overflow.
const maxEdge = 1 << 20

func tooLong(size image.Point) error {
	return unusable(nil, TypeTooLarge, fmt.Sprintf("This picture is %d × %d pixels large; please make it smaller.", size.X, size.Y))
}

// JPEG's markers.
const (
	jpegSOF0, jpegSOF2 = 0xc0, 0xc2
	jpegDHT, jpegSOS   = 0xc4, 0xda
	jpegDQT, jpegDRI   = 0xdb, 0xdd
	jpegAPP0, jpegAPPE = 0xe0, 0xee
	jpegAPPF, jpegCOM  = 0xef, 0xfe
	jpegFill           = 0xff
)

// jpegHeader goes from segment to segment up to the first scan. Between them
// there is nothing, so that it sees what the decoder will see.
func jpegHeader(in *bufio.Reader) (header, error) {
	seen := []byte{0xff, 0xd8}
	if _, err := in.Discard(len(seen)); err != nil {
		return header{}, err //nolint:wrapcheck // the picture is damaged, wherever
	}
	var frame jpegFrame
	at := int64(len(seen))
	for {
		marker, body, length, err := jpegSegment(in)
		if err != nil {
			return header{}, err
		}
		at += length
		switch {
		case marker == jpegSOS:
			h, err := frame.header(at)
			if err == nil {
				h.orientation = orientationOf(append(seen, 0xff, 0xd9))
			}
			return h, err
		case marker >= jpegSOF0 && marker <= jpegSOF2:
			if frame.sof != nil {
				return header{}, errors.New("jpeg: two frames")
			}
			frame.sof, frame.progressive = body, marker == jpegSOF2
		case marker == jpegAPP0 && len(body) >= 5 && string(body[:5]) == "JFIF\x00":
			frame.jfif = true
		case marker == jpegAPPE && len(body) >= 12 && string(body[:5]) == adobeMark:
			frame.adobe = true
		case marker == jpegAPP0+1:
			seen = append(seen, 0xff, marker, byte((len(body)+2)>>8), byte(len(body)+2)) //nolint:gosec // as it was read
			seen = append(seen, body...)
		}
	}
}

// jpegSegment reads one segment with a length, of those that may stand before
// the pixels. all is how many bytes it took.
func jpegSegment(in *bufio.Reader) (marker byte, body []byte, all int64, err error) {
	b, err := in.ReadByte()
	if err != nil {
		return 0, nil, 0, err //nolint:wrapcheck // the picture is damaged, wherever
	}
	if b != jpegFill {
		return 0, nil, 0, errors.New("jpeg: something between the segments")
	}
	all = 1
	for marker = jpegFill; marker == jpegFill; all++ {
		if marker, err = in.ReadByte(); err != nil {
			return 0, nil, 0, err //nolint:wrapcheck // as above
		}
	}
	switch {
	case marker >= jpegSOF0 && marker <= jpegSOF2, marker == jpegDHT, marker == jpegSOS, marker == jpegDQT, marker == jpegDRI,
		marker >= jpegAPP0 && marker <= jpegAPPF, marker == jpegCOM:
	default:
		return 0, nil, 0, fmt.Errorf("jpeg: marker %x", marker)
	}
	var length [2]byte
	if _, err := io.ReadFull(in, length[:]); err != nil {
		return 0, nil, 0, err //nolint:wrapcheck // as above
	}
	n := int(binary.BigEndian.Uint16(length[:]))
	if n < len(length) {
		return 0, nil, 0, errors.New("jpeg: a segment that is too short")
	}
	body = make([]byte, n-len(length))
	_, err = io.ReadFull(in, body)
	return marker, body, all + int64(n), err //nolint:wrapcheck // as above
}

// jpegFrame is what stands before a JPEG's pixels.
type jpegFrame struct {
	sof         []byte
	progressive bool
	jfif, adobe bool
}

// header is what follows from it; scans is where the pixels begin.
func (f jpegFrame) header(scans int64) (header, error) {
	const fixed, perComponent = 6, 3
	if len(f.sof) < fixed || len(f.sof) != fixed+perComponent*int(f.sof[5]) {
		return header{}, errors.New("jpeg: no frame, or not a whole one")
	}
	size := image.Pt(int(binary.BigEndian.Uint16(f.sof[3:])), int(binary.BigEndian.Uint16(f.sof[1:])))
	components := int(f.sof[5])
	h0, v0 := 1, 1
	samples := int64(0)
	for i := range components {
		at := f.sof[fixed+perComponent*i:]
		h, v := int(at[1]>>4), int(at[1]&15)
		if h < 1 || h > 4 || v < 1 || v > 4 {
			return header{}, errors.New("jpeg: sampling")
		}
		if components == 1 {
			h, v = 1, 1 // whatever it says
		}
		if i == 0 {
			h0, v0 = h, v
		}
		const edge = 8
		blocks := int64((size.X+edge*h0-1)/(edge*h0)) * int64((size.Y+edge*v0-1)/(edge*v0)) * int64(h) * int64(v)
		samples += blocks * edge * edge
	}
	h := header{kind: kindJPEG, size: size, memory: samples}
	if f.progressive {
		h.memory += 4 * samples // the coefficients, up to the last scan
	}
	named := components == 3 && f.sof[6] == 'R' && f.sof[9] == 'G' && f.sof[12] == 'B'
	switch {
	case components == 4, components == 3 && !f.jfif && (f.adobe || named):
		h.memory += 4 * area(size) // converted
	case components == 3 && !f.jfif:
		h.scans = scans
	}
	return h, nil
}

// gifHeader reads the size of the screen, which no frame is larger than.
func gifHeader(in *bufio.Reader) (header, error) {
	var b [10]byte
	if _, err := io.ReadFull(in, b[:]); err != nil {
		return header{}, err //nolint:wrapcheck // the picture is damaged, wherever
	}
	h := header{kind: kindGIF, size: image.Pt(int(binary.LittleEndian.Uint16(b[6:])), int(binary.LittleEndian.Uint16(b[8:])))}
	h.memory = 2 * area(h.size) // once more when it is interlaced
	return h, nil
}

// webpHeader goes from chunk to chunk up to the pixels, as the decoder does.
func webpHeader(in *bufio.Reader) (header, error) {
	lead, err := in.Peek(8)
	if err != nil {
		return header{}, err //nolint:wrapcheck // the picture is damaged, wherever
	}
	w := webpFile{total: int64(binary.LittleEndian.Uint32(lead[4:]))}
	_, chunks, err := riff.NewReader(in)
	if err != nil {
		return header{}, err //nolint:wrapcheck // as above
	}
	for {
		id, length, data, err := chunks.Next()
		if err != nil {
			return header{}, fmt.Errorf("webp: no pixels: %w", err)
		}
		switch string(id[:]) {
		case "VP8X":
			if err := w.extend(length, data); err != nil {
				return header{}, err
			}
		case "ALPH":
			if !w.extended {
				return header{}, errors.New("webp: transparency without a header")
			}
			return header{kind: kindWebP, size: w.size, memory: lossy(w.size, w.total) + lossless(w.size, w.total) + area(w.size)}, nil
		case "VP8 ":
			return w.frame(data, 10, lossy, func(b []byte) image.Point {
				return image.Pt(int(binary.LittleEndian.Uint16(b[6:])&0x3fff), int(binary.LittleEndian.Uint16(b[8:])&0x3fff))
			})
		case "VP8L":
			return w.frame(data, 5, lossless, func(b []byte) image.Point {
				bits := binary.LittleEndian.Uint32(b[1:])
				return image.Pt(1+int(bits&0x3fff), 1+int(bits>>14&0x3fff))
			})
		}
	}
}

// webpFile is what was said before the pixels.
type webpFile struct {
	total    int64 // bytes, at most
	extended bool
	size     image.Point
}

// extend reads VP8X: the canvas, and whether there is movement.
func (w *webpFile) extend(length uint32, data io.Reader) error {
	var b [10]byte
	if _, err := io.ReadFull(data, b[:]); err != nil || length != 10 || w.extended {
		return errors.New("webp: a header that is none")
	}
	const moving = 1 << 1
	if b[0]&moving != 0 {
		return unusable(nil, TypeUnknown, "This is an animated WebP, of which no single picture can be taken.")
	}
	w.extended = true
	w.size = image.Pt(1+(int(b[4])|int(b[5])<<8|int(b[6])<<16), 1+(int(b[7])|int(b[8])<<8|int(b[9])<<16))
	return nil
}

// frame reads the beginning of the pixels, where their size stands once more.
func (w *webpFile) frame(data io.Reader, length int, memory func(image.Point, int64) int64, sizeOf func([]byte) image.Point) (header, error) {
	b := make([]byte, length)
	if _, err := io.ReadFull(data, b); err != nil {
		return header{}, err //nolint:wrapcheck // the picture is damaged, wherever
	}
	size := sizeOf(b)
	if w.extended && size != w.size {
		return header{}, errors.New("webp: the header says something else")
	}
	return header{kind: kindWebP, size: size, memory: memory(size, w.total)}, nil
}

// lossy is what VP8 takes: luma and a quarter of each chroma in blocks of 16, what
// is remembered of each block, and the compressed bytes, which are read first.
func lossy(size image.Point, compressed int64) int64 {
	const edge = 16
	const perBlock = edge*edge*3/2 + 64
	return int64((size.X+edge-1)/edge)*int64((size.Y+edge-1)/edge)*perBlock + 2*compressed
}

// lossless is what VP8L takes: the pixels once more for a palette, what is
// remembered of each tile of 4 × 4, and the Huffman trees. Those may be 2600 for
// each of five alphabets, and cost far more than their bytes in the file.
func lossless(size image.Point, compressed int64) int64 {
	const (
		perPixel  = 9
		group     = 5 * (1<<7*4 + 32)                      // the tables of a group, whatever is in its trees
		nodes     = 2 * 8 * (256 + 24 + 2048 + 3*256 + 40) // full trees, with all of the colour cache
		maxGroups = 2600
		// A code that is repeated costs half a bit a symbol; each has two nodes of 8 bytes.
		nodesPerByte = 16 * 2 * 8
	)
	groups := min(maxGroups, int64((size.X+3)/4)*int64((size.Y+3)/4))
	return perPixel*area(size) + groups*group + min(groups*nodes, compressed*nodesPerByte) + 1<<16
}
