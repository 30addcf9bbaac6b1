package chat

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"pulse/internal/actor"
	"pulse/internal/fault"
	"pulse/internal/httpd"
	"pulse/internal/store/query"
)

// exportPage is how many conversations are looked up at once; they are read one
// by one.
const exportPage = 500

// Export adds all of a person's conversations: as JSON with everything, and as
// Markdown with the branch that is shown.
func (r *Room) Export(ctx context.Context, a actor.Actor, out *httpd.Archive) error {
	for after := ""; ; {
		page, err := r.db.Read().ConversationsAfter(ctx, query.ConversationsAfterParams{UserID: a.ID, AfterID: after, RowLimit: exportPage})
		if err != nil {
			return fmt.Errorf("chat: export of user %s: %w", a.ID, err)
		}
		for _, id := range page {
			if err := r.exportOne(ctx, a, id, out); err != nil {
				return err
			}
			after = id
		}
		if len(page) < exportPage {
			return nil
		}
	}
}

func (r *Room) exportOne(ctx context.Context, a actor.Actor, id string, out *httpd.Archive) error {
	c, err := r.conversation(ctx, a, id)
	if fault.Is(err, fault.NotFound) { // deleted since it was looked up
		return nil
	}
	if err != nil {
		return fmt.Errorf("chat: export of conversation %s: %w", id, err)
	}
	name := "conversations/" + c.Body.CreatedAt.Format(time.DateOnly) + "-" + slug(c.Body.Title) + "-" + id
	if err := out.JSON(name+".json", c.Body.UpdatedAt, c.Body); err != nil {
		return err
	}
	return out.Text(name+".md", c.Body.UpdatedAt, asMarkdown(&c.Body))
}

// slug makes of a title a part of a file's name: letters and digits of all
// scripts, with a dash where there was anything else.
func slug(title string) string {
	const most = 60 // bytes
	var b strings.Builder
	for word := range strings.FieldsFuncSeq(strings.ToLower(title), func(r rune) bool {
		return r == utf8.RuneError || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	}) {
		if b.Len() > 0 {
			word = "-" + word
		}
		if b.Len() == 0 && len(word) > most { // one long word, as some languages write sentences
			cut := most
			for !utf8.RuneStart(word[cut]) {
				cut--
			}
			word = word[:cut]
		}
		if b.Len()+len(word) > most {
			break
		}
		b.WriteString(word)
	}
	if b.Len() == 0 {
		return "conversation"
	}
	return b.String()
}
