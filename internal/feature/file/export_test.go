package file

import (
	"context"

	"pulse/internal/picture"
)

// MakeThumbnail is how a request goes on that has seen no thumbnail in the row.
func (r *Room) MakeThumbnail(ctx context.Context, userID, id string) error {
	_, err := r.makeOnce(ctx, userID, id)
	return err
}

// SetPictures has another workshop decode from here on.
func (r *Room) SetPictures(w *picture.Workshop) { r.pictures = w }
