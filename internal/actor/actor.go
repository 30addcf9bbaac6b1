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
	SessionID string // the session that authenticated the request; empty inside a job
	Email     string
	Admin     bool
	Plan      string    // key of the plan in force
	Anchor    time.Time // when the person's first quota period began
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
