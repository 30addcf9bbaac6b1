package chat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"pulse/internal/catalog"
	"pulse/internal/fault"
	"pulse/internal/httpd"
	"pulse/internal/job"
	"pulse/internal/provider"
	"pulse/internal/store"
	"pulse/internal/store/query"
	"pulse/internal/usage"
)

// beginning is the data of a start event.
type beginning struct {
	JobID          string `json:"job_id"`
	ConversationID string `json:"conversation_id"`
	UserMessageID  string `json:"user_message_id"`
	MessageID      string `json:"message_id"`
	Model          string `json:"model"`
	Provider       string `json:"provider"`
}

func beginningOf(j job.Job, w work) beginning {
	return beginning{
		JobID: j.ID, ConversationID: w.ConversationID, UserMessageID: w.QuestionID, MessageID: w.AnswerID,
		Model: j.Model, Provider: j.Provider,
	}
}

// ending is the data of a done event.
type ending struct {
	FinishReason provider.FinishReason `json:"finish_reason"`
	Status       job.Status            `json:"status"`
	Usage        httpd.TokenUsage      `json:"usage"`
}

// result is what a chat job leaves in its row; the text is in the message.
type result struct {
	ConversationID string                `json:"conversation_id"`
	MessageID      string                `json:"message_id"`
	FinishReason   provider.FinishReason `json:"finish_reason"`
	Files          []AttachedFile        `json:"files,omitempty"` // the picture, of models that make them
}

// run answers one question: it is the step of the pipeline.
func (r *Room) run(ctx context.Context, run *job.Run) job.Outcome {
	w, err := workOf(run.Job)
	if err != nil {
		return job.Outcome{Err: err}
	}
	run.Begin(beginningOf(run.Job, w))
	if w.Wish != nil {
		return r.paint(ctx, run, w)
	}
	m, known := r.catalog.Chat(run.Job.Model)
	seen, err := r.shownTo(context.WithoutCancel(ctx), m, run, w) // a job that is to be cancelled is billed by them too
	if err != nil {
		return r.outcome(ctx, run, w, seen, provider.ChatAnswer{}, err)
	}
	vendor, ok := r.vendors[run.Job.Provider]
	if !ok || !known { // the configuration changed between a crash and its repair
		err := fault.New(fault.Unavailable, "This model is not configured on this server any more. Choose another one.")
		return r.outcome(ctx, run, w, seen, provider.ChatAnswer{}, err)
	}
	messages, err := r.messages(ctx, seen)
	if err != nil {
		return r.outcome(ctx, run, w, seen, provider.ChatAnswer{}, err)
	}
	answer, err := vendor.Chatter.Chat(ctx, provider.ChatRequest{
		Model: m.VendorID, System: w.System, Messages: messages, MaxTokens: int(run.Granted - w.Estimate),
		Temperature: w.Temperature, ReasoningEffort: w.ReasoningEffort, Stream: w.Stream, UserHash: provider.UserHash(run.Job.UserID),
	}, run.Say)
	return r.outcome(ctx, run, w, seen, answer, err)
}

// shownTo gives what the model sees: from memory when the request was just
// here, from the conversation after a crash.
func (r *Room) shownTo(ctx context.Context, m catalog.Model, run *job.Run, w work) ([]shown, error) {
	if seen, ok := run.Prepared.([]shown); ok {
		return seen, nil
	}
	all, err := r.db.Read().ListMessages(ctx, query.ListMessagesParams{UserID: run.Job.UserID, ConversationID: w.ConversationID})
	if err != nil {
		return nil, err
	}
	branch := branchTo(all, w.QuestionID)
	files, err := r.filesOf(ctx, run.Job.UserID, w.ConversationID, branch)
	if err != nil {
		return nil, err
	}
	turns := turnsOf(branch, files)
	if len(turns) == 0 {
		return nil, fault.New(fault.NotFound, "The conversation was deleted before it was answered.")
	}
	return show(m, turns), nil
}

// outcome books what came and keeps it, however the answer ended.
func (r *Room) outcome(ctx context.Context, run *job.Run, w work, seen []shown, answer provider.ChatAnswer, err error) job.Outcome {
	text, reasoning := run.Text(), run.Reasoning()
	cancelled := err != nil && errors.Is(context.Cause(ctx), job.ErrCancelled) // not when all had come already
	if text == "" && run.Job.Attempt > 1 && context.Cause(ctx) != nil {
		// Stopped before the new attempt said anything: what the one before the
		// crash said is what the reader has seen, and sees again after the restart.
		text, reasoning = r.earlier(run, job.EventText), r.earlier(run, job.EventReasoning)
		run.Say(provider.Delta{Text: text, Reasoning: reasoning})
	}
	o := job.Outcome{Err: r.explain(err, run.Job.Provider, hasPictures(seen))}
	finish := answer.FinishReason
	if cancelled {
		finish, o.Err = provider.FinishCancelled, job.ErrCancelled
	}
	m, known := r.catalog.Chat(run.Job.Model)
	if known {
		var cerr error
		if o.Charges, cerr = charges(m, run.Job, readingOf(w.System, seen), text+reasoning, answer.Usage, err == nil); cerr != nil {
			o.Err = cerr
		}
	}
	if answer.Note != "" {
		r.log.InfoContext(ctx, "the provider left a note", "job_id", run.Job.ID, "finish_reason", finish, "note", answer.Note)
	}
	if w.First && r.titles {
		o.Then = func(ctx context.Context) { r.askForTitle(ctx, run.Job, w) }
	}
	o.Result = result{w.ConversationID, w.AnswerID, finish, nil}
	o.Done = endingOf(finish, cancelled, o.Charges)
	entry := store.NewEntry(run.Job.UserID, w.ConversationID, w.AnswerID, text)
	unfindable := false // an index that is broken must not cost the answer: the pipeline tries once more
	o.Write = func(ctx context.Context, q *query.Queries, status job.Status, f *fault.Error) error {
		kept, err := finishAnswer(ctx, q, f, query.FinishMessageParams{
			Content: text, Reasoning: reasoning, Status: string(status), FinishReason: string(finish),
			ID: w.AnswerID, UserID: run.Job.UserID,
		})
		if err != nil || !kept || text == "" || unfindable {
			return err
		}
		err = r.db.Index(ctx, q, entry)
		unfindable = err != nil && !store.Passing(err)
		return err
	}
	return o
}

// broken ends the answer of a job that met a bug of ours.
func broken(ctx context.Context, q *query.Queries, j job.Job, f *fault.Error) error {
	w, err := workOf(j)
	if err != nil {
		return err
	}
	_, err = finishAnswer(ctx, q, f, query.FinishMessageParams{Status: string(job.Failed), ID: w.AnswerID, UserID: j.UserID})
	return err
}

// finishAnswer stores an answer; kept is false when its conversation was deleted
// meanwhile. The books stay right either way.
func finishAnswer(ctx context.Context, q *query.Queries, f *fault.Error, m query.FinishMessageParams) (kept bool, err error) {
	if f != nil {
		problem, err := json.Marshal(f.Problem(""))
		if err != nil {
			return false, fmt.Errorf("chat: problem of answer %s: %w", m.ID, err)
		}
		m.Error = string(problem)
	}
	changed, err := q.FinishMessage(ctx, m)
	return changed > 0, err
}

func endingOf(finish provider.FinishReason, cancelled bool, charges []usage.Charge) ending {
	e := ending{FinishReason: finish, Status: job.Completed}
	if cancelled {
		e.Status = job.Cancelled
	}
	for _, c := range charges {
		e.Usage = httpd.UsageOf(c.Tokens, c.Cost())
	}
	return e
}

// explain turns a provider's failure into what a person reads. pictures tells
// that some came along.
func (r *Room) explain(err error, providerID string, pictures bool) error {
	pe, ok := errors.AsType[*provider.Error](err)
	if !ok {
		return err
	}
	f := pe.Fault(r.vendorName(providerID))
	if pictures && pe.Sentence == "" && (pe.Kind == provider.KindBadRequest || pe.Kind == provider.KindTooLong) {
		f.Message += " Perhaps it is for a picture: try without it, or with a smaller one."
	}
	return f
}

// earlier gives what the attempt before this one said.
func (r *Room) earlier(run *job.Run, kind job.EventKind) string {
	text, err := r.jobs.Earlier(context.Background(), run.Job, kind)
	if err != nil {
		r.log.Warn("reading an earlier attempt failed", "job_id", run.Job.ID, "error", err) //nolint:sloglint // the run's context has ended
	}
	return text
}

// replay gives the events of an answer from the stored message.
func (r *Room) replay(ctx context.Context, q *query.Queries, j job.Job) ([]job.Content, error) {
	w, err := workOf(j)
	if err != nil {
		return nil, err
	}
	m, err := q.GetAnswerByJob(ctx, query.GetAnswerByJobParams{ID: w.AnswerID, UserID: j.UserID, JobID: j.ID})
	if store.NotFound(err) {
		return nil, errAnswerDeleted()
	}
	if err != nil {
		return nil, err
	}
	start, err := json.Marshal(beginningOf(j, w))
	if err != nil {
		return nil, fmt.Errorf("chat: events of job %s: %w", j.ID, err)
	}
	contents := []job.Content{{Kind: job.EventStart, Data: start}}
	if m.Reasoning != "" {
		contents = append(contents, job.Content{Kind: job.EventReasoning, Data: []byte(m.Reasoning)})
	}
	if m.Content != "" {
		contents = append(contents, job.Content{Kind: job.EventText, Data: []byte(m.Content)})
	}
	if w.Wish != nil {
		if contents, err = withPictures(contents, j); err != nil {
			return nil, err
		}
	}
	if job.Status(j.Status) == job.Failed {
		return contents, nil // the pipeline adds the error
	}
	used, err := job.UsedBy(ctx, q, j)
	if err != nil {
		return nil, err
	}
	e := ending{FinishReason: provider.FinishReason(m.FinishReason), Status: job.Status(j.Status)}
	if used != nil {
		e.Usage = httpd.UsageOf(used.Tokens, used.Cost)
	}
	done, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("chat: events of job %s: %w", j.ID, err)
	}
	return append(contents, job.Content{Kind: job.EventDone, Data: done}), nil
}
