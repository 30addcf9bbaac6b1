package image

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"runtime/debug"
	"slices"
	"sync"

	"pulse/internal/catalog"
	"pulse/internal/fault"
	"pulse/internal/job"
	"pulse/internal/picture"
	"pulse/internal/provider"
	"pulse/internal/store"
	"pulse/internal/store/query"
	"pulse/internal/usage"
)

// beginning is the data of a start event.
type beginning struct {
	JobID    string `json:"job_id"`
	Model    string `json:"model"`
	Provider string `json:"provider"`
	Count    int    `json:"count"`
}

// progress is the data of a progress event: a picture is there, or is not to be.
type progress struct {
	Percent int64    `json:"percent"`
	Index   int      `json:"index"`
	File    *File    `json:"file,omitempty"`
	Failed  *Failure `json:"failed,omitempty"`
}

// ending is the data of a done event.
type ending struct {
	Status    job.Status `json:"status"`
	Delivered int        `json:"delivered"`
	Failed    int        `json:"failed"`
}

// making is a job's run.
type making struct {
	room   *Room
	run    *job.Run
	work   work
	model  catalog.Model
	vendor Vendor

	mu     sync.Mutex // of what the pictures come to, and of run.Keep
	files  map[int]query.FilesOfJobRow
	failed map[int]error
}

// run makes the pictures of a job: those that an earlier attempt has not made.
func (r *Room) run(ctx context.Context, run *job.Run) job.Outcome {
	w, err := workOf(run.Job)
	if err != nil {
		return job.Outcome{Err: err}
	}
	run.Begin(beginningOf(run.Job, w))
	m := &making{room: r, run: run, work: w, files: map[int]query.FilesOfJobRow{}, failed: map[int]error{}}
	rows, err := r.madeBefore(run)
	if err != nil {
		return job.Outcome{Err: err}
	}
	for _, f := range rows {
		said := progress{Percent: m.percent(), Index: int(f.Position), File: fileOf(f)}
		m.files[int(f.Position)] = f
		if err := run.Keep(said.Percent, said, nothing); err != nil { // its readers were told to forget what they saw
			return job.Outcome{Err: err}
		}
	}
	var missing []int
	for i := range w.Count {
		if _, there := m.files[i]; !there {
			missing = append(missing, i)
		}
	}
	if err := m.prepare(); err != nil {
		for _, i := range missing {
			m.failed[i] = err
		}
		return m.outcome(ctx)
	}
	var all sync.WaitGroup
	for _, i := range missing {
		all.Go(func() { m.one(ctx, i) })
	}
	all.Wait()
	return m.outcome(ctx)
}

func beginningOf(j job.Job, w work) beginning { return beginning{j.ID, j.Model, j.Provider, w.Count} }

// madeBefore gives what earlier runs of a job have made.
func (r *Room) madeBefore(run *job.Run) (rows []query.FilesOfJobRow, err error) {
	if run.Job.Attempt == 1 {
		return nil, nil
	}
	err = run.Await(func(ctx context.Context) (err error) {
		rows, err = r.db.Read().FilesOfJob(ctx, query.FilesOfJobParams{JobID: run.Job.ID, UserID: run.Job.UserID})
		return err
	})
	return rows, err
}

func nothing(context.Context, *query.Queries) error { return nil }

// prepare finds who makes them.
func (m *making) prepare() error {
	var known, configured bool
	m.model, known = m.room.catalog.Image(m.run.Job.Model)
	m.vendor, configured = m.room.vendors[m.run.Job.Provider]
	if !known || !configured { // the configuration changed between a crash and its repair
		return errNotConfigured()
	}
	return nil
}

func errNotConfigured() error {
	return fault.New(fault.Unavailable, "This model is not configured on this server any more. Choose another one.")
}

// one makes a picture, or says why there is none.
func (m *making) one(ctx context.Context, index int) {
	defer func() { // nobody else can: it is a goroutine of its own
		if p := recover(); p != nil {
			m.fail(ctx, index, fmt.Errorf("image: panic: %v\n%s", p, debug.Stack()))
		}
	}()
	made, err := m.room.make(ctx, m.run.Job.UserID, m.model, m.vendor, m.wish(index))
	if err == nil {
		err = m.keep(ctx, index, made)
	}
	if err != nil {
		m.fail(ctx, index, err)
	}
}

func (m *making) keep(ctx context.Context, index int, made made) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	said := progress{Percent: m.percent(), Index: index}
	row, err := m.room.keep(ctx, m.run, index, m.work.Count, made, func(f query.FilesOfJobRow, store store.TxFunc) error {
		said.File = fileOf(f)
		return m.run.Keep(said.Percent, said, store)
	})
	if err == nil {
		m.files[index] = row
	}
	return err
}

// wish is the wish for one of the pictures.
func (m *making) wish(index int) picture.Wish {
	w := m.work.Wish
	base := w.Seed
	if base == nil {
		base = m.work.BaseSeed
	}
	if base != nil {
		w.Seed = new((*base + int64(index)) % (maxSeed + 1))
	}
	return w
}

// percent is how far the job is with one picture more.
func (m *making) percent() int64 {
	return int64(100 * (len(m.files) + len(m.failed) + 1) / m.work.Count)
}

func (m *making) fail(ctx context.Context, index int, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if ctx.Err() == nil { // else the whole ends, and that is told
		level := slog.LevelInfo
		if f := fault.From(err); f.Code != fault.Upstream { // the vendor has done its part
			level = slog.LevelError
		}
		m.room.log.Log(ctx, level, "a picture failed", "job_id", m.run.Job.ID, "index", index, "error", err)
		said := progress{Percent: m.percent(), Index: index, Failed: failureOf(index, err)}
		if kerr := m.run.Keep(said.Percent, said, nothing); kerr != nil {
			m.room.log.WarnContext(ctx, "the failure of a picture cannot be told yet", "job_id", m.run.Job.ID, "error", kerr)
		}
	}
	m.failed[index] = err
}

// outcome books what was delivered, however the rest ended.
func (m *making) outcome(ctx context.Context) job.Outcome {
	o := job.Outcome{Result: m.result(), Done: ending{job.Completed, len(m.files), len(m.failed)}}
	cause := context.Cause(ctx)
	switch {
	case len(m.failed) == 0: // whatever was asked of it meanwhile, it is done
	case errors.Is(cause, job.ErrCancelled):
		o.Err = cause
		o.Done = ending{job.Cancelled, len(m.files), 0}
		o.Result = result{Delivered: len(m.files), Failed: []Failure{}, Notes: m.notes()}
	case errors.Is(cause, job.ErrHandover), errors.Is(cause, job.ErrLeaseLost):
		o.Err = cause // another run makes the rest
	case len(m.files) == 0:
		o.Err = m.failed[slices.Min(slices.Collect(maps.Keys(m.failed)))]
	}
	if len(m.files) == 0 {
		return o
	}
	took := make([]provider.ImageUsage, 0, len(m.files))
	for _, i := range slices.Sorted(maps.Keys(m.files)) {
		took = append(took, recordOf(m.files[i]).Took)
	}
	charge, err := usage.ImageCharge(m.model, store.Time(m.run.Job.CreatedAt), int64(len(m.files)), provider.SumImages(took))
	if err != nil { // the model is not in the catalogue any more: the pictures count, and what they cost is not known
		m.room.log.ErrorContext(ctx, "the cost of pictures is not known", "job_id", m.run.Job.ID, "error", err)
	}
	charge.Meter, charge.Quantity = usage.Images, int64(len(m.files))
	charge.Provider, charge.Model = m.run.Job.Provider, m.run.Job.Model
	o.Charges = []usage.Charge{charge}
	return o
}
