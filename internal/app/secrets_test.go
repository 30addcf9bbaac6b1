package app

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"pulse/internal/config"
	"pulse/internal/store"
	"pulse/internal/store/storetest"
)

// lines collects what is logged.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// tellTale is a vendor that fails in every way, each time with the key that it
// was given in what it says, as vendors do.
func tellTale(t *testing.T) (url string, asked *atomic.Int64) {
	t.Helper()
	asked = new(atomic.Int64)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := fmt.Sprint(r.Header["Authorization"], r.Header["X-Api-Key"], r.Header["X-Goog-Api-Key"], r.URL.Query()["key"])
		failure, err := json.Marshal(object{"type": "error", "error": object{"message": "not with the key " + key, "type": key, "code": key, "status": key, "param": key}})
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", "application/json")
		switch n := asked.Add(1); n % 9 {
		case 0:
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, "<h1>"+key+"</h1>") //nolint:gosec // that is the case
		case 1:
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = fmt.Fprintf(w, "event: error\ndata: %s\n\n", failure)
		case 2:
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		default:
			w.WriteHeader([]int{400, 401, 403, 404, 422, 429, 500}[n%7])
			_, _ = w.Write(failure)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL, asked
}

// Each secret of the operator's and of a person's, in every setting and by every
// way in: none shows in a log line, an answer, a page or the database, whatever
// goes wrong and however much is logged (ASVS 14.3.2, 16.2.5, 16.5.1).
func TestSecretsAreNotTold(t *testing.T) {
	t.Parallel()
	for name, databaseURL := range map[string]func(*testing.T) string{
		store.SQLite: func(*testing.T) string { return "" },
		store.PostgreSQL: func(t *testing.T) string {
			t.Helper()
			return strings.Replace(storetest.MigratedURL(t), "pulse@", "pulse:canary-database@", 1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			secretsAreKept(t, databaseURL(t))
		})
	}
}

func secretsAreKept(t *testing.T, databaseURL string) {
	t.Helper()
	vendor, asked := tellTale(t)
	folder := t.TempDir()
	settings := []string{
		"PULSE_DATA_DIR=" + folder, "PULSE_LOG_LEVEL=debug",
		"OPENAI_API_KEY=canary-openai", "OPENAI_BASE_URL=" + vendor, "ANTHROPIC_API_KEY=canary-anthropic", "ANTHROPIC_BASE_URL=" + vendor,
		"GEMINI_API_KEY=canary-gemini", "GOOGLE_GENAI_BASE_URL=" + vendor,
		"PULSE_COMPAT_LAB_URL=" + vendor, "PULSE_COMPAT_LAB_KEY=canary-lab", "PULSE_COMPAT_LAB_PRICE=1/1",
		"GOOGLE_CLIENT_ID=id", "GOOGLE_CLIENT_SECRET=canary-client", "OIDC_ISSUER=" + vendor, "PULSE_PUBLIC_URL=http://pulse.example",
		"PULSE_SMTP_URL=smtp://pulse:canary-smtp@127.0.0.1:9", "PULSE_SMTP_FROM=pulse@example.com",
		"AWS_ACCESS_KEY_ID=id", "AWS_SECRET_ACCESS_KEY=canary-aws", "AWS_SESSION_TOKEN=canary-aws-session",
	}
	cfg, _, err := config.Load(append(settings, "DATABASE_URL="+databaseURL), folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range secretsWithout(reflect.ValueOf(*cfg), "Config") {
		if path != "Config.DatabaseURL" || databaseURL != "" {
			t.Errorf("%s has no canary in this test", path)
		}
	}
	log := &lines{}
	h := newHouseWith(t, func(o *Options) {
		o.Log = slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		o.Page = fstest.MapFS{"index.html": {Data: []byte("page")}}
	}, databaseURL, settings...)

	told := []string{fmt.Sprintf("%v %+v %#v %s", cfg, cfg, cfg, h.app.About())}
	if about, err := json.Marshal(cfg); err == nil { //nolint:musttag // nobody writes it so, but somebody may
		told = append(told, string(about))
	}
	h.register("first")
	const password = "canary-password"
	ada := h.enter("ada", "register", object{"email": "ada@example.com", "password": password})
	token := get[struct {
		AccessToken string `json:"access_token"`
	}](&caller{h: h}, http.MethodPost, "/api/v1/auth/token", object{"email": "ada@example.com", "password": password}).AccessToken
	claims, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	var claim struct {
		ID string `json:"jti"`
	}
	if err := json.Unmarshal(claims, &claim); err != nil {
		t.Fatal(err)
	}
	secrets := []string{"canary-", ada.cookie.Value, token, claim.ID}
	people := []*caller{ada, {h: h, token: token}, {h: h}, {h: h, cookie: &http.Cookie{Name: ada.cookie.Name, Value: "canary-cookie"}}, {h: h, token: "canary-token"}}
	if slices.Contains(documented(h.app.API()), "POST /api/v1/users/me/keys") {
		key := decode[struct {
			Key string `json:"key"`
		}](ada, http.StatusCreated, http.MethodPost, "/api/v1/users/me/keys", object{"name": "mine"}).Key
		secrets, people = append(secrets, key), append(people, &caller{h: h, token: key})
	}

	hear := func(r reply) { told = append(told, r.text, fmt.Sprint(r.header)) }
	var wg sync.WaitGroup
	var mu sync.Mutex
	for _, model := range []string{"gpt-6-luna", "claude-haiku-5-5", "gemini-3.8-flash"} {
		for i := range 10 {
			wg.Go(func() {
				got := ada.do(http.MethodPost, "/api/v1/chat/"+[]string{"complete", "stream"}[i%2], object{"model": model, "messages": said("hi")})
				mu.Lock()
				defer mu.Unlock()
				hear(got)
			})
		}
	}
	wg.Wait()
	wrong := []string{
		``, `{`, `{"password":"canary-body"`, `{"email":"canary-email","password":"canary-body"}`, `{"email":"eve@example.com","password":"canary-body"}`,
		`{"email":{"a":"canary-body"},"password":["canary-body"]}`, `{"email":"ada@example.com","password":"canary-body","x":"canary-body"}`,
		`{"password":"canary-body","password":"canary-body"}`, `{"token":"canary-body","password":"canary-body"}`,
	}
	// The answers that carry a secret carry it once, to whom it is for.
	for _, c := range people {
		for _, name := range h.unsafe() {
			if strings.Contains(name, "/logout") || strings.HasPrefix(name, http.MethodDelete) || strings.Contains(name, "/files") {
				continue
			}
			method, path, _ := strings.Cut(name, " ")
			for _, body := range wrong {
				hear(c.post(method, path, body, "Content-Type", "application/json"))
			}
			hear(c.post(method, path+"?password=canary-query&code=canary-query", "{}", "Content-Type", "application/json"))
		}
		for _, path := range []string{
			"/api/v1/users/me", "/api/v1/users/me?token=canary-query", "/api/v1/conversations?q=canary-query&cursor=canary-query", "/api/v1/jobs", "/api/v1/jobs/canary-path",
			"/api/v1/canary-path", "/openapi.json", "/docs", "/canary-path.png", "/api/v1/auth/options",
		} {
			hear(c.post(http.MethodGet, path, "", "X-Api-Key", "canary-header", "Idempotency-Key", "canary-é", "Referer", "https://a.example/?t=canary-referer"))
		}
	}
	told = append(told, rawly(t, h.address, "GET / HTTP/1.1\r\nHost: x\r\nAuthorization : Bearer canary-raw\r\n\r\n"), rawly(t, h.address, "canary-raw\r\n\r\n"))
	if databaseURL == "" {
		for _, name := range []string{"pulse.db", "pulse.db-wal"} {
			kept, err := os.ReadFile(filepath.Join(folder, name)) //nolint:gosec // our own folder
			if err != nil {
				t.Fatal(err)
			}
			for _, secret := range secrets {
				if bytes.Contains(kept, []byte(secret)) {
					t.Errorf("the database holds %s", secret)
				}
			}
		}
	}
	if databaseURL != "" { // now it is away; SQLite never is
		if err := h.app.db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	hear(ada.do(http.MethodGet, "/api/v1/users/me", nil))
	hear((&caller{h: h}).do(http.MethodPost, "/api/v1/auth/login", object{"email": "ada@example.com", "password": password}))
	hear((&caller{h: h}).do(http.MethodGet, "/api/v1/health/db", nil))

	logged := log.String()
	if asked.Load() < 20 || strings.Count(logged, "\n") < 100 || !strings.Contains(logged, `"level":"ERROR"`) && !strings.Contains(logged, `"level":"WARN"`) {
		t.Errorf("the vendor was asked %d times, and little was logged: %.2000s", asked.Load(), logged)
	}
	for _, secret := range secrets {
		for i, text := range append(told, logged) {
			if at := strings.Index(text, secret); at >= 0 {
				what := "an answer"
				if i == len(told) {
					what = "the log"
				}
				t.Errorf("%s says: …%s", what, text[max(0, at-200):min(len(text), at+100)])
				break
			}
		}
	}
}

// secretsWithout lists the secrets of a configuration without a canary.
func secretsWithout(v reflect.Value, path string) []string {
	if s, ok := reflect.TypeAssert[config.Secret](v); ok {
		if strings.Contains(s.Reveal(), "canary-") {
			return nil
		}
		return []string{path}
	}
	var all []string
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Type.PkgPath() != "net/netip" {
				all = append(all, secretsWithout(v.Field(i), path+"."+f.Name)...)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			all = append(all, secretsWithout(v.Index(i), path)...)
		}
	default:
	}
	return all
}

// rawly sends what is no request.
func rawly(t *testing.T, address, text string) string {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(address, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	return string(got)
}
