package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// asPulse makes the test binary be pulse: what is killed in these tests is a
// real process.
const asPulse = "PULSE_TEST_AS_PULSE"

func TestMain(m *testing.M) {
	if os.Getenv(asPulse) != "" {
		_ = os.Unsetenv(asPulse)
		main()
	}
	os.Exit(m.Run())
}

// process is a running `pulse serve`.
type process struct {
	t       *testing.T
	cmd     *exec.Cmd
	address string
	log     *logBuffer
	done    chan struct{}
}

type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// command prepares pulse with nothing from this process's environment but what
// is named. It looks for no Ollama and sets no limit unless told so.
func pulseCommand(ctx context.Context, t *testing.T, env []string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(ctx, os.Args[0], args...) //nolint:gosec // ourselves
	cmd.Dir = t.TempDir()
	cmd.Env = append([]string{
		asPulse + "=1", "PULSE_ADDR=127.0.0.1:0", "PULSE_OLLAMA_URL=off", "PULSE_RATE_LIMIT=0", "PULSE_TITLES=off", "PULSE_LOG_LEVEL=debug",
		"PULSE_LOG_FORMAT=json", "PULSE_SHUTDOWN_GRACE=5s", "GORACE=halt_on_error=1 exitcode=66",
	}, env...)
	return cmd
}

// startPulse starts a server and waits until it says where it is.
func startPulse(t *testing.T, env ...string) *process {
	t.Helper()
	p := &process{t: t, log: &logBuffer{}, done: make(chan struct{})}
	p.cmd = pulseCommand(context.Background(), t, env, "serve")
	p.cmd.Stderr = p.log
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("log of %s:\n%s", p.address, clipLog(p.log.String()))
		}
		if strings.Contains(p.log.String(), "DATA RACE") {
			t.Error("the race detector spoke up")
		}
	})
	said := make(chan string, 1)
	go func() {
		defer close(p.done)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if _, address, ok := strings.Cut(lines.Text(), " is at "); ok {
				said <- address
			}
		}
		_, _ = io.Copy(io.Discard, out)
		_ = p.cmd.Wait() // how it ended is in cmd.ProcessState
	}()
	select {
	case p.address = <-said:
	case <-p.done:
		t.Fatalf("pulse did not start:\n%s", p.log)
	case <-time.After(30 * time.Second):
		t.Fatalf("pulse said nothing for 30 s:\n%s", p.log)
	}
	return p
}

func clipLog(s string) string {
	if len(s) > 6000 {
		return "…" + s[len(s)-6000:]
	}
	return s
}

// kill is kill -9.
func (p *process) kill() { p.signal(syscall.SIGKILL) }

// stop is SIGTERM; it gives the exit code.
func (p *process) stop() int {
	p.signal(syscall.SIGTERM)
	return p.cmd.ProcessState.ExitCode()
}

func (p *process) signal(s syscall.Signal) {
	select {
	case <-p.done:
		return
	default:
	}
	_ = p.cmd.Process.Signal(s) // it may have ended this moment
	select {
	case <-p.done:
	case <-time.After(30 * time.Second):
		_ = p.cmd.Process.Kill()
		p.t.Error("the process did not end within 30 s")
		<-p.done
	}
}

// runPulse runs a command to its end.
func runPulse(t *testing.T, env []string, input string, args ...string) (code int, out, errOut string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := pulseCommand(ctx, t, env, args...)
	var o, e bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(input), &o, &e
	err := cmd.Run()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), o.String(), e.String()
}

// transport is for tests alone, so that none waits for another's connections.
func transport(t *testing.T) *http.Transport {
	t.Helper()
	tr := &http.Transport{MaxIdleConnsPerHost: 16}
	t.Cleanup(tr.CloseIdleConnections)
	return tr
}
