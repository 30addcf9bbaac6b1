package extract

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	_ "image/gif" // the formats that models take
	_ "image/jpeg"
	_ "image/png"
	"io"
	"slices"

	_ "golang.org/x/image/webp" // one of those formats

	"pulse/internal/fault"
)

// MaxPixels is how large a picture may be, and MaxEdge how wide or high.
const (
	MaxPixels = 50_000_000
	MaxEdge   = 32_768
)

// pictureType is the media type of a picture by its first bytes, or "".
func pictureType(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte(pngMark)):
		return "image/png"
	case bytes.HasPrefix(head, []byte("\xff\xd8\xff")):
		return "image/jpeg"
	case bytes.HasPrefix(head, []byte("GIF87a")), bytes.HasPrefix(head, []byte("GIF89a")):
		return "image/gif"
	case len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP":
		return "image/webp"
	}
	return ""
}

const pngMark = "\x89PNG\r\n\x1a\n"

// readPicture reads the header for the size, and then sees to it that the
// picture came whole.
//
// The pixels are not decoded. A full picture may take 400 MB (16 bits a
// channel) and seconds, and Go's decoders refuse pictures that browsers and
// vendors take. What breaks pictures in practice is that their end is missing,
// which is seen without decoding; a picture that is broken in the middle the
// vendor refuses, and its answer says so.
func readPicture(r io.Reader) (Found, error) {
	in := bufio.NewReader(r)
	head, err := in.Peek(12)
	if err != nil && !errors.Is(err, io.EOF) {
		return Found{}, fmt.Errorf("extract: picture: %w", err)
	}
	found := Found{ContentType: pictureType(head)}
	// What the header's reader has read, the other one has to see, too.
	header := &recorder{r: io.LimitReader(in, maxHeader)}
	config, _, err := image.DecodeConfig(header)
	if err != nil {
		return Found{}, damaged(err)
	}
	if config.Width <= 0 || config.Height <= 0 {
		return Found{}, damaged(errors.New("no pixels"))
	}
	if config.Width > MaxEdge || config.Height > MaxEdge {
		return Found{}, unusable(TypeLong, fmt.Sprintf("This picture is %d × %d pixels large. At most %d can be used each way; please make it smaller.",
			config.Width, config.Height, MaxEdge))
	}
	if int64(config.Width)*int64(config.Height) > MaxPixels {
		return Found{}, unusable(TypeLong, fmt.Sprintf("This picture has %d × %d pixels. At most %d megapixels can be used; please make it smaller.",
			config.Width, config.Height, MaxPixels/1_000_000))
	}
	found.Width, found.Height = int64(config.Width), int64(config.Height)
	if err := walks[found.ContentType](bufio.NewReader(io.MultiReader(bytes.NewReader(header.seen), in))); err != nil {
		return Found{}, damaged(err)
	}
	return found, nil
}

// maxHeader is how far into a picture its size may stand. A camera's profile
// and preview stand before it.
const maxHeader = 4 << 20

func damaged(cause error) *fault.Error {
	return broken(cause, "This picture is damaged: it cannot be read to its end. Please save it again and attach that.")
}

type recorder struct {
	r    io.Reader
	seen []byte
}

func (r *recorder) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	r.seen = append(r.seen, p[:n]...)
	return n, err //nolint:wrapcheck // it stands in for the reader
}

// walks go through a picture's parts up to its end, without keeping any.
var walks = map[string]func(*bufio.Reader) error{
	"image/png": walkPNG, "image/jpeg": walkJPEG, "image/gif": walkGIF, "image/webp": walkWebP,
}

// walkPNG goes from chunk to chunk, each with a checksum.
func walkPNG(in *bufio.Reader) error {
	if _, err := in.Discard(len(pngMark)); err != nil {
		return err //nolint:wrapcheck // the picture is damaged, wherever
	}
	for {
		var head [8]byte
		if _, err := io.ReadFull(in, head[:]); err != nil {
			return err //nolint:wrapcheck // as above
		}
		sum := crc32.NewIEEE()
		_, _ = sum.Write(head[4:]) // a hash takes everything
		if _, err := io.CopyN(sum, in, int64(binary.BigEndian.Uint32(head[:4]))); err != nil {
			return err //nolint:wrapcheck // as above
		}
		var want [4]byte
		if _, err := io.ReadFull(in, want[:]); err != nil {
			return err //nolint:wrapcheck // as above
		}
		if binary.BigEndian.Uint32(want[:]) != sum.Sum32() {
			return errors.New("a chunk's checksum is wrong")
		}
		if string(head[4:]) == "IEND" {
			return nil
		}
	}
}

// walkJPEG goes from segment to segment up to the pixels, and looks for the end
// mark behind those. What else follows is other programs' matter.
func walkJPEG(in *bufio.Reader) error {
	if _, err := in.Discard(2); err != nil {
		return err //nolint:wrapcheck // the picture is damaged, wherever
	}
	const (
		end, scan = 0xd9, 0xda
		fill      = 0xff
	)
	for inScan := false; ; {
		b, err := in.ReadByte()
		if err != nil {
			return err //nolint:wrapcheck // as above
		}
		if b != fill {
			if inScan {
				continue
			}
			return errors.New("something between the segments")
		}
		for b == fill {
			if b, err = in.ReadByte(); err != nil {
				return err //nolint:wrapcheck // as above
			}
		}
		switch {
		case b == end:
			return nil
		case b == 0 || b == 1 || b >= 0xd0 && b <= 0xd8: // no length follows
			continue
		}
		var length [2]byte
		if _, err := io.ReadFull(in, length[:]); err != nil {
			return err //nolint:wrapcheck // as above
		}
		if _, err := in.Discard(max(0, int(binary.BigEndian.Uint16(length[:]))-2)); err != nil {
			return err //nolint:wrapcheck // as above
		}
		inScan = inScan || b == scan
	}
}

// walkGIF goes from block to block.
func walkGIF(in *bufio.Reader) error {
	var screen [13]byte
	if _, err := io.ReadFull(in, screen[:]); err != nil {
		return err //nolint:wrapcheck // the picture is damaged, wherever
	}
	if err := skipColours(in, screen[10]); err != nil {
		return err
	}
	for frames := 0; ; {
		b, err := in.ReadByte()
		if err != nil {
			return err //nolint:wrapcheck // as above
		}
		switch b {
		case 0x3b: // the end
			if frames == 0 {
				return errors.New("no frame")
			}
			return nil
		case 0x21: // an extension, with its label
			_, err = in.Discard(1)
		case 0x2c: // a frame
			frames++
			var frame [9]byte
			if _, err = io.ReadFull(in, frame[:]); err == nil {
				if err = skipColours(in, frame[8]); err == nil {
					_, err = in.Discard(1)
				}
			}
		default:
			err = errors.New("an unknown block")
		}
		if err != nil {
			return err
		}
		for length := byte(1); length > 0; {
			if length, err = in.ReadByte(); err != nil {
				return err //nolint:wrapcheck // as above
			}
			if _, err := in.Discard(int(length)); err != nil {
				return err //nolint:wrapcheck // as above
			}
		}
	}
}

// skipColours passes over the table of colours that the flags announce.
func skipColours(in *bufio.Reader, flags byte) error {
	if flags&0x80 == 0 {
		return nil
	}
	_, err := in.Discard(3 << (flags&7 + 1))
	return err //nolint:wrapcheck // the picture is damaged, wherever
}

// walkWebP goes from chunk to chunk for as long as the file is said to be.
func walkWebP(in *bufio.Reader) error {
	var head [12]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return err //nolint:wrapcheck // the picture is damaged, wherever
	}
	left := int64(binary.LittleEndian.Uint32(head[4:8])) - 4
	pixels := false
	for left > 0 {
		var chunk [8]byte
		if _, err := io.ReadFull(in, chunk[:]); err != nil {
			return err //nolint:wrapcheck // as above
		}
		length := int64(binary.LittleEndian.Uint32(chunk[4:]))
		pixels = pixels || slices.Contains([]string{"VP8 ", "VP8L", "ANMF"}, string(chunk[:4]))
		if _, err := io.CopyN(io.Discard, in, length); err != nil {
			return err //nolint:wrapcheck // as above
		}
		if length%2 == 1 && left > 8+length {
			if _, err := in.Discard(1); err != nil {
				return err //nolint:wrapcheck // as above
			}
			length++
		}
		left -= 8 + length
	}
	if !pixels {
		return errors.New("no pixels")
	}
	return nil
}
