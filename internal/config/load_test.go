package config

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// standards is what holds when nothing is set.
func standards() Config {
	return Config{
		Addr: ":8080", DataDir: "./data", RateLimit: 100, ShutdownGrace: 30 * time.Second,
		RegistrationOpen: true, OIDC: OIDC{Issuer: "https://accounts.google.com"}, DefaultPlan: "starter", Demo: DemoAuto, Titles: true, Google: Google{Location: "global"},
		OllamaURL: "http://127.0.0.1:11434/v1", LogLevel: slog.LevelInfo, LogFormat: LogText,
	}
}

func write(t *testing.T, folder, name, text string) string {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoad(t *testing.T) {
	t.Parallel()
	secrets := t.TempDir()
	key := write(t, secrets, "key", "  sk-from-a-file\n")
	other := write(t, secrets, "other.env", "PULSE_ADDR=:7777\n")
	for name, tt := range map[string]struct {
		environ []string
		file    string // .env
		want    func(*Config)
	}{
		"nothing set":            {want: func(*Config) {}},
		"empty counts as unset":  {environ: []string{"PULSE_ADDR=", "PULSE_RATE_LIMIT="}, want: func(*Config) {}},
		"environment":            {environ: []string{"PULSE_ADDR=127.0.0.1:0"}, want: func(c *Config) { c.Addr = "127.0.0.1:0" }},
		"file":                   {file: "PULSE_ADDR=:9000", want: func(c *Config) { c.Addr = ":9000" }},
		"environment over file":  {environ: []string{"PULSE_ADDR=:1"}, file: "PULSE_ADDR=:2", want: func(c *Config) { c.Addr = ":1" }},
		"file under empty":       {environ: []string{"PULSE_ADDR="}, file: "PULSE_ADDR=:2", want: func(c *Config) { c.Addr = ":2" }},
		"another file":           {environ: []string{configFile + "=" + other}, file: "PULSE_ADDR=:2", want: func(c *Config) { c.Addr = ":7777" }},
		"value from a file":      {environ: []string{"OPENAI_API_KEY_FILE=" + key}, want: func(c *Config) { c.OpenAI.Key = "sk-from-a-file" }},
		"value over file's file": {environ: []string{"OPENAI_API_KEY=k"}, file: "OPENAI_API_KEY_FILE=/nowhere", want: func(c *Config) { c.OpenAI.Key = "k" }},
		"quoted in a file":       {file: "DATABASE_URL='postgres://a:$b#c@d/e'", want: func(c *Config) { c.DatabaseURL = "postgres://a:$b#c@d/e" }},
		"a stand-in needs no key": {
			environ: []string{"OPENAI_BASE_URL=http://a/v1/", "ANTHROPIC_BASE_URL=http://b", "GOOGLE_GENAI_BASE_URL=http://c"},
			want: func(c *Config) {
				c.OpenAI, c.Anthropic = Vendor{"none", "http://a/v1"}, Vendor{"none", "http://b"}
				c.Google.GeminiKey, c.Google.BaseURL = "none", "http://c"
			},
		},
		"Vertex does not make a Gemini": {
			environ: []string{"GOOGLE_CLOUD_PROJECT=p", "GOOGLE_GENAI_BASE_URL=http://c"},
			want:    func(c *Config) { c.Google.Project, c.Google.BaseURL = "p", "http://c" },
		},
		"no Ollama": {environ: []string{"PULSE_OLLAMA_URL=off"}, want: func(c *Config) { c.OllamaURL = "" }},
		"lists": {
			environ: []string{"PULSE_TRUSTED_PROXIES=10.1.2.3/8, ::1", "PULSE_ALLOWED_ORIGINS=https://a.example,http://b:81"},
			want: func(c *Config) {
				c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
				c.AllowedOrigins = []string{"https://a.example", "http://b:81"}
			},
		},
		"words and numbers": {
			environ: []string{
				"PULSE_REGISTRATION=closed", "PULSE_DEMO=on", "PULSE_LOG_LEVEL=debug", "PULSE_LOG_FORMAT=json",
				"PULSE_RATE_LIMIT=0", "PULSE_SHUTDOWN_GRACE=2m",
			},
			want: func(c *Config) {
				c.RegistrationOpen, c.Demo, c.LogLevel, c.LogFormat = false, DemoOn, slog.LevelDebug, LogJSON
				c.RateLimit, c.ShutdownGrace = 0, 2*time.Minute
			},
		},
		"a bucket": {environ: []string{"PULSE_BLOB_URL=s3://bucket"}, want: func(c *Config) { c.Bucket.Name = "bucket" }},
		"a bucket elsewhere": {
			environ: []string{
				"PULSE_BLOB_URL=s3://my.bucket-1/a/b.c/?region=eu-central-1&endpoint=http://store:9000/&public_endpoint=https%3A%2F%2Ffiles.example.com&path_style=false",
				"AWS_ACCESS_KEY_ID=id", "AWS_SECRET_ACCESS_KEY_FILE=" + key, "AWS_SESSION_TOKEN=session",
			},
			want: func(c *Config) {
				c.Bucket = Bucket{
					Name: "my.bucket-1", Prefix: "a/b.c", Region: "eu-central-1", Endpoint: "http://store:9000",
					PublicEndpoint: "https://files.example.com", PathStyle: "false", Access: Access{"id", "sk-from-a-file", "session"},
				}
			},
		},
		"compatible servers": {
			environ: []string{"PULSE_COMPAT_VLLM_URL=http://v/v1", "PULSE_COMPAT_LM_STUDIO_URL=http://l/v1", "PULSE_COMPAT_LM_STUDIO_PRICE=0/0"},
			file:    "PULSE_COMPAT_VLLM_KEY_FILE=" + key,
			want: func(c *Config) {
				c.Compat = []Compat{{ID: "lm-studio", URL: "http://l/v1", Price: "0/0"}, {ID: "vllm", URL: "http://v/v1", Key: "sk-from-a-file"}}
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			if tt.file != "" {
				write(t, folder, ".env", tt.file)
			}
			got, warnings, err := Load(tt.environ, folder)
			if err != nil || len(warnings) > 0 {
				t.Fatalf("%v, warnings %q", err, warnings)
			}
			want := standards()
			tt.want(&want)
			if !reflect.DeepEqual(*got, want) {
				t.Errorf("got  %+v\nwant %+v", *got, want)
			}
		})
	}
}

func TestWrongValuesAreNamedWithWhatToDo(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"PULSE_ADDR=8080":                                                      `PULSE_ADDR must be host:port or :port, such as :8080 (it is "8080")`,
		"PULSE_ADDR=:http":                                                     "PULSE_ADDR must end in a port from 0 to 65535",
		"PULSE_PUBLIC_URL=pulse.example.com":                                   "PULSE_PUBLIC_URL must be an address such as https://example.com",
		"PULSE_PUBLIC_URL=https://x/?a":                                        "PULSE_PUBLIC_URL must end before any ? or #",
		"PULSE_ALLOWED_ORIGINS=https://a,https://b/":                           "PULSE_ALLOWED_ORIGINS must be origins such as https://example.com, with no path; number 2 is none",
		"PULSE_TRUSTED_PROXIES=10.0.0.0/33":                                    "PULSE_TRUSTED_PROXIES must be addresses or networks such as 10.0.0.0/8",
		"PULSE_RATE_LIMIT=-1":                                                  "PULSE_RATE_LIMIT must be a whole number, 0 or more",
		"PULSE_SHUTDOWN_GRACE=30":                                              "PULSE_SHUTDOWN_GRACE must be a time such as 30s or 2m",
		"PULSE_REGISTRATION=no":                                                "PULSE_REGISTRATION must be open or closed",
		"PULSE_DEMO=true":                                                      "PULSE_DEMO must be auto, on or off",
		"PULSE_LOG_LEVEL=loud":                                                 "PULSE_LOG_LEVEL must be debug, info, warn or error",
		"DATABASE_URL=mysql://a:hunter2@b":                                     "DATABASE_URL must begin with postgres://",
		"PULSE_SMTP_URL=https://a:hunter2@b":                                   "PULSE_SMTP_URL must be an address such as smtp://",
		"PULSE_SMTP_URL=smtp://a:hunter2@b":                                    "PULSE_SMTP_FROM is missing",
		"PULSE_SMTP_FROM=nobody":                                               "PULSE_SMTP_FROM must be an e-mail address",
		"GOOGLE_CLIENT_SECRET=a":                                               "GOOGLE_CLIENT_ID is missing",
		"OIDC_ISSUER=http://id.example.com":                                    "OIDC_ISSUER must begin with https://",
		"OIDC_ISSUER=accounts.example.com":                                     "OIDC_ISSUER must be an address",
		"PULSE_BLOB_URL=s3://a:hunter2@bucket":                                 "PULSE_BLOB_URL must not hold a user name or password",
		"PULSE_BLOB_URL=/var/blobs":                                            "PULSE_BLOB_URL must be an address such as s3://bucket",
		"PULSE_BLOB_URL=https://s3.example/bucket":                             "PULSE_BLOB_URL must be an address such as s3://bucket",
		"PULSE_BLOB_URL=s3:///prefix":                                          "PULSE_BLOB_URL must name a bucket, as in s3://bucket",
		"PULSE_BLOB_URL=s3://minio:9000/bucket":                                "another server's address belongs behind ?endpoint=",
		"PULSE_BLOB_URL=s3://Bucket":                                           "PULSE_BLOB_URL must name a bucket of 3 to 63 small letters",
		"PULSE_BLOB_URL=s3://bucket/a b":                                       "PULSE_BLOB_URL must have a prefix of letters",
		"PULSE_BLOB_URL=s3://bucket/a/../b":                                    "PULSE_BLOB_URL must have a prefix of letters",
		"PULSE_BLOB_URL=s3://bucket/a//b":                                      "PULSE_BLOB_URL must have a prefix of letters",
		"PULSE_BLOB_URL=s3://bucket#a":                                         "PULSE_BLOB_URL must not hold a #",
		"PULSE_BLOB_URL=s3://bucket?secret_key=hunter2":                        "nothing behind its ? but region, endpoint, public_endpoint and path_style",
		"PULSE_BLOB_URL=s3://bucket?region=a;b":                                "PULSE_BLOB_URL must have name=value behind its ?",
		"PULSE_BLOB_URL=s3://bucket?region=a&region=b":                         "PULSE_BLOB_URL must name its region once",
		"PULSE_BLOB_URL=s3://bucket?region=EU West":                            "PULSE_BLOB_URL must have a region such as eu-central-1",
		"PULSE_BLOB_URL=s3://bucket?path_style=yes":                            "PULSE_BLOB_URL must have a path_style of true or false",
		"PULSE_BLOB_URL=s3://bucket?endpoint=minio:9000":                       "PULSE_BLOB_URL has a value of endpoint that must be an address",
		"PULSE_BLOB_URL=s3://bucket?public_endpoint=https://a:hunter2@example": "PULSE_BLOB_URL has a value of public_endpoint that must not hold a user name",
		"OPENAI_BASE_URL=https://a:hunter2@b":                                  "OPENAI_BASE_URL must not hold a user name or password",
		"OPENAI_API_KEY_FILE=/no/such/file":                                    "OPENAI_API_KEY_FILE names a file that cannot be read",
		"PULSE_COMPAT_X_KEY=hunter2":                                           "PULSE_COMPAT_X_URL is missing",
		"PULSE_COMPAT_OLLAMA_URL=http://a":                                     "set PULSE_OLLAMA_URL",
		"PULSE_COMPAT_X_PRICE=0.1234/1":                                        "PULSE_COMPAT_X_PRICE must be input/output in US dollars per million tokens",
		"PULSE_CONFIG_FILE=/no/such/file":                                      "the file of settings: open /no/such/file",
	} {
		t.Run(value, func(t *testing.T) {
			t.Parallel()
			_, _, err := Load([]string{value}, t.TempDir())
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want %s", err, want)
			}
			if strings.HasPrefix(value, "PULSE_BLOB_URL") && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("it quotes a secret: %v", err)
			}
		})
	}
}

// An access key is two settings; without a bucket they are somebody else's.
func TestHalfAnAccessKey(t *testing.T) {
	t.Parallel()
	for have, missing := range map[string]string{
		"AWS_ACCESS_KEY_ID=a": "AWS_SECRET_ACCESS_KEY", "AWS_SECRET_ACCESS_KEY=a": "AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN=a": "AWS_ACCESS_KEY_ID",
	} {
		if _, _, err := Load([]string{have}, t.TempDir()); err != nil {
			t.Errorf("%s: %v", have, err)
		}
		_, _, err := Load([]string{have, "PULSE_BLOB_URL=s3://bucket"}, t.TempDir())
		if err == nil || !strings.HasPrefix(err.Error(), missing+" is missing") {
			t.Errorf("%s: %v", have, err)
		}
	}
}

func TestEverythingWrongIsNamedAtOnce(t *testing.T) {
	t.Parallel()
	_, _, err := Load([]string{"PULSE_ADDR=x", "PULSE_DEMO=x", "OPENAI_API_KEY=a", "OPENAI_API_KEY_FILE=b"}, t.TempDir())
	if err == nil {
		t.Fatal("no error")
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 3 || !strings.Contains(err.Error(), "OPENAI_API_KEY is set twice, also as OPENAI_API_KEY_FILE") {
		t.Errorf("got %q", lines)
	}
}

func TestMisspeltSettingsAreWarnedOf(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	write(t, folder, ".env", "PULSE_DATADIR=x\nCOMPOSE_PROJECT_NAME=y\n")
	_, warnings, err := Load([]string{"PULSE_ADRR=:1", "PULSE_SOMETHING_ELSE_ALTOGETHER=1", "HOME=/root"}, folder)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"PULSE_ADRR is no setting and has no effect. Did you mean PULSE_ADDR?",
		"PULSE_DATADIR is no setting and has no effect. Did you mean PULSE_DATA_DIR?",
		"PULSE_SOMETHING_ELSE_ALTOGETHER is no setting and has no effect.",
	}
	if !reflect.DeepEqual(warnings, want) {
		t.Errorf("got %q", warnings)
	}
}

// ASVS 13.2.4, 14.3.2, 16.2.5: an operator's secret is in no text of ours.
func TestSecretsShowThemselvesNowhere(t *testing.T) {
	t.Parallel()
	const canary = "hunter2"
	c, _, err := Load([]string{
		"OPENAI_API_KEY=" + canary, "DATABASE_URL=postgres://u:" + canary + "@h/d", "PULSE_COMPAT_A_URL=http://a", "PULSE_COMPAT_A_KEY=" + canary,
	}, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if c.OpenAI.Key.Reveal() != canary {
		t.Fatal("the key was not read")
	}
	var shown strings.Builder
	if err := json.NewEncoder(&shown).Encode(c); err != nil { //nolint:musttag // whoever encodes it by mistake does it like this
		t.Fatal(err)
	}
	slog.New(slog.NewTextHandler(&shown, nil)).InfoContext(t.Context(), "config", "config", *c, "key", c.OpenAI.Key)
	slog.New(slog.NewJSONHandler(&shown, nil)).InfoContext(t.Context(), "config", "config", c, "key", c.OpenAI.Key)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&shown, verb+verb, *c, c.OpenAI.Key)
	}
	for _, broken := range []string{"DATABASE_URL=" + canary, "PULSE_CONFIG_FILE=" + write(t, t.TempDir(), "f", "OPENAI_API_KEY "+canary)} {
		_, _, err := Load([]string{broken}, t.TempDir())
		if err == nil {
			t.Errorf("%s was taken", broken)
			continue
		}
		shown.WriteString(err.Error())
	}
	if strings.Contains(shown.String(), canary) {
		t.Errorf("a secret shows in %s", shown.String())
	}
}
