package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pulse/internal/store"
	"pulse/internal/store/query"
	"pulse/internal/store/storetest"
)

// library has a conversation for each text, as its only message.
func library(t *testing.T, db *store.DB, user string, texts ...string) []string {
	t.Helper()
	ids := make([]string, len(texts))
	err := db.Write(t.Context(), func(ctx context.Context, q *query.Queries) error {
		err := q.InsertUser(ctx, query.InsertUserParams{ID: user, Email: user, EmailKey: user, FullName: "x", Plan: "starter", IsActive: true})
		if err != nil {
			return err
		}
		for i, text := range texts {
			ids[i] = fmt.Sprintf("%s-%06d", user, i)
			message := "m" + ids[i]
			if err := q.InsertConversation(ctx, query.InsertConversationParams{ID: ids[i], UserID: user, Title: "t", Model: "m", Settings: "{}", UpdatedAt: int64(i + 1)}); err != nil {
				return err
			}
			if err := q.InsertMessage(ctx, query.InsertMessageParams{
				ID: message, UserID: user, ConversationID: ids[i], Role: "user", Content: text, Status: "completed",
			}); err != nil {
				return err
			}
			if err := db.Index(ctx, q, store.NewEntry(user, ids[i], message, text)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

func contents(found []store.Found) []string {
	texts := make([]string, len(found))
	for i, f := range found {
		texts[i] = f.Content
	}
	return texts
}

// The same is found on both databases, in every script, whatever is typed.
func TestSearch(t *testing.T) {
	t.Parallel()
	texts := []string{
		"Crème brûlée for two", "the Straße in STRASBOURG", "今天天气很好，我们去公园散步吧。", "東京タワーに行きました", "สวัสดีชาวโลก",
		"Съешь ещё этих булок", "مَرْحَبًا بالعالم", "नमस्ते दुनिया", "안녕하세요 세계", "100% of under_score AND \"quotes\" NEAR(x)", "ﬁnal C++ and it's 3.14",
		strings.Repeat("filler ", 2000) + "needle at the end", "𝔘nicode 👩‍👩‍👧 family",
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		t.Helper()
		library(t, db, "01a211fc-d457-74e8-b04b-0000000000aa", texts...)
		library(t, db, "01a211fc-d457-74e8-b04b-0000000000bb", "brulee is somebody else's")
		for typed, want := range map[string][]int{
			"brulee": {0}, "CRÈME two": {0}, "crem": {0}, "reme": {}, "crème park": {}, "strasse": {1}, "STRASB": {1},
			"天气": {2}, "公园散步": {2}, "散步公园": {}, "今": {2}, "吧": {2}, "東京": {3}, "タワー": {3}, "ชาวโลก": {4}, "ЕЩЁ булок": {5}, "еще": {5},
			"مرحبا": {6}, "नमस्ते": {7}, "안녕": {8}, "100": {9}, "%": {}, "_": {}, "score": {9}, "NEAR": {9}, "and": {9, 10}, `"quotes"`: {9},
			"final": {10}, "c": {0, 10}, "3.14": {10}, "needle end": {11}, "unicode": {12}, "👩": {}, "": {}, "'": {}, `\`: {}, "a & ! | b": {},
			"x) OR (y": {}, "words:x": {}, "-brulee": {0}, "brulee*": {0}, "NOT brulee": {}, strings.Repeat("a", 200): {},
			strings.Repeat("a ", 100): {9, 10, 11},
			"\xff\xfe":                {}, "ﷺ": {}, "\u037a": {}, "天\u3099\u0301": {}, "\u0301": {},
		} {
			found, err := db.Search(t.Context(), store.Search{UserID: "01a211fc-d457-74e8-b04b-0000000000aa", Words: typed, RowLimit: 50})
			if err != nil {
				t.Errorf("%q: %v", typed, err)
				continue
			}
			expected := make([]string, len(want))
			for i, n := range want {
				expected[len(want)-1-i] = texts[n] // the last used first
			}
			if got := contents(found); !slices.Equal(got, expected) {
				t.Errorf("%q found %.200q", typed, got)
			}
		}
	})
}

// No letter that is typed is anything but a word to the databases: all up to the
// kana, and of what comes after, which has few kinds, an eighth.
func TestSearchForEveryLetter(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		t.Helper()
		library(t, db, "somebody", "x")
		var typed strings.Builder
		for r := range rune(0x20000) {
			if r < 0x80 || r >= 0xd800 && r < 0xe000 {
				continue
			}
			typed.WriteRune(r)
			if typed.WriteByte(' '); r%256 != 255 {
				continue
			}
			if r > 0x3100 && r>>8%8 != 0 {
				typed.Reset()
				continue
			}
			for _, words := range []string{typed.String(), strings.ReplaceAll(typed.String(), " ", "")} {
				if found, err := db.Search(t.Context(), store.Search{UserID: "somebody", Words: words, RowLimit: 5}); err != nil || len(found) > 0 {
					t.Errorf("letters up to %U: %v, %d found", r, err, len(found))
				}
			}
			typed.Reset()
		}
	})
}

// An entry has one text: the newest. What is deleted is found no more.
func TestSearchForgets(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		t.Helper()
		user := store.NewID()
		ids := library(t, db, user, "apple pie", "apple tart")
		looks := func(words string) int {
			found, err := db.Search(t.Context(), store.Search{UserID: user, Words: words, RowLimit: 50})
			if err != nil {
				t.Fatal(err)
			}
			return len(found)
		}
		must := func(fn store.TxFunc) {
			if err := db.Write(t.Context(), fn); err != nil {
				t.Fatal(err)
			}
		}
		for _, title := range []string{"A cherry", "A plum"} {
			must(func(ctx context.Context, q *query.Queries) error {
				return db.Index(ctx, q, store.NewEntry(user, ids[0], "", title))
			})
		}
		for words, want := range map[string]int{"cherry": 0, "plum": 1, "apple": 2, "apple plum": 0} {
			if got := looks(words); got != want {
				t.Errorf("%q is found %d times, want %d", words, got, want)
			}
		}
		must(func(ctx context.Context, q *query.Queries) error {
			_, err := q.DeleteConversation(ctx, query.DeleteConversationParams{ID: ids[0], UserID: user})
			return err
		})
		for words, want := range map[string]int{"plum": 0, "apple": 1} {
			if got := looks(words); got != want {
				t.Errorf("after the deletion %q is found %d times, want %d", words, got, want)
			}
		}
	})
}

func TestSnippet(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("before ", 50) + "the\n\n  Néedle   here " + strings.Repeat("after ", 50)
	if got := store.Snippet(long, "needle", 60); !strings.Contains(got, "the Néedle here after") || !strings.HasPrefix(got, "…") || !strings.HasSuffix(got, "…") || len(got) > 70 {
		t.Errorf("it is %q", got)
	}
	for _, c := range [][3]string{
		{"short needle", "needle", "short needle"},
		{"nothing", "needle", "nothing"},
		{"", "x", ""},
		{strings.Repeat("天", 100), "天天", strings.Repeat("天", 20) + "…"},
	} {
		if got := store.Snippet(c[0], c[1], 60); got != c[2] {
			t.Errorf("%q in %.20q… gives %q", c[1], c[0], got)
		}
	}
}

func FuzzSearch(f *testing.F) {
	db := storetest.SQLite(f)
	for _, seed := range []string{"", `"`, "a*", "今天", "ﬁ ß ẞ İ", "\x00", "नमस्ते", "'; --"} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, text, typed string) {
		if _, err := db.Search(t.Context(), store.Search{UserID: "u", Words: typed, RowLimit: 5}); err != nil {
			t.Errorf("search for %q: %v", typed, err)
		}
		_ = store.Snippet(text, typed, 40)
	})
}
