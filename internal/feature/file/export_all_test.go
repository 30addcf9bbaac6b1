package file

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

// What is wrong with a file is told from what is wrong with the archive: the one
// is noted, the other ends it.
func TestPour(t *testing.T) {
	t.Parallel()
	bad := iotest.ErrReader(iotest.ErrTimeout)
	for name, c := range map[string]struct {
		out  io.Writer
		in   io.Reader
		harm bool
		err  error
	}{
		"whole":             {io.Discard, strings.NewReader("12345"), false, nil},
		"shorter":           {io.Discard, strings.NewReader("1234"), true, nil},
		"longer":            {io.Discard, strings.NewReader("123456"), true, nil},
		"breaks off":        {io.Discard, io.MultiReader(strings.NewReader("123"), bad), true, nil},
		"breaks off at end": {io.Discard, io.MultiReader(strings.NewReader("12345"), bad), true, nil},
		"nobody takes it":   {full{}, strings.NewReader("12345"), false, io.ErrShortWrite},
	} {
		if harm, err := pour(c.out, c.in, 5); (harm != nil) != c.harm || !errors.Is(err, c.err) {
			t.Errorf("%s: harm %v, error %v", name, harm, err)
		}
	}
}
