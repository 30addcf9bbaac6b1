package jobs

import (
	"encoding/json"
	"fmt"
	"time"

	"pulse/internal/httpd"
	"pulse/internal/job"
	"pulse/internal/store"
	"pulse/internal/store/query"
	"pulse/internal/usage"
)

// Job is a job as its owner sees it.
type Job struct {
	ID         string            `json:"id"`
	Type       string            `json:"type"`
	Status     job.Status        `json:"status" enum:"pending,processing,completed,failed,cancelled"`
	Progress   int64             `json:"progress" doc:"Percent"`
	Provider   string            `json:"provider"`
	Model      string            `json:"model"`
	SubjectID  string            `json:"subject_id" doc:"What the job works on, e.g. a conversation"`
	Attempt    int64             `json:"attempt" doc:"How often it was begun; more than 1 after a crash"`
	CreatedAt  time.Time         `json:"created_at"`
	StartedAt  *time.Time        `json:"started_at,omitempty"`
	FinishedAt *time.Time        `json:"finished_at,omitempty"`
	Usage      *httpd.TokenUsage `json:"usage,omitempty"`
	CostUSD    *httpd.USD        `json:"cost_usd,omitempty"`
	Result     json.RawMessage   `json:"result" doc:"What the job made; its form depends on the type"`
	Error      json.RawMessage   `json:"error,omitempty" doc:"A problem document, when the job failed"`
}

func viewOf(w job.WithUsage) Job {
	v := Job{
		ID: w.ID, Type: w.Type, Status: job.Status(w.Status), Progress: w.Progress, Provider: w.Provider, Model: w.Model,
		SubjectID: w.SubjectID, Attempt: w.Attempt, CreatedAt: store.Time(w.CreatedAt), StartedAt: timeOrNil(w.StartedAt),
		FinishedAt: timeOrNil(w.FinishedAt), Result: json.RawMessage(w.Result), Error: json.RawMessage(w.Error),
	}
	if w.Used != nil {
		v.Usage = new(httpd.UsageOf(w.Used.Tokens, w.Used.Cost))
		v.CostUSD = new(httpd.USD(w.Used.Cost))
	}
	return v
}

func timeOrNil(ms int64) *time.Time {
	if ms == 0 {
		return nil
	}
	return new(store.Time(ms))
}

// Receipt is what the books say of a job for one meter.
type Receipt struct {
	Meter     usage.Meter   `json:"meter"`
	Quantity  int64         `json:"quantity"`
	CostUSD   httpd.USD     `json:"cost_usd"`
	Estimated bool          `json:"estimated" doc:"Counted by Pulse, because the provider did not say"`
	Provider  string        `json:"provider"`
	Model     string        `json:"model"`
	CreatedAt time.Time     `json:"created_at"`
	Lines     []ReceiptLine `json:"lines" doc:"They add up to cost_usd"`
}

// ReceiptLine is a quantity at the price of its day.
type ReceiptLine struct {
	Label         string    `json:"label" doc:"input, cache_read, cache_write, cache_write_1h, output"`
	Quantity      int64     `json:"quantity"`
	UnitPrice     httpd.USD `json:"unit_price_usd_per_million"`
	CostUSD       httpd.USD `json:"cost_usd"`
	EffectiveFrom string    `json:"effective_from" doc:"The day from which this price holds"`
}

func receiptOf(e query.UsageEvent) (Receipt, error) {
	r := Receipt{
		Meter: usage.Meter(e.Meter), Quantity: e.Quantity, CostUSD: httpd.USD(e.CostNanos), Estimated: e.Estimated,
		Provider: e.Provider, Model: e.Model, CreatedAt: store.Time(e.CreatedAt), Lines: []ReceiptLine{},
	}
	var lines []usage.Line
	if err := json.Unmarshal([]byte(e.Receipt), &lines); err != nil {
		return r, fmt.Errorf("jobs: receipt of usage event %s: %w", e.ID, err)
	}
	for _, l := range lines {
		r.Lines = append(r.Lines, ReceiptLine{
			Label: l.Class, Quantity: l.Quantity, UnitPrice: httpd.USD(l.UnitPrice * 1_000_000), CostUSD: httpd.USD(l.Cost),
			EffectiveFrom: l.EffectiveFrom,
		})
	}
	return r, nil
}
