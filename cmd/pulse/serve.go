package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"pulse/internal/app"
	"pulse/internal/config"
	"pulse/internal/httpd"
	"pulse/web"
)

func serve(ctx context.Context, t terminal, args []string) (err error) {
	if err := noArguments(args); err != nil {
		return err
	}
	cfg, log, err := load(t)
	if err != nil {
		return err
	}
	a, err := app.New(ctx, cfg, app.Options{Log: log, Version: versionText(), Page: web.Dist()})
	if err != nil {
		return fmt.Errorf("cannot start: %w", err)
	}
	defer func() {
		if cerr := a.Close(); err == nil && cerr != nil {
			err = cerr
		}
	}()
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", cfg.Addr)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w; is another Pulse running? PULSE_ADDR chooses another address", cfg.Addr, err)
	}
	fmt.Fprintf(t.out, "Pulse %s is at %s\n", versionText(), address(cfg, l.Addr()))
	for _, line := range a.About() {
		fmt.Fprintln(t.out, "  "+line)
	}
	return a.Serve(ctx, l)
}

// address is what a person types to reach us.
func address(cfg *config.Config, l net.Addr) string {
	if cfg.PublicURL != "" {
		return cfg.PublicURL
	}
	host, port, err := net.SplitHostPort(l.String())
	if err != nil {
		return l.String()
	}
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

func migrate(ctx context.Context, t terminal, args []string) error {
	if err := noArguments(args); err != nil {
		return err
	}
	cfg, log, err := load(t)
	if err != nil {
		return err
	}
	if err := app.Migrate(ctx, cfg, log); err != nil {
		return err
	}
	fmt.Fprintln(t.out, "The database is up to date.")
	return nil
}

// openapi prints the description of the API, from a Pulse in a folder that is
// removed again.
func openapi(ctx context.Context, t terminal, args []string) (err error) {
	if err := noArguments(args); err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "pulse-openapi-")
	if err != nil {
		return fmt.Errorf("a folder to work in: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }() // it is in the system's temporary folder
	// No setting of this machine's counts: they may name a real database.
	t.environ = []string{"PULSE_LOG_LEVEL=warn", "PULSE_DATA_DIR=" + filepath.Join(folder, "data")}
	cfg, log, err := loadIn(t, folder)
	if err != nil {
		return err
	}
	a, err := app.New(ctx, cfg, app.Options{Log: log, Version: "1"})
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }() // nothing was written
	document, err := httpd.Describe(a.API())
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(t.out, string(document))
	return err //nolint:wrapcheck // the terminal's own
}

// plain makes an error's text readable in a terminal.
func plain(err error) string { return strings.TrimPrefix(err.Error(), "app: ") }
