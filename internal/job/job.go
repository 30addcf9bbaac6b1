package job

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"pulse/internal/actor"
	"pulse/internal/change"
	"pulse/internal/fault"
	"pulse/internal/store"
	"pulse/internal/store/query"
	"pulse/internal/usage"
)

// Status is where a job is in its life.
type Status string

// The statuses. The last three are final.
const (
	Pending    Status = "pending"
	Processing Status = "processing"
	Completed  Status = "completed"
	Failed     Status = "failed"
	Cancelled  Status = "cancelled"
)

// Final tells that the job will not change any more.
func (s Status) Final() bool { return s == Completed || s == Failed || s == Cancelled }

// Job is a job's row; WithUsage adds what it took.
type Job = query.Job

// Why a run's context ends early; context.Cause tells which.
var (
	ErrCancelled = errors.New("job: cancelled by its owner")
	ErrLeaseLost = errors.New("job: another process has taken over")
	ErrHandover  = errors.New("job: this process is stopping")
)

// Kind is what a room teaches the pipeline about its type of job.
type Kind struct {
	Type string
	// Subject is what SubjectID names, for those who hear of changes; empty: nothing.
	Subject change.Kind

	// Run does the work and says how it ended. It is called again, with a
	// higher attempt, when the process that ran the job before died. When its
	// context ends it returns soon, with context.Cause(ctx) as the outcome's Err
	// and with what it has: the pipeline decides by the cause whether that
	// becomes a cancelled job or nothing at all.
	Run func(ctx context.Context, r *Run) Outcome

	// Replay gives the events of a finished job whose events are swept, from
	// what the room has kept: all but the last one, which the pipeline adds.
	Replay func(ctx context.Context, q *query.Queries, j Job) ([]Content, error)

	// Broken stores the room's rows of a job whose Run has panicked, in the
	// transaction that ends it as failed. May be nil.
	Broken func(ctx context.Context, q *query.Queries, j Job, f *fault.Error) error

	// Fleeting jobs answer somebody who waits on this process and whom another one
	// cannot reach. Where others are handed over, they end as interrupted, and
	// what came is booked; after a crash, Run is called and has to end them. Of their
	// events those with what they say are not stored: only readers on this process
	// get them.
	Fleeting bool

	// Results fills in what of the results of jobs, all of this type, is not in
	// their rows: what files they have by now. May be nil.
	Results func(ctx context.Context, q *query.Queries, jobs []*Job) error

	// Deleted removes what belongs to a job, in the transaction that deletes it,
	// and gives what is to be done once that holds. May be nil.
	Deleted func(ctx context.Context, q *query.Queries, j Job) (then func(context.Context), err error)

	// Submit starts a job of this type from the input of POST /api/v1/jobs,
	// and Again a new one from a finished one.
	Submit func(ctx context.Context, a actor.Actor, once Idempotency, input []byte) (Job, error)
	Again  func(ctx context.Context, a actor.Actor, once Idempotency, j Job) (Job, error)
}

// Outcome is how a run ended.
type Outcome struct {
	// Err is why the job is not completed. Nil: it is, also when somebody asked
	// for a cancellation just before its end.
	Err    error
	Model  string // the model that answered, where it may differ from the one asked for
	Result any    // becomes the job's result, as JSON
	Done   any    // data of the last event of a completed or cancelled job
	// Charges are what was really used, also by a failed or cancelled job.
	Charges []usage.Charge
	// Write stores the room's rows in the transaction that ends the job.
	Write func(ctx context.Context, q *query.Queries, status Status, f *fault.Error) error
	// Then is called once the job has ended here as completed, for what may as
	// well not happen: a crash in between loses it. May be nil.
	Then func(ctx context.Context)
}

// Options of the pipeline.
type Options struct {
	DB     *store.DB
	Ledger *usage.Ledger
	Log    *slog.Logger
	// Changes hears of each job that begins and ends; nil: nobody does.
	Changes *change.Feed
	Now     func() time.Time // the clock; nil: time.Now

	Lease      time.Duration // how long a dead process keeps its jobs; 0: 6 s
	FlushEvery time.Duration // how often events are stored; 0: 100 ms
	Background int           // how many due or orphaned jobs run at once here; 0: 64, they mostly wait for a vendor
}

// maxAttempts is how often a job is begun before it fails as interrupted.
const maxAttempts = 4

// Service runs jobs.
type Service struct {
	db     *store.DB
	ledger *usage.Ledger
	log    *slog.Logger
	now    func() time.Time
	feed   *change.Feed
	lease  time.Duration
	owner  string // this process, in lease_owner
	kinds  map[string]Kind
	hub    *hub

	background int

	mu      sync.Mutex
	running map[string]*Run // by job id
	waiting map[string]map[chan struct{}]struct{}
	closing bool // no new jobs
	leaving bool // no running ones either
	runs    sync.WaitGroup

	stopLoops context.CancelFunc
	loops     sync.WaitGroup
}

// NewService makes the pipeline. Register the kinds, then Start it.
func NewService(o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Lease == 0 {
		o.Lease = 6 * time.Second
	}
	if o.FlushEvery == 0 {
		o.FlushEvery = 100 * time.Millisecond
	}
	if o.Background == 0 {
		o.Background = 64
	}
	s := &Service{
		db: o.DB, ledger: o.Ledger, log: o.Log, now: o.Now, feed: o.Changes, lease: o.Lease, background: o.Background,
		owner: store.NewID(), kinds: map[string]Kind{},
		running: map[string]*Run{}, waiting: map[string]map[chan struct{}]struct{}{}, stopLoops: func() {},
	}
	s.hub = newHub(o.DB, o.Log, o.FlushEvery)
	return s
}

// Register adds a kind. Before Start only.
func (s *Service) Register(k Kind) { s.kinds[k.Type] = k }

func (s *Service) kind(name string) (Kind, bool) { k, ok := s.kinds[name]; return k, ok }

// Idempotency names a request, so that the same one sent again starts nothing.
type Idempotency struct {
	IdempotencyKey string // of the person's choice; empty: each request is a new one
	RequestHash    string // tells another request with the same key
}

// New is a job to be submitted.
type New struct {
	ID        string // store.NewID(); the caller makes it, for its own rows
	Type      string
	Provider  string
	Model     string
	SubjectID string // what the job works on, e.g. a conversation
	Input     []byte // JSON, the room's; what a run on another process needs
	Want      usage.Want

	Idempotency

	// Prepared is handed to the first run in this process, to spare it the
	// reading of what the request had in memory already. May be nil.
	Prepared any
	// Write stores the room's rows in the job's transaction.
	Write func(ctx context.Context, q *query.Queries) error
}

// Submit stores the job, its hold and the room's rows in one transaction and
// starts it at once in this process; it does not wait for its end. The run
// outlives ctx.
//
// A key that was used before gives the job of then and replayed true, or a
// Conflict fault when the request was another. Without enough quota it is a
// Quota fault and nothing is stored. While the process stops it is Unavailable.
func (s *Service) Submit(ctx context.Context, a actor.Actor, n New) (j Job, replayed bool, err error) {
	if j, found, err := s.Repeated(ctx, a, n.Idempotency); err != nil || found {
		return j, found, err
	}
	if err := s.reserveRun(); err != nil {
		return Job{}, false, err
	}
	launched := false
	defer func() {
		if !launched { // also when the room's Write panics: Stop would wait for ever
			s.runs.Done()
		}
	}()
	now := store.Millis(s.now())
	// It is claimed as it is born: the process that took the request runs it.
	j = Job{
		ID: n.ID, UserID: a.ID, Type: n.Type, Status: string(Processing), Provider: n.Provider, Model: n.Model,
		SubjectID: n.SubjectID, Input: store.Text(string(n.Input)), State: "{}", Result: "{}", RunAt: now,
		LeaseOwner: s.owner, LeaseUntil: now + s.lease.Milliseconds(), Fence: 1, Attempt: 1,
		IdempotencyKey: n.IdempotencyKey, RequestHash: n.RequestHash, CreatedAt: now, StartedAt: now,
	}
	var granted int64
	err = s.db.Write(ctx, func(ctx context.Context, q *query.Queries) error {
		if err := n.Write(ctx, q); err != nil {
			return err
		}
		err := q.InsertJob(ctx, query.InsertJobParams{
			ID: j.ID, UserID: j.UserID, Type: j.Type, Status: j.Status, Provider: j.Provider, Model: j.Model,
			SubjectID: j.SubjectID, Input: j.Input, RunAt: j.RunAt, LeaseOwner: j.LeaseOwner, LeaseUntil: j.LeaseUntil,
			Fence: j.Fence, Attempt: j.Attempt, IdempotencyKey: j.IdempotencyKey, RequestHash: j.RequestHash,
			CreatedAt: j.CreatedAt, StartedAt: j.StartedAt,
		})
		if err != nil {
			return err
		}
		if err := store.StillActive(ctx, q, a.ID); err != nil {
			return err
		}
		granted, err = s.ledger.Reserve(ctx, q, a, n.ID, n.Want)
		return err
	})
	if err != nil {
		if n.IdempotencyKey != "" && store.UniqueViolation(err) {
			// The same request won the race, or it is a constraint of the room's.
			if j, found, rerr := s.Repeated(ctx, a, n.Idempotency); rerr != nil || found {
				return j, found, rerr
			}
		}
		return Job{}, false, err
	}
	launched = true
	s.launch(j, granted, n.Prepared, nil)
	s.changed(j)
	return j, false, nil
}

// reserveRun counts a run in before its job exists, so that Stop waits for it.
func (s *Service) reserveRun() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		f := fault.New(fault.Unavailable, "This server is restarting. Try again in a moment.")
		f.RetryAfter = time.Second
		return f
	}
	s.runs.Add(1)
	return nil
}
