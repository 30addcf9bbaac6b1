package job

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"pulse/internal/actor"
	"pulse/internal/fault"
	"pulse/internal/store"
	"pulse/internal/store/storetest"
)

// torture makes the random tests long: PULSE_TORTURE=1 go test ./internal/job.
var torture = os.Getenv("PULSE_TORTURE") != ""

// seed is fresh each time and told when a test fails; PULSE_SEED plays one again.
func seed(t testing.TB) uint64 {
	t.Helper()
	n, err := strconv.ParseUint(os.Getenv("PULSE_SEED"), 10, 64)
	if err != nil {
		n = rand.Uint64() //nolint:gosec // a test's dice
	}
	t.Logf("PULSE_SEED=%d", n)
	return n
}

// randomPart throws what a job says and how it ends.
func randomPart(random *rand.Rand) part {
	text := prose(20 + random.IntN(100))
	p := part{Say: pieces(text, 4+random.IntN(12)), Pause: random.Int64N(12_000)}
	if random.IntN(3) > 0 {
		p.Use = 1 + random.Int64N(1500) // the hold is 1000
	}
	ends := []string{
		endsRefused, endsRefused, endsBroken, endsBroken, endsBroken, endsInPanic, endsUnfit, endsUnfitEver, endsTwice, endsUncharged,
		endsDeaf, endsDeaf, endsDeaf,
	}
	if n := random.IntN(2 * len(ends)); n < len(ends) {
		p.End = ends[n]
	}
	return p
}

// Thousands of jobs come to random ends: well, refused, broken, cancelled, by
// bugs of the room's, handed over, taken over from processes that died or seem
// to have died and try to end them all the same, with a database that goes away
// again and again; while clients ask twice, cancel, and follow through broken
// lines. Afterwards the books are right to the token, and nobody was told
// anything else.
func TestRandomEnds(t *testing.T) {
	t.Parallel()
	jobs := 1000
	if torture {
		jobs = 20_000
	}
	t.Run(store.SQLite, func(t *testing.T) {
		t.Parallel()
		folder := t.TempDir()
		playEnds(t, jobs, store.Options{DataDir: folder, Log: slog.New(slog.DiscardHandler)}, func() error { return lockSQLite(folder, 150*time.Millisecond) })
	})
	t.Run(store.PostgreSQL, func(t *testing.T) {
		t.Parallel()
		url := storetest.MigratedURL(t)
		playEnds(t, jobs, store.Options{URL: url, Log: slog.New(slog.DiscardHandler)}, func() error { return cutPostgres(url) })
	})
}

func playEnds(t *testing.T, jobs int, o store.Options, away func() error) {
	t.Helper()
	g := &game{house: newHouse(t, openFor(t, o)), seed: seed(t), away: away}
	for range 3 {
		g.processes = append(g.processes, g.start())
	}
	people := []actor.Actor{g.me, g.person(), g.person(), g.person()}
	stop := make(chan struct{})
	var trouble, clients sync.WaitGroup
	trouble.Go(func() { g.trouble(stop) })
	numbers := make(chan int)
	for range 32 {
		clients.Go(func() {
			for i := range numbers {
				g.client(i, people[i%len(people)])
			}
		})
	}
	for i := range jobs {
		numbers <- i
	}
	close(numbers)
	clients.Wait()
	close(stop)
	trouble.Wait()
	g.ends.Wait()
	for _, s := range g.all {
		stopNow(s)
	}
	g.db = openFor(t, o) // by lines that nobody has just cut
	sum := ended{byStatus: map[Status]int{}}
	for i, a := range people {
		seen := g.checkBooks(a, (jobs-i+len(people)-1)/len(people))
		sum.attempts += seen.attempts
		for status, n := range seen.byStatus {
			sum.byStatus[status] += n
		}
	}
	t.Logf("%d jobs, %d attempts, %d processes: %v", jobs, sum.attempts, len(g.all), sum.byStatus)
	if !t.Failed() && (sum.byStatus[Completed] == 0 || sum.byStatus[Failed] == 0 || sum.byStatus[Cancelled] == 0 || sum.attempts <= int64(jobs)) {
		t.Error("the dice brought about too little to prove anything")
	}
}

func openFor(t *testing.T, o store.Options) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

type game struct {
	*house

	seed uint64
	away func() error

	mu        sync.Mutex
	processes []*Service // those that live
	all       []*Service
	ends      sync.WaitGroup
}

func (g *game) dice(i int) *rand.Rand { return rand.New(rand.NewPCG(g.seed, uint64(i))) } //nolint:gosec // a test's dice

func (g *game) start() *Service {
	s := g.idle(func(o *Options) { o.Lease, o.FlushEvery = 600*time.Millisecond, 20*time.Millisecond })
	s.Start()
	g.all = append(g.all, s)
	return s
}

func (g *game) any(random *rand.Rand) *Service {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.processes[random.IntN(len(g.processes))]
}

// replace puts a new process in the place of one, which is told to end somehow.
func (g *game) replace(i int, end func(*Service)) {
	g.mu.Lock()
	old := g.processes[i]
	g.processes[i] = g.start()
	g.mu.Unlock()
	g.ends.Go(func() { end(old) })
}

func (g *game) trouble(stop <-chan struct{}) {
	random := g.dice(-1)
	for {
		select {
		case <-stop:
			return
		case <-time.After(time.Duration(20+random.IntN(200)) * time.Millisecond):
		}
		switch i := random.IntN(3); random.IntN(4) {
		case 0, 1:
			g.replace(i, crash)
		case 2:
			g.replace(i, stopNow)
		case 3:
			if err := g.away(); err != nil && !store.Away(err) {
				g.t.Errorf("bringing trouble: %v", err)
			}
		}
	}
}

// bearable are errors that a client meets when a process stops or the database
// is away; it tries again.
func bearable(err error) bool {
	return store.Away(err) || fault.Is(err, fault.Unavailable) || errors.Is(err, errEnough) || errors.Is(err, context.DeadlineExceeded)
}

// client starts a job, does something with it, and sees it to its end.
func (g *game) client(i int, a actor.Actor) {
	random := g.dice(i)
	p := randomPart(random)
	j, ok := g.ask(random, a, p, fmt.Sprintf("key %d", i))
	if !ok {
		return
	}
	if random.IntN(4) == 0 {
		time.Sleep(time.Duration(random.IntN(60)) * time.Millisecond)
		if _, err := g.any(random).Cancel(context.Background(), a, j.ID); err != nil && !bearable(err) && !fault.Is(err, fault.Conflict) {
			g.t.Errorf("cancel: %v", err)
		}
	}
	if random.IntN(10) == 0 {
		if again, ok := g.ask(random, a, p, fmt.Sprintf("key %d", i)); ok && again.ID != j.ID {
			g.t.Errorf("the same key began a second job")
		}
	}
	if random.IntN(2) == 0 {
		g.listen(random, a, j, p)
	}
	for deadline := time.Now().Add(time.Minute); ; {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		_, err := g.any(random).Wait(ctx, a, j.ID)
		cancel()
		if err == nil {
			return
		}
		if !bearable(err) || time.Now().After(deadline) {
			g.t.Errorf("wait: %v", err)
			return
		}
	}
}

func (g *game) ask(random *rand.Rand, a actor.Actor, p part, key string) (Job, bool) {
	for deadline := time.Now().Add(time.Minute); ; {
		n := g.job(a, p)
		n.IdempotencyKey, n.RequestHash = key, key
		j, _, err := g.any(random).Submit(context.Background(), a, n)
		if err == nil {
			return j, true
		}
		if !bearable(err) || time.Now().After(deadline) {
			g.t.Errorf("submit: %v", err)
			return j, false
		}
		time.Sleep(time.Millisecond)
	}
}

// listen follows the job through broken lines and compares what it heard.
func (g *game) listen(random *rand.Rand, a actor.Actor, j Job, p part) {
	var c client
	for deadline := time.Now().Add(time.Minute); !c.last.last(); {
		ctx, cancel := context.WithTimeout(context.Background(), time.Duration(1+random.IntN(400))*time.Millisecond)
		err := c.followSome(ctx, g.any(random), a, j.ID, 1+random.IntN(30))
		cancel()
		if err != nil && !bearable(err) || time.Now().After(deadline) {
			g.t.Errorf("follow: %v", err)
			return
		}
	}
	w, err := g.any(random).Get(context.Background(), a, j.ID)
	if err != nil {
		if !bearable(err) {
			g.t.Errorf("get: %v", err)
		}
		return
	}
	whole := strings.Join(p.Say, "")
	switch st := Status(w.Status); {
	case (st == Failed) != (c.last == EventError):
		g.t.Errorf("job %s is %s, a reader was told %s", j.ID, st, c.last)
	case st == Completed && c.text != whole, !strings.HasPrefix(whole, c.text):
		g.t.Errorf("job %s is %s, a reader has %q of %q", j.ID, st, c.text, whole)
	}
}

// lockSQLite keeps everybody else from writing for a while. It asks again and
// again without a pause, because SQLite itself would wait ever longer and never
// get its turn beside a writer as busy as this one.
func lockSQLite(folder string, d time.Duration) error {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(folder, "pulse.db")+"?_txlock=immediate&_pragma=busy_timeout(0)")
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	for deadline := time.Now().Add(time.Second); ; {
		tx, err := db.BeginTx(context.Background(), nil)
		if err == nil {
			time.Sleep(d)
			return tx.Rollback()
		}
		if !store.Away(err) || time.Now().After(deadline) {
			return err
		}
	}
}

// cutPostgres ends all connections to a database, in whatever they are doing.
func cutPostgres(url string) error {
	db, err := sql.Open("pgx", url)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	_, err = db.ExecContext(context.Background(),
		"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
	return err
}
