package app

import (
	"encoding/json"
	"mime"
	"net/http"
	"strings"
	"testing"
)

// What is exported is what is shown, or with JSON all that there is; the file is
// named after the conversation, whatever that is called.
func TestExport(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		p := h.register("ada")
		f := p.uploads("notes.txt", "secret text of the file")
		o := p.ask(object{"messages": about("What is it?\n\n```go\nfunc main() {}\n```", f), "system_prompt": "Be brief."})
		p.ask(object{"messages": said("Another wording"), "conversation_id": o.ConversationID, "parent_id": ""})
		path := "/api/v1/conversations/" + o.ConversationID + "/export"
		for title, want := range map[string]string{
			"Plain": "Plain", "Über/alles: \"now\"?": "Über alles now", "../../etc/passwd": "etc passwd", "天气.": "天气", "...": "conversation",
		} {
			p.must(http.StatusOK, http.MethodPatch, "/api/v1/conversations/"+o.ConversationID, object{"title": title, "head_id": o.Message.ID})
			got := p.do(http.MethodGet, path, nil)
			how, params, err := mime.ParseMediaType(got.header.Get("Content-Disposition"))
			if err != nil || how != "attachment" || params["filename"] != want+".md" || !strings.HasPrefix(got.kind, "text/markdown") {
				t.Errorf("%s: %v %q %v, %s", title, err, how, params, got.kind)
			}
			if !strings.HasPrefix(got.text, "# "+title+"\n") || !strings.Contains(got.text, "```go\nfunc main() {}\n```") ||
				!strings.Contains(got.text, "attached: notes.txt") || !strings.Contains(got.text, "## gpt-6-luna, 20") || strings.Contains(got.text, "Another wording") {
				t.Errorf("%s: %s", title, got.text)
			}
		}
		got := p.do(http.MethodGet, path+"?format=json", nil)
		var all struct {
			Settings map[string]any `json:"settings"`
			Messages []struct {
				Files []aFile        `json:"files"`
				Usage map[string]any `json:"usage"`
			} `json:"messages"`
		}
		if err := json.Unmarshal([]byte(got.text), &all); err != nil {
			t.Fatal(err)
		}
		if len(all.Messages) != 4 || all.Settings["system_prompt"] != "Be brief." || len(all.Messages[0].Files) != 1 || all.Messages[1].Usage["cost_usd"] == nil {
			t.Errorf("the JSON is %s", got.text)
		}
		p.must(http.StatusBadRequest, http.MethodGet, path+"?format=pdf", nil)
	})
}
