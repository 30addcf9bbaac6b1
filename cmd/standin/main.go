// Command standin imitates the vendors of models on this machine, so that
// Pulse can be tried and tested without a key:
//
//	go run ./cmd/standin          # in one terminal
//	OPENAI_BASE_URL=http://127.0.0.1:9000/v1 make run
//
// It prints a line for each vendor, which is the setting that leads Pulse
// there. What is typed decides what a vendor does: "[status 429]" in a question
// is refused, "[cut after 3]" breaks off. Package standin lists the commands.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"pulse/internal/provider/standin"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "standin:", err)
		os.Exit(1)
	}
}

// vendor is one that is imitated.
type vendor struct {
	flag, name string
	address    string // where it listens unless the flag says otherwise
	setting    string // the one that leads Pulse there
	path       string // what the setting has after the address
	serve      func(standin.Play) *standin.Server
}

func vendors() []vendor {
	return []vendor{
		{"openai", "OpenAI", "127.0.0.1:9000", "OPENAI_BASE_URL", "/v1", standin.NewOpenAI},
		{"anthropic", "Anthropic", "127.0.0.1:9100", "ANTHROPIC_BASE_URL", "", standin.NewAnthropic},
		{"google", "Google (Gemini API and Vertex AI)", "127.0.0.1:9200", "GOOGLE_GENAI_BASE_URL", "", standin.NewGoogle},
		{"compatible", "an Ollama", "127.0.0.1:9300", "PULSE_OLLAMA_URL", "/v1", standin.NewCompatible},
	}
}

// off as an address leaves a vendor out.
const off = "off"

// run is the program without the process around it. It serves until ctx ends.
func run(ctx context.Context, args []string, out, errOut io.Writer) error {
	flags := flag.NewFlagSet("standin", flag.ContinueOnError)
	flags.SetOutput(errOut)
	all := vendors()
	for i := range all {
		v := &all[i]
		flags.StringVar(&v.address, v.flag, v.address, "where "+v.name+" is imitated; port 0 takes a free one, "+off+" leaves it out")
	}
	account := flags.String("account", "", "a file to write, for GOOGLE_APPLICATION_CREDENTIALS: the key of a service account whose tokens Google's stand-in gives out")
	if err := flags.Parse(args); err != nil {
		return err // printed with the usage already
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unknown argument %q", flags.Arg(0))
	}
	var h house
	defer h.close()
	for _, v := range all {
		if v.address == off {
			continue
		}
		url, err := h.open(ctx, v)
		if err != nil {
			return err
		}
		if v.flag == "google" && *account != "" {
			if err := writeAccount(*account, url); err != nil {
				return err
			}
		}
		if _, err := fmt.Fprintf(out, "%s=%s%s\n", v.setting, url, v.path); err != nil {
			return err
		}
	}
	<-ctx.Done()
	return nil
}

// house is the servers that run.
type house struct {
	servers []*http.Server
	running sync.WaitGroup
}

// open serves a vendor and gives its address.
func (h *house) open(ctx context.Context, v vendor) (string, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", v.address)
	if err != nil {
		return "", fmt.Errorf("%s: %w (-%s chooses another address)", v.name, err, v.flag)
	}
	s := &http.Server{Handler: v.serve(nil), ReadHeaderTimeout: time.Minute}
	h.servers = append(h.servers, s)
	h.running.Go(func() { _ = s.Serve(l) }) // it ends when it is closed
	return "http://" + l.Addr().String(), nil
}

// close breaks off whatever is under way, as an answer may stall for ever.
func (h *house) close() {
	for _, s := range h.servers {
		_ = s.Close() // nothing that was written could be lost
	}
	h.running.Wait()
}

func writeAccount(path, tokens string) error {
	file, err := standin.ServiceAccount(tokens)
	if err != nil {
		return err
	}
	if err := os.WriteFile(path, file, 0o600); err != nil {
		return fmt.Errorf("the service account: %w", err)
	}
	return nil
}
