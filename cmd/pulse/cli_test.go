package main

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pulse/internal/provider/standin"
)

// Commands that need nothing: what they print and how they end.
func TestCommands(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args     string
		env      []string
		in       string // on standard input
		code     int
		out, err string // parts of what is printed
	}{
		{args: "", out: "Usage: pulse COMMAND"},
		{args: "help", out: "PULSE_DATA_DIR"},
		{args: "version", out: "\n"},
		{args: "dance", code: 2, err: `no command "dance"`},
		{args: "serve now", code: 2, err: `takes no arguments, but was given "now"`},
		{args: "user", code: 2, err: "pulse user create EMAIL"},
		{args: "user promote", code: 2, err: "pulse user create EMAIL"},
		{args: "user list everybody@example.com", code: 2, err: "pulse user create EMAIL"},
		{args: "user create a@example.com --colour red", code: 2, err: "-colour"},
		{args: "user plan a@example.com", code: 2, err: "pulse user create EMAIL"},
		{args: "user juggle a@example.com", code: 2, err: "pulse user create EMAIL"},
		{args: "user create a@example.com --password-stdin", code: 1, err: "pulse user: no password came on standard input\n"},
		{args: "user create a@example.com --password-stdin", in: "\n", code: 1, err: "pulse user: no password came on standard input\n"},
		{args: "user create a@example.com --password-stdin", in: "a good long secret", out: "a@example.com: active"},
		{args: "user promote nobody@example.com", code: 1, err: "nobody@example.com"},
		{args: "user create nonsense", code: 1, err: "email"},
		{args: "serve", env: []string{"PULSE_ADDR=nowhere", "PULSE_RATE_LIMIT=many"}, code: 1, err: "PULSE_RATE_LIMIT"},
		{args: "serve", env: []string{"PULSE_DEFAULT_PLAN=gold"}, code: 1, err: "gold"},
		{args: "serve", env: []string{"DATABASE_URL=postgres://pulse:s3cret-word@127.0.0.1:1/pulse"}, code: 1, err: "127.0.0.1"},
		{args: "migrate", env: []string{"PULSE_DATA_DIRECTORY=x"}, err: "PULSE_DATA_DIRECTORY"},
	} {
		t.Run("pulse "+c.args, func(t *testing.T) {
			t.Parallel()
			code, out, errOut := runPulse(t, c.env, c.in, strings.Fields(c.args)...)
			if code != c.code || !strings.Contains(out, c.out) || !strings.Contains(errOut, c.err) {
				t.Errorf("ended with %d, want %d\n--- out (want %q)\n%s\n--- err (want %q)\n%s", code, c.code, c.out, out, c.err, errOut)
			}
			if strings.Contains(out+errOut, "s3cret-word") {
				t.Error("a password was printed")
			}
		})
	}
}

func TestOpenAPIDocumentIsCurrent(t *testing.T) {
	t.Parallel()
	code, out, errOut := runPulse(t, nil, "", "openapi")
	if code != 0 {
		t.Fatalf("ended with %d: %s", code, errOut)
	}
	var document struct {
		OpenAPI string `json:"openapi"`
	}
	if err := json.Unmarshal([]byte(out), &document); err != nil || !strings.HasPrefix(document.OpenAPI, "3.1") {
		t.Errorf("OpenAPI %q, %v", document.OpenAPI, err)
	}
	kept, err := os.ReadFile("../../docs/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if string(kept) != out {
		t.Error("docs/openapi.json is not what `pulse openapi` prints; `make generate` writes it")
	}
}

// The description of the API comes from the program alone: an operator's own
// settings, beside which it is printed, may name a real database.
func TestOpenAPINeedsNoSettings(t *testing.T) {
	t.Parallel()
	cmd := pulseCommand(t.Context(), t, []string{"PULSE_DEFAULT_PLAN=none"}, "openapi")
	cmd.Dir = t.TempDir()
	settings := []byte("DATABASE_URL=postgres://pulse@127.0.0.1:1/pulse\n")
	if err := os.WriteFile(filepath.Join(cmd.Dir, ".env"), settings, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// The operator's work on accounts, beside a Pulse that runs.
func TestUserCommand(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, env string) {
		pulse := func(input string, args ...string) string {
			code, out, errOut := runPulse(t, []string{env}, input, args...)
			if code != 0 {
				t.Fatalf("pulse %q ended with %d: %s", args, code, errOut)
			}
			return out
		}
		pulse("another good secret\n", "user", "create", "bob@example.com", "--password-stdin", "--admin")
		out := pulse("", "user", "create", "ada@example.com", "--name", "Ada Lovelace")
		_, secret, ok := strings.Cut(strings.TrimSpace(out), "password: ")
		if !ok || !strings.Contains(out, "ada@example.com: active, plan starter") {
			t.Fatalf("create printed %q", out)
		}
		ada := &person{t: t, address: startPulse(t, env).address}
		ada.client = newBrowser(t)
		signIn := func(password string) int {
			status, _ := ada.call("POST", "/api/v1/auth/login", object{"email": "ada@example.com", "password": password})
			return status
		}
		if status := signIn(secret); status != 200 {
			t.Fatalf("with the printed password: %d", status)
		}
		if out := pulse("", "user", "promote", "ada@example.com"); !strings.Contains(out, "administrator") {
			t.Errorf("promote printed %q", out)
		}
		if me := ada.must(200, "GET", "/api/v1/users/me", nil); me["is_admin"] != true {
			t.Errorf("promoted in mid-session: %v", me)
		}
		if out := pulse("", "user", "list"); !strings.Contains(out, "Ada Lovelace") || strings.Count(out, "\n") != 2 {
			t.Errorf("list printed %q", out)
		}
		pulse("", "user", "deactivate", "ada@example.com")
		ada.must(401, "GET", "/api/v1/users/me", nil) // at once
		if status := signIn(secret); status != 403 {
			t.Errorf("sign-in of a deactivated person: %d", status)
		}
		pulse("", "user", "activate", "ada@example.com")
		pulse("a whole new secret\n", "user", "reset-password", "ada@example.com", "--password-stdin")
		if old, fresh := signIn(secret), signIn("a whole new secret"); old != 401 || fresh != 200 {
			t.Errorf("after the reset: %d with the old password, %d with the new one", old, fresh)
		}
		if out := pulse("", "user", "plan", "ada@example.com", "pro"); !strings.Contains(out, "plan pro") {
			t.Errorf("plan printed %q", out)
		}
		if usage := ada.must(200, "GET", "/api/v1/users/me/usage", nil); !strings.Contains(fmt.Sprint(usage), "Pro") {
			t.Errorf("on another plan in mid-session: %v", usage)
		}
		if code, _, errOut := runPulse(t, []string{env}, "", "user", "plan", "ada@example.com", "gold"); code != 1 || !strings.Contains(errOut, "starter, plus, pro") {
			t.Errorf("a plan that is none: %d, %q", code, errOut)
		}
		pulse("", "user", "demote", "ada@example.com")
		if code, _, errOut := runPulse(t, []string{env}, "", "user", "demote", "bob@example.com"); code != 1 || !strings.Contains(errOut, "administrator") {
			t.Errorf("the last administrator was demoted: %d, %q", code, errOut)
		}
	})
}

// The doctor says what works and what does not, and how to mend it.
func TestDoctor(t *testing.T) {
	t.Parallel()
	vendor := httptest.NewServer(standin.NewOpenAI(nil))
	t.Cleanup(vendor.Close)
	claude := httptest.NewServer(standin.NewAnthropic(nil))
	t.Cleanup(claude.Close)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("no catalogue"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		env  []string
		code int
		out  []string
	}{
		"nothing configured": {out: []string{"✓ settings", "✓ database: SQLite", "· models: no provider has a key; the demo answers"}},
		"two vendors that answer": {
			env: []string{"OPENAI_BASE_URL=" + vendor.URL + "/v1", "ANTHROPIC_BASE_URL=" + claude.URL},
			out: []string{"✓ OpenAI: answers", "✓ Anthropic: answers"},
		},
		"a wrong key": {
			env: []string{"OPENAI_BASE_URL=" + vendor.URL + "/v1", "OPENAI_API_KEY=" + standin.WrongKey}, code: 1,
			out: []string{"✗ OpenAI: does not work", "key"},
		},
		"a vendor that is not there": {env: []string{"ANTHROPIC_BASE_URL=http://127.0.0.1:1"}, code: 1, out: []string{"✗ Anthropic: does not work"}},
		"a catalogue that is none":   {env: []string{"PULSE_CATALOG_FILE=" + file}, code: 1, out: []string{"✗ catalogue", "file"}},
		"a data folder that is none": {env: []string{"PULSE_DATA_DIR=" + file}, code: 1, out: []string{"✗ data folder", "PULSE_DATA_DIR has to name a folder"}},
		"a database that is not there": {
			env: []string{"DATABASE_URL=postgres://pulse:s3cret-word@127.0.0.1:1/pulse"}, code: 1,
			out: []string{"✗ database", "Is DATABASE_URL right"},
		},
		"no service account": {env: []string{"GOOGLE_CLOUD_PROJECT=p", "GOOGLE_APPLICATION_CREDENTIALS=/nowhere.json"}, code: 1, out: []string{"✗ models", "nowhere.json"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, out, errOut := runPulse(t, c.env, "", "doctor")
			if code != c.code {
				t.Errorf("ended with %d, want %d: %s", code, c.code, errOut)
			}
			for _, part := range c.out {
				if !strings.Contains(out, part) {
					t.Errorf("does not say %q:\n%s", part, out)
				}
			}
			if strings.Contains(out+errOut, "s3cret-word") {
				t.Error("a password was printed")
			}
		})
	}
}
