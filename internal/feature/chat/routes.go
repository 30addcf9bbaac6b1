package chat

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"pulse/internal/actor"
	"pulse/internal/httpd"
	"pulse/internal/job"
)

// maxBody bounds a question with its history: about a million tokens of text.
const maxBody = 8 << 20

// Routes mounts the room.
func (r *Room) Routes(api huma.API) {
	tags := []string{"Chat"}
	httpd.Register(api, huma.Operation{
		OperationID: "list-chat-models", Method: http.MethodGet, Path: "/api/v1/chat/models", Tags: tags,
		Summary: "The models that can be asked, with abilities and prices",
	}, r.listModels)
	httpd.Register(api, asks(huma.Operation{
		OperationID: "complete-chat", Method: http.MethodPost, Path: "/api/v1/chat/complete", Tags: tags, MaxBodyBytes: maxBody,
		Summary: "Ask and get the whole answer at once",
	}), r.complete)
	httpd.Register(api, asks(huma.Operation{
		OperationID: "count-chat", Method: http.MethodPost, Path: "/api/v1/chat/count", Tags: tags, MaxBodyBytes: maxBody,
		Summary:     "What a question would take, before it is asked",
		Description: "Takes what `/api/v1/chat/complete` takes, starts nothing and costs nothing.",
	}), r.count)
	httpd.Stream(api, asks(huma.Operation{
		OperationID: "stream-chat", Method: http.MethodPost, Path: "/api/v1/chat/stream", Tags: tags, MaxBodyBytes: maxBody,
		Summary:     "Ask and get the answer as it is written, as Server-Sent Events",
		Description: "Events: `start`, `delta` (`text` or `reasoning`), `restart` (forget the text so far), then `done` or `error`. With `if_running` nothing but comments comes before its turn. The answer goes on when the reader goes away; `GET /api/v1/jobs/{id}/events` goes on from any event's id.",
	}), r.stream)

	tags = []string{"Conversations"}
	httpd.Register(api, huma.Operation{
		OperationID: "list-conversations", Method: http.MethodGet, Path: "/api/v1/conversations", Tags: tags,
		Summary: "Conversations, the last used first; also those in which something was said",
	}, r.listConversations)
	httpd.Register(api, huma.Operation{
		OperationID: "get-conversation", Method: http.MethodGet, Path: "/api/v1/conversations/{id}", Tags: tags,
		Summary: "One conversation with all messages of its tree",
	}, r.getConversation)
	httpd.Register(api, huma.Operation{
		OperationID: "export-conversation", Method: http.MethodGet, Path: "/api/v1/conversations/{id}/export", Tags: tags,
		Summary: "A conversation as a file, Markdown or JSON",
		Responses: map[string]*huma.Response{"200": {
			Description: "The file; its name is the title",
			Content:     map[string]*huma.MediaType{"text/markdown": {Schema: &huma.Schema{Type: huma.TypeString}}, "application/json": {}},
		}},
	}, r.export)
	httpd.Register(api, huma.Operation{
		OperationID: "update-conversation", Method: http.MethodPatch, Path: "/api/v1/conversations/{id}", Tags: tags,
		Summary: "Rename or pin a conversation, or show another branch",
	}, r.updateConversation)
	httpd.Register(api, huma.Operation{
		OperationID: "delete-conversation", Method: http.MethodDelete, Path: "/api/v1/conversations/{id}", Tags: tags,
		DefaultStatus: http.StatusNoContent, Summary: "Delete a conversation and stop its answers",
	}, r.deleteConversation)
	httpd.Register(api, httpd.Needs(huma.Operation{
		OperationID: "regenerate-message", Method: http.MethodPost, Path: "/api/v1/conversations/{id}/messages/{message_id}/regenerate", Tags: tags,
		DefaultStatus: http.StatusAccepted, Summary: "Answer a question once more, beside the answer that is there",
	}, actor.AllScopes), r.regenerate)

	r.door(api)
}

// asks marks what asks a model, for which an API key needs that scope.
func asks(op huma.Operation) huma.Operation { return httpd.Needs(op, actor.Generate) }

// askInput is a question over HTTP.
type askInput struct {
	httpd.Idempotent

	Body Ask
}

// ask checks and starts an answer for a request, or gives what starts it later.
func (r *Room) ask(
	ctx context.Context, in *askInput, route string, stream bool,
) (a actor.Actor, b begun, later func(context.Context) (begun, error), err error) {
	if a, err = actor.From(ctx); err != nil {
		return a, b, nil, err
	}
	once, err := in.Once(route, in.Body)
	if err != nil {
		return a, b, nil, err
	}
	b, later, err = r.beginPatiently(ctx, a, once, in.Body, stream)
	return a, b, later, err
}

// begin starts the answer that check asks for, or finds the one that the same
// request has started before, also when the conversation has moved on.
func (r *Room) begin(ctx context.Context, a actor.Actor, once job.Idempotency, check func() (asked, error)) (job.Job, work, error) {
	var w work
	j, err := r.jobs.Once(ctx, a, once, func() (j job.Job, err error) {
		q, err := check()
		if err != nil {
			return j, err
		}
		q.once = once
		j, w, err = r.start(ctx, a, q)
		return j, err
	})
	if err == nil && w.AnswerID == "" { // not started now
		w, err = workOf(j)
	}
	return j, w, err
}

func (r *Room) stream(ctx context.Context, in *askInput) (func(*httpd.EventWriter) error, error) {
	a, b, later, err := r.ask(ctx, in, "stream", true)
	if err != nil {
		return nil, err
	}
	return func(w *httpd.EventWriter) error {
		if later != nil { // the line is alive meanwhile
			if b, err = later(w.Context()); err != nil {
				return err
			}
		}
		return r.jobs.Follow(w.Context(), a, b.job.ID, job.Reader{Send: w.JobEvent})
	}, nil
}
