package app

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// The doctor asks the issuer who it is, and says what to register there.
func TestExamineIssuer(t *testing.T) {
	t.Parallel()
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]string{"issuer": server.URL, "authorization_endpoint": server.URL + "/auth"})
	}))
	t.Cleanup(server.Close)
	set := []string{"GOOGLE_CLIENT_ID=pulse", "GOOGLE_CLIENT_SECRET=hunter2", "OIDC_NAME=Example Corp", "OIDC_ISSUER=" + server.URL}
	for name, w := range map[string]struct {
		settings []string
		says     string
		wrong    string
		optional bool
	}{
		"nothing set":          {says: "with a password", optional: true},
		"on this machine":      {settings: set, says: "Example Corp answers; on this machine only"},
		"for others":           {settings: append([]string{"PULSE_PUBLIC_URL=https://pulse.example.com"}, set...), says: "https://pulse.example.com/api/v1/auth/google/callback"},
		"without TLS":          {settings: append([]string{"PULSE_PUBLIC_URL=http://pulse.example.com"}, set...), says: "answers", wrong: "https"},
		"with a slash more":    {settings: append(set[:3:3], "OIDC_ISSUER="+server.URL+"/"), says: "does not work", wrong: "did not match"},
		"where nobody listens": {settings: append(set[:3:3], "OIDC_ISSUER=http://127.0.0.1:1"), says: "does not work", wrong: "OIDC_ISSUER"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := findingOf(t, "sign-in elsewhere", w.settings...)
			if !strings.Contains(found.Says, w.says) || !strings.Contains(found.Wrong, w.wrong) || (found.Wrong == "") != (w.wrong == "") || found.Optional != w.optional {
				t.Errorf("found %+v", found)
			}
			if strings.Contains(found.Says+found.Wrong, "hunter") {
				t.Errorf("the secret is in %+v", found)
			}
		})
	}
}
