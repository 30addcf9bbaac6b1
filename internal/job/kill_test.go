package job

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pulse/internal/actor"
	"pulse/internal/store"
	"pulse/internal/store/storetest"
)

// drillEnv makes the test binary a worker (TestMain); it holds a drillHouse.
const drillEnv = "PULSE_DRILL"

// drillHouse is where a worker works, and for whom.
type drillHouse struct {
	URL     string `json:"url"`
	DataDir string `json:"data_dir"`
	Folder  string `json:"folder"` // for its plans
	Person  string `json:"person"`
}

// order asks a worker, on its standard input, to start a job, and a receipt
// tells on its standard output that it has. A receipt without a key says that
// the worker is ready.
type (
	order struct {
		Key  string `json:"key"`
		Part part   `json:"part"`
	}
	receipt struct {
		Key     string `json:"key"`
		JobID   string `json:"job_id"`
		Problem string `json:"problem,omitempty"`
	}
)

func drillActor(id string) actor.Actor {
	return actor.Actor{ID: id, Plan: "test", Anchor: time.UnixMilli(1)}
}

// drillWorker is the worker's process: it works until its input ends, or until
// it is killed.
func drillWorker() int {
	if err := work(); err != nil {
		fmt.Fprintln(os.Stderr, "panic:", err)
		return 1
	}
	return 0
}

func work() (err error) {
	var d drillHouse
	if err := json.Unmarshal([]byte(os.Getenv(drillEnv)), &d); err != nil {
		return err
	}
	db, err := store.Open(context.Background(), store.Options{URL: d.URL, DataDir: d.DataDir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	ledger, err := ledgerOf(d.Folder)
	if err != nil {
		return err
	}
	h := &house{db: db, ledger: ledger, me: drillActor(d.Person)}
	s := h.idle(func(o *Options) { o.Lease, o.FlushEvery = 600*time.Millisecond, 20*time.Millisecond })
	s.Start()
	var mu sync.Mutex
	out := json.NewEncoder(os.Stdout)
	tell := func(r receipt) {
		mu.Lock()
		defer mu.Unlock()
		if err := out.Encode(r); err != nil { // nobody is there any more
			fmt.Fprintln(os.Stderr, err)
		}
	}
	tell(receipt{})
	var submits sync.WaitGroup
	for in := json.NewDecoder(os.Stdin); ; {
		var o order
		if err := in.Decode(&o); err != nil {
			break
		}
		submits.Go(func() {
			n := h.job(h.me, o.Part)
			n.IdempotencyKey, n.RequestHash = o.Key, o.Key
			j, _, err := s.Submit(context.Background(), h.me, n)
			if err != nil {
				tell(receipt{Key: o.Key, Problem: err.Error()})
				return
			}
			tell(receipt{Key: o.Key, JobID: j.ID})
		})
	}
	submits.Wait()
	stopNow(s)
	return db.Close()
}

// Processes are killed by SIGKILL in the middle of jobs, again and again. Each
// time a new one takes over when the leases of the dead end. Every job ends
// once and is booked once, and whoever reads it hears of each new beginning.
func TestKilledInMidJob(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts processes")
	}
	kills := 8
	if torture {
		kills = 200
	}
	t.Run(store.SQLite, func(t *testing.T) {
		t.Parallel()
		playKills(t, kills, store.Options{DataDir: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	})
	t.Run(store.PostgreSQL, func(t *testing.T) {
		t.Parallel()
		playKills(t, kills, store.Options{URL: storetest.MigratedURL(t), Log: slog.New(slog.DiscardHandler)})
	})
}

func playKills(t *testing.T, kills int, o store.Options) {
	t.Helper()
	d := &drill{house: newHouse(t, openFor(t, o)), where: o, folder: t.TempDir(), seed: seed(t)}
	d.reader = d.idle() // it runs nothing
	d.hire()
	stop := make(chan struct{})
	var clients sync.WaitGroup
	for i := range uint64(12) {
		clients.Go(func() { d.client(i, stop) })
	}
	random := rand.New(rand.NewPCG(d.seed, 99)) //nolint:gosec // a test's dice
	for range kills {
		heard := d.heard.Load()
		until(t, "the worker is in the middle of something", func() bool { return d.heard.Load() >= heard+4 })
		time.Sleep(time.Duration(random.IntN(100)) * time.Millisecond)
		d.current().kill(t)
		d.hire()
	}
	close(stop)
	clients.Wait()
	d.current().dismiss(t)
	seen := d.checkBooks(d.me, int(d.jobs.Load()))
	t.Logf("%d kills, %d jobs, %d attempts, %d new beginnings heard: %v", kills, d.jobs.Load(), seen.attempts, d.restarts.Load(), seen.byStatus)
	if seen.attempts < d.jobs.Load()+int64(kills) || d.restarts.Load() == 0 || seen.byStatus[Completed] == 0 {
		t.Error("the kills hit too little to prove anything")
	}
}

type drill struct {
	*house

	where  store.Options
	folder string
	seed   uint64
	reader *Service

	jobs, heard, restarts atomic.Int64

	mu     sync.Mutex
	worker *worker
}

// worker is a process that works.
type worker struct {
	cmd      *exec.Cmd
	orders   io.WriteCloser
	problems bytes.Buffer // what it says on standard error
	gone     chan struct{}

	mu      sync.Mutex
	waiting map[string]chan receipt
}

// hire starts a worker and makes it the current one.
func (d *drill) hire() {
	d.t.Helper()
	env, err := json.Marshal(drillHouse{URL: d.where.URL, DataDir: d.where.DataDir, Folder: d.folder, Person: d.me.ID})
	if err != nil {
		d.t.Fatal(err)
	}
	w := &worker{cmd: exec.CommandContext(d.t.Context(), os.Args[0]), gone: make(chan struct{}), waiting: map[string]chan receipt{}} //nolint:gosec // this test itself
	w.cmd.Env = append(os.Environ(), drillEnv+"="+string(env))
	w.cmd.Stderr = &w.problems
	if w.orders, err = w.cmd.StdinPipe(); err != nil {
		d.t.Fatal(err)
	}
	out, err := w.cmd.StdoutPipe()
	if err != nil {
		d.t.Fatal(err)
	}
	if err := w.cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	ready := w.expect("")
	go func() {
		w.listen(out)
		_ = w.cmd.Wait() // how it ended is in its ProcessState
		close(w.gone)
	}()
	select {
	case <-ready:
	case <-w.gone:
		d.t.Fatalf("the worker did not start: %s", w.problems.String())
	}
	d.mu.Lock()
	d.worker = w
	d.mu.Unlock()
}

func (d *drill) current() *worker {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.worker
}

// expect gives where the receipt of a key will come, at most one.
func (w *worker) expect(key string) <-chan receipt {
	ch := make(chan receipt, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waiting[key] = ch
	return ch
}

func (w *worker) listen(out io.Reader) {
	for in := json.NewDecoder(out); ; {
		var r receipt
		if in.Decode(&r) != nil {
			return
		}
		w.mu.Lock()
		if ch, ok := w.waiting[r.Key]; ok {
			ch <- r
			delete(w.waiting, r.Key)
		}
		w.mu.Unlock()
	}
}

// ask gives a worker an order; false when it died before it said that it has it.
func (w *worker) ask(o order) (receipt, bool) {
	line, err := json.Marshal(o)
	if err != nil {
		return receipt{Problem: err.Error()}, true
	}
	answer := w.expect(o.Key)
	if _, err := w.orders.Write(append(line, '\n')); err != nil {
		<-w.gone
		return receipt{}, false
	}
	select {
	case r := <-answer:
		return r, true
	case <-w.gone:
		return receipt{}, false
	}
}

func (w *worker) kill(t *testing.T) {
	t.Helper()
	if err := w.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	w.ended(t)
}

// dismiss lets a worker end by itself.
func (w *worker) dismiss(t *testing.T) {
	t.Helper()
	_ = w.orders.Close()
	w.ended(t)
	if !w.cmd.ProcessState.Success() {
		t.Errorf("the worker ended as %s", w.cmd.ProcessState)
	}
}

func (w *worker) ended(t *testing.T) {
	t.Helper()
	<-w.gone
	if text := w.problems.String(); strings.Contains(text, "panic") || strings.Contains(text, "DATA RACE") {
		t.Errorf("a worker said: %s", text)
	}
}

// client starts jobs, one after the other, and reads each to its end.
func (d *drill) client(i uint64, stop <-chan struct{}) {
	random := rand.New(rand.NewPCG(d.seed, i)) //nolint:gosec // a test's dice
	for n := 0; ; n++ {
		select {
		case <-stop:
			return
		default:
		}
		p := part{Say: pieces(prose(100+random.IntN(200)), 6), Pause: 5000 + random.Int64N(10_000), Use: 1 + random.Int64N(900)}
		if random.IntN(4) == 0 {
			p.End = endsBroken
		}
		o := order{Key: fmt.Sprintf("key %d of client %d", n, i), Part: p}
		r, ok := d.current().ask(o)
		for !ok { // it may have begun the job all the same; the key tells
			if pause(d.t.Context(), 5*time.Millisecond) != nil {
				return
			}
			r, ok = d.current().ask(o)
		}
		if r.Problem != "" {
			d.t.Errorf("submit: %s", r.Problem)
			return
		}
		d.jobs.Add(1)
		d.read(r.JobID, p)
	}
}

// read follows a job to its end and compares.
func (d *drill) read(id string, p part) {
	var c client
	ctx, cancel := context.WithTimeout(d.t.Context(), time.Minute)
	defer cancel()
	err := d.reader.Follow(ctx, d.me, id, Reader{Send: func(e Event) error {
		if e.Kind == EventText {
			d.heard.Add(1)
		}
		return c.take(e)
	}})
	if err != nil {
		d.t.Errorf("follow: %v", err)
		return
	}
	d.restarts.Add(int64(c.restarts))
	w, err := d.reader.Get(ctx, d.me, id)
	if err != nil {
		d.t.Errorf("get: %v", err)
		return
	}
	whole, interrupted := strings.Join(p.Say, ""), w.Attempt > maxAttempts
	switch {
	case interrupted && c.last != EventError,
		!interrupted && (c.text != whole || (c.last == EventDone) != (p.End == endsWell)):
		d.t.Errorf("job %s is %s at attempt %d; its reader heard %d new beginnings, %q of %q, then %s",
			id, w.Status, w.Attempt, c.restarts, c.text, whole, c.last)
	}
}
