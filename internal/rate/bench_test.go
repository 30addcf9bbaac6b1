package rate

import (
	"strconv"
	"testing"
	"time"
)

// BenchmarkTake is what a limit adds to each request: of one client, and of
// many at once.
func BenchmarkTake(b *testing.B) {
	for _, name := range []string{"memory", "database", "shared"} {
		open := subjects[name]
		b.Run(name+"/one", func(b *testing.B) {
			l := &Limiter{Limit{"bench", 1 << 30, time.Microsecond}, open(b)}
			b.ReportAllocs()
			for b.Loop() {
				l.Take(b.Context(), "ada")
			}
		})
		b.Run(name+"/many", func(b *testing.B) {
			l := &Limiter{PerMinute("bench", 100), open(b)}
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for i := 0; pb.Next(); i++ {
					l.Take(b.Context(), strconv.Itoa(i%10_000))
				}
			})
		})
	}
}
