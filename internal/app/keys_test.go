package app

import (
	"bufio"
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// What no API key may do, and what needs the scope to generate. For the rest GET
// needs read and everything else write. Whoever adds a route to one of them has to
// say so here.
var (
	inPerson = []string{
		"DELETE /api/v1/users/me",
		"DELETE /api/v1/users/me/identities/{id}",
		"DELETE /api/v1/users/me/keys/{id}",
		"DELETE /api/v1/users/me/sessions",
		"DELETE /api/v1/users/me/sessions/{id}",
		"GET /api/v1/users/me/export",
		"POST /api/v1/auth/confirm",
		"POST /api/v1/auth/confirm/oidc",
		"POST /api/v1/auth/verify",
		"POST /api/v1/users/me/email",
		"POST /api/v1/users/me/identities",
		"POST /api/v1/users/me/keys",
		"POST /api/v1/users/me/verification",
		"PUT /api/v1/users/me/password",
	}
	generating = []string{
		"GET /v1/models",
		"GET /v1/models/{model}",
		"POST /api/v1/chat/complete",
		"POST /api/v1/chat/count",
		"POST /api/v1/chat/stream",
		"POST /api/v1/images/generate",
		"POST /api/v1/jobs",
		"POST /v1/chat/completions",
		"POST /v1/images/generations",
	}
	// What goes on with what was said before shows it, and changes it.
	going = []string{
		"POST /api/v1/conversations/{id}/messages/{message_id}/regenerate",
		"POST /api/v1/jobs/{id}/retry",
	}
)

func scopeFor(name string) string {
	switch {
	case slices.Contains(going, name):
		return "generate read write"
	case slices.Contains(generating, name):
		return "generate"
	case strings.HasPrefix(name, http.MethodGet):
		return "read"
	}
	return "write"
}

// holds tells whether the scopes have all that is needed.
func holds(scopes, needed string) bool {
	for scope := range strings.FieldsSeq(needed) {
		if !slices.Contains(strings.Fields(scopes), scope) {
			return false
		}
	}
	return true
}

// A key that may only ask is not told what was said before, by a detour over a
// model.
func TestAskingKeyReadsNothing(t *testing.T) {
	t.Parallel()
	h := withOpenAI(t, "")
	ada := h.register("ada")
	has := get[owned](ada, http.MethodPost, "/api/v1/chat/complete", object{"model": model, "messages": said("my secret")})
	file := ada.uploads("notes.txt", "my notes").ID
	asks := ada.key([]string{"generate"})
	attached := []object{{"role": "user", "content": "What is in it?", "files": []string{file}}}
	for path, body := range map[string]object{
		"/api/v1/chat/complete": {"conversation_id": has.ConversationID, "messages": said("What was said?")},
		"/api/v1/chat/stream":   {"messages": attached},
		"/api/v1/chat/count":    {"messages": attached},
		"/v1/chat/completions": {"messages": []object{{
			"role": "user", "content": []object{{"type": "file", "file": object{"file_id": file}}},
		}}},
	} {
		body["model"] = model
		if got := asks.do(http.MethodPost, path, body); got.status != http.StatusForbidden || !strings.Contains(got.text, "scope_missing") {
			t.Errorf("%s: %d %s", path, got.status, got.text)
		}
		if got := ada.key(nil).do(http.MethodPost, path, body); got.status != http.StatusOK {
			t.Errorf("%s with all scopes: %d %s", path, got.status, got.text)
		}
	}
	asks.must(http.StatusOK, http.MethodPost, "/api/v1/chat/complete", object{"model": model, "messages": said("Good morning")})
}

// key makes an API key of the person's; nil: with all scopes.
func (c *caller) key(scopes []string, more ...string) *caller {
	c.h.t.Helper()
	body := object{"name": strings.Join(scopes, "+")}
	if scopes == nil {
		body["name"] = "all"
	} else {
		body["scopes"] = scopes
	}
	for i := 0; i+1 < len(more); i += 2 {
		body[more[i]] = more[i+1]
	}
	c.must(http.StatusNoContent, http.MethodPost, "/api/v1/auth/confirm", object{"password": password}) // the test may have gone on for hours
	made := decode[struct {
		ID  string `json:"id"`
		Key string `json:"key"`
	}](c, http.StatusCreated, http.MethodPost, "/api/v1/users/me/keys", body)
	return &caller{h: c.h, name: c.name + "'s key " + body["name"].(string), token: made.Key, keyID: made.ID} //nolint:forcetypeassert // it is text
}

// knock sends a request without anything that the route wants, and gives what is
// said at the door: of a stream no more than its beginning.
func (c *caller) knock(method, path string) (status int, text string) {
	c.h.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	var body string
	if method != http.MethodGet && method != http.MethodDelete {
		body = "{}"
	}
	r, err := http.NewRequestWithContext(ctx, method, c.h.address+path, strings.NewReader(body))
	if err != nil {
		c.h.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		c.h.t.Fatalf("%s: %s %s: %v", c.name, method, path, err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode < http.StatusBadRequest {
		return res.StatusCode, ""
	}
	text, err = bufio.NewReader(res.Body).ReadString(0) // up to its end
	if text == "" {
		c.h.t.Fatalf("%s: %s %s: %d, %v", c.name, method, path, res.StatusCode, err)
	}
	return res.StatusCode, text
}

// At every route a key gets as far as its scopes say, and no key to what is for
// people alone; one that has expired, was revoked or is of somebody who was
// deactivated gets nowhere.
func TestWhatKeysOpen(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		h.register("admin")
		ada, ben, cleo := h.register("ada"), h.register("ben"), h.register("cleo")
		expired := ada.key(nil, "expires_at", time.Now().Add(time.Hour).Format(time.RFC3339))
		h.skipped.Store(int64(2 * time.Hour))
		revoked, deactivated, deleted := ada.key(nil), ben.key(nil), cleo.key(nil)
		ada.must(http.StatusNoContent, http.MethodDelete, "/api/v1/users/me/keys/"+revoked.keyID, nil)
		if _, err := h.app.accounts.SetActive(t.Context(), "ben@example.com", false); err != nil {
			t.Fatal(err)
		}
		if err := h.app.accounts.Delete(t.Context(), "cleo@example.com"); err != nil {
			t.Fatal(err)
		}
		dead := []*caller{expired, revoked, deactivated, deleted}
		alive := map[string]*caller{
			"generate": ada.key([]string{"generate"}), "read": ada.key([]string{"read"}), "write": ada.key([]string{"write"}),
			"generate read": ada.key([]string{"generate", "read"}), "generate read write": ada.key(nil),
		}
		fill := strings.NewReplacer("{id}", "none", "{message_id}", "none", "{model}", model)
		for _, name := range slices.Sorted(maps.Keys(routes)) {
			method, path, _ := strings.Cut(name, " ")
			path = fill.Replace(path)
			for _, c := range dead {
				if status, text := c.knock(method, path); status != http.StatusUnauthorized {
					t.Errorf("%s: %s: %d %s", c.name, name, status, text)
				}
			}
			for scopes, c := range alive {
				status, text := c.knock(method, path)
				switch {
				case slices.Contains(inPerson, name):
					if status != http.StatusForbidden || !strings.Contains(text, "key_not_allowed") {
						t.Errorf("%s: %s: %d %s, want key_not_allowed", c.name, name, status, text)
					}
				case !holds(scopes, scopeFor(name)):
					if status != http.StatusForbidden || !strings.Contains(text, "scope_missing") || !strings.Contains(text, scopeFor(name)) {
						t.Errorf("%s: %s: %d %s, want scope_missing", c.name, name, status, text)
					}
				case status == http.StatusUnauthorized, status == http.StatusForbidden, status >= http.StatusInternalServerError:
					t.Errorf("%s: %s: %d %s, want it to be let in", c.name, name, status, text)
				}
			}
		}
		for _, name := range slices.Concat(inPerson, generating, going) {
			if _, ok := routes[name]; !ok {
				t.Errorf("%s is no route", name)
			}
		}
		if me := get[struct{ Email string }](ada, http.MethodGet, "/api/v1/users/me", nil); me.Email != "ada@example.com" {
			t.Errorf("ada is %+v", me)
		}
	})
}

// A key counts alone: who sends a session beside it can do no more than the key.
func TestKeyBesideASession(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	ada := h.register("ada") // the administrator
	both := ada.key([]string{"read"})
	both.cookie = ada.cookie
	if got := both.do(http.MethodPost, "/api/v1/users/me/keys", object{"name": "more"}); got.status != http.StatusForbidden {
		t.Errorf("%d %s", got.status, got.text)
	}
	if got := both.do(http.MethodPatch, "/api/v1/users/me", object{"full_name": "x"}); got.status != http.StatusForbidden {
		t.Errorf("%d %s", got.status, got.text)
	}
}

// Whatever ends a way in ends what it has open, and nothing else (A5).
func TestFeedsEndWithWhatOpenedThem(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		h.register("admin")
		ada := h.register("ada")
		second, program, first, other := h.signIn("ada"), ada.program(), ada.key([]string{"read"}), ada.key(nil)
		byAda, bySecond, byProgram, byFirst, byOther := ada.listen(), second.listen(), program.listen(), first.listen(), other.listen()
		ada.must(http.StatusNoContent, http.MethodDelete, "/api/v1/users/me/keys/"+first.keyID, nil)
		byFirst.ends("its key was revoked")
		byOther.goesOn("another key")
		for _, s := range second.sessions() {
			if s.Current {
				ada.must(http.StatusNoContent, http.MethodDelete, "/api/v1/users/me/sessions/"+s.ID, nil)
			}
		}
		bySecond.ends("its session was ended from elsewhere")
		byAda.goesOn("another session")
		ada.must(http.StatusNoContent, http.MethodDelete, "/api/v1/users/me/sessions?others=true", nil)
		byProgram.ends("all others were ended")
		byAda.goesOn("all others")
		byOther.goesOn("the sessions")
		if _, err := h.app.accounts.SetActive(t.Context(), "ada@example.com", false); err != nil {
			t.Fatal(err)
		}
		byAda.ends("the deactivation")
		byOther.ends("the deactivation of its key's owner")
	})
}
