package account

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"pulse/internal/fault"
	"pulse/internal/job"
	"pulse/internal/store"
	"pulse/internal/store/query"
)

// What the operator does with accounts, from the command line: whoever can
// start `pulse user` beside the database may do all of it. People are named by
// their e-mail; every call is NotFound when nobody has it.

// Create makes an account, also while registration is closed. It is Invalid
// for wrong fields, a Conflict when the e-mail has an account.
func (r *Room) Create(ctx context.Context, n NewUser) (User, error) {
	p, err := r.prepare(ctx, n)
	if err != nil {
		return User{}, err
	}
	return r.operate(ctx, func(ctx context.Context, q *query.Queries) (query.User, error) {
		if _, err := r.insert(ctx, q, p); err != nil {
			return query.User{}, err
		}
		return q.GetUser(ctx, p.ID)
	})
}

// SetAdmin makes a person an administrator, or no longer one. It is a Conflict
// for the last administrator.
func (r *Room) SetAdmin(ctx context.Context, email string, admin bool) (User, error) {
	return r.change(ctx, email, func(ctx context.Context, q *query.Queries, u query.User, now int64) (query.User, error) {
		if u.IsAdmin && !admin {
			if err := keepOneAdmin(ctx, q, u); err != nil {
				return u, err
			}
		}
		return q.SetUserAdmin(ctx, query.SetUserAdminParams{ID: u.ID, IsAdmin: admin, UpdatedAt: now})
	})
}

// SetPlan puts a person on another plan. Its caps count at once, against what
// was used in this period already. It is Invalid when there is no such plan.
func (r *Room) SetPlan(ctx context.Context, email, plan string) (User, error) {
	if plans := r.ledger.Plans(); !plans.Has(plan) {
		return User{}, fault.Newf(fault.Invalid, "There is no plan %q; there are %s.", plan, strings.Join(plans.Keys(), ", "))
	}
	return r.change(ctx, email, func(ctx context.Context, q *query.Queries, u query.User, now int64) (query.User, error) {
		return q.SetUserPlan(ctx, query.SetUserPlanParams{ID: u.ID, Plan: plan, UpdatedAt: now})
	})
}

// SetActive lets a person in again, or keeps them out, ends all of their
// sessions, tokens and keys for good and stops what runs for them. It is a Conflict for the last administrator.
func (r *Room) SetActive(ctx context.Context, email string, active bool) (User, error) {
	u, err := r.change(ctx, email, func(ctx context.Context, q *query.Queries, u query.User, now int64) (query.User, error) {
		if !active {
			if err := keepOneAdmin(ctx, q, u); err != nil {
				return u, err
			}
		}
		u, err := q.SetUserActive(ctx, query.SetUserActiveParams{ID: u.ID, IsActive: active, UpdatedAt: now})
		if err != nil || active {
			return u, err
		}
		for _, remove := range []func(context.Context, string) (int64, error){
			q.DeleteSessionsOfUser, q.DeleteKeysOfUser, q.DeleteEmailTokensOfUser,
		} {
			if _, err := remove(ctx, u.ID); err != nil {
				return u, err
			}
		}
		return u, job.CancelAll(ctx, q, u.ID)
	})
	if err == nil && !active {
		r.changes.SignedOut(ctx, u.ID, "")
	}
	return u, err
}

// SetPassword gives a person a new password and ends all of their sessions and
// tokens. It is Invalid for a password that nobody should have.
func (r *Room) SetPassword(ctx context.Context, email, password string) (User, error) {
	e, _ := readEmail(email)
	if what := checkPassword(password, e); what != "" {
		return User{}, fault.New(fault.Invalid, "The password "+what+".")
	}
	hash, err := r.hasher.hash(ctx, password)
	if err != nil {
		return User{}, err
	}
	u, err := r.change(ctx, email, func(ctx context.Context, q *query.Queries, u query.User, now int64) (query.User, error) {
		u, err := q.SetUserPassword(ctx, query.SetUserPasswordParams{ID: u.ID, PasswordHash: hash, UpdatedAt: now})
		if err != nil {
			return u, err
		}
		if _, err := q.DeleteEmailTokensOfUser(ctx, u.ID); err != nil { // a link for another one is not to undo this
			return u, err
		}
		_, err = q.DeleteSessionsOfUser(ctx, u.ID)
		return u, err
	})
	if err == nil {
		r.changes.SignedOut(ctx, u.ID, "")
	}
	return u, err
}

// listPage is how many people are read at a time.
const listPage = 500

// All gives everybody, the oldest account first.
func (r *Room) All(ctx context.Context) iter.Seq2[User, error] {
	return func(yield func(User, error) bool) {
		for last := ""; ; {
			page, err := r.db.Read().ListUsers(ctx, query.ListUsersParams{ID: last, Limit: listPage})
			if err != nil {
				yield(User{}, fmt.Errorf("account: list users: %w", err))
				return
			}
			for _, u := range page {
				if !yield(userOf(u), nil) {
					return
				}
				last = u.ID
			}
			if len(page) < listPage {
				return
			}
		}
	}
}

// operate runs one transaction that ends with a person's new state.
func (r *Room) operate(ctx context.Context, do func(context.Context, *query.Queries) (query.User, error)) (User, error) {
	var u query.User
	err := r.db.Write(ctx, func(ctx context.Context, q *query.Queries) (err error) {
		u, err = do(ctx, q)
		return err
	})
	if err != nil {
		return User{}, fmt.Errorf("account: %w", err)
	}
	return userOf(u), nil
}

// change is operate on the person who has the e-mail. Changes to who is an
// administrator run one after the other, on PostgreSQL too.
func (r *Room) change(
	ctx context.Context, address string, do func(context.Context, *query.Queries, query.User, int64) (query.User, error),
) (User, error) {
	e, _ := readEmail(address)
	return r.operate(ctx, func(ctx context.Context, q *query.Queries) (query.User, error) {
		if _, err := q.LockValue(ctx, firstAccount); err != nil {
			return query.User{}, err
		}
		u, err := q.GetUserByEmailKey(ctx, e.key)
		if store.NotFound(err) {
			return u, fault.Newf(fault.NotFound, "Nobody here has the e-mail %s.", address)
		}
		if err != nil {
			return u, err
		}
		return do(ctx, q, u, store.Millis(r.now()))
	})
}

// keepOneAdmin is a Conflict when there would be no active administrator
// without this one.
func keepOneAdmin(ctx context.Context, q *query.Queries, u query.User) error {
	if !u.IsAdmin || !u.IsActive {
		return nil
	}
	n, err := q.CountActiveAdmins(ctx)
	if err != nil {
		return err
	}
	if n <= 1 {
		return fault.Newf(fault.Conflict, "%s is the last administrator. Make somebody else one first.", u.Email)
	}
	return nil
}
