package chat

import (
	"context"

	"pulse/internal/actor"
	"pulse/internal/store"
)

// Match is where a search found something in a conversation.
type Match struct {
	MessageID string `json:"message_id" doc:"The newest message that has all the words; empty: it is the title"`
	Snippet   string `json:"snippet" doc:"What stands around the first of the words; empty for a title"`
}

// snippet is how much of a message a list of results shows, in bytes.
const snippet = 160

// search lists the conversations in which a title or a message has all the words.
func (r *Room) search(ctx context.Context, a actor.Actor, in *listInput, at int64, id string) ([]ConversationSummary, error) {
	s := store.Search{UserID: a.ID, Words: in.Search, BeforeAt: at, BeforeID: id, RowLimit: in.Rows() + 1}
	if in.Pinned.Given {
		s.Pinned = &in.Pinned.Value
	}
	found, err := r.db.Search(ctx, s)
	items := make([]ConversationSummary, len(found))
	for i, f := range found {
		items[i] = ConversationSummary{
			ID: f.ID, Title: f.Title, TitleBy: f.TitleBy, Model: f.Model, Pinned: f.Pinned,
			CreatedAt: store.Time(f.CreatedAt), UpdatedAt: store.Time(f.UpdatedAt), Match: &Match{MessageID: f.MessageID},
		}
		if f.MessageID != "" {
			items[i].Match.Snippet = store.Snippet(f.Content, in.Search, snippet)
		}
	}
	return items, err
}
