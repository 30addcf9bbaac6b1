package s3

import (
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"pulse/internal/blob"
)

// On AWS itself the bucket is part of the host's name, what is sent has checksums,
// and a browser needs to send nothing but the address.
func TestAWS(t *testing.T) {
	t.Parallel()
	s, err := connect(t.Context(), Options{Bucket: "pulse-files", Region: "eu-central-1", KeyID: "id", Key: "canary", Session: "canary-session", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if o := s.client.Options(); o.UsePathStyle || o.RequestChecksumCalculation != aws.RequestChecksumCalculationWhenSupported || o.BaseEndpoint != nil {
		t.Errorf("%+v", o)
	}
	if s.Place() != "bucket pulse-files in eu-central-1" {
		t.Error(s.Place())
	}
	address, err := s.Sign(t.Context(), "a/b", 5*time.Minute, blob.Serve{ContentType: "image/png"})
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(address, "https://pulse-files.s3.eu-central-1.amazonaws.com/a/b?") || u.Query().Get("X-Amz-SignedHeaders") != "host" {
		t.Errorf("%s, %v", address, err)
	}
}
