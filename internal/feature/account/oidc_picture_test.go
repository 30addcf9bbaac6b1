package account

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"io/fs"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"pulse/internal/store"
	"pulse/internal/store/storetest"
)

func drawn(t testing.TB, width, height int) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := range m.Pix {
		m.Pix[i] = byte(i * 7 % 256)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Of what the issuer says of somebody's picture, the pixels are taken over, and
// nobody waits for them.
func TestPictures(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		p := startProvider(t)
		h := withIssuer(t, db, p, nil)
		asked := make(chan string, 10)
		var gives []byte
		h.pictures.get = func(_ context.Context, address string, most int64) (string, []byte, error) {
			asked <- address
			if int64(len(gives)) > most || gives == nil {
				return "", nil, errors.New("not given")
			}
			return "text/html", gives, nil // whatever the server says of it
		}
		fetchNext := func() {
			t.Helper()
			if err := h.fetchPicture(t.Context(), <-h.pictures.queue); err != nil {
				t.Log(err)
			}
		}
		from := func(address string) {
			p.misbehave(tampering{claims: func(c jwt.MapClaims) { c["picture"] = address }})
		}
		me := func(b *tab) User { return decode[User](t, b.call("GET /api/v1/users/me", "")) }

		from("https://pictures.example.com/ada.png")
		gives = drawn(t, 600, 400)
		b := h.tab()
		b.signIn(p, ada).leadsTo(t, "/chat/1")
		if got := inZip(t, b.call("GET /api/v1/users/me/export", "").text, "picture.jpg"); got != "" {
			t.Error("an export has a picture of nobody")
		}
		if got := b.call("GET "+picturePath, ""); got.status != http.StatusNotFound || me(b).PictureURL != "" {
			t.Errorf("before it is fetched: %d %s", got.status, got.text)
		}
		fetchNext()
		shown := me(b).PictureURL
		got := b.call("GET "+shown, "")
		if got.status != http.StatusOK || got.header.Get("Content-Type") != "image/jpeg" || !strings.Contains(got.header.Get("Content-Disposition"), "inline") {
			t.Fatalf("%s: %d %v", shown, got.status, got.header)
		}
		picture := got.text
		m, err := jpeg.Decode(strings.NewReader(picture))
		if err != nil || m.Bounds().Dx() != pictureSide || m.Bounds().Dy() != pictureSide {
			t.Errorf("the picture is %v: %v", m.Bounds(), err)
		}
		if got := inZip(t, b.call("GET /api/v1/users/me/export", "").text, "picture.jpg"); got != picture {
			t.Errorf("an export has another picture, of %d bytes", len(got))
		}
		// It is fetched once.
		b.signIn(p, ada).leadsTo(t, "/chat/1")
		if len(h.pictures.queue) != 0 || me(b).PictureURL != shown {
			t.Error("it is fetched at every sign-in")
		}
		// What cannot be a picture is none, and what is no https address is not asked.
		for i, address := range []string{
			"http://pictures.example.com/a.png", "file:///etc/passwd", "data:image/png;base64,AAAA", "//pictures.example.com", "",
			"https://pictures.example.com/html", "https://pictures.example.com/gone",
		} {
			from(address)
			gives = [][]byte{[]byte("<script>"), nil}[i%2]
			other := h.tab()
			other.signIn(p, somebody{Subject: address + "x", Email: string(rune('a'+i)) + "@example.com"}).leadsTo(t, "/chat/1")
			if strings.HasPrefix(address, "https:") {
				fetchNext()
			}
			if len(h.pictures.queue) != 0 || me(other).PictureURL != "" {
				t.Errorf("from %q comes %q", address, me(other).PictureURL)
			}
		}
	})
}

// inZip gives a file of an archive; "" when it is not there.
func inZip(t testing.TB, data, name string) string {
	t.Helper()
	z, err := zip.NewReader(strings.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	text, err := fs.ReadFile(z, name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return string(text)
}

func TestShrink(t *testing.T) {
	t.Parallel()
	for _, side := range []struct{ width, height, want int }{{1, 1, 1}, {3, 700, 3}, {256, 256, 256}, {900, 300, 256}} {
		small, err := shrink(drawn(t, side.width, side.height))
		if err != nil {
			t.Fatal(err)
		}
		about, kind, err := image.DecodeConfig(bytes.NewReader(small))
		if err != nil || kind != "jpeg" || about.Width != side.want || about.Height != side.want || len(small) > maxKept {
			t.Errorf("%+v became %+v, %d bytes of %s: %v", side, about, len(small), kind, err)
		}
	}
	glass, err := shrink(func() []byte {
		var b bytes.Buffer
		_ = png.Encode(&b, image.NewNRGBA(image.Rect(0, 0, 10, 10)))
		return b.Bytes()
	}())
	if err != nil {
		t.Fatal(err)
	}
	m, err := jpeg.Decode(bytes.NewReader(glass))
	if err != nil {
		t.Fatal(err)
	}
	if r, g, b, _ := m.At(5, 5).RGBA(); min(r, g, b) != 0xffff {
		t.Error("what was transparent is not white")
	}
	// A small file that unfolds to gigabytes.
	bomb := drawn(t, 1, 1)
	copy(bomb[16:], []byte{0, 1, 0x86, 0xa0, 0, 1, 0x86, 0xa0}) // 100 000 by 100 000
	begun := time.Now()
	if _, err := shrink(bomb); err == nil || time.Since(begun) > soon {
		t.Errorf("a bomb was opened: %v", err)
	}
}
