package file

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"runtime/debug"
	"strings"
	"time"

	"pulse/internal/actor"
	"pulse/internal/blob"
	"pulse/internal/document/extract"
	"pulse/internal/fault"
	"pulse/internal/httpd"
	"pulse/internal/picture"
	"pulse/internal/store/query"
)

const (
	// noThumbnail stands in place of a thumbnail's type where none can be made, so
	// that it is not tried again.
	noThumbnail = "none"
	// makingTime is how long a thumbnail may be in the making, the waiting for room
	// included. Whoever asked may be gone by then; the next one has it.
	makingTime = 2 * time.Minute
)

// errNoThumbnail is what is said of files without a small picture.
func errNoThumbnail(cause error) error {
	f := fault.Wrap(cause, fault.Unusable, "This file has no small picture: it is none, or too large to make one of, or in a form that only browsers read.")
	f.Type = "file_no_thumbnail"
	return f
}

// small is a thumbnail as the row has it.
type small struct {
	key, contentType, hash string
	size                   int64
}

// thumbnail gives the small picture of a file. It is made when it is first asked
// for, if it did not come with the file.
func (r *Room) thumbnail(ctx context.Context, in *named) (*httpd.Content, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	f, err := r.db.Read().GetFile(ctx, query.GetFileParams{ID: in.ID, UserID: a.ID})
	if err != nil {
		return nil, notFound(err)
	}
	if extract.Kind(f.Kind) != extract.Image {
		return nil, errNoThumbnail(nil)
	}
	t, made, err := r.made(ctx, f)
	if err == nil && !made {
		t, err = r.makeOnce(ctx, a.ID, in.ID)
	}
	if err != nil {
		return nil, err
	}
	ending := ".jpg"
	if t.contentType == "image/png" {
		ending = ".png"
	}
	return r.content(stored{
		key: t.key, name: strings.TrimSuffix(f.Name, path.Ext(f.Name)) + "-small" + ending, contentType: t.contentType,
		kind: string(extract.Image), size: t.size, hash: t.hash,
	}), nil
}

// made gives the thumbnail of a file that has one. One whose bytes are gone is none:
// it can be made again, other than the file.
func (r *Room) made(ctx context.Context, f query.GetFileRow) (t small, ok bool, err error) {
	switch {
	case f.ThumbnailType == noThumbnail:
		return t, false, errNoThumbnail(nil)
	case f.ThumbnailKey == "":
		return t, false, nil
	}
	err = r.there(ctx, f.ThumbnailKey)
	if fault.Is(err, fault.NotFound) {
		return t, false, nil
	}
	return small{f.ThumbnailKey, f.ThumbnailType, f.ThumbnailSha256, f.ThumbnailSize}, true, err
}

// makeOnce makes a thumbnail for all who ask for it at the same time. One that two
// processes make is the same.
func (r *Room) makeOnce(ctx context.Context, userID, id string) (small, error) {
	made := r.making.DoChan(id, func() (_ any, err error) {
		defer func() { // on a goroutine of its own, where it would end the process
			if p := recover(); p != nil {
				err = fmt.Errorf("file: panic while a thumbnail was made: %v\n%s", p, debug.Stack())
			}
		}()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), makingTime)
		defer cancel()
		return r.makeThumbnail(ctx, userID, id)
	})
	select {
	case <-ctx.Done():
		return small{}, context.Cause(ctx)
	case m := <-made:
		t, _ := m.Val.(small)
		return t, m.Err
	}
}

// makeThumbnail makes it, one of a person's after the other: a person with many
// large pictures waits for themselves.
func (r *Room) makeThumbnail(ctx context.Context, userID, id string) (small, error) {
	leave, err := r.turns.enter(ctx, userID)
	if err != nil {
		return small{}, err
	}
	defer leave()
	f, err := r.db.Read().GetFile(ctx, query.GetFileParams{ID: id, UserID: userID})
	if err != nil {
		return small{}, notFound(err)
	}
	if t, made, err := r.made(ctx, f); made || err != nil { // since it was asked for
		return t, err
	}
	t, err := r.pictures.Thumbnail(ctx, func() (io.ReadCloser, error) { return r.blobs.Open(ctx, f.BlobKey, 0, -1) })
	if errors.Is(err, blob.ErrNotFound) {
		return small{}, gone(err)
	}
	set := query.SetThumbnailParams{ID: id, UserID: userID}
	if fault.Is(err, fault.Unusable) {
		r.log.InfoContext(ctx, "a picture has no thumbnail", "file_id", id, "error", err) // said once: it is not tried again
		set.ThumbnailType = noThumbnail
		_, failed := r.setThumbnail(ctx, set)
		return small{}, errors.Join(failed, errNoThumbnail(err))
	}
	if err != nil {
		return small{}, err
	}
	sum := sha256.Sum256(t.Data)
	set.ThumbnailKey, set.ThumbnailType = picture.ThumbnailKey(userID, id), t.ContentType
	set.ThumbnailSize, set.ThumbnailSha256 = int64(len(t.Data)), hex.EncodeToString(sum[:])
	if err := r.blobs.Put(ctx, set.ThumbnailKey, bytes.NewReader(t.Data), blob.About{Size: set.ThumbnailSize, ContentType: t.ContentType}); err != nil {
		return small{}, storing(err)
	}
	found, err := r.setThumbnail(ctx, set)
	if err == nil && !found { // the file was deleted meanwhile
		err = errors.Join(errNoFile(), r.forget(ctx, set.ThumbnailKey))
	}
	return small{set.ThumbnailKey, set.ThumbnailType, set.ThumbnailSha256, set.ThumbnailSize}, err
}

func (r *Room) setThumbnail(ctx context.Context, p query.SetThumbnailParams) (found bool, err error) {
	var rows int64
	err = r.db.Write(ctx, func(ctx context.Context, q *query.Queries) (err error) {
		rows, err = q.SetThumbnail(ctx, p)
		return err
	})
	return rows > 0, err
}
