package main

import (
	"strings"
	"testing"
)

// The operator deletes an account, once they have said twice which one.
func TestUserDelete(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, env string) {
		pulse := func(code int, input string, args ...string) (out, errOut string) {
			t.Helper()
			got, out, errOut := runPulse(t, []string{env}, input, append([]string{"user"}, args...)...)
			if got != code {
				t.Fatalf("pulse user %q ended with %d: %s", args, got, errOut)
			}
			return out, errOut
		}
		server := startPulse(t, env)
		register(t, server.address) // the administrator
		pulse(0, "a good long secret\n", "create", "ada@example.com", "--password-stdin")
		ada := &person{t: t, address: server.address, client: newBrowser(t)}
		credentials := object{"email": "ada@example.com", "password": "a good long secret"}
		ada.must(200, "POST", "/api/v1/auth/login", credentials)
		for _, input := range []string{"", "\n", "y\n", "yes\n", "ben@example.com\n"} {
			if out, errOut := pulse(1, input, "delete", "ada@example.com"); !strings.Contains(out, "once more") || !strings.Contains(errOut, "nothing was deleted") {
				t.Errorf("after %q: %q %q", input, out, errOut)
			}
		}
		pulse(1, "", "delete", "nobody@example.com", "--yes")
		ada.must(200, "GET", "/api/v1/users/me", nil)
		if out, _ := pulse(0, "ada@example.com\n", "delete", "ada@example.com"); !strings.Contains(out, "ada@example.com: deleted") {
			t.Errorf("delete printed %q", out)
		}
		ada.must(401, "GET", "/api/v1/users/me", nil) // at once
		ada.must(401, "POST", "/api/v1/auth/login", credentials)
		if out, _ := pulse(0, "", "list"); strings.Contains(out, "ada") || strings.Count(out, "\n") != 1 {
			t.Errorf("list printed %q", out)
		}
		pulse(0, "another good secret\n", "create", "ada@example.com", "--password-stdin")
		pulse(0, "", "delete", "ada@example.com", "--yes")
	})
}
