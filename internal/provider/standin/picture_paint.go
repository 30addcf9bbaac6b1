package standin

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strconv"
)

// paint draws squares of exactly the size that was asked for. They are other ones
// for each wish, and for each time that it is made unless it names a seed.
func (p *drawing) paint() (file []byte, contentType string) {
	wish, err := json.Marshal(p.req) //nolint:musttag // only to be told apart
	if err != nil {
		panic(err) // it came as JSON, or could have
	}
	if p.req.Seed == nil {
		wish = strconv.AppendInt(wish, int64(p.nth), 10)
	}
	sum := sha256.Sum256(wish)
	contentType, width, height := p.script.ContentType, p.width, p.height
	if contentType == "image/webp" {
		return webp(width, height, sum[0], sum[1], sum[2]), contentType
	}
	if contentType == "text/plain" {
		return []byte("This is no picture."), contentType
	}
	const squares = 8
	palette := make(color.Palette, 4)
	for i := range palette {
		palette[i] = color.RGBA{sum[3*i], sum[3*i+1], sum[3*i+2], 255}
	}
	canvas := image.NewPaletted(image.Rect(0, 0, width, height), palette)
	before := -1
	for y := range height {
		row := canvas.Pix[y*canvas.Stride:][:width]
		if at := y * squares / height; at != before {
			before = at
			for x := range row {
				row[x] = sum[(squares*at+x*squares/width)%len(sum)] % 4
			}
			continue
		}
		copy(row, canvas.Pix[(y-1)*canvas.Stride:])
	}
	var b bytes.Buffer
	if contentType == "image/jpeg" {
		err = jpeg.Encode(&b, canvas, nil)
	} else {
		contentType = "image/png"
		err = (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, canvas)
	}
	if err != nil {
		panic(err) // a buffer takes whatever there is
	}
	return b.Bytes(), contentType
}

// webp writes a picture of one colour, which Go's library cannot. In WebP's
// lossless format it takes no bits for a pixel
// (developers.google.com/speed/webp/docs/webp_lossless_bitstream_specification).
func webp(width, height int, red, green, blue byte) []byte {
	var bits uint64
	var n int
	var stream []byte
	put := func(value uint64, count int) {
		bits |= value << n
		for n += count; n >= 8; n -= 8 {
			stream = append(stream, byte(bits&0xff))
			bits >>= 8
		}
	}
	put(0x2f, 8)
	put(uint64(width-1), 14)  //nolint:gosec // sizes are not negative
	put(uint64(height-1), 14) //nolint:gosec // as above
	put(0, 1+3)               // opaque, version 0
	put(0, 1+1+1)             // no transform, no colour cache, one group of codes
	for _, only := range []byte{green, red, blue, 255} {
		put(1+0<<1+1<<2, 3) // a simple code, of one symbol, of 8 bits
		put(uint64(only), 8)
	}
	put(1, 4) // distances: a simple code, of the symbol 0
	put(0, 7)
	file := append([]byte("RIFF\x00\x00\x00\x00WEBPVP8L\x00\x00\x00\x00"), stream...)
	if len(stream)%2 == 1 {
		file = append(file, 0)
	}
	binary.LittleEndian.PutUint32(file[16:], uint32(len(stream))) //nolint:gosec // some thirty
	binary.LittleEndian.PutUint32(file[4:], uint32(len(file)-8))  //nolint:gosec // as above
	return file
}
