package usage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"pulse/internal/actor"
	"pulse/internal/fault"
	"pulse/internal/provider"
	"pulse/internal/store"
	"pulse/internal/store/query"
)

// Ledger books quota. It has no state but the plans: the truth is in the database.
type Ledger struct {
	plans *Plans
	now   func() time.Time
}

// NewLedger makes a ledger; now is the clock, time.Now outside of tests.
func NewLedger(plans *Plans, now func() time.Time) *Ledger { return &Ledger{plans: plans, now: now} }

// Plans are the plans whose caps count.
func (l *Ledger) Plans() *Plans { return l.plans }

// Want is quota that a job asks for.
type Want struct {
	Meter Meter
	// Amount is what the job would like to have at most, Least what it cannot
	// do without (0: all of Amount). When less than Amount is left, what is left
	// is granted.
	Amount, Least int64
}

// Charge is what a job really used of one meter.
type Charge struct {
	Meter    Meter
	Quantity int64 // in the meter's unit
	Provider string
	Model    string
	Tokens   provider.Usage // by class; zero for meters that are not tokens
	Lines    []Line         // the receipt; its costs add up to the event's cost
}

// Cost is the sum of the receipt's lines.
func (c Charge) Cost() Nanos {
	var sum Nanos
	for _, l := range c.Lines {
		sum += l.Cost
	}
	return sum
}

// ErrNoHold means that a job's quota was already settled or released, or never
// reserved. A transaction that meets it must not commit.
var ErrNoHold = errors.New("usage: the job holds no quota")

// Reserve sets quota aside for the job inside the caller's transaction and
// gives the amount granted, between Least and Amount. It should be the
// transaction's last statement: on PostgreSQL the counter stays locked until
// the commit.
//
// Without enough left it is a Quota fault that tells meter, limit, used,
// reserved and resets_at.
func (l *Ledger) Reserve(ctx context.Context, q *query.Queries, a actor.Actor, jobID string, want Want) (int64, error) {
	if want.Amount <= 0 || want.Least > want.Amount || want.Least < 0 {
		return 0, fmt.Errorf("usage: reserve %d (at least %d) of %s for job %s: no sensible amount", want.Amount, want.Least, want.Meter, jobID)
	}
	least := want.Least
	if least == 0 {
		least = want.Amount
	}
	now := l.now()
	period := PeriodAt(a.Anchor, now)
	limit := l.plans.Get(a.Plan).Caps[want.Meter]
	take := query.ReserveQuotaParams{
		Amount: want.Amount, UserID: a.ID, Meter: string(want.Meter), PeriodStart: store.Millis(period.Start), Cap: limit,
	}
	changed, err := q.ReserveQuota(ctx, take)
	if err != nil {
		return 0, fmt.Errorf("usage: reserve for job %s: %w", jobID, err)
	}
	if changed == 0 { // the period is new, or not all of Amount is left
		c, err := lockCounter(ctx, q, a.ID, want.Meter, period)
		if err != nil {
			return 0, fmt.Errorf("usage: counter for job %s: %w", jobID, err)
		}
		left := limit - c.Used - c.Reserved
		if left < least {
			return 0, refusal(want.Meter, limit, c, period)
		}
		take.Amount = min(want.Amount, left)
		if _, err := q.ReserveQuota(ctx, take); err != nil { // it is ours now, and there is enough
			return 0, fmt.Errorf("usage: reserve for job %s: %w", jobID, err)
		}
	}
	err = q.InsertHold(ctx, query.InsertHoldParams{
		JobID: jobID, Meter: string(want.Meter), UserID: a.ID, PeriodStart: store.Millis(period.Start),
		Amount: take.Amount, CreatedAt: store.Millis(now),
	})
	if err != nil {
		return 0, fmt.Errorf("usage: hold for job %s: %w", jobID, err)
	}
	return take.Amount, nil
}

// lockCounter reads a counter, which stays so until the transaction ends, and
// opens it when the period is new.
func lockCounter(ctx context.Context, q *query.Queries, userID string, meter Meter, period Period) (query.QuotaCounter, error) {
	key := query.LockCounterParams{UserID: userID, Meter: string(meter), PeriodStart: store.Millis(period.Start)}
	c, err := q.LockCounter(ctx, key)
	if !store.NotFound(err) {
		return c, err
	}
	err = q.OpenCounter(ctx, query.OpenCounterParams{
		UserID: userID, Meter: string(meter), PeriodStart: store.Millis(period.Start), PeriodEnd: store.Millis(period.End),
	})
	if err != nil {
		return c, err
	}
	return q.LockCounter(ctx, key)
}

func refusal(meter Meter, limit int64, c query.QuotaCounter, p Period) *fault.Error {
	anew := p.End.Format("2 January 2006")
	f := fault.Newf(fault.Quota, "Your plan's %s for this period are used up. They start anew on %s.", meterName(meter), anew)
	if left := limit - c.Used - c.Reserved; left > 0 {
		f = fault.Newf(fault.Quota, "%d of your plan's %s are left, which is too few for this request. They start anew on %s.", left, meterName(meter), anew)
	}
	f.Extra = map[string]any{
		"meter": string(meter), "limit": limit, "used": c.Used, "reserved": c.Reserved,
		"resets_at": p.End.UTC().Format(time.RFC3339),
	}
	return f
}

func meterName(m Meter) string {
	switch m {
	case VideoSeconds:
		return "video seconds"
	case CVExports:
		return "CV exports"
	case DeckExports:
		return "deck exports"
	case Tokens, Images:
	}
	return string(m)
}

// Settle ends a job's holds inside the caller's transaction: each charge is
// booked against the hold of its meter and becomes a usage event; holds
// without a charge are released. Charges may be empty (nothing was used).
//
// A charge may be larger than its hold when the vendor counted more than was
// estimated: the books follow the vendor. Without a hold it is ErrNoHold.
func (l *Ledger) Settle(ctx context.Context, q *query.Queries, userID, jobID string, charges []Charge) error {
	holds, err := q.TakeHolds(ctx, query.TakeHoldsParams{JobID: jobID, UserID: userID})
	if err != nil {
		return fmt.Errorf("usage: take the holds of job %s: %w", jobID, err)
	}
	if len(holds) == 0 {
		return fmt.Errorf("%w: job %s", ErrNoHold, jobID)
	}
	booked := 0
	for _, h := range holds {
		var used int64
		for i := range charges {
			if charges[i].Meter != Meter(h.Meter) {
				continue
			}
			booked++
			used = charges[i].Quantity
			if used < 0 {
				return fmt.Errorf("usage: settle job %s: %d of %s is no charge", jobID, used, h.Meter)
			}
			if err := l.book(ctx, q, userID, jobID, h.PeriodStart, &charges[i]); err != nil {
				return err
			}
		}
		changed, err := q.SettleCounter(ctx, query.SettleCounterParams{
			Used: used, Held: h.Amount, UserID: userID, Meter: h.Meter, PeriodStart: h.PeriodStart,
		})
		if err != nil {
			return fmt.Errorf("usage: settle job %s: %w", jobID, err)
		}
		if changed != 1 {
			return fmt.Errorf("usage: settle job %s: its counter is gone", jobID)
		}
	}
	if booked != len(charges) {
		return fmt.Errorf("%w for a meter that it was charged for: job %s", ErrNoHold, jobID)
	}
	return nil
}

func (l *Ledger) book(ctx context.Context, q *query.Queries, userID, jobID string, periodStart int64, c *Charge) error {
	receipt, err := json.Marshal(c.Lines)
	if err != nil {
		return fmt.Errorf("usage: receipt of job %s: %w", jobID, err)
	}
	err = q.InsertUsageEvent(ctx, query.InsertUsageEventParams{
		ID: store.NewID(), UserID: userID, JobID: jobID, Meter: string(c.Meter), PeriodStart: periodStart,
		Quantity: c.Quantity, Provider: c.Provider, Model: c.Model,
		InputTokens: c.Tokens.Input, CacheReadTokens: c.Tokens.CacheRead, CacheWriteTokens: c.Tokens.CacheWrite,
		CacheWrite1hTokens: c.Tokens.CacheWrite1h, OutputTokens: c.Tokens.Output, ReasoningTokens: c.Tokens.Reasoning,
		CostNanos: int64(c.Cost()), Receipt: string(receipt), Estimated: c.Tokens.Estimated, RawUsage: store.Text(string(c.Tokens.Raw)),
		CreatedAt: store.Millis(l.now()),
	})
	if err != nil {
		return fmt.Errorf("usage: book job %s: %w", jobID, err)
	}
	return nil
}
