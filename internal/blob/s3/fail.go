package s3

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"

	"pulse/internal/blob"
)

// said adds what failed, and tells what the caller did from what the store did.
// The latter is for the operator to mend, and so is written to the log.
func (s *Store) said(ctx context.Context, what, key string, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		err = context.Cause(ctx)
	case what == "open" && missing(err):
		return fmt.Errorf("blob %s %s: %w: %w", what, key, blob.ErrNotFound, err)
	default:
		s.log.ErrorContext(ctx, "the store of files failed", "what", what, "key", key, "error", err)
		return blob.Away(fmt.Errorf("blob %s %s: %w", what, key, err))
	}
	return fmt.Errorf("blob %s %s: %w", what, key, err)
}

// missing tells that there is no such object. Who may not list a bucket is not
// told so, but that it is not theirs to see.
func missing(err error) bool {
	switch code(err) {
	case "NoSuchKey", "NotFound", "AccessDenied":
		return true
	}
	return false
}

// gone tells that there was nothing to delete, which most stores do not tell.
func gone(err error) bool { return code(err) == "NoSuchKey" || code(err) == "NotFound" }

func code(err error) string {
	if failure, ok := errors.AsType[smithy.APIError](err); ok {
		return failure.ErrorCode()
	}
	return ""
}

func status(err error) int {
	if answer, ok := errors.AsType[*awshttp.ResponseError](err); ok {
		return answer.HTTPStatusCode()
	}
	return 0
}

// refusedKey are the codes for an access key that does not count, with the one
// that versitygw has.
var refusedKey = []string{
	"InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidClientTokenId", "ExpiredToken", "InvalidToken", "TokenRefreshRequired", "XAdminUserNotFound",
}

// mend says at the start what the operator has to change.
func mend(err error) error {
	var what string
	_, unreachable := errors.AsType[net.Error](err)
	switch c := code(err); {
	case err == nil:
		return nil
	case c == "NoSuchBucket":
		what = "there is none of this name; make it, or mend PULSE_BLOB_URL"
	case c == "AccessDenied":
		what = "the access key may not list it; it needs s3:ListBucket, and the rights to get, put and delete objects"
	case slices.Contains(refusedKey, c):
		what = "the store refuses the access key; are AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY right?"
	case c == "RequestTimeTooSkewed":
		what = "the clock of this machine is wrong"
	case c == "PermanentRedirect", c == "AuthorizationHeaderMalformed", c == "IllegalLocationConstraintException", status(err) == http.StatusMovedPermanently:
		what = "it is in another region; mend region= in PULSE_BLOB_URL"
	case c == "" && (unreachable || status(err) == 0):
		what = "nobody answers there; is the endpoint right, and the store running?"
	default:
		what = "the store answers in a way that was not expected; is it one that speaks S3?"
	}
	return fmt.Errorf("%s (%w)", what, err)
}
