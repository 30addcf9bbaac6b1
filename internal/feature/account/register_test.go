package account

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"pulse/internal/store"
	"pulse/internal/store/storetest"
)

func TestTheFirstAccountIsTheAdministrators(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := build(t, db, nil)
		options := h.must(200, nobody, "GET /api/v1/auth/options", "")
		if want := `{"registration":"open","first_account":true,"mail":false,"oidc":null,"signed_in":false}`; strings.TrimSpace(options.text) != want {
			t.Errorf("got %s, want %s", options.text, want)
		}
		a := h.must(201, nobody, "POST /api/v1/auth/register", `{"email":" Ada@Example.com ","password":"correct horse","full_name":" Ada  Lovelace "}`)
		got := decode[User](t, a)
		want := User{
			ID: got.ID, Email: "Ada@Example.com", FullName: "Ada  Lovelace", IsActive: true, IsAdmin: true, HasPassword: true, Plan: "starter", CreatedAt: h.clock.now(),
		}
		if got != want {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
		if me := decode[User](t, h.must(200, cookie(a.cookie), "GET /api/v1/users/me", "")); me != want {
			t.Errorf("me is %+v", me)
		}
		if second, _ := h.newcomer("bob@example.com"); second.IsAdmin {
			t.Error("the second account is an administrator's too")
		}
		options = h.must(200, cookie(a.cookie), "GET /api/v1/auth/options", "")
		if want := `{"registration":"open","first_account":false,"mail":false,"oidc":null,"signed_in":true}`; strings.TrimSpace(options.text) != want {
			t.Errorf("got %s, want %s", options.text, want)
		}
	})
}

func TestOneAdministratorOfManyAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := build(t, db, nil)
		const people = 24
		var admins atomic.Int32
		var wg sync.WaitGroup
		for i := range people {
			wg.Go(func() {
				a := h.call(nobody, "POST /api/v1/auth/register", account(fmt.Sprintf("p%d@example.com", i), password))
				if a.status != 201 {
					t.Errorf("got %d: %s", a.status, a.text)
				}
				if strings.Contains(a.text, `"is_admin":true`) {
					admins.Add(1)
				}
			})
		}
		wg.Wait()
		kept, err := db.Read().CountActiveAdmins(t.Context())
		if err != nil || kept != 1 || admins.Load() != 1 {
			t.Errorf("%d were told that they are administrators, %d are (%v)", admins.Load(), kept, err)
		}
	})
}

func TestOneAccountAnEmail(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := build(t, db, nil)
		h.newcomer("admin@example.com")
		var made, refused atomic.Int32
		var wg sync.WaitGroup
		spellings := []string{"zoé@example.com", "ZOÉ@EXAMPLE.COM", "zoe\u0301@example.com", " Zoé@Example.Com"}
		for i := range 12 {
			wg.Go(func() {
				switch a := h.call(nobody, "POST /api/v1/auth/register", account(spellings[i%len(spellings)], password)); {
				case a.status == 201:
					made.Add(1)
				case a.status == 409 && a.kind() == "email_taken" && a.cookie == nil:
					refused.Add(1)
				default:
					t.Errorf("got %d: %s", a.status, a.text)
				}
			})
		}
		wg.Wait()
		if made.Load() != 1 || refused.Load() != 11 {
			t.Errorf("%d made, %d refused", made.Load(), refused.Load())
		}
	})
}

// ASVS 2.2.1, 6.2.1, 15.3.3: what a new account may be made of.
func TestRegisterRefuses(t *testing.T) { //nolint:tparallel // what comes after the subtests looks at what they left
	t.Parallel()
	h := build(t, storetest.SQLite(t), nil)
	long := strings.Repeat("a", 201)
	for body, want := range map[string]string{ //nolint:paralleltest // as above
		`{"email":"ada","password":"correct horse"}`:                                        "body.email",
		`{"email":"Ada <ada@example.com>","password":"correct horse"}`:                      "body.email",
		`{"email":"a b@example.com","password":"correct horse"}`:                            "body.email",
		`{"email":"a\nb@example.com","password":"correct horse"}`:                           "body.email",
		`{"email":"ada\u202e@example.com","password":"correct horse"}`:                      "body.email",
		`{"email":"ada\u200d@example.com","password":"correct horse"}`:                      "body.email",
		`{"email":"` + long + `@` + long + `.com","password":"correct horse"}`:              "body.email",
		`{"email":"ada@example.com","password":"1234567"}`:                                  "must have at least 8 characters",
		`{"email":"ada@example.com","password":"Passw0rd"}`:                                 "is among the first that anybody would try",
		`{"email":"ada@example.com","password":"aaaaaaaaaaaa"}`:                             "is among the first that anybody would try",
		`{"email":"ada@example.com","password":"ADA@example.com"}`:                          "must not be the e-mail",
		`{"email":"ada@example.com","password":"` + long + `"}`:                             "body.password",
		`{"email":"ada@example.com","password":"correct horse","full_name":"a\u0007"}`:      "body.full_name",
		`{"email":"ada@example.com","password":"correct horse","full_name":"` + long + `"}`: "may have at most 200 characters",
		`{"password":"correct horse"}`:                                                      "email",
		`{"email":"ada@example.com","password":"correct horse","is_admin":true}`:            "is_admin",
		`{"email":"ada@example.com","password":"correct horse","IS_ADMIN":true}`:            "IS_ADMIN",
		`{"email":"ada@example.com","password":"correct horse","plan":"pro"}`:               "plan",
		`{"email":"ada@example.com","password":"correct horse","user_id":"x"}`:              "user_id",
		`{"email":"ada@example.com","Email":"b@c.d","password":"correct horse"}`:            "Email",
		`{"email":"ada@example.com","email":"b@c.d","password":"correct horse"}`:            "email",
		`{"email":"ada@example.com","password":"correct horse"} {"is_admin":true}`:          "body",
	} {
		t.Run(want, func(t *testing.T) {
			a := h.call(nobody, "POST /api/v1/auth/register", body)
			if a.status != 400 || !strings.Contains(a.text, want) || a.cookie != nil {
				t.Errorf("%s: got %d: %s", body, a.status, a.text)
			}
			if strings.Contains(a.text, "correct horse") {
				t.Error("the answer repeats the password")
			}
		})
	}
	both := h.call(nobody, "POST /api/v1/auth/register", `{"email":"x","password":"short"}`)
	if !strings.Contains(both.text, "body.email") || !strings.Contains(both.text, "body.password") {
		t.Errorf("not every wrong field is named: %s", both.text)
	}
	if first, err := h.nobodyYet(t.Context()); err != nil || !first {
		t.Errorf("a refused account took the place of the first one (%v)", err)
	}
}

func TestRegistrationClosed(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := build(t, db, func(o *Options) { o.RegistrationOpen = false })
		if admin, _ := h.newcomer("ada@example.com"); !admin.IsAdmin {
			t.Error("the first account is not the administrator's")
		}
		a := h.must(403, nobody, "POST /api/v1/auth/register", account("bob@example.com", password))
		if a.kind() != "registration_closed" {
			t.Errorf("got %s", a.text)
		}
		if u, err := h.Create(t.Context(), NewUser{Email: "bob@example.com", Password: password}); err != nil || u.IsAdmin {
			t.Errorf("the operator's account: %+v, %v", u, err)
		}
		h.login("bob@example.com")
	})
}

// Of many who come first at the same moment while registration is closed, only
// one gets in.
func TestClosedLetsOneIn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := build(t, db, func(o *Options) { o.RegistrationOpen = false })
		var in atomic.Int32
		var wg sync.WaitGroup
		for i := range 12 {
			wg.Go(func() {
				if h.call(nobody, "POST /api/v1/auth/register", account(fmt.Sprintf("p%d@example.com", i), password)).status == 201 {
					in.Add(1)
				}
			})
		}
		wg.Wait()
		people := 0
		for _, err := range h.All(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			people++
		}
		if in.Load() != 1 || people != 1 {
			t.Errorf("%d got in, %d accounts are there", in.Load(), people)
		}
	})
}
