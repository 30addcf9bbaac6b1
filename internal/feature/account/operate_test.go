package account

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"pulse/internal/fault"
	"pulse/internal/store"
	"pulse/internal/store/storetest"
)

// A5: whoever is deactivated is out at once, by every way in, and does not come
// back in with what they had.
func TestDeactivation(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := build(t, db, nil)
		_, admin := h.newcomer("ada@example.com")
		_, c := h.newcomer("bob@example.com")
		token := h.newToken("bob@example.com")
		u, err := h.SetActive(t.Context(), "BOB@example.com", false)
		if err != nil || u.IsActive {
			t.Fatalf("%+v, %v", u, err)
		}
		if h.signedIn(cookie(c)) || h.signedIn(bearer(token)) {
			t.Error("a deactivated person is signed in")
		}
		if !h.signedIn(cookie(admin)) {
			t.Error("somebody else was signed out")
		}
		if a := h.must(403, nobody, "POST /api/v1/auth/login", account("bob@example.com", password)); a.kind() != "deactivated" || a.cookie != nil {
			t.Errorf("got %s", a.text)
		}
		h.must(401, nobody, "POST /api/v1/auth/login", account("bob@example.com", "wrong horse"))
		if _, err := h.SetActive(t.Context(), "bob@example.com", true); err != nil {
			t.Fatal(err)
		}
		if h.signedIn(cookie(c)) || h.signedIn(bearer(token)) {
			t.Error("old sessions came back")
		}
		h.login("bob@example.com")
	})
}

// Who signs in while they are being deactivated has no session left that would
// come back with them.
func TestDeactivationDuringSignIn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := build(t, db, nil)
		h.newcomer("ada@example.com")
		h.newcomer("bob@example.com")
		var mu sync.Mutex
		var got []*http.Cookie
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				a := h.call(nobody, "POST /api/v1/auth/login", account("bob@example.com", password))
				mu.Lock()
				defer mu.Unlock()
				switch {
				case a.status == 200:
					got = append(got, a.cookie)
				case a.status != 401 && a.status != 403:
					t.Errorf("got %d: %s", a.status, a.text)
				}
			})
		}
		wg.Go(func() {
			if _, err := h.SetActive(t.Context(), "bob@example.com", false); err != nil {
				t.Error(err)
			}
		})
		wg.Wait()
		if _, err := h.SetActive(t.Context(), "bob@example.com", true); err != nil {
			t.Fatal(err)
		}
		for _, c := range got {
			if h.signedIn(cookie(c)) {
				t.Error("a session outlived the deactivation")
			}
		}
	})
}

func TestNewPasswordEndsSessions(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := build(t, db, nil)
		_, c := h.newcomer("ada@example.com")
		token := h.newToken("ada@example.com")
		if _, err := h.SetPassword(t.Context(), "ada@example.com", "short"); !fault.Is(err, fault.Invalid) {
			t.Errorf("got %v", err)
		}
		if !h.signedIn(cookie(c)) {
			t.Fatal("a refused password ended the session")
		}
		if _, err := h.SetPassword(t.Context(), "ada@example.com", "zoe\u0301 battery"); err != nil {
			t.Fatal(err)
		}
		if h.signedIn(cookie(c)) || h.signedIn(bearer(token)) {
			t.Error("sessions of the old password go on")
		}
		h.must(401, nobody, "POST /api/v1/auth/login", account("ada@example.com", password))
		h.must(200, nobody, "POST /api/v1/auth/login", account("ada@example.com", "zoé battery")) // typed on another keyboard
	})
}

func TestThereIsAlwaysAnAdministrator(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := build(t, db, nil)
		h.newcomer("ada@example.com")
		h.newcomer("bob@example.com")
		ctx := t.Context()
		if _, err := h.SetAdmin(ctx, "ada@example.com", false); !fault.Is(err, fault.Conflict) {
			t.Errorf("demoted the last administrator: %v", err)
		}
		if _, err := h.SetActive(ctx, "ada@example.com", false); !fault.Is(err, fault.Conflict) {
			t.Errorf("deactivated the last administrator: %v", err)
		}
		u, err := h.SetAdmin(ctx, "bob@example.com", true)
		if err != nil || !u.IsAdmin {
			t.Fatalf("%+v, %v", u, err)
		}
		// Two at once: one of them is refused.
		errs := make([]error, 2)
		var wg sync.WaitGroup
		wg.Go(func() { _, errs[0] = h.SetAdmin(ctx, "ada@example.com", false) })
		wg.Go(func() { _, errs[1] = h.SetActive(ctx, "bob@example.com", false) })
		wg.Wait()
		n, err := db.Read().CountActiveAdmins(ctx)
		if err != nil || n != 1 || (errs[0] == nil) == (errs[1] == nil) {
			t.Errorf("%d administrators, %v, %v (%v)", n, errs[0], errs[1], err)
		}
		if _, err := h.SetAdmin(ctx, "eve@example.com", true); !fault.Is(err, fault.NotFound) {
			t.Errorf("got %v", err)
		}
	})
}

// A role that was taken away is gone with the next request.
func TestRolesActAtOnce(t *testing.T) {
	t.Parallel()
	h := build(t, storetest.SQLite(t), nil)
	h.newcomer("ada@example.com")
	_, c := h.newcomer("bob@example.com")
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.AddCookie(c)
	for _, admin := range []bool{true, false} {
		if _, err := h.SetAdmin(t.Context(), "bob@example.com", admin); err != nil {
			t.Fatal(err)
		}
		a, ok, err := h.Authenticate(r)
		if err != nil || !ok || a.Admin != admin || a.Email != "bob@example.com" || a.Plan != "starter" || !a.Anchor.Equal(h.clock.now()) {
			t.Errorf("%+v, %t, %v", a, ok, err)
		}
	}
}

func TestCreateAndList(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := build(t, db, nil)
		ctx := t.Context()
		first, err := h.Create(ctx, NewUser{Email: "ada@example.com", Password: password, FullName: "Ada"})
		if err != nil || !first.IsAdmin {
			t.Errorf("the first account: %+v, %v", first, err)
		}
		second, err := h.Create(ctx, NewUser{Email: "bob@example.com", Password: password, Admin: true})
		if err != nil || !second.IsAdmin {
			t.Errorf("an administrator's account: %+v, %v", second, err)
		}
		if _, err := h.Create(ctx, NewUser{Email: "ADA@example.com", Password: password}); !fault.Is(err, fault.Conflict) {
			t.Errorf("got %v", err)
		}
		if _, err := h.Create(ctx, NewUser{Email: "x", Password: "y"}); !fault.Is(err, fault.Invalid) {
			t.Errorf("got %v", err)
		}
		var emails []string
		for u, err := range h.All(ctx) {
			if err != nil {
				t.Fatal(err)
			}
			emails = append(emails, u.Email)
		}
		if got := strings.Join(emails, " "); got != "ada@example.com bob@example.com" {
			t.Errorf("listed %s", got)
		}
	})
}

func TestMe(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := build(t, db, nil)
		before, c := h.newcomer("ada@example.com")
		want := before
		want.FullName = "فاطمه\u200cزهرا"
		for _, body := range []string{`{"full_name":" فاطمه\u200cزهرا "}`, `{}`, `{"full_name":null}`} {
			if got := decode[User](t, h.must(200, cookie(c), "PATCH /api/v1/users/me", body)); got != want {
				t.Errorf("%s: got %+v", body, got)
			}
		}
		for _, body := range []string{
			`{"is_admin":true}`, `{"Is_Admin":true}`, `{"plan":"pro"}`, `{"email":"x@y.z"}`, `{"id":"x"}`, `{"is_verified":true}`,
			`{"full_name":"A","FULL_NAME":"B"}`, `{"full_name":"a\u202eb"}`, `{"full_name":1}`, `[]`,
		} {
			h.must(400, cookie(c), "PATCH /api/v1/users/me", body)
		}
		if got := decode[User](t, h.must(200, cookie(c), "GET /api/v1/users/me", "")); got != want {
			t.Errorf("refused changes were made: %+v", got)
		}
	})
}

func TestMyUsage(t *testing.T) {
	t.Parallel()
	h := build(t, storetest.SQLite(t), nil)
	_, c := h.newcomer("ada@example.com")
	start := h.clock.now()
	got := h.must(200, cookie(c), "GET /api/v1/users/me/usage", "").text
	for _, want := range []string{
		`"plan":{"key":"starter","name":"Starter"}`, `"start":"` + start.Format(time.RFC3339Nano) + `"`,
		`{"meter":"tokens","limit":100000,"used":0,"reserved":0,"remaining":100000,"percent":0}`,
		`{"meter":"images","limit":50,"used":0,"reserved":0,"remaining":50,"percent":0}`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not in %s", want, got)
		}
	}
}

// Every route of the room but the public ones is closed to strangers.
func TestStrangersAreKeptOut(t *testing.T) {
	t.Parallel()
	h := build(t, storetest.SQLite(t), nil)
	for _, route := range []string{"GET /api/v1/users/me", "PATCH /api/v1/users/me", "GET /api/v1/users/me/usage"} {
		h.must(401, nobody, route, "")
	}
}
