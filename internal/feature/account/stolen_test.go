package account

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"pulse/internal/httpd"
	"pulse/internal/store"
	"pulse/internal/store/query"
	"pulse/internal/store/storetest"
)

// A program that runs wild with a key, or a thief with it, does not keep the
// person from revoking it.
func TestKeysShareNoLimitWithTheirPerson(t *testing.T) {
	t.Parallel()
	h := build(t, storetest.SQLite(t), nil)
	_, c := h.newcomer("ada@example.com")
	key := decode[madeKey](t, h.must(201, cookie(c), "POST "+keysRoute, `{"name":"x","scopes":["read"]}`))
	server, err := httpd.New(httpd.Options{
		Log: slog.New(slog.DiscardHandler), Version: "test", Authenticate: h.Authenticate, Ping: h.db.Ping, RatePerMinute: 100,
	})
	if err != nil {
		t.Fatal(err)
	}
	h.Routes(server.API())
	h.handler = server.Handler()
	for range 50 {
		h.call(bearer(key.Secret), "POST /api/v1/auth/confirm", `{"password":"guess"}`)
	}
	for range 100 {
		h.call(bearer(key.Secret), "GET /api/v1/users/me", "")
	}
	h.must(429, bearer(key.Secret), "GET /api/v1/users/me", "")
	h.must(204, cookie(c), "POST /api/v1/auth/confirm", `{"password":"`+password+`"}`)
	h.must(204, cookie(c), "DELETE "+keysRoute+"/"+key.ID, "")
}

// Whoever sits at a browser that was left open makes no key that outlives it.
func TestKeysWantAConfirmation(t *testing.T) {
	t.Parallel()
	h := build(t, storetest.SQLite(t), nil)
	_, c := h.newcomer("ada@example.com")
	h.clock.forward(confirmTime + time.Second)
	if a := h.must(403, cookie(c), "POST "+keysRoute, `{"name":"mine"}`); a.kind() != "confirm_needed" {
		t.Error(a.text)
	}
	h.must(204, cookie(c), "POST /api/v1/auth/confirm", `{"password":"`+password+`"}`)
	h.must(201, cookie(c), "POST "+keysRoute, `{"name":"mine"}`)
}

// An issuer that lets somebody through without asking has shown nothing of who
// sits there.
func TestSigningInUnaskedConfirmsNothing(t *testing.T) {
	t.Parallel()
	p := startProvider(t)
	h := withIssuer(t, storetest.SQLite(t), p, nil)
	b := h.tab()
	b.signIn(p, ada)
	p.misbehave(tampering{claims: func(c jwt.MapClaims) { c["auth_time"] = float64(h.clock.now().Add(-time.Hour).Unix()) }})
	b.signIn(p, ada)
	if a := b.call("DELETE /api/v1/users/me", ""); a.kind() != "confirm_needed" {
		t.Errorf("%d %s", a.status, a.text)
	}
}

// An issuer that was set up before lets nobody in, and so is no way in.
func TestLastWayInOfThisIssuer(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t)
	before, now := startProvider(t), startProvider(t)
	b := withIssuer(t, db, before, nil).tab()
	b.signIn(before, ada)
	b.h = withIssuer(t, db, now, nil)
	b.call(now.visit(b.begins(linking, ""), somebody{Subject: "new", Email: "new@example.com"}), "")
	linked := b.identities()
	if len(linked) != 2 {
		t.Fatalf("%+v", linked)
	}
	if a := b.call("DELETE /api/v1/users/me/identities/"+linked[1].ID, ""); a.kind() != "last_way_in" {
		t.Errorf("%d %s", a.status, a.text)
	}
	if a := b.call("DELETE /api/v1/users/me/identities/"+linked[0].ID, ""); a.status != 204 {
		t.Errorf("the one that leads nowhere stays: %s", a.text)
	}
}

// A script that signs in for every call does not fill the database.
func TestSessionsHaveABound(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := build(t, db, nil)
		ada, first := h.newcomer("ada@example.com")
		_, eve := h.newcomer("eve@example.com")
		err := db.Write(t.Context(), func(ctx context.Context, q *query.Queries) error {
			for range maxSessions {
				if _, err := h.openSession(ctx, q, ada.ID, program, tokenTime); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		last := h.login("ada@example.com")
		if n := len(h.sessionsOf(cookie(last))); n != maxSessions {
			t.Errorf("%d sessions, want %d", n, maxSessions)
		}
		if h.signedIn(cookie(first)) || !h.signedIn(cookie(last)) || !h.signedIn(cookie(eve)) {
			t.Error("the wrong ones ended")
		}
	})
}

// A way to the issuer that a deleted person was on goes with them.
func TestFlowsGoWithTheirPerson(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t)
	p := startProvider(t)
	h := withIssuer(t, db, p, nil)
	b := h.tab()
	b.signIn(p, ada)
	b.begins(linking, "")
	if got := b.call("DELETE /api/v1/users/me", ""); got.status != 204 {
		t.Fatal(got.text)
	}
	var left int64
	err := db.Write(t.Context(), func(ctx context.Context, q *query.Queries) (err error) {
		left, err = q.SweepFlows(ctx, store.Millis(h.clock.now().Add(2*flowTime)))
		return err
	})
	if err != nil || left != 0 {
		t.Errorf("%d flows were left, %v", left, err)
	}
}
