package account

import (
	"context"
	"fmt"

	"pulse/internal/fault"
	"pulse/internal/job"
	"pulse/internal/store"
	"pulse/internal/store/query"
)

// deleteMe deletes the account of whoever asks. From that moment on nothing lets
// them in and nobody finds them; what they have kept here goes soon after.
func (r *Room) deleteMe(ctx context.Context, _ *struct{}) (*endedOutput, error) {
	_, u, err := r.confirmed(ctx)
	if err != nil {
		return nil, err
	}
	err = r.db.Write(ctx, func(ctx context.Context, q *query.Queries) error {
		// As with all that changes who is an administrator: one after the other.
		if _, err := q.LockValue(ctx, firstAccount); err != nil {
			return err
		}
		now, err := q.GetUser(ctx, u.ID)
		if err != nil {
			return err
		}
		return r.erase(ctx, q, now)
	})
	if err != nil {
		return nil, fmt.Errorf("account: delete user %s: %w", u.ID, err)
	}
	r.erased(ctx, u.ID)
	r.post.tell("a note about a deleted account", u, deletedLetter)
	return r.ended(ctx, true), nil
}

func deletedLetter(publicURL string) letter {
	return letter{"Your account was deleted", `
your account was deleted, with all that you had in it, at
` + publicURL + `

We will not write to this address any more. If it was not you, tell the
administrator of this Pulse.
`}
}

// Delete deletes a person's account on the operator's word. What they have kept
// here is removed by a Pulse that serves. It is a Conflict for the last
// administrator while others are there.
func (r *Room) Delete(ctx context.Context, address string) error {
	u, err := r.change(ctx, address, func(ctx context.Context, q *query.Queries, u query.User, _ int64) (query.User, error) {
		return u, r.erase(ctx, q, u)
	})
	if err == nil {
		r.erased(ctx, u.ID)
	}
	return err
}

// erase removes, inside the caller's transaction, who a person was and all that
// lets them in, and asks their jobs to stop. The row stays, for the books.
func (r *Room) erase(ctx context.Context, q *query.Queries, u query.User) error {
	if err := keepOneAdmin(ctx, q, u); err != nil {
		other, lookErr := q.SomebodyElse(ctx, u.ID)
		if lookErr != nil {
			return lookErr
		}
		if other != "" {
			return err
		}
	}
	// Jobs before the person: one that ends has its own row already and then refers
	// to the person's. What is begun in between, Keep stops.
	if err := job.CancelAll(ctx, q, u.ID); err != nil {
		return err
	}
	// From here on no request that is under way can write anything more of theirs:
	// what is deleted below is all there is. See store.StillActive.
	n, err := q.EraseUser(ctx, query.EraseUserParams{ID: u.ID, DeletedAt: store.Millis(r.now())})
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Unauthenticated, "This account was deleted already.")
	}
	for _, remove := range []func(context.Context, string) (int64, error){
		q.DeleteSessionsOfUser, q.DeleteKeysOfUser, q.DeleteIdentitiesOfUser, q.DeleteEmailTokensOfUser, q.DeleteFlowsOfUser,
	} {
		if _, err := remove(ctx, u.ID); err != nil {
			return err
		}
	}
	return nil
}

// erased ends what still shows a deleted person anything, and wakes whoever
// removes what they have kept.
func (r *Room) erased(ctx context.Context, userID string) {
	r.changes.SignedOut(ctx, userID, "")
	r.log.InfoContext(ctx, "an account was deleted", "user_id", userID)
	select {
	case r.deleted <- struct{}{}:
	default: // somebody is awake
	}
}
