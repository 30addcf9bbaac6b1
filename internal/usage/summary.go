package usage

import (
	"context"
	"fmt"
	"time"

	"pulse/internal/actor"
	"pulse/internal/store"
	"pulse/internal/store/query"
)

// Summary is a user's standing in the current period.
type Summary struct {
	Plan   PlanName     `json:"plan"`
	Period PeriodDates  `json:"period"`
	Meters []MeterState `json:"meters"`
}

// PlanName names a plan.
type PlanName struct {
	Key  string `json:"key"`
	Name string `json:"name"`
}

// PeriodDates are the bounds of a period, UTC; the end is not part of it.
type PeriodDates struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end" doc:"When the counters start anew"`
}

// MeterState is one meter's standing.
type MeterState struct {
	Meter     Meter `json:"meter"`
	Limit     int64 `json:"limit"`
	Used      int64 `json:"used"`
	Reserved  int64 `json:"reserved" doc:"Held by jobs that are running"`
	Remaining int64 `json:"remaining"`
	Percent   int64 `json:"percent" doc:"Used and reserved in percent of the limit, rounded down, at most 100"`
}

// Summary reads the actor's meters of the current period.
func (l *Ledger) Summary(ctx context.Context, q *query.Queries, a actor.Actor, meters []Meter) (Summary, error) {
	period := PeriodAt(a.Anchor, l.now())
	plan := l.plans.Get(a.Plan)
	s := Summary{
		Plan:   PlanName{plan.Key, plan.Name},
		Period: PeriodDates(period),
		Meters: make([]MeterState, 0, len(meters)),
	}
	rows, err := q.ListCounters(ctx, query.ListCountersParams{UserID: a.ID, PeriodStart: store.Millis(period.Start)})
	if err != nil {
		return Summary{}, err
	}
	byMeter := make(map[Meter]query.QuotaCounter, len(rows))
	for _, c := range rows {
		byMeter[Meter(c.Meter)] = c
	}
	for _, m := range meters {
		c, limit := byMeter[m], plan.Caps[m]
		state := MeterState{Meter: m, Limit: limit, Used: c.Used, Reserved: c.Reserved, Remaining: max(0, limit-c.Used-c.Reserved)}
		if limit > 0 {
			state.Percent = min(100, (c.Used+c.Reserved)*100/limit)
		} else {
			state.Percent = 100
		}
		s.Meters = append(s.Meters, state)
	}
	return s, nil
}

// Left is the Quota fault that Reserve would give when nothing of a meter is left.
// It holds nothing: what is there may be gone a moment later.
func (l *Ledger) Left(ctx context.Context, q *query.Queries, a actor.Actor, meter Meter) error {
	period := PeriodAt(a.Anchor, l.now())
	rows, err := q.ListCounters(ctx, query.ListCountersParams{UserID: a.ID, PeriodStart: store.Millis(period.Start)})
	if err != nil {
		return fmt.Errorf("usage: counters of user %s: %w", a.ID, err)
	}
	counter := query.QuotaCounter{} // of a period that is new
	for _, c := range rows {
		if Meter(c.Meter) == meter {
			counter = c
		}
	}
	if limit := l.plans.Get(a.Plan).Caps[meter]; counter.Used+counter.Reserved >= limit {
		return refusal(meter, limit, counter, period)
	}
	return nil
}
