package account

import (
	"context"
	"time"

	"pulse/internal/actor"
	"pulse/internal/usage"
)

// Subscription is what a person has of which plan. Plans are given by the
// operator, without payment, and go on from period to period.
type Subscription struct {
	Plan              usage.PlanName `json:"plan"`
	Limits            []planLimit    `json:"limits"`
	Status            string         `json:"status" enum:"active"`
	ManagedBy         string         `json:"managed_by" enum:"operator" doc:"Who changes it"`
	PeriodStart       time.Time      `json:"current_period_start"`
	PeriodEnd         time.Time      `json:"current_period_end" doc:"When the next period begins, and all that counts starts anew"`
	CancelAtPeriodEnd bool           `json:"cancel_at_period_end"`
}

type planLimit struct {
	Meter usage.Meter `json:"meter"`
	Limit int64       `json:"limit" doc:"For a period"`
}

type subscriptionOutput struct {
	Body Subscription
}

func (r *Room) subscription(ctx context.Context, _ *struct{}) (*subscriptionOutput, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	plan, period := r.ledger.Plans().Get(a.Plan), usage.PeriodAt(a.Anchor, r.now())
	s := Subscription{
		Plan: usage.PlanName{Key: plan.Key, Name: plan.Name}, Status: "active", ManagedBy: "operator", PeriodStart: period.Start, PeriodEnd: period.End,
	}
	for _, m := range usage.Meters() {
		s.Limits = append(s.Limits, planLimit{m, plan.Caps[m]})
	}
	return &subscriptionOutput{Body: s}, nil
}
