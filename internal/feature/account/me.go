package account

import (
	"context"
	"fmt"

	"pulse/internal/actor"
	"pulse/internal/fault"
	"pulse/internal/store"
	"pulse/internal/store/query"
	"pulse/internal/usage"
)

type meOutput struct {
	Body User
}

func (r *Room) me(ctx context.Context, _ *struct{}) (*meOutput, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	u, err := r.db.Read().GetUser(ctx, a.ID)
	if err != nil {
		return nil, fmt.Errorf("account: read user %s: %w", a.ID, err)
	}
	return &meOutput{Body: userOf(u)}, nil
}

type updateMeInput struct {
	Body struct {
		FullName *string `json:"full_name,omitempty" maxLength:"400" doc:"At most 200 characters"`
	}
}

// updateMe changes what a person may change about themselves. What the body
// leaves out stays.
func (r *Room) updateMe(ctx context.Context, in *updateMeInput) (*meOutput, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	if in.Body.FullName == nil {
		return r.me(ctx, nil)
	}
	name, wrong := readName(*in.Body.FullName, "body.full_name")
	if wrong != nil {
		return nil, fault.BadField(wrong.Location, wrong.Message)
	}
	var u query.User
	err = r.db.Write(ctx, func(ctx context.Context, q *query.Queries) error {
		u, err = q.SetUserName(ctx, query.SetUserNameParams{ID: a.ID, FullName: name, UpdatedAt: store.Millis(r.now())})
		return err
	})
	if store.NotFound(err) { // gone since the request came
		return nil, errDeactivated()
	}
	if err != nil {
		return nil, fmt.Errorf("account: rename user %s: %w", a.ID, err)
	}
	return &meOutput{Body: userOf(u)}, nil
}

type usageOutput struct {
	Body usage.Summary
}

// myUsage shows the meters that something can be spent on.
func (r *Room) myUsage(ctx context.Context, _ *struct{}) (*usageOutput, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	s, err := r.ledger.Summary(ctx, r.db.Read(), a, []usage.Meter{usage.Tokens, usage.Images})
	if err != nil {
		return nil, fmt.Errorf("account: usage of user %s: %w", a.ID, err)
	}
	return &usageOutput{Body: s}, nil
}
