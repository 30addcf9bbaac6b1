package job

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pulse/internal/actor"
	"pulse/internal/fault"
	"pulse/internal/provider"
	"pulse/internal/store"
	"pulse/internal/store/query"
	"pulse/internal/store/storetest"
	"pulse/internal/usage"
)

// fakeType is the one type of job in these tests: it does what its input says,
// on whichever process it runs. Its room keeps one row, the answer, written in
// the transaction that ends the job.
const fakeType = "fake"

// talkType is for benchmarks: such a job hands its run to whoever submitted it.
const talkType = "talk"

// part is a job's input.
type part struct {
	Say   []string `json:"say,omitempty"`   // pieces of the answer
	Pause int64    `json:"pause,omitempty"` // µs before each piece
	End   string   `json:"end,omitempty"`   // how it ends: one of the ends
	Use   int64    `json:"use,omitempty"`   // tokens that a whole run is charged; a shorter one by the piece
}

// The ends that a part may come to.
const (
	endsWell      = ""
	endsRefused   = "refused"    // the vendor says no before the first word, nothing is charged
	endsBroken    = "broken"     // the vendor fails after the last word; what came is charged
	endsInPanic   = "panic"      // a bug of the room's
	endsUnfit     = "unfit"      // the room cannot store what it made, only that it failed
	endsUnfitEver = "unfit ever" // nor that
	endsTwice     = "twice"      // the room settles by itself, and then the pipeline does
	endsUncharged = "uncharged"  // the room charges a meter that nothing is held of
	endsDeaf      = "deaf"       // the first attempt heeds nothing and goes on after it was given up for dead
)

var errVendor = fault.New(fault.Upstream, "The vendor failed.")

// play is the fake kind's Run.
func (h *house) play(ctx context.Context, r *Run) Outcome {
	var p part
	if err := json.Unmarshal([]byte(r.Job.Input), &p); err != nil {
		return Outcome{Err: err}
	}
	if p.End == endsDeaf && r.Job.Attempt == 1 {
		ctx = context.WithoutCancel(ctx)
	}
	r.Begin(map[string]any{"job_id": r.Job.ID, "attempt": r.Job.Attempt})
	var err error
	if p.End == endsRefused {
		err, p.Say = errVendor, nil
	}
	for _, piece := range p.Say {
		if err = pause(ctx, time.Duration(p.Pause)*time.Microsecond); err != nil {
			break
		}
		r.Say(provider.Delta{Text: piece})
	}
	if err == nil {
		err = context.Cause(ctx)
	}
	switch {
	case err == nil && p.End == endsBroken:
		err = errVendor
	case err == nil && p.End == endsInPanic:
		panic("a bug in the room")
	}
	return h.outcome(r, p, err)
}

// outcome charges a whole answer as the part says and a shorter one by its length.
func (h *house) outcome(r *Run, p part, err error) Outcome {
	text := r.Text()
	o := Outcome{Err: err, Result: map[string]int{"length": len(text)}, Done: map[string]string{"job_id": r.Job.ID}}
	used := int64(len(text))
	if err == nil && p.Use > 0 {
		used = p.Use
	}
	if used > 0 {
		o.Charges = []usage.Charge{{Meter: usage.Tokens, Quantity: used, Provider: "fake", Model: r.Job.Model}}
	}
	if p.End == endsUncharged {
		o.Charges = append(o.Charges, usage.Charge{Meter: usage.Images, Quantity: 1})
	}
	o.Write = func(ctx context.Context, q *query.Queries, status Status, f *fault.Error) error {
		if p.End == endsUnfitEver || p.End == endsUnfit && status == Completed {
			return errors.New("the room's row is refused")
		}
		if p.End == endsTwice {
			if err := h.ledger.Settle(ctx, q, r.Job.UserID, r.Job.ID, nil); err != nil {
				return err
			}
		}
		problem := ""
		if f != nil {
			problem = store.Text(f.Message)
		}
		_, err := q.FinishMessage(ctx, query.FinishMessageParams{
			Content: text, Status: string(status), Error: problem, ID: r.Job.ID, UserID: r.Job.UserID,
		})
		return err
	}
	return o
}

// broken is the fake kind's Broken.
func broken(ctx context.Context, q *query.Queries, j Job, f *fault.Error) error {
	_, err := q.FinishMessage(ctx, query.FinishMessageParams{Status: string(Failed), Error: f.Message, ID: j.ID, UserID: j.UserID})
	return err
}

// replay is the fake kind's Replay.
func (h *house) replay(ctx context.Context, q *query.Queries, j Job) ([]Content, error) {
	m, err := q.GetAnswerByJob(ctx, query.GetAnswerByJobParams{ID: j.ID, UserID: j.UserID, JobID: j.ID})
	if err != nil {
		return nil, err
	}
	contents := []Content{{Kind: EventStart, Data: []byte("{}")}, {Kind: EventText, Data: []byte(m.Content)}}
	if Status(j.Status) != Failed {
		contents = append(contents, Content{Kind: EventDone, Data: []byte("{}")})
	}
	return contents, nil
}

func pause(ctx context.Context, d time.Duration) error {
	if d == 0 {
		return context.Cause(ctx)
	}
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// house is a database with people in it, and as many processes as a test wants.
type house struct {
	t      testing.TB
	db     *store.DB
	ledger *usage.Ledger
	me     actor.Actor
}

// theCap is the plan's tokens. It is never reached, except where a test says so.
const theCap = 1 << 40

func newHouse(t testing.TB, db *store.DB) *house {
	t.Helper()
	h := &house{t: t, db: db, ledger: newLedger(t)}
	h.me = h.person()
	return h
}

func newLedger(t testing.TB) *usage.Ledger {
	t.Helper()
	ledger, err := ledgerOf(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return ledger
}

// ledgerOf makes a ledger with the one plan, whose file it keeps in a folder.
func ledgerOf(folder string) (*usage.Ledger, error) {
	path := filepath.Join(folder, store.NewID()+".yaml")
	if err := os.WriteFile(path, fmt.Appendf(nil, "plans: [{key: test, name: Test, caps: {tokens: %d}}]", theCap), 0o600); err != nil {
		return nil, err
	}
	plans, err := usage.LoadPlans(path)
	if err != nil {
		return nil, err
	}
	return usage.NewLedger(plans, time.Now), nil
}

// person adds somebody, with a conversation of the same id.
func (h *house) person() actor.Actor {
	h.t.Helper()
	a := actor.Actor{ID: store.NewID(), Plan: "test", Anchor: time.UnixMilli(1)}
	h.write(func(ctx context.Context, q *query.Queries) error {
		if err := storetest.InsertUser(ctx, q, a.ID); err != nil {
			return err
		}
		return q.InsertConversation(ctx, query.InsertConversationParams{ID: a.ID, UserID: a.ID, Settings: "{}"})
	})
	return a
}

func (h *house) write(fn store.TxFunc) {
	h.t.Helper()
	if err := h.db.Write(context.Background(), fn); err != nil {
		h.t.Fatal(err)
	}
}

// process starts a service, as a process of its own would, and stops it with
// the test.
func (h *house) process(change ...func(*Options)) *Service {
	h.t.Helper()
	s := h.idle(change...)
	s.Start()
	h.t.Cleanup(func() { stopNow(s) })
	return s
}

// idle makes a service that is not started: it runs what is submitted to it,
// but renews, stores and claims nothing.
func (h *house) idle(change ...func(*Options)) *Service {
	o := Options{
		DB: h.db, Ledger: h.ledger, Log: slog.New(slog.DiscardHandler), Lease: 800 * time.Millisecond, FlushEvery: 10 * time.Millisecond,
	}
	for _, c := range change {
		c(&o)
	}
	s := NewService(o)
	s.Register(Kind{Type: fakeType, Run: h.play, Replay: h.replay, Broken: broken})
	s.Register(Kind{Type: talkType, Replay: h.replay, Run: func(ctx context.Context, r *Run) Outcome {
		if talk, ok := r.Prepared.(func(*Run)); ok {
			talk(r)
		}
		return h.outcome(r, part{}, context.Cause(ctx))
	}})
	return s
}

// stopNow hands over what runs and waits for the rest.
func stopNow(s *Service) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s.Stop(ctx)
}

// crash makes a service that was started do nothing of its own any more, as a
// process that hangs or was killed; what runs in it goes on unaware.
func crash(s *Service) {
	s.mu.Lock()
	s.closing = true
	s.mu.Unlock()
	s.stopLoops()
	s.loops.Wait()
}

// job gives a new job of the fake kind.
func (h *house) job(a actor.Actor, p part) New {
	input, err := json.Marshal(p)
	if err != nil {
		h.t.Fatal(err)
	}
	n := New{
		ID: store.NewID(), Type: fakeType, Provider: "fake", Model: "fake-1", SubjectID: a.ID, Input: input,
		Want: usage.Want{Meter: usage.Tokens, Amount: 1000},
	}
	n.Write = func(ctx context.Context, q *query.Queries) error {
		return q.InsertMessage(ctx, query.InsertMessageParams{
			ID: n.ID, UserID: a.ID, ConversationID: a.ID, Role: provider.RoleAssistant, JobID: n.ID, Status: string(Processing), CreatedAt: 1,
		})
	}
	return n
}

func (h *house) submit(s *Service, p part) Job {
	h.t.Helper()
	j, _, err := s.Submit(context.Background(), h.me, h.job(h.me, p))
	if err != nil {
		h.t.Fatal(err)
	}
	return j
}

// wait gives the job as it is when it has ended.
func (h *house) wait(s *Service, id string) WithUsage {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	w, err := s.Wait(ctx, h.me, id)
	if err != nil {
		h.t.Fatalf("waiting for job %s: %v", id, err)
	}
	// Whoever waited is told what whoever reads later is told.
	stored, err := s.Get(ctx, h.me, id)
	if stored.CancelAsked = w.CancelAsked; err != nil || !reflect.DeepEqual(w, stored) {
		h.t.Errorf("the job that was waited for is\n%+v\nand stored is\n%+v, %v", w, stored, err)
	}
	return w
}

// until waits for a condition.
func until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

// client is somebody who follows a job, as the page does.
type client struct {
	text     string
	at       uint64
	events   int
	restarts int
	last     EventKind
	problem  string
}

func (c *client) take(e Event) error {
	if e.Position <= c.at {
		return fmt.Errorf("position %d after %d", e.Position, c.at)
	}
	c.at, c.last = e.Position, e.Kind
	c.events++
	switch e.Kind {
	case EventRestart:
		c.restarts++
		c.text = ""
	case EventText:
		c.text += string(e.Data)
	case EventError:
		c.problem = string(e.Data)
	case EventStart, EventReasoning, EventToolCall, EventArguments, EventProgress, EventDone:
	}
	return nil
}

// follow goes on from where the client is, to the job's end.
func (c *client) follow(ctx context.Context, s *Service, a actor.Actor, id string) error {
	return s.Follow(ctx, a, id, Reader{After: c.at, Send: c.take})
}

// errEnough ends a following from the client's side.
var errEnough = errors.New("the line is cut")

// followSome goes on, and is cut off after some events.
func (c *client) followSome(ctx context.Context, s *Service, a actor.Actor, id string, events int) error {
	return s.Follow(ctx, a, id, Reader{After: c.at, Send: func(e Event) error {
		if events--; events < 0 {
			return errEnough
		}
		return c.take(e)
	}})
}

// pieces cuts a text into pieces of some characters.
func pieces(text string, n int) []string {
	var all []string
	runes := []rune(text)
	for len(runes) > 0 {
		k := min(n, len(runes))
		all = append(all, string(runes[:k]))
		runes = runes[k:]
	}
	return all
}

// prose is a text of about n bytes with characters of all lengths.
func prose(n int) string {
	return strings.Repeat("ein Wörtchen, 一句話, 🙂; ", n/30+1)
}

// ended is what the books say of one person's jobs after all.
type ended struct {
	byStatus map[Status]int
	attempts int64
}

// checkBooks proves that every job of a person has ended once, that nothing is
// held any more, that the usage events add up to the counter, at most one for a
// job, and that the room knows of each job what the pipeline does.
func (h *house) checkBooks(a actor.Actor, jobs int) ended {
	h.t.Helper()
	ctx, q := context.Background(), h.db.Read()
	s := NewService(Options{DB: h.db})
	sum, n, seen := int64(0), 0, ended{byStatus: map[Status]int{}}
	f := Filter{Limit: 500}
	for {
		page, err := s.List(ctx, a, f)
		if err != nil {
			h.t.Fatal(err)
		}
		for _, j := range page {
			n++
			seen.byStatus[Status(j.Status)]++
			seen.attempts += j.Attempt
			sum += h.checkJob(ctx, q, j)
			f.BeforeID = j.ID
		}
		if len(page) < f.Limit {
			break
		}
	}
	if n != jobs {
		h.t.Errorf("%d jobs, want %d", n, jobs)
	}
	standing, err := h.ledger.Summary(ctx, q, a, []usage.Meter{usage.Tokens})
	if err != nil {
		h.t.Fatal(err)
	}
	if m := standing.Meters[0]; m.Used != sum || m.Reserved != 0 {
		h.t.Errorf("the counter says used %d, reserved %d; the events add up to %d", m.Used, m.Reserved, sum)
	}
	return seen
}

func (h *house) checkJob(ctx context.Context, q *query.Queries, j WithUsage) (quantity int64) {
	h.t.Helper()
	if !Status(j.Status).Final() || j.FinishedAt == 0 || j.LeaseOwner != "" {
		h.t.Errorf("job %s has not ended: %s, attempt %d", j.ID, j.Status, j.Attempt)
	}
	holds, err := q.ListHolds(ctx, query.ListHoldsParams{JobID: j.ID, UserID: j.UserID})
	if err != nil {
		h.t.Fatal(err)
	}
	if len(holds) > 0 {
		h.t.Errorf("job %s still holds %v", j.ID, holds)
	}
	events, err := q.ListUsageEventsByJob(ctx, query.ListUsageEventsByJobParams{UserID: j.UserID, JobID: j.ID})
	if err != nil {
		h.t.Fatal(err)
	}
	if len(events) > 1 {
		h.t.Errorf("job %s was booked %d times", j.ID, len(events))
	}
	for _, e := range events {
		quantity += e.Quantity
	}
	told, err := q.JobEventsAfter(ctx, query.JobEventsAfterParams{JobID: j.ID, UserID: j.UserID, Limit: 10_000})
	if err != nil {
		h.t.Fatal(err)
	}
	if i := slices.IndexFunc(told, func(e query.JobEventsAfterRow) bool { return EventKind(e.Kind).last() }); len(told) > 0 && i != len(told)-1 {
		h.t.Errorf("job %s told its end as number %d of %d events", j.ID, i+1, len(told))
	}
	fence := int64(0)
	for _, e := range told { // whoever withdraws an attempt's text says so first
		f := (e.Last - 1) >> positionBits
		begins := map[bool]EventKind{true: EventStart, false: EventRestart}[f == 1]
		if f != fence && EventKind(e.Kind) != begins {
			h.t.Errorf("attempt %d of job %s begins with %s, want %s", f, j.ID, e.Kind, begins)
		}
		fence = f
	}
	var p part
	if err := json.Unmarshal([]byte(j.Input), &p); err != nil {
		h.t.Fatal(err)
	}
	m, err := q.GetAnswerByJob(ctx, query.GetAnswerByJobParams{ID: j.ID, UserID: j.UserID, JobID: j.ID})
	if err != nil {
		h.t.Fatalf("the answer of job %s: %v", j.ID, err)
	}
	whole := strings.Join(p.Say, "")
	switch p.End {
	case endsUnfitEver, endsTwice: // its row could not be stored
		return quantity
	default:
	}
	if m.Status != j.Status {
		h.t.Errorf("job %s is %s, its answer %s", j.ID, j.Status, m.Status)
	}
	switch st := Status(j.Status); {
	case st == Completed && (m.Content != whole || quantity != cmp.Or(p.Use, int64(len(whole)))):
		h.t.Errorf("job %s is complete with %d of %d bytes, booked %d", j.ID, len(m.Content), len(whole), quantity)
	case st == Cancelled && (!strings.HasPrefix(whole, m.Content) || quantity != int64(len(m.Content))):
		h.t.Errorf("job %s was cancelled after %d bytes, booked %d", j.ID, len(m.Content), quantity)
	}
	return quantity
}
