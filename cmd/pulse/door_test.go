package main

import (
	"bufio"
	"net/http"
	"strings"
	"testing"
	"time"
)

// completing asks as a client of OpenAI's API, and gives the lines that come.
func (p *person) completing(prompt string) *bufio.Scanner {
	p.t.Helper()
	ask := question(gpt, prompt)
	ask["stream"] = true
	res := p.request(p.t.Context(), http.MethodPost, "/v1/chat/completions", ask)
	p.t.Cleanup(func() { _ = res.Body.Close() })
	if res.StatusCode != http.StatusOK {
		p.t.Fatalf("status %d", res.StatusCode)
	}
	return bufio.NewScanner(res.Body)
}

// completion is the one job of that type.
func (p *person) completion() object {
	p.t.Helper()
	list := p.must(200, http.MethodGet, "/api/v1/jobs?type=completion", nil)
	items, _ := list["items"].([]any)
	if len(items) != 1 {
		p.t.Fatalf("there are %d completions", len(items))
	}
	return items[0].(object) //nolint:forcetypeassert // or the test fails here
}

func wasInterrupted(job object) bool {
	problem, _ := job["error"].(object)
	return job["status"] == "failed" && problem["type"] == "urn:pulse:problem:interrupted"
}

// kill -9 while a client of OpenAI's API is answered: there is nobody to answer any
// more. The vendor is not asked again, and nothing stays held.
func TestKillInMidCompletion(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, env string) {
		s, vendor := openAI(t)
		pulse := startPulse(t, env, vendor)
		p := register(t, pulse.address)
		lines := p.completing("[chunks 1000] [pace 10ms]")
		for range 40 {
			if !lines.Scan() {
				t.Fatal(lines.Err())
			}
		}
		pulse.kill()
		for lines.Scan() {
			if strings.Contains(lines.Text(), "[DONE]") {
				t.Error("it was said to be whole")
			}
		}
		p = p.at(startPulse(t, env, vendor).address)
		eventually(t, "the job ends", 20*time.Second, func() bool { return wasInterrupted(p.completion()) })
		if used, reserved := usageOf(t, p); used != 0 || reserved != 0 {
			t.Errorf("booked %v tokens, %v held", used, reserved)
		}
		if b := s.Books(); b.Requests != 1 {
			t.Errorf("the vendor's books: %+v", b)
		}
		id, _ := p.completion()["id"].(string)
		if status, problem := p.call(http.MethodPost, "/api/v1/jobs/"+id+"/retry", nil); status != http.StatusConflict {
			t.Errorf("trying it again: %d %v", status, problem)
		}
	})
}

// SIGTERM ends what takes longer than the grace: its client is told, and pays for
// what came.
func TestStopInMidCompletion(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, env string) {
		s, vendor := openAI(t)
		pulse := startPulse(t, env, vendor, "PULSE_SHUTDOWN_GRACE=500ms")
		p := register(t, pulse.address)
		lines := p.completing("[chunks 1000] [pace 10ms]")
		for range 40 {
			if !lines.Scan() {
				t.Fatal(lines.Err())
			}
		}
		stopped := make(chan int)
		go func() { stopped <- pulse.stop() }()
		last := ""
		for lines.Scan() {
			if lines.Text() != "" {
				last = lines.Text()
			}
		}
		if !strings.HasPrefix(last, `data: {"error":{`) || !strings.Contains(last, `"code":"interrupted"`) {
			t.Errorf("the last line is %s", last)
		}
		if code := <-stopped; code != 0 {
			t.Errorf("stopped with %d", code)
		}
		p = p.at(startPulse(t, env, vendor).address)
		job := p.completion()
		if !wasInterrupted(job) || job["attempt"] != 1.0 {
			t.Errorf("the job is %v", job)
		}
		if used, reserved := usageOf(t, p); used == 0 || reserved != 0 {
			t.Errorf("booked %v tokens, %v held", used, reserved)
		}
		if b := s.Books(); b.Requests != 1 || b.Gone != 1 {
			t.Errorf("the vendor's books: %+v", b)
		}
	})
}
