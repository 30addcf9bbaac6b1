package chat

import (
	"context"
	"encoding/json"
	"fmt"

	"pulse/internal/actor"
	"pulse/internal/fault"
	"pulse/internal/httpd"
	"pulse/internal/job"
	"pulse/internal/provider"
	"pulse/internal/store"
	"pulse/internal/store/query"
)

// Completion is a whole answer.
type Completion struct {
	JobID          string                `json:"job_id"`
	ConversationID string                `json:"conversation_id"`
	Message        AnswerMessage         `json:"message"`
	Model          string                `json:"model"`
	Provider       string                `json:"provider"`
	FinishReason   provider.FinishReason `json:"finish_reason"`
	Usage          httpd.TokenUsage      `json:"usage"`
}

// AnswerMessage is the answer in a Completion.
type AnswerMessage struct {
	ID        string `json:"id"`
	Role      string `json:"role"`
	Content   string `json:"content"`
	Reasoning string `json:"reasoning,omitempty"`

	Files []AttachedFile `json:"files,omitempty" nullable:"false" doc:"The picture, of a model that makes them"`
}

type completeOutput struct{ Body Completion }

func (r *Room) complete(ctx context.Context, in *askInput) (*completeOutput, error) {
	a, b, later, err := r.ask(ctx, in, "complete", false)
	if err == nil && later != nil {
		b, err = later(ctx)
	}
	if err != nil {
		return nil, err
	}
	j, w := b.job, b.work
	ended, err := r.jobs.Wait(ctx, a, j.ID)
	if err != nil {
		return nil, err
	}
	if job.Status(ended.Status) == job.Failed {
		return nil, storedFault(ended.Error)
	}
	m, err := r.db.Read().GetAnswerByJob(ctx, query.GetAnswerByJobParams{ID: w.AnswerID, UserID: a.ID, JobID: j.ID})
	if store.NotFound(err) {
		return nil, errAnswerDeleted()
	}
	if err != nil {
		return nil, err
	}
	out := &completeOutput{Body: Completion{
		JobID: j.ID, ConversationID: w.ConversationID, Model: ended.Model, Provider: ended.Provider,
		Message:      AnswerMessage{ID: m.ID, Role: m.Role, Content: m.Content, Reasoning: m.Reasoning},
		FinishReason: provider.FinishReason(m.FinishReason),
	}}
	if w.Wish != nil {
		files, err := r.attachedIn(ctx, a, w.ConversationID)
		if err != nil {
			return nil, err
		}
		out.Body.Message.Files = files[m.ID]
	}
	if ended.Used != nil {
		out.Body.Usage = httpd.UsageOf(ended.Used.Tokens, ended.Used.Cost)
	}
	return out, nil
}

// storedFault makes an error of the problem that a failed job has kept, so
// that whoever waited for it is answered as if it had just happened.
func storedFault(problem string) error {
	f, err := fault.FromProblem([]byte(problem))
	if err != nil {
		return fmt.Errorf("chat: the stored problem of a job: %w", err)
	}
	return f
}

// workOf reads the input that a chat job was stored with.
func workOf(j job.Job) (work, error) {
	var w work
	if err := json.Unmarshal([]byte(j.Input), &w); err != nil {
		return w, fmt.Errorf("chat: input of job %s: %w", j.ID, err)
	}
	return w, nil
}

// submit starts an answer from POST /api/v1/jobs.
func (r *Room) submit(ctx context.Context, a actor.Actor, once job.Idempotency, input []byte) (job.Job, error) {
	in, err := httpd.Decode[Ask](input, "body.input")
	if err != nil {
		return job.Job{}, err
	}
	b, later, err := r.beginPatiently(ctx, a, once, in, true)
	if err == nil && later != nil {
		b, err = later(ctx)
	}
	return b.job, err
}

// again answers the question of a failed or stopped answer once more.
func (r *Room) again(ctx context.Context, a actor.Actor, once job.Idempotency, old job.Job) (job.Job, error) {
	w, err := workOf(old)
	if err != nil {
		return job.Job{}, err
	}
	q, err := r.askAgain(ctx, a, w.ConversationID, w.AnswerID, "")
	if err != nil {
		return job.Job{}, err
	}
	q.once = once
	j, _, err := r.start(ctx, a, q)
	return j, err
}
