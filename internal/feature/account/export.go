package account

import (
	"context"
	"fmt"
	"sync"
	"time"

	"pulse/internal/actor"
	"pulse/internal/fault"
	"pulse/internal/httpd"
)

// exports knows whose export is on its way, so that nobody has this process make
// several at once.
type exports struct {
	mu sync.Mutex
	of map[string]bool
}

func (e *exports) enter(userID string) (leave func(), err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.of[userID] {
		f := fault.New(fault.RateLimited, "An export of yours is on its way already. Wait until it has come, then try again.")
		f.Type, f.RetryAfter = "export_running", 5*time.Second
		return nil, f
	}
	if e.of == nil {
		e.of = map[string]bool{}
	}
	e.of[userID] = true
	return func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(e.of, userID)
	}, nil
}

// export gives whoever asks all that they have here.
func (r *Room) export(ctx context.Context, _ *struct{}) (*httpd.Bundle, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	return &httpd.Bundle{
		Name: "pulse-export-" + r.now().UTC().Format(time.DateOnly) + ".zip",
		Write: func(ctx context.Context, out *httpd.Archive) error {
			leave, err := r.exports.enter(a.ID)
			if err != nil {
				return err
			}
			defer leave()
			if err := r.exportAccount(ctx, a, out); err != nil {
				return fmt.Errorf("account: export of user %s: %w", a.ID, err)
			}
			for _, room := range r.rooms {
				if err := room.Export(ctx, a, out); err != nil {
					return fmt.Errorf("account: export of user %s: %w", a.ID, err)
				}
			}
			return nil
		},
	}, nil
}

// exportAccount adds what this room shows of a person.
func (r *Room) exportAccount(ctx context.Context, a actor.Actor, out *httpd.Archive) error {
	me, err := r.me(ctx, nil)
	if err != nil {
		return err
	}
	plan, err := r.subscription(ctx, nil)
	if err != nil {
		return err
	}
	sessions, err := r.sessions(ctx, nil)
	if err != nil {
		return err
	}
	keys, err := r.keys(ctx, nil)
	if err != nil {
		return err
	}
	identities, err := r.identities(ctx, nil)
	if err != nil {
		return err
	}
	now := r.now()
	if err := out.Text("README.txt", now, fmt.Appendf(nil, exportReadme, me.Body.Email, now.UTC().Format(time.DateTime+" UTC"))); err != nil {
		return err
	}
	for _, f := range []struct {
		name string
		body any
	}{
		{"account.json", me.Body},
		{"subscription.json", plan.Body},
		{"sessions.json", sessions.Body},
		{"keys.json", keys.Body},
		{"identities.json", identities.Body},
	} {
		if err := out.JSON(f.name, now, f.body); err != nil {
			return err
		}
	}
	return r.exportPicture(ctx, a, out)
}

func (r *Room) exportPicture(ctx context.Context, a actor.Actor, out *httpd.Archive) error {
	u, err := r.db.Read().GetUser(ctx, a.ID)
	if err != nil {
		return fmt.Errorf("account: read user %s: %w", a.ID, err)
	}
	data, err := readPicture(u)
	if err != nil || data == nil {
		return err
	}
	return out.Text("picture.jpg", r.now(), data)
}

const exportReadme = `What Pulse keeps of %s
Exported on %s

account.json        your account
picture.jpg         your picture, if you have one
subscription.json   your plan and what it allows
sessions.json       where you are signed in
keys.json           your API keys, without their secrets, which are not kept
identities.json     the accounts elsewhere that you sign in with
conversations/      each conversation twice: as JSON with everything, all
                    branches included, and as Markdown to read, with the
                    branch that is shown
files/              the files that you have uploaded, as they are kept
files.json          what they are, and where in this archive; a file that is
                    "missing" was lost by the server, of a "damaged" one only
                    what can be read is here, and one without a path came
                    while the export was made
jobs.json           what was asked of models, newest first
usage.json          what you have used: counted by period, and each receipt

Times are in UTC. The JSON is as the API gives it; /openapi.json describes it.
What was changed while the export was made may be in it as it was before or
after.

If the archive does not open, it broke off on its way. Export it once more.
`
