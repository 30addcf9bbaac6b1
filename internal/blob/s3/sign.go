package s3

import (
	"context"
	"fmt"
	"time"

	api "github.com/aws/aws-sdk-go-v2/service/s3"

	"pulse/internal/blob"
)

// longestSign is what S3 allows. An address that was signed with the keys of a
// role dies with them, which may be much earlier.
const longestSign = 7 * 24 * time.Hour

// Sign signs an address of the public endpoint. Nobody is asked for it, so that
// whether the blob is there turns out when somebody follows it.
func (s *Store) Sign(ctx context.Context, key string, expires time.Duration, serve blob.Serve) (string, error) {
	if err := blob.CheckKey(key); err != nil {
		return "", err
	}
	expires = min(max(expires, time.Second), longestSign)
	signed, err := s.presign.PresignGetObject(ctx, &api.GetObjectInput{
		Bucket: &s.bucket, Key: s.key(key),
		ResponseContentType: named(serve.ContentType), ResponseContentDisposition: named(serve.ContentDisposition),
	}, api.WithPresignExpires(expires))
	if err != nil {
		return "", s.said(ctx, "sign", key, fmt.Errorf("an address: %w", err))
	}
	return signed.URL, nil
}
