// Package actor carries who is acting. Every query that reads or writes a
// person's data takes the actor's id, so that a forgotten WHERE is a compile
// error or a failed test and not a leak.
package actor

import (
	"context"
	"time"

	"pulse/internal/fault"
)

// Actor is the signed-in person behind a request or a job.
type Actor struct {
	ID        string // user id
	SessionID string // the session or the API key that authenticated the request; empty inside a job
	Email     string
	Admin     bool
	Plan      string    // key of the plan in force
	Anchor    time.Time // when the person's first quota period began

	// ByKey tells that the request came with an API key, which may do what
	// Scopes say and nothing to the account. People who signed in may do everything.
	ByKey  bool
	Scopes Scopes
	// ConfirmedAt is when the person last showed who they are in this session.
	ConfirmedAt time.Time
}

// May tells whether the request may do what a scope covers.
func (a Actor) May(s Scopes) bool { return !a.ByKey || a.Scopes&s == s }

// Needs is Forbidden when the request may not do all of what scopes cover.
func (a Actor) Needs(s Scopes) error {
	if a.May(s) {
		return nil
	}
	f := fault.Newf(fault.Forbidden, "This API key lacks the scope %q. Make one that has it in your settings.", s.String())
	f.Type, f.Extra = "scope_missing", map[string]any{"scope": s.String()}
	return f
}

type key struct{}

// With puts the actor into the context.
func With(ctx context.Context, a Actor) context.Context { return context.WithValue(ctx, key{}, a) }

// From gives the actor, or an Unauthenticated fault when nobody is signed in.
func From(ctx context.Context) (Actor, error) {
	a, ok := ctx.Value(key{}).(Actor)
	if !ok || a.ID == "" {
		return Actor{}, fault.New(fault.Unauthenticated, "Please sign in first.")
	}
	return a, nil
}
