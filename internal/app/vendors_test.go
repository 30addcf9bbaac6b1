package app

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pulse/internal/provider/standin"
)

// usedTokens is what a person's counter of tokens says.
func (c *caller) usedTokens() int64 {
	c.h.t.Helper()
	usage := get[struct {
		Meters []struct {
			Meter    string `json:"meter"`
			Used     int64  `json:"used"`
			Reserved int64  `json:"reserved"`
		} `json:"meters"`
	}](c, http.MethodGet, "/api/v1/users/me/usage", nil)
	for _, m := range usage.Meters {
		if m.Meter == "tokens" && m.Reserved == 0 {
			return m.Used
		}
	}
	c.h.t.Errorf("no counter of tokens, or something is still held: %+v", usage)
	return 0
}

// Every vendor is reached by its base URL, answers streamed and whole, and
// bills what is booked.
func TestEveryVendor(t *testing.T) {
	t.Parallel()
	start := func(s *standin.Server) string {
		server := httptest.NewServer(s)
		t.Cleanup(server.Close)
		return server.URL
	}
	google := standin.NewGoogle(nil)
	address := start(google)
	account, err := standin.ServiceAccount(address)
	if err != nil {
		t.Fatal(err)
	}
	credentials := filepath.Join(t.TempDir(), "account.json")
	if err := os.WriteFile(credentials, account, 0o600); err != nil {
		t.Fatal(err)
	}
	openAI, anthropic, vertex := standin.NewOpenAI(nil), standin.NewAnthropic(nil), google
	gemini, ollama, lab := standin.NewGoogle(nil), standin.NewCompatible(nil), standin.NewCompatible(nil)
	for name, c := range map[string]struct {
		vendor   *standin.Server
		settings []string
		model    string // or the beginning of its id
	}{
		"OpenAI":     {openAI, []string{"OPENAI_API_KEY=sk-1", "OPENAI_BASE_URL=" + start(openAI) + "/v1"}, "gpt-6-luna"},
		"Anthropic":  {anthropic, []string{"ANTHROPIC_API_KEY=sk-2", "ANTHROPIC_BASE_URL=" + start(anthropic)}, "claude-haiku-5-5"},
		"Gemini API": {gemini, []string{"GEMINI_API_KEY=key", "GOOGLE_GENAI_BASE_URL=" + start(gemini)}, "gemini-3.8-flash"},
		"Vertex AI": {vertex, []string{
			"GOOGLE_CLOUD_PROJECT=standin", "GOOGLE_APPLICATION_CREDENTIALS=" + credentials, "GOOGLE_GENAI_BASE_URL=" + address,
		}, "gemini-3.8-flash"},
		"Ollama": {ollama, []string{"PULSE_OLLAMA_URL=" + start(ollama) + "/v1"}, "ollama/"},
		"a compatible server": {lab, []string{
			"PULSE_COMPAT_LAB_URL=" + start(lab) + "/v1", "PULSE_COMPAT_LAB_KEY=sk-3", "PULSE_COMPAT_LAB_PRICE=1/2",
		}, "lab/"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, "", c.settings...)
			p := h.register("ada")
			model := p.modelLike(c.model)
			whole := p.ask(object{"model": model, "messages": said("hello there")})
			h.same("the answer", p.read(whole.ConversationID).branch(), []string{"hello there", "You said: hello there"})
			stream := p.must(http.StatusOK, http.MethodPost, "/api/v1/chat/stream", object{"model": model, "messages": said("[chunks 5]")})
			if !strings.Contains(stream, "event: done") || strings.Contains(stream, "event: error") {
				t.Errorf("streamed: %s", stream)
			}
			if used, billed := p.usedTokens(), c.vendor.Books().Billed.Total(); used != billed || used == 0 {
				t.Errorf("booked %d tokens, the vendor billed %d", used, billed)
			}
			if text := p.must(http.StatusOK, http.MethodGet, "/api/v1/chat/models", nil); strings.Contains(text, "demo-chat") {
				t.Error("the demo is listed beside real models")
			}
		})
	}
}

// modelLike waits until a model is listed whose id begins so, and gives it.
func (c *caller) modelLike(beginning string) string {
	c.h.t.Helper()
	found := ""
	c.h.until("there is a model "+beginning+"…", func() bool {
		list := get[struct {
			Items []struct {
				ID        string `json:"id"`
				Available bool   `json:"available"`
			} `json:"items"`
		}](c, http.MethodGet, "/api/v1/chat/models", nil)
		for _, m := range list.Items {
			if m.Available && strings.HasPrefix(m.ID, beginning) {
				found = m.ID
			}
		}
		return found != ""
	})
	return found
}
