package s3

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/s3"

	"pulse/internal/blob"
)

// Open reads a part of a blob.
func (s *Store) Open(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	if err := blob.CheckKey(key); err != nil {
		return nil, err
	}
	in := &api.GetObjectInput{Bucket: &s.bucket, Key: s.key(key)}
	switch {
	case length > 0:
		in.Range = aws.String(fmt.Sprintf("bytes=%d-%d", offset, offset+length-1))
	case length == 0: // a range has at least one byte
		in.Range = aws.String(fmt.Sprintf("bytes=%d-%d", offset, offset))
	case offset > 0:
		in.Range = aws.String("bytes=" + strconv.FormatInt(offset, 10) + "-")
	}
	// The answer has to begin in time; how long it then takes is up to its reader.
	begun, cancel := context.WithCancelCause(ctx)
	late := time.AfterFunc(s.patience, func() { cancel(context.DeadlineExceeded) })
	out, err := s.client.GetObject(begun, in)
	late.Stop()
	switch {
	case err == nil && length != 0:
		return &reader{store: s, ctx: ctx, key: key, body: out.Body, cancel: cancel}, nil
	case err == nil:
		_ = out.Body.Close() // it was there
	}
	cancel(nil)
	if err == nil || status(err) == http.StatusRequestedRangeNotSatisfiable {
		return io.NopCloser(strings.NewReader("")), nil // there is nothing behind the end
	}
	return nil, s.said(ctx, "open", key, err)
}

// reader is the body of an answer, whose failures are the store's.
type reader struct {
	store  *Store
	ctx    context.Context //nolint:containedctx // of the Open that began it
	key    string
	body   io.ReadCloser
	cancel context.CancelCauseFunc
}

func (r *reader) Read(p []byte) (int, error) {
	n, err := r.body.Read(p)
	if err != nil && err != io.EOF { //nolint:errorlint // as io.Reader has it
		err = r.store.said(r.ctx, "read", r.key, err)
	}
	return n, err
}

func (r *reader) Close() error {
	r.cancel(nil) // what was not read is not waited for
	_ = r.body.Close()
	return nil
}
