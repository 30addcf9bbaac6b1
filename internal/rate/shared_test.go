package rate

import (
	"bytes"
	"context"
	"database/sql"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pulse/internal/store"
	"pulse/internal/store/storetest"
)

// replicas opens processes' limits on one database, and a way past them.
func replicas(t *testing.T, n int) (all []*Limits, raw *sql.DB, log *bytes.Buffer) {
	t.Helper()
	url := storetest.MigratedURL(t)
	log = &bytes.Buffer{}
	for range n {
		db, err := store.Open(t.Context(), store.Options{URL: url, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		all = append(all, New(Options{DB: db, Log: slog.New(slog.NewTextHandler(log, nil))}))
	}
	raw, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = raw.Close() })
	return all, raw, log
}

// Two processes on one PostgreSQL together give exactly what one would, by the
// way that the servers take: the database's turn, its mirror, its refusals.
func TestReplicasCountTogether(t *testing.T) {
	t.Parallel()
	var all []*Limits
	limit := Limit{"test", 100, time.Hour}
	for try := 1; ; try++ {
		var log *bytes.Buffer
		all, _, log = replicas(t, 2)
		taken := atOnce(1000, func(i int) bool { return all[i%2].Limiter(limit).Take(context.Background(), "ada").Taken })
		if log.Len() == 0 {
			if taken != 100 {
				t.Errorf("%d of 100 were taken", taken)
			}
			break
		}
		if try == 5 { // on a machine that does a lot beside this, it may be slow once
			t.Fatalf("the database did not answer: %s", log)
		}
		time.Sleep(2 * awayTime)
	}
	// What one gives back the other may take, as soon as it asks again.
	all[0].Limiter(limit).GiveBack(t.Context(), "ada")
	for deadline := time.Now().Add(10 * sureTime); !all[1].Limiter(limit).Take(t.Context(), "ada").Taken; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("a step that was given back elsewhere is not there")
		}
	}
}

// atOnce does something so many times at the same moment, and counts how often
// it went well.
func atOnce(n int, do func(i int) bool) int {
	var well atomic.Int64
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			if do(i) {
				well.Add(1)
			}
		})
	}
	wg.Wait()
	return int(well.Load())
}

// Who is refused and asks on and on does not make the database work.
func TestAFloodStaysHere(t *testing.T) {
	t.Parallel()
	db := storetest.Postgres(t)
	k := &counting{keeper: &database{db}}
	l := &Limiter{Limit{"test", 1, time.Hour}, newShared(k, slog.New(slog.DiscardHandler))}
	begun, tries := time.Now(), 0
	for ; time.Since(begun) < 300*time.Millisecond; tries++ {
		l.Take(t.Context(), "ada")
	}
	if most := 2 + int64(time.Since(begun)/time.Second); k.asked.Load() > most {
		t.Errorf("%d tries asked the database %d times", tries, k.asked.Load())
	}
}

type counting struct {
	keeper

	asked atomic.Int64
}

func (c *counting) take(ctx context.Context, l Limit, key string) (State, error) {
	c.asked.Add(1)
	return c.keeper.take(ctx, l, key)
}

// A database that hangs holds up nobody for long: the process goes on by its own
// count from where it was, says so once, and asks again later.
func TestWhileTheDatabaseHangs(t *testing.T) {
	t.Parallel()
	all, raw, log := replicas(t, 1)
	l := all[0].Limiter(Limit{"test", 10, time.Hour})
	for range 4 {
		l.Take(t.Context(), "ada")
	}
	tx, err := raw.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(t.Context(), "LOCK TABLE rate_limits IN ACCESS EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	taken := atOnce(100, func(int) bool { return l.Take(t.Context(), "ada").Taken })
	if took := time.Since(begun); taken != 6 || took > 3*time.Second {
		t.Errorf("%d of the 6 that were left, within %s", taken, took)
	}
	if said := strings.Count(log.String(), "level=WARN"); said != 1 {
		t.Errorf("it was said %d times: %s", said, log)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	rows := func() (n int) {
		if err := raw.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM rate_limits").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := rows()
	for deadline := time.Now().Add(20 * awayTime); rows() == before; time.Sleep(20 * time.Millisecond) {
		l.Take(t.Context(), "bob")
		if time.Now().After(deadline) {
			t.Fatal("the database is not asked any more")
		}
	}
}

func TestWithoutADatabase(t *testing.T) {
	t.Parallel()
	db := storetest.Postgres(t)
	l := New(Options{DB: db}).Limiter(Limit{"test", 2, time.Hour})
	l.Take(t.Context(), "ada")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	if !l.Take(t.Context(), "ada").Taken || l.Take(t.Context(), "ada").Taken {
		t.Error("it does not go on by itself from where it was")
	}
	l.GiveBack(t.Context(), "ada")
	if !l.Take(t.Context(), "ada").Taken {
		t.Error("a step that was given back is not there")
	}
	l.Forget(t.Context(), "ada")
	if took := time.Since(begun); took > 2*time.Second {
		t.Errorf("it took %s", took)
	}
}

// Keys whose steps are all there again go; others stay.
func TestSweep(t *testing.T) {
	t.Parallel()
	db := storetest.Postgres(t)
	d := &database{db}
	gone, stays := &Limiter{Limit{"gone", 1, time.Millisecond}, d}, &Limiter{Limit{"stays", 1, time.Hour}, d}
	for key := range strings.SplitSeq("abcdefghijklmnopqrstuvwxy", "") {
		gone.Take(t.Context(), key)
		stays.Take(t.Context(), key)
	}
	time.Sleep(5 * time.Millisecond)
	if err := d.sweepOnce(t.Context(), 10); err != nil {
		t.Fatal(err)
	}
	if n, err := db.SweepSteps(t.Context(), 1000); n > 0 || err != nil {
		t.Errorf("%d were left to sweep (%v)", n, err)
	}
	for key := range strings.SplitSeq("abcdefghijklmnopqrstuvwxy", "") {
		if stays.Take(t.Context(), key).Taken {
			t.Errorf("%s was forgotten", key)
		}
	}
}
