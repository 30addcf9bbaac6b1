package httpd

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"pulse/internal/fault"
)

// Describe gives the OpenAPI document of all routes mounted so far.
func Describe(api huma.API) ([]byte, error) {
	document, err := json.Marshal(api.OpenAPI(), json.Deterministic(true), jsontext.WithIndent("  "))
	if err != nil {
		return nil, fmt.Errorf("httpd: OpenAPI document: %w", err)
	}
	return document, nil
}

// describe serves the OpenAPI document, made at the first request.
func (s *Server) describe() http.HandlerFunc {
	document := sync.OnceValues(func() ([]byte, error) { return Describe(s.humaAPI) })
	return func(w http.ResponseWriter, r *http.Request) {
		data, err := document()
		if err != nil {
			writeProblem(w, r, err)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-cache")
		_, _ = w.Write(data) // the client may be gone
	}
}

type healthOutput struct {
	Body struct {
		Status  string `json:"status" enum:"ok"`
		Version string `json:"version"`
	}
}

// health mounts the routes by which others see whether Pulse is well.
func (s *Server) health() {
	Register(s.humaAPI, Public(huma.Operation{
		OperationID: "get-health", Method: http.MethodGet, Path: "/api/v1/health", Tags: []string{"Health"},
		Summary: "The process is up",
	}), func(context.Context, *struct{}) (*healthOutput, error) { return s.healthy(), nil })
	Register(s.humaAPI, Public(huma.Operation{
		OperationID: "get-database-health", Method: http.MethodGet, Path: "/api/v1/health/db", Tags: []string{"Health"},
		Summary: "The database answers", Errors: []int{http.StatusServiceUnavailable},
	}), func(ctx context.Context, _ *struct{}) (*healthOutput, error) {
		ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
		defer cancel()
		if err := s.o.Ping(ctx); err != nil {
			f := fault.Wrap(err, fault.Unavailable, "The database does not answer.")
			f.RetryAfter = time.Second
			return nil, f
		}
		return s.healthy(), nil
	})
}

func (s *Server) healthy() *healthOutput {
	out := &healthOutput{}
	out.Body.Status, out.Body.Version = "ok", s.o.Version
	return out
}
