package rate

import (
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"time"

	"pulse/internal/store/storetest"
)

// subjects are all that keep limits; each has to pass the same tests.
var subjects = map[string]func(t testing.TB) keeper{
	"memory":   func(testing.TB) keeper { return newMemory(time.Now) },
	"database": func(t testing.TB) keeper { t.Helper(); return &database{storetest.Postgres(t)} },
	"shared": func(t testing.TB) keeper {
		t.Helper()
		return newShared(&database{storetest.Postgres(t)}, slog.New(slog.DiscardHandler))
	},
}

// eachKeeper runs a test on each; with returns a limiter of the limit.
func eachKeeper(t *testing.T, test func(t *testing.T, with func(Limit) *Limiter)) {
	t.Helper()
	for name, open := range subjects {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := open(t)
			test(t, func(l Limit) *Limiter { return &Limiter{l, k} })
		})
	}
}

func TestSoManyAtOnce(t *testing.T) {
	t.Parallel()
	eachKeeper(t, func(t *testing.T, with func(Limit) *Limiter) {
		t.Helper()
		l := with(Limit{"test", 3, time.Hour})
		for left := 2; left >= 0; left-- {
			full := time.Duration(3-left) * time.Hour
			if s := l.Take(t.Context(), "ada"); !s.Taken || s.Left != left || s.Wait != 0 || !near(s.Full, full) {
				t.Fatalf("with %d left: %+v", left, s)
			}
		}
		for range 3 { // a refusal costs nothing
			if s := l.Take(t.Context(), "ada"); s.Taken || s.Left != 0 || !near(s.Wait, time.Hour) || !near(s.Full, 3*time.Hour) {
				t.Fatalf("one too many: %+v", s)
			}
		}
		if !l.Take(t.Context(), "bob").Taken {
			t.Error("the limit holds for others")
		}
		if !with(Limit{"another", 1, time.Hour}).Take(t.Context(), "ada").Taken {
			t.Error("limits with two names are one")
		}
	})
}

func near(got, want time.Duration) bool { return got <= want && got > want-time.Minute }

func TestStepsComeBack(t *testing.T) {
	t.Parallel()
	eachKeeper(t, func(t *testing.T, with func(Limit) *Limiter) {
		t.Helper()
		const interval = 200 * time.Millisecond
		l := with(Limit{"test", 2, interval})
		begun, taken := time.Now(), 0
		for taken < 5 {
			s := l.Take(t.Context(), "ada")
			if s.Taken {
				taken++
				continue
			}
			if s.Wait > interval {
				t.Fatalf("wait for %s, when one comes back every %s", s.Wait, interval)
			}
			time.Sleep(s.Wait)
		}
		// Five steps are the two at once and three intervals. The database's clock
		// and ours need not run alike to the millisecond.
		if took := time.Since(begun); took < 3*interval-20*time.Millisecond {
			t.Errorf("5 steps within %s", took)
		}
	})
}

func TestWhatIsGivenBack(t *testing.T) {
	t.Parallel()
	eachKeeper(t, func(t *testing.T, with func(Limit) *Limiter) {
		t.Helper()
		l, ctx := with(Limit{"test", 2, time.Hour}), t.Context()
		l.GiveBack(ctx, "ada")
		l.Forget(ctx, "ada") // nothing to give back
		take := func(want bool) {
			t.Helper()
			if s := l.Take(ctx, "ada"); s.Taken != want {
				t.Fatalf("got %+v", s)
			}
		}
		for range 10 {
			take(true)
			l.GiveBack(ctx, "ada")
		}
		l.GiveBack(ctx, "ada") // more than was taken is not kept
		l.GiveBack(ctx, "ada")
		take(true)
		take(true)
		take(false)
		l.GiveBack(ctx, "ada")
		take(true)
		take(false)
		l.Forget(ctx, "ada")
		take(true)
		take(true)
		take(false)
	})
}

func TestManyAtTheSameMoment(t *testing.T) {
	t.Parallel()
	eachKeeper(t, func(t *testing.T, with func(Limit) *Limiter) {
		t.Helper()
		l := with(Limit{"test", 50, time.Hour})
		if taken := atOnce(250, func(int) bool { return l.Take(t.Context(), "ada").Taken }); taken != 50 {
			t.Errorf("%d of 50 were taken", taken)
		}
	})
}

// Whatever a client writes, its key is short, and not to be read (ASVS 2.2.1).
func TestKeysAreBounded(t *testing.T) {
	t.Parallel()
	eachKeeper(t, func(t *testing.T, with func(Limit) *Limiter) {
		t.Helper()
		l := with(Limit{"test", 1, time.Hour})
		for _, key := range []string{"", "a\x00b", "\xff", "ada@example.com", strings.Repeat("x", 1<<20), strings.Repeat("x", 1<<20) + "y"} {
			if !l.Take(t.Context(), key).Taken || l.Take(t.Context(), key).Taken {
				t.Errorf("%.20q… is not counted for itself", key)
			}
			if k := l.keyOf(key); len(k) > 40 || key != "" && strings.Contains(k, key) {
				t.Errorf("kept as %s", k)
			}
		}
	})
}

func TestPerMinute(t *testing.T) {
	t.Parallel()
	for n, interval := range map[int]time.Duration{1: time.Minute, 7: 8571428 * time.Microsecond, 100: 600 * time.Millisecond, 1e9: time.Microsecond} {
		if l := PerMinute("test", n); l.Burst != n || l.Interval != interval {
			t.Errorf("%d: %+v", n, l)
		}
	}
}

func TestMemoryForgetsWhoIsFree(t *testing.T) {
	t.Parallel()
	now := time.Unix(1, 0)
	m := newMemory(func() time.Time { return now })
	l := &Limiter{Limit{"test", 1, time.Second}, m}
	for i := range 10 * leastSweep {
		if !l.Take(t.Context(), strconv.Itoa(i)).Taken {
			t.Fatal("refused")
		}
		now = now.Add(10 * time.Millisecond)
	}
	if len(m.clients) > 2*leastSweep {
		t.Errorf("%d keys are kept", len(m.clients))
	}
}
