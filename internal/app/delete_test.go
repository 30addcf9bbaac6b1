package app

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pulse/internal/store"
	"pulse/internal/store/query"
	"pulse/internal/store/storetest"
)

const meRoute = "/api/v1/users/me"

// rows counts what the database has of a person, past all queries.
func (h *house) rows(userID string) map[string]int {
	h.t.Helper()
	return storetest.RowsOf(h.t, store.Options{URL: h.app.cfg.DatabaseURL.Reveal(), DataDir: h.app.cfg.DataDir}, userID)
}

func (h *house) user(id string) query.User {
	h.t.Helper()
	u, err := h.app.db.Read().GetUser(context.Background(), id)
	if err != nil {
		h.t.Fatal(err)
	}
	return u
}

// gone waits until nothing is left of a deleted person but the books, and a row
// that tells of nobody.
func (h *house) gone(id, name string, booked int) {
	h.t.Helper()
	h.until("what "+name+" has kept is removed", func() bool { return h.user(id).PurgedAt > 0 })
	rows := h.rows(id)
	if rows["usage_events"] != booked {
		h.t.Errorf("%d usage events are left, want %d", rows["usage_events"], booked)
	}
	delete(rows, "usage_events")
	if len(rows) > 0 {
		h.t.Errorf("of %s there are still %v", name, rows)
	}
	for _, key := range h.blobs() {
		if strings.Contains(key, id) {
			h.t.Errorf("the blob %s is left", key)
		}
	}
	u := h.user(id)
	if told := fmt.Sprintf("%+v", u); strings.Contains(told, name) || u.IsActive || u.IsAdmin || u.IsVerified || u.PasswordHash != "" || u.DeletedAt == 0 {
		h.t.Errorf("the row says %s", told)
	}
}

func (h *house) events(userID string) []query.UsageEvent {
	h.t.Helper()
	events, err := h.app.db.Read().ListUsageEvents(context.Background(), query.ListUsageEventsParams{UserID: userID, RowLimit: 1000})
	if err != nil {
		h.t.Fatal(err)
	}
	return events
}

// A person who deletes their account is out at once, everywhere and by whatever
// they came in with; all that they had goes, and only the books stay.
func TestDeleteAccount(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		h.register("admin")
		ada, ben := h.register("ada"), h.register("ben")
		second, program, key := h.signIn("ada"), ada.program(), ada.key(nil)
		asked := ada.ask(object{"messages": about("What is it?", ada.uploads("notes.txt", "the wombat's secret"))})
		ada.ask(object{"messages": said("more of it"), "conversation_id": asked.ConversationID})
		ada.uploads("draft.txt", "nobody has this")
		other := ben.ask(object{"messages": said("a wombat, too")})
		id, running := ada.me(), make(chan reply, 1)
		go func() {
			running <- ada.do(http.MethodPost, "/api/v1/chat/stream", object{"model": model, "messages": said("[chunks 9000] [pace 20ms]")})
		}()
		h.until("the vendor has begun", func() bool { return h.vendor.Books().Open == 1 })
		booked := len(h.events(id))
		if e := h.events(id)[0]; e.RawUsage == "" {
			t.Errorf("the books lack what the vendor wrote: %+v", e)
		}
		bySecond, byProgram, byKey, byBen := second.listen(), program.listen(), key.listen(), ben.listen()

		got := ada.do(http.MethodDelete, meRoute, nil)
		if got.status != http.StatusNoContent || len(got.cookies) != 1 || got.cookies[0].MaxAge >= 0 || got.header.Get("Clear-Site-Data") == "" {
			t.Fatalf("%d %v %s", got.status, got.header, got.text)
		}
		for _, l := range []*listener{bySecond, byProgram, byKey} {
			l.ends("the account was deleted")
		}
		for _, c := range []*caller{ada, second, program, key} {
			c.refused(http.StatusUnauthorized, http.MethodGet, meRoute, nil)
		}
		h.until("the vendor is left alone", func() bool { return h.vendor.Books().Open == 0 })
		select {
		case <-running:
		case <-time.After(5 * time.Second):
			t.Error("the stream of what ran goes on")
		}
		h.gone(id, "ada", booked+1) // what came of the answer that was stopped is booked
		for _, e := range h.events(id) {
			if e.RawUsage != "" || e.CostNanos == 0 || !strings.HasPrefix(e.Receipt, "[{") {
				t.Errorf("the books say %+v", e)
			}
		}
		nobody := &caller{h: h, name: "nobody"}
		nobody.refused(http.StatusUnauthorized, http.MethodPost, "/api/v1/auth/login", object{"email": "ada@example.com", "password": password})
		for u, err := range h.app.accounts.All(t.Context()) {
			if err != nil || u.ID == id {
				t.Errorf("the list has %+v, %v", u, err)
			}
		}
		if _, err := h.app.accounts.SetActive(t.Context(), "ada@example.com", true); err == nil {
			t.Error("somebody deleted was found by their e-mail")
		}
		if _, err := h.app.accounts.SetActive(t.Context(), "deleted "+id, true); err == nil {
			t.Error("somebody deleted was found by what is in place of an e-mail")
		}
		// Others keep theirs.
		byBen.goesOn("somebody else's account")
		ben.read(other.ConversationID)
		if found := ben.finds("wombat", ""); len(found) != 1 {
			t.Errorf("ben finds %v", found)
		}
		// The same e-mail makes another account.
		again := h.register("ada")
		if again.me() == id || len(again.listed("")) != 0 || again.usedTokens() != 0 {
			t.Error("the new account has something of the one before")
		}
		again.key(nil)
		again.must(http.StatusNoContent, http.MethodDelete, meRoute, nil) // the e-mail is free once more
		h.register("ada")
	})
}

// Who signed in a while ago shows first that it is them.
func TestDeleteAccountAsksAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	ada := h.register("ada")
	h.skipped.Store(int64(16 * time.Minute))
	got := ada.do(http.MethodDelete, meRoute, nil)
	if got.status != http.StatusForbidden || !strings.Contains(got.text, "confirm_needed") || !strings.Contains(got.text, `"methods":["password"]`) {
		t.Fatalf("%d %s", got.status, got.text)
	}
	ada.must(http.StatusNoContent, http.MethodPost, "/api/v1/auth/confirm", object{"password": password})
	ada.must(http.StatusNoContent, http.MethodDelete, meRoute, nil)
}

// The last administrator leaves nobody behind without one; of two who go at the
// same moment, one stays. The last person can go.
func TestLastAdministratorStays(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		ada, ben := h.register("ada"), h.register("ben")
		if got := ada.do(http.MethodDelete, meRoute, nil); got.status != http.StatusConflict || !strings.Contains(got.text, "administrator") {
			t.Errorf("%d %s", got.status, got.text)
		}
		if err := h.app.accounts.Delete(t.Context(), "ada@example.com"); err == nil {
			t.Error("the operator has deleted the last administrator")
		}
		h.register("cleo")
		for _, name := range []string{"ben", "cleo"} {
			if _, err := h.app.accounts.SetAdmin(t.Context(), name+"@example.com", true); err != nil {
				t.Fatal(err)
			}
		}
		if err := h.app.accounts.Delete(t.Context(), "cleo@example.com"); err != nil {
			t.Fatal(err)
		}
		h.register("dora") // who must not be left alone
		var all sync.WaitGroup
		var went, stayed atomic.Int64
		for _, c := range []*caller{ada, ben} {
			all.Go(func() {
				switch got := c.do(http.MethodDelete, meRoute, nil); got.status {
				case http.StatusNoContent:
					went.Add(1)
				case http.StatusConflict:
					stayed.Add(1)
				default:
					t.Errorf("%d %s", got.status, got.text)
				}
			})
		}
		all.Wait()
		if went.Load() != 1 || stayed.Load() != 1 {
			t.Errorf("%d of two administrators went, %d stayed", went.Load(), stayed.Load())
		}
		if err := h.app.accounts.Delete(t.Context(), "dora@example.com"); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"ada", "ben"} { // one of them is gone
			_ = h.app.accounts.Delete(t.Context(), name+"@example.com")
		}
		for u, err := range h.app.accounts.All(t.Context()) {
			t.Errorf("%s is left, %v", u.Email, err)
		}
		h.register("eve") // it stays open to those who come anew, though not as administrators
	})
}

// Whatever is under way while an account is deleted leaves nothing behind, be it
// before, between or after the removal.
func TestDeleteAccountUnderLoad(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		h.register("admin")
		for round := range 4 {
			name := fmt.Sprintf("ada%d", round)
			ada := h.register(name)
			has := ada.ask(object{"messages": said("the beginning")})
			conversation := "/api/v1/conversations/" + has.ConversationID
			id, ended := ada.me(), ada.endless()
			var busy sync.WaitGroup
			var let atomic.Int64
			for w := range 4 {
				for _, do := range []func() reply{
					func() reply {
						return ada.do(http.MethodPost, "/api/v1/chat/complete", object{"model": model, "messages": said("[chunks 2] something")})
					},
					func() reply {
						return ada.do(http.MethodPost, "/api/v1/jobs", object{"type": "chat", "input": object{"model": model, "messages": said("[chunks 50] [pace 5ms]")}})
					},
					func() reply { return ada.do(http.MethodPost, "/api/v1/files", upload{"a.txt", "some text"}) },
					func() reply { return ada.do(http.MethodPatch, meRoute, object{"full_name": name}) },
					func() reply { return ada.do(http.MethodPatch, conversation, object{"title": name, "pinned": true}) },
					func() reply {
						return ada.do(http.MethodPost, conversation+"/messages/"+has.Message.ID+"/regenerate", object{})
					},
					func() reply { return ada.do(http.MethodPost, meRoute+"/keys", object{"name": name}) },
					func() reply {
						return ada.do(http.MethodPost, meRoute+"/email", object{"email": fmt.Sprintf("%s.%d@example.com", name, w)})
					},
					func() reply {
						return (&caller{h: h, name: name}).do(http.MethodPost, "/api/v1/auth/login", object{"email": name + "@example.com", "password": password})
					},
				} {
					busy.Go(func() {
						for {
							got := do()
							if got.status >= http.StatusInternalServerError {
								t.Errorf("%d %s", got.status, got.text)
							}
							if got.status == http.StatusUnauthorized {
								return
							}
							let.Add(1)
							if ended() {
								return
							}
						}
					})
				}
			}
			h.until("much is under way", func() bool { return let.Load() > 20 })
			ada.must(http.StatusNoContent, http.MethodDelete, meRoute, nil)
			h.until("it is purged", func() bool { return h.user(id).PurgedAt > 0 })
			busy.Wait()
			h.gone(id, name, h.rows(id)["usage_events"])
		}
	})
}

// endless tells when it has gone on for too long.
func (c *caller) endless() func() bool {
	begun := time.Now()
	return func() bool { return time.Since(begun) > 20*time.Second }
}

// slow is a body that comes when it is let.
type slow struct {
	beginning io.Reader
	let       <-chan struct{}
	end       io.Reader
}

func (s *slow) Read(p []byte) (int, error) {
	if n, err := s.beginning.Read(p); n > 0 || err == nil {
		return n, nil
	}
	<-s.let
	return s.end.Read(p)
}

// An upload that ends after its owner was deleted is refused, and its bytes go.
func TestUploadOutlivesItsOwner(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		h.register("admin")
		ada := h.register("ada")
		id, let, got := ada.me(), make(chan struct{}), make(chan reply, 1)
		go func() {
			got <- ada.sends("multipart/form-data; boundary=b", &slow{
				strings.NewReader("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n" + strings.Repeat("text ", 10_000)), let,
				strings.NewReader("the end\r\n--b--\r\n"),
			})
		}()
		time.Sleep(100 * time.Millisecond)
		ada.must(http.StatusNoContent, http.MethodDelete, meRoute, nil)
		h.gone(id, "ada", 0)
		close(let)
		if r := <-got; r.status != http.StatusUnauthorized {
			t.Errorf("%d %s", r.status, r.text)
		}
		h.gone(id, "ada", 0)
		if left := h.blobs(); len(left) > 0 {
			t.Errorf("left: %q", left)
		}
	})
}

// What a process has not come to, the next one does, also where it was cut off in
// the middle.
func TestPurgeIsResumed(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		h.register("admin")
		ada := h.register("ada")
		ada.ask(object{"messages": about("What is it?", ada.uploads("notes.txt", "some text"))})
		lost := ada.uploads("lost.txt", "more text")
		id := ada.me()
		// As a process leaves it that dies while it removes: the account is gone, and
		// the bytes of one file.
		err := h.app.db.Write(t.Context(), func(ctx context.Context, q *query.Queries) error {
			if _, err := q.DeleteSessionsOfUser(ctx, id); err != nil {
				return err
			}
			_, err := q.EraseUser(ctx, query.EraseUserParams{ID: id, DeletedAt: store.Millis(time.Now())})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := h.app.blobs.Delete(t.Context(), "files/"+id+"/"+lost.ID); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		var next sync.WaitGroup
		next.Go(func() { h.app.accounts.Keep(ctx) })
		h.gone(id, "ada", 1)
		stop()
		next.Wait()
	})
}
