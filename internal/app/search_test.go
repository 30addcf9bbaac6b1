package app

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

type hit struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Match *struct {
		MessageID string `json:"message_id"`
		Snippet   string `json:"snippet"`
	} `json:"match"`
}

func (c *caller) finds(words, more string) []hit {
	c.h.t.Helper()
	return get[struct{ Items []hit }](c, http.MethodGet, "/api/v1/conversations?q="+url.QueryEscape(words)+more, nil).Items
}

// Words are found in questions, answers and titles, with the place, page by
// page; what was renamed, answered anew or deleted since, as it is now; and never
// what is somebody else's.
func TestSearchInConversations(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		p, other := h.register("ada"), h.register("bob")
		o := p.ask(object{"messages": said("Where does the Okapi live? [recite]"), "system_prompt": "In the forests of the Congo."})
		p.ask(object{"messages": said("Where does the okapi sleep?")})
		if got := other.finds("okapi", ""); len(got) != 0 {
			t.Errorf("another person finds %+v", got)
		}
		got := p.finds("OKAPI", "")
		if len(got) != 2 || got[0].Match == nil || !strings.Contains(got[0].Match.Snippet, "okapi") {
			t.Errorf("okapi: %+v", got)
		}
		got = p.finds("congo forests", "")
		if len(got) != 1 || got[0].ID != o.ConversationID || got[0].Match.MessageID != o.Message.ID || got[0].Match.Snippet != "In the forests of the Congo." {
			t.Errorf("the answer: %+v", got)
		}
		if got := p.finds("okapi congo", ""); len(got) != 0 { // one word in the question, one in the answer
			t.Errorf("over two messages: %+v", got)
		}

		p.must(http.StatusOK, http.MethodPatch, "/api/v1/conversations/"+o.ConversationID, object{"title": "Zebras", "pinned": true})
		got = p.finds("zebra", "")
		if len(got) != 1 || got[0].Title != "Zebras" || got[0].Match.MessageID != "" || got[0].Match.Snippet != "" {
			t.Errorf("the title: %+v", got)
		}
		if pinned, rest := p.finds("okapi", "&pinned=true"), p.finds("okapi", "&pinned=false"); len(pinned) != 1 || len(rest) != 1 || pinned[0].ID == rest[0].ID {
			t.Errorf("pinned %+v, others %+v", pinned, rest)
		}
		first := get[struct {
			Items []hit
			Next  string `json:"next_cursor"`
		}](p, http.MethodGet, "/api/v1/conversations?q=okapi&limit=1", nil)
		if len(first.Items) != 1 || first.Next == "" {
			t.Fatalf("the first page: %+v", first)
		}
		if second := p.finds("okapi", "&limit=1&cursor="+url.QueryEscape(first.Next)); len(second) != 1 || second[0].ID == first.Items[0].ID {
			t.Errorf("the second page: %+v", second)
		}
		p.must(http.StatusNoContent, http.MethodDelete, "/api/v1/conversations/"+o.ConversationID, nil)
		if got := p.finds("zebra", ""); len(got) != 0 {
			t.Errorf("deleted, and found: %+v", got)
		}
		for _, typed := range []string{`"`, "'", "*", "a AND", "NEAR(", "(", "\\", strings.Repeat("ä", 100), "👍", "NULL", ":*", "a:b", "-", "^x"} {
			p.must(http.StatusOK, http.MethodGet, "/api/v1/conversations?q="+url.QueryEscape(typed), nil)
		}
		p.must(http.StatusBadRequest, http.MethodGet, "/api/v1/conversations?q="+strings.Repeat("x", 201), nil)
	})
}
