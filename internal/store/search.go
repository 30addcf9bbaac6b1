package store

import (
	"context"
	"strings"
	"unicode/utf8"

	"pulse/internal/store/query"
)

// Entry is a text that can be searched: a message's, or without a message's id
// the title of its conversation.
type Entry struct{ params query.IndexParams }

// NewEntry takes a text apart. That takes a moment for a long one, and so is for
// outside of the transaction, which on SQLite everybody waits for.
func NewEntry(userID, conversationID, messageID, text string) Entry {
	return Entry{query.IndexParams{UserID: userID, ConversationID: conversationID, MessageID: messageID, Words: indexed(userID, text)}}
}

// Index makes an entry findable, in place of what the same entry was before. It
// belongs into the transaction that writes the text.
func (db *DB) Index(ctx context.Context, q *query.Queries, e Entry) error {
	if db.index != nil {
		return wrap("index", db.index(ctx, e.params))
	}
	return wrap("index", index(ctx, q, db.dialect, e))
}

func index(ctx context.Context, q *query.Queries, dialect string, e Entry) error {
	if dialect == SQLite {
		return q.IndexInFTS5(ctx, e.params)
	}
	return q.IndexInTSVector(ctx, e.params)
}

// Search says what to look for, and from where on.
type Search struct {
	UserID   string
	Words    string // as a person types them: all of them, each as the beginning of a word
	BeforeAt int64  // the last conversation of the page before; 0: from the newest on
	BeforeID string
	Pinned   *bool // only those that are pinned, or that are not; nil: all
	RowLimit int32
}

// Found is a conversation with something that was looked for.
type Found = query.Found

// Search gives a person's conversations in which an entry has all the words, the
// last used first, each with the newest entry that has them. No words: nothing.
func (db *DB) Search(ctx context.Context, s Search) ([]Found, error) {
	wanted := wantedWords(s.Words)
	if len(wanted) == 0 {
		return nil, nil
	}
	key := wordKey(s.UserID)
	p := query.SearchParams{UserID: s.UserID, BeforeAt: s.BeforeAt, BeforeID: s.BeforeID, Pinned: -1, RowLimit: int64(s.RowLimit)}
	if s.Pinned != nil {
		p.Pinned = 0
		if *s.Pinned {
			p.Pinned = 1
		}
	}
	parts := make([]string, len(wanted))
	if db.dialect == SQLite {
		for i, w := range wanted {
			parts[i] = `"` + key + w + `"*` // letters and digits only: nothing to escape
		}
		p.Match = strings.Join(parts, " AND ")
		found, err := db.read.SearchInFTS5(ctx, p)
		return found, wrap("search", err)
	}
	for i, w := range wanted {
		parts[i] = `'` + key + w + `':*`
	}
	p.Match = strings.Join(parts, " & ")
	found, err := db.read.SearchInTSVector(ctx, p)
	return found, wrap("search", err)
}

// wordKey begins each word of a person's in the index. So a search reads what
// one person wrote, however much the others did. It need not be unique: whose an
// entry is, its row says.
func wordKey(userID string) string {
	key := strings.ReplaceAll(userID, "-", "")
	const length = 8 // the end of a UUIDv7 is random, its beginning the time
	return key[max(0, len(key)-length):]
}

// indexed gives the words of a text for the index, once each.
func indexed(userID, text string) string {
	if len(text) > maxIndexed {
		text = text[:maxIndexed]
	}
	key, seen := wordKey(userID), map[string]bool{}
	var all strings.Builder
	words(text, true, func(w word) bool {
		if !seen[w.text] {
			seen[w.text] = true
			if all.Len() > 0 {
				all.WriteByte(' ')
			}
			all.WriteString(key)
			all.WriteString(w.text)
		}
		return len(seen) < maxWords
	})
	return all.String()
}

func wantedWords(typed string) []string {
	var wanted []string
	seen := map[string]bool{}
	words(typed, false, func(w word) bool {
		if !seen[w.text] {
			seen[w.text] = true
			wanted = append(wanted, w.text)
		}
		return true
	})
	return wanted
}

// Snippet gives about so many bytes of a text around the first word that was
// looked for, on one line.
func Snippet(text, typed string, length int) string {
	wanted := wantedWords(typed)
	at := -1
	words(text, true, func(w word) bool {
		for _, beginning := range wanted {
			if strings.HasPrefix(w.text, beginning) {
				at = w.start
				return false
			}
		}
		return true
	})
	begin := max(0, at-length/3)
	if begin > 0 { // not in the middle of a word, unless it is very long
		if i := strings.IndexAny(text[begin:at], " \n\t"); i >= 0 {
			begin += i + 1
		}
	}
	for begin < len(text) && !utf8.RuneStart(text[begin]) {
		begin++
	}
	end := min(len(text), begin+length)
	for end > begin && end < len(text) && !utf8.RuneStart(text[end]) {
		end--
	}
	line := strings.Join(strings.Fields(text[begin:end]), " ")
	if begin > 0 {
		line = "…" + line
	}
	if end < len(text) {
		line += "…"
	}
	return line
}
