package chat

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"pulse/internal/actor"
	"pulse/internal/change"
	"pulse/internal/fault"
	"pulse/internal/httpd"
	"pulse/internal/provider"
	"pulse/internal/store"
	"pulse/internal/store/query"
	"pulse/internal/usage"
)

// ConversationSummary is a conversation in a list.
type ConversationSummary struct {
	ID        string    `json:"id"`
	Title     string    `json:"title"`
	TitleBy   string    `json:"title_by" enum:"question,model,person" doc:"Who gave the title: the first question's first line, a model, or a person"`
	Model     string    `json:"model" doc:"The model asked last"`
	Pinned    bool      `json:"pinned"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
	Match     *Match    `json:"match,omitempty" doc:"Where a search found it"`
}

// Conversation is a conversation with its tree of messages.
type Conversation struct {
	ConversationSummary
	Settings Settings        `json:"settings"`
	HeadID   string          `json:"head_id" doc:"The leaf of the branch that is shown; follow parent_id from here"`
	Messages []StoredMessage `json:"messages" doc:"All messages of the tree, by time"`
}

// StoredMessage is a message as it is kept.
type StoredMessage struct {
	ID           string          `json:"id"`
	ParentID     string          `json:"parent_id"`
	Role         string          `json:"role"`
	Content      string          `json:"content"`
	Reasoning    string          `json:"reasoning"`
	Model        string          `json:"model"`
	Provider     string          `json:"provider"`
	JobID        string          `json:"job_id"`
	Status       string          `json:"status"`
	FinishReason string          `json:"finish_reason"`
	Error        json.RawMessage `json:"error,omitempty" doc:"A problem document, when the answer failed"`
	CreatedAt    time.Time       `json:"created_at"`
	Files        []AttachedFile  `json:"files,omitempty" nullable:"false" doc:"What was attached to a question, or the picture that an answer is"`

	Usage *httpd.TokenUsage `json:"usage,omitempty" doc:"What the answer took, once it has ended"`
}

type listInput struct {
	httpd.Page
	Search string               `query:"q" maxLength:"200" doc:"Words to look for in titles and messages, each as the beginning of a word, whatever its case and accents"`
	Pinned httpd.Optional[bool] `query:"pinned" doc:"Only those that are pinned, or only those that are not; all when absent"`
}

type conversationList struct {
	Body httpd.List[ConversationSummary]
}

func (r *Room) listConversations(ctx context.Context, in *listInput) (*conversationList, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	at, id, err := in.After()
	if err != nil {
		return nil, err
	}
	items, err := r.listed(ctx, a, in, at, id)
	if err != nil {
		return nil, err
	}
	list := httpd.NewList(items, in.Rows(), func(c ConversationSummary) (int64, string) { return store.Millis(c.UpdatedAt), c.ID })
	return &conversationList{Body: list}, nil
}

// listed reads one more than a page after a place in the list.
func (r *Room) listed(ctx context.Context, a actor.Actor, in *listInput, at int64, id string) ([]ConversationSummary, error) {
	if strings.TrimSpace(in.Search) != "" {
		return r.search(ctx, a, in, at, id)
	}
	var rows []query.Conversation
	var err error
	if in.Pinned.Given && in.Pinned.Value {
		rows, err = r.db.Read().ListPinnedConversations(ctx, query.ListPinnedConversationsParams{
			UserID: a.ID, BeforeAt: at, BeforeID: id, RowLimit: in.Rows() + 1,
		})
	} else {
		rows, err = r.db.Read().ListConversations(ctx, query.ListConversationsParams{
			UserID: a.ID, BeforeAt: at, BeforeID: id, WithoutPinned: in.Pinned.Given, RowLimit: in.Rows() + 1,
		})
	}
	items := make([]ConversationSummary, len(rows))
	for i, c := range rows {
		items[i] = summaryOf(c)
	}
	return items, err
}

func summaryOf(c query.Conversation) ConversationSummary {
	return ConversationSummary{
		ID: c.ID, Title: c.Title, TitleBy: c.TitleBy, Model: c.Model, Pinned: c.Pinned,
		CreatedAt: store.Time(c.CreatedAt), UpdatedAt: store.Time(c.UpdatedAt),
	}
}

// ConversationPath names a conversation in an address. Exported, since huma
// passes over embedded structs that are not.
type ConversationPath struct {
	ID string `path:"id" maxLength:"64"`
}

type conversationOutput struct{ Body Conversation }

func (r *Room) getConversation(ctx context.Context, in *ConversationPath) (*conversationOutput, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	return r.conversation(ctx, a, in.ID)
}

func (r *Room) conversation(ctx context.Context, a actor.Actor, id string) (*conversationOutput, error) {
	c, all, err := r.tree(ctx, a, id)
	if err != nil {
		return nil, err
	}
	out := &conversationOutput{Body: Conversation{
		ConversationSummary: summaryOf(c), HeadID: c.HeadID, Messages: make([]StoredMessage, len(all)),
	}}
	if err := json.Unmarshal([]byte(c.Settings), &out.Body.Settings); err != nil {
		return nil, fmt.Errorf("chat: settings of conversation %s: %w", c.ID, err)
	}
	used, err := r.db.Read().UsageOfConversation(ctx, query.UsageOfConversationParams{UserID: a.ID, ConversationID: id})
	if err != nil {
		return nil, err
	}
	files, err := r.attachedIn(ctx, a, id)
	if err != nil {
		return nil, err
	}
	usageOf := make(map[string]*httpd.TokenUsage, len(used))
	for _, u := range used {
		usageOf[u.JobID] = new(httpd.UsageOf(provider.Usage{
			Input: u.InputTokens, CacheRead: u.CacheReadTokens, CacheWrite: u.CacheWriteTokens,
			Output: u.OutputTokens, Reasoning: u.ReasoningTokens, Estimated: u.Estimated == 1,
		}, usage.Nanos(u.CostNanos)))
	}
	for i, m := range all {
		out.Body.Messages[i] = StoredMessage{
			ID: m.ID, ParentID: m.ParentID, Role: m.Role, Content: m.Content, Reasoning: m.Reasoning, Model: m.Model,
			Provider: m.Provider, JobID: m.JobID, Status: m.Status, FinishReason: m.FinishReason,
			Error: json.RawMessage(m.Error), CreatedAt: store.Time(m.CreatedAt),
			Files: files[m.ID], Usage: usageOf[m.JobID],
		}
	}
	return out, nil
}

// ConversationChange is what may be changed of a conversation.
type ConversationChange struct {
	Title  *string `json:"title,omitempty" minLength:"1" maxLength:"200"`
	Pinned *bool   `json:"pinned,omitempty"`
	HeadID *string `json:"head_id,omitempty" maxLength:"64" doc:"The branch to show, by its leaf"`
}

type updateInput struct {
	ConversationPath
	Body ConversationChange
}

func (r *Room) updateConversation(ctx context.Context, in *updateInput) (*conversationOutput, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	title := strings.Join(strings.Fields(deref(in.Body.Title)), " ")
	if in.Body.Title != nil && title == "" {
		return nil, fault.BadField("body.title", "must not be empty")
	}
	entry := store.NewEntry(a.ID, in.ID, "", title)
	err = r.db.Write(ctx, func(ctx context.Context, q *query.Queries) error {
		if _, err := q.GetConversation(ctx, query.GetConversationParams{ID: in.ID, UserID: a.ID}); store.NotFound(err) {
			return errNoConversation()
		} else if err != nil {
			return err
		}
		if title != "" {
			changed, err := q.RenameConversation(ctx, query.RenameConversationParams{Title: title, TitleKey: store.Folded(title), ID: in.ID, UserID: a.ID})
			if err == nil && changed == 0 {
				return errNoConversation()
			}
			if err != nil {
				return err
			}
			if err := r.db.Index(ctx, q, entry); err != nil {
				return err
			}
		}
		if in.Body.Pinned != nil {
			if _, err := q.PinConversation(ctx, query.PinConversationParams{Pinned: *in.Body.Pinned, ID: in.ID, UserID: a.ID}); err != nil {
				return err
			}
		}
		if in.Body.HeadID == nil {
			return nil
		}
		_, err := q.GetMessage(ctx, query.GetMessageParams{ID: *in.Body.HeadID, UserID: a.ID, ConversationID: in.ID})
		if store.NotFound(err) {
			return fault.BadField("body.head_id", "is not a message of this conversation")
		}
		if err != nil {
			return err
		}
		_, err = q.MoveHead(ctx, query.MoveHeadParams{HeadID: *in.Body.HeadID, ID: in.ID, UserID: a.ID})
		return err
	})
	if err != nil {
		return nil, err
	}
	r.changes.Told(a.ID, change.Hint{Kind: change.Conversation, ID: in.ID})
	return r.conversation(ctx, a, in.ID)
}

func (r *Room) deleteConversation(ctx context.Context, in *ConversationPath) (*struct{}, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	var running []string
	err = r.db.Write(ctx, func(ctx context.Context, q *query.Queries) error {
		changed, err := q.DeleteConversation(ctx, query.DeleteConversationParams{ID: in.ID, UserID: a.ID})
		if err == nil && changed == 0 {
			return errNoConversation()
		}
		if err != nil {
			return err
		}
		// Now, since from now on nothing can begin in it.
		running, err = q.RunningJobsOfConversation(ctx, query.RunningJobsOfConversationParams{SubjectID: in.ID, UserID: a.ID})
		return err
	})
	if err != nil {
		return nil, err
	}
	r.changes.Told(a.ID, change.Hint{Kind: change.Conversation, ID: in.ID})
	for _, id := range running { // one that ends meanwhile needs no stopping
		if _, err := r.jobs.Cancel(ctx, a, id); err != nil && !over(err) {
			return nil, err
		}
	}
	return nil, nil //nolint:nilnil // 204: there is no body
}

type regenerateInput struct {
	ConversationPath
	httpd.Idempotent

	MessageID string `path:"message_id" maxLength:"64" doc:"The answer to answer anew, or the question"`
	Body      Regeneration
}

// Regeneration is how to answer anew.
type Regeneration struct {
	Model string `json:"model,omitempty" maxLength:"200" doc:"Another model than before"`
}

// StartedAnswer is an answer that is being written.
type StartedAnswer struct {
	JobID     string `json:"job_id"`
	MessageID string `json:"message_id"`
}

type regenerateOutput struct{ Body StartedAnswer }

func (r *Room) regenerate(ctx context.Context, in *regenerateInput) (*regenerateOutput, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	once, err := in.Once("regenerate", in.ID, in.MessageID, in.Body)
	if err != nil {
		return nil, err
	}
	j, w, err := r.begin(ctx, a, once, func() (asked, error) {
		return r.askAgain(ctx, a, in.ID, in.MessageID, in.Body.Model)
	})
	if err != nil {
		return nil, err
	}
	return &regenerateOutput{Body: StartedAnswer{JobID: j.ID, MessageID: w.AnswerID}}, nil
}
