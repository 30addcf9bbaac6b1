// Command pulse is the whole of Pulse: the server and what its operator needs.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"pulse/internal/config"
)

// version is set by the build (-ldflags "-X main.version=…").
var version = ""

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// terminal is what a command works with.
type terminal struct {
	environ []string
	in      io.Reader
	out     io.Writer
	err     io.Writer
}

type command struct {
	name, arguments, help string
	run                   func(ctx context.Context, t terminal, args []string) error
}

func commands() []command {
	return []command{
		{"serve", "", "serve the page and the API, and do the work", serve},
		{"migrate", "", "bring the database up to date and stop", migrate},
		{"doctor", "", "say what is configured, reachable and wrong, and how to mend it", doctor},
		{"user", "ACTION [EMAIL]", "create, list, promote, demote, activate, deactivate, delete people, choose their plan, reset a password, or verify an e-mail", user},
		{"openapi", "", "print the description of the API", openapi},
		{"version", "", "print the version", func(_ context.Context, t terminal, _ []string) error {
			_, err := fmt.Fprintln(t.out, versionText())
			return err //nolint:wrapcheck // the terminal's own
		}},
	}
}

// usageError is a wrong call: what follows is how to call it right.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

// Exit codes: 0 done, 1 failed, 2 called wrongly.
const (
	exitFailed = 1
	exitUsage  = 2
)

// run is the program without the process around it; tests call it.
func run(ctx context.Context, args, environ []string, in io.Reader, out, errOut io.Writer) int {
	t := terminal{environ, in, out, errOut}
	name := ""
	if len(args) > 0 {
		name, args = args[0], args[1:]
	}
	if name == "" || name == "help" || name == "-h" || name == "--help" {
		help(out)
		return 0
	}
	for _, c := range commands() {
		if c.name != name {
			continue
		}
		err := c.run(ctx, t, args)
		var wrong usageError
		switch {
		case err == nil, errors.Is(err, flag.ErrHelp):
			return 0
		case errors.As(err, &wrong):
			fmt.Fprintf(errOut, "pulse %s: %s\n", name, wrong.text)
			return exitUsage
		}
		fmt.Fprintf(errOut, "pulse %s: %s\n", name, plain(err))
		return exitFailed
	}
	fmt.Fprintf(errOut, "pulse: there is no command %q; `pulse help` lists them\n", name)
	return exitUsage
}

func help(out io.Writer) {
	fmt.Fprint(out, "Pulse, a self-hosted AI studio.\n\nUsage: pulse COMMAND\n\n")
	for _, c := range commands() {
		fmt.Fprintf(out, "  %-22s %s\n", c.name+" "+c.arguments, c.help)
	}
	fmt.Fprint(out, "\nSettings are read from the environment, then from .env or the file that PULSE_CONFIG_FILE names:\n\n", config.Help())
}

// flags makes a flag set that says what is wrong in our own words.
func flags(name string) *flag.FlagSet {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	return f
}

func parse(f *flag.FlagSet, args []string) error {
	if err := f.Parse(args); err != nil && !errors.Is(err, flag.ErrHelp) {
		return usageError{err.Error()}
	} else if err != nil {
		return err //nolint:wrapcheck // flag.ErrHelp, which run looks for
	}
	return nil
}

func noArguments(args []string) error {
	if len(args) > 0 {
		return usageError{fmt.Sprintf("takes no arguments, but was given %q", args[0])}
	}
	return nil
}

// load reads the settings and prints warnings about names that are none.
func load(t terminal) (*config.Config, *slog.Logger, error) { return loadIn(t, ".") }

// loadIn is load with the folder in which a .env counts.
func loadIn(t terminal, folder string) (*config.Config, *slog.Logger, error) {
	cfg, warnings, err := config.Load(t.environ, folder)
	for _, w := range warnings {
		fmt.Fprintln(t.err, "warning:", w)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("the settings need mending:\n%w", err)
	}
	o := &slog.HandlerOptions{Level: cfg.LogLevel}
	log := slog.New(slog.NewTextHandler(t.err, o))
	if cfg.LogFormat == config.LogJSON {
		log = slog.New(slog.NewJSONHandler(t.err, o))
	}
	slog.SetDefault(log) // for what has no logger of its own: libraries
	return cfg, log, nil
}

func versionText() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value[:min(12, len(s.Value))]
		}
	}
	return "development"
}
