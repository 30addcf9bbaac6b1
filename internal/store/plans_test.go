package store_test

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/pressly/goose/v3"
)

// whole lists the statements that read a whole table, and why they may.
var whole = map[string]string{
	"CountActiveAdmins": "the operator's command, or a change of an administrator",
	"ListUsers":         "the operator's list",
	"SomebodyElse":      "once, when the last administrator leaves; it ends at the newest id",
}

// oneOf finds a table that is searched by the person alone.
var oneOf = regexp.MustCompile(`SEARCH \w+ USING (?:COVERING )?INDEX (\w+) \(user_id=\?\)$`)

// byPerson lists the statements that rightly look through all of one person's
// rows of a table.
var byPerson = map[string]string{
	"DeleteSessionsOfUser":        "that is what it is for",
	"DeleteExpiredSessionsOfUser": "a person has few sessions",
	"AskCancelOfAll":              "the operator's command, once",
	"ListSessions":                "a person has few sessions",
	"DeleteFlowsOfUser":           "a person links and confirms now and then",
	"TrimSessions":                "a person has at most as many sessions as it leaves",
	"DeleteOtherSessions":         "as ListSessions",
	"CountKeys":                   "a person has few keys",
	"ListKeys":                    "as CountKeys",
	"DeleteKeysOfUser":            "as CountKeys",
	"ListIdentities":              "a person has one or two",
	"DeleteIdentitiesOfUser":      "as ListIdentities",
	"DeleteEmailTokensOfUser":     "a person has one or two",
	"ConversationsAfter":          "an export of everything, a large page at a time",
	"ListPeriods":                 "an export of everything; see ListCounters",
	"CountUnfinishedJobs":         "once an account was deleted",
	"PurgeConversations":          "as CountUnfinishedJobs; it ends with its batch",
	"PurgeJobs":                   "as PurgeConversations",
	"PurgeHolds":                  "as CountUnfinishedJobs",
	"PurgeCounters":               "as CountUnfinishedJobs",
	"ListCounters":                "a person has a counter a meter and month",
	"LooseFiles":                  "an upload, which takes longer; how many a person may have depends on it",
	"ListConversations":           "in the list's order, until the page is full",
	"ListPinnedConversations":     "as ListConversations, of an index of those that are pinned",
	"ListJobsWithUsage":           "in the list's order, until the page is full",
	"PageOfFiles":                 "in the list's order, until the page is full",
}

// SQLite plans without knowing how many rows there are: of two indexes with as
// many columns bound it may take the one that reads everything a person ever
// did. So every statement is to bind as much of an index as it can.
func TestStatementsUseIndexes(t *testing.T) {
	t.Parallel()
	eachRaw(t, func(t *testing.T, db raw) {
		t.Helper()
		if db.dialect != goose.DialectSQLite3 {
			t.Skip("PostgreSQL plans by what is in the tables")
		}
		for name, text := range generated(t) {
			name, _, _ = strings.Cut(name, " ")
			for _, step := range db.plan(t, text) {
				if strings.HasPrefix(step, "SCAN ") && !strings.Contains(step, " INDEX ") && step != "SCAN CONSTANT ROW" && whole[name] == "" {
					t.Errorf("%s reads a whole table: %s", name, step)
				}
				if oneOf.MatchString(step) && byPerson[name] == "" {
					t.Errorf("%s reads all rows of a person: %s", name, step)
				}
			}
		}
	})
}

// plan is how SQLite would run a statement, step by step.
func (db raw) plan(t *testing.T, statement string) []string {
	t.Helper()
	arguments := make([]any, len(firstAppearances(statement)))
	rows, err := db.QueryContext(context.Background(), "EXPLAIN QUERY PLAN "+statement, arguments...)
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	defer func() { _ = rows.Close() }()
	var steps []string
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return steps
}

// Who deletes a row looks for those that point to it. Without an index that
// reads the whole table, and no statement's plan tells.
func TestForeignKeysAreIndexed(t *testing.T) {
	t.Parallel()
	eachRaw(t, func(t *testing.T, db raw) {
		t.Helper()
		if db.dialect != goose.DialectSQLite3 {
			t.Skip("the schema is the same")
		}
		rows, err := db.QueryContext(context.Background(), `
			SELECT m.name, fk."from" FROM sqlite_master m, pragma_foreign_key_list(m.name) fk
			WHERE m.type = 'table' AND NOT EXISTS (
				SELECT 1 FROM pragma_index_list(m.name) il, pragma_index_info(il.name) ii
				WHERE ii.seqno = 0 AND ii.name = fk."from" AND il.partial = 0)`)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var table, column string
			if err := rows.Scan(&table, &column); err != nil {
				t.Fatal(err)
			}
			t.Errorf("%s.%s points to another table and has no index", table, column)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	})
}
