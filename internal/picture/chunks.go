package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"iter"
	"strings"
)

// chunk is a part of a PNG.
type chunk struct {
	name string
	data []byte
	all  []byte // with its length, name and checksum
}

// chunksOf goes through a PNG up to its end. The error is the last that it gives.
func chunksOf(png []byte) iter.Seq2[chunk, error] {
	return func(yield func(chunk, error) bool) {
		rest, ok := bytes.CutPrefix(png, []byte(pngMark))
		if !ok {
			yield(chunk{}, errors.New("png: no mark"))
			return
		}
		for {
			const head, sum = 8, 4
			if len(rest) < head+sum || int64(binary.BigEndian.Uint32(rest)) > int64(len(rest)-head-sum) {
				yield(chunk{}, errors.New("png: it ends in a chunk"))
				return
			}
			n := head + int(binary.BigEndian.Uint32(rest))
			if crc32.ChecksumIEEE(rest[4:n]) != binary.BigEndian.Uint32(rest[n:]) {
				yield(chunk{}, errors.New("png: a chunk's checksum is wrong"))
				return
			}
			c := chunk{name: string(rest[4:head]), data: rest[head:n], all: rest[:n+sum]}
			if !yield(c, nil) || c.name == "IEND" {
				return
			}
			rest = rest[n+sum:]
		}
	}
}

// key is the keyword of a text.
func (c chunk) key() string {
	if c.name != "iTXt" && c.name != "tEXt" && c.name != "zTXt" {
		return ""
	}
	key, _, _ := bytes.Cut(c.data, []byte{0})
	return string(key)
}

// addTexts writes texts behind IHDR, where readers look first; unless also if the
// picture has none with that key. What follows the end is left out.
func addTexts(png []byte, texts []text, unless text) ([]byte, error) {
	var kept []chunk
	size := len(pngMark)
	for c, err := range chunksOf(png) {
		if err != nil {
			return nil, broken(err)
		}
		if len(kept) == 0 && c.name != "IHDR" {
			return nil, broken(errors.New("png: no IHDR"))
		}
		switch c.key() {
		case keyOrigin:
			continue // a vendor has none, or passes on what it was given
		case unless.key:
			unless.value = ""
		}
		kept = append(kept, c)
		size += len(c.all)
	}
	if unless.value != "" {
		texts = append(texts, unless)
	}
	for _, t := range texts {
		size += len(t.key) + len(t.value) + 17
	}
	out := make([]byte, 0, size)
	out = append(append(out, pngMark...), kept[0].all...)
	for _, t := range texts {
		out = appendText(out, t)
	}
	for _, c := range kept[1:] {
		out = append(out, c.all...)
	}
	return out, nil
}

// appendText writes an iTXt chunk: the keyword, that it is not compressed, in no
// language, and the text.
func appendText(out []byte, t text) []byte {
	data := "iTXt" + t.key + "\x00\x00\x00\x00\x00" + strings.ReplaceAll(t.value, "\x00", "")
	out = binary.BigEndian.AppendUint32(out, uint32(len(data)-4)) //nolint:gosec // some hundred kilobytes
	out = append(out, data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE([]byte(data)))
}

// findText gives the text of the first iTXt chunk with the key, if it is as
// appendText writes it and the PNG is whole.
func findText(png []byte, key string) (value string, ok bool) {
	for c, err := range chunksOf(png) {
		if err != nil {
			return "", false
		}
		if ok || c.name != "iTXt" {
			continue
		}
		var rest []byte
		if rest, ok = bytes.CutPrefix(c.data, []byte(key+"\x00\x00\x00\x00\x00")); ok {
			value = string(rest)
		}
	}
	return value, ok
}
