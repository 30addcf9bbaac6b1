package account

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"pulse/internal/actor"
	"pulse/internal/httpd"
	"pulse/internal/job"
	"pulse/internal/store"
	"pulse/internal/store/storetest"
)

// Links that were on their way lead nowhere any more, and the mailbox hears what
// happened.
func TestDeletedByMail(t *testing.T) {
	t.Parallel()
	eachWithMail(t, func(t *testing.T, p *posted) {
		p.newcomer("admin@example.com")
		p.mails.Next("admin@example.com")
		ada, c := p.newcomer("ada@example.com")
		verify := secretOf(t, p.mails.Next("ada@example.com"), "/verify")
		p.vouch("ada@example.com")
		p.forgets("ada@example.com")
		reset := secretOf(t, p.mails.Next("ada@example.com"), "/reset")
		p.must(204, cookie(c), "DELETE /api/v1/users/me", "")
		if m := p.mails.Next("ada@example.com"); m.Subject != "Your account was deleted" {
			t.Errorf("the mailbox hears %q", m.Subject)
		}
		p.is(p.resets(reset, fresh), 400, "link_expired")
		_, again := p.newcomer("ada@example.com")
		p.is(p.verifies(cookie(again), verify), 400, "link_expired")
		if u, err := p.db.Read().GetUser(t.Context(), ada.ID); err != nil || u.Email != "" || u.EmailKey != "deleted "+ada.ID || u.DeletedAt == 0 {
			t.Errorf("%+v, %v", u, err)
		}
	})
}

// A keeper that makes trouble for some.
type trouble struct {
	refuse map[string]error
	purged []string
}

func (k *trouble) Purge(_ context.Context, userID string) error {
	if err := k.refuse[userID]; err != nil {
		return err
	}
	k.purged = append(k.purged, userID)
	return nil
}

func (*trouble) Export(context.Context, actor.Actor, *httpd.Archive) error { return nil }

// What cannot be removed is tried again, and keeps nobody else waiting.
func TestPurgeInTrouble(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := build(t, db, nil)
		h.newcomer("admin@example.com")
		ids := make([]string, 0, 3)
		for _, name := range []string{"ada", "ben", "cleo"} {
			u, c := h.newcomer(name + "@example.com")
			h.must(204, cookie(c), "DELETE /api/v1/users/me", "")
			h.clock.forward(time.Second)
			ids = append(ids, u.ID)
		}
		k := &trouble{refuse: map[string]error{ids[0]: errors.New("the disk is broken"), ids[1]: job.ErrUnfinished}}
		h.Join(k)
		if unfinished, err := h.purge(t.Context()); !unfinished || err == nil || !slices.Equal(k.purged, ids[2:]) {
			t.Errorf("%t, %v, purged %q", unfinished, err, k.purged)
		}
		clear(k.refuse)
		if unfinished, err := h.purge(t.Context()); unfinished || err != nil || !slices.Equal(k.purged, []string{ids[2], ids[0], ids[1]}) {
			t.Errorf("%t, %v, purged %q", unfinished, err, k.purged)
		}
		if _, err := h.purge(t.Context()); err != nil || len(k.purged) != 3 {
			t.Errorf("%v, purged %q", err, k.purged)
		}
	})
}
