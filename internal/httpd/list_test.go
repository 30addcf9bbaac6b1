package httpd_test

import (
	"testing"

	"pulse/internal/fault"
	"pulse/internal/httpd"
)

func TestPages(t *testing.T) {
	t.Parallel()
	list := httpd.NewList([]string{"a", "b", "c"}, 2, func(s string) (int64, string) { return 7, s })
	if len(list.Items) != 2 || list.NextCursor == "" {
		t.Fatalf("got %+v", list)
	}
	at, id, err := httpd.Page{Cursor: list.NextCursor}.After()
	if err != nil || at != 7 || id != "b" {
		t.Errorf("got %d %q %v", at, id, err)
	}
	if list := httpd.NewList([]string{"a", "b"}, 2, func(s string) (int64, string) { return 0, s }); list.NextCursor != "" {
		t.Error("the last page has a cursor")
	}
	for _, cursor := range []string{"!", "Zm9v", "NyA", "NyAA"} {
		if _, _, err := (httpd.Page{Cursor: cursor}).After(); !fault.Is(err, fault.Invalid) {
			t.Errorf("the cursor %q: %v", cursor, err)
		}
	}
}
