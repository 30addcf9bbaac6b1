package store

import (
	"context"
	"database/sql"

	"github.com/pressly/goose/v3"

	"pulse/internal/store/query"
)

// The search index is the one part of the schema that the databases do not
// share: FTS5 keeps words in a table of its own, PostgreSQL in a column.
var (
	searchInSQLite = []string{
		`CREATE TABLE search_entries (
			id              INTEGER PRIMARY KEY,
			user_id         TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
			conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
			message_id      TEXT NOT NULL, -- '' for the title
			UNIQUE (conversation_id, message_id)
		)`,
		`CREATE INDEX search_entries_by_user ON search_entries (user_id)`,
		// The words come folded and parted, so the tokenizer has only the spaces
		// to find; ascii leaves all other letters alone.
		`CREATE VIRTUAL TABLE search_words USING fts5 (words, content='', contentless_delete=1, detail='none', tokenize='ascii')`,
		`CREATE TRIGGER search_entries_gone AFTER DELETE ON search_entries BEGIN
			DELETE FROM search_words WHERE rowid = old.id;
		END`,
	}
	searchInPostgres = []string{
		`CREATE TABLE search_entries (
			user_id         TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
			conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
			message_id      TEXT NOT NULL,
			words           TSVECTOR NOT NULL,
			PRIMARY KEY (conversation_id, message_id)
		)`,
		`CREATE INDEX search_entries_by_user ON search_entries (user_id)`,
		`CREATE INDEX search_entries_words ON search_entries USING GIN (words)`,
	}
)

// searchMigration makes the index and fills it with what is there.
func searchMigration(dialect string) *goose.Migration {
	const version = 3
	statements := searchInSQLite
	if dialect == PostgreSQL {
		statements = searchInPostgres
	}
	return goose.NewGoMigration(version, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
		for _, statement := range statements {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return wrap("search index", err)
			}
		}
		for _, what := range []string{
			`SELECT user_id, id, '', title FROM conversations WHERE id > $1 ORDER BY id LIMIT 200`,
			`SELECT user_id, conversation_id, id, content FROM messages WHERE id > $1 AND content <> '' ORDER BY id LIMIT 200`,
		} {
			if err := indexAll(ctx, tx, dialect, what); err != nil {
				return wrap("search index", err)
			}
		}
		return nil
	}}, nil)
}

// indexAll goes through what a statement gives, page by page: the connection
// cannot read and write at once.
func indexAll(ctx context.Context, tx *sql.Tx, dialect, statement string) error {
	q := query.New(tx)
	for last := ""; ; {
		entries, err := entriesAfter(ctx, tx, statement, last)
		if err != nil || len(entries) == 0 {
			return err
		}
		for _, e := range entries {
			if err := index(ctx, q, dialect, e); err != nil {
				return err
			}
		}
		end := entries[len(entries)-1].params
		if last = end.MessageID; last == "" {
			last = end.ConversationID
		}
	}
}

func entriesAfter(ctx context.Context, tx *sql.Tx, statement, last string) ([]Entry, error) {
	rows, err := tx.QueryContext(ctx, statement, last)
	if err != nil {
		return nil, err //nolint:wrapcheck // the migration does
	}
	defer func() { _ = rows.Close() }()
	var entries []Entry
	for rows.Next() {
		var userID, conversationID, messageID, text string
		if err := rows.Scan(&userID, &conversationID, &messageID, &text); err != nil {
			return nil, err //nolint:wrapcheck // as above
		}
		entries = append(entries, NewEntry(userID, conversationID, messageID, text))
	}
	return entries, rows.Err() //nolint:wrapcheck // as above
}
