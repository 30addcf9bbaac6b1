package account

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pulse/internal/httpd"
	"pulse/internal/store"
	"pulse/internal/store/query"
	"pulse/internal/usage"
)

// clock is a time that tests move.
type clock struct{ ms atomic.Int64 }

func (c *clock) now() time.Time          { return time.UnixMilli(c.ms.Load()).UTC() }
func (c *clock) forward(d time.Duration) { c.ms.Add(d.Milliseconds()) }

// house is the room behind the real server.
type house struct {
	*Room

	t       testing.TB
	clock   *clock
	handler http.Handler
}

func build(t testing.TB, db *store.DB, change func(*Options)) *house {
	t.Helper()
	plans, err := usage.LoadPlans("")
	if err != nil {
		t.Fatal(err)
	}
	c := &clock{}
	c.ms.Store(time.Now().UnixMilli())
	log := slog.New(slog.DiscardHandler)
	o := Options{
		DB: db, Ledger: usage.NewLedger(plans, c.now), DefaultPlan: "starter", RegistrationOpen: true, Log: log, Now: c.now,
	}
	if change != nil {
		change(&o)
	}
	room, err := New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	server, err := httpd.New(httpd.Options{Log: log, Version: "test", Authenticate: room.Authenticate, Ping: db.Ping})
	if err != nil {
		t.Fatal(err)
	}
	room.Routes(server.API())
	return &house{Room: room, t: t, clock: c, handler: server.Handler()}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	text   string
	cookie *http.Cookie // the session cookie, if one was set
}

// kind is the end of a problem's type.
func (a answer) kind() string {
	var p struct {
		Type string `json:"type"`
	}
	_ = json.Unmarshal([]byte(a.text), &p) // no problem: no type
	return strings.TrimPrefix(p.Type, "urn:pulse:problem:")
}

type access func(*http.Request)

func nobody(*http.Request) {}

func bearer(token string) access {
	return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
}

func cookie(c *http.Cookie) access {
	return func(r *http.Request) { r.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value}) }
}

// call sends a request; body is JSON text.
func (h *house) call(who access, route, body string) answer {
	h.t.Helper()
	method, path, _ := strings.Cut(route, " ")
	var content io.Reader
	if body != "" {
		content = strings.NewReader(body)
	}
	r := httptest.NewRequestWithContext(h.t.Context(), method, path, content)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	who(r)
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	a := answer{status: w.Code, header: w.Header(), text: w.Body.String()}
	for _, c := range w.Result().Cookies() {
		if strings.TrimPrefix(c.Name, hostPrefix) == cookieName {
			a.cookie = c
		}
	}
	return a
}

// must is call with the status that is due.
func (h *house) must(status int, who access, route, body string) answer {
	h.t.Helper()
	a := h.call(who, route, body)
	if a.status != status {
		h.t.Fatalf("%s: got %d, want %d: %s", route, a.status, status, a.text)
	}
	return a
}

func decode[T any](t testing.TB, a answer) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(a.text), &v); err != nil {
		t.Fatalf("%v in %s", err, a.text)
	}
	return v
}

const password = "correct horse"

func account(email, password string) string {
	body, err := json.Marshal(map[string]string{"email": email, "password": password})
	if err != nil {
		panic(err) // strings always marshal
	}
	return string(body)
}

// newcomer makes an account and gives its session.
func (h *house) newcomer(email string) (User, *http.Cookie) {
	h.t.Helper()
	a := h.must(201, nobody, "POST /api/v1/auth/register", account(email, password))
	if a.cookie == nil {
		h.t.Fatal("no session cookie")
	}
	return decode[User](h.t, a), a.cookie
}

func (h *house) login(email string) *http.Cookie {
	h.t.Helper()
	return h.must(200, nobody, "POST /api/v1/auth/login", account(email, password)).cookie
}

func (h *house) newToken(email string) string {
	h.t.Helper()
	a := h.must(200, nobody, "POST /api/v1/auth/token", account(email, password))
	return decode[struct {
		AccessToken string `json:"access_token"`
	}](h.t, a).AccessToken
}

// signedIn tells whether somebody is known by what the request carries.
func (h *house) signedIn(who access) bool {
	h.t.Helper()
	switch a := h.call(who, "GET /api/v1/users/me", ""); a.status {
	case 200:
		return true
	case 401:
		return false
	default:
		h.t.Errorf("got %d: %s", a.status, a.text)
		return false
	}
}

// sessionOf finds a cookie's session.
func sessionOf(c *http.Cookie, now time.Time) query.GetSessionParams {
	return query.GetSessionParams{TokenHash: hashOf(browser, c.Value), Now: store.Millis(now)}
}
