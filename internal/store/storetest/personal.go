package storetest

import (
	"database/sql"
	"path/filepath"
	"testing"

	"pulse/internal/store"
)

// RowsOf counts, past all queries, the rows that each table has of a person, by
// the tables' names; those without any are left out.
func RowsOf(t testing.TB, o store.Options, userID string) map[string]int {
	t.Helper()
	driver, address := "pgx", o.URL
	tables := "SELECT table_name FROM information_schema.columns WHERE column_name = 'user_id' AND table_schema = 'public'"
	if o.URL == "" {
		driver, address = "sqlite", "file:"+filepath.Join(o.DataDir, "pulse.db")+"?mode=ro&_pragma=busy_timeout(5000)"
		tables = "SELECT m.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name = 'user_id'"
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	rows, err := db.QueryContext(t.Context(), tables)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if rows.Err() != nil || len(names) == 0 {
		t.Fatalf("tables of people: %q, %v", names, rows.Err())
	}
	found := map[string]int{}
	for _, name := range names {
		var n int
		// The names are the schema's own.
		if err := db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM "+name+" WHERE user_id = $1", userID).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			found[name] = n
		}
	}
	return found
}
