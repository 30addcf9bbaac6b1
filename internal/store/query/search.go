package query

import "context"

// What sqlc cannot make: the two databases' own full-text indexes, FTS5 and
// tsvector. Package store chooses, and makes the words.

// IndexParams is an entry and its words, with spaces between them.
type IndexParams struct{ UserID, ConversationID, MessageID, Words string }

// SearchParams is a search in the database's own language.
type SearchParams struct {
	UserID, Match string
	BeforeAt      int64
	BeforeID      string
	Pinned        int64 // 1: only those that are, 0: that are not, -1: all
	RowLimit      int64
}

// Found is a conversation and the newest entry in it that matches.
type Found struct {
	ID        string
	Title     string
	TitleBy   string
	Model     string
	Pinned    bool
	CreatedAt int64
	UpdatedAt int64
	MessageID string // '' where the title matches and no message
	Content   string // of that message, its beginning
}

const (
	// AddEntry and AddWords are what SQLite's writer keeps prepared.
	AddEntry = `INSERT INTO search_entries (user_id, conversation_id, message_id) VALUES ($1, $2, $3)
ON CONFLICT (conversation_id, message_id) DO UPDATE SET user_id = excluded.user_id RETURNING id`
	// AddWords replaces what the entry had before.
	AddWords = `REPLACE INTO search_words (rowid, words) VALUES ($1, $2)`

	addTSVector = `INSERT INTO search_entries (user_id, conversation_id, message_id, words)
VALUES ($1, $2, $3, array_to_tsvector(string_to_array($4, ' ')))
ON CONFLICT (conversation_id, message_id) DO UPDATE SET words = excluded.words`

	// SearchFTS5 is one of the two that find conversations.
	SearchFTS5 = `WITH hits AS (
    SELECT e.conversation_id, MAX(e.message_id) AS message_id
    FROM search_words CROSS JOIN search_entries e
    WHERE search_words MATCH $1 AND e.id = search_words.rowid AND e.user_id = $2
    GROUP BY e.conversation_id
)` + found
	// SearchTSVector is the other.
	SearchTSVector = `WITH hits AS (
    SELECT e.conversation_id, MAX(e.message_id) AS message_id
    FROM search_entries e
    WHERE e.words @@ CAST(CAST($1 AS TEXT) AS tsquery) AND e.user_id = $2
    GROUP BY e.conversation_id
)` + found
	found = `
SELECT c.id, c.title, c.title_by, c.model, c.pinned, c.created_at, c.updated_at, hits.message_id, SUBSTR(COALESCE(m.content, ''), 1, 65536)
FROM hits CROSS JOIN conversations c LEFT JOIN messages m ON m.id = hits.message_id AND m.user_id = c.user_id
WHERE c.id = hits.conversation_id AND c.user_id = $2
  AND (CAST($3 AS BIGINT) = 0 OR (c.updated_at, c.id) < ($3, CAST($4 AS TEXT)))
  AND (CAST($5 AS BIGINT) < 0 OR CASE WHEN c.pinned THEN 1 ELSE 0 END = $5)
ORDER BY c.updated_at DESC, c.id DESC
LIMIT $6`
)

// IndexInFTS5 replaces the words of an entry. Words that are gone with a row
// (a conversation that was deleted) a trigger drops.
func (q *Queries) IndexInFTS5(ctx context.Context, p IndexParams) error {
	var id int64
	if err := q.db.QueryRowContext(ctx, AddEntry, p.UserID, p.ConversationID, p.MessageID).Scan(&id); err != nil {
		return err //nolint:wrapcheck // as the generated ones
	}
	_, err := q.db.ExecContext(ctx, AddWords, id, p.Words)
	return err
}

// IndexInTSVector is IndexInFTS5 for PostgreSQL.
func (q *Queries) IndexInTSVector(ctx context.Context, p IndexParams) error {
	_, err := q.db.ExecContext(ctx, addTSVector, p.UserID, p.ConversationID, p.MessageID, p.Words)
	return err
}

// SearchInFTS5 finds conversations.
func (q *Queries) SearchInFTS5(ctx context.Context, p SearchParams) ([]Found, error) {
	return q.search(ctx, SearchFTS5, p)
}

// SearchInTSVector is SearchInFTS5 for PostgreSQL.
func (q *Queries) SearchInTSVector(ctx context.Context, p SearchParams) ([]Found, error) {
	return q.search(ctx, SearchTSVector, p)
}

func (q *Queries) search(ctx context.Context, text string, p SearchParams) ([]Found, error) {
	rows, err := q.db.QueryContext(ctx, text, p.Match, p.UserID, p.BeforeAt, p.BeforeID, p.Pinned, p.RowLimit)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var all []Found
	for rows.Next() {
		var f Found
		if err := rows.Scan(&f.ID, &f.Title, &f.TitleBy, &f.Model, &f.Pinned, &f.CreatedAt, &f.UpdatedAt, &f.MessageID, &f.Content); err != nil {
			return nil, err //nolint:wrapcheck // as above
		}
		all = append(all, f)
	}
	return all, rows.Err() //nolint:wrapcheck // as above
}
