package usage_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"pulse/internal/store"
	"pulse/internal/store/storetest"
)

// Hold and settle, the two transactions around every job: one account that
// everybody waits for, and an account each.
func BenchmarkHoldAndSettle(b *testing.B) {
	for _, engine := range []struct {
		name string
		open func(testing.TB) *store.DB
	}{{store.SQLite, storetest.SQLite}, {store.PostgreSQL, storetest.Postgres}} {
		for _, accounts := range []int{1, 64} {
			b.Run(fmt.Sprintf("%s/accounts=%d", engine.name, accounts), func(b *testing.B) {
				db := engine.open(b)
				all := make([]*account, accounts)
				for i := range all {
					all[i] = open(b, db, 1<<50)
				}
				var n atomic.Int64
				b.SetParallelism(32)
				b.ResetTimer()
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						i := n.Add(1)
						a, id := all[i%int64(accounts)], fmt.Sprintf("job-%d", i)
						if _, err := a.reserve(id, want(100, 10)); err != nil {
							b.Error(err)
						}
						if err := a.settle(id, tokens(42)); err != nil {
							b.Error(err)
						}
					}
				})
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pairs/s")
			})
		}
	}
}
