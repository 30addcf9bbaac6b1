package file

import (
	"context"
	"fmt"

	"pulse/internal/store/query"
)

// Purge removes the files of a deleted person, which no message may have any
// more. It can be called again and again: a row goes after its bytes, so that
// what a crash cuts off is found again; nobody can ask for them meanwhile.
//
// An upload that still runs is refused at its end and takes its bytes with it;
// if it cannot, the sweep finds them.
func (r *Room) Purge(ctx context.Context, userID string) error {
	for {
		batch, err := r.db.Read().ListFiles(ctx, query.ListFilesParams{UserID: userID, RowLimit: sweepBatch})
		if err != nil {
			return fmt.Errorf("file: purge user %s: %w", userID, err)
		}
		for _, f := range batch {
			if err := r.forget(ctx, f.BlobKey, f.ThumbnailKey); err != nil {
				return err
			}
		}
		err = r.db.Write(ctx, func(ctx context.Context, q *query.Queries) error {
			for _, f := range batch {
				if _, err := q.PurgeFile(ctx, query.PurgeFileParams{ID: f.ID, UserID: userID}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("file: purge user %s: %w", userID, err)
		}
		if len(batch) < sweepBatch {
			break
		}
	}
	for _, folder := range folders { // of what a crash has cut off
		for e, err := range r.blobs.List(ctx, folder+userID+"/") {
			if err != nil {
				return fmt.Errorf("file: purge user %s: %w", userID, err)
			}
			if err := r.forget(ctx, e.Key); err != nil {
				return err
			}
		}
	}
	return nil
}
