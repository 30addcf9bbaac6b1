package usage

import (
	"fmt"
	"time"

	"pulse/internal/catalog"
	"pulse/internal/provider"
)

// Line is one line of a receipt: a quantity at the price that held on a date.
type Line struct {
	Class         string `json:"class"` // input, cache_read, cache_write, cache_write_1h, output
	Quantity      int64  `json:"quantity"`
	UnitPrice     Nanos  `json:"unit_price_nanos"` // for one
	Cost          Nanos  `json:"cost_nanos"`       // Quantity × UnitPrice
	EffectiveFrom string `json:"effective_from"`   // the day from which this price holds
}

// TokenCharge prices what an answer took, by the price that was in force when
// the job was made. An unpriced model is an error: it is refused before it
// runs and never free.
func TokenCharge(m catalog.Model, at time.Time, u provider.Usage) (Charge, error) {
	price, ok := m.PriceAt(at)
	if !ok {
		return Charge{}, fmt.Errorf("usage: model %s has no price on %s", m.ID, at.Format(time.DateOnly))
	}
	tier := price.Tier(u.Prompt())
	c := Charge{Meter: Tokens, Quantity: u.Total(), Provider: m.Provider, Model: m.ID, Tokens: u}
	for _, part := range []struct {
		class    string
		quantity int64
		nanos    int64
	}{
		{"input", u.Input, tier.Input},
		{"cache_read", u.CacheRead, tier.CacheRead},
		{"cache_write", u.CacheWrite, tier.CacheWrite},
		{"cache_write_1h", u.CacheWrite1h, tier.CacheWrite1h},
		{"output", u.Output, tier.Output},
	} {
		if part.quantity == 0 {
			continue
		}
		c.Lines = append(c.Lines, Line{
			Class: part.class, Quantity: part.quantity, UnitPrice: Nanos(part.nanos), Cost: Nanos(part.quantity * part.nanos),
			EffectiveFrom: price.EffectiveFrom.Format(time.DateOnly),
		})
	}
	return c, nil
}
