package chat

import (
	"context"
	"sync"
	"time"

	"pulse/internal/actor"
	"pulse/internal/fault"
	"pulse/internal/httpd"
	"pulse/internal/job"
)

// What becomes of a question while an answer of its branch is being written.
const (
	refuseRunning    = "refuse" // what holds when nothing is said
	waitForRunning   = "wait"
	interruptRunning = "interrupt"
)

// patient tells that the question is to be asked when the answer in its way
// has ended.
func (in Ask) patient() bool {
	return in.IfRunning == waitForRunning || in.IfRunning == interruptRunning
}

// inTheWay gives the job of the answer that a question may not be asked beside.
func inTheWay(err error) (jobID string, ok bool) {
	f := fault.From(err)
	if err == nil || f.Type != answerRunning {
		return "", false
	}
	jobID, ok = f.Extra["job_id"].(string)
	return jobID, ok
}

// mostWaiting is how many questions one person may have waiting on this
// process: each holds a connection, and nobody reads so many answers.
const mostWaiting = 5

// mostTries is how often a question looks again for an answer that has ended and
// is still in its way.
const mostTries = 10

// lines are where questions wait for their turn, one line a conversation.
type lines struct {
	mu      sync.Mutex
	waiting map[string]int   // questions, by person
	lines   map[string]*line // by conversation
}

type line struct {
	turn  chan struct{} // has a place for the one whose turn it is; senders get it in their order
	users int
}

func newLines() *lines { return &lines{waiting: map[string]int{}, lines: map[string]*line{}} }

// join counts a question in that will wait. It is RateLimited when the person
// has too many. Call leave in any case.
func (l *lines) join(userID, conversationID string) (line *line, leave func(), err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.waiting[userID] >= mostWaiting {
		f := fault.Newf(fault.RateLimited, "%d of your questions are waiting for answers already, which is the most. Ask again when one has had its turn.", mostWaiting)
		f.RetryAfter = 5 * time.Second
		return nil, func() {}, f
	}
	l.waiting[userID]++
	line = l.lines[conversationID]
	if line == nil {
		line = newLine()
		l.lines[conversationID] = line
	}
	line.users++
	return line, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.waiting[userID]--; l.waiting[userID] == 0 {
			delete(l.waiting, userID)
		}
		if line.users--; line.users == 0 {
			delete(l.lines, conversationID)
		}
	}, nil
}

func newLine() *line { return &line{turn: make(chan struct{}, 1)} }

// busy tells that questions are waiting in a conversation, so that one which
// comes now stands behind them.
func (l *lines) busy(conversationID string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines[conversationID] != nil
}

// begun is an answer that was started.
type begun struct {
	job  job.Job
	work work
}

// afterRunning starts an answer once nothing is in its way any more. Until then
// the question waits with the others of its conversation, first come first
// served; when ctx ends before, nothing was started. Processes do not know of
// each other's lines: between them it is whoever comes first.
func (r *Room) afterRunning(ctx context.Context, a actor.Actor, line *line, try func(context.Context) (begun, error)) (begun, error) {
	select {
	case line.turn <- struct{}{}:
		defer func() { <-line.turn }()
	case <-ctx.Done():
		return begun{}, context.Cause(ctx)
	}
	for last, again := "", 0; ; {
		if err := httpd.StillIn(ctx); err != nil { // it may have waited for long
			return begun{}, err
		}
		b, err := try(ctx)
		jobID, running := inTheWay(err)
		if !running {
			return b, err
		}
		if jobID == last { // it has ended, and its message does not say so yet
			if again++; again > mostTries {
				return b, err
			}
			select {
			case <-time.After(time.Duration(again) * 50 * time.Millisecond):
			case <-ctx.Done():
				return begun{}, context.Cause(ctx)
			}
		}
		last = jobID
		if _, err := r.jobs.Wait(ctx, a, jobID); err != nil && !over(err) {
			return begun{}, err
		}
	}
}

// interrupt stops the answer that is in a question's way, if one is.
func (r *Room) interrupt(ctx context.Context, a actor.Actor, in Ask) error {
	_, err := r.check(ctx, a, in)
	jobID, running := inTheWay(err)
	if !running {
		return nil
	}
	if _, err := r.jobs.Cancel(ctx, a, jobID); err != nil && !over(err) {
		return err
	}
	return nil
}

// over tells that a job has ended, or was deleted with its conversation; what
// that means for the question shows when it is tried again.
func over(err error) bool { return fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) }

// beginPatiently starts the answer at once where it can, or gives what starts
// it after the one that is in its way; call that, it holds a place. Whatever
// else is wrong with the question is found at once.
func (r *Room) beginPatiently(ctx context.Context, a actor.Actor, once job.Idempotency, in Ask, stream bool) (b begun, later func(context.Context) (begun, error), err error) {
	check := func(ctx context.Context) func() (asked, error) {
		return func() (asked, error) {
			q, err := r.check(ctx, a, in)
			q.stream = stream
			return q, err
		}
	}
	try := func(ctx context.Context) (b begun, err error) {
		b.job, b.work, err = r.begin(ctx, a, once, check(ctx))
		return b, err
	}
	behind := in.patient() && in.ConversationID != "" && r.lines.busy(in.ConversationID)
	if !behind {
		b, err = try(ctx)
		if _, running := inTheWay(err); !running || !in.patient() {
			return b, nil, err
		}
	} else if _, err := r.check(ctx, a, in); err != nil {
		if _, running := inTheWay(err); !running {
			return b, nil, err
		}
	}
	if in.IfRunning == interruptRunning { // also before questions that wait: it is what is said now that has to stop
		if err := r.interrupt(ctx, a, in); err != nil {
			return b, nil, err
		}
	}
	line, leave, err := r.lines.join(a.ID, in.ConversationID)
	if err != nil {
		return b, nil, err
	}
	leave = sync.OnceFunc(leave)
	context.AfterFunc(ctx, leave) // should nobody call what is given
	return b, func(ctx context.Context) (begun, error) {
		defer leave()
		return r.afterRunning(ctx, a, line, try)
	}, nil
}
