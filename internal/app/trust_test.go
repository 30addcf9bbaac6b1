package app

import (
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"pulse/internal/httpd"
)

// publicBodies are what the public routes with a JSON body take.
var publicBodies = map[string]object{
	"POST /api/v1/auth/login":    {"email": "ada@example.com", "password": password},
	"POST /api/v1/auth/token":    {"email": "ada@example.com", "password": password},
	"POST /api/v1/auth/register": {"email": "new@example.com", "password": password},
	"POST /api/v1/auth/forgot":   {"email": "ada@example.com"},
	"POST /api/v1/auth/reset":    {"token": "none", "password": password},
}

// bodyOf gives a route's body as JSON; "" when it takes none, or a file.
func (has owned) bodyOf(t *testing.T, name string) string {
	t.Helper()
	var body any = publicBodies[name]
	if r, ok := routes[name]; ok {
		if body = has.fill(r.body); r.body == nil {
			return ""
		}
	} else if publicBodies[name] == nil {
		return ""
	}
	if _, ok := body.(upload); ok {
		return ""
	}
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// unsafe gives the routes that change something, those that delete last.
func (h *house) unsafe() []string {
	names := slices.DeleteFunc(documented(h.app.API()), func(name string) bool { return strings.HasPrefix(name, http.MethodGet) })
	late := func(name string) int {
		return strings.Count(name, http.MethodDelete) + 2*strings.Count(name, "logout")
	}
	slices.SortStableFunc(names, func(a, b string) int { return late(a) - late(b) })
	return names
}

// takingJSON gives the routes that take a JSON document.
func (h *house) takingJSON() []string {
	return slices.DeleteFunc(h.unsafe(), func(name string) bool { return jsonBody(h.app.API(), name) == nil })
}

// post sends text as it is, and follows nothing that the answer leads to.
func (c *caller) post(method, path, text string, headers ...string) reply {
	c.h.t.Helper()
	return c.send(http.DefaultTransport.RoundTrip, method, path, strings.NewReader(text), headers...)
}

// somebody is a person with something of everything.
func (h *house) somebody(name string) (*caller, owned) {
	h.t.Helper()
	c := h.register(name)
	has := get[owned](c, http.MethodPost, "/api/v1/chat/complete", object{"model": model, "messages": question})
	has.FileID = c.uploads("notes.txt", "my notes").ID
	return c, has
}

// No other site does anything in a person's name, at any route and however it
// sends it (ASVS 3.5.1–3.5.3); a bearer token was not sent by a browser on its own.
func TestForgedRequests(t *testing.T) {
	t.Parallel()
	h := withOpenAI(t, "", "PULSE_PUBLIC_URL=http://pulse.example", "PULSE_ALLOWED_ORIGINS=https://friend.example")
	ada, has := h.somebody("ada")
	before := ada.everything(has)
	forged := map[string][]string{
		"another origin":             {"Origin", "https://evil.example"},
		"another origin, by a form":  {"Origin", "https://evil.example", "Content-Type", "text/plain"},
		"a form's own type":          {"Origin", "https://evil.example", "Content-Type", "application/x-www-form-urlencoded"},
		"a file":                     {"Origin", "https://evil.example", "Content-Type", "multipart/form-data; boundary=x"},
		"no origin to speak of":      {"Origin", "null"},
		"cross-site":                 {"Sec-Fetch-Site", "cross-site"},
		"cross-site, without origin": {"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors", "Content-Type", "text/plain"},
		"a neighbour's":              {"Sec-Fetch-Site", "same-site", "Origin", "http://evil.pulse.example"},
		"our name, another port":     {"Origin", "http://pulse.example:8081"},
		"a friend's name by http":    {"Origin", "http://friend.example"},
	}
	for _, name := range h.unsafe() {
		method, path, _ := strings.Cut(name, " ")
		path, body := has.path(path, routes[name]), has.bodyOf(t, name)
		for how, headers := range forged {
			got := ada.post(method, path, body, append([]string{"Content-Type", "application/json"}, headers...)...)
			if got.status != http.StatusForbidden || !strings.Contains(got.text, "another site") || len(got.cookies) > 0 {
				t.Errorf("%s, %s: %d %v %s", name, how, got.status, got.cookies, got.text)
			}
		}
		// An old browser says nothing of where a form is from; a form cannot say that it is JSON.
		if jsonBody(h.app.API(), name) != nil {
			for _, kind := range []string{"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"} {
				if got := ada.post(method, path, body, "Content-Type", kind); got.status < 400 || got.status >= 500 || len(got.cookies) > 0 {
					t.Errorf("%s as %s: %d %s", name, kind, got.status, got.text)
				}
			}
		}
	}
	if after := ada.everything(has); after != before {
		t.Errorf("something was done:\n%s\nbefore\n%s", after, before)
	}
	program := ada.program()
	for _, name := range h.unsafe() {
		method, path, _ := strings.Cut(name, " ")
		path = strings.NewReplacer("{id}", "none", "{message_id}", "none").Replace(path)
		if got := program.post(method, path, "", "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"); strings.Contains(got.text, "another site") {
			t.Errorf("%s by a token: %d %s", name, got.status, got.text)
		}
	}
}

// No route tells a page of another origin anything; a named one is told exactly
// (ASVS 3.4.2).
func TestOriginsAtEveryRoute(t *testing.T) {
	t.Parallel()
	const friend = "https://friend.example"
	h := newHouse(t, "", "PULSE_ALLOWED_ORIGINS="+friend)
	nobody := &caller{h: h}
	for _, name := range append(documented(h.app.API()), "GET /openapi.json", "GET /", "GET /docs") {
		method, path, _ := strings.Cut(name, " ")
		for _, how := range []string{method, http.MethodOptions} {
			for _, origin := range []string{"https://evil.example", "null", friend + ".evil.example"} {
				got := nobody.post(how, path, "", "Origin", origin, "Access-Control-Request-Method", method)
				for header := range got.header {
					if strings.HasPrefix(header, "Access-Control-") {
						t.Errorf("%s %s from %s: %s", how, path, origin, header)
					}
				}
			}
			if !strings.Contains(name, " /api/") && !strings.Contains(name, " /v1/") {
				continue
			}
			got := nobody.post(how, path, "", "Origin", friend, "Access-Control-Request-Method", method)
			if got.header.Get("Access-Control-Allow-Origin") != friend || got.header.Get("Access-Control-Allow-Credentials") != "true" ||
				got.header.Get("Vary") == "" || len(got.header.Values("Access-Control-Allow-Origin")) != 1 {
				t.Errorf("%s %s from a friend: %d %v", how, path, got.status, got.header)
			}
			if how == http.MethodOptions && got.status != http.StatusNoContent {
				t.Errorf("preflight of %s: %d", name, got.status)
			}
		}
	}
}

// grown gives the document once for each object in it, with a field more there.
func grown(v any, name string, value any) []any {
	var all []any
	switch v := v.(type) {
	case map[string]any:
		more := maps.Clone(v)
		more[name] = value
		all = append(all, more)
		for key, inner := range v {
			for _, g := range grown(inner, name, value) {
				changed := maps.Clone(v)
				changed[key] = g
				all = append(all, changed)
			}
		}
	case []any:
		for i, inner := range v {
			for _, g := range grown(inner, name, value) {
				changed := slices.Clone(v)
				changed[i] = g
				all = append(all, changed)
			}
		}
	}
	return all
}

// Nobody makes themselves more than they are by a field that is not theirs to
// set, in any document, at any depth, in any writing (ASVS 15.3.3).
func TestFieldsThatAreNotTheirs(t *testing.T) {
	t.Parallel()
	h := withOpenAI(t, "")
	h.register("first") // who is the administrator
	ada, has := h.somebody("ada")
	before := ada.everything(has)
	nobody := &caller{h: h}
	for _, name := range h.takingJSON() {
		method, path, _ := strings.Cut(name, " ")
		text := has.bodyOf(t, name)
		if text == "" {
			t.Errorf("%s takes JSON, but this test has none for it", name)
			continue
		}
		var body map[string]any
		if err := json.Unmarshal([]byte(text), &body); err != nil {
			t.Fatal(err)
		}
		tries := make([]any, 0, 64)
		for field, value := range map[string]any{
			"is_admin": true, "IS_ADMIN": true, "Is_Admin": true, "isAdmin": true, "plan": "pro", "Plan": "pro",
			"user_id": has.JobID, "USER_ID": has.JobID, "used": 0, "Used": 0, "__proto__": object{"is_admin": true},
		} {
			tries = append(tries, grown(body, field, value)...)
		}
		for field, value := range body { // its own fields in another case, beside themselves
			more := maps.Clone(body)
			more[strings.ToUpper(field)] = value
			tries = append(tries, more)
		}
		for _, try := range tries {
			for _, c := range []*caller{ada, nobody} {
				got := c.do(method, has.path(path, routes[name]), try)
				public := c != nobody || publicBodies[name] != nil
				switch {
				case strings.HasPrefix(path, "/v1/"): // where clients of OpenAI's API send what we need not know
					if got.status >= http.StatusInternalServerError {
						t.Errorf("%s: %d to %v: %s", name, got.status, try, got.text)
					}
				case public && got.status != http.StatusBadRequest, !public && got.status != http.StatusUnauthorized, len(got.cookies) > 0:
					t.Errorf("%s by %q: %d to %v: %s", name, c.name, got.status, try, got.text)
				}
			}
		}
	}
	if after := ada.everything(has); after != before {
		t.Errorf("something was done:\n%s\nbefore\n%s", after, before)
	}
	if got := nobody.do(http.MethodPost, "/api/v1/auth/login", object{"email": "new@example.com", "password": password}); got.status != http.StatusUnauthorized {
		t.Errorf("an account was made: %d %s", got.status, got.text)
	}
}

// Documents that are made to break their reader are refused as what they are,
// at every route that reads one, and never break anything (ASVS 2.2.1, 15.3.4).
func TestDocumentsThatHurt(t *testing.T) {
	t.Parallel()
	h := withOpenAI(t, "")
	ada, has := h.somebody("ada")
	before := ada.everything(has)
	many := strings.Repeat
	hurt := map[string]string{
		"nothing":               "",
		"10 MB of text":         `{"email":"` + many("x", 10<<20) + `"}`,
		"10 MB of fields":       `{"a":[` + many("1,", 5<<20) + `1]}`,
		"20 000 lists deep":     many("[", 20_000) + many("]", 20_000),
		"20 000 objects deep":   many(`{"a":`, 20_000) + "1" + many("}", 20_000),
		"deep, inside a field":  `{"messages":` + many("[", 20_000) + many("]", 20_000) + `}`,
		"deep, without an end":  many(`{"a":[`, 10_000),
		"100 000 fields":        `{` + fields(100_000) + `"a":1}`,
		"a number without end":  `{"a":` + many("9", 100_000) + `}`,
		"a number beyond all":   `{"a":1e999999999}`,
		"no number":             `{"a":NaN}`,
		"U+0000":                `{"email":"a\u0000b","password":"\u0000","model":"\u0000","full_name":"\u0000","title":"\u0000"}`,
		"a lone surrogate":      `{"email":"\ud800","model":"\udfff"}`,
		"broken UTF-8":          "{\"email\":\"\xff\xfe\"}",
		"UTF-16":                "\xff\xfe{\x00}\x00",
		"a byte order mark":     "\xef\xbb\xbf{}",
		"two documents":         `{}{}`,
		"null":                  `null`,
		"a list":                `[]`,
		"a text":                `"a"`,
		"a comment":             `{/* a */}`,
		"the wrong kind of all": `{"email":{},"password":[],"model":1,"messages":"a","input":[],"type":{},"title":[],"status":1,"full_name":{}}`,
	}
	for _, name := range h.takingJSON() {
		method, path, _ := strings.Cut(name, " ")
		path = has.path(path, routes[name])
		these := maps.Clone(hurt)
		if text := has.bodyOf(t, name); len(text) > 2 { // its own fields twice
			these["everything twice"] = strings.TrimSuffix(text, "}") + "," + strings.TrimPrefix(text, "{")
		}
		for what, text := range these {
			got := ada.post(method, path, text, "Content-Type", "application/json")
			if got.status != http.StatusBadRequest && got.status != http.StatusRequestEntityTooLarge || len(got.cookies) > 0 {
				t.Errorf("%s, %s: %d %.300s", name, what, got.status, got.text)
			}
			if len(got.text) > 16<<10 {
				t.Errorf("%s, %s: the answer has %d bytes", name, what, len(got.text))
			}
		}
	}
	if after := ada.everything(has); after != before {
		t.Errorf("something was done:\n%s\nbefore\n%s", after, before)
	}
}

func fields(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(`"`)
		b.WriteString(strings.Repeat("a", 1+i%7))
		b.WriteString(strconv.Itoa(i % 10))
		b.WriteString(`":1,`)
	}
	return b.String()
}

// What means something to LIKE and to search languages means itself in a search
// (ASVS 1.2.4).
func TestSearchesAreLiteral(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		ada := h.register("ada")
		ada.ask(object{"messages": said("Where does the okapi live?")})
		for words, found := range map[string]bool{
			"%": false, "_": false, `\`: false, "%%": false, "ok%pi": false, "ok_pi": false, "_kapi": false, "%kapi%": false, "?kapi": false,
			"' OR 1=1 --": false, `okapi" OR "x`: false, "okapi' | 'x": false, "okapi & !x": false, "<->": false, "\u202e": false,
			// What is no word is no part of one: these look for okapi, or for what begins with okap.
			`okapi\%`: true, "(okapi": true, "okap_": true, "okap%": true,
		} {
			if got := ada.finds(words, ""); (len(got) > 0) != found {
				t.Errorf("%q finds %d", words, len(got))
			}
		}
	})
}

// What is open to everybody is listed, here and in the documents; the API's
// part of it is what the routes say of themselves (ASVS 8.2.1).
func TestWhatIsOpenToEverybody(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	h := newHouseWith(t, func(o *Options) {
		o.Page = fstest.MapFS{
			"index.html": {Data: []byte("page")}, "docs.html": {Data: []byte("docs")}, "picture.html": {Data: []byte("picture")}, "assets/a.js": {Data: []byte("a")},
		}
	}, "")
	_, list, found := strings.Cut(string(doc), "## Open to everybody")
	if !found {
		t.Fatal("docs/architecture.md lists nothing")
	}
	list, _, _ = strings.Cut(list, "\n## ")
	public := httpd.PublicRoutes(h.app.API())
	for _, name := range public {
		if !strings.Contains(list, "`"+name+"`") {
			t.Errorf("docs/architecture.md does not list %s", name)
		}
	}
	if listed := strings.Count(list, "/api/"); listed != len(public) {
		t.Errorf("docs/architecture.md lists %d routes, of %d", listed, len(public))
	}
	// Beside the API there is only what everybody may have: files of the build and its description.
	nobody := &caller{h: h}
	for _, path := range []string{"/", "/chat", "/sign-in", "/docs", "/picture", "/assets/a.js", "/openapi.json"} {
		if got := nobody.do(http.MethodGet, path, nil); got.status != http.StatusOK || len(got.cookies) > 0 {
			t.Errorf("%s: %d %s", path, got.status, got.text)
		}
	}
	for _, path := range []string{"/metrics", "/debug/pprof/", "/.env", "/data/pulse.db", "/admin.json", "/assets/", "/assets/../index.html.br", "/api/v1/../../data/pulse.db"} {
		got := nobody.do(http.MethodGet, path, nil)
		if got.status == http.StatusOK && got.text != "page" || strings.Contains(got.text, "SQLite format") {
			t.Errorf("%s: %d %s", path, got.status, got.text)
		}
	}
}
