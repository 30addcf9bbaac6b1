package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

// model is one of the catalogue's that the stand-in serves.
const model = "gpt-6-luna"

// target is something that answers chats.
type target struct {
	name    string
	process *process
	pulse   bool // speaks Pulse's API, not OpenAI's
	tokens  []string
	turn    *atomic.Int64 // whose request is next
}

var client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 4096, MaxIdleConns: 0}}

func (t *target) post(ctx context.Context, path string, body any) (*http.Response, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, t.process.address+path, bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+t.token())
	res, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	if res.StatusCode >= http.StatusBadRequest {
		text, _ := io.ReadAll(io.LimitReader(res.Body, 1000))
		_ = res.Body.Close()
		return nil, fmt.Errorf("%s: %s: %s", t.name, res.Status, text)
	}
	return res, nil
}

type object = map[string]any

// token gives the token of the next of the target's people.
func (t *target) token() string {
	if len(t.tokens) == 0 {
		return ""
	}
	return t.tokens[int(t.turn.Add(1))%len(t.tokens)]
}

// register makes people and gets a token for the programs of each.
func (t *target) register(ctx context.Context, people int) error {
	for i := range people {
		who := object{"email": fmt.Sprintf("bench-%d@example.com", i), "password": "correct horse battery"}
		var out struct {
			AccessToken string `json:"access_token"`
		}
		for _, path := range []string{"/api/v1/auth/register", "/api/v1/auth/token"} {
			if who["full_name"] = "Bench"; path == "/api/v1/auth/token" {
				delete(who, "full_name")
			}
			res, err := t.post(ctx, path, who)
			if err != nil {
				return err
			}
			err = json.NewDecoder(res.Body).Decode(&out)
			_ = res.Body.Close()
			if err != nil {
				return err
			}
		}
		t.tokens = append(t.tokens, out.AccessToken)
	}
	return nil
}

// ask opens an answer. What a vendor's own API needs is asked of it.
func (t *target) ask(ctx context.Context, prompt string, stream bool) (*http.Response, error) {
	body := object{"model": model, "messages": []object{{"role": "user", "content": prompt}}}
	switch {
	case t.pulse && stream:
		return t.post(ctx, "/api/v1/chat/stream", body)
	case t.pulse:
		return t.post(ctx, "/api/v1/chat/complete", body)
	case stream:
		body["stream"], body["stream_options"] = true, object{"include_usage": true}
	}
	return t.post(ctx, "/v1/chat/completions", body)
}

// whole asks and reads the answer to its end.
func (t *target) whole(ctx context.Context, prompt string) error {
	res, err := t.ask(ctx, prompt, false)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }() // it was read
	_, err = io.Copy(io.Discard, res.Body)
	return err
}

// follow reads an answer of ticks and gives how old each was when it came. It
// fails when one is missing, comes twice, or is out of order.
func (t *target) follow(ctx context.Context, n int, pace time.Duration, opened func()) ([]time.Duration, error) {
	res, err := t.ask(ctx, fmt.Sprintf("[ticks %d %s]", n, pace), true)
	if err != nil {
		return nil, err
	}
	opened()
	defer func() { _ = res.Body.Close() }() // it was read
	ages := make([]time.Duration, 0, n)
	lines := bufio.NewReader(res.Body)
	for {
		line, err := lines.ReadSlice('\n')
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		now := time.Now().UnixNano()
		for {
			number, rest, ok := bytes.Cut(after(line, '#'), []byte("@"))
			if !ok {
				break
			}
			stamp, rest, _ := bytes.Cut(rest, []byte(" "))
			at, aerr := strconv.ParseInt(string(stamp), 10, 64)
			if i, nerr := strconv.Atoi(string(number)); aerr != nil || nerr != nil || i != len(ages) {
				return nil, fmt.Errorf("%s: piece %d is %q", t.name, len(ages), line)
			}
			ages = append(ages, time.Duration(now-at))
			line = rest
		}
	}
	if len(ages) != n {
		return nil, fmt.Errorf("%s: %d pieces of %d", t.name, len(ages), n)
	}
	return ages, nil
}

func after(line []byte, mark byte) []byte {
	if i := bytes.IndexByte(line, mark); i >= 0 {
		return line[i+1:]
	}
	return nil
}
