package app

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"pulse/internal/config"
	"pulse/internal/mail/mailtest"
	"pulse/internal/store"
	"pulse/internal/store/storetest"
)

// mailSettings lead a Pulse to a mail server.
func mailSettings(s *mailtest.Server) []string {
	return []string{"PULSE_SMTP_URL=" + s.URL(), "PULSE_SMTP_FROM=Pulse <pulse@example.com>", "PULSE_PUBLIC_URL=https://pulse.example.com"}
}

// A whole Pulse sends e-mail, on either database: who registers verifies their
// e-mail, forgets their password, and gets another e-mail.
func TestMail(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]func(testing.TB) string{
		store.SQLite: func(testing.TB) string { return "" }, store.PostgreSQL: storetest.PostgresURL,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mails := mailtest.Open(t, mailtest.Options{TLS: true, User: "pulse", Password: "hunter2"})
			h := newHouse(t, url(t), mailSettings(mails)...)
			stranger := &caller{h: h, name: "a stranger"}
			if got := stranger.must(http.StatusOK, http.MethodGet, "/api/v1/auth/options", nil); !strings.Contains(got, `"mail":true`) {
				t.Errorf("the options are %s", got)
			}
			secret := func(to string) string {
				m := mails.Next(to)
				if !m.Secure || m.As != "pulse" {
					t.Errorf("a message came in the clear, or by nobody: %+v", m)
				}
				_, secret, _ := strings.Cut(m.Link, "#")
				return secret
			}
			ada := h.register("ada")
			ada.must(http.StatusOK, http.MethodPost, "/api/v1/auth/verify", object{"token": secret("ada@example.com")})
			stranger.must(http.StatusAccepted, http.MethodPost, "/api/v1/auth/forgot", object{"email": "ada@example.com"})
			stranger.must(http.StatusNoContent, http.MethodPost, "/api/v1/auth/reset", object{"token": secret("ada@example.com"), "password": password + " 2"})
			mails.Next("ada@example.com")
			ada.refused(http.StatusUnauthorized, http.MethodGet, "/api/v1/users/me", nil)
			ada = h.enter("ada", "login", object{"email": "ada@example.com", "password": password + " 2"})
			ada.must(http.StatusAccepted, http.MethodPost, "/api/v1/users/me/email", object{"email": "ada@example.org"})
			mails.Next("ada@example.com")
			got := get[struct {
				Email string `json:"email"`
			}](ada, http.MethodPost, "/api/v1/auth/verify", object{"token": secret("ada@example.org")})
			if got.Email != "ada@example.org" {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// What is asked for at the last moment is sent before the stop is done.
func TestMailIsSentBeforeTheStop(t *testing.T) {
	t.Parallel()
	mails := mailtest.Open(t, mailtest.Options{Refuse: func(step, _ string) error {
		if step == "DATA" {
			time.Sleep(300 * time.Millisecond)
		}
		return nil
	}})
	t.Cleanup(func() { // after the Pulse has stopped
		if mails.Count() != 1 {
			t.Errorf("%d messages were sent", mails.Count())
		}
	})
	newHouse(t, "", mailSettings(mails)...).register("ada")
}

// The doctor goes to the mail server, sends nothing, and tells what is wrong there
// without telling the password.
func TestExamineMail(t *testing.T) {
	t.Parallel()
	good := mailtest.Open(t, mailtest.Options{TLS: true, User: "pulse", Password: "hunter2"})
	settings := mailSettings(good)
	for name, w := range map[string]struct {
		settings []string
		says     string
		wrong    string
		optional bool
	}{
		"nothing set":    {says: "PULSE_SMTP_URL", optional: true},
		"all is well":    {settings: settings, says: good.Address},
		"wrong password": {settings: append([]string{"PULSE_SMTP_URL=smtp://pulse:hunter3@" + good.Address}, settings[1:]...), says: "does not work", wrong: "AUTH"},
		"nobody there":   {settings: append([]string{"PULSE_SMTP_URL=smtp://pulse:hunter3@127.0.0.1:1"}, settings[1:]...), says: "does not work", wrong: "connecting"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := findingOf(t, "e-mail", w.settings...)
			if !strings.Contains(found.Says, w.says) || !strings.Contains(found.Wrong, w.wrong) || (found.Wrong == "") != (w.wrong == "") || found.Optional != w.optional {
				t.Errorf("found %+v", found)
			}
			if strings.Contains(found.Says+found.Wrong, "hunter") {
				t.Errorf("the password is in %+v", found)
			}
		})
	}
	if good.Count() != 0 {
		t.Error("the doctor sent something")
	}
}

// The command line's own Pulse has no work in the background.
func TestOpenAccountsWithMail(t *testing.T) {
	t.Parallel()
	mails := mailtest.Open(t, mailtest.Options{})
	folder := t.TempDir()
	cfg, _, err := config.Load(append([]string{"PULSE_DATA_DIR=" + folder}, mailSettings(mails)...), folder)
	if err != nil {
		t.Fatal(err)
	}
	accounts, closeDB, err := OpenAccounts(context.Background(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := accounts.SetPassword(t.Context(), "nobody@example.com", password); err == nil {
		t.Error("somebody was there")
	}
	if err := closeDB(); err != nil {
		t.Error(err)
	}
}
