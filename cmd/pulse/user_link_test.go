package main

import (
	"strings"
	"testing"
)

// Without a mail server the operator hands over the link, and vouches for an e-mail.
func TestUserLinks(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, env string) {
		pulse := func(code int, env []string, args ...string) (out, errOut string) {
			got, out, errOut := runPulse(t, env, "", append([]string{"user"}, args...)...)
			if got != code {
				t.Fatalf("pulse user %q ended with %d: %s", args, got, errOut)
			}
			return out, errOut
		}
		public := []string{env, "PULSE_PUBLIC_URL=https://pulse.example.com/"}
		pulse(0, []string{env}, "create", "ada@example.com")
		if _, errOut := pulse(1, []string{env}, "reset-link", "ada@example.com"); !strings.Contains(errOut, "PULSE_PUBLIC_URL") {
			t.Errorf("without a public address: %q", errOut)
		}
		if _, errOut := pulse(1, public, "reset-link", "nobody@example.com"); !strings.Contains(errOut, "nobody@example.com") {
			t.Errorf("for nobody: %q", errOut)
		}
		out, _ := pulse(0, public, "reset-link", "ADA@example.com")
		secret, ok := strings.CutPrefix(strings.TrimSpace(out), "https://pulse.example.com/reset#")
		if !ok {
			t.Fatalf("reset-link printed %q", out)
		}
		if out, _ := pulse(0, []string{env}, "verify", "ada@example.com"); !strings.Contains(out, "e-mail verified") {
			t.Errorf("verify printed %q", out)
		}
		ada := &person{t: t, address: startPulse(t, env).address, client: newBrowser(t)}
		ada.must(204, "POST", "/api/v1/auth/reset", object{"token": secret, "password": "a whole new secret"})
		ada.must(400, "POST", "/api/v1/auth/reset", object{"token": secret, "password": "another new secret"})
		ada.must(200, "POST", "/api/v1/auth/login", object{"email": "ada@example.com", "password": "a whole new secret"})
		if me := ada.must(200, "GET", "/api/v1/users/me", nil); me["is_verified"] != true {
			t.Errorf("got %v", me)
		}
	})
}
