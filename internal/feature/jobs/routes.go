package jobs

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"pulse/internal/actor"
	"pulse/internal/httpd"
	"pulse/internal/job"
)

// Room shows jobs.
type Room struct{ jobs *job.Service }

// New makes the room.
func New(jobs *job.Service) *Room { return &Room{jobs: jobs} }

// Routes mounts the room.
func (r *Room) Routes(api huma.API) {
	op := func(id, method, path, summary string, status int) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: "/api/v1/jobs" + path, Summary: summary, DefaultStatus: status, Tags: []string{"Jobs"},
		}
	}
	httpd.Register(api, op("list-jobs", http.MethodGet, "", "Jobs, the newest first", http.StatusOK), r.list)
	httpd.Register(api, asks(op("create-job", http.MethodPost, "", "Start a job of any type", http.StatusAccepted)), r.create)
	httpd.Register(api, op("get-job", http.MethodGet, "/{id}", "One job", http.StatusOK), r.get)
	httpd.Register(api, op("update-job", http.MethodPatch, "/{id}", "Cancel a job by its status", http.StatusOK), r.update)
	httpd.Register(api, op("delete-job", http.MethodDelete, "/{id}", "Delete a job that has ended", http.StatusNoContent), r.remove)
	httpd.Register(api, op("cancel-job", http.MethodPost, "/{id}/cancel", "Stop a job; what came is billed", http.StatusAccepted), r.cancel)
	again := op("retry-job", http.MethodPost, "/{id}/retry", "Try a failed or cancelled job again, as a new one", http.StatusAccepted)
	httpd.Register(api, httpd.Needs(again, actor.AllScopes), r.retry) // it goes on with what was said before
	httpd.Register(api, op("get-receipt", http.MethodGet, "/{id}/receipt", "What a job cost, line by line", http.StatusOK), r.receipt)
	httpd.Stream(api, op("follow-job", http.MethodGet, "/{id}/events", "A job's events, from any one on", http.StatusOK), r.follow)
}

// asks marks what asks a model, for which an API key needs that scope.
func asks(op huma.Operation) huma.Operation { return httpd.Needs(op, actor.Generate) }

// JobPath names a job in an address. Exported, since huma passes over embedded
// structs that are not.
type JobPath struct {
	ID string `path:"id" maxLength:"64"`
}

type jobOutput struct{ Body httpd.Job }

type listInput struct {
	httpd.Page
	Type   string     `query:"type" maxLength:"40"`
	Status job.Status `query:"status" enum:"pending,processing,completed,failed,cancelled"`
}

type listOutput struct{ Body httpd.List[httpd.Job] }

func (r *Room) list(ctx context.Context, in *listInput) (*listOutput, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	_, before, err := in.After()
	if err != nil {
		return nil, err
	}
	found, err := r.jobs.List(ctx, a, job.Filter{Type: in.Type, Status: in.Status, BeforeID: before, Limit: int(in.Rows()) + 1})
	if err != nil {
		return nil, err
	}
	views := make([]httpd.Job, len(found))
	for i, w := range found {
		views[i] = httpd.JobOf(w)
	}
	return &listOutput{Body: httpd.NewList(views, in.Rows(), func(v httpd.Job) (int64, string) { return 0, v.ID })}, nil
}

// NewJob is a job of any type.
type NewJob struct {
	Type  string          `json:"type" maxLength:"40" doc:"chat or image"`
	Input json.RawMessage `json:"input" doc:"As the body of the type's own route"`
}

type createInput struct {
	httpd.Idempotent

	Body NewJob
}

func (r *Room) create(ctx context.Context, in *createInput) (*jobOutput, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	once, err := in.Once("create-job", in.Body)
	if err != nil {
		return nil, err
	}
	j, err := r.jobs.SubmitKind(ctx, a, once, in.Body.Type, in.Body.Input)
	if err != nil {
		return nil, err
	}
	return &jobOutput{Body: httpd.JobOf(job.WithUsage{Job: j})}, nil
}

func (r *Room) get(ctx context.Context, in *JobPath) (*jobOutput, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	w, err := r.jobs.Get(ctx, a, in.ID)
	if err != nil {
		return nil, err
	}
	return &jobOutput{Body: httpd.JobOf(w)}, nil
}

// JobChange is what a job's owner may change of it.
type JobChange struct {
	Status job.Status `json:"status" enum:"cancelled" doc:"The one change that a job's owner can make"`
}

type updateInput struct {
	JobPath
	Body JobChange
}

func (r *Room) update(ctx context.Context, in *updateInput) (*jobOutput, error) {
	return r.cancel(ctx, &in.JobPath)
}

func (r *Room) cancel(ctx context.Context, in *JobPath) (*jobOutput, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	w, err := r.jobs.Cancel(ctx, a, in.ID)
	if err != nil {
		return nil, err
	}
	return &jobOutput{Body: httpd.JobOf(w)}, nil
}

type retryInput struct {
	JobPath
	httpd.Idempotent
}

func (r *Room) retry(ctx context.Context, in *retryInput) (*jobOutput, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	once, err := in.Once("retry-job", in.ID)
	if err != nil {
		return nil, err
	}
	j, err := r.jobs.Again(ctx, a, once, in.ID)
	if err != nil {
		return nil, err
	}
	return &jobOutput{Body: httpd.JobOf(job.WithUsage{Job: j})}, nil
}

func (r *Room) remove(ctx context.Context, in *JobPath) (*struct{}, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	return nil, r.jobs.Delete(ctx, a, in.ID)
}

type receiptOutput struct{ Body httpd.List[Receipt] }

func (r *Room) receipt(ctx context.Context, in *JobPath) (*receiptOutput, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := r.jobs.Get(ctx, a, in.ID); err != nil { // an unknown job is no empty receipt
		return nil, err
	}
	events, err := r.jobs.Receipt(ctx, a, in.ID)
	if err != nil {
		return nil, err
	}
	out := &receiptOutput{Body: httpd.List[Receipt]{Items: []Receipt{}}}
	for _, e := range events {
		receipt, err := receiptOf(e)
		if err != nil {
			return nil, err
		}
		out.Body.Items = append(out.Body.Items, receipt)
	}
	return out, nil
}

type followInput struct {
	JobPath
	httpd.Resume
}

func (r *Room) follow(ctx context.Context, in *followInput) (func(*httpd.EventWriter) error, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	after, err := in.Position()
	if err != nil {
		return nil, err
	}
	if _, err := r.jobs.Get(ctx, a, in.ID); err != nil {
		return nil, err
	}
	return func(w *httpd.EventWriter) error {
		return r.jobs.Follow(w.Context(), a, in.ID, job.Reader{After: after, Send: w.JobEvent})
	}, nil
}
