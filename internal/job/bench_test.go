package job

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"pulse/internal/actor"
	"pulse/internal/provider"
	"pulse/internal/store"
	"pulse/internal/store/storetest"
)

// The data structure alone: a token is said and read, in one goroutine.
func BenchmarkToken(b *testing.B) {
	s := newStream(Job{ID: "j", Fence: 1})
	wake := s.join()
	defer s.leave(wake)
	at := uint64(0)
	b.ReportAllocs()
	for b.Loop() {
		s.say(EventText, " token")
		e, _, _ := s.after(at)
		at = e.Position
		if len(s.text) > 1<<20 { // one answer is not endless
			s.text, s.spans = s.text[:0], s.spans[:0]
		}
	}
}

// The whole path of a token: the run says it, a follower in another goroutine
// gets it, and the hub stores it every 100 ms. "in step" waits for each token to
// arrive, which is the latency of one; "flowing" does not, as a vendor does
// not, and a reader gets in one piece what has come meanwhile.
func BenchmarkRelay(b *testing.B) {
	for _, engine := range engines {
		b.Run(engine.name, func(b *testing.B) {
			h := newHouse(b, engine.open(b))
			s := h.process(func(o *Options) { o.Lease, o.FlushEvery = 0, 0 }) // as in earnest
			b.Run("in step", func(b *testing.B) {
				got := make(chan struct{}, 1)
				say, end := h.talk(s, func(e Event) {
					if e.Kind == EventText {
						got <- struct{}{}
					}
				})
				b.ReportAllocs()
				for b.Loop() {
					say(" token")
					<-got
				}
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "chunks/s")
				end()
			})
			b.Run("flowing", func(b *testing.B) {
				var heard atomic.Int64
				say, end := h.talk(s, func(e Event) {
					if e.Kind == EventText {
						heard.Add(int64(len(e.Data)))
					}
				})
				b.ReportAllocs()
				for b.Loop() {
					say(" token")
				}
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "chunks/s")
				end()
				if heard.Load() != int64(b.N*len(" token")) {
					b.Errorf("%d bytes of %d tokens came", heard.Load(), b.N)
				}
			})
		})
	}
}

// What an open stream takes of memory, its run and its reader included, after
// 200 tokens: the pipeline's part of what a streaming request needs.
func BenchmarkOpenStreams(b *testing.B) {
	h := newHouse(b, storetest.SQLite(b))
	s := h.process(func(o *Options) { o.Lease, o.FlushEvery = 0, 0 })
	for b.Loop() {
		const streams = 2000
		before := memory()
		ends := make([]func(), streams)
		var opening sync.WaitGroup
		for i := range ends {
			opening.Go(func() {
				heard, all := 0, make(chan struct{})
				say, end := h.talk(s, func(e Event) {
					if e.Kind != EventText {
						return
					}
					if heard += len(e.Data); heard == 200*len(" token") {
						close(all)
					}
				})
				for range 200 {
					say(" token")
				}
				<-all
				ends[i] = end
			})
		}
		opening.Wait()
		b.ReportMetric(float64(memory()-before)/streams, "B/stream")
		var ending sync.WaitGroup
		for _, end := range ends {
			ending.Go(end)
		}
		ending.Wait()
	}
}

func memory() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}

// The whole of a short job: submitted with its hold, run, ended with its
// settlement; by 64 clients at once.
func BenchmarkJob(b *testing.B) {
	for _, engine := range engines {
		b.Run(engine.name, func(b *testing.B) {
			h := newHouse(b, engine.open(b))
			s := h.process(func(o *Options) { o.Lease, o.FlushEvery = 0, 0 })
			people := make([]actor.Actor, 64)
			for i := range people {
				people[i] = h.person()
			}
			var n atomic.Int64
			b.ReportAllocs()
			b.SetParallelism(32)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				me := people[n.Add(1)%int64(len(people))]
				for pb.Next() {
					j, _, err := s.Submit(context.Background(), me, h.job(me, part{Say: []string{"short"}}))
					if err == nil {
						_, err = s.Wait(context.Background(), me, j.ID)
					}
					if err != nil {
						b.Error(err)
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
		})
	}
}

var engines = []struct {
	name string
	open func(testing.TB) *store.DB
}{{store.SQLite, storetest.SQLite}, {store.PostgreSQL, storetest.Postgres}}

// talk starts a job that says what the caller says, and follows it; end ends
// both.
func (h *house) talk(s *Service, heard func(Event)) (say func(string), end func()) {
	running, ended := make(chan *Run, 1), make(chan struct{})
	n := h.job(h.me, part{})
	n.Prepared = func(r *Run) { running <- r; <-ended }
	n.Type = talkType
	j, _, err := s.Submit(context.Background(), h.me, n)
	if err != nil {
		h.t.Error(err)
		return func(string) {}, func() {}
	}
	followed := make(chan struct{})
	go func() {
		defer close(followed)
		err := s.Follow(context.Background(), h.me, j.ID, Reader{Send: func(e Event) error { heard(e); return nil }})
		if err != nil {
			h.t.Error(err)
		}
	}()
	r := <-running
	return func(text string) { r.Say(provider.Delta{Text: text}) }, func() { close(ended); <-followed }
}
