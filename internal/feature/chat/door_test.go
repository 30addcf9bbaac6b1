package chat

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"image"
	"image/png"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pulse/internal/actor"
	"pulse/internal/catalog"
	"pulse/internal/document/extract"
	"pulse/internal/fault"
	"pulse/internal/fetch"
	"pulse/internal/httpd"
	"pulse/internal/provider"
	"pulse/internal/provider/demo"
)

// doorRoom is a room that understands requests, with nothing behind it.
func doorRoom(t testing.TB) *Room {
	t.Helper()
	file := filepath.Join(t.TempDir(), "catalog.yaml")
	if err := os.WriteFile(file, []byte("servers: [{id: ollama, models: [{id: plain, abilities: []}]}]"), 0o600); err != nil {
		t.Fatal(err)
	}
	models, err := catalog.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := models.Discover(catalog.Server{ID: "ollama", Name: "Ollama"}, []string{"blind", "plain"}); err != nil {
		t.Fatal(err)
	}
	nobody := Vendor{Name: "Nobody", Chatter: demo.New(0)}
	return &Room{
		catalog: models, now: time.Now, log: slog.New(slog.DiscardHandler),
		vendors: map[string]Vendor{"openai": nobody, "anthropic": nobody, "ollama": nobody, "demo": nobody},
		extract: extract.New(extract.Options{Log: slog.New(slog.DiscardHandler)}),
		fetch:   fetch.New(fetch.Options{Timeout: 2 * time.Second, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}),
	}
}

func (r *Room) reads(t testing.TB, body string) (*completing, error) {
	t.Helper()
	in, err := httpd.DecodeOpenAI[ChatCompletionRequest]([]byte(body))
	if err != nil {
		return nil, err
	}
	return r.understand(t.Context(), actor.Actor{ID: "ada"}, &in)
}

// pixels is a PNG of that size.
func pixels(t testing.TB, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func dataURL(kind string, data []byte) string {
	return "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(data)
}

// parts is a request of one message with these parts.
func parts(list string) string { return `{"messages":[{"role":"user","content":[` + list + `]}]}` }

// rest completes a request of which a test gives the part that it is about.
func rest(body string) string {
	for _, field := range []struct{ name, value string }{
		{"model", `"gpt-6-luna"`}, {"messages", `[{"role":"user","content":"hi"}]`},
	} {
		if !strings.Contains(body, `"`+field.name+`":`) {
			body = `{"` + field.name + `":` + field.value + "," + body[1:]
		}
	}
	return strings.Replace(body, ",}", "}", 1)
}

// What a request says is what a vendor is asked.
func TestDoorTranslates(t *testing.T) {
	t.Parallel()
	r := doorRoom(t)
	red, blue := pixels(t, 3, 2), pixels(t, 5, 4)
	part := func(data []byte) string {
		return `{"type":"image_url","image_url":{"url":"` + dataURL("image/png", data) + `","detail":"high"}}`
	}
	user := func(text string, images ...[]byte) provider.Message {
		m := provider.Message{Role: provider.RoleUser, Text: text}
		for _, data := range images {
			m.Images = append(m.Images, provider.Image{ContentType: "image/png", Data: data})
		}
		return m
	}
	hi := []provider.Message{user("hi")}
	tool := `{"type":"function","function":{"name":"weather","description":"now","parameters":{"type":"object"},"strict":true}}`
	weather := provider.Tool{Name: "weather", Description: "now", Parameters: json.RawMessage(`{"type":"object"}`), Strict: true}
	for _, w := range []struct {
		name, body string
		want       provider.ChatRequest // UserHash apart
	}{
		{"the least", `{}`, provider.ChatRequest{Messages: hi}},
		{"an alias", `{"model":"gpt-3.5-turbo"}`, provider.ChatRequest{Messages: hi}},
		{
			"null is absence", `{"temperature":null,"top_p":null,"max_tokens":null,"max_completion_tokens":null,"stop":null,"stream":null,"stream_options":null,
			"tools":null,"tool_choice":null,"parallel_tool_calls":null,"response_format":null,"reasoning_effort":null,"n":null,"user":null,"metadata":null,"seed":null,
			"functions":null,"function_call":null,"logit_bias":null,"logprobs":null,"top_logprobs":null,"modalities":null,"audio":null,"prediction":null,"moderation":null,
			"web_search_options":null,"service_tier":null,"verbosity":null,"presence_penalty":null,"frequency_penalty":null,"store":null,"safety_identifier":null,
			"prompt_cache_key":null,"prompt_cache_options":null,"prompt_cache_retention":null,
			"messages":[{"role":"user","content":"hi","name":null,"tool_calls":null,"tool_call_id":null,"refusal":null,"function_call":null,"audio":null}]}`,
			provider.ChatRequest{Messages: hi},
		},
		{
			"harmless", `{"n":1,"user":"u","metadata":{"a":"b"},"seed":3,"logit_bias":{},"logprobs":false,"modalities":["text"],"service_tier":"auto","verbosity":"medium",
			"presence_penalty":0,"frequency_penalty":0.0,"store":true,"safety_identifier":"s","prompt_cache_key":"k","prompt_cache_options":{},"temperature":1,"top_p":1}`,
			provider.ChatRequest{Messages: hi},
		},
		{"streamed", `{"stream":true,"stream_options":{"include_usage":true,"include_obfuscation":true}}`, provider.ChatRequest{Messages: hi}},
		{
			"sampling", `{"model":"claude-opus-4-6","temperature":0.5,"top_p":0.9,"stop":"END"}`,
			provider.ChatRequest{Messages: hi, Temperature: new(0.5), TopP: new(0.9), Stop: []string{"END"}},
		},
		{"several stops and an effort", `{"stop":["a","b"],"reasoning_effort":"high"}`, provider.ChatRequest{Messages: hi, Stop: []string{"a", "b"}, ReasoningEffort: "high"}},
		{
			"all system messages", `{"messages":[{"role":"system","content":"one"},{"role":"user","content":"hi"},{"role":"developer","content":[{"type":"text","text":"two"}]}]}`,
			provider.ChatRequest{System: "one\n\ntwo", Messages: hi},
		},
		{"parts of text", parts(`{"type":"text","text":"a"},{"type":"text","text":"b"}`), provider.ChatRequest{Messages: []provider.Message{user("a\nb")}}},
		{
			"pictures keep their order", parts(`{"type":"text","text":"first"},` + part(red) + `,{"type":"text","text":"second"},` +
				part(blue) + `,` + part(red) + `,{"type":"text","text":"third"}`),
			provider.ChatRequest{Messages: []provider.Message{user("first"), user("second", red), user("third", blue, red)}},
		},
		{"a picture alone", parts(`` + part(red) + ``), provider.ChatRequest{Messages: []provider.Message{user("", red)}}},
		{
			"a picture under a wrong type", parts(`{"type":"image_url","image_url":{"url":"` + dataURL("image/jpeg", red) + `"}}`),
			provider.ChatRequest{Messages: []provider.Message{user("", red)}},
		},
		{
			"a file", parts(`{"type":"file","file":{"filename":"a.txt","file_data":"` + dataURL("text/plain", []byte("what is in it")) + `"}},{"type":"text","text":"?"}`),
			provider.ChatRequest{Messages: []provider.Message{user("<file name=\"a.txt\">\nwhat is in it\n</file>\n\n\n?")}},
		},
		{
			"a file that is a picture", parts(`{"type":"file","file":{"file_data":"` + base64.StdEncoding.EncodeToString(red) + `"}}`),
			provider.ChatRequest{Messages: []provider.Message{user("", red)}},
		},
		{
			"tools", `{"tools":[` + tool + `],"tool_choice":"required","parallel_tool_calls":false}`,
			provider.ChatRequest{Messages: hi, Tools: []provider.Tool{weather}, ToolChoice: provider.ToolChoice{Mode: provider.ToolRequired}, ParallelToolCalls: new(false)},
		},
		{
			"a named tool", `{"tools":[` + tool + `],"tool_choice":{"type":"function","function":{"name":"weather"}}}`,
			provider.ChatRequest{Messages: hi, Tools: []provider.Tool{weather}, ToolChoice: provider.ToolChoice{Mode: provider.ToolNamed, Name: "weather"}},
		},
		{
			"allowed tools", `{"tools":[` + tool + `,{"type":"function","function":{"name":"time","parameters":null}}],
				"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"weather"}}]}}}`,
			provider.ChatRequest{Messages: hi, Tools: []provider.Tool{weather}, ToolChoice: provider.ToolChoice{Mode: provider.ToolAuto}},
		},
		{"no tools", `{"tools":[],"tool_choice":"auto","parallel_tool_calls":true}`, provider.ChatRequest{Messages: hi}},
		{
			"calls and results", `{"messages":[{"role":"user","content":"hi"},
			{"role":"assistant","content":null,"refusal":null,"annotations":[],"reasoning_content":"hm","parsed":null,"tool_calls":[
				{"id":"a","type":"function","index":0,"function":{"name":"weather","arguments":"{\"at\":1","parsed_arguments":null}},
				{"id":"b","type":"function","function":{"name":"time","arguments":""}}]},
			{"role":"tool","tool_call_id":"b","content":""},{"role":"tool","tool_call_id":"a","content":[{"type":"text","text":"rain"}]}]}`,
			provider.ChatRequest{Messages: []provider.Message{
				user("hi"),
				{Role: provider.RoleAssistant, ToolCalls: []provider.ToolCall{{ID: "a", Name: "weather", Arguments: `{"at":1`}, {ID: "b", Name: "time"}}},
				{Role: provider.RoleTool, ToolCallID: "b"},
				{Role: provider.RoleTool, ToolCallID: "a", Text: "rain"},
			}},
		},
		{
			"a refusal given back", `{"messages":[{"role":"user","content":"hi"},{"role":"assistant","refusal":"no"},{"role":"user","content":"please"}]}`,
			provider.ChatRequest{Messages: []provider.Message{user("hi"), {Role: provider.RoleAssistant, Text: "no"}, user("please")}},
		},
		{
			"what says nothing is left out", `{"messages":[{"role":"system","content":""},{"role":"developer","content":null},{"role":"user","content":" "},
			{"role":"user","content":"hi"},
			{"role":"assistant","content":""},{"role":"assistant","content":null},{"role":"assistant"},
			{"role":"user","content":[]},{"role":"user","content":"go on"},{"role":"assistant","content":"\n"}]}`,
			provider.ChatRequest{Messages: []provider.Message{user("hi"), user("go on")}},
		},
		{
			"only a system message", `{"messages":[{"role":"system","content":"one"},{"role":"developer","content":"two"}]}`,
			provider.ChatRequest{Messages: []provider.Message{user("one\n\ntwo")}},
		},
		{
			"what other clients send along", `{"messages":[{"role":"system","content":[{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}],
				"cache_control":{"type":"ephemeral"}},
			{"role":"user","content":"hi"},
			{"role":"assistant","content":"a","name":"n","refusal":null,"annotations":[],"audio":null,
				"reasoning":"hm","reasoning_content":"hm","reasoning_details":[{"type":"x"}],
				"thinking_blocks":[{"type":"thinking"}],"provider_specific_fields":{"a":1},
				"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"},"provider_specific_fields":{}}]},
			{"role":"tool","tool_call_id":"a","content":"x","name":"f"}]}`,
			provider.ChatRequest{System: "s", Messages: []provider.Message{
				user("hi"),
				{Role: provider.RoleAssistant, Text: "a", ToolCalls: []provider.ToolCall{{ID: "a", Name: "f", Arguments: "{}"}}},
				{Role: provider.RoleTool, ToolCallID: "a", Text: "x"},
			}},
		},
		{"text", `{"response_format":{"type":"text"}}`, provider.ChatRequest{Messages: hi}},
		{"any JSON", `{"response_format":{"type":"json_object"}}`, provider.ChatRequest{Messages: hi, Format: &provider.Format{Name: "answer"}}},
		{
			"a schema", `{"response_format":{"type":"json_schema","json_schema":{"name":"s","description":"d","schema":{"type":"object"},"strict":true}}}`,
			provider.ChatRequest{Messages: hi, Format: &provider.Format{Name: "s", Description: "d", Schema: json.RawMessage(`{"type":"object"}`), Strict: true}},
		},
	} {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			c, err := r.reads(t, rest(w.body))
			if err != nil {
				t.Fatalf("%v: %s", err, rest(w.body))
			}
			w.want.Model, w.want.UserHash, w.want.Stream = c.model.VendorID, provider.UserHash("ada"), true
			if !reflect.DeepEqual(c.req, w.want) {
				t.Errorf("got  %+v\nwant %+v", c.req, w.want)
			}
		})
	}
}

// What cannot be done is refused with the name of what is wrong.
func TestDoorRefuses(t *testing.T) {
	t.Parallel()
	r := doorRoom(t)
	bomb := pixels(t, 1, 1)
	copy(bomb[16:], []byte{0, 0, 0x7f, 0xff, 0, 0, 0x7f, 0xff}) // a header that promises a thousand megapixels
	binary.BigEndian.PutUint32(bomb[29:], crc32.ChecksumIEEE(bomb[12:29]))
	picture := func(url string) string {
		return parts(`{"type":"image_url","image_url":{"url":"` + url + `"}}`)
	}
	const at = "messages[0].content[0].image_url.url"
	tool := `{"type":"function","function":{"name":"weather"}}`
	asks := `{"role":"user","content":"hi"},{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"weather","arguments":"{}"}}]}`
	for _, w := range []struct {
		name, body string
		code       fault.Code
		kind       string // empty: the code's own
		param      string
	}{
		{"an unknown field", `{"temprature":1}`, fault.Invalid, "unknown_parameter", "temprature"},
		{"an unknown field of a message", `{"messages":[{"role":"user","content":"hi","contents":1}]}`, fault.Invalid, "unknown_parameter", "messages[0].contents"},
		{"an unknown field of a part", parts(`{"type":"text","texts":"hi"}`), fault.Invalid, "unknown_parameter", "messages[0].content[0].texts"},
		{"another case", `{"Stream":true}`, fault.Invalid, "unknown_parameter", "Stream"},
		{"a wrong type", `{"messages":[{"role":"user","content":7}]}`, fault.Invalid, "invalid_type", "messages[0].content"},
		{"no such model", `{"model":"gpt-99"}`, fault.NotFound, "model_not_found", "model"},
		{"a model without a key", `{"model":"gemini-4-pro"}`, fault.NotFound, "model_not_found", "model"},
		{"no model", `{"model":""}`, fault.Invalid, "", "model"},
		{"no messages", `{"messages":[]}`, fault.Invalid, "", "messages"},
		{"several answers", `{"n":2}`, fault.Invalid, "unsupported_parameter", "n"},
		{"a penalty", `{"presence_penalty":0.5}`, fault.Invalid, "unsupported_parameter", "presence_penalty"},
		{"another penalty", `{"frequency_penalty":-1}`, fault.Invalid, "unsupported_parameter", "frequency_penalty"},
		{"a bias", `{"logit_bias":{"50256":-100}}`, fault.Invalid, "unsupported_parameter", "logit_bias"},
		{"probabilities", `{"logprobs":true}`, fault.Invalid, "unsupported_parameter", "logprobs"},
		{"audio", `{"modalities":["text","audio"]}`, fault.Invalid, "unsupported_parameter", "modalities"},
		{"a search", `{"web_search_options":{"search_context_size":"low"}}`, fault.Invalid, "unsupported_parameter", "web_search_options"},
		{"functions of old", `{"functions":[{"name":"a"}]}`, fault.Invalid, "unsupported_parameter", "functions"},
		{"a call of old", `{"function_call":"auto"}`, fault.Invalid, "unsupported_parameter", "function_call"},
		{"another tier", `{"service_tier":"flex"}`, fault.Invalid, "unsupported_parameter", "service_tier"},
		{"stream options without a stream", `{"stream_options":{"include_usage":true}}`, fault.Invalid, "", "stream_options"},
		{"two caps", `{"max_tokens":1,"max_completion_tokens":1}`, fault.Invalid, "", "max_tokens"},
		{"no room", `{"max_tokens":0}`, fault.Invalid, "", "max_tokens"},
		{"more than it writes", `{"max_completion_tokens":900000}`, fault.Invalid, "", "max_completion_tokens"},
		{"a temperature for a model that takes none", `{"temperature":0.2}`, fault.Invalid, "", "body.temperature"},
		{"too hot", `{"temperature":3}`, fault.Invalid, "", "temperature"},
		{"a top_p for a model that takes none", `{"top_p":0.2}`, fault.Invalid, "unsupported_parameter", "top_p"},
		{"an effort that it has not", `{"reasoning_effort":"minimal"}`, fault.Invalid, "", "body.reasoning_effort"},
		{"too many stops", `{"stop":["a","b","c","d","e"]}`, fault.Invalid, "", "stop"},
		{"an unknown role", `{"messages":[{"role":"function","content":"hi"}]}`, fault.Invalid, "", "messages[0].role"},
		{"nothing said", `{"messages":[{"role":"user","content":" "}]}`, fault.Invalid, "", "messages[0].content"},
		{"nothing said at last", `{"messages":[{"role":"user","content":"hi"},{"role":"user","content":""}]}`, fault.Invalid, "", "messages[1].content"},
		{"nothing but silence", `{"messages":[{"role":"system","content":" "}]}`, fault.Invalid, "", "messages"},
		{"a result without content", `{"messages":[` + asks + `,{"role":"tool","tool_call_id":"a"}]}`, fault.Invalid, "", "messages[2].content"},
		{"no content", `{"messages":[{"role":"user"}]}`, fault.Invalid, "", "messages[0].content"},
		{"the assistant first", `{"messages":[{"role":"assistant","content":"hi"},{"role":"user","content":"hi"}]}`, fault.Invalid, "", "messages[0].role"},
		{"the assistant last", `{"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"well"}]}`, fault.Invalid, "", "messages"},
		{"a result without a call", `{"messages":[{"role":"user","content":"hi"},{"role":"tool","tool_call_id":"a","content":"x"}]}`, fault.Invalid, "", "messages[1].tool_call_id"},
		{"a call without a result", `{"messages":[` + asks + `,{"role":"user","content":"well"}]}`, fault.Invalid, "", "messages[2].role"},
		{"a call at the end", `{"messages":[` + asks + `]}`, fault.Invalid, "", "messages"},
		{"a result of another call", `{"messages":[` + asks + `,{"role":"tool","tool_call_id":"b","content":"x"}]}`, fault.Invalid, "", "messages[2].tool_call_id"},
		{"tools for a model without", `{"model":"ollama/plain","tools":[` + tool + `]}`, fault.Invalid, "unsupported_parameter", "tools"},
		{"JSON for a model without", `{"model":"ollama/plain","response_format":{"type":"json_object"}}`, fault.Invalid, "unsupported_parameter", "response_format"},
		{"a tool twice", `{"tools":[` + tool + `,` + tool + `]}`, fault.Invalid, "", "tools[1].function.name"},
		{"a tool of another type", `{"tools":[{"type":"custom","custom":{"name":"a"}}]}`, fault.Invalid, "unsupported_parameter", "tools[0].type"},
		{"a choice without tools", `{"tool_choice":"required"}`, fault.Invalid, "", "tool_choice"},
		{"a choice of no tool", `{"tools":[` + tool + `],"tool_choice":{"type":"function","function":{"name":"time"}}}`, fault.Invalid, "", "tool_choice"},
		{"a schema without one", `{"response_format":{"type":"json_schema"}}`, fault.Invalid, "", "response_format.json_schema"},
		{"sound", parts(`{"type":"input_audio","input_audio":{"data":"","format":"wav"}}`), fault.Invalid, "unsupported_parameter", "messages[0].content[0]"},
		{
			"a picture of the assistant's", `{"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":[{"type":"image_url","image_url":{"url":"x"}}]}]}`,
			fault.Invalid, "", "messages[1].content[0].type",
		},
		{"no base64", picture("data:image/png;base64,!"), fault.Invalid, "", at},
		{"no picture", picture(dataURL("image/png", []byte("text"))), fault.Invalid, "invalid_image_format", at},
		{"half a picture", picture(dataURL("image/png", pixels(t, 9, 9)[:40])), fault.Invalid, extract.TypeBroken, at},
		{"a bomb", picture(dataURL("image/png", bomb)), fault.Invalid, extract.TypeLong, at},
		{"too wide", picture(dataURL("image/png", pixels(t, 6000, 1))), fault.Invalid, "invalid_image", at},
		{"not of the web", picture("file:///etc/passwd"), fault.Invalid, "invalid_image_url", at},
		{"of this network", picture("http://169.254.169.254/latest/meta-data"), fault.Invalid, "invalid_image_url", at},
		{"an empty file", parts(`{"type":"file","file":{"file_data":"data:text/plain;base64,"}}`), fault.Invalid, extract.TypeEmpty, "messages[0].content[0].file.file_data"},
		{"no file", parts(`{"type":"file","file":{}}`), fault.Invalid, "", "messages[0].content[0].file.file_data"},
		{
			"too many files", parts(strings.TrimSuffix(strings.Repeat(`{"type":"file","file":{"file_data":"YQ=="}},`, maxPapers+1), ",")),
			fault.Invalid, "", "messages",
		},
		{"too many pictures", `{"messages":[{"role":"user","content":[` + strings.Repeat(`{"type":"image_url","image_url":{"url":"`+dataURL("image/png", pixels(t, 1, 1))+`"}},`, 50) +
			`{"type":"image_url","image_url":{"url":"` + dataURL("image/png", pixels(t, 1, 1)) + `"}}]}]}`, fault.Invalid, "too_many_images", "messages[0].content[50].image_url.url"},
	} {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			_, err := r.reads(t, rest(w.body))
			f := fault.From(err)
			if err == nil || f.Code != w.code || f.Type != w.kind || len(f.Fields) == 0 || f.Fields[0].Location != w.param {
				t.Errorf("got %+v", f)
			}
		})
	}
}

// Pictures are fetched only for models that see, so many, and only when all else is in order.
func TestDoorFetches(t *testing.T) {
	t.Parallel()
	r := doorRoom(t)
	var asked atomic.Int64
	red := pixels(t, 3, 2)
	mux := http.NewServeMux()
	mux.HandleFunc("/a.png", func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.Header().Set("Content-Type", "text/html") // the bytes count
		_, _ = w.Write(red)
	})
	mux.HandleFunc("/page", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<p>secret</p>")) })
	site := httptest.NewServer(mux)
	t.Cleanup(site.Close)
	picture := func(path string, times int, more string) string {
		part := `,{"type":"image_url","image_url":{"url":"` + site.URL + path + `"}}`
		return rest(`{` + more + `"messages":[{"role":"user","content":[{"type":"text","text":"what is it?"}` + strings.Repeat(part, times) + `]}]}`)
	}
	c, err := r.reads(t, picture("/a.png", 1, ""))
	if err != nil || asked.Load() != 1 || !slices.EqualFunc(c.req.Messages[1].Images, []provider.Image{{ContentType: "image/png", Data: red}}, func(a, b provider.Image) bool {
		return a.ContentType == b.ContentType && bytes.Equal(a.Data, b.Data)
	}) {
		t.Fatalf("%v, asked %d times", err, asked.Load())
	}
	for name, body := range map[string]string{
		"too many":      picture("/a.png", maxRemote+1, ""),
		"gone":          picture("/b.png", 1, ""),
		"a page":        picture("/page", 1, ""),
		"blind":         picture("/a.png", 1, `"model":"ollama/blind",`),
		"wrong besides": picture("/a.png", 1, `"n":3,`),
	} {
		before := asked.Load()
		_, err := r.reads(t, body)
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
		if asked.Load() != before {
			t.Errorf("%s: it was fetched", name)
		}
	}
}

// Everything that the model reads is counted.
func TestDoorCountsAllThatIsRead(t *testing.T) {
	t.Parallel()
	r := doorRoom(t)
	tokens := func(body string) int64 {
		c, err := r.reads(t, rest(body))
		if err != nil {
			t.Fatal(err)
		}
		return c.read.count(c.model)
	}
	long := strings.Repeat("word ", 200)
	least := tokens(`{}`)
	for name, body := range map[string]string{
		"a tool":   `{"tools":[{"type":"function","function":{"name":"a","description":"` + long + `"}}]}`,
		"a schema": `{"response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{"description":"` + long + `"}}}}`,
		"a system": `{"messages":[{"role":"system","content":"` + long + `"},{"role":"user","content":"hi"}]}`,
		"a call": `{"messages":[{"role":"user","content":"hi"},{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"a","arguments":"` + long + `"}}]},
			{"role":"tool","tool_call_id":"a","content":"x"}]}`,
		"a result": `{"messages":[{"role":"user","content":"hi"},{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"a","arguments":"{}"}}]},
			{"role":"tool","tool_call_id":"a","content":"` + long + `"}]}`,
		"a picture": parts(`{"type":"image_url","image_url":{"url":"` + dataURL("image/png", pixels(t, 1000, 600)) + `"}}`),
	} {
		if n := tokens(body); n < least+200 {
			t.Errorf("%s: %d tokens, without it %d", name, n, least)
		}
	}
}

// Whatever comes in is understood or refused, and what is understood can be counted.
func FuzzDoorRequest(f *testing.F) {
	for _, body := range []string{
		`{}`, `{"stop":"a","tool_choice":"auto","messages":[{"role":"user","content":"hi"}]}`,
		parts(`{"type":"image_url","image_url":{"url":"` + dataURL("image/png", pixels(f, 2, 2)) + `"}},{"type":"text","text":"a"}`),
		`{"messages":[{"role":"user","content":[{"type":"file","file":{"file_data":"YQ=="}}]}],"tools":[{"type":"function","function":{"name":"a","parameters":{}}}]}`,
		`{"messages":[{"role":"user","content":"a"},{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"a","arguments":"{}"}}]},
			{"role":"tool","tool_call_id":"a","content":""}]}`,
		`{"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"a"}}]}},
			"response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{}}}}`,
		`[null]`, `{"messages":[null]}`, parts(`null`), `{"tools":[null],"stop":[null]}`,
	} {
		f.Add(rest(body))
	}
	r := doorRoom(f)
	r.fetch = fetch.New(fetch.Options{Timeout: time.Millisecond})
	f.Fuzz(func(t *testing.T, body string) {
		if strings.Contains(body, "://") {
			t.Skip("nothing is fetched here")
		}
		c, err := r.reads(t, body)
		if err != nil {
			if f := fault.From(err); f.Code == fault.Internal {
				t.Errorf("%s: %v", body, err)
			}
			return
		}
		if n := len(c.req.Messages); n == 0 || c.req.Messages[0].Role != provider.RoleUser || c.req.Messages[n-1].Role == provider.RoleAssistant {
			t.Errorf("%s: %+v", body, c.req.Messages)
		}
		if c.read.estimate(c.model) <= 0 {
			t.Errorf("%s: nothing to read", body)
		}
	})
}
