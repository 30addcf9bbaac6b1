// Package changes is the room of the change feed: it lets a person's pages and
// programs hear that something of theirs has changed elsewhere.
package changes

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"pulse/internal/actor"
	"pulse/internal/change"
	"pulse/internal/httpd"
)

// Room serves the feed.
type Room struct{ feed *change.Feed }

// New makes the room.
func New(feed *change.Feed) *Room { return &Room{feed: feed} }

// Routes mounts the room.
func (r *Room) Routes(api huma.API) {
	httpd.Stream(api, huma.Operation{
		OperationID: "follow-changes", Method: http.MethodGet, Path: "/api/v1/events", Tags: []string{"Changes"},
		Summary: "Hints that something of yours has changed, as Server-Sent Events",
		Description: "Each `change` event has `kind` (`conversation`, `job` or `usage`) and the `id` of what was made, changed, begun, ended or deleted, " +
			"on whichever device or process. Events are hints: several may be merged, and none is kept for later, so ask anew for what you show whenever you connect. " +
			"The stream ends when you are signed out, when it is the oldest of more than 20, and by itself after about ten minutes; then connect again.",
	}, r.follow)
}

// askEvery is how often a feed makes sure that its reader is still signed in.
// Mostly it hears of a sign-out at once; this is for hints that were lost, and
// rare, since a feed is open as long as a page is.
const askEvery = 15 * time.Second

// changed is the data of a change event.
type changed struct {
	Kind change.Kind `json:"kind"`
	ID   string      `json:"id"`
}

func (r *Room) follow(ctx context.Context, _ *struct{}) (func(*httpd.EventWriter) error, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	return func(w *httpd.EventWriter) error {
		w.AskEvery(askEvery)
		return r.feed.Listen(a.ID, a.SessionID).Run(w.Context(), func(h change.Hint) error {
			return w.Event("change", changed(h))
		})
	}, nil
}
