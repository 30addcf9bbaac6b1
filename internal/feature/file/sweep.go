package file

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"pulse/internal/blob"
	"pulse/internal/picture"
	"pulse/internal/store"
	"pulse/internal/store/query"
)

const (
	// draftTime is how long a file may wait to be sent. A file whose messages
	// have been deleted is as old as its upload, and so mostly goes at once.
	draftTime = 7 * 24 * time.Hour
	// strayTime is how old a blob without a row has to be. A younger one may be
	// of an upload whose row is yet to come.
	strayTime = 24 * time.Hour

	sweepEvery = 6 * time.Hour
	// firstSweep leaves an operator time to see that the database is the wrong one.
	firstSweep = time.Hour
	sweepBatch = 200
)

// Keep sweeps now and then until ctx ends. All processes do; what one has done,
// the others find done.
func (r *Room) Keep(ctx context.Context) {
	for next := firstSweep; ; next = sweepEvery {
		select {
		case <-time.After(next):
		case <-ctx.Done():
			return
		}
		if err := r.Sweep(ctx); err != nil && ctx.Err() == nil {
			r.log.ErrorContext(ctx, "files cannot be swept", "error", err)
		}
	}
}

// Sweep removes the files that no message has (any more) after a week, and then
// the blobs that no row names: those of uploads that a crash has cut off, and of
// deletions that got no further than the row.
func (r *Room) Sweep(ctx context.Context) error {
	files, err := r.sweepFiles(ctx)
	strays, errStrays := r.sweepBlobs(ctx)
	if files+strays > 0 {
		r.log.InfoContext(ctx, "files swept", "unattached", files, "blobs_without_row", strays)
	}
	return errors.Join(err, errStrays)
}

func (r *Room) sweepFiles(ctx context.Context) (gone int, err error) {
	before := store.Millis(r.now().Add(-draftTime))
	for after := ""; ; {
		batch, err := r.db.Read().OldFiles(ctx, query.OldFilesParams{ID: after, CreatedAt: before, Limit: sweepBatch})
		if err != nil {
			return gone, err
		}
		for _, f := range batch {
			after = f.ID
			if f.Attached != 0 {
				continue
			}
			deleted, err := r.deleteLoose(ctx, f.ID, f.UserID, f.BlobKey, f.ThumbnailKey)
			if err != nil {
				return gone, err
			}
			if deleted {
				gone++
			}
		}
		if len(batch) < sweepBatch {
			return gone, nil
		}
	}
}

// deleteLoose deletes a file unless a message has it: first the row, then the
// bytes.
func (r *Room) deleteLoose(ctx context.Context, id, userID, key, thumbnail string) (bool, error) {
	var rows int64
	remove := func() error {
		return r.db.Write(ctx, func(ctx context.Context, q *query.Queries) (err error) {
			rows, err = q.DeleteLooseFile(ctx, query.DeleteLooseFileParams{ID: id, UserID: userID})
			return err
		})
	}
	err := remove()
	if err != nil { // a message may have taken it in this moment, which PostgreSQL tells as a broken reference
		err = remove()
	}
	if err != nil || rows == 0 {
		return false, err
	}
	return true, r.forget(ctx, key, thumbnail)
}

// errMostlyStray stops a sweep that would take most of what there is: a database
// that knows none of the blobs is rather the wrong one.
var errMostlyStray = errors.New("file: most blobs have no row; is this the database that belongs to them? Nothing was removed")

// fewStrays are removed in any case.
const fewStrays = 10

func (r *Room) sweepBlobs(ctx context.Context) (gone int, err error) {
	// By the machine's clock, as are the times of blobs.
	before := time.Now().Add(-strayTime)
	var strays []string
	known := 0
	for _, folder := range folders {
		for e, err := range r.blobs.List(ctx, folder) {
			if err != nil {
				return 0, err
			}
			if e.Modified.After(before) {
				continue
			}
			named, err := r.named(ctx, e.Key)
			if err != nil {
				return 0, err
			}
			if named {
				known++
			} else {
				strays = append(strays, e.Key)
			}
		}
	}
	if len(strays) > max(fewStrays, known) {
		return 0, errMostlyStray
	}
	for _, key := range strays {
		if err := r.blobs.Delete(ctx, key); err != nil && !errors.Is(err, blob.ErrNotFound) {
			return gone, fmt.Errorf("file: sweep: %w", err)
		}
		gone++
	}
	return gone, nil
}

// named tells that a row names the blob.
func (r *Room) named(ctx context.Context, key string) (bool, error) {
	count := r.db.Read().CountFilesOfBlob
	if strings.HasPrefix(key, picture.ThumbnailKeys) {
		count = r.db.Read().CountFilesOfThumbnail
	}
	rows, err := count(ctx, key)
	return rows > 0, err
}
