package config

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

var (
	bucketName   = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	bucketRegion = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	// A prefix is made as the keys are that stand behind it (blob.CheckKey).
	bucketPrefix = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$`)
)

const longestPrefix = 200

// readBucket reads an address and says of the first part that is wrong which one
// it is. Somebody may have put a password into it, so it quotes nothing.
func readBucket(v string) (Bucket, error) {
	none := Bucket{}
	u, err := url.Parse(v)
	switch {
	case err != nil, u.Scheme != "s3":
		return none, errors.New("must be an address such as s3://bucket?region=eu-central-1; leave it empty to keep files in the data folder")
	case u.User != nil:
		return none, errors.New("must not hold a user name or password: the access key belongs into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	case u.Host == "":
		return none, errors.New("must name a bucket, as in s3://bucket")
	case !bucketName.MatchString(u.Host):
		return none, errors.New("must name a bucket of 3 to 63 small letters, digits, dots and hyphens; another server's address belongs behind ?endpoint=")
	case u.Fragment != "":
		return none, errors.New("must not hold a #")
	}
	b := Bucket{Name: u.Host, Prefix: strings.Trim(u.Path, "/")}
	if b.Prefix != "" && (!bucketPrefix.MatchString(b.Prefix) || len(b.Prefix) > longestPrefix) {
		return none, fmt.Errorf("must have a prefix of letters, digits, -, _, . and slashes, %d characters at most, in which nothing begins with a dot", longestPrefix)
	}
	err = readBucketParameters(&b, u.RawQuery)
	return b, err
}

// readBucketParameters reads what stands behind the question mark.
func readBucketParameters(b *Bucket, query string) error {
	values, err := url.ParseQuery(query)
	if err != nil {
		return errors.New("must have name=value behind its ?, joined by &")
	}
	for name, v := range values {
		if !slices.Contains([]string{"region", "endpoint", "public_endpoint", "path_style"}, name) {
			return errors.New("must have nothing behind its ? but region, endpoint, public_endpoint and path_style")
		}
		if len(v) > 1 {
			return fmt.Errorf("must name its %s once", name)
		}
	}
	b.Region, b.PathStyle = values.Get("region"), values.Get("path_style")
	if b.Region != "" && !bucketRegion.MatchString(b.Region) {
		return errors.New("must have a region such as eu-central-1")
	}
	if b.PathStyle != "" && b.PathStyle != "true" && b.PathStyle != "false" {
		return errors.New("must have a path_style of true or false")
	}
	for _, endpoint := range []struct {
		name string
		at   *string
	}{{"endpoint", &b.Endpoint}, {"public_endpoint", &b.PublicEndpoint}} {
		if v := values.Get(endpoint.name); v != "" {
			if *endpoint.at, err = readWebURL(v); err != nil {
				return fmt.Errorf("has a value of %s that %w", endpoint.name, err)
			}
		}
	}
	return nil
}
