package account

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	_ "image/png" // decoded, too
	"io"
	"net/url"
	"strings"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // as above

	"pulse/internal/actor"
	"pulse/internal/fault"
	"pulse/internal/httpd"
	"pulse/internal/store"
	"pulse/internal/store/query"
)

// A picture that the issuer has of somebody is fetched once, made small, and
// kept with the person, so that nobody's browser tells the issuer when they are
// here. It stands in the person's row, as a data URL: with the row it goes.
const (
	pictureSide   = 256
	maxPicture    = 1 << 20  // as it comes, in bytes
	maxPixels     = 16 << 20 // and as it unfolds
	maxKept       = 64 << 10
	pictureQueue  = 64
	picturePath   = "/api/v1/users/me/picture"
	keptPicture   = "data:image/jpeg;base64,"
	pictureDetail = 85 // of 100
)

// wanted is a picture to fetch.
type wanted struct{ userID, address string }

// pictures are the pictures to fetch, and how.
type pictures struct {
	queue chan wanted
	get   func(ctx context.Context, address string, maxBytes int64) (contentType string, data []byte, err error)
}

// wantPicture has somebody's picture fetched when there is time; nobody waits for
// it, and it is not missed.
func (r *Room) wantPicture(userID string, who identity) {
	u, err := url.Parse(who.picture)
	if err != nil || u.Scheme != "https" || userID == "" {
		return
	}
	select {
	case r.pictures.queue <- wanted{userID, who.picture}:
	default: // too many at once
	}
}

// FetchPictures fetches the pictures that are wanted until ctx ends.
func (r *Room) FetchPictures(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case w := <-r.pictures.queue:
			if err := r.fetchPicture(ctx, w); err != nil {
				r.log.InfoContext(ctx, "the picture of a person was not taken over", "user_id", w.userID, "error", err)
			}
		}
	}
}

func (r *Room) fetchPicture(ctx context.Context, w wanted) (err error) {
	defer func() { // decoders of pictures meet what people choose
		if p := recover(); p != nil {
			err = fmt.Errorf("account: a picture made its decoder panic: %v", p)
		}
	}()
	_, data, err := r.pictures.get(ctx, w.address, maxPicture)
	if err != nil {
		return fmt.Errorf("account: fetch a picture: %w", err)
	}
	small, err := shrink(data)
	if err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, q *query.Queries) error {
		_, err := q.SetUserPicture(ctx, query.SetUserPictureParams{
			PictureUrl: keptPicture + base64.StdEncoding.EncodeToString(small), UpdatedAt: store.Millis(r.now()), ID: w.userID,
		})
		return err
	})
}

// shrink makes a small square of any picture, with nothing but its pixels.
func shrink(data []byte) ([]byte, error) {
	about, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("account: read a picture: %w", err)
	}
	if about.Width <= 0 || about.Height <= 0 || about.Width > maxPixels/about.Height {
		return nil, errors.New("account: the picture is too large")
	}
	whole, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("account: read a picture: %w", err)
	}
	b := whole.Bounds()
	side := min(b.Dx(), b.Dy())
	middle := image.Rect(0, 0, side, side).Add(b.Min).Add(image.Pt((b.Dx()-side)/2, (b.Dy()-side)/2))
	small := image.NewRGBA(image.Rect(0, 0, min(side, pictureSide), min(side, pictureSide)))
	draw.Draw(small, small.Bounds(), image.White, image.Point{}, draw.Src) // JPEG knows no transparency
	draw.CatmullRom.Scale(small, small.Bounds(), whole, middle, draw.Over, nil)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, small, &jpeg.Options{Quality: pictureDetail}); err != nil {
		return nil, fmt.Errorf("account: write a picture: %w", err)
	}
	if out.Len() > maxKept {
		return nil, errors.New("account: the picture stays too large")
	}
	return out.Bytes(), nil
}

// shownPicture is the address by which a person sees their picture; it changes
// with the picture. "" without one.
func shownPicture(kept string) string {
	if !strings.HasPrefix(kept, keptPicture) {
		return ""
	}
	return picturePath + "?v=" + hashOfPicture(kept)[:16]
}

func hashOfPicture(kept string) string {
	sum := sha256.Sum256([]byte(kept))
	return hex.EncodeToString(sum[:])
}

type pictureInput struct {
	Version string `query:"v" maxLength:"64" doc:"Which picture; any will do, but a new picture needs another, or the one before is shown"`
}

// picture gives a person's own picture.
func (r *Room) picture(ctx context.Context, _ *pictureInput) (*httpd.Content, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	u, err := r.db.Read().GetUser(ctx, a.ID)
	if err != nil {
		return nil, fmt.Errorf("account: read user %s: %w", a.ID, err)
	}
	data, err := readPicture(u)
	if err != nil {
		return nil, err
	}
	if data == nil {
		return nil, fault.New(fault.NotFound, "You have no picture.")
	}
	return &httpd.Content{
		Name: "picture.jpg", Type: "image/jpeg", Size: int64(len(data)), Hash: hashOfPicture(u.PictureUrl), Inline: true,
		Open: func(_ context.Context, offset, length int64) (io.ReadCloser, error) {
			return io.NopCloser(io.NewSectionReader(bytes.NewReader(data), offset, length)), nil
		},
	}, nil
}

// readPicture gives the JPEG that a person has; nil without one.
func readPicture(u query.User) ([]byte, error) {
	encoded, ok := strings.CutPrefix(u.PictureUrl, keptPicture)
	if !ok {
		return nil, nil
	}
	data, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return nil, fmt.Errorf("account: picture of user %s: %w", u.ID, err)
	}
	return data, nil
}
