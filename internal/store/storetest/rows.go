package storetest

import (
	"context"

	"pulse/internal/store/query"
)

// InsertUser adds an active user with the id, on plan "starter".
func InsertUser(ctx context.Context, q *query.Queries, id string) error {
	return q.InsertUser(ctx, query.InsertUserParams{
		ID: id, Email: id + "@example.com", EmailKey: id + "@example.com", FullName: id, Plan: "starter",
		IsActive: true, AnchorAt: 1, CreatedAt: 1, UpdatedAt: 1,
	})
}
