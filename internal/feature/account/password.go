package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"pulse/internal/fault"
)

// What argon2id costs: OWASP's Password Storage Cheat Sheet, second choice.
const (
	argonMemory  = 19 << 10 // KiB
	argonTime    = 2
	argonThreads = 1
	saltBytes    = 16
	hashBytes    = 32
)

const (
	minPassword = 8   // characters, ASVS 6.2.1
	maxPassword = 200 // characters
)

// commonPasswords is what is tried first, of those that are long enough. Sign-in
// failures are throttled, so a long list would add little.
//
//go:embed common-passwords.txt
var commonPasswords string

// checkPassword says in a sentence what is wrong with a new password, "" when
// nothing is.
func checkPassword(password string, e email) string {
	length := utf8.RuneCountInString(password)
	lower := strings.ToLower(password)
	switch {
	case !utf8.ValidString(password):
		return "has a character that is none"
	case length < minPassword:
		return "must have at least 8 characters"
	case length > maxPassword:
		return "may have at most 200 characters"
	case strings.Contains("\n"+commonPasswords, "\n"+lower+"\n"), strings.Count(password, password[:1]) == len(password):
		return "is among the first that anybody would try"
	case e.key != "" && lower == e.key:
		return "must not be the e-mail"
	}
	return ""
}

// hasher hashes passwords, few at a time: one hash takes 19 MiB and some
// twenty milliseconds of a core, so that a flood of sign-ins waits in a queue
// and does not fill the memory.
type hasher struct {
	slots chan struct{}
	wait  time.Duration // how long a sign-in waits for its turn
}

func newHasher() *hasher {
	return &hasher{slots: make(chan struct{}, max(2, runtime.GOMAXPROCS(0))), wait: 10 * time.Second}
}

// key derives the hash. It is Unavailable when too many others are waiting.
func (h *hasher) key(ctx context.Context, password string, salt []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, h.wait)
	defer cancel()
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		f := fault.Wrap(ctx.Err(), fault.Unavailable, "Too many people are signing in at this moment. Please try again.")
		f.RetryAfter = h.wait
		return nil, f
	}
	defer func() { <-h.slots }()
	return argon2.IDKey([]byte(norm.NFC.String(password)), salt, argonTime, argonMemory, argonThreads, hashBytes), nil
}

// phcPrefix names the algorithm and its costs as the PHC string format does.
var phcPrefix = fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$", argon2.Version, argonMemory, argonTime, argonThreads)

// hash makes what is kept of a password.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails
	key, err := h.key(ctx, password, salt)
	if err != nil {
		return "", err
	}
	return phcPrefix + base64.RawStdEncoding.EncodeToString(salt) + "$" + base64.RawStdEncoding.EncodeToString(key), nil
}

// verify tells whether the password is the one that was hashed. With no hash
// ("") it is not, after as much work as with one.
func (h *hasher) verify(ctx context.Context, password, hashed string) (bool, error) {
	salt, want := make([]byte, saltBytes), []byte(nil)
	if hashed != "" {
		var err error
		if salt, want, err = parsePHC(hashed); err != nil {
			return false, err
		}
	}
	got, err := h.key(ctx, password, salt)
	return err == nil && subtle.ConstantTimeCompare(got, want) == 1, err
}

func parsePHC(hashed string) (salt, key []byte, err error) {
	rest, ok := strings.CutPrefix(hashed, phcPrefix)
	salt64, key64, ok2 := strings.Cut(rest, "$")
	if !ok || !ok2 {
		return nil, nil, fmt.Errorf("account: a password hash is not of the form %s…", phcPrefix)
	}
	if salt, err = base64.RawStdEncoding.DecodeString(salt64); err != nil {
		return nil, nil, fmt.Errorf("account: a password hash's salt: %w", err)
	}
	if key, err = base64.RawStdEncoding.DecodeString(key64); err != nil {
		return nil, nil, fmt.Errorf("account: a password hash: %w", err)
	}
	return salt, key, nil
}
