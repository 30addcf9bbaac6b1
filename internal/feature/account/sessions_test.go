package account

import (
	"net/http"
	"strings"
	"testing"

	"pulse/internal/store"
	"pulse/internal/store/storetest"
)

type sessionList struct {
	Items []Session `json:"items"`
}

func (h *house) sessionsOf(who access) []Session {
	h.t.Helper()
	return decode[sessionList](h.t, h.must(200, who, "GET /api/v1/users/me/sessions", "")).Items
}

func agent(who access, userAgent string) access {
	return func(r *http.Request) {
		who(r)
		r.Header.Set("User-Agent", userAgent)
	}
}

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

func TestSessionsAreListedAndEnd(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := build(t, db, nil)
		_, first := h.newcomer("ada@example.com")
		h.newcomer("eve@example.com")
		second := h.must(200, agent(nobody, firefox), "POST /api/v1/auth/login", account("ada@example.com", password)).cookie
		token := h.newToken("ada@example.com")

		list := h.sessionsOf(cookie(second))
		if len(list) != 3 {
			t.Fatalf("%+v, want three", list)
		}
		byID := map[string]Session{}
		for _, s := range list {
			byID[s.Device+" "+s.Kind] = s
			if s.Current != (s.Device == "Firefox on Linux") {
				t.Errorf("current: %+v", s)
			}
			if s.Address == "" || s.CreatedAt.IsZero() || s.LastUsedAt.IsZero() || !s.ExpiresAt.After(s.CreatedAt) {
				t.Errorf("not all is told: %+v", s)
			}
		}
		if byID["Firefox on Linux browser"].ID == "" || byID[" program"].ID == "" {
			t.Errorf("got %+v", list)
		}
		// A stranger ends nothing.
		eve := h.login("eve@example.com")
		h.must(404, cookie(eve), "DELETE /api/v1/users/me/sessions/"+list[0].ID, "")
		// One ends, and no other.
		for _, s := range list {
			if !s.Current && s.Kind == "browser" {
				if a := h.must(204, cookie(second), "DELETE /api/v1/users/me/sessions/"+s.ID, ""); a.cookie != nil || a.header.Get("Clear-Site-Data") != "" {
					t.Errorf("the cookie of another session went: %v", a.header)
				}
				h.must(404, cookie(second), "DELETE /api/v1/users/me/sessions/"+s.ID, "")
			}
		}
		if h.signedIn(cookie(first)) || !h.signedIn(cookie(second)) || !h.signedIn(bearer(token)) {
			t.Error("another session ended")
		}
		// All others end.
		third := h.login("ada@example.com")
		h.must(204, cookie(third), "DELETE /api/v1/users/me/sessions?others=true", "")
		if h.signedIn(cookie(second)) || h.signedIn(bearer(token)) || !h.signedIn(cookie(third)) {
			t.Error("not all others ended, or one's own did")
		}
		// All end, with the cookie.
		fourth := h.login("ada@example.com")
		if a := h.must(204, cookie(fourth), "DELETE /api/v1/users/me/sessions", ""); a.cookie == nil || a.cookie.MaxAge >= 0 {
			t.Errorf("the cookie stayed: %v", a.header)
		}
		if h.signedIn(cookie(third)) || h.signedIn(cookie(fourth)) || !h.signedIn(cookie(eve)) {
			t.Error("not all ended, or another person's did")
		}
	})
}

func TestDeviceOf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		firefox: "Firefox on Linux",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1": "Safari on iOS",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0":           "Edge on Windows",
		"curl/8.5.0":                         "curl",
		"Go-http-client/1.1":                 "Go-http-client",
		"my backup script":                   "my",
		"":                                   "",
		"python-requests/2.32 something":     "python-requests",
		"OpenAI/Python 1.2 <script>alert(1)": "OpenAI",
	} {
		if got := deviceOf(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestChangePassword(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := build(t, db, nil)
		_, c := h.newcomer("ada@example.com")
		other, token := h.login("ada@example.com"), h.newToken("ada@example.com")
		key := h.newKey(cookie(c), `{"name":"mine"}`)
		const change = "PUT /api/v1/users/me/password"
		for _, body := range []string{
			`{"password":"another horse"}`, `{"current_password":"wrong horse","password":"another horse"}`,
			`{"current_password":"correct horse","password":"short"}`, `{"current_password":"correct horse","password":"ada@example.com"}`,
			`{"current_password":"correct horse"}`, `{"current_password":"correct horse","password":"another horse","is_admin":true}`,
		} {
			if a := h.must(400, cookie(c), change, body); !h.signedIn(cookie(other)) {
				t.Fatalf("%s: sessions ended: %s", body, a.text)
			}
		}
		h.must(204, cookie(c), change, `{"current_password":"correct horse","password":"another horse"}`)
		if !h.signedIn(cookie(c)) || h.signedIn(cookie(other)) || h.signedIn(bearer(token)) || !h.signedIn(bearer(key)) {
			t.Error("the wrong ones are signed in")
		}
		h.must(401, nobody, "POST /api/v1/auth/login", account("ada@example.com", password))
		h.must(200, nobody, "POST /api/v1/auth/login", account("ada@example.com", "another horse"))
	})
}

// Who guesses the password at a browser that was left open is slowed down.
func TestChangePasswordIsThrottled(t *testing.T) {
	t.Parallel()
	h := build(t, storetest.SQLite(t), nil)
	_, c := h.newcomer("ada@example.com")
	for range nearFailures.Burst {
		h.must(400, cookie(c), "PUT /api/v1/users/me/password", `{"current_password":"wrong horse","password":"another horse"}`)
	}
	h.must(429, cookie(c), "PUT /api/v1/users/me/password", `{"current_password":"correct horse","password":"another horse"}`)
}

// A link for a new password that somebody asked for before does not outlive a
// change of the password.
func TestChangePasswordEndsLinks(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := build(t, db, func(o *Options) { o.PublicURL = "https://pulse.example.com" })
		_, c := h.newcomer("ada@example.com")
		for _, change := range []func(){
			func() {
				h.must(204, cookie(c), "PUT /api/v1/users/me/password", `{"current_password":"correct horse","password":"another horse"}`)
			},
			func() {
				if _, err := h.SetPassword(t.Context(), "ada@example.com", "a third horse"); err != nil {
					t.Fatal(err)
				}
			},
		} {
			link, err := h.ResetLink(t.Context(), "ada@example.com")
			if err != nil {
				t.Fatal(err)
			}
			change()
			_, token, _ := strings.Cut(link, "#")
			if a := h.must(400, nobody, "POST /api/v1/auth/reset", `{"token":"`+token+`","password":"a fourth horse"}`); a.kind() != "link_expired" {
				t.Errorf("the link still counts: %s", a.text)
			}
		}
	})
}
