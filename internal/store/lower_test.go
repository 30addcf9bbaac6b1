package store

import (
	"database/sql"
	"testing"
)

func TestLowerKnowsAllLetters(t *testing.T) {
	t.Parallel()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	for text, want := range map[any]any{"ÜBERBLICK Ωμέγα": "überblick ωμέγα", "Plain": "plain", nil: nil} {
		var got any
		if err := db.QueryRowContext(t.Context(), "SELECT LOWER(?)", text).Scan(&got); err != nil || got != want {
			t.Errorf("LOWER(%v) is %v, %v, want %v", text, got, err, want)
		}
	}
}
