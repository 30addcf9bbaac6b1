package chat

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"pulse/internal/actor"
	"pulse/internal/catalog"
	"pulse/internal/fault"
	"pulse/internal/httpd"
	"pulse/internal/job"
	"pulse/internal/store"
	"pulse/internal/usage"
)

// maxDoorBody is how large a request of OpenAI's API may be, pictures included.
const maxDoorBody = 32 << 20

// door mounts OpenAI's API, as far as Pulse speaks it. See docs/adr/0011.
func (r *Room) door(api huma.API) {
	op := func(id, method, path, summary string) huma.Operation {
		return httpd.Needs(huma.Operation{
			OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{"OpenAI's API"},
		}, actor.Generate)
	}
	create := op("create-completion", http.MethodPost, "/v1/chat/completions", "Ask as with OpenAI's API, streamed or not")
	create.Description = "For clients of OpenAI's API. Nothing of what is said is kept; the request is a job of the type `completion`, under the same limits as all others. " +
		"It is cancelled when the client goes away. An `Idempotency-Key` is good for one answer, since answers are not kept: the same request again is a 409. " +
		"docs/api-openai.md says what is honoured."
	httpd.Either[completionInput, ChatCompletionRequest, ChatCompletion](api, create, r.createCompletion)
	httpd.Register(api, op("list-openai-models", http.MethodGet, "/v1/models", "The models that can be asked, as OpenAI's API lists them"), r.doorModels)
	get := op("get-openai-model", http.MethodGet, "/v1/models/{model}", "One model, by its id or an alias")
	httpd.Register(api, get, r.getDoorModel)
	// Ids of servers' models have slashes, which not every client escapes.
	get.OperationID, get.Path, get.Hidden = "get-openai-model-of-server", "/v1/models/{model...}", true
	httpd.Register(api, get, r.getDoorModel)
}

// DoorModel is a model as OpenAI's API has it.
type DoorModel struct {
	ID      string `json:"id"`
	Object  string `json:"object" enum:"model"`
	Created int64  `json:"created" doc:"From when on its price holds"`
	OwnedBy string `json:"owned_by" doc:"Its provider"`
}

// DoorModelList is a list of OpenAI's.
type DoorModelList struct {
	Object string      `json:"object" enum:"list"`
	Data   []DoorModel `json:"data"`
}

type doorModelsOutput struct{ Body DoorModelList }

type doorModelInput struct {
	Model string `path:"model" maxLength:"200"`
}

type doorModelOutput struct{ Body DoorModel }

func (r *Room) doorModels(context.Context, *struct{}) (*doorModelsOutput, error) {
	out := &doorModelsOutput{Body: DoorModelList{Object: "list", Data: []DoorModel{}}}
	for _, m := range r.askable() {
		if r.whyNot(m) == "" {
			out.Body.Data = append(out.Body.Data, r.doorView(m))
		}
	}
	return out, nil
}

func (r *Room) getDoorModel(_ context.Context, in *doorModelInput) (*doorModelOutput, error) {
	if m, ok := r.imageModel(in.Model); ok && r.whyNot(m) == "" {
		return &doorModelOutput{Body: r.doorView(m)}, nil
	}
	m, err := r.doorModel(in.Model)
	if err != nil {
		return nil, err
	}
	return &doorModelOutput{Body: r.doorView(m)}, nil
}

func (r *Room) doorView(m catalog.Model) DoorModel {
	v := DoorModel{ID: m.ID, Object: "model", OwnedBy: m.Provider}
	if price, ok := m.PriceAt(r.now()); ok {
		v.Created = max(0, price.EffectiveFrom.Unix())
	}
	return v
}

type completionInput struct {
	httpd.Idempotent
	httpd.Document
}

// createCompletion checks a request, starts its job, and gives what to answer.
func (r *Room) createCompletion(ctx context.Context, in *completionInput) (httpd.Answer, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return httpd.Answer{}, err
	}
	j, c, err := r.beginCompletion(ctx, a, in)
	if err != nil {
		return httpd.Answer{}, err
	}
	if c.stream {
		return httpd.Answer{Stream: func(w *httpd.EventWriter) error {
			out := newChunks(j, c, w.Raw)
			err := r.jobs.Follow(w.Context(), a, j.ID, job.Reader{Send: out.event})
			if err != nil && !out.over {
				r.leave(w.Context(), a, j.ID)
			}
			return err
		}}, nil
	}
	ended, err := r.jobs.Wait(ctx, a, j.ID)
	if err != nil {
		r.leave(ctx, a, j.ID)
		return httpd.Answer{}, err
	}
	if job.Status(ended.Status) == job.Failed {
		return httpd.Answer{}, storedFault(ended.Error)
	}
	if _, ok := c.result(); !ok || job.Status(ended.Status) == job.Cancelled {
		return httpd.Answer{}, errCompletionCancelled()
	}
	return httpd.Answer{Whole: c.whole(j)}, nil
}

// beginCompletion reads the request and starts its job.
func (r *Room) beginCompletion(ctx context.Context, a actor.Actor, in *completionInput) (j job.Job, c *completing, err error) {
	body, err := in.Read(ctx, maxDoorBody)
	if err != nil {
		return j, nil, err
	}
	var once job.Idempotency
	if in.IdempotencyKey != "" {
		sum := sha256.Sum256(body)
		if once, err = in.Once(CompletionJob, hex.EncodeToString(sum[:])); err != nil {
			return j, nil, err
		}
	}
	started := false
	j, err = r.jobs.Once(ctx, a, once, func() (job.Job, error) {
		req, err := httpd.DecodeOpenAI[ChatCompletionRequest](body)
		body = nil // large, and what was read of it is elsewhere now
		if err != nil {
			return job.Job{}, err
		}
		if remote, papers := req.brings(); remote+papers > 0 { // no work for who cannot ask
			if err := r.jobs.Left(ctx, a, usage.Tokens); err != nil {
				return job.Job{}, err
			}
		}
		if c, err = r.understand(ctx, a, &req); err != nil {
			return job.Job{}, err
		}
		j, replayed, err := r.submitCompletion(ctx, a, once, store.NewID(), c)
		started = !replayed
		return j, err
	})
	in.LetGo(ctx) // the job has its own
	if err == nil && !started {
		err = errAnsweredBefore(j)
	}
	return j, c, err
}

// errAnsweredBefore refuses a request whose key was used before: its answer went
// to whoever asked then and is not kept, and a second one would be paid twice.
// What failed fails as it did.
func errAnsweredBefore(j job.Job) error {
	if job.Status(j.Status) == job.Failed {
		err := storedFault(j.Error)
		if f, ok := errors.AsType[*fault.Error](err); ok {
			f.Final = true // with the same key it is always the same
		}
		return err
	}
	f := fault.New(fault.Conflict, "This Idempotency-Key was used for a request that was answered before, or is being answered now. Answers are not kept; to ask again, use a new key.")
	f.Type = "idempotency_replayed"
	return f
}

// leaveTime is how long the cancellation for a client that is gone may take.
const leaveTime = 10 * time.Second

// leave cancels what nobody waits for any more; what came is billed.
func (r *Room) leave(ctx context.Context, a actor.Actor, id string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveTime)
	defer cancel()
	if err := r.jobs.Leave(ctx, a, id); err != nil && !fault.Is(err, fault.Conflict) { // a conflict: it has ended
		r.log.WarnContext(ctx, "cancelling a completion whose client is gone failed; it is answered to nobody", "job_id", id, "error", err)
	}
}
