package httpd

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/go-json-experiment/json"

	"pulse/internal/job"
)

// Idempotent is the header of every request that starts a job, for embedding.
type Idempotent struct {
	IdempotencyKey string `header:"Idempotency-Key" maxLength:"255" doc:"Of your choice. The same request with the same key gives the same job; for safe retries"`
}

// Once identifies the request, so that it is told from another one with the
// same key: by its route and whatever of the path and body decides what it does.
func (i Idempotent) Once(route string, request ...any) (job.Idempotency, error) {
	if i.IdempotencyKey == "" {
		return job.Idempotency{}, nil
	}
	data, err := json.Marshal(request, json.Deterministic(true))
	if err != nil {
		return job.Idempotency{}, fmt.Errorf("httpd: hash of a request: %w", err)
	}
	sum := sha256.Sum256(append([]byte(route+"\n"), data...))
	return job.Idempotency{IdempotencyKey: i.IdempotencyKey, RequestHash: hex.EncodeToString(sum[:])}, nil
}
