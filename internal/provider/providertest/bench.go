package providertest

import (
	"context"
	"net/http/httptest"
	"strconv"
	"testing"

	"pulse/internal/provider"
	"pulse/internal/provider/standin"
)

// Serve serves a stand-in until the test ends and gives its address.
func Serve(t testing.TB, s *standin.Server) string {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return server.URL
}

// Benchmark measures an answer of a hundred pieces over the wire. Time and
// allocations are those of the stand-in and the SDK too: compare them with
// each other, and across changes.
func Benchmark(b *testing.B, s Subject, stream bool) {
	const pieces = 100
	script := standin.Script{}
	for i := range pieces {
		script.Chunks = append(script.Chunks, "word"+strconv.Itoa(i)+" ")
	}
	bench := s.bench(b, patient, script)
	req := s.request(stream)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		if _, err := bench.chatter.Chat(context.Background(), req, func(provider.Delta) { n++ }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/pieces, "ns/piece")
}
