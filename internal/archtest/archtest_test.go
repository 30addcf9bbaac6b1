package archtest

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

func TestImports(t *testing.T) {
	t.Parallel()
	report(t)(Imports(os.DirFS("../..")))
}

func TestQueries(t *testing.T) {
	t.Parallel()
	report(t)(Queries(os.DirFS("../.."), unbound))
}

func report(t *testing.T) func(broken []string, err error) {
	t.Helper()
	return func(broken []string, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range broken {
			t.Error(b)
		}
	}
}

// source makes a Go file with a package comment and these imports.
func source(pkg string, imports ...string) string {
	var b strings.Builder
	b.WriteString("// Package " + pkg + " is an example.\npackage " + pkg + "\n")
	for _, i := range imports {
		b.WriteString("import _ \"" + i + "\"\n")
	}
	return b.String()
}

// The law itself: each rule is seen to fail, beside an example that keeps it.
func TestImportsLaw(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, path, code string
		broken           string // part of the one sentence expected; empty: none
	}{
		{"down", "internal/job/a.go", source("job", "pulse/internal/store"), ""},
		{"up", "internal/store/a.go", source("store", "pulse/internal/job"), "imports point down"},
		{"up, from a test", "internal/store/a_test.go", source("store", "pulse/internal/job"), "imports point down"},
		{"beside, listed", "internal/job/a.go", source("job", "pulse/internal/usage"), ""},
		{"beside, not listed", "internal/usage/a.go", source("usage", "pulse/internal/job"), "only where the law lists it"},
		{"beside, not listed, ground", "internal/fault/a.go", source("fault", "pulse/internal/actor"), "only where the law lists it"},
		{"room to pipeline", "internal/feature/chat/a.go", source("chat", "pulse/internal/job"), ""},
		{"room to room", "internal/feature/chat/a.go", source("chat", "pulse/internal/feature/account"), "rooms never meet"},
		{"room to room, from a test", "internal/feature/chat/a_test.go", source("chat", "pulse/internal/feature/account"), "rooms never meet"},
		{"app to room", "internal/app/a.go", source("app", "pulse/internal/feature/chat"), ""},
		{"app to adapter", "internal/app/a.go", source("app", "pulse/internal/provider/openai"), ""},
		{"room to adapter", "internal/feature/chat/a.go", source("chat", "pulse/internal/provider/openai"), "only app knows the adapters"},
		{"room to adapter, from a test", "internal/feature/chat/a_test.go", source("chat", "pulse/internal/provider/demo"), ""},
		{"adapter to its seam", "internal/provider/openai/a.go", source("openai", "pulse/internal/provider"), ""},
		{"seam to its adapter", "internal/provider/a.go", source("provider", "pulse/internal/provider/openai"), "only app knows the adapters"},
		{"adapter to adapter", "internal/provider/openai/a.go", source("openai", "pulse/internal/provider/google"), "only app knows the adapters"},
		{"test helper", "internal/job/a.go", source("job", "pulse/internal/store/storetest"), "that is for tests"},
		{"test helper, from a test", "internal/job/a_test.go", source("job", "pulse/internal/store/storetest"), ""},
		{"unlisted folder", "internal/helpers/a.go", source("helpers"), "is not in the law"},
		{"unlisted folder, only a test", "internal/helpers/a_test.go", source("helpers"), "is not in the law"},
		{"unlisted target", "internal/app/a.go", source("app", "pulse/internal/helpers"), "that folder is not in the law"},
		{"external test", "internal/job/a_test.go", source("job_test", "pulse/internal/job"), ""},

		{"SDK, its owner", "internal/provider/openai/a.go", source("openai", "github.com/openai/openai-go/v3/option"), ""},
		{"SDK, somebody else", "internal/feature/chat/a.go", source("chat", "github.com/openai/openai-go/v3"), "it belongs to internal/provider/openai"},
		{"SDK, from a test", "internal/app/a_test.go", source("app", "github.com/openai/openai-go/v3"), ""},
		{"driver", "internal/usage/a.go", source("usage", "database/sql"), "it belongs to internal/store"},
		{"driver, a package below it", "internal/job/a.go", source("job", "github.com/jackc/pgx/v5/pgxpool"), "it belongs to internal/store"},
		{"a name that only begins alike", "internal/usage/a.go", source("usage", "github.com/stripe/stripe-gone"), ""},
		{"huma in a room", "internal/feature/chat/a.go", source("chat", "github.com/danielgtaylor/huma/v2"), ""},
		{"huma below the edge", "internal/job/a.go", source("job", "github.com/danielgtaylor/huma/v2"), "it belongs to internal/httpd"},

		{"no package comment", "internal/job/a.go", "package job\n", "has no package comment"},
		{"a comment of another form", "internal/job/a.go", "// Some words.\npackage job\n", "has no package comment"},
		{"a program", "cmd/pulse/main.go", "// Pulse is one binary.\npackage main\n", ""},
		{"what npm left", "web/node_modules/x/a.go", "package x\n", ""},
		{"test data", "internal/job/testdata/a.go", "package x\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			expect(t, c.broken)(Imports(fstest.MapFS{c.path: {Data: []byte(c.code)}}))
		})
	}
}

func TestImportsNeedsGo(t *testing.T) {
	t.Parallel()
	if _, err := Imports(fstest.MapFS{"internal/job/a.go": {Data: []byte("not Go")}}); err == nil {
		t.Error("a file that is not Go was taken")
	}
}

// people is a schema with two tables of people and one that is nobody's.
const people = `
CREATE TABLE users (
    id TEXT PRIMARY KEY
);
CREATE TABLE notes (
    id      TEXT PRIMARY KEY, -- not the user's
    user_id TEXT NOT NULL REFERENCES users (id)
);
CREATE TABLE settings (
    name TEXT PRIMARY KEY -- has no user_id
);
`

func TestQueriesLaw(t *testing.T) {
	t.Parallel()
	const touches = "touches notes without the user's id"
	for _, c := range []struct{ name, sql, broken string }{
		{"bound", "SELECT * FROM notes WHERE id = $1 AND user_id = $2;", ""},
		{"bound by name", "SELECT * FROM notes WHERE user_id = sqlc.arg(user_id);", ""},
		{"bound by alias", "SELECT * FROM notes n WHERE n.user_id = $1;", ""},
		{"unbound SELECT", "SELECT * FROM notes WHERE id = $1;", touches},
		{"unbound UPDATE", "UPDATE notes SET id = $1 WHERE id = $2;", touches},
		{"unbound DELETE", "DELETE FROM notes WHERE id = $1;", touches},
		{"unbound JOIN", "SELECT * FROM settings s JOIN notes n ON n.id = s.name;", touches},
		{"unbound subquery", "DELETE FROM settings WHERE name IN (SELECT id FROM notes);", touches},
		{"mentioned, not bound", "SELECT user_id FROM notes WHERE id = $1;", touches},
		{"compared, not bound", "SELECT * FROM notes n JOIN notes m ON n.user_id = m.user_id;", touches},
		{"only in a comment", "SELECT * FROM notes -- WHERE user_id = $1\n;", touches},
		{"INSERT with the user", "INSERT INTO notes (id, user_id) VALUES ($1, $2);", ""},
		{"INSERT without", "INSERT INTO notes (id) VALUES ($1);", touches},
		{"INSERT from somebody's rows", "INSERT INTO notes (id, user_id) SELECT id, id FROM users;", "touches notes, users without the user's id"},
		{"a user by id", "SELECT * FROM users WHERE id = $1;", ""},
		{"a user by anything else", "SELECT * FROM users WHERE name = $1;", "touches users without the user's id"},
		{"nobody's table", "SELECT * FROM settings WHERE name = $1;", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			expect(t, c.broken)(Queries(schemaWith(c.sql), nil))
		})
	}
}

func TestQueriesExcuses(t *testing.T) {
	t.Parallel()
	open, bound := schemaWith("DELETE FROM notes;"), schemaWith("DELETE FROM notes WHERE user_id = $1;")
	expect(t, "")(Queries(open, map[string]string{"Example": "an example"}))
	expect(t, "Example needs no excuse")(Queries(bound, map[string]string{"Example": "an example"}))
}

func TestQueriesNeedsMigrations(t *testing.T) {
	t.Parallel()
	if _, err := Queries(fstest.MapFS{"internal/job/queries.sql": {}}, nil); err == nil {
		t.Error("without migrations every query would pass")
	}
}

func schemaWith(sql string) fs.FS {
	return fstest.MapFS{
		"internal/store/migrations/00001_init.sql": {Data: []byte(people)},
		"internal/feature/notes/queries.sql":       {Data: []byte("-- name: Example :many\n" + sql + "\n")},
	}
}

// expect wants exactly one sentence that holds the part, or none for "".
func expect(t *testing.T, part string) func(broken []string, err error) {
	t.Helper()
	return func(broken []string, err error) {
		t.Helper()
		switch {
		case err != nil:
			t.Fatal(err)
		case part == "" && len(broken) == 0:
		case part != "" && len(broken) == 1 && strings.Contains(broken[0], part):
		default:
			t.Errorf("got %q, want one sentence with %q", broken, part)
		}
	}
}
