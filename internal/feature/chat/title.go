package chat

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"pulse/internal/actor"
	"pulse/internal/catalog"
	"pulse/internal/change"
	"pulse/internal/fault"
	"pulse/internal/job"
	"pulse/internal/provider"
	"pulse/internal/store"
	"pulse/internal/store/query"
	"pulse/internal/usage"
)

// TitleJob is the type of the jobs that give conversations their titles.
const TitleJob = "title"

// titleByQuestion is a title that a model may replace: the question's first line.
const titleByQuestion = "question"

const (
	titleSystem = "You name conversations. Answer with a title of at most six words in the language of the conversation: plain text, no quotes, no full stop."
	// mostTitled is how much of the question and of the answer is read, in bytes.
	mostTitled = 2000
	// A title has a few tokens. Models that cannot but think need room for it.
	titleAnswer, thoughtTitleAnswer = 64, 2048
)

// titleWork is a title job's input; what it reads is in the conversation.
type titleWork struct {
	ConversationID string `json:"conversation_id"`
	QuestionID     string `json:"question_id"`
	AnswerID       string `json:"answer_id"`
	MaxTokens      int    `json:"max_tokens"`
	Effort         string `json:"effort,omitempty"`
}

// titled is a title job's result, and the data of its events.
type titled struct {
	ConversationID string `json:"conversation_id"`
	Title          string `json:"title,omitempty"`
}

func (r *Room) titleKind() job.Kind {
	no := fault.New(fault.Invalid, "Titles are made when a conversation has its first answer. Rename the conversation instead.")
	return job.Kind{
		Type: TitleJob, Subject: change.Conversation, Run: r.runTitle, Replay: replayTitle,
		Submit: func(context.Context, actor.Actor, job.Idempotency, []byte) (job.Job, error) { return job.Job{}, no },
		Again:  func(context.Context, actor.Actor, job.Idempotency, job.Job) (job.Job, error) { return job.Job{}, no },
	}
}

// askForTitle has a conversation named that has just got its first answer. All
// that can go wrong leaves it the first line of the question.
func (r *Room) askForTitle(ctx context.Context, answered job.Job, w work) {
	u, err := r.db.Read().GetUser(ctx, answered.UserID)
	if err == nil && u.IsActive {
		a := actor.Actor{ID: u.ID, Email: u.Email, Admin: u.IsAdmin, Plan: u.Plan, Anchor: store.Time(u.AnchorAt)}
		err = r.startTitle(ctx, a, answered, w)
	}
	if err != nil && !fault.Is(err, fault.Quota) {
		r.log.InfoContext(ctx, "a conversation gets no title", "job_id", answered.ID, "error", err)
	}
}

func (r *Room) startTitle(ctx context.Context, a actor.Actor, answered job.Job, w work) error {
	m, ok := r.catalog.Chat(answered.Model)
	if w.Wish != nil { // which a model that chats has to name, by the question alone
		m, ok = r.catalog.Cheapest(answered.Provider, r.now())
	}
	if !ok || m.Demo {
		return nil
	}
	c, err := r.db.Read().GetConversation(ctx, query.GetConversationParams{ID: w.ConversationID, UserID: a.ID})
	if store.NotFound(err) || err == nil && c.TitleBy != titleByQuestion {
		return nil // gone, or named by a person meanwhile
	}
	if err != nil {
		return err
	}
	m = r.forTitles(m)
	tw := titleWork{ConversationID: w.ConversationID, QuestionID: w.QuestionID, AnswerID: w.AnswerID, MaxTokens: titleAnswer}
	if len(m.ReasoningEfforts) > 0 {
		if tw.Effort = m.ReasoningEfforts[0]; tw.Effort != "none" {
			tw.MaxTokens = thoughtTitleAnswer
		}
	}
	seen, err := r.titlePrompt(ctx, a.ID, tw)
	if err != nil {
		return err
	}
	input, err := json.Marshal(tw)
	if err != nil {
		return fmt.Errorf("chat: input of a title: %w", err)
	}
	// The key is one for the conversation: nobody pays for two titles. The tab in
	// it keeps it from being a person's, since a header of a request has none.
	_, _, err = r.jobs.Submit(ctx, a, job.New{
		ID: store.NewID(), Type: TitleJob, Provider: m.Provider, Model: m.ID, SubjectID: w.ConversationID, Input: input,
		Want:        usage.Want{Meter: usage.Tokens, Amount: readingOf(titleSystem, seen).estimate(m) + int64(tw.MaxTokens)},
		Idempotency: job.Idempotency{IdempotencyKey: "title\t" + w.ConversationID, RequestHash: TitleJob},
		Write:       func(context.Context, *query.Queries) error { return nil },
	})
	return err
}

// forTitles is the cheapest model of the same provider: nobody else gets to
// read the conversation. What costs no less is no reason to change the model,
// which a server of one's own would have to load first.
func (r *Room) forTitles(m catalog.Model) catalog.Model {
	now := r.now()
	cheapest, ok := r.catalog.Cheapest(m.Provider, now)
	if !ok {
		return m
	}
	dear, known := m.PriceAt(now)
	cheap, _ := cheapest.PriceAt(now)
	if known && cheap.Tier(0) == dear.Tier(0) {
		return m
	}
	return cheapest
}

// titlePrompt is what the model reads: the beginnings of question and answer.
func (r *Room) titlePrompt(ctx context.Context, userID string, w titleWork) ([]shown, error) {
	var text strings.Builder
	for _, part := range []struct{ name, id string }{{"question", w.QuestionID}, {"answer", w.AnswerID}} {
		m, err := r.db.Read().GetMessage(ctx, query.GetMessageParams{ID: part.id, UserID: userID, ConversationID: w.ConversationID})
		if store.NotFound(err) {
			return nil, errNoConversation()
		}
		if err != nil {
			return nil, err
		}
		said := m.Content
		if said == "" && m.Role == provider.RoleAssistant { // a picture
			continue
		}
		if len(said) > mostTitled {
			said = strings.ToValidUTF8(said[:mostTitled], "") + "…"
		}
		fmt.Fprintf(&text, "<%[1]s>\n%[2]s\n</%[1]s>\n", part.name, said)
	}
	text.WriteString("What is a title for this?")
	return []shown{{Role: provider.RoleUser, Text: text.String()}}, nil
}

// runTitle is the pipeline's step.
func (r *Room) runTitle(ctx context.Context, run *job.Run) job.Outcome {
	var w titleWork
	if err := json.Unmarshal([]byte(run.Job.Input), &w); err != nil {
		return job.Outcome{Err: fmt.Errorf("chat: input of job %s: %w", run.Job.ID, err)}
	}
	run.Begin(titled{ConversationID: w.ConversationID})
	vendor, ok := r.vendors[run.Job.Provider]
	m, known := r.catalog.Chat(run.Job.Model)
	if !ok || !known {
		return job.Outcome{Err: fault.New(fault.Unavailable, "This model is not configured on this server any more.")}
	}
	seen, err := r.titlePrompt(context.WithoutCancel(ctx), run.Job.UserID, w)
	if err != nil {
		return job.Outcome{Err: err}
	}
	var said strings.Builder
	answer, err := vendor.Chatter.Chat(ctx, provider.ChatRequest{
		Model: m.VendorID, System: titleSystem, Messages: []provider.Message{{Role: provider.RoleUser, Text: seen[0].Text}},
		MaxTokens: w.MaxTokens, ReasoningEffort: w.Effort, UserHash: provider.UserHash(run.Job.UserID),
	}, func(d provider.Delta) { said.WriteString(d.Text) })
	o := job.Outcome{Err: r.explain(err, run.Job.Provider, false)}
	if o.Charges, err = charges(m, run.Job, readingOf(titleSystem, seen), said.String(), answer.Usage, err == nil); err != nil {
		return job.Outcome{Err: err}
	}
	name := ""
	if answer.FinishReason == provider.FinishStop {
		name = cleanTitle(said.String())
	}
	o.Result = titled{w.ConversationID, name}
	o.Done = o.Result
	entry := store.NewEntry(run.Job.UserID, w.ConversationID, "", name)
	o.Write = func(ctx context.Context, q *query.Queries, status job.Status, _ *fault.Error) error {
		if status != job.Completed || name == "" {
			return nil
		}
		changed, err := q.SetTitle(ctx, query.SetTitleParams{
			Title: name, TitleKey: store.Folded(name), ID: w.ConversationID, UserID: run.Job.UserID,
		})
		if err != nil || changed == 0 { // a person was faster, or the conversation is gone
			return err
		}
		return r.db.Index(ctx, q, entry)
	}
	return o
}

func replayTitle(_ context.Context, _ *query.Queries, j job.Job) ([]job.Content, error) {
	if job.Status(j.Status) == job.Failed {
		return nil, nil
	}
	return []job.Content{{Kind: job.EventDone, Data: []byte(j.Result)}}, nil
}

// cleanTitle makes a title of what a model says when it is asked for one.
func cleanTitle(said string) string {
	const dressing = " \t*_#`\"'“”„«»‘’"
	for line := range strings.Lines(said) {
		line = strings.Trim(strings.TrimSpace(line), dressing)
		if name, rest, ok := strings.Cut(line, ":"); ok && strings.EqualFold(name, "title") {
			line = strings.Trim(rest, dressing)
		}
		line = strings.TrimRight(line, ".。 ")
		if line != "" {
			return shortLine(line)
		}
	}
	return ""
}
