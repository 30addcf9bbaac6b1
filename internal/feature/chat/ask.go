package chat

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"pulse/internal/actor"
	"pulse/internal/catalog"
	"pulse/internal/fault"
	"pulse/internal/job"
	"pulse/internal/picture"
	"pulse/internal/provider"
	"pulse/internal/store"
	"pulse/internal/store/query"
	"pulse/internal/usage"
)

// Ask is a question with what comes before it.
type Ask struct {
	Model    string    `json:"model" minLength:"1" maxLength:"200" doc:"A model's id or alias, see /api/v1/chat/models"`
	Messages []Message `json:"messages" minItems:"1" maxItems:"2000" doc:"The conversation so far, or with conversation_id only what is new. The last one is the question"`
	Settings
	ConversationID string  `json:"conversation_id,omitempty" maxLength:"64" doc:"Goes on with this conversation; without it a new one begins"`
	ParentID       *string `json:"parent_id,omitempty" maxLength:"64" doc:"The message to go on from, to branch; empty: before the first one; the conversation's head when absent"`
	IfRunning      string  `json:"if_running,omitempty" enum:"refuse,wait,interrupt" doc:"While an answer of the branch runs: 409 (the default), ask after it, or stop it first"`
}

// Message is a turn as the outside gives it.
type Message struct {
	Role    string   `json:"role" enum:"system,user,assistant"`
	Content string   `json:"content" maxLength:"4000000" doc:"May be empty where there are files"`
	Files   []string `json:"files,omitempty" maxItems:"20" nullable:"false" doc:"Ids of files, see POST /api/v1/files; an assistant's message has pictures only"`
}

const roleSystem = "system"

// Settings are how to answer. They are kept with the conversation.
type Settings struct {
	SystemPrompt    *string  `json:"system_prompt,omitempty" maxLength:"100000"`
	Temperature     *float64 `json:"temperature,omitempty" minimum:"0" maximum:"2" doc:"Only for models whose parameters name it"`
	MaxTokens       *int64   `json:"max_tokens,omitempty" minimum:"1" maximum:"1000000" doc:"Cap on the answer, thinking included"`
	ReasoningEffort *string  `json:"reasoning_effort,omitempty" maxLength:"20" doc:"One of the model's reasoning_efforts"`
}

// work is a job's input: all that a run on another process needs to begin anew.
type work struct {
	ConversationID  string   `json:"conversation_id"`
	QuestionID      string   `json:"question_id"`
	AnswerID        string   `json:"answer_id"`
	System          string   `json:"system,omitempty"`
	Temperature     *float64 `json:"temperature,omitempty"`
	ReasoningEffort string   `json:"reasoning_effort,omitempty"`
	Estimate        int64    `json:"estimate"` // of the prompt, in tokens; the rest of the hold is for the answer
	Stream          bool     `json:"stream"`
	First           bool     `json:"first,omitempty"` // nothing was answered before; then the conversation gets a title

	Wish *picture.Wish `json:"wish,omitempty"` // of a model that makes pictures, which has none of the above from System on
}

// asked is an Ask that was found to be in order.
type asked struct {
	model    catalog.Model
	settings Settings
	turns    []turn             // all that was said, the question last
	fresh    []turn             // those that are not stored yet
	conv     query.Conversation // ID empty: to be made
	parentID string             // what the first of fresh follows; for a new answer to an old question: the question
	stream   bool
	once     job.Idempotency
	wish     *picture.Wish // what a model that makes pictures is asked for

	questionAt int // where the question stands in the request's messages

	// alone: nothing else may have begun in the conversation since it was read,
	// when these jobs were running.
	alone   bool
	running []string
}

// scopes is what a question does beside asking: a model that is shown a file or
// what was said before would tell it to whoever asks.
func (in Ask) scopes() actor.Scopes {
	s := actor.Generate
	if slices.ContainsFunc(in.Messages, func(m Message) bool { return len(m.Files) > 0 }) {
		s |= actor.Read
	}
	if in.ConversationID != "" {
		s |= actor.Read | actor.Write
	}
	return s
}

// check looks at everything that can be wrong with a question before anything
// is stored. All wrong fields come in one Invalid fault.
func (r *Room) check(ctx context.Context, a actor.Actor, in Ask) (asked, error) {
	if err := a.Needs(in.scopes()); err != nil {
		return asked{}, err
	}
	system, turns, err := split(in.Messages)
	if err != nil {
		return asked{}, err
	}
	if err := r.attach(ctx, a, in.Messages, turns); err != nil {
		return asked{}, err
	}
	q := asked{settings: in.Settings, fresh: turns, turns: turns, questionAt: len(in.Messages) - 1}
	if system != "" {
		if given := deref(in.SystemPrompt); given != "" {
			system = given + "\n\n" + system
		}
		q.settings.SystemPrompt = &system
	}
	var running error // what is wrong for now; whatever else is comes first
	if in.ConversationID != "" {
		if err := r.resume(ctx, a, in, &q); err != nil {
			if _, ok := inTheWay(err); !ok || !in.patient() {
				return asked{}, err
			}
			running = err
		}
	} else if deref(in.ParentID) != "" {
		return asked{}, fault.BadField("body.parent_id", "goes with a conversation_id")
	}
	if len(q.turns) > 0 && q.turns[0].Role != provider.RoleUser {
		return asked{}, fault.BadField("body.messages", "the first message that is not a system message must be from the user")
	}
	if q.model, err = r.model(in.Model); err != nil {
		return asked{}, err
	}
	if err := q.fit(); err != nil {
		return asked{}, err
	}
	if paints(q.model) {
		if err := r.wishFor(ctx, a, &q, fmt.Sprintf("body.messages[%d]", q.questionAt)); err != nil {
			return asked{}, err
		}
		return q, running
	}
	if err := q.bound(); err != nil {
		return asked{}, err
	}
	if err := q.fitPictures(fmt.Sprintf("body.messages[%d].files", q.questionAt)); err != nil {
		return asked{}, err
	}
	return q, running
}

// split takes the system messages out and checks the rest.
func split(messages []Message) (system string, turns []turn, err error) {
	var systems []string
	var wrong []fault.Field
	for i, m := range messages {
		switch {
		case strings.TrimSpace(m.Content) == "" && len(m.Files) == 0:
			wrong = append(wrong, fault.Field{Location: fmt.Sprintf("body.messages[%d].content", i), Message: "must not be empty"})
		case m.Role == roleSystem:
			systems = append(systems, m.Content)
		default:
			turns = append(turns, turn{Role: m.Role, Text: m.Content})
		}
	}
	if len(wrong) == 0 && (len(turns) == 0 || turns[len(turns)-1].Role != provider.RoleUser) {
		wrong = append(wrong, fault.Field{Location: "body.messages", Message: "the last message must be the user's question"})
	}
	if len(wrong) > 0 {
		f := fault.New(fault.Invalid, "The messages need mending.")
		f.Fields = wrong
		return "", nil, f
	}
	return strings.Join(systems, "\n\n"), turns, nil
}

// model finds a model that can be asked here and now.
func (r *Room) model(id string) (catalog.Model, error) {
	m, why := r.find(id)
	if painter, ok := r.imageModel(id); ok {
		m, why = painter, r.painter.Unavailable(painter)
	}
	if why != "" {
		return m, fault.BadField("body.model", why)
	}
	return m, nil
}

// find finds a model that chats by its id or an alias, and says why it cannot be asked;
// empty when it can.
func (r *Room) find(id string) (m catalog.Model, why string) {
	m, ok := r.catalog.Chat(id)
	if !ok {
		return m, "is not a model of this server; GET /api/v1/chat/models lists them"
	}
	return m, r.unavailable(m)
}

// unavailable says why a model cannot be asked; empty when it can.
func (r *Room) unavailable(m catalog.Model) string {
	if _, ok := r.vendors[m.Provider]; !ok {
		return "needs a key for its provider, which this server does not have"
	}
	if _, ok := m.PriceAt(r.now()); !ok {
		return "has no price on this server, and what has no price is not served"
	}
	return ""
}

// fit checks the settings against the model.
func (q *asked) fit() error { return fit(q.model, &q.settings) }

func fit(m catalog.Model, s *Settings) error {
	var wrong []fault.Field
	if s.Temperature != nil && !slices.Contains(m.Parameters, "temperature") {
		wrong = append(wrong, fault.Field{Location: "body.temperature", Message: m.Name + " does not take a temperature; leave it out"})
	}
	if e := deref(s.ReasoningEffort); e != "" && !slices.Contains(m.ReasoningEfforts, e) {
		wrong = append(wrong, fault.Field{
			Location: "body.reasoning_effort",
			Message:  "must be one of what " + m.Name + " takes: " + orNone(m.ReasoningEfforts),
		})
	}
	if s.MaxTokens != nil && paints(m) {
		wrong = append(wrong, fault.Field{Location: "body.max_tokens", Message: m.Name + " answers with a picture; leave it out"})
	}
	if s.MaxTokens != nil && m.MaxOutputTokens > 0 && *s.MaxTokens > m.MaxOutputTokens {
		wrong = append(wrong, fault.Field{
			Location: "body.max_tokens", Message: fmt.Sprintf("%s writes at most %d tokens", m.Name, m.MaxOutputTokens),
		})
	}
	if len(wrong) == 0 {
		return nil
	}
	f := fault.New(fault.Invalid, "The settings do not fit the model.")
	f.Fields = wrong
	return f
}

// dropUnfit leaves out those of the conversation's settings that the model,
// chosen since, does not take: nobody asked for them just now.
func (q *asked) dropUnfit() {
	s := &q.settings
	if !slices.Contains(q.model.Parameters, "temperature") {
		s.Temperature = nil
	}
	if !slices.Contains(q.model.ReasoningEfforts, deref(s.ReasoningEffort)) {
		s.ReasoningEffort = nil
	}
	if s.MaxTokens != nil && q.model.MaxOutputTokens > 0 {
		s.MaxTokens = new(min(*s.MaxTokens, q.model.MaxOutputTokens))
	}
}

func orNone(list []string) string {
	if len(list) == 0 {
		return "none, leave it out"
	}
	return strings.Join(list, ", ")
}

// answerRoom is how many tokens the answer may have, and without how many asking
// makes no sense.
func (q *asked) answerRoom() (most, least int64) { return answerRoom(q.model, q.settings.MaxTokens) }

// budget gives the estimate of the prompt and the quota to ask for.
func (q *asked) budget(seen []shown) (estimate int64, want usage.Want, err error) {
	return budget(q.model, q.settings.MaxTokens, readingOf(deref(q.settings.SystemPrompt), seen))
}

// start stores the question, a place for the answer and the job, all at once
// with the hold, and lets the answer begin.
func (r *Room) start(ctx context.Context, a actor.Actor, q asked) (job.Job, work, error) {
	var seen []shown
	estimate, want := int64(0), usage.Want{Meter: usage.Images, Amount: 1}
	if q.wish == nil {
		seen = show(q.model, q.turns)
		var err error
		if estimate, want, err = q.budget(seen); err != nil {
			return job.Job{}, work{}, err
		}
	}
	now := store.Millis(r.now())
	jobID := store.NewID()
	w := work{
		ConversationID: q.conv.ID, Estimate: estimate, Stream: q.stream, Wish: q.wish,
		First: !slices.ContainsFunc(q.turns, func(t turn) bool { return t.Role == provider.RoleAssistant }),
	}
	if q.wish == nil {
		w.System, w.Temperature, w.ReasoningEffort = deref(q.settings.SystemPrompt), q.settings.Temperature, deref(q.settings.ReasoningEffort)
	}
	newConversation := w.ConversationID == ""
	if newConversation {
		w.ConversationID = store.NewID()
	}
	messages := make([]query.InsertMessageParams, 0, len(q.fresh)+1)
	var attached []query.AttachFileParams
	parent := q.parentID
	for _, turn := range q.fresh {
		id := store.NewID()
		messages = append(messages, query.InsertMessageParams{
			ID: id, UserID: a.ID, ConversationID: w.ConversationID, ParentID: parent, Role: turn.Role,
			Content: turn.Text, Status: string(job.Completed), CreatedAt: now,
		})
		for n, f := range turn.Files {
			attached = append(attached, query.AttachFileParams{
				MessageID: id, FileID: f.ID, UserID: a.ID, ConversationID: w.ConversationID, Position: int64(n),
			})
		}
		parent = id
	}
	w.QuestionID, w.AnswerID = parent, store.NewID() // ids sort by time: the answer after its question
	messages = append(messages, query.InsertMessageParams{
		ID: w.AnswerID, UserID: a.ID, ConversationID: w.ConversationID, ParentID: parent, Role: provider.RoleAssistant,
		Model: q.model.ID, Provider: q.model.Provider, JobID: jobID, Status: string(job.Processing), CreatedAt: now,
	})
	input, err := json.Marshal(w)
	if err != nil {
		return job.Job{}, work{}, fmt.Errorf("chat: input of job %s: %w", jobID, err)
	}
	kept, err := json.Marshal(q.toKeep())
	if err != nil {
		return job.Job{}, work{}, fmt.Errorf("chat: settings of conversation %s: %w", w.ConversationID, err)
	}
	rows := asking{messages: messages, attached: attached, entries: entriesOf(messages)}
	if newConversation {
		rows.title = title(q.turns)
		if q.fresh[0].Text == "" { // else it is the beginning of what was asked, and found there
			rows.entries = append(rows.entries, store.NewEntry(a.ID, w.ConversationID, "", rows.title))
		}
	}
	j, replayed, err := r.jobs.Submit(ctx, a, job.New{
		ID: jobID, Type: JobType, Provider: q.model.Provider, Model: q.model.ID, SubjectID: w.ConversationID,
		Input: input, Want: want, Idempotency: q.once, Prepared: seen, // nil for a picture
		Write: func(ctx context.Context, qs *query.Queries) error {
			return r.keep(ctx, qs, a, w, &q, string(kept), now, rows)
		},
	})
	if err != nil {
		return job.Job{}, work{}, err
	}
	if replayed {
		if w, err = workOf(j); err != nil {
			return job.Job{}, work{}, err
		}
	}
	return j, w, nil
}

// asking is what is stored with a new answer.
type asking struct {
	title    string // of a new conversation; empty: it goes on with one
	messages []query.InsertMessageParams
	attached []query.AttachFileParams
	entries  []store.Entry
}

// keep stores what belongs to a new answer: the conversation, what was said since,
// its files, and their words for searches.
func (r *Room) keep(ctx context.Context, qs *query.Queries, a actor.Actor, w work, q *asked, settings string, now int64, rows asking) error {
	var err error
	if rows.title != "" {
		err = qs.InsertConversation(ctx, query.InsertConversationParams{
			ID: w.ConversationID, UserID: a.ID, Title: rows.title, TitleKey: store.Folded(rows.title), Model: q.model.ID,
			Settings: settings, HeadID: w.AnswerID, CreatedAt: now, UpdatedAt: now,
		})
	} else {
		err = continueConversation(ctx, qs, a, w, q, settings, now)
	}
	if err != nil {
		return err
	}
	for _, m := range rows.messages {
		if err := qs.InsertMessage(ctx, m); err != nil {
			return err
		}
	}
	for _, f := range rows.attached {
		if err := qs.AttachFile(ctx, f); store.Dangling(err) { // deleted since it was looked at
			return fault.BadField(fmt.Sprintf("body.messages[%d].files[%d]", q.questionAt, f.Position), noFile)
		} else if err != nil {
			return err
		}
	}
	for _, e := range rows.entries {
		if err := r.db.Index(ctx, qs, e); err != nil {
			return err
		}
	}
	return nil
}

// entriesOf are the texts of messages, for searches.
func entriesOf(messages []query.InsertMessageParams) []store.Entry {
	var entries []store.Entry
	for _, m := range messages {
		if m.Content != "" {
			entries = append(entries, store.NewEntry(m.UserID, m.ConversationID, m.ID, m.Content))
		}
	}
	return entries
}

// continueConversation moves the conversation on to a new answer. The row keeps
// whoever else would do so waiting until the transaction ends.
func continueConversation(ctx context.Context, qs *query.Queries, a actor.Actor, w work, q *asked, settings string, now int64) error {
	changed, err := qs.ContinueConversation(ctx, query.ContinueConversationParams{
		HeadID: w.AnswerID, Model: q.model.ID, Settings: settings, UpdatedAt: now, ID: w.ConversationID, UserID: a.ID,
	})
	if err == nil && changed == 0 {
		return errNoConversation() // deleted since it was read
	}
	if err != nil || !q.alone {
		return err
	}
	running, err := qs.RunningJobsOfConversation(ctx, query.RunningJobsOfConversationParams{SubjectID: w.ConversationID, UserID: a.ID})
	for _, id := range running {
		if !slices.Contains(q.running, id) { // the same was asked at the same moment
			return errAnswerRunning(id)
		}
	}
	return err
}

// title is the first line of the first question, cut to what a list shows.
func title(turns []turn) string {
	for _, t := range turns {
		if t.Role != provider.RoleUser {
			continue
		}
		text := strings.TrimSpace(t.Text)
		if text == "" && len(t.Files) > 0 {
			text = t.Files[0].Name
		}
		line, _, _ := strings.Cut(text, "\n")
		return shortLine(line)
	}
	return "New conversation"
}

// shortLine cuts a line to what a list shows, between two words where it can.
func shortLine(line string) string {
	const most = 80
	line = strings.Join(strings.Fields(line), " ")
	runes := []rune(line)
	if len(runes) <= most {
		return line
	}
	cut := string(runes[:most])
	if i := strings.LastIndexByte(cut, ' '); i > most/2 {
		cut = cut[:i]
	}
	return cut + "…"
}

func deref[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
