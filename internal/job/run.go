package job

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

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
	called  int // the index of the tool call that was said last, counted from 1; 0: none
	cancel  context.CancelCauseFunc
	ended   chan struct{}
	then    func(context.Context)
	final   *WithUsage // the job as it was ended here; nil when it was not. Read after ended is closed
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

// Say adds a piece of text, or of a tool call, to what the job says. It is
// called from one goroutine.
func (r *Run) Say(d provider.Delta) {
	if d.Reasoning != "" {
		r.stream.say(EventReasoning, d.Reasoning)
	}
	if d.Text != "" {
		r.stream.say(EventText, d.Text)
	}
	if d.ToolCall != nil {
		r.sayCall(*d.ToolCall)
	}
}

// CallBegun is the data of an EventToolCall.
type CallBegun struct {
	Index int    `json:"index"`
	ID    string `json:"id,omitempty"` // of the first event of an index, as Name
	Name  string `json:"name,omitempty"`
}

func (r *Run) sayCall(d provider.ToolCallDelta) {
	if d.ID != "" || d.Name != "" || r.called != d.Index+1 {
		r.called = d.Index + 1
		r.stream.tell(EventToolCall, mustJSON(CallBegun{d.Index, d.ID, d.Name}))
	}
	if d.Arguments != "" {
		r.stream.say(EventArguments, d.Arguments)
	}
}

// Keep stores what a part of the work has come to, with how far the whole is in
// percent, and tells readers of it. It is ErrLeaseLost, and nothing is stored,
// when the job is not this run's any more. It waits for a database that is away,
// as the end of a job does, and whatever becomes of the run meanwhile: what is to
// be kept was paid. It is called from one goroutine at a time.
func (r *Run) Keep(progress int64, said any, write store.TxFunc) error {
	err := r.service.untilItHolds(func(ctx context.Context, q *query.Queries) error {
		changed, err := q.KeepJob(ctx, query.KeepJobParams{Progress: progress, ID: r.Job.ID, UserID: r.Job.UserID, Fence: r.Job.Fence})
		if err != nil {
			return err
		}
		if changed == 0 {
			return ErrLeaseLost
		}
		return write(ctx, q)
	})
	if err != nil {
		return err
	}
	r.Job.Progress = progress
	r.stream.tell(EventProgress, mustJSON(said))
	return nil
}

// Await does something with the database, and waits for one that is away: what an
// earlier attempt has come to must not be lost for that.
func (r *Run) Await(fn func(ctx context.Context) error) error { return r.service.await(fn) }

// Text is all that this attempt has said so far.
func (r *Run) Text() string { return r.stream.collect(EventText) }

// Reasoning is all the thinking that this attempt has shown so far.
func (r *Run) Reasoning() string { return r.stream.collect(EventReasoning) }

// launch runs a claimed job in a goroutine of its own and calls ended (may be
// nil) afterwards. The caller has counted it in with reserveRun.
func (s *Service) launch(j Job, granted int64, prepared any, ended func()) {
	// The run outlives the request: its context begins here.
	ctx, cancel := context.WithCancelCause(context.Background())
	r := &Run{Job: j, Granted: granted, Prepared: prepared, service: s, cancel: cancel, stream: s.hub.open(j, s.fleeting(j.Type)), ended: make(chan struct{})}
	s.mu.Lock()
	s.running[j.ID] = r
	if s.leaving {
		cancel(ErrHandover)
	}
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
		s.then(r)
	}()
}

// then does what comes after a job, for which nobody waits.
func (s *Service) then(r *Run) {
	if r.then == nil || r.final == nil || Status(r.final.Status) != Completed {
		return
	}
	defer func() {
		if p := recover(); p != nil {
			s.log.Error("panic after a job", "job_id", r.Job.ID, "type", r.Job.Type, "panic", p, "stack", string(debug.Stack())) //nolint:sloglint // the run's context has ended
		}
	}()
	r.then(context.Background())
}

func (s *Service) run(ctx context.Context, r *Run) {
	log := s.log.With("job_id", r.Job.ID, "type", r.Job.Type, "attempt", r.Job.Attempt)
	if r.Job.CancelAsked {
		r.cancel(ErrCancelled)
	} else if r.Job.Attempt > maxAttempts {
		r.cancel(errTooOften)
	}
	o := Outcome{Err: fmt.Errorf("job: no kind %q", r.Job.Type)}
	if kind, ok := s.kind(r.Job.Type); ok {
		o = runGuarded(ctx, kind, r)
		r.then = o.Then
	}
	status, cause := Failed, context.Cause(ctx)
	switch {
	case o.Err == nil: // whatever was asked of it meanwhile, it is done
		status = Completed
	case errors.Is(cause, ErrLeaseLost):
		log.WarnContext(ctx, "the job was taken over by another process; this run is dropped")
		return
	case errors.Is(cause, ErrHandover) && s.fleeting(r.Job.Type):
		o.Err = ErrInterrupted()
	case errors.Is(cause, ErrHandover):
		s.handOver(r)
		return
	case errors.Is(cause, ErrCancelled):
		status, o.Err = Cancelled, nil
	case errors.Is(cause, errTooOften):
		o.Err = errTooOften
	}
	if o.Err != nil && fault.From(o.Err).Code == fault.Internal {
		log.ErrorContext(ctx, "job failed", "error", o.Err)
	} else if o.Err != nil {
		log.InfoContext(ctx, "job failed", "error", o.Err)
	}
	s.finish(r, status, o)
}

// fleeting tells that a job of that type is no use to anybody once this process is gone.
func (s *Service) fleeting(name string) bool {
	k, ok := s.kind(name)
	return ok && k.Fleeting
}

// typeInterrupted is the type of the faults that say that a process's end was the job's.
const typeInterrupted = "interrupted"

// ErrInterrupted is how a job ends that cannot be begun anew.
func ErrInterrupted() error {
	f := fault.New(fault.Unavailable, "The server was restarted while it worked on this. Please ask again.")
	f.Type = typeInterrupted
	return f
}

var errTooOften = func() error {
	f := fault.New(fault.Unavailable, "The server was interrupted again and again while it worked on this. Please try again.")
	f.Type = typeInterrupted
	return f
}()

func runGuarded(ctx context.Context, kind Kind, r *Run) (o Outcome) {
	defer func() {
		if p := recover(); p != nil {
			o = Outcome{Err: fmt.Errorf("job: panic in %s: %v\n%s", kind.Type, p, debug.Stack())}
			if kind.Broken != nil {
				o.Write = func(ctx context.Context, q *query.Queries, _ Status, f *fault.Error) error {
					return kind.Broken(ctx, q, r.Job, f)
				}
			}
		}
	}()
	return kind.Run(ctx, r)
}

// handOver gives the job back to the queue, for another process to begin anew.
func (s *Service) handOver(r *Run) {
	s.giveBack(context.Background(), r.Job.ID, r.Job.UserID, r.Job.Fence)
}

func (s *Service) giveBack(ctx context.Context, id, userID string, fence int64) {
	err := s.untilItHolds(func(ctx context.Context, q *query.Queries) error {
		_, err := q.HandOverJob(ctx, query.HandOverJobParams{RunAt: store.Millis(s.now()), ID: id, UserID: userID, Fence: fence})
		return err
	})
	if err != nil {
		s.log.ErrorContext(ctx, "giving a job back failed; it is taken over when its lease ends", "job_id", id, "error", err)
	}
}
