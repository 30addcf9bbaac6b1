package file

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"pulse/internal/actor"
	"pulse/internal/blob"
	"pulse/internal/document/extract"
	"pulse/internal/fault"
	"pulse/internal/httpd"
	"pulse/internal/store"
	"pulse/internal/store/query"
)

const (
	maxBytes     = 32 << 20 // of a picture or PDF
	maxTextBytes = 4 << 20

	// What one person may have that no message has. It is for drafts; without a
	// bound the disk would be free storage.
	maxLooseFiles = 200
	maxLooseBytes = 1 << 30
)

// receive keeps what comes in: the bytes as they come, then what they are, then
// the row. Nothing is left of what cannot be kept.
func (r *Room) receive(ctx context.Context, a actor.Actor, name string, body io.Reader) (query.InsertFileParams, error) {
	none := query.InsertFileParams{}
	q, err := r.queues.enter(ctx, a.ID)
	if err != nil {
		return none, err
	}
	defer q.leave()
	if err := r.checkLoose(ctx, a.ID); err != nil {
		return none, err
	}
	id := store.NewID()
	f := query.InsertFileParams{ID: id, UserID: a.ID, Name: httpd.CleanName(name), BlobKey: keyOf(a.ID, id)}
	if err := r.fill(ctx, q, &f, body); err != nil {
		return none, errors.Join(storing(err), r.forget(ctx, f.BlobKey))
	}
	f.CreatedAt = store.Millis(r.now())
	err = r.db.Write(ctx, func(ctx context.Context, q *query.Queries) error {
		if err := q.InsertFile(ctx, f); err != nil {
			return err
		}
		return store.StillActive(ctx, q, a.ID) // an upload takes its time
	})
	if err != nil {
		return none, errors.Join(err, r.forget(ctx, f.BlobKey))
	}
	return f, nil
}

// fill puts the bytes and finds out what they are.
func (r *Room) fill(ctx context.Context, q *queue, f *query.InsertFileParams, body io.Reader) error {
	in := bufio.NewReaderSize(body, extract.SniffLen)
	head, err := in.Peek(extract.SniffLen)
	if err != nil && !errors.Is(err, io.EOF) {
		return err //nolint:wrapcheck // the sender's line
	}
	kind := extract.KindOf(head)
	f.Kind, f.ContentType = string(kind), extract.ContentType(head)
	counted := &meter{r: in, left: maxBytes, refuse: fault.Newf(fault.TooLarge, "This file is larger than %d MB, which is the most that can be attached.", maxBytes>>20)}
	if kind == extract.Text {
		counted.left = maxTextBytes
		counted.refuse = fault.Newf(fault.TooLarge, "This file is larger than %d MB, which is the most for text.", maxTextBytes>>20)
	}
	most := counted.left
	hash := sha256.New()
	if err := r.blobs.Put(ctx, f.BlobKey, io.TeeReader(counted, hash), blob.About{Size: blob.Unknown, ContentType: f.ContentType}); err != nil {
		return err
	}
	f.Size, f.Sha256 = most-counted.left, hex.EncodeToString(hash.Sum(nil))

	found, err := r.read(ctx, q, kind, f)
	if err != nil {
		return err
	}
	f.ContentType, f.Width, f.Height, f.Pages = found.ContentType, found.Width, found.Height, found.Pages
	f.Text, f.Characters = found.Text, found.Characters
	if found.Converted == nil {
		return nil
	}
	sum := sha256.Sum256(found.Converted)
	f.Size, f.Sha256 = int64(len(found.Converted)), hex.EncodeToString(sum[:])
	return r.blobs.Put(ctx, f.BlobKey, bytes.NewReader(found.Converted), blob.About{Size: f.Size, ContentType: f.ContentType})
}

// read finds out what the bytes are, one file of a person's after the other: a
// person whose files take long waits for themselves.
func (r *Room) read(ctx context.Context, q *queue, kind extract.Kind, f *query.InsertFileParams) (found extract.Found, err error) {
	if err := take(ctx, q.reading); err != nil {
		return found, err
	}
	defer func() { <-q.reading }()
	bytes, err := r.blobs.Open(ctx, f.BlobKey, 0, -1)
	if err != nil {
		return found, err
	}
	defer func() { err = errors.Join(err, bytes.Close()) }()
	return r.extract.Read(ctx, kind, bytes, f.Size)
}

// checkLoose refuses a person who has too much that no message has. Uploads
// that run at the same time may go over it by as many as may run.
func (r *Room) checkLoose(ctx context.Context, userID string) error {
	loose, err := r.db.Read().LooseFiles(ctx, userID)
	if err != nil {
		return err
	}
	if loose.Files >= maxLooseFiles || loose.Bytes >= maxLooseBytes {
		f := fault.Newf(fault.Unusable, "You have %d files (%d MB) that no message has, which is as much as is kept. Send them, or remove some; what is not sent goes after a week.",
			loose.Files, loose.Bytes>>20)
		f.Type = "too_many_files"
		return f
	}
	return nil
}

// forget removes the blobs of a file that is not to be; "" is none. What cannot be
// removed now, the sweep finds.
func (r *Room) forget(ctx context.Context, keys ...string) error {
	var all error
	for _, key := range keys {
		if key == "" {
			continue
		}
		if err := r.blobs.Delete(context.WithoutCancel(ctx), key); err != nil {
			all = errors.Join(all, fmt.Errorf("file: a blob was left: %w", err))
		}
	}
	return all
}

// storing tells a full disk from bugs.
func storing(err error) error {
	if errors.Is(err, blob.ErrFull) {
		return fault.Wrap(err, fault.Full, "The server's disk is full, so this file could not be stored. Please tell your administrator.")
	}
	return err
}

// meter lets so many bytes through.
type meter struct {
	r      io.Reader
	left   int64
	refuse error
}

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	if int64(n) > m.left {
		return 0, m.refuse
	}
	m.left -= int64(n)
	return n, err //nolint:wrapcheck // it stands in for the reader
}
