package httpd

import (
	"encoding/base64"
	"strconv"
	"strings"

	"pulse/internal/fault"
)

// List is a page of a list.
type List[T any] struct {
	Items      []T    `json:"items"`
	NextCursor string `json:"next_cursor,omitempty" doc:"Give it as cursor to get what follows; absent at the end"`
}

// Page is which part of a list a request wants.
type Page struct {
	Limit  int32  `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many"`
	Cursor string `query:"cursor" maxLength:"200" doc:"next_cursor of the page before"`
}

// Rows is how many items to give.
func (p Page) Rows() int32 { return p.Limit }

// After gives the place that the cursor stands for: the sort value and the id
// of the last item seen; zero values at the beginning. A cursor that we did
// not make is Invalid.
func (p Page) After() (at int64, id string, err error) {
	if p.Cursor == "" {
		return 0, "", nil
	}
	data, err := base64.RawURLEncoding.DecodeString(p.Cursor)
	if err == nil {
		number, rest, ok := strings.Cut(string(data), " ")
		at, err = strconv.ParseInt(number, 10, 64)
		if ok && err == nil && rest != "" && printable(rest) {
			return at, rest, nil
		}
	}
	return 0, "", fault.BadField("query.cursor", "is not a next_cursor of this list")
}

// NewList makes a page of up to rows items from rows+1 that were read: the one
// too many tells that there is more. place gives an item's sort value and id.
func NewList[T any](items []T, rows int32, place func(T) (int64, string)) List[T] {
	if len(items) <= int(rows) {
		return List[T]{Items: items}
	}
	items = items[:rows]
	at, id := place(items[rows-1])
	cursor := base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(at, 10) + " " + id))
	return List[T]{Items: items, NextCursor: cursor}
}

// Resume is where a reader of events wants to go on. The query stands in where
// a client cannot set headers.
type Resume struct {
	LastEventID string `header:"Last-Event-ID" maxLength:"20" doc:"Id of the last event that was received"`
	After       string `query:"after" maxLength:"20" doc:"The same, for clients that cannot set the header"`
}

// maxPosition keeps positions within what JavaScript counts exactly.
const maxPosition = 1<<53 - 1

// Position is the place to go on from, 0 for the beginning.
func (r Resume) Position() (uint64, error) {
	text, location := r.LastEventID, "header.Last-Event-ID"
	if text == "" {
		text, location = r.After, "query.after"
	}
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || n > maxPosition {
		return 0, fault.BadField(location, "must be the id of an event")
	}
	return n, nil
}

func printable(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}
