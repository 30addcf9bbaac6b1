// Package s3 keeps blobs in a bucket of S3, or of a store that speaks as it does.
package s3

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	api "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/logging"

	"pulse/internal/blob"
)

// Options say which bucket, and how it is opened.
type Options struct {
	Bucket string
	Prefix string // what keys begin with in the bucket, with no slash at either end
	Region string // empty: of the SDK's environment, or none where there is an endpoint
	// Endpoint is the server's address; empty: of the SDK's environment, or AWS.
	Endpoint string
	// PublicEndpoint is the server's address for browsers; empty: the same.
	PublicEndpoint string
	// PathStyle puts the bucket into the path instead of the host's name; nil:
	// where there is an endpoint.
	PathStyle *bool

	// KeyID, Key and Session are the access key; empty: what the SDK finds.
	KeyID, Key, Session string

	// Patience is how long the store may be silent; 0: the usual.
	Patience time.Duration
	Log      *slog.Logger
}

// Store is a bucket, or what of it begins with the prefix.
type Store struct {
	bucket, prefix string // the prefix with its slash
	place          string // for people
	patience       time.Duration
	client         *api.Client
	uploads        *transfermanager.Client
	presign        *api.PresignClient
	log            *slog.Logger
}

var (
	_ blob.Store  = (*Store)(nil)
	_ blob.Signer = (*Store)(nil)
)

// How long the store may be silent. The SDK tries three times, so that what asks
// for little is given up by a time of its own.
const (
	dialTime   = 5 * time.Second
	silentTime = 40 * time.Second // on an open connection; also the most that a part may take to be sent
	idleTime   = 10 * time.Second // a connection that is used again has the rest of silentTime
	askTime    = 30 * time.Second // for what asks for little
)

// Open opens the bucket and makes sure that it answers.
func Open(ctx context.Context, o Options) (*Store, error) {
	s, err := connect(ctx, o)
	if err == nil {
		err = s.check(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("blob bucket %s: %w", o.Bucket, err)
	}
	return s, nil
}

// connect puts the clients together. Nobody is asked yet.
func connect(ctx context.Context, o Options) (*Store, error) {
	client := awshttp.NewBuildableClient().
		WithTransportOptions(func(t *http.Transport) { t.IdleConnTimeout = idleTime }).
		WithDialerOptions(func(d *net.Dialer) { d.Timeout = dialTime }).
		WithReadTimeout(cmp.Or(o.Patience, silentTime))
	// What goes wrong comes as an error; what the SDK says beside it is for those who look closely.
	aside := logging.LoggerFunc(func(_ logging.Classification, format string, v ...any) {
		o.Log.DebugContext(ctx, "the AWS SDK says", "text", fmt.Sprintf(format, v...))
	})
	load := []func(*awsconfig.LoadOptions) error{awsconfig.WithHTTPClient(client), awsconfig.WithLogger(aside)}
	if o.Region != "" {
		load = append(load, awsconfig.WithRegion(o.Region))
	}
	if o.KeyID != "" {
		load = append(load, awsconfig.WithCredentialsProvider(credentials.NewStaticCredentialsProvider(o.KeyID, o.Key, o.Session)))
	}
	cfg, err := awsconfig.LoadDefaultConfig(ctx, load...)
	if err != nil {
		return nil, fmt.Errorf("the AWS SDK's own settings: %w", err)
	}
	options := api.NewFromConfig(cfg).Options() // with the endpoint of the environment, if there is one
	if o.Endpoint != "" {
		options.BaseEndpoint = &o.Endpoint
	}
	own := options.BaseEndpoint != nil
	if own {
		options.Region = cmp.Or(options.Region, "us-east-1") // which such stores take for "any"
		// Checksums in a trailer are S3's own; many other stores refuse them.
		options.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
		options.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
	}
	if options.Region == "" {
		return nil, errors.New("in which region is it? Add ?region=… to PULSE_BLOB_URL, or set AWS_REGION")
	}
	options.Retryer = retry.AddWithErrorCodes(options.Retryer, busy...)
	options.UsePathStyle = own
	if o.PathStyle != nil {
		options.UsePathStyle = *o.PathStyle
	}
	s := &Store{
		bucket: o.Bucket, place: "bucket " + o.Bucket + " in " + options.Region, patience: cmp.Or(o.Patience, askTime),
		client: api.New(options), log: o.Log,
	}
	if o.Prefix != "" {
		s.prefix = o.Prefix + "/"
	}
	if own {
		s.place = "bucket " + o.Bucket + " at " + *options.BaseEndpoint
	}
	s.uploads = transfermanager.New(steady{s.client, o.Log}, func(t *transfermanager.Options) {
		t.PartSizeBytes, t.MultipartUploadThreshold, t.Concurrency = partSize, partSize, partsAtOnce
		t.FailTimeout = s.patience
		t.RequestChecksumCalculation = options.RequestChecksumCalculation
	})
	public := options.Copy()
	if o.PublicEndpoint != "" {
		public.BaseEndpoint = &o.PublicEndpoint
	}
	s.presign = api.NewPresignClient(api.New(public))
	return s, nil
}

// busy are the codes for two requests about one key that met, of which one has to
// come again; the second is versitygw's.
var busy = []string{"OperationAborted", "ExistingObjectIsDirectory"}

// check asks for what the sweep and the deletion of accounts need, too.
func (s *Store) check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	if _, err := s.client.Options().Credentials.Retrieve(ctx); err != nil {
		return fmt.Errorf("there is no access key; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the machine a role: %w", err)
	}
	_, err := s.client.ListObjectsV2(ctx, &api.ListObjectsV2Input{Bucket: &s.bucket, Prefix: &s.prefix, MaxKeys: aws.Int32(1)})
	return mend(err)
}

// Place says where the blobs are, for people.
func (s *Store) Place() string {
	if s.prefix == "" {
		return s.place
	}
	return s.place + ", below " + s.prefix
}

func (s *Store) key(key string) *string { return aws.String(s.prefix + key) }

// Delete removes a blob.
func (s *Store) Delete(ctx context.Context, key string) error {
	if err := blob.CheckKey(key); err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	_, err := s.client.DeleteObject(limited, &api.DeleteObjectInput{Bucket: &s.bucket, Key: s.key(key)})
	if gone(err) {
		return nil
	}
	return s.said(ctx, "delete", key, err)
}

// List asks for page after page. What was not put there by Pulse is passed over.
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[blob.Entry, error] {
	return func(yield func(blob.Entry, error) bool) {
		pages := api.NewListObjectsV2Paginator(s.client, &api.ListObjectsV2Input{Bucket: &s.bucket, Prefix: s.key(prefix)})
		for pages.HasMorePages() {
			limited, cancel := context.WithTimeout(ctx, s.patience)
			page, err := pages.NextPage(limited)
			cancel()
			if err != nil {
				yield(blob.Entry{}, s.said(ctx, "list", prefix, err))
				return
			}
			for _, o := range page.Contents {
				key := strings.TrimPrefix(aws.ToString(o.Key), s.prefix)
				if blob.CheckKey(key) != nil {
					continue
				}
				if !yield(blob.Entry{Key: key, Size: aws.ToInt64(o.Size), Modified: aws.ToTime(o.LastModified)}, nil) {
					return
				}
			}
		}
	}
}
