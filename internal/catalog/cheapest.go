package catalog

import "time"

// A small question and its short answer, in tokens: what Cheapest compares.
const (
	smallPrompt = 1000
	shortAnswer = 30
)

// Cheapest gives the chat model of a provider that answers a small question for
// the least money at a moment: the first of those that cost the same. Models
// without a price and the demo do not count; false when nothing is left.
func (c *Catalog) Cheapest(provider string, at time.Time) (Model, bool) {
	var best Model
	least, found := int64(0), false
	for _, m := range c.current.Load().models {
		if m.Provider != provider || m.Demo {
			continue
		}
		price, ok := m.PriceAt(at)
		if !ok {
			continue
		}
		tier := price.Tier(smallPrompt)
		if cost := smallPrompt*tier.Input + shortAnswer*tier.Output; !found || cost < least {
			best, least, found = m, cost, true
		}
	}
	return best, found
}
