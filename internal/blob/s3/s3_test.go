package s3_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	api "github.com/aws/aws-sdk-go-v2/service/s3"

	"pulse/internal/blob"
	"pulse/internal/blob/blobtest"
	"pulse/internal/blob/s3"
)

func options(v *blobtest.Versity, bucket string) s3.Options {
	return s3.Options{Bucket: bucket, Endpoint: v.Address, KeyID: v.KeyID, Key: v.Key, Log: slog.New(slog.DiscardHandler)}
}

func open(t testing.TB, o s3.Options) *s3.Store {
	t.Helper()
	s, err := s3.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// raw is the bucket without Pulse.
func raw(v *blobtest.Versity) *api.Client {
	return api.New(api.Options{
		BaseEndpoint: &v.Address, UsePathStyle: true, Region: "us-east-1",
		Credentials: credentials.NewStaticCredentialsProvider(v.KeyID, v.Key, ""),
	})
}

func TestS3(t *testing.T) {
	t.Parallel()
	v := blobtest.StartVersity(t)
	fresh := func(t *testing.T) blob.Store {
		t.Helper()
		o := options(v, v.Bucket(t))
		t.Cleanup(func() { nothingUnfinished(t, v, o.Bucket) })
		return open(t, o)
	}
	t.Run("the whole bucket", func(t *testing.T) { t.Parallel(); blobtest.Run(t, fresh) })
	t.Run("below a prefix", func(t *testing.T) {
		t.Parallel()
		blobtest.Run(t, func(t *testing.T) blob.Store {
			t.Helper()
			o := options(v, v.Bucket(t))
			for _, beside := range []string{"of", "of/puls", "of/pulse-2"} { // others' keys, which begin alike
				o.Prefix = beside
				if err := open(t, o).Put(t.Context(), "theirs", strings.NewReader("theirs"), blob.About{Size: 6}); err != nil {
					t.Fatal(err)
				}
			}
			o.Prefix = "of/pulse"
			t.Cleanup(func() { nothingUnfinished(t, v, o.Bucket) })
			return open(t, o)
		})
	})
	t.Run("signed", func(t *testing.T) { t.Parallel(); blobtest.RunSigner(t, fresh) })
}

// nothingUnfinished looks for uploads in parts that were neither ended nor removed.
func nothingUnfinished(t *testing.T, v *blobtest.Versity, bucket string) {
	t.Helper()
	out, err := raw(v).ListMultipartUploads(context.Background(), &api.ListMultipartUploadsInput{Bucket: &bucket})
	if err != nil {
		t.Error(err)
		return
	}
	for _, u := range out.Uploads {
		t.Errorf("an upload was left: %s", aws.ToString(u.Key))
	}
}
