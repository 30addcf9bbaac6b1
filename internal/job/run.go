package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"pulse/internal/fault"
	"pulse/internal/provider"
	"pulse/internal/store"
	"pulse/internal/store/query"
)

// Run is one attempt at a job: what a kind's Run works with.
type Run struct {
	Job     Job
	Granted int64 // the quota held, in the kind's meter
	// Prepared is what Submit was given, on the first run in the same process;
	// nil afterwards.
	Prepared any

	service *Service
	stream  *stream
	cancel  context.CancelCauseFunc
	ended   chan struct{}
}

// Begin tells readers what the job is, before anything else is said. Readers
// that saw an earlier attempt are told to forget what it said.
func (r *Run) Begin(data any) {
	kind := EventStart
	if r.Job.Attempt > 1 {
		kind = EventRestart
	}
	r.stream.tell(kind, mustJSON(data))
}

// Say adds a piece of text to what the job says.
func (r *Run) Say(d provider.Delta) {
	if d.Reasoning != "" {
		r.stream.say(EventReasoning, d.Reasoning)
	}
	if d.Text != "" {
		r.stream.say(EventText, d.Text)
	}
}

// Text is all that this attempt has said so far.
func (r *Run) Text() string { return r.stream.collect(EventText) }

// Reasoning is all the thinking that this attempt has shown so far.
func (r *Run) Reasoning() string { return r.stream.collect(EventReasoning) }

// launch runs a claimed job in a goroutine of its own and calls ended (may be
// nil) afterwards. The caller has counted it in with reserveRun.
func (s *Service) launch(j Job, granted int64, prepared any, ended func()) {
	// The run outlives the request: its context begins here.
	ctx, cancel := context.WithCancelCause(context.Background())
	r := &Run{Job: j, Granted: granted, Prepared: prepared, service: s, cancel: cancel, stream: s.hub.open(j), ended: make(chan struct{})}
	s.mu.Lock()
	s.running[j.ID] = r
	s.mu.Unlock()
	go func() {
		defer s.runs.Done()
		defer cancel(nil)
		s.run(ctx, r)
		s.mu.Lock()
		if s.running[j.ID] == r {
			delete(s.running, j.ID)
		}
		s.mu.Unlock()
		s.hub.close(r.stream)
		close(r.ended)
		s.wakeFollowers(j.ID)
		if ended != nil {
			ended()
		}
	}()
}

func (s *Service) run(ctx context.Context, r *Run) {
	log := s.log.With("job_id", r.Job.ID, "type", r.Job.Type, "attempt", r.Job.Attempt)
	kind, ok := s.kind(r.Job.Type)
	var o Outcome
	switch {
	case !ok:
		o = Outcome{Err: fmt.Errorf("job: no kind %q", r.Job.Type)}
	default:
		if r.Job.CancelAsked {
			r.cancel(ErrCancelled)
		} else if r.Job.Attempt > maxAttempts {
			r.cancel(errTooOften)
		}
		o = runGuarded(ctx, kind, r)
	}
	status := Completed
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, ErrLeaseLost):
		log.WarnContext(ctx, "the job was taken over by another process; this run is dropped")
		return
	case errors.Is(cause, ErrHandover):
		s.handOver(r)
		return
	case errors.Is(cause, ErrCancelled):
		status, o.Err = Cancelled, nil
	case errors.Is(cause, errTooOften):
		status, o.Err = Failed, errTooOften
	case o.Err != nil:
		status = Failed
	}
	if o.Err != nil && fault.From(o.Err).Code == fault.Internal {
		log.ErrorContext(ctx, "job failed", "error", o.Err)
	} else if o.Err != nil {
		log.InfoContext(ctx, "job failed", "error", o.Err)
	}
	s.finish(r, status, o)
}

var errTooOften = func() error {
	f := fault.New(fault.Unavailable, "The server was interrupted again and again while it worked on this. Please try again.")
	f.Type = "interrupted"
	return f
}()

func runGuarded(ctx context.Context, kind Kind, r *Run) (o Outcome) {
	defer func() {
		if p := recover(); p != nil {
			o = Outcome{Err: fmt.Errorf("job: panic in %s: %v\n%s", kind.Type, p, debug.Stack())}
		}
	}()
	return kind.Run(ctx, r)
}

// finish ends the job in one transaction: state, settlement, the room's rows
// and the last events. Only then do readers hear of the end. While the
// database is away it tries on; if the lease ends meanwhile, another process
// runs the job anew and this one's fence fails.
func (s *Service) finish(r *Run, status Status, o Outcome) {
	ctx := context.Background()
	r.stream.flushing.Lock()
	defer r.stream.flushing.Unlock()
	var f *fault.Error
	end := Content{Kind: EventDone, Data: mustJSON(o.Done)}
	errorJSON := ""
	if status == Failed {
		f = fault.From(o.Err)
		end = Content{Kind: EventError, Data: mustJSON(f.Problem(""))}
		errorJSON = string(end.Data)
	}
	rows := s.lastRows(r, end)
	model := r.Job.Model
	if o.Model != "" {
		model = o.Model
	}
	err := s.untilItHolds(func(ctx context.Context, q *query.Queries) error {
		changed, err := q.FinishJob(ctx, query.FinishJobParams{
			Status: string(status), Result: string(mustJSON(o.Result)), Error: errorJSON, Progress: progressOf(status, r.Job),
			Model: model, FinishedAt: store.Millis(s.now()), ID: r.Job.ID, UserID: r.Job.UserID, Fence: r.Job.Fence,
		})
		if err != nil {
			return err
		}
		if changed == 0 {
			return ErrLeaseLost
		}
		if err := s.ledger.Settle(ctx, q, r.Job.UserID, r.Job.ID, o.Charges); err != nil {
			return err
		}
		if o.Write != nil {
			if err := o.Write(ctx, q, status, f); err != nil {
				return err
			}
		}
		return insertRows(ctx, q, rows)
	})
	if err != nil {
		s.log.ErrorContext(ctx, "ending the job failed; it will be run again when its lease ends", "job_id", r.Job.ID, "error", err)
		return
	}
	r.stream.tell(end.Kind, end.Data)
	if len(rows) > 0 {
		if err := s.hub.announce(ctx, []string{r.Job.ID}); err != nil {
			s.log.WarnContext(ctx, "announcing the end of a job failed; readers elsewhere find it by looking", "job_id", r.Job.ID, "error", err)
		}
	}
}

// lastRows gives the events that are not stored yet, and the end. A job whose
// events nobody has stored or asked for keeps none: Replay makes them from its
// result.
func (s *Service) lastRows(r *Run, end Content) []row {
	if r.stream.flushed == basePosition(r.Job.Fence) && r.Job.Fence == 1 && !r.stream.hasReaders() && end.Kind == EventDone {
		return nil
	}
	rows := r.stream.unstored()
	at := r.stream.position()
	return append(rows, row{
		jobID: r.Job.ID, userID: r.Job.UserID, first: at, event: Event{Position: at + size(end), Content: end},
	})
}

// How long an end waits for a database that is away, in peace and while the
// process stops. After that the job is run anew by whoever finds it.
const (
	patience        = 2 * time.Minute
	patienceAtClose = 5 * time.Second
)

// untilItHolds runs a transaction until it commits or fails for good; a
// database that is away for a moment is no reason to lose an answer.
func (s *Service) untilItHolds(fn store.TxFunc) error {
	begun := time.Now()
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		err := s.db.Write(context.Background(), fn)
		if err == nil || !store.Away(err) {
			return err
		}
		waited := time.Since(begun)
		if waited > patience || (waited > patienceAtClose && s.isClosing()) {
			return err
		}
		time.Sleep(pause)
	}
}

func (s *Service) isClosing() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closing
}

// handOver gives the job back to the queue, for another process to begin anew.
func (s *Service) handOver(r *Run) {
	err := s.untilItHolds(func(ctx context.Context, q *query.Queries) error {
		_, err := q.HandOverJob(ctx, query.HandOverJobParams{
			RunAt: store.Millis(s.now()), ID: r.Job.ID, UserID: r.Job.UserID, Fence: r.Job.Fence,
		})
		return err
	})
	if err != nil {
		s.log.Error("handing a job over failed; it is taken over when its lease ends", "job_id", r.Job.ID, "error", err) //nolint:sloglint // no context: the process is stopping
	}
}

func progressOf(status Status, j Job) int64 {
	if status == Completed {
		return 100
	}
	return j.Progress
}

// mustJSON encodes what the code itself has made; nil becomes {}.
func mustJSON(v any) []byte {
	if v == nil {
		return []byte("{}")
	}
	data, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("job: %T does not encode: %v", v, err))
	}
	return data
}
