package jobs

import (
	"encoding/json"
	"fmt"
	"time"

	"pulse/internal/httpd"
	"pulse/internal/store"
	"pulse/internal/store/query"
	"pulse/internal/usage"
)

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
	Label         string    `json:"label" doc:"input, cache_read, cache_write, cache_write_1h, image_input, output"`
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
