// Package standin imitates the vendors of models, over HTTP and to the field:
// for tests, for benchmarks, and for trying Pulse out without a key.
//
// A stand-in checks what it is sent as strictly as the vendor does (an unknown
// field, a temperature for a model that refuses it, a missing max_tokens or a
// missing key is the vendor's own error), then answers by a Script: which text
// in which pieces at which pace, which usage figures, how it ends, and what
// goes wrong on the way. It keeps books of what a vendor would have billed, so
// that a test can hold Pulse's books against them.
//
//	s := standin.NewOpenAI(standin.Always(standin.Script{Chunks: []string{"Hel", "lo"}}))
//	server := httptest.NewServer(s)
//	chatter := openai.New(openai.Options{APIKey: "sk-any", BaseURL: server.URL + "/v1"})
//	…
//	s.Books().Billed.Output // 2
//
// Base addresses: OpenAI and compatible servers end in /v1; Anthropic's and
// Google's are the bare address of the server. Any key is accepted but "wrong",
// which is refused as the vendor refuses it. Google's stand-in serves the
// Gemini API, Vertex AI, and the token endpoint of ServiceAccount. Each lists its
// models, for nothing, and a few at a time where the vendor has pages.
//
// OpenAI's and Google's stand-ins make pictures too, by a PictureScript: see
// Server.Draws and Server.Wishes.
//
// With a nil Play the prompt decides, so that an end-to-end test of the whole
// server can bring a fault about by what it types: see FromPrompt and
// PictureFromPrompt. The program
// in cmd/standin serves all vendors that way, each on a port of its own.
package standin
