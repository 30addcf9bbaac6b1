package httpd

import (
	"context"
	"maps"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"pulse/internal/actor"
	"pulse/internal/fault"
)

const metaPublic = "public"

// Public marks a route that needs no sign-in.
func Public(op huma.Operation) huma.Operation { return mark(op, metaPublic, true) }

// PublicRoutes lists the routes that need no sign-in, as "METHOD /path".
func PublicRoutes(api huma.API) []string {
	var routes []string
	for path, item := range api.OpenAPI().Paths {
		for method, op := range operations(item) {
			if op.Metadata[metaPublic] == true {
				routes = append(routes, method+" "+path)
			}
		}
	}
	return routes
}

// operations gives the operations of a path by method.
func operations(item *huma.PathItem) map[string]*huma.Operation {
	all := map[string]*huma.Operation{
		http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPut: item.Put,
		http.MethodPatch: item.Patch, http.MethodDelete: item.Delete,
	}
	maps.DeleteFunc(all, func(_ string, op *huma.Operation) bool { return op == nil })
	return all
}

// Security schemes of the OpenAPI document.
const (
	schemeCookie = "session"
	schemeBearer = "bearer"
)

// guard fills what every route has: who may call it, how long its body may
// take to arrive, and what it can answer.
func guard(api huma.API, op huma.Operation) huma.Operation {
	op.RejectUnknownQueryParameters = op.Metadata[metaAnyQuery] != true
	op.BodyReadTimeout = bodyTime
	if isDoor(op.Path) {
		op.Responses = maps.Clone(op.Responses)
		if op.Responses == nil {
			op.Responses = map[string]*huma.Response{}
		}
		op.Responses["default"] = doorErrors(api)
	} else {
		op.Errors = append(op.Errors, http.StatusBadRequest, http.StatusTooManyRequests)
	}
	if op.Metadata[metaPublic] == true {
		op.Security = []map[string][]string{}
		return op
	}
	if !isDoor(op.Path) {
		op.Errors = append(op.Errors, http.StatusUnauthorized, http.StatusForbidden)
	}
	op.Security = []map[string][]string{{schemeCookie: {}}, {schemeBearer: {}}}
	needed, inPerson := scopeOf(op), op.Metadata[metaInPerson] == true
	op.Middlewares = append(huma.Middlewares{func(c huma.Context, next func(huma.Context)) {
		a, err := actor.From(c.Context())
		if err == nil {
			err = allowed(a, needed, inPerson)
		}
		if err != nil {
			r, w := humago.Unwrap(c)
			writeProblem(w, r, err)
			return
		}
		next(c)
	}}, op.Middlewares...)
	return op
}

// bodyTime is how long a request's body may take to arrive.
const bodyTime = 30 * time.Second

// Register mounts a route that answers with JSON. The handler's errors become
// problem documents.
func Register[I, O any](api huma.API, op huma.Operation, handler func(ctx context.Context, in *I) (*O, error)) {
	huma.Register(api, guard(api, op), func(ctx context.Context, in *I) (*O, error) {
		infoOf(ctx).bodyRead()
		out, err := handler(ctx, in)
		if err != nil {
			return nil, problemOf(ctx, err)
		}
		return out, nil
	})
}

// maxStreams is how many streams one person may have open on this process at
// once: enough for many tabs and devices, too few to exhaust it.
const maxStreams = 64

// enterStream counts a stream in, if the person may have one more.
func (in *info) enterStream(ctx context.Context) (leave func(), err error) {
	leave, ok := in.streams.enter(ctx)
	if !ok {
		f := fault.Newf(fault.RateLimited, "You have %d streams open, which is the most that one person may have. Close a tab and try again.", maxStreams)
		f.RetryAfter = 5 * time.Second
		return nil, f
	}
	return leave, nil
}

// Stream mounts a route that answers with Server-Sent Events. The handler
// checks the request and gives what to send; an error of its own becomes a
// problem document, one of the sending becomes an error event.
func Stream[I any](api huma.API, op huma.Operation, handler func(ctx context.Context, in *I) (func(*EventWriter) error, error)) {
	op.DefaultStatus = http.StatusOK
	op.Responses = map[string]*huma.Response{"200": {
		Description: "Server-Sent Events",
		Content:     map[string]*huma.MediaType{eventStream: {Schema: &huma.Schema{Type: huma.TypeString}}},
	}}
	huma.Register(api, guard(api, op), func(ctx context.Context, in *I) (*huma.StreamResponse, error) {
		info := infoOf(ctx)
		info.bodyRead()
		leave, err := info.enterStream(ctx)
		if err != nil {
			return nil, problemOf(ctx, err)
		}
		send, err := handler(ctx, in)
		if err != nil {
			leave()
			return nil, problemOf(ctx, err)
		}
		return &huma.StreamResponse{Body: func(c huma.Context) {
			defer leave()
			r, w := humago.Unwrap(c)
			serveEvents(w, r, send, false)
		}}, nil
	})
}
