package app

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"

	"pulse/internal/fetch"
	"pulse/internal/provider"
	"pulse/internal/provider/standin"
	"pulse/internal/store"
	"pulse/internal/store/storetest"
)

// sdk is OpenAI's own client, pointed at Pulse as its users would.
func (c *caller) sdk(more ...option.RequestOption) openai.Client {
	c.h.t.Helper()
	usual := []option.RequestOption{option.WithBaseURL(c.h.address + "/v1"), option.WithAPIKey(c.program().token), option.WithMaxRetries(0)}
	return openai.NewClient(slices.Concat(usual, more)...)
}

func asks(model string, messages ...openai.ChatCompletionMessageParamUnion) openai.ChatCompletionNewParams {
	return openai.ChatCompletionNewParams{Model: model, Messages: messages}
}

// isOpenAIs checks that an error is what OpenAI's client makes of OpenAI's own.
func (h *house) isOpenAIs(what string, err error, status int, typ, code, param string) {
	h.t.Helper()
	refused, ok := errors.AsType[*openai.Error](err)
	if !ok || refused.StatusCode != status || refused.Type != typ || refused.Code != code || refused.Param != param || refused.Message == "" {
		h.t.Errorf("%s: %v", what, err)
	}
}

const (
	completions = "/v1/chat/completions"
	invalid     = "invalid_request_error"
)

// heard is what came of a stream.
type heard struct {
	openai.ChatCompletionAccumulator

	roles   int
	figures int // chunks with usage
}

// hears reads a stream to its end.
func hears(ctx context.Context, client openai.Client, p openai.ChatCompletionNewParams) (heard, error) {
	stream := client.Chat.Completions.NewStreaming(ctx, p)
	defer func() { _ = stream.Close() }()
	var got heard
	for stream.Next() {
		chunk := stream.Current()
		got.AddChunk(chunk)
		if chunk.Usage.TotalTokens > 0 {
			got.figures++
		}
		for _, choice := range chunk.Choices {
			if choice.Delta.Role != "" {
				got.roles++
			}
		}
	}
	return got, stream.Err()
}

// Each vendor's stand-in, and what leads to it.
func doorVendors(t *testing.T) map[string]struct {
	vendor   *standin.Server
	settings []string
	model    string
} {
	t.Helper()
	start := func(s *standin.Server) string {
		server := httptest.NewServer(s)
		t.Cleanup(server.Close)
		return server.URL
	}
	one, two, three := standin.NewOpenAI(nil), standin.NewAnthropic(nil), standin.NewGoogle(nil)
	return map[string]struct {
		vendor   *standin.Server
		settings []string
		model    string
	}{
		"OpenAI":    {one, []string{"OPENAI_API_KEY=sk-1", "OPENAI_BASE_URL=" + start(one) + "/v1"}, model},
		"Anthropic": {two, []string{"ANTHROPIC_API_KEY=sk-2", "ANTHROPIC_BASE_URL=" + start(two)}, "claude-haiku-5-5"},
		"Google":    {three, []string{"GEMINI_API_KEY=key", "GOOGLE_GENAI_BASE_URL=" + start(three)}, "gemini-3.8-flash"},
	}
}

// eachDoor runs a test with OpenAI's client at each vendor on both databases.
func eachDoor(t *testing.T, test func(t *testing.T, h *house, model string)) {
	t.Helper()
	for _, database := range []string{store.SQLite, store.PostgreSQL} {
		for name, v := range doorVendors(t) {
			t.Run(name+" "+database, func(t *testing.T) {
				t.Parallel()
				url := ""
				if database == store.PostgreSQL {
					url = storetest.MigratedURL(t)
				}
				h := newHouse(t, url, v.settings...)
				h.vendor = v.vendor
				test(t, h, v.model)
			})
		}
	}
}

// OpenAI's client works unchanged, whichever vendor answers: whole, streamed, with
// figures and with pictures; and what the vendor bills is booked.
func TestOpenAIsClient(t *testing.T) {
	t.Parallel()
	eachDoor(t, func(t *testing.T, h *house, model string) {
		t.Helper()
		p := h.register("ada")
		client := p.sdk()
		whole, err := client.Chat.Completions.New(t.Context(), asks(model, openai.DeveloperMessage("be brief"), openai.UserMessage("hello there")))
		if err != nil {
			t.Fatal(err)
		}
		choice, used := whole.Choices[0], whole.Usage
		if whole.Model != model || string(whole.Object) != "chat.completion" || whole.Created < 1_700_000_000 || choice.Message.Content != "You said: hello there" ||
			choice.Message.Role != "assistant" || choice.FinishReason != "stop" || used.CompletionTokens == 0 || used.TotalTokens != used.PromptTokens+used.CompletionTokens {
			t.Errorf("whole: %s", whole.RawJSON())
		}
		if got := h.vendor.Last().Chat.System; got != "be brief" {
			t.Errorf("the vendor was told %q", got)
		}
		asked := asks(model, openai.UserMessage("[chunks 200] [think 3]"))
		got, err := hears(t.Context(), client, asked)
		if err != nil || got.roles != 1 || got.figures != 0 || got.Choices[0].FinishReason != "stop" || got.Choices[0].Message.Content != upTo(200) {
			t.Errorf("streamed: %d roles, %q, %v", got.roles, got.Choices[0].Message.Content, err)
		}
		asked.StreamOptions = openai.ChatCompletionStreamOptionsParam{IncludeUsage: openai.Bool(true)}
		if got, err = hears(t.Context(), client, asked); err != nil || got.figures != 1 || got.Usage.CompletionTokens != 203 || got.Choices[0].Message.Content != upTo(200) {
			t.Errorf("with figures: %d of them, %+v, %v", got.figures, got.Usage, err)
		}
		capped := asks(model, openai.UserMessage("[chunks 5] [length]"))
		capped.MaxCompletionTokens = openai.Int(500)
		if whole, err = client.Chat.Completions.New(t.Context(), capped); err != nil || whole.Choices[0].FinishReason != "length" || h.vendor.Last().Chat.MaxTokens != 500 {
			t.Errorf("with a cap: %+v, %v", whole, err)
		}
		// A model may think until its tokens are used up. That is no failure to a program.
		none := asks(model, openai.UserMessage("[empty] [length]"))
		if whole, err = client.Chat.Completions.New(t.Context(), none); err != nil || whole.Choices[0].Message.Content != "" || whole.Choices[0].FinishReason != "length" {
			t.Errorf("nothing said: %+v, %v", whole, err)
		}
		if got, err = hears(t.Context(), client, none); err != nil || got.roles != 1 || got.Choices[0].FinishReason != "length" {
			t.Errorf("nothing said, streamed: %+v, %v", got, err)
		}
		picture := base64.StdEncoding.EncodeToString([]byte(painted(t, 12, 8)))
		parts := []openai.ChatCompletionContentPartUnionParam{
			openai.ImageContentPart(openai.ChatCompletionContentPartImageImageURLParam{URL: "data:image/png;base64," + picture}), openai.TextContentPart("[see]"),
		}
		if whole, err = client.Chat.Completions.New(t.Context(), asks(model, openai.UserMessage(parts))); err != nil ||
			!strings.Contains(whole.Choices[0].Message.Content, "image/png 12x8") {
			t.Errorf("with a picture: %+v, %v", whole, err)
		}
		if billed := h.vendor.Books().Billed.Total(); p.usedTokens() != billed {
			t.Errorf("%d tokens are booked, the vendor billed %d", p.usedTokens(), billed)
		}
		p.keepsNothing()
	})
}

// upTo is what a stand-in says for [chunks n].
func upTo(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strconv.Itoa(i+1) + " ")
	}
	return b.String()
}

// keepsNothing shows that completions are jobs with a receipt, and nothing of
// what was said is anywhere.
func (c *caller) keepsNothing() {
	c.h.t.Helper()
	list := c.must(http.StatusOK, http.MethodGet, "/api/v1/conversations", nil)
	if !strings.Contains(list, `"items":[]`) {
		c.h.t.Errorf("there are conversations: %s", list)
	}
	jobs := get[struct {
		Items []struct {
			ID, Type, Status, Model string
			CostUSD                 json.Number `json:"cost_usd"`
		} `json:"items"`
	}](c, http.MethodGet, "/api/v1/jobs?type=completion", nil)
	if len(jobs.Items) == 0 {
		c.h.t.Error("there are no jobs")
	}
	for _, j := range jobs.Items {
		if receipt := c.must(http.StatusOK, http.MethodGet, "/api/v1/jobs/"+j.ID+"/receipt", nil); j.Status == "completed" && !strings.Contains(receipt, `"label":"input"`) {
			c.h.t.Errorf("job %+v: %s", j, receipt)
		}
		if row := c.must(http.StatusOK, http.MethodGet, "/api/v1/jobs/"+j.ID, nil); strings.Contains(row, "hello") {
			c.h.t.Errorf("the job keeps what was said: %s", row)
		}
		if got := c.do(http.MethodPost, "/api/v1/jobs/"+j.ID+"/retry", nil); got.status != http.StatusConflict {
			c.h.t.Errorf("a retry: %d %s", got.status, got.text)
		}
	}
	got := c.do(http.MethodPost, "/api/v1/jobs", object{"type": "completion", "input": object{}})
	if got.status != http.StatusBadRequest || !strings.Contains(got.text, completions) {
		c.h.t.Errorf("a completion as a job: %d %s", got.status, got.text)
	}
}

func TestOpenAIsListOfModels(t *testing.T) {
	t.Parallel()
	compatible := standin.NewCompatible(nil)
	lab := httptest.NewServer(compatible)
	t.Cleanup(lab.Close)
	h := withOpenAI(t, "", "PULSE_COMPAT_LAB_URL="+lab.URL+"/v1", "PULSE_COMPAT_LAB_PRICE=1/2", "PULSE_DEMO=on")
	p := h.register("ada")
	p.modelLike("lab/")
	client := p.sdk()
	page, err := client.Models.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ids := make([]string, 0, len(page.Data))
	for _, m := range page.Data {
		ids = append(ids, m.ID)
		if m.OwnedBy == "" || m.Created == 0 && m.OwnedBy == "openai" || string(m.Object) != "model" {
			t.Errorf("%s", m.RawJSON())
		}
	}
	for id, want := range map[string]bool{model: true, "lab/qwen3:8b": true, "demo-chat": true, "gpt-4": false, "claude-haiku-5-5": false} {
		if slices.Contains(ids, id) != want {
			t.Errorf("%s: the models are %q", id, ids)
		}
	}
	for asked, want := range map[string]string{model: model, "gpt-3.5-turbo": model, "lab/qwen3:8b": "lab/qwen3:8b", "demo-chat": "demo-chat"} {
		if m, err := client.Models.Get(t.Context(), asked); err != nil || m.ID != want {
			t.Errorf("%s is %+v, %v", asked, m, err)
		}
	}
	if got := p.do(http.MethodGet, "/v1/models/lab/qwen3:8b", nil); got.status != http.StatusOK { // a client that does not escape it
		t.Errorf("got %d %s", got.status, got.text)
	}
	for _, id := range []string{"gpt-99", "claude-haiku-5-5", "nowhere/llama"} {
		_, err := client.Models.Get(t.Context(), id)
		h.isOpenAIs(id, err, http.StatusNotFound, invalid, "model_not_found", "model")
	}
	whole, err := client.Chat.Completions.New(t.Context(), asks("gpt-3.5-turbo", openai.UserMessage("hi")))
	if err != nil || whole.Model != model {
		t.Errorf("an alias: %+v, %v", whole, err)
	}
	whole, err = client.Chat.Completions.New(t.Context(), asks("lab/qwen3:8b", openai.UserMessage("[think 2] hi")))
	if err != nil || !strings.Contains(whole.Choices[0].Message.RawJSON(), `"reasoning_content":"1 2 "`) {
		t.Errorf("a server's model that shows its thinking: %v", err)
	}
}

// What goes wrong is one of OpenAI's errors, streamed or not, and costs nothing
// where nothing came.
func TestOpenAIsErrors(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, h *house) {
		t.Helper()
		p := h.register("ada")
		client := p.sdk()
		long := asks(model, openai.UserMessage(strings.Repeat("word ", 1_200_000)))
		cold := asks(model, openai.UserMessage("hi"))
		cold.Temperature = openai.Float(0.1)
		for _, c := range []struct {
			name              string
			params            openai.ChatCompletionNewParams
			status            int
			typ, code, param  string
			inStream, charged bool
		}{
			{name: "no such model", params: asks("gpt-99", openai.UserMessage("hi")), status: 404, typ: invalid, code: "model_not_found", param: "model"},
			{name: "what the model refuses", params: cold, status: 400, typ: invalid, param: "temperature"},
			{name: "nothing said", params: asks(model, openai.UserMessage("")), status: 400, typ: invalid, param: "messages[0].content"},
			{name: "too long", params: long, status: 400, typ: invalid, code: "context_length_exceeded", param: "messages"},
			{name: "the vendor's 400", params: asks(model, openai.UserMessage("[status 400]")), status: 400, typ: invalid, code: "provider_bad_request"},
			{name: "the vendor's 401", params: asks(model, openai.UserMessage("[status 401]")), status: 502, typ: "server_error", code: "provider_auth"},
			{name: "the vendor's 429", params: asks(model, openai.UserMessage("[status 429]")), status: 429, typ: "requests", code: "rate_limit_exceeded"},
			{name: "the vendor's 500", params: asks(model, openai.UserMessage("[status 500]")), status: 502, typ: "server_error", code: "provider_overloaded"},
			{name: "blocked", params: asks(model, openai.UserMessage("[blocked]")), status: 400, typ: invalid, code: "content_policy_violation"},
			{name: "cut", params: asks(model, openai.UserMessage("[chunks 5] [cut after 3]")), status: 502, typ: "server_error", code: "provider_cut", inStream: true, charged: true},
		} {
			before := p.usedTokens()
			_, whole := client.Chat.Completions.New(t.Context(), c.params)
			_, streamed := hears(t.Context(), client, c.params)
			for how, err := range map[string]error{"whole": whole, "streamed": streamed} {
				if how == "whole" || !c.inStream {
					h.isOpenAIs(c.name+", "+how, err, c.status, c.typ, c.code, c.param)
				} else if err == nil || !strings.Contains(err.Error(), c.code) {
					t.Errorf("%s, %s: %v", c.name, how, err)
				}
			}
			if after := p.usedTokens(); after != before && !c.charged {
				t.Errorf("%s: it cost %d tokens", c.name, after-before)
			}
		}
		stranger := openai.NewClient(option.WithBaseURL(h.address+"/v1"), option.WithAPIKey("pulse_sk_nobody"), option.WithMaxRetries(0))
		_, err := stranger.Models.List(t.Context())
		h.isOpenAIs("a stranger", err, http.StatusUnauthorized, invalid, "invalid_api_key", "")
		unknown := asks(model, openai.UserMessage("hi"))
		unknown.SetExtraFields(map[string]any{"temprature": 1})
		_, err = client.Chat.Completions.New(t.Context(), unknown)
		h.isOpenAIs("an unknown argument", err, http.StatusBadRequest, invalid, "unknown_parameter", "temprature")
	})
}

// The plan's limit holds at the door to the token, for many at once; who is over it
// is told so, and OpenAI's client does not try again.
func TestOpenAIsClientHasTheSameLimits(t *testing.T) {
	t.Parallel()
	plans := filepath.Join(t.TempDir(), "plans.yaml")
	if err := os.WriteFile(plans, []byte("plans: [{key: starter, name: Small, caps: {tokens: 2000}}]"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, database := range []string{store.SQLite, store.PostgreSQL} {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			url := ""
			if database == store.PostgreSQL {
				url = storetest.MigratedURL(t)
			}
			h := withOpenAI(t, url, "PULSE_PLANS_FILE="+plans)
			p := h.register("ada")
			client := p.sdk(option.WithMaxRetries(3))
			asked := asks(model, openai.UserMessage("[chunks 300]"))
			asked.MaxTokens = openai.Int(400)
			const many = 20
			ends := make(chan error, many)
			for range many {
				go func() {
					_, err := client.Chat.Completions.New(context.Background(), asked)
					ends <- err
				}()
			}
			good := 0
			for range many {
				err := <-ends
				if err == nil {
					good++
					continue
				}
				h.isOpenAIs("over the limit", err, http.StatusTooManyRequests, "insufficient_quota", "insufficient_quota", "")
				if refused, ok := errors.AsType[*openai.Error](err); ok && !strings.Contains(refused.Message, "Limit: 2000, used: ") {
					t.Errorf("refused with %q", refused.Message)
				}
			}
			books := h.vendor.Books()
			if good == 0 || books.Requests != int64(good) || p.usedTokens() > 2000 || p.usedTokens() != books.Billed.Total() {
				t.Errorf("%d answers, %d requests, %d tokens booked, %d billed", good, books.Requests, p.usedTokens(), books.Billed.Total())
			}
			got := p.do(http.MethodPost, completions, object{"model": model, "messages": question, "max_tokens": 1990})
			if got.status != http.StatusTooManyRequests || got.header.Get("X-Should-Retry") != "false" {
				t.Errorf("got %d %v %s", got.status, got.header, got.text)
			}
		})
	}
}

// Pictures elsewhere are fetched, but nothing of this network; a person's own
// files go by their ids, others' do not exist.
func TestOpenAIsClientNamesPictures(t *testing.T) {
	t.Parallel()
	picture := painted(t, 12, 8)
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(picture)) }))
	t.Cleanup(site.Close)
	vendor := standin.NewOpenAI(nil)
	upstream := httptest.NewServer(vendor)
	t.Cleanup(upstream.Close)
	settings := "OPENAI_BASE_URL=" + upstream.URL + "/v1"
	open := newHouseWith(t, func(o *Options) {
		o.Fetch = fetch.New(fetch.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}})
	}, "", settings)
	shut := newHouse(t, "", settings)
	ask := func(p *caller, part openai.ChatCompletionContentPartUnionParam) (string, error) {
		client := p.sdk()
		whole, err := client.Chat.Completions.New(t.Context(), asks(model, openai.UserMessage([]openai.ChatCompletionContentPartUnionParam{part, openai.TextContentPart("[see]")})))
		if err != nil {
			return "", err
		}
		return whole.Choices[0].Message.Content, nil
	}
	remote := openai.ImageContentPart(openai.ChatCompletionContentPartImageImageURLParam{URL: site.URL + "/a.png"})
	p, other := open.register("ada"), open.register("bob")
	if text, err := ask(p, remote); err != nil || !strings.Contains(text, "image/png 12x8") {
		t.Errorf("a picture elsewhere: %q, %v", text, err)
	}
	_, err := ask(shut.register("ada"), remote)
	shut.isOpenAIs("a picture of this network", err, http.StatusBadRequest, invalid, "invalid_image_url", "messages[0].content[0].image_url.url")
	file := func(id string) openai.ChatCompletionContentPartUnionParam {
		return openai.FileContentPart(openai.ChatCompletionContentPartFileFileParam{FileID: openai.String(id)})
	}
	mine := p.uploads("a.png", picture).ID
	if text, err := ask(p, file(mine)); err != nil || !strings.Contains(text, "image/png 12x8") {
		t.Errorf("a file: %q, %v", text, err)
	}
	if text, err := ask(other, file(mine)); err == nil {
		t.Errorf("another's file: %q", text)
	}
	notes := p.uploads("notes.txt", "the answer is 42").ID
	if _, err := ask(p, file(notes)); err != nil || !strings.Contains(vendor.Last().Chat.Messages[0].Text, "the answer is 42") {
		t.Errorf("a text: %v", err)
	}
	if n := len(vendor.Last().Chat.Messages); n != 1 || vendor.Last().Chat.Messages[0].Role != provider.RoleUser {
		t.Errorf("%d messages", n)
	}
}
