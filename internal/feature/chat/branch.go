package chat

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"pulse/internal/actor"
	"pulse/internal/fault"
	"pulse/internal/job"
	"pulse/internal/provider"
	"pulse/internal/store"
	"pulse/internal/store/query"
)

func errNoConversation() error {
	return fault.New(fault.NotFound, "There is no such conversation.")
}

func errAnswerDeleted() error {
	return fault.New(fault.NotFound, "The conversation of this answer was deleted.")
}

// answerRunning is the type of the conflict with an answer that is being written.
const answerRunning = "answer_running"

func errAnswerRunning(jobID string) error {
	f := fault.New(fault.Conflict, "The last answer is still being written. Wait for it or stop it first.")
	f.Type = answerRunning
	f.Extra = map[string]any{"job_id": jobID}
	return f
}

// resume finds the branch that a question goes on with and puts its messages
// before it. Messages of the request that only repeat the branch from its
// beginning (as clients that always send everything do) are not new.
func (r *Room) resume(ctx context.Context, a actor.Actor, in Ask, q *asked) error {
	conv, all, err := r.tree(ctx, a, in.ConversationID)
	if err != nil {
		return err
	}
	leaf := conv.HeadID
	if in.ParentID != nil {
		leaf = *in.ParentID
	}
	if _, ok := find(all, leaf); !ok && deref(in.ParentID) != "" {
		return fault.BadField("body.parent_id", "is not a message of this conversation")
	}
	branch := branchTo(all, leaf)
	var running error // what else is found out holds all the same
	if n := len(branch); n > 0 && branch[n-1].Status == string(job.Processing) {
		running = errAnswerRunning(branch[n-1].JobID)
	} else if in.ParentID == nil { // who names the message may branch as often as they like
		for _, m := range all { // begun after the conversation's head was read
			if m.Status == string(job.Processing) && follows(all, m, leaf) {
				running = errAnswerRunning(m.JobID)
				break
			}
		}
		q.alone, q.running = true, runningIn(all)
	}
	files, err := r.filesOf(ctx, a.ID, conv.ID, branch)
	if err != nil {
		return err
	}
	said := turnsOf(branch, files)
	if repeats(said, q.fresh) {
		q.fresh = q.fresh[len(said):]
	}
	q.conv, q.parentID = conv, leaf
	q.turns = slices.Concat(said, q.fresh)
	q.keepSettings(conv)
	return running
}

// keepSettings fills what the request leaves open from what the conversation
// was asked with before.
func (q *asked) keepSettings(conv query.Conversation) {
	var kept Settings
	if err := json.Unmarshal([]byte(conv.Settings), &kept); err != nil {
		return // settings of an unknown form are as good as none
	}
	if q.settings.SystemPrompt == nil {
		q.settings.SystemPrompt = kept.SystemPrompt
	}
}

// toKeep are the settings to keep with the conversation. A picture needs none, and
// leaves those that there are for the text after it.
func (q *asked) toKeep() Settings {
	if q.wish == nil || q.conv.ID == "" {
		return q.settings
	}
	var kept Settings
	if err := json.Unmarshal([]byte(q.conv.Settings), &kept); err != nil {
		return q.settings
	}
	kept.SystemPrompt = q.settings.SystemPrompt
	return kept
}

// repeats tells that the fresh messages begin with the whole branch.
func repeats(branch, fresh []turn) bool {
	return len(branch) > 0 && len(fresh) > len(branch) && slices.EqualFunc(branch, fresh[:len(branch)], turn.same)
}

// tree reads a conversation with all its messages, or is NotFound.
func (r *Room) tree(ctx context.Context, a actor.Actor, id string) (query.Conversation, []query.Message, error) {
	q := r.db.Read()
	conv, err := q.GetConversation(ctx, query.GetConversationParams{ID: id, UserID: a.ID})
	if store.NotFound(err) {
		return conv, nil, errNoConversation()
	}
	if err != nil {
		return conv, nil, err
	}
	all, err := q.ListMessages(ctx, query.ListMessagesParams{UserID: a.ID, ConversationID: id})
	return conv, all, err
}

func find(all []query.Message, id string) (query.Message, bool) {
	for _, m := range all {
		if m.ID == id {
			return m, true
		}
	}
	return query.Message{}, false
}

// follows tells whether the message comes somewhere after another one.
func follows(all []query.Message, m query.Message, after string) bool {
	_, ok := find(branchTo(all, m.ParentID), after)
	return ok
}

// runningIn gives the jobs of the answers that are being written.
func runningIn(all []query.Message) []string {
	var jobs []string
	for _, m := range all {
		if m.Status == string(job.Processing) {
			jobs = append(jobs, m.JobID)
		}
	}
	return jobs
}

// branchTo gives the messages from the first one to the leaf.
func branchTo(all []query.Message, leaf string) []query.Message {
	byID := make(map[string]*query.Message, len(all))
	for i := range all {
		byID[all[i].ID] = &all[i]
	}
	var branch []query.Message
	for m := byID[leaf]; m != nil && len(branch) <= len(all); m = byID[m.ParentID] {
		branch = append(branch, *m)
	}
	slices.Reverse(branch)
	return branch
}

// turnsOf gives what was said in a branch: not the answers that never said
// anything.
func turnsOf(branch []query.Message, files map[string][]query.File) []turn {
	turns := make([]turn, 0, len(branch))
	for _, m := range branch {
		if attached := files[m.ID]; m.Content != "" || len(attached) > 0 {
			turns = append(turns, turn{Role: m.Role, Text: m.Content, Files: attached})
		}
	}
	return turns
}

// askAgain prepares a new answer to a question that is there already: to the
// one before an answer, or to the question itself.
func (r *Room) askAgain(ctx context.Context, a actor.Actor, conversationID, messageID, model string) (asked, error) {
	conv, all, err := r.tree(ctx, a, conversationID)
	if err != nil {
		return asked{}, err
	}
	m, ok := find(all, messageID)
	if !ok {
		return asked{}, fault.New(fault.NotFound, "There is no such message in this conversation.")
	}
	question := m
	if m.Role == provider.RoleAssistant {
		if question, ok = find(all, m.ParentID); !ok {
			return asked{}, fmt.Errorf("chat: message %s has no question before it", m.ID)
		}
		if model == "" {
			model = m.Model
		}
	}
	if model == "" {
		model = conv.Model
	}
	for _, answer := range all { // one at a time, however often the button is pressed
		if answer.ParentID == question.ID && answer.Status == string(job.Processing) {
			return asked{}, errAnswerRunning(answer.JobID)
		}
	}
	q := asked{conv: conv, parentID: question.ID, stream: true, alone: true, running: runningIn(all)}
	if err := json.Unmarshal([]byte(conv.Settings), &q.settings); err != nil {
		q.settings = Settings{}
	}
	branch := branchTo(all, question.ID)
	files, err := r.filesOf(ctx, a.ID, conv.ID, branch)
	if err != nil {
		return asked{}, err
	}
	q.turns = turnsOf(branch, files)
	if q.model, err = r.model(model); err != nil {
		return asked{}, err
	}
	q.dropUnfit()
	if paints(q.model) {
		err = r.wishFor(ctx, a, &q, "")
		return q, err
	}
	return q, q.fitPictures("")
}
