package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"pulse/internal/store"
	"pulse/internal/store/query"
	"pulse/internal/store/storetest"
)

func addUser(ctx context.Context, q *query.Queries, id string) error {
	return q.OpenCounter(ctx, query.OpenCounterParams{UserID: id, Meter: "tokens", PeriodStart: 1, PeriodEnd: 2})
}

func insertUser(t *testing.T, db *store.DB, id string) {
	t.Helper()
	err := db.Write(context.Background(), func(ctx context.Context, q *query.Queries) error {
		return storetest.InsertUser(ctx, q, id)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func counters(t *testing.T, db *store.DB, id string) int {
	t.Helper()
	_, err := db.Read().GetCounter(context.Background(), query.GetCounterParams{UserID: id, Meter: "tokens", PeriodStart: 1})
	switch {
	case err == nil:
		return 1
	case store.NotFound(err):
		return 0
	}
	t.Fatal(err)
	return 0
}

func TestWriteCommitsAndRollsBack(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		insertUser(t, db, "u1")
		boom := errors.New("boom")
		err := db.Write(ctx, func(ctx context.Context, q *query.Queries) error {
			if err := addUser(ctx, q, "u1"); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatalf("got %v, want the function's own error", err)
		}
		if n := counters(t, db, "u1"); n != 0 {
			t.Fatal("a failed transaction left a row")
		}
		if err := db.Write(ctx, func(ctx context.Context, q *query.Queries) error { return addUser(ctx, q, "u1") }); err != nil {
			t.Fatal(err)
		}
		if n := counters(t, db, "u1"); n != 1 {
			t.Fatal("a committed row is not there")
		}
	})
}

// Callers that are committed together must not share their failures.
func TestGroupIsolatesCallers(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		var wg sync.WaitGroup
		for i := range 60 {
			id := fmt.Sprintf("u%02d", i)
			insertUser(t, db, id)
			wg.Go(func() {
				defer func() {
					if r := recover(); (r != nil) != (i%3 == 2) {
						t.Errorf("caller %d: recovered %v", i, r)
					}
				}()
				err := db.Write(ctx, func(ctx context.Context, q *query.Queries) error {
					if err := addUser(ctx, q, id); err != nil {
						return err
					}
					switch i % 3 {
					case 1:
						return errors.New("this caller fails")
					case 2:
						panic("this caller panics")
					}
					return nil
				})
				if (err != nil) != (i%3 == 1) {
					t.Errorf("caller %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		for i := range 60 {
			want := 0
			if i%3 == 0 {
				want = 1
			}
			if got := counters(t, db, fmt.Sprintf("u%02d", i)); got != want {
				t.Errorf("caller %d: %d rows, want %d", i, got, want)
			}
		}
	})
}

func TestWriteAfterCancelAndClose(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	ran := false
	fn := func(context.Context, *query.Queries) error { ran = true; return nil }
	if err := db.Write(ctx, fn); !errors.Is(err, context.Canceled) || ran {
		t.Fatalf("a cancelled caller: err %v, ran %v", err, ran)
	}
	other, err := store.Open(context.Background(), store.Options{DataDir: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	if err := other.Write(context.Background(), fn); !store.Away(err) {
		t.Fatalf("a closed database: %v", err)
	}
}

// Whatever a cut connection answers, at first and to whoever asks it again, it
// says that the same call may succeed a little later, and it does.
func TestACutConnectionIsAway(t *testing.T) {
	t.Parallel()
	ctx, url := context.Background(), storetest.PostgresURL(t)
	db, err := store.Open(ctx, store.Options{URL: url, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	admin, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = admin.Close() })
	err = db.Write(ctx, func(ctx context.Context, q *query.Queries) error {
		if err := storetest.InsertUser(ctx, q, "u"); err != nil {
			return err
		}
		_, err := admin.ExecContext(ctx,
			"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
		if err != nil {
			return err
		}
		for range 3 {
			if err := addUser(ctx, q, "u"); !store.Away(err) {
				t.Errorf("in the transaction: %v", err)
			}
		}
		return nil
	})
	if !store.Away(err) {
		t.Errorf("at the commit: %v", err)
	}
	for try := 0; ; try++ {
		err := db.Write(ctx, func(ctx context.Context, q *query.Queries) error { return storetest.InsertUser(ctx, q, "u") })
		if err == nil {
			break
		}
		if !store.Away(err) || try > 20 {
			t.Fatalf("try %d: %v", try, err)
		}
	}
}

func TestReadersCannotWrite(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t)
	if err := storetest.InsertUser(context.Background(), db.Read(), "x"); err == nil {
		t.Fatal("a reader wrote")
	}
}

func TestUniqueViolation(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		insertUser(t, db, "same")
		err := db.Write(context.Background(), func(ctx context.Context, q *query.Queries) error {
			return storetest.InsertUser(ctx, q, "same")
		})
		if !store.UniqueViolation(err) {
			t.Fatalf("got %v", err)
		}
	})
}

func TestPublishReachesSubscribers(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		hints, stop := db.Subscribe("topic")
		defer stop()
		// The listener may still be connecting: hints may be lost, so send again.
		deadline := time.After(10 * time.Second)
		for {
			if err := db.Publish(context.Background(), "topic", "news of x"); err != nil {
				t.Fatal(err)
			}
			select {
			case got := <-hints:
				if got != "news of x" {
					t.Fatalf("got %q", got)
				}
				return
			case <-time.After(50 * time.Millisecond):
			case <-deadline:
				t.Fatal("no hint came")
			}
		}
	})
}

// Several processes that start at once must all come up on one schema.
func TestSimultaneousStarts(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]func(t *testing.T) store.Options{
		store.SQLite: func(t *testing.T) store.Options {
			return store.Options{DataDir: t.TempDir(), Log: slog.New(slog.DiscardHandler)}
		},
		store.PostgreSQL: func(t *testing.T) store.Options {
			return store.Options{URL: storetest.PostgresURL(t), Log: slog.New(slog.DiscardHandler)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := options(t)
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					db, err := store.Open(context.Background(), o)
					if err != nil {
						t.Error(err)
						return
					}
					if err := db.Close(); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
		})
	}
}
