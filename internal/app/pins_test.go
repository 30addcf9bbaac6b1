package app

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"
)

// listed gives a list of conversations as a reader comes by it: page by page.
func (c *caller) listed(query string) (list []conversation) {
	c.h.t.Helper()
	cursor := ""
	for range 20 {
		got := get[struct {
			Items      []conversation `json:"items"`
			NextCursor string         `json:"next_cursor"`
		}](c, http.MethodGet, "/api/v1/conversations?limit=3&"+query+"&cursor="+url.QueryEscape(cursor), nil)
		list = append(list, got.Items...)
		if cursor = got.NextCursor; cursor == "" {
			return list
		}
	}
	c.h.t.Errorf("the list %s has no end", query)
	return list
}

func titles(list []conversation) []string {
	names := make([]string, 0, len(list))
	for _, c := range list {
		names = append(names, c.Title)
	}
	return names
}

// What is pinned is listed apart, in the same order as ever: pinning is no use.
func TestPins(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		p := h.register("ada")
		var all, pinned, others []string
		for i := range 10 {
			title := fmt.Sprint("number ", i)
			made := p.ask(object{"messages": said(title)})
			all = append(all, title)
			if i%2 == 1 {
				others = append(others, title)
				continue
			}
			pinned = append(pinned, title)
			path := "/api/v1/conversations/" + made.ConversationID
			before := p.read(made.ConversationID)
			time.Sleep(2 * time.Millisecond)
			after := get[conversation](p, http.MethodPatch, path, object{"pinned": true})
			if before.Pinned || !after.Pinned || !after.UpdatedAt.Equal(before.UpdatedAt) || after.TitleBy != "question" {
				t.Errorf("pinning made\n%+v of\n%+v", after, before)
			}
		}
		for query, want := range map[string][]string{"": all, "pinned=true": pinned, "pinned=false": others} {
			slices.Reverse(want) // the last used first
			h.same("the list "+query, titles(p.listed(query)), want)
		}
		first := p.listed("pinned=true")[0]
		p.must(http.StatusOK, http.MethodPatch, "/api/v1/conversations/"+first.ID, object{"pinned": false, "title": "Renamed"})
		h.same("pinned, after one no longer is", titles(p.listed("pinned=true")), pinned[1:])
		if c := p.read(first.ID); c.Pinned || c.Title != "Renamed" || c.TitleBy != "person" {
			t.Errorf("after renaming: %+v", c)
		}
		if got := p.do(http.MethodGet, "/api/v1/conversations?pinned=maybe", nil); got.status != http.StatusBadRequest {
			t.Errorf("a filter that is none: %d", got.status)
		}
	})
}
