package app

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"pulse/internal/httpd"
)

// route is what is tried on a route of the OpenAPI document. In paths and
// bodies, {id} and {message_id} are the owner's.
type route struct {
	subject string // what {id} is: job, conversation, file, key or session; empty: the route is about whoever calls
	body    any
	foreign any  // a body that names what is the owner's, where the path does not
	endless bool // a stream that does not end, so that only refusals can be read
	leaves  bool // whoever calls is not signed in any more
	goes    bool // whoever calls has no account any more
	refused int  // the status for a body that is no good, where a good one would need an e-mail to be read
}

// The routes that nobody needs to sign in for. Whoever makes another one public
// has to say so here.
var publicRoutes = []string{
	"GET /api/v1/auth/google",
	"GET /api/v1/auth/google/callback",
	"GET /api/v1/auth/options",
	"GET /api/v1/files/{id}/shared", // for whoever has a link: links_test.go
	"GET /api/v1/health",
	"GET /api/v1/health/db",
	"POST /api/v1/auth/forgot",
	"POST /api/v1/auth/login",
	"POST /api/v1/auth/logout",
	"POST /api/v1/auth/register",
	"POST /api/v1/auth/reset",
	"POST /api/v1/auth/token",
}

type object map[string]any

var question = said("[chunks 3]")

// routes has every route that needs a sign-in.
var routes = map[string]route{
	"POST /api/v1/auth/confirm": {body: object{"password": password}},
	"POST /api/v1/auth/verify":  {body: object{"token": "no link"}, refused: http.StatusBadRequest},

	// No issuer is set up here.
	"POST /api/v1/auth/confirm/oidc":          {body: object{}, refused: http.StatusNotFound},
	"GET /api/v1/users/me/identities":         {},
	"GET /api/v1/users/me/picture":            {refused: http.StatusNotFound},
	"POST /api/v1/users/me/identities":        {refused: http.StatusNotFound},
	"DELETE /api/v1/users/me/identities/{id}": {refused: http.StatusNotFound},

	"GET /api/v1/users/me":        {},
	"PATCH /api/v1/users/me":      {body: object{"full_name": "Somebody"}},
	"GET /api/v1/users/me/usage":  {},
	"GET /api/v1/users/me/export": {},
	"DELETE /api/v1/users/me":     {leaves: true, goes: true},

	"GET /api/v1/users/me/subscription":     {},
	"PUT /api/v1/users/me/password":         {body: object{"current_password": "another", "password": password}, refused: http.StatusBadRequest}, // else it would end sessions
	"GET /api/v1/users/me/keys":             {},
	"POST /api/v1/users/me/keys":            {body: object{"name": "A program"}},
	"DELETE /api/v1/users/me/keys/{id}":     {subject: "key"},
	"GET /api/v1/users/me/sessions":         {},
	"DELETE /api/v1/users/me/sessions/{id}": {subject: "session"},
	"DELETE /api/v1/users/me/sessions":      {leaves: true},

	"POST /api/v1/users/me/email":        {body: object{"email": "no address"}, refused: http.StatusBadRequest},
	"POST /api/v1/users/me/verification": {refused: http.StatusConflict}, // no e-mail is sent here

	"GET /api/v1/chat/models": {},
	"POST /api/v1/chat/complete": {
		body:    object{"model": model, "messages": question},
		foreign: object{"model": model, "messages": question, "conversation_id": "{conversation}"},
	},
	"POST /api/v1/chat/count": {
		body:    object{"model": model, "messages": question},
		foreign: object{"model": model, "messages": question, "conversation_id": "{conversation}"},
	},
	"POST /api/v1/chat/stream": {
		body:    object{"model": model, "messages": question},
		foreign: object{"model": model, "messages": question, "conversation_id": "{conversation}", "parent_id": "{message}"},
	},

	"GET /api/v1/conversations":                                        {},
	"GET /api/v1/conversations/{id}":                                   {subject: "conversation"},
	"GET /api/v1/conversations/{id}/export":                            {subject: "conversation"},
	"PATCH /api/v1/conversations/{id}":                                 {subject: "conversation", body: object{"title": "Another"}},
	"DELETE /api/v1/conversations/{id}":                                {subject: "conversation"},
	"POST /api/v1/conversations/{id}/messages/{message_id}/regenerate": {subject: "conversation", body: object{}},

	"POST /api/v1/files":        {body: upload{"a.txt", "what is in it"}},
	"GET /api/v1/files/{id}":    {subject: "file"},
	"DELETE /api/v1/files/{id}": {subject: "file"},

	"GET /api/v1/files":                {},
	"GET /api/v1/files/{id}/thumbnail": {subject: "file", refused: http.StatusUnprocessableEntity}, // it is a text
	"POST /api/v1/files/{id}/link":     {subject: "file"},

	// Its hints are told to whoever connected; it ends by itself only after minutes.
	"GET /api/v1/events": {endless: true},

	"GET /api/v1/jobs": {},
	"POST /api/v1/jobs": {
		body:    object{"type": "chat", "input": object{"model": model, "messages": question}},
		foreign: object{"type": "chat", "input": object{"model": model, "messages": question, "conversation_id": "{conversation}"}},
	},
	"GET /api/v1/jobs/{id}":         {subject: "job"},
	"PATCH /api/v1/jobs/{id}":       {subject: "job", body: object{"status": "cancelled"}},
	"DELETE /api/v1/jobs/{id}":      {subject: "job"},
	"POST /api/v1/jobs/{id}/cancel": {subject: "job"},
	"POST /api/v1/jobs/{id}/retry":  {subject: "job"},
	"GET /api/v1/jobs/{id}/receipt": {subject: "job"},
	"GET /api/v1/jobs/{id}/events":  {subject: "job"},

	"GET /api/v1/images/models":    {},
	"POST /api/v1/images/generate": {body: object{"model": imageModel, "prompt": "A seal", "size": "256x256"}},
	"POST /v1/images/generations":  {body: object{"model": imageModel, "prompt": "A seal", "size": "256x256"}},

	"POST /v1/chat/completions": {body: object{"model": model, "messages": question}},
	"GET /v1/models":            {},
	"GET /v1/models/{model}":    {},
}

// documented gives the document's routes as "METHOD /path".
func documented(api huma.API) []string {
	var list []string
	for path, item := range api.OpenAPI().Paths {
		for method, op := range map[string]*huma.Operation{
			http.MethodGet: item.Get, http.MethodPut: item.Put, http.MethodPost: item.Post, http.MethodDelete: item.Delete,
			http.MethodPatch: item.Patch, http.MethodHead: item.Head, http.MethodOptions: item.Options, http.MethodTrace: item.Trace,
		} {
			if op != nil {
				list = append(list, method+" "+path)
			}
		}
	}
	slices.Sort(list)
	return list
}

func TestEveryRouteIsKnown(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	public := httpd.PublicRoutes(h.app.API())
	slices.Sort(public)
	if !slices.Equal(public, publicRoutes) {
		t.Errorf("routes without sign-in:\n%q\nwant\n%q", public, publicRoutes)
	}
	known := slices.Sorted(maps.Keys(routes))
	known = append(known, publicRoutes...)
	slices.Sort(known)
	if all := documented(h.app.API()); !slices.Equal(all, known) {
		t.Errorf("routes of the document:\n%q\nroutes of this test:\n%q", all, known)
	}
}

// owned is what somebody has.
type owned struct {
	FileID         string `json:"-"`
	KeyID          string `json:"-"`
	SessionID      string `json:"-"` // another than the one that asks
	JobID          string `json:"job_id"`
	ConversationID string `json:"conversation_id"`
	Message        struct {
		ID string `json:"id"`
	} `json:"message"`
	Usage map[string]any `json:"usage"`
}

func (o owned) path(path string, r route) string {
	id := map[string]string{"conversation": o.ConversationID, "file": o.FileID, "key": o.KeyID, "session": o.SessionID}[r.subject]
	if id == "" {
		id = o.JobID
	}
	return strings.NewReplacer("{id}", id, "{message_id}", o.Message.ID, "{model}", model).Replace(path)
}

func (o owned) fill(v any) any {
	switch v := v.(type) {
	case object:
		filled := object{}
		for k, e := range v {
			filled[k] = o.fill(e)
		}
		return filled
	case string:
		return strings.NewReplacer("{conversation}", o.ConversationID, "{message}", o.Message.ID).Replace(v)
	}
	return v
}

func (o owned) shownIn(text string) bool {
	return strings.Contains(text, o.JobID) || strings.Contains(text, o.ConversationID) || strings.Contains(text, o.Message.ID) || strings.Contains(text, o.FileID) ||
		strings.Contains(text, o.KeyID) || strings.Contains(text, o.SessionID)
}

// Everybody who must not gets nowhere, on every route: 401 without a sign-in
// that counts, 404 for what is somebody else's, by browser and by program; and
// nothing of the owner's changes.
func TestEveryRouteKeepsOthersOut(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		expired := h.register("expired")
		nobody := make([]*caller, 0, 8)
		nobody = append(nobody, &caller{h: h, name: "nobody"}, &caller{h: h, name: "a forger", token: "eyJhbGciOiJub25lIn0.e30."}, expired, expired.program())
		h.skipped.Store(int64(200 * 24 * time.Hour))

		deactivated := h.register("deactivated")
		nobody = append(nobody, deactivated, deactivated.program())
		if _, err := h.app.accounts.SetActive(t.Context(), "deactivated@example.com", false); err != nil {
			t.Fatal(err)
		}
		left := h.register("left")
		nobody = append(nobody, left)
		left.must(http.StatusNoContent, http.MethodPost, "/api/v1/auth/logout", nil)
		leftProgram := left.program()
		nobody = append(nobody, leftProgram)
		leftProgram.must(http.StatusNoContent, http.MethodPost, "/api/v1/auth/logout", nil)

		owner, other := h.register("owner"), h.register("other")
		others := []*caller{other, other.program()}
		has := get[owned](owner, http.MethodPost, "/api/v1/chat/complete", object{"model": model, "messages": question})
		has.FileID = owner.uploads("notes.txt", "my notes").ID
		has.KeyID = decode[struct{ ID string }](owner, http.StatusCreated, http.MethodPost, "/api/v1/users/me/keys", object{"name": "the owner's"}).ID
		owner.program()
		for _, s := range owner.sessions() {
			if !s.Current {
				has.SessionID = s.ID
			}
		}
		before, leavers := owner.everything(has), 0

		for name, r := range routes {
			method, path, _ := strings.Cut(name, " ")
			path = has.path(path, r)
			for _, c := range nobody {
				c.refused(http.StatusUnauthorized, method, path, r.body)
			}
			for _, c := range others {
				if r.leaves {
					leavers++
					c = h.register(fmt.Sprint("leaver", leavers))
				}
				if r.foreign != nil {
					c.refused(http.StatusNotFound, method, path, has.fill(r.foreign))
				}
				if r.subject != "" {
					c.refused(http.StatusNotFound, method, path, r.body)
				} else if r.endless {
					continue // changes_test.go
				} else if got := c.do(method, path, r.body); got.status >= http.StatusBadRequest && got.status != r.refused || has.shownIn(got.text) {
					t.Errorf("%s: %s %s: %d, or shows what is the owner's: %s", c.name, method, path, got.status, got.text)
				}
			}
		}
		if after := owner.everything(has); after != before {
			t.Errorf("the owner's things are\n%s\nand were\n%s", after, before)
		}
		owner.getsThrough(has)
	})
}

type openSession struct {
	ID      string
	Current bool
}

func (c *caller) sessions() []openSession {
	c.h.t.Helper()
	return get[struct{ Items []openSession }](c, http.MethodGet, "/api/v1/users/me/sessions", nil).Items
}

func (c *caller) refused(status int, method, path string, body any) {
	c.h.t.Helper()
	if strings.HasPrefix(path, "/v1/") { // where OpenAI's clients are told
		got := c.do(method, path, body)
		if got.status != status || got.kind != "application/json" || !strings.Contains(got.text, `"type":"invalid_request_error","param":null,"code":"invalid_api_key"}}`) {
			c.h.t.Errorf("%s: %s %s: %d %s: %s", c.name, method, path, got.status, got.kind, got.text)
		}
		return
	}
	if got := c.do(method, path, body); got.status != status || got.kind != "application/problem+json" || !strings.Contains(got.text, "request_id") {
		c.h.t.Errorf("%s: %s %s: %d %s, want the problem %d: %s", c.name, method, path, got.status, got.kind, status, got.text)
	}
}

// everything is all that the owner can see of it.
func (c *caller) everything(has owned) string {
	var b strings.Builder
	for _, path := range []string{
		"/api/v1/users/me", "/api/v1/users/me/usage", "/api/v1/users/me/keys", "/api/v1/users/me/sessions", "/api/v1/conversations", "/api/v1/conversations/" + has.ConversationID,
		"/api/v1/files/" + has.FileID, "/api/v1/jobs", "/api/v1/jobs/" + has.JobID, "/api/v1/jobs/" + has.JobID + "/receipt", "/api/v1/jobs/" + has.JobID + "/events",
	} {
		b.WriteString(path + "\n" + c.must(http.StatusOK, http.MethodGet, path, nil) + "\n")
	}
	return b.String()
}

// getsThrough shows that the requests which others were refused are good ones.
func (c *caller) getsThrough(has owned) {
	c.h.t.Helper()
	names := slices.Collect(maps.Keys(routes))
	deletes := func(name string) int { // at the end, and what ends the sign-in at the very end
		r := routes[name]
		return strings.Count(name, http.MethodDelete) + map[bool]int{true: 1}[r.leaves] + map[bool]int{true: 1}[r.goes]
	}
	slices.SortFunc(names, func(a, b string) int { return deletes(a) - deletes(b) })
	for _, name := range names {
		method, path, _ := strings.Cut(name, " ")
		if routes[name].endless {
			continue
		}
		if routes[name].leaves {
			c = c.h.signIn(c.name)
		}
		for _, body := range []any{routes[name].body, has.fill(routes[name].foreign)} {
			got := c.do(method, has.path(path, routes[name]), body)
			// A conflict: the job has ended, or another answer is running.
			if got.status >= http.StatusBadRequest && got.status != http.StatusConflict && got.status != routes[name].refused {
				c.h.t.Errorf("the owner: %s: %d: %s", name, got.status, got.text)
			}
			if routes[name].foreign == nil {
				break
			}
		}
	}
}
