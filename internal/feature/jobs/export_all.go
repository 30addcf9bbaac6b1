package jobs

import (
	"context"
	"fmt"
	"iter"
	"time"

	"pulse/internal/actor"
	"pulse/internal/httpd"
	"pulse/internal/job"
	"pulse/internal/provider"
	"pulse/internal/store"
	"pulse/internal/store/query"
	"pulse/internal/usage"
)

const exportPage = 500

// Export adds all of a person's jobs, and what was counted and booked for them.
func (r *Room) Export(ctx context.Context, a actor.Actor, out *httpd.Archive) error {
	now := time.Now()
	if err := out.Lists("jobs.json", now, httpd.Listed("items", r.all(ctx, a))); err != nil {
		return err
	}
	return out.Lists("usage.json", now, httpd.Listed("periods", r.periods(ctx, a)), httpd.Listed("events", r.booked(ctx, a)))
}

func (r *Room) all(ctx context.Context, a actor.Actor) iter.Seq2[httpd.Job, error] {
	return func(yield func(httpd.Job, error) bool) {
		for before := ""; ; {
			page, err := r.jobs.List(ctx, a, job.Filter{BeforeID: before, Limit: exportPage})
			if err != nil {
				yield(httpd.Job{}, fmt.Errorf("jobs: export of user %s: %w", a.ID, err))
				return
			}
			for _, j := range page {
				if !yield(httpd.JobOf(j), nil) {
					return
				}
				before = j.ID
			}
			if len(page) < exportPage {
				return
			}
		}
	}
}

// counted is what was used of a meter in a period.
type counted struct {
	Meter    usage.Meter `json:"meter"`
	Start    time.Time   `json:"start"`
	End      time.Time   `json:"end"`
	Used     int64       `json:"used"`
	Reserved int64       `json:"reserved"`
}

func (r *Room) periods(ctx context.Context, a actor.Actor) iter.Seq2[counted, error] {
	return func(yield func(counted, error) bool) {
		rows, err := r.jobs.Periods(ctx, a)
		if err != nil {
			yield(counted{}, err)
			return
		}
		for _, c := range rows {
			if !yield(counted{usage.Meter(c.Meter), store.Time(c.PeriodStart), store.Time(c.PeriodEnd), c.Used, c.Reserved}, nil) {
				return
			}
		}
	}
}

// booked is a receipt with the job that it is of.
type booked struct {
	JobID       string    `json:"job_id"`
	PeriodStart time.Time `json:"period_start"`
	Receipt

	Usage httpd.TokenUsage `json:"usage"`
}

func (r *Room) booked(ctx context.Context, a actor.Actor) iter.Seq2[booked, error] {
	return func(yield func(booked, error) bool) {
		for e, err := range r.jobs.Booked(ctx, a) {
			var b booked
			if err == nil {
				b, err = bookedOf(e)
			}
			if !yield(b, err) || err != nil {
				return
			}
		}
	}
}

func bookedOf(e query.UsageEvent) (booked, error) {
	receipt, err := receiptOf(e)
	return booked{
		JobID: e.JobID, PeriodStart: store.Time(e.PeriodStart), Receipt: receipt,
		Usage: httpd.UsageOf(provider.Usage{
			Input: e.InputTokens, CacheRead: e.CacheReadTokens, CacheWrite: e.CacheWriteTokens + e.CacheWrite1hTokens,
			Output: e.OutputTokens, Reasoning: e.ReasoningTokens, Estimated: e.Estimated,
		}, usage.Nanos(e.CostNanos)),
	}, err
}
