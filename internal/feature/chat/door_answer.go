package chat

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"pulse/internal/fault"
	"pulse/internal/job"
	"pulse/internal/provider"
	"pulse/internal/store"
)

// ChatCompletion is a whole answer as OpenAI's API has it.
type ChatCompletion struct { //nolint:revive // its name in the OpenAPI document
	ID      string             `json:"id" doc:"chatcmpl- and the id of the job, see /api/v1/jobs"`
	Object  string             `json:"object" enum:"chat.completion"`
	Created int64              `json:"created"`
	Model   string             `json:"model" doc:"The catalogue's id of the model that answered"`
	Choices []CompletionChoice `json:"choices" doc:"One"`
	Usage   CompletionUsage    `json:"usage"`
}

// CompletionChoice is the answer itself.
type CompletionChoice struct {
	Index        int              `json:"index"`
	Message      CompletionAnswer `json:"message"`
	Logprobs     *struct{}        `json:"logprobs" doc:"null"`
	FinishReason string           `json:"finish_reason" enum:"stop,length,tool_calls,content_filter"`
}

// CompletionAnswer is what the model said.
type CompletionAnswer struct {
	Role             string           `json:"role" enum:"assistant"`
	Content          *string          `json:"content" doc:"null where there are calls of tools alone"`
	Refusal          *string          `json:"refusal" doc:"null: what a model says for a refusal is its content"`
	ReasoningContent string           `json:"reasoning_content,omitempty" doc:"The thinking that the provider shows"`
	ToolCalls        []AnswerToolCall `json:"tool_calls,omitempty"`
}

// AnswerToolCall is a call that the model asks for.
type AnswerToolCall struct {
	ID       string             `json:"id"`
	Type     string             `json:"type" enum:"function"`
	Function AnswerFunctionCall `json:"function"`
}

// AnswerFunctionCall is what to call.
type AnswerFunctionCall struct {
	Name      string `json:"name"`
	Arguments string `json:"arguments" doc:"JSON, as the model wrote it"`
}

// CompletionUsage is what an answer took.
type CompletionUsage struct {
	PromptTokens            int64             `json:"prompt_tokens"`
	CompletionTokens        int64             `json:"completion_tokens"`
	TotalTokens             int64             `json:"total_tokens"`
	PromptTokensDetails     PromptDetails     `json:"prompt_tokens_details"`
	CompletionTokensDetails CompletionDetails `json:"completion_tokens_details"`
}

// PromptDetails are shares of the prompt.
type PromptDetails struct {
	CachedTokens     int64 `json:"cached_tokens"`
	CacheWriteTokens int64 `json:"cache_write_tokens"`
}

// CompletionDetails are shares of the answer.
type CompletionDetails struct {
	ReasoningTokens int64 `json:"reasoning_tokens"`
}

func completionUsage(u provider.Usage) CompletionUsage {
	return CompletionUsage{
		PromptTokens: u.Prompt(), CompletionTokens: u.Output, TotalTokens: u.Total(),
		PromptTokensDetails:     PromptDetails{CachedTokens: u.CacheRead, CacheWriteTokens: u.CacheWrite + u.CacheWrite1h},
		CompletionTokensDetails: CompletionDetails{ReasoningTokens: u.Reasoning},
	}
}

// completionID is the answer's id; it leads to the job.
func completionID(j job.Job) string { return "chatcmpl-" + j.ID }

func createdAt(j job.Job) int64 { return store.Time(j.CreatedAt).Unix() }

// finishReason is OpenAI's word for why the answer ended.
func (a completed) finishReason() string {
	switch {
	case a.finish == provider.FinishLength, a.finish == provider.FinishRefusal:
		return string(a.finish)
	case len(a.calls) > 0:
		return string(provider.FinishToolCalls)
	}
	return string(provider.FinishStop)
}

// whole gives the answer in one piece.
func (c *completing) whole(j job.Job) ChatCompletion {
	said := CompletionAnswer{Role: provider.RoleAssistant, ReasoningContent: c.answer.reasoning}
	for _, call := range c.answer.calls {
		said.ToolCalls = append(said.ToolCalls, AnswerToolCall{ID: call.ID, Type: typeFunction, Function: AnswerFunctionCall{call.Name, call.Arguments}})
	}
	if c.answer.text != "" || len(said.ToolCalls) == 0 {
		said.Content = &c.answer.text
	}
	return ChatCompletion{
		ID: completionID(j), Object: "chat.completion", Created: createdAt(j), Model: c.model.ID, Usage: completionUsage(c.answer.used),
		Choices: []CompletionChoice{{Message: said, FinishReason: c.answer.finishReason()}},
	}
}

// chunks writes a job's events as chat.completion.chunk, each into one buffer
// that is used again.
type chunks struct {
	c     *completing
	send  func([]byte) error
	head  []byte // what each chunk begins with, up to its delta
	tail  []byte // and ends with, after its finish_reason
	buf   []byte
	begun bool // the role was said
	call  int  // whose arguments come
	over  bool // the job has ended
}

func newChunks(j job.Job, c *completing, send func([]byte) error) *chunks {
	s := &chunks{c: c, send: send, tail: []byte("}]}\n\n"), buf: make([]byte, 0, 1024)} //nolint:mnd // more than a piece of text is long
	s.head = s.opening(j)
	s.head = append(s.head, `[{"index":0,"delta":{`...)
	if c.usage {
		s.tail = []byte(`}],"usage":null}` + "\n\n")
	}
	return s
}

// opening is what every chunk begins with, up to its choices.
func (s *chunks) opening(j job.Job) []byte {
	b := []byte(`data: {"id":"` + completionID(j) + `","object":"chat.completion.chunk","created":` + strconv.FormatInt(createdAt(j), 10) + `,"model":`)
	b = appendQuoted(b, []byte(s.c.model.ID))
	return append(b, `,"choices":`...)
}

func appendQuoted(b, text []byte) []byte {
	b, _ = jsontext.AppendQuote(b, text) // the error only tells that invalid UTF-8 was replaced
	return b
}

// event sends what an event of the job is in OpenAI's words.
func (s *chunks) event(e job.Event) error {
	b := s.buf[:0]
	switch e.Kind {
	case job.EventText:
		b = s.piece(s.role(b, false), `"content":`, e.Data)
	case job.EventReasoning:
		b = s.piece(s.role(b, false), `"reasoning_content":`, e.Data)
	case job.EventArguments:
		b = append(s.role(b, true), s.head...)
		b = append(b, `"tool_calls":[{"index":`...)
		b = strconv.AppendInt(b, int64(s.call), 10)
		b = append(b, `,"function":{"arguments":`...)
		b = appendQuoted(b, e.Data)
		b = s.close(append(b, "}}]"...))
	case job.EventToolCall:
		var err error
		if b, err = s.toolCall(b, e.Data); err != nil {
			return err
		}
	case job.EventDone:
		return s.done(b, e.Data)
	case job.EventError:
		s.over = true
		return storedFault(string(e.Data))
	case job.EventRestart: // only a job that can be begun anew says it
		return job.ErrInterrupted()
	case job.EventStart, job.EventProgress:
		return nil
	}
	s.buf = b
	if len(b) == 0 {
		return nil
	}
	return s.send(b)
}

// role is the first chunk. It waits for the first piece, so that what fails
// before has a status of its own.
func (s *chunks) role(b []byte, calls bool) []byte {
	if s.begun {
		return b
	}
	s.begun = true
	content := `""`
	if calls {
		content = "null"
	}
	b = append(b, s.head...)
	b = append(b, `"role":"assistant","content":`+content+`,"refusal":null`...)
	return s.close(b)
}

func (s *chunks) piece(b []byte, field string, text []byte) []byte {
	b = append(b, s.head...)
	b = append(b, field...)
	return s.close(appendQuoted(b, text))
}

// close ends a chunk within an answer.
func (s *chunks) close(b []byte) []byte {
	b = append(b, `},"finish_reason":null`...)
	return append(b, s.tail...)
}

func (s *chunks) toolCall(b, data []byte) ([]byte, error) {
	var call job.CallBegun
	if err := json.Unmarshal(data, &call); err != nil {
		return b, fmt.Errorf("chat: a call of a tool: %w", err)
	}
	s.call = call.Index
	if call.ID == "" && call.Name == "" { // it goes on
		return b, nil
	}
	b = append(s.role(b, true), s.head...)
	b = fmt.Appendf(b, `"tool_calls":[{"index":%d,"id":`, call.Index)
	b = append(appendQuoted(b, []byte(call.ID)), `,"type":"function","function":{"name":`...)
	b = append(appendQuoted(b, []byte(call.Name)), `,"arguments":""}}]`...)
	return s.close(b), nil
}

// done sends why it ended, the figures where they were asked for, and the end.
func (s *chunks) done(b, data []byte) error {
	s.over = true
	var e struct { // of an ending
		Status job.Status `json:"status"`
	}
	if err := json.Unmarshal(data, &e); err != nil {
		return fmt.Errorf("chat: the end of a completion: %w", err)
	}
	answer, ok := s.c.result()
	if e.Status == job.Cancelled || !ok {
		return errCompletionCancelled()
	}
	if !s.begun { // it ended before anybody read: then its events have not what it said
		if err := s.all(answer); err != nil {
			return err
		}
	}
	b = append(s.role(b, false), s.head...)
	b = append(b, `},"finish_reason":"`+answer.finishReason()+`"`...)
	b = append(b, s.tail...)
	if s.c.usage {
		figures, err := json.Marshal(completionUsage(answer.used))
		if err != nil {
			return fmt.Errorf("chat: the figures of a completion: %w", err)
		}
		b = append(b, s.head[:len(s.head)-len(`[{"index":0,"delta":{`)]...)
		b = append(append(b, `[],"usage":`...), figures...)
		b = append(b, "}\n\n"...)
	}
	return s.send(append(b, "data: [DONE]\n\n"...))
}

// all sends a whole answer as if it came just now.
func (s *chunks) all(a completed) error {
	said := []job.Content{{Kind: job.EventReasoning, Data: []byte(a.reasoning)}, {Kind: job.EventText, Data: []byte(a.text)}}
	for i, call := range a.calls {
		begun, err := json.Marshal(job.CallBegun{Index: i, ID: call.ID, Name: call.Name})
		if err != nil {
			return fmt.Errorf("chat: a call of a tool: %w", err)
		}
		said = append(said, job.Content{Kind: job.EventToolCall, Data: begun}, job.Content{Kind: job.EventArguments, Data: []byte(call.Arguments)})
	}
	for _, content := range said {
		if len(content.Data) == 0 {
			continue
		}
		if err := s.event(job.Event{Content: content}); err != nil {
			return err
		}
	}
	return nil
}

// result gives the answer once it is there; never, when another process has
// ended the job.
func (c *completing) result() (completed, bool) {
	select {
	case <-c.ended:
		return c.answer, true
	default:
		return completed{}, false
	}
}

func errCompletionCancelled() error {
	f := fault.New(fault.Conflict, "This completion was cancelled. What had come is billed.")
	f.Type = "cancelled"
	return f
}
