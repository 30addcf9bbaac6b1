package usage_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"pulse/internal/usage"
)

func date(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

// writeFile keeps a text in a file of the test's own and gives its path.
func writeFile(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "plans.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPeriodAt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, anchor, now, start, end string }{
		{"first day", "2026-01-15T10:00:00Z", "2026-01-15T10:00:00Z", "2026-01-15T10:00:00Z", "2026-02-15T10:00:00Z"},
		{"a moment before the next", "2026-01-15T10:00:00Z", "2026-02-15T09:59:59Z", "2026-01-15T10:00:00Z", "2026-02-15T10:00:00Z"},
		{"the moment of the next", "2026-01-15T10:00:00Z", "2026-02-15T10:00:00Z", "2026-02-15T10:00:00Z", "2026-03-15T10:00:00Z"},
		{"the 31st in February", "2026-01-31T00:00:00Z", "2026-02-28T12:00:00Z", "2026-02-28T00:00:00Z", "2026-03-31T00:00:00Z"},
		{"the 31st in a leap year", "2027-12-31T00:00:00Z", "2028-02-29T00:00:00Z", "2028-02-29T00:00:00Z", "2028-03-31T00:00:00Z"},
		{"the 31st in April", "2026-01-31T08:00:00Z", "2026-04-30T07:00:00Z", "2026-03-31T08:00:00Z", "2026-04-30T08:00:00Z"},
		{"the 29th of February", "2028-02-29T00:00:00Z", "2029-02-28T00:00:00Z", "2029-02-28T00:00:00Z", "2029-03-29T00:00:00Z"},
		{"over a year's end", "2026-12-20T00:00:00Z", "2027-01-03T00:00:00Z", "2026-12-20T00:00:00Z", "2027-01-20T00:00:00Z"},
		{"years later", "2020-05-10T00:00:00Z", "2026-11-23T00:00:00Z", "2026-11-10T00:00:00Z", "2026-12-10T00:00:00Z"},
		{"another time zone", "2026-01-31T23:30:00-05:00", "2026-03-01T04:00:00Z", "2026-02-01T04:30:00Z", "2026-03-01T04:30:00Z"},
		{"a clock before the anchor", "2026-06-15T00:00:00Z", "2026-06-14T00:00:00Z", "2026-05-15T00:00:00Z", "2026-06-15T00:00:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := usage.PeriodAt(date(c.anchor), date(c.now))
			if !p.Start.Equal(date(c.start)) || !p.End.Equal(date(c.end)) {
				t.Errorf("got %s to %s, want %s to %s", p.Start, p.End, c.start, c.end)
			}
		})
	}
}

// Periods of one anchor tile time: every moment is in exactly one.
func TestPeriodsTile(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		anchor := time.Unix(rapid.Int64Range(1_500_000_000, 2_000_000_000).Draw(t, "anchor"), 0)
		now := time.Unix(rapid.Int64Range(1_500_000_000, 2_500_000_000).Draw(t, "now"), 0)
		p := usage.PeriodAt(anchor, now)
		if now.Before(p.Start) || !now.Before(p.End) {
			t.Fatalf("%s is not within %s to %s", now, p.Start, p.End)
		}
		if next := usage.PeriodAt(anchor, p.End); !next.Start.Equal(p.End) {
			t.Fatalf("the period after %s starts at %s", p.End, next.Start)
		}
		if before := usage.PeriodAt(anchor, p.Start.Add(-1)); !before.End.Equal(p.Start) {
			t.Fatalf("the period before %s ends at %s", p.Start, before.End)
		}
	})
}

func TestNanosString(t *testing.T) {
	t.Parallel()
	for n, want := range map[usage.Nanos]string{
		0: "0", 1: "0.000000001", 1500: "0.0000015", 1_000_000_000: "1", 1_230_000_000: "1.23", -5: "-0.000000005",
		-9_223_372_036_854_775_808: "-9223372036.854775808", 9_223_372_036_854_775_807: "9223372036.854775807",
	} {
		if got := n.String(); got != want {
			t.Errorf("%d: got %s, want %s", int64(n), got, want)
		}
	}
}

func TestLoadPlansRefuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"no plan":       "plans: []",
		"no key":        "plans: [{name: A, caps: {tokens: 1}}]",
		"twice":         "plans: [{key: a, name: A}, {key: a, name: B}]",
		"unknown meter": "plans: [{key: a, name: A, caps: {toknes: 1}}]",
		"negative":      "plans: [{key: a, name: A, caps: {tokens: -1}}]",
		"unknown field": "plans: [{key: a, name: A, price: 3}]",
		"not YAML":      "plans: [",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := usage.LoadPlans(writeFile(t, text)); err == nil {
				t.Error("it was taken")
			}
		})
	}
	if _, err := usage.LoadPlans(""); err != nil {
		t.Errorf("the built-in plans: %v", err)
	}
}
