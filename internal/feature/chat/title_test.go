package chat

import (
	"strings"
	"testing"
)

func TestCleanTitle(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		"A day in Paris":                             "A day in Paris",
		"\"A day in Paris.\"":                        "A day in Paris",
		"\n\n## **A day   in Paris**\n\nIt is nice.": "A day in Paris",
		"Title: A day: Paris":                        "A day: Paris",
		"**Title:** “Ein Tag in Paris”":              "Ein Tag in Paris",
		"巴黎的一天。":                                     "巴黎的一天",
		"Why C# and not F#?":                         "Why C# and not F#?",
		"...":                                        "",
		" \n ":                                       "",
		strings.Repeat("word ", 40):                  strings.TrimSpace(strings.Repeat("word ", 16)) + "…",
	} {
		if got := cleanTitle(said); got != want {
			t.Errorf("%q became %q, want %q", said, got, want)
		}
	}
}
