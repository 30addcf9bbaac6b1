package store_test

import (
	"context"
	"database/sql"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/pressly/goose/v3"

	"pulse/internal/store"
	"pulse/internal/store/query"
	"pulse/internal/store/storetest"
)

// raw is a migrated database without the store around it.
type raw struct {
	*sql.DB
	dialect goose.Dialect
	options store.Options
}

// eachRaw runs the test on both databases, migrated by store.Open.
func eachRaw(t *testing.T, test func(t *testing.T, db raw)) {
	t.Helper()
	eachNew(t, func(t *testing.T, db raw) {
		t.Helper()
		if err := db.open(t).Close(); err != nil {
			t.Fatal(err)
		}
		test(t, db)
	})
}

// open gives the store of it.
func (db raw) open(t *testing.T) *store.DB {
	t.Helper()
	opened, err := store.Open(context.Background(), db.options)
	if err != nil {
		t.Fatal(err)
	}
	return opened
}

// eachNew runs the test on both databases, empty.
func eachNew(t *testing.T, test func(t *testing.T, db raw)) {
	t.Helper()
	for name, open := range map[string]func(t *testing.T) (driver, dsn string, dialect goose.Dialect, o store.Options){
		store.SQLite: func(t *testing.T) (string, string, goose.Dialect, store.Options) {
			t.Helper()
			folder := t.TempDir()
			return "sqlite", "file:" + filepath.Join(folder, "pulse.db"), goose.DialectSQLite3, store.Options{DataDir: folder, Log: slog.New(slog.DiscardHandler)}
		},
		store.PostgreSQL: func(t *testing.T) (string, string, goose.Dialect, store.Options) {
			t.Helper()
			url := storetest.PostgresURL(t)
			return "pgx", url, goose.DialectPostgres, store.Options{URL: url, Log: slog.New(slog.DiscardHandler)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			driver, dsn, dialect, o := open(t)
			db, err := sql.Open(driver, dsn)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = db.Close() })
			test(t, raw{db, dialect, o})
		})
	}
}

// Every statement is understood by both databases, against the schema that the
// migrations make.
func TestStatementsPrepare(t *testing.T) {
	t.Parallel()
	eachRaw(t, func(t *testing.T, db raw) {
		q, err := query.Prepare(context.Background(), db)
		if err != nil {
			t.Fatal(err)
		}
		if err := q.Close(); err != nil {
			t.Error(err)
		}
	})
}

// A driver may bind $1, $2, … by number or by order of appearance. Both give
// the same when each number first appears in its turn.
func TestStatementsNumberInOrder(t *testing.T) {
	t.Parallel()
	statements := generated(t)
	if len(statements) == 0 {
		t.Fatal("the query package has no statement")
	}
	for name, text := range statements {
		if found := firstAppearances(text); !inTurn(found) {
			t.Errorf("%s: parameters appear as %v", name, found)
		}
	}
}

func TestInTurn(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"SELECT 1": true,
		"UPDATE t SET a = $1 WHERE b = $2 AND c = $1":    true,
		"UPDATE t SET a = $2 WHERE b = $1":               false,
		"SELECT $2":                                      false,
		"SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10": true,
	} {
		if got := inTurn(firstAppearances(text)); got != want {
			t.Errorf("%s: got %t", text, got)
		}
	}
}

var parameter = regexp.MustCompile(`\$(\d+)`)

// firstAppearances lists the numbers of a statement's parameters without repeats.
func firstAppearances(statement string) []int {
	var found []int
	seen := map[int]bool{}
	for _, m := range parameter.FindAllStringSubmatch(statement, -1) {
		n, err := strconv.Atoi(m[1])
		if err == nil && !seen[n] {
			seen[n] = true
			found = append(found, n)
		}
	}
	return found
}

func inTurn(numbers []int) bool {
	for i, n := range numbers {
		if n != i+1 {
			return false
		}
	}
	return true
}

// generated reads the statements, by name, from the generated source.
func generated(t *testing.T) map[string]string {
	t.Helper()
	statements := map[string]string{}
	files, err := filepath.Glob("query/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			literal, ok := n.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(literal.Value)
			if err != nil {
				t.Fatal(err)
			}
			if rest, ok := strings.CutPrefix(text, "-- name: "); ok {
				query, body, _ := strings.Cut(rest, "\n")
				statements[query] = body
			}
			return true
		})
	}
	return statements
}

// Pulse does not go back: a migration that is undone would take data with it.
func TestMigrationsRefuseToGoBack(t *testing.T) {
	t.Parallel()
	eachRaw(t, func(t *testing.T, db raw) {
		ctx := context.Background()
		p, err := goose.NewProvider(db.dialect, db.DB, os.DirFS("migrations"), goose.WithDisableGlobalRegistry(true))
		if err != nil {
			t.Fatal(err)
		}
		before, err := p.GetDBVersion(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Down(ctx); err == nil {
			t.Error("the last migration was undone")
		}
		after, err := p.GetDBVersion(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if before != after || before == 0 {
			t.Errorf("the schema went from version %d to %d", before, after)
		}
	})
}
