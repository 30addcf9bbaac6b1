package account

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/mileusna/useragent"

	"pulse/internal/actor"
	"pulse/internal/fault"
	"pulse/internal/store"
	"pulse/internal/store/query"
)

// Session is a way in that is open, as the API shows it to its person.
type Session struct {
	ID         string    `json:"id"`
	Kind       string    `json:"kind" enum:"browser,program" doc:"A browser's, or a bearer token's"`
	Device     string    `json:"device" doc:"What the browser or program called itself; empty: nothing" example:"Firefox on Linux"`
	Address    string    `json:"address" doc:"Where it was opened from"`
	CreatedAt  time.Time `json:"created_at"`
	LastUsedAt time.Time `json:"last_used_at" doc:"To the minute"`
	ExpiresAt  time.Time `json:"expires_at" doc:"A browser's moves on as it is used"`
	Current    bool      `json:"current" doc:"The one that asks"`
}

type sessionsOutput struct {
	Body struct {
		Items []Session `json:"items"`
	}
}

// sessions lists what a person is signed in with, the last used first.
func (r *Room) sessions(ctx context.Context, _ *struct{}) (*sessionsOutput, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := r.db.Read().ListSessions(ctx, query.ListSessionsParams{UserID: a.ID, Now: store.Millis(r.now())})
	if err != nil {
		return nil, fmt.Errorf("account: sessions of user %s: %w", a.ID, err)
	}
	out := &sessionsOutput{}
	out.Body.Items = make([]Session, len(rows))
	for i, s := range rows {
		kind := "browser"
		if s.Kind == program {
			kind = "program"
		}
		out.Body.Items[i] = Session{
			ID: s.ID, Kind: kind, Device: deviceOf(s.UserAgent), Address: s.Address, CreatedAt: store.Time(s.CreatedAt),
			LastUsedAt: store.Time(s.LastUsedAt), ExpiresAt: store.Time(s.ExpiresAt), Current: s.ID == a.SessionID,
		}
	}
	return out, nil
}

// deviceOf makes of what a browser sends what its person would call it.
func deviceOf(text string) string {
	ua := useragent.Parse(text)
	switch {
	case ua.Name == "" || ua.Name == text: // none that is known: a program's first word
		name, _, _ := strings.Cut(text, " ")
		name, _, _ = strings.Cut(name, "/")
		return name
	case ua.OS == "":
		return ua.Name
	}
	return ua.Name + " on " + ua.OS
}

type sessionInput struct {
	ID string `path:"id" maxLength:"64"`
}

// endedOutput removes the cookie of the browser whose own session has ended.
type endedOutput struct {
	SetCookie []http.Cookie `header:"Set-Cookie"`
	// As signing out does.
	ClearSiteData string `header:"Clear-Site-Data"`
}

func (r *Room) ended(ctx context.Context, own bool) *endedOutput {
	if !own {
		return &endedOutput{}
	}
	return &endedOutput{SetCookie: []http.Cookie{r.noCookie(ctx)}, ClearSiteData: `"cache"`}
}

// endOne ends one session of the person's. It is NotFound for those of others.
func (r *Room) endOne(ctx context.Context, in *sessionInput) (*endedOutput, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	err = r.db.Write(ctx, func(ctx context.Context, q *query.Queries) error {
		n, err := q.DeleteSession(ctx, query.DeleteSessionParams{ID: in.ID, UserID: a.ID})
		if err == nil && n == 0 {
			return fault.New(fault.NotFound, "You have no such session; it may have ended already.")
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("account: end session %s: %w", in.ID, err)
	}
	r.changes.SignedOut(ctx, a.ID, in.ID)
	return r.ended(ctx, in.ID == a.SessionID), nil
}

type sessionsInput struct {
	Others bool `query:"others" doc:"All but the one that asks"`
}

// endAll ends all sessions and tokens of the person's, or all but the one that
// asks. API keys stay: they are revoked one by one.
func (r *Room) endAll(ctx context.Context, in *sessionsInput) (*endedOutput, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	keep := ""
	if in.Others {
		keep = a.SessionID
	}
	if err := r.endOthers(ctx, a.ID, keep, nil); err != nil {
		return nil, err
	}
	return r.ended(ctx, !in.Others), nil
}

// endOthers ends all of a person's sessions but one, "" for all, in the
// transaction of what else is to be done, and then their feeds.
func (r *Room) endOthers(ctx context.Context, userID, keep string, do func(context.Context, *query.Queries) error) error {
	var ended []string
	err := r.db.Write(ctx, func(ctx context.Context, q *query.Queries) (err error) {
		if do != nil {
			if err := do(ctx, q); err != nil {
				return err
			}
		}
		ended, err = q.DeleteOtherSessions(ctx, query.DeleteOtherSessionsParams{UserID: userID, ID: keep})
		return err
	})
	if err != nil {
		return fmt.Errorf("account: end sessions of user %s: %w", userID, err)
	}
	for _, id := range ended {
		r.changes.SignedOut(ctx, userID, id)
	}
	return nil
}
