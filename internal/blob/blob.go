// Package blob is the seam to where bytes are kept: files that people upload
// and what Pulse makes for them. A folder does, later an object store; the rows
// that say what a blob is are in the database.
package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	"pulse/internal/fault"
)

// Store keeps blobs by key. All of it is safe for concurrent use.
type Store interface {
	// Put keeps what body gives up to its end, in place of what the key had. A
	// blob is seen whole or not at all: when body or Put fails, the key has what
	// it had before.
	Put(ctx context.Context, key string, body io.Reader, about About) error
	// Open reads length bytes from offset on, or up to the end when length is
	// negative or more than there is; behind the end there is nothing. ErrNotFound:
	// the key has no blob.
	Open(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error)
	// Delete removes a blob. One that is not there is deleted already.
	Delete(ctx context.Context, key string) error
	// List gives the blobs whose keys begin with prefix, in no order. What comes
	// or goes meanwhile may be missing. After an error nothing follows.
	List(ctx context.Context, prefix string) iter.Seq2[Entry, error]
}

// About is what is known of a blob before it is read.
type About struct {
	// Size is how many bytes there are, or Unknown. A store that has to know it
	// beforehand collects the bytes; Put fails when it was wrong.
	Size        int64
	ContentType string // for stores that serve blobs themselves; may be empty
	// Metadata goes along where the store keeps such: for those who look at it
	// there. ASCII, and little of it; Pulse never reads it.
	Metadata map[string]string
}

// Signer is a store that can let others fetch a blob from it directly.
type Signer interface {
	// Sign gives an address from which anybody can read the blob until then.
	Sign(ctx context.Context, key string, expires time.Duration, serve Serve) (url string, err error)
}

// Serve is how a store is to send a blob to a browser.
type Serve struct {
	ContentType        string
	ContentDisposition string
}

// Unknown is the size of what is still coming in.
const Unknown int64 = -1

// Entry is a blob in a list.
type Entry struct {
	Key      string
	Size     int64
	Modified time.Time
}

// The errors that callers tell apart.
var (
	ErrNotFound = errors.New("blob: there is none with this key")
	ErrKey      = errors.New("blob: this is no key")
	ErrFull     = errors.New("blob: there is no room left")
	ErrSize     = errors.New("blob: the size is not the one that was said")
	ErrAway     = errors.New("blob: the store does not answer as it should")
)

// Away is ErrAway as a fault: whoever asked for a file may come again, and what
// is wrong with the store is between it and the operator.
func Away(cause error) error {
	f := fault.Wrap(fmt.Errorf("%w: %w", ErrAway, cause), fault.Unavailable,
		"The place where files are kept does not answer at the moment. Nothing of yours was lost; please try again in a while.")
	f.Type, f.RetryAfter = "files_away", 5*time.Second
	return f
}

// maxKey is what every store takes, with room for a prefix of its own.
const maxKey = 200

// CheckKey refuses what is no key with ErrKey. Keys are made by the server and
// are dull on purpose: words of letters, digits, "-", "_" and "." that do not
// begin with a dot, with slashes between them. Such a key means the same to
// every file system and object store, and leads out of none.
func CheckKey(key string) error {
	if key == "" || len(key) > maxKey {
		return ErrKey
	}
	for word := range strings.SplitSeq(key, "/") {
		if word == "" || word[0] == '.' {
			return ErrKey
		}
		for i := range len(word) {
			if strings.IndexByte(keyLetters, word[i]) < 0 {
				return ErrKey
			}
		}
	}
	return nil
}

const keyLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."
