package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"mime"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	api "github.com/aws/aws-sdk-go-v2/service/s3"

	"pulse/internal/blob"
)

// A blob goes out in parts, each of which is collected first: then it can be sent
// once more, and a connection without TLS can sign it. So a Put holds about
// partSize × (partsAtOnce + 2) bytes, however large the blob is; what is smaller
// than a part goes out in one request, and takes as much as it has.
const (
	partSize    = 5 << 20 // S3's least; with its 10,000 parts a blob may have 48 GiB
	partsAtOnce = 2
)

// Put sends body. What has more than one part is seen when the last of them has
// been sent, and the parts of what fails are removed.
func (s *Store) Put(ctx context.Context, key string, body io.Reader, about blob.About) error {
	if err := blob.CheckKey(key); err != nil {
		return err
	}
	in := &source{ctx: ctx, r: body, size: about.Size}
	_, err := s.uploads.UploadObject(ctx, &transfermanager.UploadObjectInput{
		Bucket: &s.bucket, Key: s.key(key), Body: in, ContentType: named(about.ContentType),
		CacheControl: aws.String("private"), Metadata: plain(about.Metadata),
	})
	if err != nil && in.failed != nil { // whatever the SDK makes of it
		return fmt.Errorf("blob put %s: %w", key, in.failed)
	}
	return s.said(ctx, "put", key, err)
}

// named is a header that is left out where there is nothing to say.
func named(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// plain writes values in the ASCII that headers are made of, as S3 does itself.
func plain(metadata map[string]string) map[string]string {
	metadata = maps.Clone(metadata)
	for name, value := range metadata {
		metadata[name] = mime.QEncoding.Encode("utf-8", value)
	}
	return metadata
}

// source is a body that is read for as long as ctx lasts, that has the size it was
// said to have, and whose failure is known apart from the store's.
type source struct {
	ctx    context.Context //nolint:containedctx // it lives as long as one Put
	r      io.Reader
	size   int64
	n      int64
	failed error
}

func (s *source) Read(p []byte) (int, error) {
	if s.failed == nil && s.ctx.Err() != nil {
		s.failed = context.Cause(s.ctx)
	}
	if s.failed != nil {
		return 0, s.failed
	}
	n, err := s.r.Read(p)
	s.n += int64(n)
	ended := errors.Is(err, io.EOF)
	if s.size != blob.Unknown && (s.n > s.size || ended && s.n < s.size) {
		err = blob.ErrSize
	} else if ended {
		return n, io.EOF
	}
	s.failed = err
	return n, err
}

// steady is the client for uploads in parts, of which no request is given up at
// once when its caller is gone: only the first one's answer tells what is to be
// removed, a part that is still coming in when that happens can be left over, and
// by the last one the blob may be there already.
type steady struct {
	*api.Client

	log *slog.Logger
}

// grace is how much longer a request may take than its caller waits.
const grace = 5 * time.Second

func outlasting(ctx context.Context) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		late := time.AfterFunc(grace, cancel)
		context.AfterFunc(longer, func() { late.Stop() })
	})
	return longer, func() { stop(); cancel() }
}

// CreateMultipartUpload begins an upload.
func (s steady) CreateMultipartUpload(
	ctx context.Context, in *api.CreateMultipartUploadInput, o ...func(*api.Options),
) (*api.CreateMultipartUploadOutput, error) {
	ctx, cancel := outlasting(ctx)
	defer cancel()
	return s.Client.CreateMultipartUpload(ctx, in, o...) //nolint:wrapcheck // it stands in for the client
}

// UploadPart sends a part.
func (s steady) UploadPart(ctx context.Context, in *api.UploadPartInput, o ...func(*api.Options)) (*api.UploadPartOutput, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	ctx, cancel := outlasting(ctx)
	defer cancel()
	return s.Client.UploadPart(ctx, in, o...) //nolint:wrapcheck // as above
}

// CompleteMultipartUpload ends one.
func (s steady) CompleteMultipartUpload(
	ctx context.Context, in *api.CompleteMultipartUploadInput, o ...func(*api.Options),
) (*api.CompleteMultipartUploadOutput, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	ctx, cancel := outlasting(ctx)
	defer cancel()
	return s.Client.CompleteMultipartUpload(ctx, in, o...) //nolint:wrapcheck // as above
}

// AbortMultipartUpload removes what was sent of one that failed. Why that is
// matters more than what is left: a rule of the bucket can remove it.
func (s steady) AbortMultipartUpload(
	ctx context.Context, in *api.AbortMultipartUploadInput, o ...func(*api.Options),
) (*api.AbortMultipartUploadOutput, error) {
	out, err := s.Client.AbortMultipartUpload(ctx, in, o...)
	if err != nil {
		s.log.WarnContext(ctx, "parts of an upload were left in the store of files", "key", aws.ToString(in.Key), "error", err)
		return &api.AbortMultipartUploadOutput{}, nil
	}
	return out, nil
}
