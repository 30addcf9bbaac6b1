package file_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"pulse/internal/picture"
)

// thumbnail gives the status and the body of the answer to whoever asks for it.
func (b *bench) thumbnail(t *testing.T) (status int, body string) {
	t.Helper()
	res := b.ask(t, "/api/v1/files/"+what+"/thumbnail", true)
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(data)
}

// Whoever has seen no thumbnail in the row and comes to make one a moment after it
// was made, takes that.
func TestThumbnailThatWasMadeMeanwhile(t *testing.T) {
	t.Parallel()
	b := newBench(t, false)
	for range 2 {
		if err := b.room.MakeThumbnail(t.Context(), who, what); err != nil {
			t.Fatal(err)
		}
	}
	if n := b.blobs.puts.Load(); n != 1 {
		t.Errorf("it was stored %d times", n)
	}
}

// What took too long once is tried again when it is asked for again.
func TestThumbnailThatTookTooLong(t *testing.T) {
	t.Parallel()
	b := newBench(t, false)
	b.room.SetPictures(picture.New(picture.Options{MaxTime: 1}))
	if status, body := b.thumbnail(t); status != http.StatusServiceUnavailable || !strings.Contains(body, picture.TypeTooSlow) {
		t.Errorf("%d %s", status, body)
	}
	b.room.SetPictures(picture.New(picture.Options{}))
	if status, body := b.thumbnail(t); status != http.StatusOK {
		t.Errorf("again: %d %s", status, body)
	}
}

// A panic where a thumbnail is made is a failure of the request: of a picture that
// cannot be decoded, or of ours, after which it is tried again.
func TestThumbnailThatPanics(t *testing.T) {
	t.Parallel()
	b := newBench(t, false)
	b.blobs.panics.Store(true)
	if status, body := b.thumbnail(t); status != http.StatusInternalServerError || strings.Contains(body, "bucket") {
		t.Errorf("%d %s", status, body)
	}
	b.blobs.panics.Store(false)
	if status, body := b.thumbnail(t); status != http.StatusOK {
		t.Errorf("again: %d %s", status, body)
	}
}
