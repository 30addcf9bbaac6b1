package store_test

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"

	"pulse/internal/store"
	"pulse/internal/store/query"
	"pulse/internal/store/storetest"
)

// Durable transactions of one row each, by one caller and by many at once. On
// SQLite many share a commit, and with it the disk's sync.
func BenchmarkWrite(b *testing.B) {
	for _, engine := range []struct {
		name string
		open func(testing.TB) *store.DB
	}{{store.SQLite, storetest.SQLite}, {store.PostgreSQL, storetest.Postgres}} {
		for _, writers := range []int{1, 16, 64, 256} {
			b.Run(fmt.Sprintf("%s/writers=%d", engine.name, writers), func(b *testing.B) {
				db := engine.open(b)
				ctx := context.Background()
				err := db.Write(ctx, func(ctx context.Context, q *query.Queries) error { return storetest.InsertUser(ctx, q, "u") })
				if err != nil {
					b.Fatal(err)
				}
				var n atomic.Int64
				var working atomic.Int64
				b.ReportAllocs()
				b.SetParallelism(max(1, writers/runtime.GOMAXPROCS(0)))
				b.ResetTimer()
				b.RunParallel(func(pb *testing.PB) {
					if working.Add(1) > int64(writers) { // GOMAXPROCS is more than one
						return
					}
					for pb.Next() {
						row := query.OpenCounterParams{UserID: "u", Meter: "tokens", PeriodStart: n.Add(1), PeriodEnd: 1}
						err := db.Write(ctx, func(ctx context.Context, q *query.Queries) error { return q.OpenCounter(ctx, row) })
						if err != nil {
							b.Error(err)
						}
					}
				})
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commits/s")
				for at := int64(1); at <= n.Load(); at += max(1, n.Load()/100) {
					if _, err := db.Read().GetCounter(ctx, query.GetCounterParams{UserID: "u", Meter: "tokens", PeriodStart: at}); err != nil {
						b.Errorf("row %d of %d: %v", at, n.Load(), err)
					}
				}
			})
		}
	}
}
