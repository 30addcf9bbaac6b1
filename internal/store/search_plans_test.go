package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/pressly/goose/v3"

	"pulse/internal/store"
	"pulse/internal/store/query"
	"pulse/internal/store/storetest"
)

// talks gives a person conversations of ten messages, all of the same words.
func talks(t *testing.T, db *store.DB, user string, messages int) {
	t.Helper()
	err := db.Write(t.Context(), func(ctx context.Context, q *query.Queries) error {
		if err := storetest.InsertUser(ctx, q, user); err != nil {
			return err
		}
		for i := range messages {
			conversation, message := fmt.Sprintf("%s-%d", user, i/10), fmt.Sprintf("%s-message-%06d", user, i)
			if i%10 == 0 {
				if err := q.InsertConversation(ctx, query.InsertConversationParams{ID: conversation, UserID: user, UpdatedAt: int64(i)}); err != nil {
					return err
				}
			}
			text := fmt.Sprintf("every message has word%d and rare%d", i%50, i)
			if err := q.InsertMessage(ctx, query.InsertMessageParams{ID: message, UserID: user, ConversationID: conversation, Content: text}); err != nil {
				return err
			}
			if err := db.Index(ctx, q, store.NewEntry(user, conversation, message, text)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// found gives the conversations that ada's search finds first.
func found(t *testing.T, db *store.DB, words string) []string {
	t.Helper()
	rows, err := db.Search(t.Context(), store.Search{UserID: "ada", Words: words, RowLimit: 50})
	if err != nil {
		t.Fatal(err)
	}
	ids := make([]string, 0, len(rows))
	for _, r := range rows {
		ids = append(ids, r.ID)
	}
	return ids
}

// A search asks the index, and it reads nothing of other people's, however much
// there is and however common the words are.
func TestSearchReadsLittle(t *testing.T) {
	t.Parallel()
	eachRaw(t, func(t *testing.T, raw raw) {
		t.Helper()
		db := raw.open(t)
		t.Cleanup(func() { _ = db.Close() })
		talks(t, db, "ada", 4000)
		talks(t, db, "eve", 4000)
		for words, want := range map[string]int{"word7 every": 50, "rare77": 2, "rare1234": 1, "rare4000": 0, "rare1234 word33": 0, "rare1234 word34 messag": 1} {
			if got := found(t, db, words); len(got) != want || want > 0 && !strings.HasPrefix(got[0], "ada-") {
				t.Errorf("%s: %d found, %q", words, len(got), got)
			}
		}
		if raw.dialect == goose.DialectSQLite3 {
			steps := raw.plan(t, query.SearchFTS5)
			for _, want := range []string{
				"SCAN search_words VIRTUAL TABLE INDEX 0:M1", "SEARCH e USING INTEGER PRIMARY KEY (rowid=?)",
				"SEARCH c USING INDEX sqlite_autoindex_conversations_1 (id=?)", "SEARCH m USING INDEX sqlite_autoindex_messages_1 (id=?) LEFT-JOIN",
			} {
				if !slices.Contains(steps, want) {
					t.Errorf("the plan lacks %s:\n%s", want, strings.Join(steps, "\n"))
				}
			}
			return
		}
		conn, err := raw.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		for _, statement := range []string{
			"VACUUM (ANALYZE)",                         //nolint:misspell // as PostgreSQL spells it, and does by itself
			"SET plan_cache_mode = force_generic_plan", // without a look at the arguments
			"PREPARE search (text, text, bigint, text, bigint, bigint) AS " + query.SearchTSVector,
		} {
			if _, err := conn.ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
		plan := lines(t, conn, `EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) EXECUTE search ('''adarare1234'':* & ''adaevery'':*', 'ada', 0, '', -1, 50)`) //nolint:misspell // SQL
		if !strings.Contains(plan, "Bitmap Index Scan on search_entries_words (actual rows=1 loops=1)") || strings.Contains(plan, "Seq Scan on search_entries") {
			t.Errorf("the plan is\n%s", plan)
		}
	})
}

func lines(t *testing.T, conn *sql.Conn, statement string) string {
	t.Helper()
	rows, err := conn.QueryContext(t.Context(), statement)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var b strings.Builder
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		b.WriteString(line + "\n")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// What was stored before there was an index is found once there is one. What is
// deleted leaves nothing in it, also when it had just been put in.
func TestSearchOfWhatWasStored(t *testing.T) {
	t.Parallel()
	eachNew(t, func(t *testing.T, raw raw) {
		t.Helper()
		raw.migrateTo(t, "00001_init.sql", "00002_chat.sql")
		q := query.New(raw.DB)
		if err := storetest.InsertUser(t.Context(), q, "ada"); err != nil {
			t.Fatal(err)
		}
		for i := range 3 {
			id := fmt.Sprint("c", i)
			if err := q.InsertConversation(t.Context(), query.InsertConversationParams{ID: id, UserID: "ada", Title: fmt.Sprint("Title", i), UpdatedAt: int64(i)}); err != nil {
				t.Fatal(err)
			}
			for j := range 150 {
				if err := q.InsertMessage(t.Context(), query.InsertMessageParams{
					ID: fmt.Sprintf("%s-%03d", id, j), UserID: "ada", ConversationID: id, Content: fmt.Sprintf("Text%d of number%d", j, i),
				}); err != nil {
					t.Fatal(err)
				}
			}
		}
		db := raw.open(t)
		t.Cleanup(func() { _ = db.Close() })
		for words, want := range map[string]string{"title1": "[c1]", "text149 number": "[c2 c1 c0]", "number2": "[c2]", "text9 number0 of": "[c0]"} {
			if got := fmt.Sprint(found(t, db, words)); got != want {
				t.Errorf("%s: %s, want %s", words, got, want)
			}
		}
		err := db.Write(t.Context(), func(ctx context.Context, q *query.Queries) error {
			if err := db.Index(ctx, q, store.NewEntry("ada", "c0", "", "Another")); err != nil {
				return err
			}
			for i := range 3 {
				if _, err := q.DeleteConversation(ctx, query.DeleteConversationParams{ID: fmt.Sprint("c", i), UserID: "ada"}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		tables := []string{"search_entries"}
		if raw.dialect == goose.DialectSQLite3 {
			tables = append(tables, "search_words_docsize")
		}
		for _, table := range tables {
			var n int
			if err := raw.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM "+table).Scan(&n); err != nil || n != 0 {
				t.Errorf("%s has %d rows left, %v", table, n, err)
			}
		}
	})
}

// A caller who fails leaves nothing to be found, and what was there before stays.
func TestSearchForgetsWhoFails(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		t.Helper()
		talks(t, db, "ada", 10)
		index := func(text string, fails error) {
			t.Helper()
			err := db.Write(t.Context(), func(ctx context.Context, q *query.Queries) error {
				if err := db.Index(ctx, q, store.NewEntry("ada", "ada-0", "", text)); err != nil {
					return err
				}
				return fails
			})
			if !errors.Is(err, fails) {
				t.Error(err)
			}
		}
		index("kept", nil)
		index("lost", context.Canceled)
		if kept, lost := found(t, db, "kept"), found(t, db, "lost"); len(kept) != 1 || len(lost) != 0 {
			t.Errorf("found %q and %q", kept, lost)
		}
	})
}

// migrateTo runs only these migrations.
func (db raw) migrateTo(t *testing.T, names ...string) {
	t.Helper()
	old := fstest.MapFS{}
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join("migrations", name)) //nolint:gosec // our own
		if err != nil {
			t.Fatal(err)
		}
		old[name] = &fstest.MapFile{Data: text}
	}
	p, err := goose.NewProvider(db.dialect, db.DB, old, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
}
