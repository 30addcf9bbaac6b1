package usage

import (
	"strconv"
	"strings"
)

// Nanos is an amount of money in nano-dollars (10⁻⁹ US dollar).
type Nanos int64

const perDollar = 1_000_000_000

// String gives the amount in dollars with as many decimals as it needs.
func (n Nanos) String() string {
	sign, v := "", uint64(n) //nolint:gosec // the sign is handled next
	if n < 0 {
		sign, v = "-", uint64(-n) // MinInt64 is its own magnitude in uint64
	}
	whole, rest := v/perDollar, v%perDollar
	if rest == 0 {
		return sign + strconv.FormatUint(whole, 10)
	}
	decimals := strconv.FormatUint(perDollar+rest, 10)[1:]
	return sign + strconv.FormatUint(whole, 10) + "." + strings.TrimRight(decimals, "0")
}
