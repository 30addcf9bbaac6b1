package httpd

import (
	"maps"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"pulse/internal/actor"
	"pulse/internal/fault"
)

const (
	metaScope    = "scope"
	metaInPerson = "in_person"
	metaAnyQuery = "any_query"
)

// Needs says which scope of an API key a route needs, where that is not the
// usual: read for GET, write for the rest.
func Needs(op huma.Operation, s actor.Scopes) huma.Operation { return mark(op, metaScope, s) }

// InPerson marks a route that no API key opens: a key that was stolen must not
// be able to make itself others, or to lock its owner out.
func InPerson(op huma.Operation) huma.Operation { return mark(op, metaInPerson, true) }

// AnyQuery marks a route to which others send people, with query parameters that
// they choose.
func AnyQuery(op huma.Operation) huma.Operation { return mark(op, metaAnyQuery, true) }

func mark(op huma.Operation, name string, value any) huma.Operation {
	op.Metadata = maps.Clone(op.Metadata)
	if op.Metadata == nil {
		op.Metadata = map[string]any{}
	}
	op.Metadata[name] = value
	return op
}

// scopeOf is what an API key needs for a route.
func scopeOf(op huma.Operation) actor.Scopes {
	if s, ok := op.Metadata[metaScope].(actor.Scopes); ok {
		return s
	}
	if op.Method == http.MethodGet {
		return actor.Read
	}
	return actor.Write
}

// allowed finds who asks, and checks that the key that they came with, if they
// came with one, may do what the route does.
func allowed(a actor.Actor, needed actor.Scopes, inPerson bool) error {
	if inPerson && a.ByKey {
		f := fault.New(fault.Forbidden, "An API key cannot do this. Sign in, or use a token from /api/v1/auth/token.")
		f.Type = "key_not_allowed"
		return f
	}
	return a.Needs(needed)
}
