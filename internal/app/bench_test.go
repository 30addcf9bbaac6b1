package app

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pulse/internal/provider/standin"
	"pulse/internal/store"
	"pulse/internal/store/storetest"
)

// BenchmarkChat asks through the whole server, against the stand-in for OpenAI,
// all in this process: quota, persistence and events on. The floor is a proxy
// of a few lines. `go run ./cmd/bench` measures the same between processes.
func BenchmarkChat(b *testing.B) {
	const answer = "[chunks 20]"
	vendor := httptest.NewServer(standin.NewOpenAI(nil))
	defer vendor.Close()
	floor := httptest.NewServer(forward(b, vendor.URL))
	defer floor.Close()
	plans := filepath.Join(b.TempDir(), "plans.yaml")
	if err := os.WriteFile(plans, []byte("plans: [{key: starter, name: Bench, caps: {tokens: 1000000000000}}]"), 0o600); err != nil {
		b.Fatal(err)
	}
	body := func(o object) []byte {
		o["model"], o["messages"] = model, []object{{"role": "user", "content": answer}}
		data, err := json.Marshal(o)
		if err != nil {
			b.Fatal(err)
		}
		return data
	}
	b.Run("floor/plain", func(b *testing.B) { ask(b, floor.URL+"/v1/chat/completions", "floor", body(object{})) })
	b.Run("floor/stream", func(b *testing.B) { ask(b, floor.URL+"/v1/chat/completions", "floor", body(object{"stream": true})) })
	for _, database := range []string{store.SQLite, store.PostgreSQL} {
		databaseURL := ""
		if database == store.PostgreSQL {
			databaseURL = storetest.MigratedURL(b)
		}
		h := newHouse(b, databaseURL, "OPENAI_BASE_URL="+vendor.URL+"/v1", "PULSE_PLANS_FILE="+plans)
		program := h.register("bench").program()
		b.Run(database+"/plain", func(b *testing.B) { ask(b, h.address+"/api/v1/chat/complete", program.token, body(object{})) })
		b.Run(database+"/stream", func(b *testing.B) { ask(b, h.address+"/api/v1/chat/stream", program.token, body(object{})) })
	}
}

// forward is the floor: a token is looked at, the rest goes to the vendor.
func forward(b *testing.B, vendor string) http.Handler {
	b.Helper()
	to, err := url.Parse(vendor)
	if err != nil {
		b.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.FlushInterval = -1 // at once
	proxy.Transport = &http.Transport{MaxIdleConnsPerHost: 1024}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer floor" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		proxy.ServeHTTP(w, r)
	})
}

// ask sends the same question again and again, from 32 clients to a processor.
func ask(b *testing.B, address, token string, body []byte) {
	b.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1024}}
	b.SetParallelism(32)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, address, bytes.NewReader(body))
			if err != nil {
				b.Error(err)
				return
			}
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Authorization", "Bearer "+token)
			res, err := client.Do(r)
			if err != nil {
				b.Error(err)
				return
			}
			text, err := io.ReadAll(res.Body)
			_ = res.Body.Close()
			if err != nil || res.StatusCode != http.StatusOK || !strings.Contains(string(text), "20") {
				b.Errorf("%s %s, %v", res.Status, text, err)
				return
			}
		}
	})
}
