package job

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"pulse/internal/provider"
	"pulse/internal/store"
	"pulse/internal/store/query"
	"pulse/internal/store/storetest"
)

// What is no use to anybody once its process is gone is not handed over: it ends
// here, and what came is booked.
func TestFleetingJobsEndWithTheirProcess(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		s := h.idle()
		s.Register(Kind{Type: "fleeting", Fleeting: true, Run: h.play, Replay: h.replay, Broken: broken})
		s.Start()
		n := h.job(h.me, part{Say: pieces(prose(300), 10), Pause: 20_000})
		n.Type = "fleeting"
		j, _, err := s.Submit(t.Context(), h.me, n)
		if err != nil {
			t.Fatal(err)
		}
		var c client
		following := make(chan error, 1)
		go func() { following <- c.follow(context.Background(), s, h.me, j.ID) }()
		until(t, "it has said something", func() bool {
			st, ok := s.hub.get(j.ID)
			return ok && st.collect(EventText) != ""
		})
		time.Sleep(3 * s.hub.every) // it had time to be stored
		stopNow(s)
		rows, err := db.Read().JobEventsAfter(t.Context(), query.JobEventsAfterParams{JobID: j.ID, UserID: h.me.ID, Limit: 100})
		if err != nil || len(rows) == 0 {
			t.Errorf("%d events are stored, %v", len(rows), err)
		}
		for _, row := range rows {
			if EventKind(row.Kind).said() {
				t.Errorf("what it said is stored: %+v", row)
			}
		}
		if err := <-following; err != nil || c.restarts != 0 || c.last != EventError || c.text == "" {
			t.Errorf("the reader: %+v, %v", c, err)
		}
		w, err := s.Get(t.Context(), h.me, j.ID)
		if err != nil || Status(w.Status) != Failed || w.Attempt != 1 || w.Used == nil || !strings.Contains(w.Error, `"final":true`) {
			t.Errorf("%+v, %v", w, err)
		}
		h.checkBooks(h.me, 1)
	})
}

// Calls of tools are told as they come, their arguments in runs.
func TestToolCalls(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		s := h.process()
		n := h.job(h.me, part{})
		n.Type = talkType
		reading := make(chan struct{})
		n.Prepared = func(r *Run) {
			r.Begin(nil)
			<-reading
			for _, d := range []provider.ToolCallDelta{
				{Index: 0, ID: "a", Name: "weather"},
				{Index: 0, Arguments: `{"at":`},
				{Index: 0, Arguments: `"sea"}`},
				{Index: 1, ID: "b", Name: "time", Arguments: "{"},
				{Index: 1, Arguments: "}"},
				{Index: 0, Arguments: " "},
			} {
				r.Say(provider.Delta{ToolCall: &d})
			}
		}
		j, _, err := s.Submit(t.Context(), h.me, n)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		err = s.Follow(t.Context(), h.me, j.ID, Reader{Send: func(e Event) error {
			switch n := len(got); {
			case e.Kind == EventStart:
				close(reading)
			case e.Kind == EventArguments && got[n-1][0] == '+': // a run in pieces
				got[n-1] += string(e.Data)
			case e.Kind == EventArguments:
				got = append(got, "+"+string(e.Data))
			case e.Kind == EventToolCall:
				got = append(got, string(e.Data))
			}
			return nil
		}})
		want := []string{
			`{"index":0,"id":"a","name":"weather"}`, `+{"at":"sea"}`, `{"index":1,"id":"b","name":"time"}`, "+{}", `{"index":0}`, "+ ",
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("got %q, %v", got, err)
		}
	})
}
