package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const clients = 64

// load asks n times from all clients at once and gives how long each took. A
// client thinks between two questions for about as long as pause.
func (t *target) load(ctx context.Context, n int, prompt string, pause time.Duration) ([]time.Duration, error) {
	took := make([]time.Duration, n)
	var next atomic.Int64
	var failed atomic.Pointer[error]
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			for i := next.Add(1) - 1; i < int64(n) && failed.Load() == nil; i = next.Add(1) - 1 {
				if pause > 0 {
					time.Sleep(rand.N(2 * pause)) //nolint:gosec // no secret
				}
				begun := time.Now()
				if err := t.whole(ctx, prompt); err != nil {
					failed.Store(&err)
					return
				}
				took[i] = time.Since(begun)
			}
		})
	}
	all.Wait()
	if err := failed.Load(); err != nil {
		return nil, *err
	}
	slices.Sort(took)
	return took, nil
}

func percentile(sorted []time.Duration, p float64) time.Duration {
	return sorted[min(len(sorted)-1, int(p*float64(len(sorted))))]
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

const answer = "[chunks 20]"

// plain measures whole answers as fast as they can be had.
func (b *bench) plain() error {
	head(fmt.Sprintf("Plain chats, %d clients, as fast as they can", clients),
		"through", "requests/s", "CPU per request, ms", "× floor", "p50, ms", "p99, ms", "added p50, ms", "× floor")
	var floorCPU, direct, floorAdded float64
	for _, t := range b.targets {
		ctx, cancel := b.within(10 * time.Minute)
		defer cancel()
		if _, err := t.load(ctx, clients*4, answer, 0); err != nil { // connections, caches
			return err
		}
		cpu, err := t.process.cpu()
		if err != nil {
			return err
		}
		begun := time.Now()
		took, err := t.load(ctx, b.requests, answer, 0)
		if err != nil {
			return err
		}
		elapsed := time.Since(begun)
		used, err := t.process.cpu()
		if err != nil {
			return err
		}
		each := ms(used-cpu) / float64(b.requests)
		p50 := ms(percentile(took, 0.5))
		switch t.name {
		case "direct":
			direct = p50
		case floorName:
			floorCPU, floorAdded = each, p50-direct
		}
		row(t.name, int(float64(b.requests)/elapsed.Seconds()), each, ratio(each, floorCPU), p50, ms(percentile(took, 0.99)),
			p50-direct, ratio(p50-direct, floorAdded))
	}
	return nil
}

func ratio(a, b float64) any {
	if b <= 0 {
		return ""
	}
	return a / b
}

// unhurried measures what is added when the machine is not at its limit.
func (b *bench) unhurried() error {
	head(fmt.Sprintf("Plain chats, %d clients that think for 300 ms, a vendor that takes 200 ms", clients),
		"through", "p50, ms", "p99, ms", "added p50, ms")
	var direct float64
	for _, t := range b.targets {
		ctx, cancel := b.within(10 * time.Minute)
		defer cancel()
		took, err := t.load(ctx, b.requests/2, "[delay 200ms] "+answer, 300*time.Millisecond)
		if err != nil {
			return err
		}
		p50 := ms(percentile(took, 0.5))
		if t.name == "direct" {
			direct = p50
		}
		row(t.name, p50, ms(percentile(took, 0.99)), p50-direct)
	}
	return nil
}

// flow reads many streams at once and gives the age of each piece.
func (t *target) flow(ctx context.Context, streams, n int, pace time.Duration, opened func()) ([]time.Duration, error) {
	var mu sync.Mutex
	var ages []time.Duration
	var failed error
	var all sync.WaitGroup
	for i := range streams {
		all.Go(func() {
			time.Sleep(time.Duration(i) * pace / time.Duration(streams)) // not all in the same instant
			mine, err := t.follow(ctx, n, pace, opened)
			mu.Lock()
			defer mu.Unlock()
			ages = append(ages, mine...)
			if err != nil && failed == nil {
				failed = err
			}
		})
	}
	all.Wait()
	slices.Sort(ages)
	return ages, failed
}

// relay measures how long a token takes from the vendor's hand to the client's.
func (b *bench) relay() error {
	const streams, n, pace = 16, 200, 20 * time.Millisecond
	head(fmt.Sprintf("Relay of one token, %d streams of %d tokens, one each %s", streams, n, pace), "through", "p50, µs", "p99, µs", "p50 × floor")
	var floor float64
	for _, t := range b.targets {
		ctx, cancel := b.within(time.Minute)
		defer cancel()
		ages, err := t.flow(ctx, streams, n, pace, func() {})
		if err != nil {
			return err
		}
		p50 := ms(percentile(ages, 0.5)) * 1000
		if t.name == floorName {
			floor = p50
		}
		row(t.name, p50, ms(percentile(ages, 0.99))*1000, ratio(p50, floor))
	}
	return nil
}

// many measures a great number of streams at once.
func (b *bench) many() error {
	const n, pace = 200, 50 * time.Millisecond
	head(fmt.Sprintf("%d streams at once, %d tokens each, one each %s, all whole or the run fails", b.streams, n, pace),
		"through", "idle, MB", "with all open, MB", "KB a stream", "p50, ms", "p99, ms", "CPU per token, µs")
	for _, t := range b.targets {
		ctx, cancel := b.within(5 * time.Minute)
		defer cancel()
		idle, err := t.process.memory()
		if err != nil {
			return err
		}
		cpu, err := t.process.cpu()
		if err != nil {
			return err
		}
		peak := idle
		var open atomic.Int64
		watch, stop := context.WithCancel(ctx)
		watched := make(chan struct{})
		go func() {
			defer close(watched)
			for watch.Err() == nil {
				if m, err := t.process.memory(); err == nil && open.Load() > 0 {
					peak = max(peak, m)
				}
				time.Sleep(100 * time.Millisecond)
			}
		}()
		ages, err := t.flow(ctx, b.streams, n, pace, func() { open.Add(1) })
		stop()
		<-watched
		if err != nil {
			return err
		}
		used, err := t.process.cpu()
		if err != nil {
			return err
		}
		const mb = 1 << 20
		row(t.name, float64(idle)/mb, float64(peak)/mb, float64(peak-idle)/1024/float64(b.streams),
			ms(percentile(ages, 0.5)), ms(percentile(ages, 0.99)), ms(used-cpu)*1000/float64(b.streams*n))
	}
	return nil
}

// books compares what the vendor bills with what Pulse books.
func (b *bench) books() error {
	head("Tokens of plain chats", "through", "billed by the vendor", "booked by Pulse")
	for _, t := range b.targets {
		if !t.pulse {
			continue
		}
		billedBefore, usedBefore, err := b.tokens(t)
		if err != nil {
			return err
		}
		if _, err := t.load(b.ctx, b.requests/4, "[chunks 37]", 0); err != nil {
			return err
		}
		billed, used, err := b.tokens(t)
		if err != nil {
			return err
		}
		row(t.name, billed-billedBefore, used-usedBefore)
		if billed-billedBefore != used-usedBefore {
			return errBooks
		}
	}
	return nil
}

var errBooks = errors.New("the books differ")

// tokens gives what the vendor has billed and what Pulse has booked so far.
func (b *bench) tokens(t *target) (billed, booked int64, err error) {
	if err := getJSON(b.ctx, b.targets[0], "/books", &billed); err != nil {
		return 0, 0, err
	}
	for range t.tokens { // the next person each time
		var usage struct {
			Meters []struct {
				Meter string `json:"meter"`
				Used  int64  `json:"used"`
			} `json:"meters"`
		}
		if err := getJSON(b.ctx, t, "/api/v1/users/me/usage", &usage); err != nil {
			return 0, 0, err
		}
		for _, m := range usage.Meters {
			if m.Meter == "tokens" {
				booked += m.Used
			}
		}
	}
	return billed, booked, nil
}

func getJSON(ctx context.Context, t *target, path string, into any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, t.process.address+path, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+t.token())
	res, err := client.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }() // it was read
	return json.NewDecoder(res.Body).Decode(into)
}

// starts measures how long a Pulse takes from its start to its first answer.
func (b *bench) starts() error {
	head("From start to first answer", "data folder", "ms", "memory, MB")
	for _, c := range [][2]string{{"fresh", "a"}, {"fresh", "b"}, {"used", "a"}, {"used", "b"}, {"used", "a"}} {
		begun := time.Now()
		p, err := b.pulse(filepath.Join("start", c[1]), "", b.targets[0].process.address)
		if err != nil {
			return err
		}
		var health object
		if err := getJSON(b.ctx, &target{process: p}, "/api/v1/health/db", &health); err != nil {
			return err
		}
		took := time.Since(begun)
		time.Sleep(2 * time.Second) // until it has settled
		memory, err := p.memory()
		if err != nil {
			return err
		}
		p.stop()
		row(c[0], ms(took), float64(memory)/(1<<20))
	}
	return nil
}
