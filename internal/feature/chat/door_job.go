package chat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"pulse/internal/actor"
	"pulse/internal/fault"
	"pulse/internal/httpd"
	"pulse/internal/job"
	"pulse/internal/provider"
	"pulse/internal/store/query"
)

// CompletionJob is the type of a completion by OpenAI's API. It belongs to no
// conversation, and nothing of what was said is kept: the request lives in the
// memory of the process that got it, and its answer goes to whoever asked.
const CompletionJob = "completion"

// completionWork is such a job's input: what its owner may see of it later.
type completionWork struct {
	Estimate int64 `json:"estimate"` // of the prompt, in tokens; the rest of the hold is for the answer
	Messages int   `json:"messages"`
	Pictures int   `json:"pictures,omitempty"`
	Tools    int   `json:"tools,omitempty"`
	Stream   bool  `json:"stream"`
}

// completionBeginning is the data of its start event.
type completionBeginning struct {
	JobID    string `json:"job_id"`
	Model    string `json:"model"`
	Provider string `json:"provider"`
}

// completionResult is what it leaves in its row.
type completionResult struct {
	FinishReason provider.FinishReason `json:"finish_reason"`
}

// completed is the answer, for whoever waits for it.
type completed struct {
	text, reasoning string
	calls           []provider.ToolCall
	finish          provider.FinishReason
	used            provider.Usage
}

func (r *Room) completionKind() job.Kind {
	return job.Kind{
		Type: CompletionJob, Fleeting: true, Run: r.runCompletion, Replay: replayCompletion,
		Submit: func(context.Context, actor.Actor, job.Idempotency, []byte) (job.Job, error) {
			return job.Job{}, fault.BadField("body.type", "a completion is asked for with POST /v1/chat/completions")
		},
		Again: func(context.Context, actor.Actor, job.Idempotency, job.Job) (job.Job, error) {
			f := fault.New(fault.Conflict, "What a completion was asked is not kept, so it cannot be tried again here. Send the request to /v1/chat/completions once more.")
			f.Type = "not_kept"
			return job.Job{}, f
		},
	}
}

// submitCompletion stores the job with its hold and lets the answer begin. replayed tells
// that the job was there already.
func (r *Room) submitCompletion(ctx context.Context, a actor.Actor, once job.Idempotency, id string, c *completing) (j job.Job, replayed bool, err error) {
	estimate, want, err := budget(c.model, c.settings.MaxTokens, c.read)
	if err != nil {
		return j, false, err
	}
	c.estimate = estimate
	input, err := json.Marshal(completionWork{
		Estimate: estimate, Messages: len(c.req.Messages), Pictures: len(c.read.pictures), Tools: len(c.req.Tools), Stream: c.stream,
	})
	if err != nil {
		return j, false, fmt.Errorf("chat: input of job %s: %w", id, err)
	}
	return r.jobs.Submit(ctx, a, job.New{
		ID: id, Type: CompletionJob, Provider: c.model.Provider, Model: c.model.ID, Input: input, Want: want,
		Idempotency: once, Prepared: c, Write: func(context.Context, *query.Queries) error { return nil },
	})
}

// runCompletion is the pipeline's step.
func (r *Room) runCompletion(ctx context.Context, run *job.Run) job.Outcome {
	c, ok := run.Prepared.(*completing)
	if !ok { // the process that knew the request is gone, and with it whoever asked
		err := context.Cause(ctx)
		if err == nil {
			err = job.ErrInterrupted()
		}
		return job.Outcome{Err: err, Result: completionResult{provider.FinishOther}, Done: endingOf(provider.FinishCancelled, true, nil)}
	}
	run.Begin(completionBeginning{run.Job.ID, run.Job.Model, run.Job.Provider})
	vendor, ok := r.vendors[run.Job.Provider]
	if !ok { // it was there a moment ago
		return job.Outcome{Err: fault.New(fault.Unavailable, "This model is not configured on this server any more. Choose another one.")}
	}
	req := c.req
	req.MaxTokens = int(run.Granted - c.estimate)
	var called gathered
	answer, err := vendor.Chatter.Chat(ctx, req, func(d provider.Delta) {
		if d.ToolCall != nil {
			called.take(*d.ToolCall)
		}
		run.Say(d)
	})
	return r.completionOutcome(ctx, run, c, called.calls(), answer, err)
}

// completionOutcome books what came and hands it to whoever waits, however it ended.
func (r *Room) completionOutcome(ctx context.Context, run *job.Run, c *completing, calls calls, answer provider.ChatAnswer, err error) job.Outcome {
	if provider.KindOf(err) == provider.KindEmpty && answer.FinishReason != "" {
		err = nil // all went into thinking, or there was nothing to say: programs expect an answer that is empty
	}
	o := job.Outcome{Err: r.explain(err, run.Job.Provider, len(c.read.pictures) > 0)}
	c.answer = completed{text: run.Text(), reasoning: run.Reasoning(), calls: calls.named(), finish: answer.FinishReason}
	cancelled := err != nil && errors.Is(context.Cause(ctx), job.ErrCancelled) // not when all had come already
	if cancelled {
		c.answer.finish, o.Err = provider.FinishCancelled, job.ErrCancelled
	}
	if answer.Note != "" {
		r.log.InfoContext(ctx, "the provider left a note", "job_id", run.Job.ID, "finish_reason", c.answer.finish, "note", oneLine(answer.Note))
	}
	said := c.answer.text + c.answer.reasoning + calls.text()
	var cerr error
	if o.Charges, cerr = charges(c.model, run.Job, c.read, said, answer.Usage, err == nil); cerr != nil {
		o.Err = cerr
	}
	for _, charge := range o.Charges {
		c.answer.used = charge.Tokens
	}
	o.Result = completionResult{c.answer.finish}
	o.Done = endingOf(c.answer.finish, cancelled, o.Charges)
	close(c.ended)
	return o
}

// oneLine cuts a vendor's words to what fits into a line of the log: they may
// have the person's in them.
func oneLine(s string) string {
	const most = 100 // bytes
	s = strings.Join(strings.Fields(s[:min(len(s), 4*most)]), " ")
	return strings.ToValidUTF8(s[:min(len(s), most)], "")
}

// gathered are the calls of tools in an answer while they come, in their order.
type gathered []*gathering

type gathering struct {
	id, name  string
	arguments strings.Builder
}

func (g *gathered) take(d provider.ToolCallDelta) {
	for len(*g) <= d.Index { // provider.Call numbers them, and bounds them
		*g = append(*g, &gathering{})
	}
	call := (*g)[d.Index]
	if d.ID != "" {
		call.id = d.ID
	}
	if d.Name != "" {
		call.name = d.Name
	}
	call.arguments.WriteString(d.Arguments)
}

func (g *gathered) calls() calls {
	all := make(calls, 0, len(*g))
	for _, call := range *g {
		all = append(all, provider.ToolCall{ID: call.id, Name: call.name, Arguments: call.arguments.String()})
	}
	return all
}

// calls are the calls of tools in a message.
type calls []provider.ToolCall

// text is what the model wrote for them.
func (c calls) text() string {
	var text strings.Builder
	for _, call := range c {
		text.WriteString(" " + call.Name + call.Arguments)
	}
	return text.String()
}

// named leaves out those that nobody could make: of an answer that broke off.
func (c calls) named() calls {
	return slices.DeleteFunc(slices.Clone(c), func(call provider.ToolCall) bool { return call.Name == "" })
}

// replayCompletion tells how it ended; what it said is not kept.
func replayCompletion(ctx context.Context, q *query.Queries, j job.Job) ([]job.Content, error) {
	start, err := json.Marshal(completionBeginning{j.ID, j.Model, j.Provider})
	if err != nil {
		return nil, fmt.Errorf("chat: events of job %s: %w", j.ID, err)
	}
	contents := make([]job.Content, 0, 2) //nolint:mnd // the start and the end
	contents = append(contents, job.Content{Kind: job.EventStart, Data: start})
	if job.Status(j.Status) == job.Failed {
		return contents, nil // the pipeline adds the error
	}
	var result completionResult
	if err := json.Unmarshal([]byte(j.Result), &result); err != nil {
		return nil, fmt.Errorf("chat: result of job %s: %w", j.ID, err)
	}
	used, err := job.UsedBy(ctx, q, j)
	if err != nil {
		return nil, err
	}
	e := ending{FinishReason: result.FinishReason, Status: job.Status(j.Status)}
	if used != nil {
		e.Usage = httpd.UsageOf(used.Tokens, used.Cost)
	}
	done, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("chat: events of job %s: %w", j.ID, err)
	}
	return append(contents, job.Content{Kind: job.EventDone, Data: done}), nil
}
