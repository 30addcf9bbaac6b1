package account

import (
	"errors"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pulse/internal/rate"
	"pulse/internal/store"
	"pulse/internal/store/storetest"
)

func TestSignInAndOut(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := build(t, db, func(o *Options) { o.Secure = true })
		_, first := h.newcomer("ada@example.com")
		if first.Name != "__Host-pulse_session" || !first.HttpOnly || !first.Secure || first.SameSite != http.SameSiteLaxMode || first.Path != "/" || len(first.Value) != 43 {
			t.Errorf("the cookie is %s", first)
		}
		if h.signedIn(nobody) || h.signedIn(cookie(&http.Cookie{Name: first.Name, Value: "guess"})) {
			t.Error("a stranger is signed in")
		}
		// A neighbour on a subdomain can set a cookie of the bare name only.
		if h.signedIn(cookie(&http.Cookie{Name: cookieName, Value: first.Value})) {
			t.Error("a cookie that anybody may have set was taken (ASVS 3.3.1)")
		}
		// A browser that signs in anew has one session, not two.
		second := h.must(200, cookie(first), "POST /api/v1/auth/login", account("ADA@example.com", password)).cookie
		if second.Value == first.Value || h.signedIn(cookie(first)) || !h.signedIn(cookie(second)) {
			t.Error("the session before was not replaced")
		}
		other := h.login("ada@example.com")
		out := h.must(204, cookie(second), "POST /api/v1/auth/logout", "")
		if out.cookie == nil || out.cookie.MaxAge >= 0 || out.cookie.Value != "" {
			t.Errorf("the cookie was not removed: %v", out.cookie)
		}
		if got := out.header.Get("Clear-Site-Data"); got != `"cache"` {
			t.Errorf("the browser keeps what it has: %q (ASVS 14.3.2)", got)
		}
		if h.signedIn(cookie(second)) {
			t.Error("the session is still there on the server")
		}
		if !h.signedIn(cookie(other)) {
			t.Error("signing out ended the session of another browser")
		}
		h.must(204, cookie(second), "POST /api/v1/auth/logout", "")
		h.must(204, nobody, "POST /api/v1/auth/logout", "")
	})
}

func TestCookieOverPlainHTTP(t *testing.T) {
	t.Parallel()
	h := build(t, storetest.SQLite(t), nil)
	if _, c := h.newcomer("ada@example.com"); c.Secure || c.Name != cookieName {
		t.Error("a Secure cookie over http is thrown away by browsers")
	}
}

// Neither the answer nor the work tells which e-mails have an account.
func TestSignInTellsNothing(t *testing.T) {
	t.Parallel()
	h := build(t, storetest.SQLite(t), nil)
	h.newcomer("ada@example.com")
	plain := func(a answer) string {
		return strconv.Itoa(a.status) + regexp.MustCompile(`"request_id":"[^"]*"`).ReplaceAllString(a.text, "")
	}
	for _, route := range []string{"POST /api/v1/auth/login", "POST /api/v1/auth/token"} {
		known := plain(h.must(401, nobody, route, account("ada@example.com", "wrong horse")))
		unknown := plain(h.must(401, nobody, route, account("eve@example.com", "wrong horse")))
		if known != unknown {
			t.Errorf("known:   %s\nunknown: %s", known, unknown)
		}
	}
	// With no hashing to be had, both fail at the same place.
	h.hasher.wait = time.Millisecond
	for range cap(h.hasher.slots) {
		h.hasher.slots <- struct{}{}
	}
	for _, e := range []string{"ada@example.com", "eve@example.com"} {
		a := h.must(503, nobody, "POST /api/v1/auth/login", account(e, "wrong horse"))
		if a.header.Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
	}
}

// Wrong passwords for an e-mail count in the network that they come from. That they
// once counted from anywhere let whoever knew an e-mail keep its owner out; how many
// get through from everywhere together is TestGuessersInManyNetworks.
func TestSignInFailuresAreThrottled(t *testing.T) {
	t.Parallel()
	h := build(t, storetest.SQLite(t), nil)
	h.newcomer("ada@example.com")
	h.newcomer("bob@example.com")
	var wrong, throttled atomic.Int32
	var wg sync.WaitGroup
	for range 3 * nearFailures.Burst {
		wg.Go(func() {
			switch a := h.call(nobody, "POST /api/v1/auth/login", account("ada@example.com", "wrong horse")); a.status {
			case 401:
				wrong.Add(1)
			case 429:
				throttled.Add(1)
				if a.header.Get("Retry-After") != "60" {
					t.Errorf("Retry-After is %q", a.header.Get("Retry-After"))
				}
			default:
				t.Errorf("got %d: %s", a.status, a.text)
			}
		})
	}
	wg.Wait()
	if int(wrong.Load()) != nearFailures.Burst || int(throttled.Load()) != 2*nearFailures.Burst {
		t.Errorf("%d were tried, %d were not", wrong.Load(), throttled.Load())
	}
	h.must(429, nobody, "POST /api/v1/auth/token", account("ada@example.com", password))
	h.login("bob@example.com")
	h.clock.forward(nearFailures.Interval)
	h.login("ada@example.com")
	// The right password has wiped the slate.
	h.must(401, nobody, "POST /api/v1/auth/login", account("ada@example.com", "wrong horse"))
	h.must(401, nobody, "POST /api/v1/auth/login", account("ada@example.com", "wrong horse"))
}

// One address that tries a password on many e-mails is stopped as well; who
// signs in properly from there is not counted.
func TestSprayingIsThrottledByAddress(t *testing.T) {
	t.Parallel()
	c := &clock{}
	c.ms.Store(1)
	th := newThrottle(rate.New(rate.Options{Now: c.now}))
	tries := 0
	guess := func(network string, right bool) error {
		tries++
		_, err := th.guess(t.Context(), network, strconv.Itoa(tries), func() (bool, error) { return right, nil })
		return err
	}
	for range 10 * networkFailures.Burst {
		if err := guess("office", true); err != nil {
			t.Fatal("people who sign in properly are counted")
		}
	}
	for i := range networkFailures.Burst {
		if err := guess("office", false); err != nil {
			t.Fatalf("failure %d: %v", i, err)
		}
	}
	if guess("office", false) == nil || guess("home", false) != nil {
		t.Error("the limit does not hold, or holds for others")
	}
	c.forward(networkFailures.Interval)
	if guess("office", false) != nil || guess("office", false) == nil {
		t.Error("want one more after the interval")
	}
}

// from is somebody without sign-in in another network.
func from(address string) access {
	return func(r *http.Request) { r.RemoteAddr = address + ":1" }
}

// Who guesses at an e-mail does not shut out its owner in another network, nor does
// the owner's coming in let them guess on.
func TestGuessersDoNotShutOutTheOwner(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := build(t, db, func(o *Options) { o.Limits = rate.New(rate.Options{DB: db, Now: o.Now}) })
		h.newcomer("ada@example.com")
		guesser, owner := from("203.0.113.5"), from("198.51.100.7")
		for range nearFailures.Burst {
			h.must(401, guesser, "POST /api/v1/auth/login", account("ada@example.com", "wrong horse"))
		}
		h.must(401, owner, "POST /api/v1/auth/login", account("ada@example.com", "mistyped horse"))
		h.must(200, owner, "POST /api/v1/auth/login", account("ada@example.com", password))
		h.must(429, guesser, "POST /api/v1/auth/login", account("ada@example.com", "wrong horse"))
		h.must(429, guesser, "POST /api/v1/auth/token", account("ada@example.com", password))
	})
}

// However many networks guess, few come through for one e-mail (ASVS 6.3.1), and
// one right password wipes off nothing of what came from elsewhere.
func TestGuessersInManyNetworks(t *testing.T) {
	t.Parallel()
	c := &clock{}
	c.ms.Store(1)
	th := newThrottle(rate.New(rate.Options{Now: c.now}))
	networks := 0
	guess := func(right bool) error {
		networks++
		_, err := th.guess(t.Context(), strconv.Itoa(networks), "ada", func() (bool, error) { return right, nil })
		return err
	}
	for i := range accountFailures.Burst {
		if err := errors.Join(guess(true), guess(false)); err != nil {
			t.Fatalf("failure %d: %v", i, err)
		}
	}
	if guess(false) == nil || guess(true) == nil {
		t.Error("the limit does not hold")
	}
	c.forward(accountFailures.Interval)
	if guess(false) != nil || guess(false) == nil {
		t.Error("want one more after the interval")
	}
	if perHour := time.Hour / accountFailures.Interval; perHour > 100 {
		t.Errorf("%d guesses come through an hour", perHour)
	}
	th.forgive(t.Context(), "", "ada")
	if guess(true) != nil {
		t.Error("who was forgiven is shut out")
	}
}

// What fails by itself is no wrong password.
func TestOnlyWrongPasswordsCount(t *testing.T) {
	t.Parallel()
	th := newThrottle(rate.New(rate.Options{}))
	for range 2 * networkFailures.Burst {
		if _, err := th.guess(t.Context(), "office", "ada", func() (bool, error) { return false, io.ErrUnexpectedEOF }); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatal(err)
		}
	}
}

// Who guesses at an e-mail shuts nobody out who is signed in (ASVS 6.3.1).
func TestGuessersDoNotShutOutWhoIsIn(t *testing.T) {
	t.Parallel()
	h := build(t, storetest.SQLite(t), nil)
	_, c := h.newcomer("ada@example.com")
	for range nearFailures.Burst {
		h.must(401, nobody, "POST /api/v1/auth/login", account("ada@example.com", "wrong horse"))
	}
	h.must(429, nobody, "POST /api/v1/auth/login", account("ada@example.com", password))
	if !h.signedIn(cookie(c)) {
		t.Error("the session does not count any more")
	}
	h.must(204, cookie(c), "POST /api/v1/auth/confirm", `{"password":"`+password+`"}`)
	// A session that was stolen does not find out the password either.
	for range nearFailures.Burst {
		h.must(400, cookie(c), "POST /api/v1/auth/confirm", `{"password":"wrong horse"}`)
	}
	if a := h.must(429, cookie(c), "POST /api/v1/auth/confirm", `{"password":"wrong horse"}`); a.kind() != "too_many_sign_ins" {
		t.Errorf("got %s", a.text)
	}
}

// Replicas count together (I2): what was tried at one counts at the other.
func TestFailuresCountAcrossReplicas(t *testing.T) {
	t.Parallel()
	db := storetest.Postgres(t)
	replica := func() *house {
		return build(t, db, func(o *Options) { o.Limits = rate.New(rate.Options{DB: db}) })
	}
	a, b := replica(), replica()
	a.newcomer("ada@example.com")
	for i := range nearFailures.Burst {
		[]*house{a, b}[i%2].must(401, nobody, "POST /api/v1/auth/login", account("ada@example.com", "wrong horse"))
	}
	a.must(429, nobody, "POST /api/v1/auth/login", account("ada@example.com", password))
	b.must(429, nobody, "POST /api/v1/auth/token", account("ada@example.com", password))
}

func TestSessionsLive(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := build(t, db, nil)
		_, used := h.newcomer("ada@example.com")
		idle := h.login("ada@example.com")
		token := h.newToken("ada@example.com")
		begun := h.clock.now()
		for h.clock.now().Sub(begun) < totalTime-25*24*time.Hour {
			h.clock.forward(25 * 24 * time.Hour)
			if !h.signedIn(cookie(used)) {
				t.Fatalf("a session in use ended after %s", h.clock.now().Sub(begun))
			}
			if h.signedIn(bearer(token)) {
				t.Fatal("a token outlived its 7 days")
			}
		}
		if h.signedIn(cookie(idle)) {
			t.Error("a session that nobody used goes on")
		}
		h.clock.forward(25 * 24 * time.Hour)
		if h.signedIn(cookie(used)) {
			t.Errorf("a session goes on after %s", h.clock.now().Sub(begun))
		}
	})
}

func TestUseIsNotedOnceAMinute(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := build(t, db, nil)
		_, c := h.newcomer("ada@example.com")
		last := func() time.Time {
			t.Helper()
			s, err := db.Read().GetSession(t.Context(), sessionOf(c, h.clock.now()))
			if err != nil {
				t.Fatal(err)
			}
			return store.Time(s.LastUsedAt)
		}
		begun := last()
		h.clock.forward(touchTime - time.Millisecond)
		if !h.signedIn(cookie(c)) || last() != begun {
			t.Error("the use was written before a minute had gone by")
		}
		h.clock.forward(time.Millisecond)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if !h.signedIn(cookie(c)) {
					t.Error("signed out")
				}
			})
		}
		wg.Wait()
		if got := last(); got != h.clock.now() {
			t.Errorf("last used at %s, want %s", got, h.clock.now())
		}
	})
}

// A session is not for whoever reads the database, its backups or the log.
func TestSecretsAreNotKept(t *testing.T) {
	t.Parallel()
	h := build(t, storetest.SQLite(t), nil)
	u, c := h.newcomer("ada@example.com")
	s, err := h.db.Read().GetSession(t.Context(), sessionOf(c, h.clock.now()))
	if err != nil {
		t.Fatal(err)
	}
	if h.signedIn(cookie(&http.Cookie{Name: cookieName, Value: s.SessionID})) || h.signedIn(cookie(&http.Cookie{Name: cookieName, Value: hashOf(browser, c.Value)})) {
		t.Error("what the database keeps opens the session")
	}
	kept, err := h.db.Read().GetUser(t.Context(), u.ID)
	if err != nil || !strings.HasPrefix(kept.PasswordHash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("kept as %q (%v)", kept.PasswordHash, err)
	}
}
