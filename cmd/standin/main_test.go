package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"pulse/internal/provider"
	"pulse/internal/provider/anthropic"
	"pulse/internal/provider/google"
	"pulse/internal/provider/openai"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start runs the program on free ports until the test ends or stop is called,
// and gives the settings that it prints, as many as there should be.
func start(t *testing.T, lines int, args ...string) (settings map[string]string, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, append([]string{
			"-openai", "127.0.0.1:0", "-anthropic", "127.0.0.1:0", "-google", "127.0.0.1:0", "-compatible", "127.0.0.1:0",
		}, args...), w, io.Discard)
		_ = w.CloseWithError(err)
		ended <- err
	}()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	settings = map[string]string{}
	said := bufio.NewScanner(r)
	for range lines {
		if !said.Scan() {
			t.Fatalf("it printed %v only: %v", settings, said.Err())
		}
		name, value, ok := strings.Cut(said.Text(), "=")
		if !ok {
			t.Errorf("%q is no setting", said.Text())
		}
		settings[name] = value
	}
	return settings, stop
}

// Every line leads the adapter that it is for to a vendor that answers.
func TestEveryVendor(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "account.json")
	urls, _ := start(t, 4, "-account", file)
	client := provider.NewClient(provider.Patience{})
	defer client.CloseIdleConnections()
	account, err := os.ReadFile(file) //nolint:gosec // the test's own file
	if err != nil {
		t.Fatal(err)
	}
	gemini, err := google.New(t.Context(), google.Options{APIKey: "none", BaseURL: urls["GOOGLE_GENAI_BASE_URL"], HTTPClient: client})
	if err != nil {
		t.Fatal(err)
	}
	vertex, err := google.New(t.Context(), google.Options{
		Vertex: &google.Vertex{Project: "p", CredentialsJSON: account}, BaseURL: urls["GOOGLE_GENAI_BASE_URL"], HTTPClient: client,
	})
	if err != nil {
		t.Fatal(err)
	}
	for model, chatter := range map[string]provider.Chatter{
		"gpt-6-luna":        openai.New(openai.Options{APIKey: "none", BaseURL: urls["OPENAI_BASE_URL"], HTTPClient: client}),
		"claude-sonnet-5-5": anthropic.New(anthropic.Options{APIKey: "none", BaseURL: urls["ANTHROPIC_BASE_URL"], HTTPClient: client}),
		"gemini-4-hydrogen": gemini,
		"gemini-4-carbon":   vertex,
		"qwen3:8b":          openai.New(openai.Options{BaseURL: urls["PULSE_OLLAMA_URL"], Compatible: true, HTTPClient: client}),
	} {
		var text strings.Builder
		_, err := chatter.Chat(t.Context(), provider.ChatRequest{
			Model: model, MaxTokens: 4096, Stream: true, Messages: []provider.Message{{Role: provider.RoleUser, Text: "[chunks 3]"}},
		}, func(d provider.Delta) { text.WriteString(d.Text) })
		if err != nil || text.String() != "1 2 3 " {
			t.Errorf("%s says %q, %v", model, text.String(), err)
		}
	}
}

// It stops although a vendor is in the middle of a silence.
func TestStop(t *testing.T) {
	t.Parallel()
	client := provider.NewClient(provider.Patience{})
	defer client.CloseIdleConnections()
	begun, ended := make(chan struct{}), make(chan error, 1)
	urls, stop := start(t, 1, "-anthropic", off, "-google", off, "-compatible", off)
	go func() {
		_, err := openai.New(openai.Options{APIKey: "none", BaseURL: urls["OPENAI_BASE_URL"], HTTPClient: client}).
			Chat(t.Context(), provider.ChatRequest{
				Model: "gpt-6-luna", MaxTokens: 10, Stream: true, Messages: []provider.Message{{Role: provider.RoleUser, Text: "[chunks 3] [stall after 1]"}},
			}, func(provider.Delta) { close(begun) })
		ended <- err
	}()
	<-begun
	stop()
	if err := <-ended; provider.KindOf(err) != provider.KindCut {
		t.Errorf("the answer ended by %v, want %s", err, provider.KindCut)
	}
}

// A wrong call is refused in words that help.
func TestWrongCalls(t *testing.T) {
	t.Parallel()
	urls, _ := start(t, 4)
	taken := strings.TrimSuffix(strings.TrimPrefix(urls["OPENAI_BASE_URL"], "http://"), "/v1")
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"-openai", taken}, "-openai chooses another address"},
		{[]string{"more"}, `unknown argument "more"`},
		{[]string{"-mistral", "x"}, "mistral"},
	} {
		if err := run(t.Context(), c.args, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: error is %v, want %q", c.args, err, c.want)
		}
	}
	if err := run(t.Context(), []string{"-help"}, io.Discard, io.Discard); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("help gives %v", err)
	}
	if resp, err := http.Get(urls["OPENAI_BASE_URL"] + "/models"); err != nil { //nolint:noctx // of a stand-in
		t.Error(err)
	} else if _ = resp.Body.Close(); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("without a key the status is %d", resp.StatusCode)
	}
}
