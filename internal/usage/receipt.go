package usage

import (
	"fmt"
	"time"

	"pulse/internal/catalog"
	"pulse/internal/provider"
)

// Line is one line of a receipt: a quantity at the price that held on a date.
type Line struct {
	Class         string `json:"class"` // input, cache_read, cache_write, cache_write_1h, image_input, output
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
	c.Lines = linesOf(price.EffectiveFrom, []part{
		{"input", u.Input, tier.Input},
		{"cache_read", u.CacheRead, tier.CacheRead},
		{"cache_write", u.CacheWrite, tier.CacheWrite},
		{"cache_write_1h", u.CacheWrite1h, tier.CacheWrite1h},
		{"output", u.Output, tier.Output},
	})
	return c, nil
}

// ImageCharge prices pictures that were delivered by what they took, by the price
// that was in force when the job was made. The plan's meter counts the pictures.
func ImageCharge(m catalog.Model, at time.Time, pictures int64, u provider.ImageUsage) (Charge, error) {
	price, ok := m.PriceAt(at)
	if !ok {
		return Charge{}, fmt.Errorf("usage: model %s has no price on %s", m.ID, at.Format(time.DateOnly))
	}
	tier := price.Tier(u.Input + u.ImageInput)
	return Charge{
		Meter: Images, Quantity: pictures, Provider: m.Provider, Model: m.ID,
		Tokens: provider.Usage{Input: u.Input + u.ImageInput, Output: u.Output, Estimated: u.Estimated, Raw: u.Raw},
		Lines: linesOf(price.EffectiveFrom, []part{
			{"input", u.Input, tier.Input}, {"image_input", u.ImageInput, tier.ImageInput}, {"output", u.Output, tier.Output},
		}),
	}, nil
}

// part is a quantity at a price, in nano-dollars for one.
type part struct {
	class    string
	quantity int64
	nanos    int64
}

func linesOf(from time.Time, parts []part) (lines []Line) {
	for _, p := range parts {
		if p.quantity == 0 {
			continue
		}
		lines = append(lines, Line{
			Class: p.class, Quantity: p.quantity, UnitPrice: Nanos(p.nanos), Cost: Nanos(p.quantity * p.nanos),
			EffectiveFrom: from.Format(time.DateOnly),
		})
	}
	return lines
}
