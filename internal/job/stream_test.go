package job

import (
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"pulse/internal/store"
)

// readAll reads a stream from a position on, as a follower does, and gives the
// text that it saw and where it stopped.
func readAll(s *stream, position uint64) (text string, at uint64) {
	var b strings.Builder
	for {
		e, ok, _ := s.after(position)
		if !ok {
			return b.String(), position
		}
		if e.Kind.text() {
			b.Write(e.Data)
		}
		position = e.Position
	}
}

// Whatever is said, in whatever pieces, a reader that stops after any event
// and comes back, or never was there before, has every byte exactly once.
func TestStreamLosesAndRepeatsNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := newStream(Job{ID: "j", Fence: rapid.Int64Range(1, 5).Draw(t, "fence")})
		s.tell(EventStart, []byte("{}"))
		var want strings.Builder
		var got strings.Builder
		at := uint64(0)
		pieces := rapid.SliceOfN(rapid.StringN(0, 8, 32), 1, 60).Draw(t, "pieces")
		for _, piece := range pieces {
			kind := EventText
			if rapid.Bool().Draw(t, "reasoning") {
				kind = EventReasoning
			}
			if piece != "" {
				s.say(kind, piece)
			}
			want.WriteString(store.Text(piece)) // U+0000 is said as U+FFFD
			if rapid.Bool().Draw(t, "read now") {
				var text string
				text, at = readAll(s, at)
				got.WriteString(text)
			}
		}
		text, _ := readAll(s, at)
		got.WriteString(text)
		if got.String() != want.String() {
			t.Fatalf("a returning reader has %q, want %q", got.String(), want.String())
		}
		if text, _ := readAll(s, 0); text != want.String() {
			t.Fatalf("a newcomer has %q, want %q", text, want.String())
		}
	})
}

// What is stored, in however many flushes, reads like what is in memory.
func TestStoredRowsReadLikeMemory(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := newStream(Job{ID: "j", Fence: 2})
		s.tell(EventRestart, []byte("{}"))
		var rows []row
		flush := func() {
			own := s.unstored()
			if len(own) > 0 {
				s.flushed = own[len(own)-1].event.Position
			}
			rows = append(rows, own...)
		}
		for _, piece := range rapid.SliceOfN(rapid.StringN(1, 6, 24), 1, 40).Draw(t, "pieces") {
			kind := EventText
			if rapid.Bool().Draw(t, "reasoning") {
				kind = EventReasoning
			}
			s.say(kind, piece)
			if rapid.IntRange(0, 3).Draw(t, "flush") == 0 {
				flush()
			}
		}
		flush()
		at := basePosition(2)
		var stored strings.Builder
		for _, r := range rows {
			if r.first != at {
				t.Fatalf("a row begins at %d, the one before ended at %d", r.first, at)
			}
			at = r.event.Position
			if r.event.Kind.text() {
				stored.Write(r.event.Data)
			}
		}
		memory, end := readAll(s, 0)
		if stored.String() != memory || at != end {
			t.Fatalf("stored %q to %d, memory %q to %d", stored.String(), at, memory, end)
		}
	})
}

func TestCutKeepsCharactersWhole(t *testing.T) {
	t.Parallel()
	run := []byte("aé漢🙂z")
	for position := uint64(100); position <= 100+uint64(len(run)); position++ {
		rest := string(cut(run, 100, position))
		if strings.ToValidUTF8(rest, "?") != rest {
			t.Errorf("from %d: %q is not whole", position, rest)
		}
		if !strings.HasSuffix(string(run), rest) {
			t.Errorf("from %d: %q is not the end of the run", position, rest)
		}
	}
}

func TestReadersSeeAConcurrentWriter(t *testing.T) {
	t.Parallel()
	s := newStream(Job{ID: "j", Fence: 1})
	const tokens = 2000
	var want strings.Builder
	var wg sync.WaitGroup
	results := make([]string, 4)
	for i := range results {
		wg.Add(1)
		wake := s.join()
		go func() {
			defer wg.Done()
			defer s.leave(wake)
			var b strings.Builder
			at := uint64(0)
			for {
				e, ok, ended := s.after(at)
				switch {
				case ok:
					b.Write(e.Data)
					at = e.Position
				case ended:
					results[i] = b.String()
					return
				default:
					<-wake
				}
			}
		}()
	}
	for range tokens {
		piece := strings.Repeat("x", 1+rand.IntN(9)) //nolint:gosec // any text will do
		want.WriteString(piece)
		s.say(EventText, piece)
	}
	s.end()
	wg.Wait()
	for i, got := range results {
		if got != want.String() {
			t.Errorf("reader %d has %d bytes, want %d", i, len(got), want.Len())
		}
	}
	if len(s.readers) != 0 {
		t.Errorf("%d readers left behind", len(s.readers))
	}
}
