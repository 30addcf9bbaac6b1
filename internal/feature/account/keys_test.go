package account

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"pulse/internal/store"
	"pulse/internal/store/query"
	"pulse/internal/store/storetest"
)

const keysRoute = "/api/v1/users/me/keys"

type madeKey struct {
	Key

	Secret string `json:"key"`
}

func (h *house) newKey(who access, body string) string {
	h.t.Helper()
	return decode[madeKey](h.t, h.must(201, who, "POST "+keysRoute, body)).Secret
}

func (h *house) keysOf(who access) []Key {
	h.t.Helper()
	return decode[struct {
		Items []Key `json:"items"`
	}](h.t, h.must(200, who, "GET "+keysRoute, "")).Items
}

func TestKeys(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := build(t, db, nil)
		ada, c := h.newcomer("ada@example.com")
		_, eve := h.newcomer("eve@example.com")
		made := decode[madeKey](t, h.must(201, cookie(c), "POST "+keysRoute, `{"name":"  my editor "}`))
		if !strings.HasPrefix(made.Secret, "pulse_sk_") || len(made.Secret) != len("pulse_sk_")+43 || made.Hint != made.Secret[len(made.Secret)-4:] ||
			made.Name != "my editor" || fmt.Sprint(made.Scopes) != "[generate read write]" || made.ExpiresAt != nil || made.LastUsedAt != nil {
			t.Errorf("made %+v", made)
		}
		if u := decode[User](t, h.must(200, bearer(made.Secret), "GET /api/v1/users/me", "")); u.ID != ada.ID {
			t.Errorf("the key is %s's", u.ID)
		}
		list := h.must(200, cookie(c), "GET "+keysRoute, "")
		if strings.Contains(list.text, made.Secret) || strings.Contains(list.text, hashOf(keyKind, made.Secret)) {
			t.Error("the key is shown again")
		}
		if got := h.keysOf(cookie(c)); len(got) != 1 || got[0].ID != made.ID || got[0].LastUsedAt == nil {
			t.Errorf("listed %+v", got)
		}
		// A secret of one kind opens nothing of another.
		for _, secret := range []string{
			made.Secret[len(keyPrefix):], strings.TrimPrefix(made.Secret, "pulse_"), made.Secret + "A", made.Secret[:len(made.Secret)-1],
			strings.ToUpper(made.Secret), keyPrefix, keyPrefix + c.Value, "",
		} {
			if h.signedIn(bearer(secret)) {
				t.Errorf("%q is taken for the key", secret)
			}
		}
		// A key does nothing to the account, and has no administrator's power.
		for _, route := range []string{
			"POST " + keysRoute, "DELETE " + keysRoute + "/" + made.ID, "PUT /api/v1/users/me/password", "DELETE /api/v1/users/me/sessions",
			"POST /api/v1/auth/confirm",
		} {
			if a := h.must(403, bearer(made.Secret), route, ""); a.kind() != "key_not_allowed" {
				t.Errorf("%s: %s", route, a.text)
			}
		}
		h.must(404, cookie(eve), "DELETE "+keysRoute+"/"+made.ID, "")
		h.must(204, bearer(made.Secret), "POST /api/v1/auth/logout", "") // ends nothing: a key is revoked
		if !h.signedIn(bearer(made.Secret)) {
			t.Error("signing out revoked the key")
		}
		h.must(204, cookie(c), "DELETE "+keysRoute+"/"+made.ID, "")
		h.must(404, cookie(c), "DELETE "+keysRoute+"/"+made.ID, "")
		if h.signedIn(bearer(made.Secret)) {
			t.Error("a revoked key opens")
		}
	})
}

func TestKeysToMend(t *testing.T) {
	t.Parallel()
	h := build(t, storetest.SQLite(t), nil)
	_, c := h.newcomer("ada@example.com")
	past, far := h.clock.now().Add(-time.Second).Format(time.RFC3339), h.clock.now().AddDate(6, 0, 0).Format(time.RFC3339)
	for _, body := range []string{
		`{}`, `{"name":""}`, `{"name":"  "}`, `{"name":"` + strings.Repeat("ä", 101) + `"}`, `{"name":"a\u202eb"}`, `{"name":"a\nb"}`,
		`{"name":"a","scopes":[]}`, `{"name":"a","scopes":["admin"]}`, `{"name":"a","scopes":["read write"]}`, `{"name":"a","scopes":["read","read","read","read"]}`,
		`{"name":"a","expires_at":"` + past + `"}`, `{"name":"a","expires_at":"` + far + `"}`, `{"name":"a","expires_at":"tomorrow"}`,
		`{"name":"a","key":"pulse_sk_mine"}`, `{"name":"a","user_id":"x"}`, `{"NAME":"a"}`,
	} {
		h.must(400, cookie(c), "POST "+keysRoute, body)
	}
	if got := h.keysOf(cookie(c)); len(got) != 0 {
		t.Errorf("made %+v", got)
	}
	h.must(201, cookie(c), "POST "+keysRoute, `{"name":"`+strings.Repeat("ä", 100)+`","scopes":["read","read"]}`)
	h.must(201, cookie(c), "POST "+keysRoute, `{"name":"a","expires_at":null}`)
}

func TestKeysExpireAndEndWithTheirPerson(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := build(t, db, nil)
		_, c := h.newcomer("ada@example.com")
		h.newcomer("bob@example.com")
		soon := h.clock.now().Add(time.Hour).Format(time.RFC3339)
		short, long := h.newKey(cookie(c), `{"name":"short","expires_at":"`+soon+`"}`), h.newKey(cookie(c), `{"name":"long"}`)
		h.clock.forward(59 * time.Minute)
		if !h.signedIn(bearer(short)) || !h.signedIn(bearer(long)) {
			t.Fatal("a key does not open")
		}
		h.clock.forward(2 * time.Minute)
		if h.signedIn(bearer(short)) || !h.signedIn(bearer(long)) {
			t.Error("an expired key opens, or another does not")
		}
		if _, err := h.SetAdmin(t.Context(), "bob@example.com", true); err != nil {
			t.Fatal(err)
		}
		if _, err := h.SetActive(t.Context(), "ada@example.com", false); err != nil {
			t.Fatal(err)
		}
		if h.signedIn(bearer(long)) {
			t.Error("a deactivated person's key opens (A5)")
		}
		if _, err := h.SetActive(t.Context(), "ada@example.com", true); err != nil {
			t.Fatal(err)
		}
		if h.signedIn(bearer(long)) {
			t.Error("a key came back with its person: it may have been why they were deactivated (A5)")
		}
	})
}

// Of many who make the last key at once, one does.
func TestKeysHaveABound(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := build(t, db, nil)
		ada, c := h.newcomer("ada@example.com")
		err := db.Write(t.Context(), func(ctx context.Context, q *query.Queries) error {
			for i := range maxKeys - 1 {
				name := strconv.Itoa(i)
				if err := q.InsertKey(ctx, query.InsertKeyParams{ID: store.NewID(), UserID: ada.ID, Name: name, TokenHash: name, Hint: "x", Scopes: "read"}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		var made, refused sync.Map
		var all sync.WaitGroup
		for i := range 10 {
			all.Go(func() {
				switch a := h.call(cookie(c), "POST "+keysRoute, `{"name":"one more"}`); {
				case a.status == 201:
					made.Store(i, true)
				case a.status == 409 && a.kind() == "too_many_keys":
					refused.Store(i, true)
				default:
					t.Errorf("%d %s", a.status, a.text)
				}
			})
		}
		all.Wait()
		if n, m := size(&made), size(&refused); n != 1 || m != 9 {
			t.Errorf("%d made, %d refused", n, m)
		}
	})
}

func size(m *sync.Map) (n int) {
	m.Range(func(any, any) bool { n++; return true })
	return n
}

func TestSubscription(t *testing.T) {
	t.Parallel()
	h := build(t, storetest.SQLite(t), nil)
	_, c := h.newcomer("ada@example.com")
	var s Subscription
	if err := json.Unmarshal([]byte(h.must(200, cookie(c), "GET /api/v1/users/me/subscription", "").text), &s); err != nil {
		t.Fatal(err)
	}
	if s.Plan.Key != "starter" || s.Status != "active" || !s.PeriodEnd.After(h.clock.now()) || len(s.Limits) != 5 || s.Limits[0].Limit != 100_000 {
		t.Errorf("got %+v", s)
	}
}
