package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"pulse/internal/provider/standin"
)

// ticks is the prompt of a stream whose pieces tell when they were written:
// "[ticks 100 50ms]" is a hundred of them, one each 50 ms.
var ticks = regexp.MustCompile(`\[ticks (\d+) (\w+)\]`)

// serveUpstream is the vendor of all rounds: the stand-in, and ticks.
func serveUpstream(ctx context.Context) error {
	vendor := standin.NewOpenAI(nil)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /books", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(vendor.Books().Billed.Total()) // a reader that is gone needs nothing
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
		if err != nil {
			return
		}
		if m := ticks.FindSubmatch(body); m != nil {
			n, _ := strconv.Atoi(string(m[1]))
			pace, _ := time.ParseDuration(string(m[2]))
			tick(w, r, n, pace)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		vendor.ServeHTTP(w, r)
	})
	return listen(ctx, mux)
}

// tick writes an answer in OpenAI's form whose pieces are numbered and stamped.
func tick(w http.ResponseWriter, r *http.Request, n int, pace time.Duration) {
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	const chunk = `data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1790000000,"model":"` + model + `","choices":[%s],"usage":%s}` + "\n\n"
	clock := time.NewTicker(pace)
	defer clock.Stop()
	for i := range n {
		select {
		case <-clock.C:
		case <-r.Context().Done():
			return
		}
		content := fmt.Sprintf(`{"index":0,"delta":{"content":"#%d@%d "},"finish_reason":null}`, i, time.Now().UnixNano())
		if _, err := fmt.Fprintf(w, chunk, content, "null"); err != nil {
			return
		}
		if err := out.Flush(); err != nil {
			return
		}
	}
	_, _ = fmt.Fprintf(w, chunk, `{"index":0,"delta":{},"finish_reason":"stop"}`, "null")
	usage := fmt.Sprintf(`{"prompt_tokens":10,"completion_tokens":%d,"total_tokens":%d}`, n, n+10)
	_, _ = fmt.Fprintf(w, chunk+"data: [DONE]\n\n", "", usage)
}

// floorName is the floor in tables and roles.
const floorName = "floor"

// token is what the floor wants to see.
const token = "bench-token"

// serveFloor is the least that can stand between a client and a vendor: it
// checks a token, forwards, and flushes what comes.
func serveFloor(ctx context.Context, upstream string) error {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1024}}
	return listen(ctx, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+token {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		req, err := http.NewRequestWithContext(r.Context(), r.Method, upstream+r.URL.Path, r.Body) //nolint:gosec // a floor is no door
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer key")
		res, err := client.Do(req) //nolint:gosec // as above
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer func() { _ = res.Body.Close() }() // it was read, or nobody wants it
		w.Header().Set("Content-Type", res.Header.Get("Content-Type"))
		w.WriteHeader(res.StatusCode)
		out := http.NewResponseController(w)
		buf := make([]byte, 32<<10)
		for {
			n, err := res.Body.Read(buf)
			if n > 0 {
				if _, werr := w.Write(buf[:n]); werr != nil {
					return
				}
				if werr := out.Flush(); werr != nil {
					return
				}
			}
			if err != nil {
				return
			}
		}
	}))
}

// listen serves on a free port and prints where.
func listen(ctx context.Context, handler http.Handler) error {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	defer context.AfterFunc(ctx, func() { _ = server.Close() })() // the program ends
	fmt.Printf("bench is at http://%s\n", l.Addr())
	return server.Serve(l)
}
