package catalog

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Price is what a model costs from a day on (midnight UTC), until a later
// price takes over.
type Price struct {
	EffectiveFrom time.Time
	tiers         []Tier // by Above, the first from 0 on
}

// Tier is a price for prompts of some length. A request belongs to one tier as
// a whole: the tokens below the border are not cheaper.
//
// The prices are in nano-dollars for one token. A dollar for a million
// tokens is 1000 of them, so that every vendor's list price is a whole number
// and nothing is ever rounded; the loader refuses one that is not.
type Tier struct {
	Above        int64 // tokens: prompts longer than this
	Input        int64
	CacheRead    int64
	CacheWrite   int64 // kept for 5 minutes, where the vendor tells it apart
	CacheWrite1h int64 // kept for an hour
	Output       int64
	ImageInput   int64 // of pictures, at models that make some; elsewhere they are Input
}

// Tier gives the prices for a prompt of that many tokens, cached ones included.
func (p Price) Tier(promptTokens int64) Tier {
	tier := p.tiers[0]
	for _, t := range p.tiers[1:] {
		if promptTokens <= t.Above {
			break
		}
		tier = t
	}
	return tier
}

const (
	nanosPerUSDPerMillion = 1000
	// mostUSDPerMillion keeps quantity × price far within an int64, and finds
	// prices that were written for one token instead of a million.
	mostUSDPerMillion = 100_000
)

var (
	errNoPrice  = errors.New("is missing; a price of 0 has to be written down")
	errNotPrice = errors.New("is no price: write US dollars per million tokens, such as 2.50")
)

// parseUSD reads US dollars per million tokens and gives nano-dollars per token.
func parseUSD(text string) (int64, error) {
	if text == "" {
		return 0, errNoPrice
	}
	whole, decimals, dotted := strings.Cut(text, ".")
	if dotted && decimals == "" || !digits(whole+decimals) || whole == "" {
		return 0, errNotPrice
	}
	decimals = strings.TrimRight(decimals, "0")
	if len(decimals) > 3 {
		return 0, fmt.Errorf("is finer than a nano-dollar per token (three decimals): %s", text)
	}
	n, err := strconv.ParseInt(whole+decimals+"000"[len(decimals):], 10, 64)
	if err != nil || n > mostUSDPerMillion*nanosPerUSDPerMillion {
		return 0, fmt.Errorf("is over %d US dollars per million tokens: %s", mostUSDPerMillion, text)
	}
	return n, nil
}

func digits(s string) bool {
	return strings.Trim(s, "0123456789") == ""
}

// ParsePrice reads a price from a setting: "input/output" in US dollars per
// million tokens, "0/0" for one's own hardware. Cached tokens cost what the
// others do. A setting has no date, so the price holds from 1970 on.
func ParsePrice(text string) (Price, error) {
	in, out, ok := strings.Cut(text, "/")
	if !ok {
		return Price{}, fmt.Errorf("catalog: %q is no price: write input/output in US dollars per million tokens, such as 0.50/1.50", text)
	}
	tier, err := priceTier{Input: usd(strings.TrimSpace(in)), Output: usd(strings.TrimSpace(out))}.tier()
	if err != nil {
		return Price{}, fmt.Errorf("catalog: price %q: %w", text, err)
	}
	return Price{EffectiveFrom: time.Unix(0, 0).UTC(), tiers: []Tier{tier}}, nil
}
