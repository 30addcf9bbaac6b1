package chat

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"pulse/internal/fault"
	"pulse/internal/provider"
	"pulse/internal/store/query"
)

// A file that is named again and again is not copied again and again.
func TestDoorWeighsFilesBeforeTheyAreCopied(t *testing.T) { //nolint:paralleltest // it measures memory
	tr := translation{
		room: doorRoom(t), c: &completing{},
		known: map[string]query.File{"f": {ID: "f", Kind: "text", Name: "n", Text: strings.Repeat("x", 1<<20)}},
	}
	var body strings.Builder
	for range 600 {
		body.WriteString(`{"type":"file","file":{"file_id":"f"}},`)
	}
	list := strings.TrimSuffix(body.String(), ",")
	var asked content
	if err := asked.UnmarshalJSONFrom(decoderOf("[" + list + "]")); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err := tr.question(t.Context(), "messages[0].content", asked)
	runtime.ReadMemStats(&after)
	if f := fault.From(err); err == nil || f.Type != string(provider.KindTooLong) {
		t.Errorf("got %v", err)
	}
	if mb := (after.TotalAlloc - before.TotalAlloc) >> 20; mb > 8*maxPrompt>>20 {
		t.Errorf("it took %d MB", mb)
	}
}

// What is larger in memory than on the line is bound while it is read.
func TestDoorBoundsLists(t *testing.T) {
	t.Parallel()
	r := doorRoom(t)
	many := func(one string, n int) string { return strings.TrimSuffix(strings.Repeat(one+",", n), ",") }
	hi := `{"role":"user","content":"hi"}`
	for name, body := range map[string]string{
		"parts":                 parts(many(`{"type":"text","text":"a"}`, maxPieces+1)),
		"parts of all messages": `{"messages":[` + many(`{"role":"user","content":[`+many(`{"type":"text","text":"a"}`, maxPieces)+`]}`, 3) + `]}`,
		"calls":                 `{"messages":[` + hi + `,{"role":"assistant","tool_calls":[` + many(`{}`, maxPieces+1) + `]}]}`,
		"messages":              `{"messages":[` + many(hi, maxTurns+1) + `]}`,
		"empty messages":        `{"messages":[` + many(`{}`, maxTurns+1) + `]}`,
	} {
		_, err := r.reads(t, rest(body))
		if f := fault.From(err); err == nil || len(f.Fields) == 0 || f.Fields[0].Location != "messages" {
			t.Errorf("%s: %v", name, err)
		}
	}
	c, err := r.reads(t, rest(parts(many(`{"type":"text","text":"a"}`, maxPieces))))
	if err != nil || c.req.Messages[0].Text != strings.TrimSuffix(strings.Repeat("a\n", maxPieces), "\n") {
		t.Errorf("as many as may be: %v", err)
	}
}

// Who is gone is not read for to the end.
func TestDoorStopsForWhoIsGone(t *testing.T) {
	t.Parallel()
	gone, leave := context.WithCancelCause(t.Context())
	left := errors.New("left")
	leave(left)
	tr := translation{room: doorRoom(t), c: &completing{}}
	if err := tr.question(gone, "messages[0].content", content{{Type: partText, Text: "a"}}); !errors.Is(err, left) {
		t.Errorf("got %v", err)
	}
}

func decoderOf(text string) *jsontext.Decoder { return jsontext.NewDecoder(strings.NewReader(text)) }

// A vendor's note is one short line in the log, whatever it is.
func TestNotesAreCut(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{
		{"SAFETY", "SAFETY"},
		{"a\n b\r\n\tc ", "a b c"},
		{strings.Repeat("x", 1000), strings.Repeat("x", 100)},
		{strings.Repeat("x", 99) + "\u00e9", strings.Repeat("x", 99)},
		{strings.Repeat(" ", 300) + "a\nb\xff", "a b"},
	} {
		if got := oneLine(c[0]); got != c[1] {
			t.Errorf("%q became %q", c[0], got)
		}
	}
}

// Calls come in pieces; one that nobody could make is none.
func TestCallsAreGathered(t *testing.T) {
	t.Parallel()
	var g gathered
	for _, d := range []provider.ToolCallDelta{
		{Index: 0, ID: "a", Name: "f"}, {Index: 0, Arguments: "{"}, {Index: 1, ID: "b"}, {Index: 0, Arguments: "}"}, {Index: 2, ID: "c", Name: "g", Arguments: "{}"},
	} {
		g.take(d)
	}
	want := calls{{ID: "a", Name: "f", Arguments: "{}"}, {ID: "c", Name: "g", Arguments: "{}"}}
	if got := g.calls().named(); !slices.Equal(got, want) {
		t.Errorf("got %+v", got)
	}
}
