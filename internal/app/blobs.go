package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"

	"pulse/internal/blob"
	"pulse/internal/blob/disk"
	"pulse/internal/blob/s3"
	"pulse/internal/config"
)

// openBlobs opens where files are kept, and says where that is.
//
//nolint:ireturn // only here is it known which store it is
func openBlobs(ctx context.Context, cfg *config.Config, log *slog.Logger) (blobs blob.Store, place string, closer func() error, err error) {
	if !cfg.Bucket.Configured() {
		folder := filepath.Join(cfg.DataDir, blobFolder)
		d, err := disk.Open(folder)
		if err != nil {
			return nil, "", nil, fmt.Errorf("app: %w", err)
		}
		return d, folder, d.Close, nil
	}
	b := cfg.Bucket
	o := s3.Options{
		Bucket: b.Name, Prefix: b.Prefix, Region: b.Region, Endpoint: b.Endpoint, PublicEndpoint: b.PublicEndpoint,
		KeyID: b.Access.KeyID, Key: b.Access.Key.Reveal(), Session: b.Access.Session.Reveal(), Log: log,
	}
	if b.PathStyle != "" {
		o.PathStyle = new(b.PathStyle == "true")
	}
	s, err := s3.Open(ctx, o)
	if err != nil {
		return nil, "", nil, fmt.Errorf("app: %w", err)
	}
	return s, s.Place(), func() error { return nil }, nil
}

// examineBlobs writes, reads and deletes a small blob.
func examineBlobs(ctx context.Context, cfg *config.Config) []Finding {
	if !cfg.Bucket.Configured() {
		return []Finding{examineFolder("files", filepath.Join(cfg.DataDir, blobFolder))}
	}
	ctx, cancel := context.WithTimeout(ctx, examineTime)
	defer cancel()
	f := Finding{Part: "files", Says: "bucket " + cfg.Bucket.Name}
	blobs, place, closer, err := openBlobs(ctx, cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		f.Wrong = sentence(err)
		return []Finding{f}
	}
	f.Says = place
	if err := errors.Join(tryBlob(ctx, blobs), closer()); err != nil {
		f.Wrong = "It can be listed, but a small object could not be written, read and deleted there: " + err.Error()
	}
	return []Finding{f}
}

// sentence is an error for the one who mends it.
func sentence(err error) string { return strings.TrimPrefix(err.Error(), "app: ") }

func tryBlob(ctx context.Context, blobs blob.Store) (err error) {
	key, text := "check/"+rand.Text(), "Pulse was here."
	if err := blobs.Put(ctx, key, strings.NewReader(text), blob.About{Size: int64(len(text)), ContentType: "text/plain"}); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, blobs.Delete(ctx, key)) }()
	in, err := blobs.Open(ctx, key, 0, -1)
	if err != nil {
		return err
	}
	got, err := io.ReadAll(in)
	if err == nil && string(got) != text {
		err = errors.New("what was read is not what was written")
	}
	return errors.Join(err, in.Close())
}
