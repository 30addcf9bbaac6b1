package standin

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
)

// pageLength is how many models a page of a list has at most. It is short, so
// that a client that reads the first page only is found out.
const pageLength = 4

// page cuts the next page out of a list; after is the last id of the one
// before, and limit what the client asks for.
func page(ids []string, after, limit string) (part []string, more bool) {
	from := 0
	if after != "" {
		from = slices.Index(ids, after) + 1
	}
	length := pageLength
	if n, err := strconv.Atoi(limit); err == nil && n > 0 {
		length = min(n, length)
	}
	to := min(from+length, len(ids))
	return ids[from:to], to < len(ids)
}

// tell answers with JSON.
func tell(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.MarshalWrite(w, v) // the client is gone: nothing to tell anybody
}

func (a openAI) models(w http.ResponseWriter, r *http.Request) {
	if f := a.door(r); f.Status != 0 {
		fail(w, &openAIVoice{}, f)
		return
	}
	ids := OpenAIModels()
	if a.compatible {
		ids = CompatibleModels
	}
	type model struct {
		ID           string  `json:"id"`
		Object       string  `json:"object"`
		Created      int64   `json:"created"`
		OwnedBy      string  `json:"owned_by"`
		ShutdownDate *string `json:"shutdown_date"`
	}
	list := struct {
		Object string  `json:"object"`
		Data   []model `json:"data"`
	}{Object: "list"}
	for _, id := range ids {
		list.Data = append(list.Data, model{ID: id, Object: "model", OwnedBy: "standin"})
	}
	tell(w, list)
}

func (a anthropic) models(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Request-Id", "req_standin")
	if f := a.door(r); f.Status != 0 {
		fail(w, &anthropicVoice{}, f)
		return
	}
	type model struct {
		Type        string `json:"type"`
		ID          string `json:"id"`
		DisplayName string `json:"display_name"`
		CreatedAt   string `json:"created_at"`
		Lifecycle   string `json:"lifecycle"`
	}
	list := struct {
		Data    []model `json:"data"`
		HasMore bool    `json:"has_more"`
		FirstID string  `json:"first_id"`
		LastID  string  `json:"last_id"`
	}{}
	ids, more := page(AnthropicModels(), r.FormValue("after_id"), r.FormValue("limit"))
	for _, id := range ids {
		list.Data = append(list.Data, model{"model", id, id, "2026-09-01T00:00:00Z", "active"})
	}
	list.HasMore = more
	if len(ids) > 0 {
		list.FirstID, list.LastID = ids[0], ids[len(ids)-1]
	}
	tell(w, list)
}

// models lists in the Gemini API's form or in Vertex AI's, whose list is the
// same for every project.
func (g google) models(w http.ResponseWriter, r *http.Request) {
	if f := g.door(r); f.Status != 0 {
		fail(w, &googleVoice{}, f)
		return
	}
	type model struct {
		Name string `json:"name"`
	}
	//nolint:tagliatelle // Google's names
	list := struct {
		Models          []model `json:"models,omitempty"`
		PublisherModels []model `json:"publisherModels,omitempty"`
		NextPageToken   string  `json:"nextPageToken,omitempty"`
	}{}
	ids, more := page(slices.Concat(GoogleModels, GoogleImageModels), r.FormValue("pageToken"), r.FormValue("pageSize"))
	for _, id := range ids {
		if g.vertex {
			list.PublisherModels = append(list.PublisherModels, model{"publishers/google/models/" + id})
		} else {
			list.Models = append(list.Models, model{"models/" + id})
		}
	}
	if more {
		list.NextPageToken = ids[len(ids)-1]
	}
	tell(w, list)
}

// count counts the tokens of a prompt, at one a word, and bills nothing.
func (g google) count(w http.ResponseWriter, r *http.Request, model string) {
	f := g.door(r)
	var body struct {
		Contents []googleContent `json:"contents"`
	}
	if f.Status == 0 {
		if _, err := strictly(r, &body); err != nil {
			f = googleInvalid("Invalid JSON payload received. %v", err)
		}
	}
	if f.Status == 0 && !slices.Contains(GoogleModels, model) {
		f = Failure{Status: http.StatusNotFound, Message: "models/" + model + " is not found."}
	}
	if f.Status != 0 {
		fail(w, &googleVoice{}, f)
		return
	}
	total := 0
	for _, c := range body.Contents {
		total += len(strings.Fields(c.text()))
	}
	tell(w, map[string]int{"totalTokens": total})
}
