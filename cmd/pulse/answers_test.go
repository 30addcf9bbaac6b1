package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pulse/internal/provider/standin"
	"pulse/internal/store/storetest"
)

// gpt is a model of the catalogue that the stand-in serves here.
const gpt = "gpt-6-luna"

// openAI starts a stand-in for OpenAI and gives the setting that leads to it.
func openAI(t *testing.T) (*standin.Server, string) {
	t.Helper()
	s := standin.NewOpenAI(nil)
	server := httptest.NewServer(s)
	t.Cleanup(server.CloseClientConnections)
	t.Cleanup(server.Close)
	return s, "OPENAI_BASE_URL=" + server.URL + "/v1"
}

// databases runs a test on SQLite and on PostgreSQL. env leads a process to
// the test's own database.
func databases(t *testing.T, test func(t *testing.T, env string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, "PULSE_DATA_DIR="+filepath.Join(t.TempDir(), "data"))
	})
	t.Run("postgresql", func(t *testing.T) {
		t.Parallel()
		test(t, "DATABASE_URL="+storetest.PostgresURL(t))
	})
}

// booked checks that Pulse's books of a job say what the vendor's do, and that
// nothing is held any more.
func booked(t *testing.T, p *person, jobID string, tokens int64) {
	t.Helper()
	receipt := p.must(200, http.MethodGet, "/api/v1/jobs/"+jobID+"/receipt", nil)
	items, _ := receipt["items"].([]any)
	if len(items) != 1 {
		t.Fatalf("the job has %d usage events: %v", len(items), receipt)
	}
	if quantity := items[0].(object)["quantity"].(float64); int64(quantity) != tokens { //nolint:forcetypeassert // or the test fails here
		t.Errorf("booked %v tokens, the vendor billed %d", quantity, tokens)
	}
	if _, reserved := usageOf(t, p); reserved != 0 {
		t.Errorf("%v tokens are still held", reserved)
	}
}

// A new person on a fresh Pulse asks the demo, and finds the conversation
// after a restart.
func TestFirstDay(t *testing.T) {
	t.Parallel()
	env := "PULSE_DATA_DIR=" + filepath.Join(t.TempDir(), "data")
	pulse := startPulse(t, env)
	p := register(t, pulse.address)
	if me := p.must(200, http.MethodGet, "/api/v1/users/me", nil); me["is_admin"] != true {
		t.Errorf("the first account is no administrator: %v", me)
	}
	models := p.must(200, http.MethodGet, "/api/v1/chat/models", nil)
	if models["default_model"] != "demo-chat" {
		t.Errorf("without keys the default model is %v", models["default_model"])
	}
	var a answer
	p.open(http.MethodPost, "/api/v1/chat/stream", question("demo-chat", "Say something short.")).whole(&a)
	if !strings.Contains(a.text, "demo") || a.end["finish_reason"] != "stop" {
		t.Errorf("the demo said %q, %v", a.text, a.end)
	}
	if code := pulse.stop(); code != 0 {
		t.Errorf("stopped with %d", code)
	}
	again := startPulse(t, env)
	p = p.at(again.address)
	list := p.must(200, http.MethodGet, "/api/v1/conversations", nil)
	items, _ := list["items"].([]any)
	if len(items) != 1 {
		t.Fatalf("after the restart there are %d conversations", len(items))
	}
	conversation := p.must(200, http.MethodGet, fmt.Sprintf("/api/v1/conversations/%v", a.start["conversation_id"]), nil)
	messages, _ := conversation["messages"].([]any)
	if len(messages) != 2 || messages[1].(object)["content"] != a.text { //nolint:forcetypeassert // or the test fails here
		t.Errorf("the conversation has %v", messages)
	}
}

// A reader that loses its line, comes late, or is on another device has every
// token once.
func TestReadersComeAndGo(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, env string) {
		vendor := httptest.NewServer(standin.NewAnthropic(nil)) // OpenAI does not show what its models think
		t.Cleanup(vendor.Close)
		p := register(t, startPulse(t, env, "ANTHROPIC_BASE_URL="+vendor.URL).address)
		const n = 300
		var first answer
		ask := question("claude-sonnet-5-5", fmt.Sprintf("[think 5] [chunks %d] [pace 5ms]", n))
		ask["reasoning_effort"] = "low"
		r := p.open(http.MethodPost, "/api/v1/chat/stream", ask)
		r.until(&first, func() bool { return len(first.text) > 100 })
		var device answer
		var all sync.WaitGroup
		all.Go(func() { p.follow(first.job(), "").whole(&device) })
		for !first.ended() { // the line breaks every few events
			lost := r.lastID
			r.close()
			r = p.follow(first.job(), lost)
			events := 0
			r.until(&first, func() bool { events++; return first.ended() || events > 20 })
		}
		all.Wait()
		var late answer
		p.follow(first.job(), "").whole(&late)
		for name, a := range map[string]answer{"with a bad line": first, "on another device": device, "come late": late} {
			if a.text != numbers(n) || a.reasoning != numbers(5) {
				t.Errorf("a reader %s has %d bytes of text, want %d; reasoning %q", name, len(a.text), len(numbers(n)), a.reasoning)
			}
			if a.end["finish_reason"] != "stop" {
				t.Errorf("a reader %s was told %v", name, a.end)
			}
		}
		booked(t, p, first.job(), first.tokens())
	})
}

// tokens is what the answer's end says it took.
func (a *answer) tokens() int64 {
	usage, _ := a.end["usage"].(object)
	total, _ := usage["total_tokens"].(float64)
	return int64(total)
}

// Closing the tab does not stop an answer.
func TestAnswerOutlivesItsReader(t *testing.T) {
	t.Parallel()
	s, vendor := openAI(t)
	p := register(t, startPulse(t, "PULSE_DATA_DIR="+t.TempDir(), vendor).address)
	var a answer
	r := p.open(http.MethodPost, "/api/v1/chat/stream", question(gpt, "[chunks 100] [pace 10ms]"))
	r.until(&a, func() bool { return a.text != "" })
	r.close()
	eventually(t, "the answer ends by itself", 10*time.Second, func() bool {
		return p.must(200, http.MethodGet, "/api/v1/jobs/"+a.job(), nil)["status"] == "completed"
	})
	if b := s.Books(); b.Finished != 1 || b.Gone != 0 {
		t.Errorf("the vendor's books: %+v", b)
	}
}

// Stop ends the upstream call within a second and bills what came.
func TestStop(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, env string) {
		s, vendor := openAI(t)
		p := register(t, startPulse(t, env, vendor).address)
		var a answer
		r := p.open(http.MethodPost, "/api/v1/chat/stream", question(gpt, "[chunks 5000] [pace 10ms]"))
		r.until(&a, func() bool { return len(a.text) > 200 })
		asked := time.Now()
		p.must(202, http.MethodPost, "/api/v1/jobs/"+a.job()+"/cancel", nil)
		eventually(t, "the vendor sees the line closed", time.Second-time.Since(asked), func() bool { return s.Books().Gone == 1 })
		r.whole(&a)
		if a.end["finish_reason"] != "cancelled" || !strings.HasPrefix(numbers(5000), a.text) {
			t.Errorf("the end says %v", a.end)
		}
		job := p.must(200, http.MethodGet, "/api/v1/jobs/"+a.job(), nil)
		if job["status"] != "cancelled" {
			t.Errorf("the job is %v", job["status"])
		}
		used, reserved := usageOf(t, p)
		if used == 0 || used > float64(len(a.text)) || reserved != 0 {
			t.Errorf("booked %v tokens for %d bytes of answer, %v held", used, len(a.text), reserved)
		}
		if status, _ := p.call(http.MethodPost, "/api/v1/jobs/"+a.job()+"/cancel", nil); status != http.StatusConflict {
			t.Errorf("stopping it again: %d", status)
		}
	})
}

// kill -9 in mid-answer, then a restart: the answer is finished and billed once.
func TestKillInMidAnswer(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, env string) {
		s, vendor := openAI(t)
		pulse := startPulse(t, env, vendor)
		p := register(t, pulse.address)
		const n = 200
		var a answer
		r := p.open(http.MethodPost, "/api/v1/chat/stream", question(gpt, fmt.Sprintf("[chunks %d] [pace 10ms]", n)))
		r.until(&a, func() bool { return len(a.text) > 100 })
		pulse.kill()
		r.until(&a, a.ended) // what was under way, then the line ends
		if a.ended() {
			t.Fatal("the answer ended before the process was killed")
		}
		p = p.at(startPulse(t, env, vendor).address)
		p.follow(a.job(), r.lastID).whole(&a)
		if !slices.Contains(a.kinds, "restart") || a.text != numbers(n) {
			t.Errorf("the reader was told %v and has %d bytes, want %d", a.kinds, len(a.text), len(numbers(n)))
		}
		var newcomer answer
		p.follow(a.job(), "").whole(&newcomer)
		if newcomer.text != numbers(n) {
			t.Errorf("a newcomer has %d bytes", len(newcomer.text))
		}
		booked(t, p, a.job(), a.tokens())
		if b := s.Books(); b.Requests != 2 || b.Finished != 1 {
			t.Errorf("the vendor's books: %+v", b)
		}
	})
}

// With PostgreSQL the reader may be on the process that does not generate, and
// the one that does may be killed.
func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	_, vendor := openAI(t)
	env := "DATABASE_URL=" + storetest.PostgresURL(t)
	one, two := startPulse(t, env, vendor), startPulse(t, env, vendor)
	p := register(t, one.address)
	ask := func(prompt string) string {
		var a answer
		r := p.open(http.MethodPost, "/api/v1/chat/stream", question(gpt, prompt))
		r.until(&a, func() bool { return a.start != nil })
		r.close()
		return a.job()
	}

	var whole answer
	p.at(two.address).follow(ask("[chunks 150] [pace 5ms]"), "").whole(&whole)
	if whole.text != numbers(150) {
		t.Errorf("the reader on the other process has %d bytes, want %d", len(whole.text), len(numbers(150)))
	}

	var stopped answer
	r := p.at(two.address).follow(ask("[chunks 5000] [pace 10ms]"), "")
	r.until(&stopped, func() bool { return len(stopped.text) > 50 })
	asked := time.Now()
	p.at(two.address).must(202, http.MethodPost, "/api/v1/jobs/"+stopped.job()+"/cancel", nil)
	r.whole(&stopped)
	if took := time.Since(asked); stopped.end["finish_reason"] != "cancelled" || took > time.Second {
		t.Errorf("stopped from the other process after %s: %v", took, stopped.end)
	}

	var orphan answer
	r = p.at(two.address).follow(ask("[chunks 200] [pace 10ms]"), "")
	r.until(&orphan, func() bool { return len(orphan.text) > 100 })
	one.kill()
	r.whole(&orphan) // the same open line
	if orphan.text != numbers(200) || !slices.Contains(orphan.kinds, "restart") {
		t.Errorf("after the kill the reader has %d bytes, told %v", len(orphan.text), orphan.kinds)
	}
	booked(t, p.at(two.address), orphan.job(), orphan.tokens())
}

// SIGTERM lets a running answer end for as long as the grace lasts, and hands
// over what takes longer.
func TestStopOfTheProcess(t *testing.T) {
	t.Parallel()
	_, vendor := openAI(t)
	env := "PULSE_DATA_DIR=" + t.TempDir()
	pulse := startPulse(t, env, vendor, "PULSE_SHUTDOWN_GRACE=2s")
	p := register(t, pulse.address)
	var short, long answer
	shortly := p.open(http.MethodPost, "/api/v1/chat/stream", question(gpt, "[chunks 50] [pace 10ms]"))
	shortly.until(&short, func() bool { return short.text != "" })
	longer := p.open(http.MethodPost, "/api/v1/chat/stream", question(gpt, "[chunks 400] [pace 10ms]"))
	longer.until(&long, func() bool { return long.text != "" })
	stopped := make(chan int)
	go func() { stopped <- pulse.stop() }()
	shortly.whole(&short)
	if short.text != numbers(50) {
		t.Errorf("the short answer has %d bytes", len(short.text))
	}
	longer.until(&long, long.ended)
	if long.ended() {
		t.Errorf("the long answer ended: %v", long.end)
	}
	if code := <-stopped; code != 0 {
		t.Errorf("stopped with %d", code)
	}
	p = p.at(startPulse(t, env, vendor).address)
	p.follow(long.job(), longer.lastID).whole(&long)
	if long.text != numbers(400) {
		t.Errorf("after the restart the long answer has %d bytes, want %d", len(long.text), len(numbers(400)))
	}
	booked(t, p, long.job(), long.tokens())
}
