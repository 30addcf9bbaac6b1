package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// process is a program that was started for the run.
type process struct {
	cmd     *exec.Cmd
	address string
	ended   chan struct{}
}

// launch starts a program and waits until it says where it is.
func (b *bench) launch(env []string, program string, args ...string) (*process, error) {
	p := &process{cmd: exec.CommandContext(b.ctx, program, args...), ended: make(chan struct{})} //nolint:gosec // what its user named
	p.cmd.Env, p.cmd.Dir = env, b.folder
	var said bytes.Buffer
	p.cmd.Stderr = &said
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	b.started = append(b.started, p)
	address := make(chan string, 1)
	go func() {
		defer close(p.ended)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if _, at, ok := strings.Cut(lines.Text(), " is at "); ok {
				address <- at
			}
		}
		_, _ = io.Copy(io.Discard, out)
		_ = p.cmd.Wait() // that it ended is enough
	}()
	select {
	case p.address = <-address:
		return p, nil
	case <-p.ended:
		return nil, fmt.Errorf("%s did not start: %s", program, said.String())
	}
}

func (p *process) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	select {
	case <-p.ended:
	case <-time.After(10 * time.Second):
		_ = p.cmd.Process.Kill()
	}
}

func (b *bench) stopAll() {
	for _, p := range b.started {
		p.stop()
	}
}

// cpu is the processor time that the process has used, from the kernel.
func (p *process) cpu() (time.Duration, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(data), ") ") // the name may contain anything
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0, errors.New("/proc/…/stat has another form than expected")
	}
	user, uerr := strconv.ParseInt(fields[11], 10, 64)
	system, serr := strconv.ParseInt(fields[12], 10, 64)
	const tick = 10 * time.Millisecond // USER_HZ is 100 on every Linux
	return time.Duration(user+system) * tick, errors.Join(uerr, serr)
}

// memory is what the process has in memory, in bytes.
func (p *process) memory() (int64, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(data))
	if len(fields) < 2 {
		return 0, errors.New("/proc/…/statm has another form than expected")
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	return pages * int64(os.Getpagesize()), err
}

// streamsEach is how many streams one person reads at once; Pulse allows 64.
const streamsEach = 50

const plans = "plans: [{key: bench, name: Bench, caps: {tokens: 1000000000000}}]\n"

// pulse starts a Pulse with everything that it has in production but a limit.
func (b *bench) pulse(folder, database, upstream string) (*process, error) {
	path := filepath.Join(b.folder, "plans.yaml")
	if err := os.WriteFile(path, []byte(plans), 0o600); err != nil {
		return nil, err
	}
	return b.launch([]string{
		"PULSE_ADDR=127.0.0.1:0", "PULSE_DATA_DIR=" + filepath.Join(b.folder, folder), "DATABASE_URL=" + database,
		"PULSE_PLANS_FILE=" + path, "PULSE_DEFAULT_PLAN=bench", "PULSE_RATE_LIMIT=0", "PULSE_OLLAMA_URL=off", "PULSE_TITLES=off",
		"PULSE_LOG_LEVEL=warn", "OPENAI_BASE_URL=" + upstream + "/v1",
	}, b.binary, "serve")
}

// start starts everything that is measured.
func (b *bench) start(database string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	upstream, err := b.launch(nil, self, "-role", "upstream")
	if err != nil {
		return err
	}
	floor, err := b.launch(nil, self, "-role", floorName, "-upstream", upstream.address)
	if err != nil {
		return err
	}
	b.targets = []*target{
		{name: "direct", process: upstream, tokens: []string{token}, turn: new(atomic.Int64)},
		{name: floorName, process: floor, tokens: []string{token}, turn: new(atomic.Int64)},
	}
	for _, d := range []struct{ name, folder, url string }{{"Pulse, SQLite", "sqlite", ""}, {"Pulse, PostgreSQL", "postgresql", database}} {
		if d.name != "Pulse, SQLite" && d.url == "" {
			continue
		}
		p, err := b.pulse(d.folder, d.url, upstream.address)
		if err != nil {
			return err
		}
		t := &target{name: d.name, process: p, pulse: true, turn: new(atomic.Int64)}
		if err := t.register(b.ctx, b.streams/streamsEach+1); err != nil {
			return err
		}
		b.targets = append(b.targets, t)
	}
	return nil
}

// within gives a context that ends on its own.
func (b *bench) within(d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(b.ctx, d)
}
