package google_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pulse/internal/provider"
	"pulse/internal/provider/google"
	"pulse/internal/provider/providertest"
	"pulse/internal/provider/standin"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func subject() providertest.Subject {
	return providertest.Subject{
		Provider: "google", Model: "gemini-4-hydrogen", Standin: standin.NewGoogle, Models: slices.Concat(standin.GoogleModels, standin.GoogleImageModels),
		Effort: "high", ShowsThinking: true,
		New: func(t testing.TB, address, key string, client *http.Client) provider.Chatter {
			t.Helper()
			c, err := google.New(t.Context(), google.Options{APIKey: key, BaseURL: address, HTTPClient: client})
			if err != nil {
				t.Fatal(err)
			}
			return c
		},
		SortsSchemas: true,
		DropsBadJSON: true, NeverStrict: true,
		Cannot: []providertest.Inability{
			{Param: "parallel_tool_calls", Ask: func(q *provider.ChatRequest) { q.ParallelToolCalls = new(false) }},
			{Param: "stop", Ask: func(q *provider.ChatRequest) { q.Stop = []string{"a", "b", "c", "d", "e", "f"} }},
			{Param: "tools", Ask: func(q *provider.ChatRequest) { q.Tools = []provider.Tool{{Name: "2nd"}} }},
		},
		Usage: provider.Usage{Input: 100, CacheRead: 2000, Output: 400, Reasoning: 150},
		Ends: map[string]provider.FinishReason{
			"RECITATION": provider.FinishRefusal, "BLOCKLIST": provider.FinishRefusal, "PROHIBITED_CONTENT": provider.FinishRefusal,
			"SPII": provider.FinishRefusal, "LANGUAGE": provider.FinishOther, "OTHER": provider.FinishOther, "CONTINUATION": provider.FinishOther,
			"MALFORMED_FUNCTION_CALL": provider.FinishOther,
		},
		Note: "SAFETY",
		Refusals: []providertest.Refusal{
			{Name: "retry info", Failure: standin.Failure{Status: 429, RetryDelay: 12500 * time.Millisecond}, Kind: provider.KindRateLimited, RetryAfter: 12500 * time.Millisecond},
			{
				Name: "context", Kind: provider.KindTooLong,
				Failure: standin.Failure{Status: 400, Message: "The input token count (1048577) exceeds the maximum number of tokens allowed (1048576)."},
			},
			{Name: "billing", Failure: standin.Failure{Status: 403, Reason: "BILLING_DISABLED"}, Kind: provider.KindNoCredit},
		},
		Events: []providertest.Refusal{
			{Name: "unavailable", Failure: standin.Failure{Status: 503, Message: "The model is overloaded."}, Kind: provider.KindOverloaded},
			{Name: "rate", Failure: standin.Failure{Status: 429, RetryDelay: 3 * time.Second}, Kind: provider.KindRateLimited, RetryAfter: 3 * time.Second},
		},
	}
}

func TestGemini(t *testing.T) {
	t.Parallel()
	providertest.Run(t, subject())
}

func TestVertex(t *testing.T) {
	t.Parallel()
	s := subject()
	s.New = func(t testing.TB, address, key string, client *http.Client) provider.Chatter {
		t.Helper()
		tokens := address
		if key == standin.WrongKey {
			tokens = address + "/elsewhere" // 404
		}
		return vertex(t, "p", address, tokens, client)
	}
	providertest.Run(t, s)
}

// vertex makes the adapter for a project, with an account whose tokens come
// from another address.
func vertex(t testing.TB, project, address, tokens string, client *http.Client) *google.Client {
	t.Helper()
	file, err := standin.ServiceAccount(tokens)
	if err != nil {
		t.Fatal(err)
	}
	c, err := google.New(t.Context(), google.Options{
		Vertex: &google.Vertex{Project: project, Location: "europe-west4", CredentialsJSON: file}, BaseURL: address, HTTPClient: client,
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestWrongProject: Vertex AI's list is for everybody, and yet whoever reads
// it learns that the project does not let them in.
func TestWrongProject(t *testing.T) {
	t.Parallel()
	client := provider.NewClient(provider.Patience{})
	defer client.CloseIdleConnections()
	address := providertest.Serve(t, standin.NewGoogle(nil))
	_, err := vertex(t, standin.WrongProject, address, address, client).ListModels(t.Context())
	if kind := provider.KindOf(err); kind != provider.KindAuth {
		t.Errorf("error is %v, want %s", err, provider.KindAuth)
	}
}

// TestBlocked: a blocked prompt has no candidates, and is billed.
func TestBlocked(t *testing.T) {
	t.Parallel()
	for _, stream := range []bool{true, false} {
		client := provider.NewClient(provider.Patience{})
		defer client.CloseIdleConnections()
		address := providertest.Serve(t, standin.NewGoogle(standin.Always(standin.Script{Blocked: "PROHIBITED_CONTENT"})))
		answer, err := subject().New(t, address, "key", client).Chat(t.Context(), provider.ChatRequest{
			Model: "gemini-4-hydrogen", MaxTokens: 4096, Stream: stream, Messages: []provider.Message{{Role: provider.RoleUser, Text: "three words here"}},
		}, func(provider.Delta) { t.Error("a blocked prompt has no answer") })
		if kind := provider.KindOf(err); kind != provider.KindBlocked || !strings.Contains(err.Error(), "PROHIBITED_CONTENT") {
			t.Errorf("error is %v, want %s with the reason", err, provider.KindBlocked)
		}
		if answer.Usage.Input != 3 {
			t.Errorf("usage is %+v, want 3 tokens in", answer.Usage)
		}
	}
}

// TestLong: an answer of more than 32,768 tokens is streamed, whatever was asked.
func TestLong(t *testing.T) {
	t.Parallel()
	client := provider.NewClient(provider.Patience{})
	defer client.CloseIdleConnections()
	vendor := standin.NewGoogle(standin.Always(standin.Script{Chunks: []string{"a", "b"}}))
	n := 0
	_, err := subject().New(t, providertest.Serve(t, vendor), "key", client).Chat(t.Context(), provider.ChatRequest{
		Model: "gemini-4-hydrogen", MaxTokens: 65536, Messages: []provider.Message{{Role: provider.RoleUser, Text: "hi"}},
	}, func(provider.Delta) { n++ })
	if err != nil || n != 1 || !vendor.Last().Chat.Stream {
		t.Errorf("got %d pieces, streamed %t, %v; want one piece of a streamed answer", n, vendor.Last().Chat.Stream, err)
	}
}

// TestOwnPanic: what our own code does wrong is not blamed on Google.
func TestOwnPanic(t *testing.T) {
	t.Parallel()
	for _, stream := range []bool{true, false} {
		t.Run(strconv.FormatBool(stream), func(t *testing.T) {
			t.Parallel()
			client := provider.NewClient(provider.Patience{})
			address := providertest.Serve(t, standin.NewGoogle(standin.Always(standin.Script{Chunks: []string{"a"}})))
			t.Cleanup(client.CloseIdleConnections)
			defer func() {
				if p := recover(); p != "our own bug" {
					t.Errorf("recovered %v", p)
				}
			}()
			_, err := subject().New(t, address, "key", client).Chat(t.Context(), provider.ChatRequest{
				Model: "gemini-4-hydrogen", MaxTokens: 10, Stream: stream, Messages: []provider.Message{{Role: provider.RoleUser, Text: "hi"}},
			}, func(provider.Delta) { panic("our own bug") })
			t.Errorf("it ended by %v", err)
		})
	}
}

// TestEnvironment: what the SDK would read from the environment does not count.
func TestEnvironment(t *testing.T) {
	for _, name := range []string{"GOOGLE_API_KEY", "GOOGLE_CLOUD_PROJECT", "GOOGLE_CLOUD_LOCATION"} {
		t.Setenv(name, standin.WrongKey)
	}
	t.Setenv("GOOGLE_GENAI_USE_VERTEXAI", "true")
	t.Setenv("GOOGLE_GEMINI_BASE_URL", "http://127.0.0.1:1")
	if _, err := google.New(t.Context(), google.Options{}); err == nil {
		t.Error("a key came out of the environment")
	}
	if _, err := google.New(t.Context(), google.Options{Vertex: &google.Vertex{CredentialsJSON: []byte("{}")}}); err == nil {
		t.Error("a project came out of the environment")
	}
	client := provider.NewClient(provider.Patience{})
	defer client.CloseIdleConnections()
	vendor := standin.NewGoogle(standin.Always(standin.Script{Chunks: []string{"a"}}))
	_, err := subject().New(t, providertest.Serve(t, vendor), "right", client).Chat(t.Context(), provider.ChatRequest{
		Model: "gemini-4-hydrogen", MaxTokens: 10, Messages: []provider.Message{{Role: provider.RoleUser, Text: "hi"}},
	}, func(provider.Delta) {})
	if err != nil || vendor.Last().Header.Get("X-Goog-Api-Key") != "right" {
		t.Errorf("key is %q, %v", vendor.Last().Header.Get("X-Goog-Api-Key"), err)
	}
}

func BenchmarkStream(b *testing.B) { providertest.Benchmark(b, subject(), true) }
func BenchmarkPlain(b *testing.B)  { providertest.Benchmark(b, subject(), false) }

// TestSignature: what Gemini signed goes back with the call that it came with, the
// first of an answer; only a call without a signature has the stand-in for one.
func TestSignature(t *testing.T) {
	t.Parallel()
	var sent []byte
	vendor := standin.NewGoogle(standin.Always(standin.Script{Calls: []provider.ToolCall{{Name: "f", Arguments: "{}"}, {Name: "g", Arguments: "{}"}}}))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent, _ = io.ReadAll(r.Body) // the stand-in complains about less
		r.Body = io.NopCloser(bytes.NewReader(sent))
		vendor.ServeHTTP(w, r)
	}))
	client := provider.NewClient(provider.Patience{})
	t.Cleanup(func() {
		client.CloseIdleConnections()
		server.Close()
	})
	chatter := subject().New(t, server.URL, "key", client)
	req := provider.ChatRequest{
		Model: "gemini-4-hydrogen", MaxTokens: 4096, Tools: []provider.Tool{{Name: "f"}, {Name: "g"}}, Messages: []provider.Message{{Role: provider.RoleUser, Text: "hi"}},
	}
	said := provider.Message{Role: provider.RoleAssistant}
	if _, err := chatter.Chat(t.Context(), req, func(d provider.Delta) {
		said.ToolCalls = append(said.ToolCalls, provider.ToolCall{ID: d.ToolCall.ID, Name: d.ToolCall.Name, Arguments: d.ToolCall.Arguments})
	}); err != nil || len(said.ToolCalls) != 2 {
		t.Fatalf("%+v, %v", said, err)
	}
	const signed, unsigned = `"thoughtSignature":"c2lnbmF0dXJl"`, `"thoughtSignature":"c2tpcF90aG91Z2h0X3NpZ25hdHVyZV92YWxpZGF0b3I="`
	for want, id := range map[string]string{signed: said.ToolCalls[0].ID, unsigned: "toolu_of_another"} {
		said.ToolCalls[0].ID = id
		req.Messages = []provider.Message{
			{Role: provider.RoleUser, Text: "hi"},
			said,
			{Role: provider.RoleTool, Text: "1", ToolCallID: id},
			{Role: provider.RoleTool, Text: "2", ToolCallID: said.ToolCalls[1].ID},
		}
		if _, err := chatter.Chat(t.Context(), req, func(provider.Delta) {}); err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(sent, []byte("thoughtSignature")); n != 1 || !bytes.Contains(sent, []byte(want)) {
			t.Errorf("%d signatures, want %s: %s", n, want, sent)
		}
		if bytes.Contains(sent, []byte("-sig-")) {
			t.Errorf("the packed id went out: %s", sent)
		}
	}
}
