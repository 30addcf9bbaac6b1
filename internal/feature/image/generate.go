package image

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"pulse/internal/actor"
	"pulse/internal/fault"
	"pulse/internal/httpd"
	"pulse/internal/job"
	"pulse/internal/store"
	"pulse/internal/store/query"
	"pulse/internal/usage"
)

// Routes mounts the room.
func (r *Room) Routes(api huma.API) {
	tags := []string{"Images"}
	httpd.Register(api, huma.Operation{
		OperationID: "list-image-models", Method: http.MethodGet, Path: "/api/v1/images/models", Tags: tags,
		Summary: "The models that make pictures, with what they can do and about what a picture costs",
	}, r.listModels)
	generate := httpd.Needs(huma.Operation{
		OperationID: "generate-images", Method: http.MethodPost, Path: "/api/v1/images/generate", Tags: tags, MaxBodyBytes: maxBody,
		DefaultStatus: http.StatusAccepted, Summary: "Make pictures, from words and from pictures of your own",
		Description: "Starts a job of the type `image`. Its events: `start`, a `progress` for each picture as it is there or has failed, then `done` or `error`. " +
			"`result.files` has what was delivered, which alone is billed; `result.failed` says what was not, and why. " +
			"A key needs the scope read beside generate where it names files. With `Prefer: wait=60` the answer is 200 with the job when it ends in time.",
	}, actor.Generate)
	ended := api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Generation](), true, "")
	generate.Responses = map[string]*huma.Response{"200": {
		Description: "The job has ended, within the time of Prefer: wait", Content: map[string]*huma.MediaType{"application/json": {Schema: ended}},
	}}
	httpd.Register(api, generate, r.generate)
	r.door(api)
}

// maxBody has room for the longest prompts in any script.
const maxBody = 1 << 20

// Quote is about what a request would cost.
type Quote struct {
	Meter    usage.Meter `json:"meter" enum:"images"`
	Images   int         `json:"images" doc:"Held now; what is delivered counts against the plan"`
	AboutUSD httpd.USD   `json:"about_usd"`
}

// Generation is a job that was started; with Prefer: wait, all of it once it has
// ended.
type Generation struct {
	JobID  string     `json:"job_id"`
	Status job.Status `json:"status" enum:"pending,processing,completed,failed,cancelled"`
	Quote  Quote      `json:"quote"`

	*httpd.Job
}

// TransformSchema tells that what belongs to a job that has ended is not always
// there.
func (Generation) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	s.Required = []string{"job_id", "status", "quote"}
	return s
}

type generateInput struct {
	httpd.Idempotent
	httpd.Patience

	Body ImageRequest
}

type generateOutput struct {
	Status int
	Body   Generation
}

func (r *Room) generate(ctx context.Context, in *generateInput) (*generateOutput, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	once, err := in.Once("generate-images", in.Body)
	if err != nil {
		return nil, err
	}
	j, err := r.jobs.Once(ctx, a, once, func() (job.Job, error) { return r.start(ctx, a, once, in.Body) })
	if err != nil {
		return nil, err
	}
	out := &generateOutput{Status: http.StatusAccepted, Body: Generation{JobID: j.ID, Status: job.Status(j.Status)}}
	if out.Body.Quote, err = r.quoteOf(j); err != nil {
		return nil, err
	}
	patience := in.Wait()
	if patience == 0 {
		return out, nil
	}
	ended, err := r.waitFor(ctx, a, j.ID, patience)
	if err != nil || ended == nil {
		return out, err
	}
	out.Status, out.Body.Status, out.Body.Job = http.StatusOK, job.Status(ended.Status), new(httpd.JobOf(*ended))
	return out, nil
}

// waitFor gives the job once it has ended, or nil when it takes longer. The job
// goes on either way.
func (r *Room) waitFor(ctx context.Context, a actor.Actor, id string, patience time.Duration) (*job.WithUsage, error) {
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, err := r.jobs.Wait(waiting, a, id)
	if waiting.Err() != nil && ctx.Err() == nil {
		return nil, nil //nolint:nilnil // it has not ended
	}
	if err != nil {
		return nil, err
	}
	ended, err := r.jobs.Get(ctx, a, id) // with its files
	return &ended, err
}

// start checks a request, stores its job with the hold, and lets it begin.
func (r *Room) start(ctx context.Context, a actor.Actor, once job.Idempotency, in ImageRequest) (job.Job, error) {
	w, err := r.check(ctx, a, in)
	if err != nil {
		return job.Job{}, err
	}
	input, err := json.Marshal(w.work)
	if err != nil {
		return job.Job{}, fmt.Errorf("image: input of a job: %w", err)
	}
	count, id := int64(w.work.Count), store.NewID()
	j, _, err := r.jobs.Submit(ctx, a, job.New{
		ID: id, Type: JobType, Provider: w.model.Provider, Model: w.model.ID, Input: input,
		Want: usage.Want{Meter: usage.Images, Amount: count}, Idempotency: once,
		Write: func(ctx context.Context, q *query.Queries) error {
			for i, file := range w.work.Inputs { // they stay as long as the job, so that it can be done again
				err := q.AddJobFile(ctx, query.AddJobFileParams{JobID: id, FileID: file, UserID: a.ID})
				if store.Dangling(err) { // deleted since it was looked at
					return fault.BadField(fmt.Sprintf("body.image_file_ids[%d]", i), noFile)
				}
				if err != nil {
					return err
				}
			}
			return nil
		},
	})
	return j, err
}

// submit starts a job from POST /api/v1/jobs.
func (r *Room) submit(ctx context.Context, a actor.Actor, once job.Idempotency, input []byte) (job.Job, error) {
	in, err := httpd.Decode[ImageRequest](input, "body.input")
	if err != nil {
		return job.Job{}, err
	}
	return r.start(ctx, a, once, in)
}

// again starts a job that wants what a failed or cancelled one wanted.
func (r *Room) again(ctx context.Context, a actor.Actor, once job.Idempotency, old job.Job) (job.Job, error) {
	w, err := workOf(old)
	if err != nil {
		return job.Job{}, err
	}
	return r.start(ctx, a, once, ImageRequest{
		Model: w.Model, Prompt: w.Prompt, NegativePrompt: w.NegativePrompt, Count: w.Count, Size: w.Size, Quality: w.Quality,
		GuidanceScale: w.GuidanceScale, Seed: w.Seed, ImageFileIDs: w.Inputs,
	})
}

// workOf reads the input that a job was stored with.
func workOf(j job.Job) (work, error) {
	var w work
	if err := json.Unmarshal([]byte(j.Input), &w); err != nil {
		return w, fmt.Errorf("image: input of job %s: %w", j.ID, err)
	}
	return w, nil
}

// quoteOf says about what a job costs, by the price of when it was made.
func (r *Room) quoteOf(j job.Job) (Quote, error) {
	w, err := workOf(j)
	if err != nil {
		return Quote{}, err
	}
	q := Quote{Meter: usage.Images, Images: w.Count}
	m, ok := r.catalog.Image(j.Model)
	if !ok {
		return q, fault.New(fault.Unavailable, "This model is not configured on this server any more. Choose another one.")
	}
	c, err := usage.ImageCharge(m, store.Time(j.CreatedAt), int64(w.Count), estimate(m, w.Wish, w.Count))
	q.AboutUSD = httpd.USD(c.Cost())
	return q, err
}
