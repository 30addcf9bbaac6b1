package app

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"pulse/internal/httpd"
	"pulse/internal/store/storetest"
)

// Two servers on one PostgreSQL count a person's requests together, whatever
// they signed in with (I2): 1 000 at once get what one server would give, and no
// place in the row is given twice.
func TestReplicasLimitTogether(t *testing.T) {
	t.Parallel()
	const perMinute = 200
	url := storetest.MigratedURL(t)
	log := &lines{}
	open := func() *house {
		return newHouseWith(t, func(o *Options) {
			o.Log = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelWarn}))
		}, url, "PULSE_RATE_LIMIT="+strconv.Itoa(perMinute))
	}
	var second *house
	for try := 1; ; try++ {
		var first *house
		first, second = open(), open() // of which each says once a minute what it lacks
		begun, before := time.Now(), log.String()
		granted := flooded(t, first, second, first.register("ada"+strconv.Itoa(try)))
		if log.String() != before && try < 5 { // on a machine that does a lot beside this, the database may be slow once
			time.Sleep(5 * time.Second)
			continue
		}
		back := int(time.Since(begun)/(time.Minute/perMinute)) + 1 // what came back meanwhile
		if granted < perMinute || granted > perMinute+back {
			t.Errorf("%d were granted of %d and the %d that came back; %s", granted, perMinute, back, log)
		}
		break
	}
	bob := (&caller{h: second, name: "bob"}).do(http.MethodGet, "/api/v1/auth/options", nil)
	if bob.status != http.StatusOK {
		t.Errorf("somebody else: %d %s", bob.status, bob.text)
	}
}

// flooded sends 1 000 requests of a person's, in turn to two servers, and says
// how many were granted.
func flooded(t *testing.T, first, second *house, ada *caller) int {
	t.Helper()
	program := ada.program()
	var mu sync.Mutex
	granted := 0
	var wg sync.WaitGroup
	busy := make(chan struct{}, 64)
	for i := range 1000 {
		busy <- struct{}{}
		wg.Go(func() {
			defer func() { <-busy }()
			c := *ada
			if i%3 == 0 {
				c = *program
			}
			c.h = []*house{first, second}[i%2]
			got := c.do(http.MethodGet, "/api/v1/users/me", nil)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case got.status == http.StatusOK:
				granted++
			case got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") == "":
				t.Errorf("got %d %s", got.status, got.text)
			}
		})
	}
	wg.Wait()
	return granted
}

// What takes a password, sends an e-mail or goes to the issuer has the tighter limit; nothing else
// needs it.
func TestWhatIsStrict(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	strict := httpd.StrictRoutes(h.app.API())
	var want []string
	for _, name := range documented(h.app.API()) {
		if takesPassword(h.app.API(), name) || slices.Contains(sendsMail, name) || slices.Contains(beginsFlow, name) {
			want = append(want, name)
		}
	}
	slices.Sort(strict)
	if !slices.Equal(strict, want) || len(want) < 4 {
		t.Errorf("routes with the tighter limit:\n%q\nwant\n%q", strict, want)
	}
}

// beginsFlow are the routes that keep something for a way to the issuer and back.
var beginsFlow = []string{"GET /api/v1/auth/google", "POST /api/v1/auth/confirm/oidc", "POST /api/v1/users/me/identities"}

// sendsMail are the routes at which anybody can have an e-mail sent.
var sendsMail = []string{
	"POST /api/v1/auth/forgot", "POST /api/v1/users/me/email", "POST /api/v1/users/me/verification",
}

func operation(api huma.API, name string) *huma.Operation {
	method, path, _ := strings.Cut(name, " ")
	item := api.OpenAPI().Paths[path]
	return map[string]*huma.Operation{
		http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPut: item.Put, http.MethodPatch: item.Patch, http.MethodDelete: item.Delete,
	}[method]
}

// jsonBody gives the schema of a route's JSON body; nil: it has none.
func jsonBody(api huma.API, name string) *huma.Schema {
	body := operation(api, name).RequestBody
	if body == nil || body.Content["application/json"] == nil {
		return nil
	}
	s := body.Content["application/json"].Schema
	if s != nil && s.Ref != "" {
		s = api.OpenAPI().Components.Schemas.SchemaFromRef(s.Ref)
	}
	return s
}

func takesPassword(api huma.API, name string) bool {
	s := jsonBody(api, name)
	if s == nil {
		return false
	}
	for _, p := range s.Properties {
		if p.Format == "password" {
			return true
		}
	}
	return false
}

// While the database hangs, health and the limits answer.
func TestHealthWithoutTheDatabase(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.MigratedURL(t), "PULSE_RATE_LIMIT=100")
	if err := h.app.db.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, h.address+"/api/v1/health", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK || res.Header.Get("RateLimit-Limit") != "100" {
		t.Errorf("got %d %v", res.StatusCode, res.Header)
	}
}

// A page with many pictures does not use up what its other requests need.
func TestFilesHaveALimitOfTheirOwn(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "", "PULSE_RATE_LIMIT=10")
	ada := h.register("ada")
	file := ada.uploads("a.png", pictureOf(t, 8, 8))
	for range 50 {
		ada.must(http.StatusOK, http.MethodGet, file.path(), nil)
		ada.must(http.StatusOK, http.MethodGet, file.path()+"/thumbnail", nil)
	}
	ada.must(http.StatusOK, http.MethodGet, "/api/v1/jobs", nil)
	for range 110 {
		if got := ada.do(http.MethodGet, file.path(), nil); got.status == http.StatusTooManyRequests {
			if policy := got.header.Get("RateLimit-Policy"); !strings.Contains(policy, `"files";q=200`) {
				t.Errorf("it is refused by %s", policy)
			}
			return
		}
	}
	t.Error("files have no limit")
}
