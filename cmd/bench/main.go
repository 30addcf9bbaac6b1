// Command bench measures the whole of Pulse as a process of its own, over the
// wire, against the stand-in for OpenAI and beside a proxy of a few lines as
// the floor, and prints the table of docs/performance.md.
//
//	go build -o bin/pulse ./cmd/pulse && go run ./cmd/bench
//
// Everything runs on this machine and shares its processors, so that only the
// ratios within one run mean something.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1) //nolint:gocritic // nothing is left to be stopped
	}
}

func run(ctx context.Context) error {
	binary := flag.String("pulse", "bin/pulse", "the program to measure")
	database := flag.String("database", "", "measure on this PostgreSQL as well: postgres://…, an empty database")
	requests := flag.Int("requests", 4000, "plain chats in each round")
	streams := flag.Int("streams", 2000, "streams at once")
	role := flag.String("role", "", "what the program is when it starts itself")
	upstream := flag.String("upstream", "", "for the floor: where to forward to")
	flag.Parse()
	switch *role {
	case "upstream":
		return serveUpstream(ctx)
	case floorName:
		return serveFloor(ctx, *upstream)
	}
	folder, err := os.MkdirTemp("", "pulse-bench-")
	if err != nil {
		return fmt.Errorf("a folder to work in: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }() // it is in the system's temporary folder
	b := &bench{ctx: ctx, folder: folder, requests: *requests, streams: *streams}
	defer b.stopAll()
	if b.binary, err = filepath.Abs(*binary); err != nil {
		return err
	}
	return b.run(*database)
}

// bench is one run.
type bench struct {
	ctx      context.Context //nolint:containedctx // of the program
	folder   string
	binary   string
	requests int
	streams  int
	started  []*process
	targets  []*target
}

func (b *bench) run(database string) error {
	if err := b.start(database); err != nil {
		return err
	}
	fmt.Printf("%s, %s/%s, %d processors\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	for _, measure := range []func() error{b.plain, b.unhurried, b.relay, b.many, b.books, b.starts} {
		if err := measure(); err != nil {
			return err
		}
	}
	return nil
}

// row prints a line of a table; the first one of a table is its head.
func row(cells ...any) {
	line := make([]string, len(cells))
	for i, c := range cells {
		switch c := c.(type) {
		case float64:
			line[i] = fmt.Sprintf("%.3g", c)
		default:
			line[i] = fmt.Sprint(c)
		}
	}
	fmt.Println("| " + strings.Join(line, " | ") + " |")
}

func head(title string, cells ...any) {
	fmt.Printf("\n%s\n\n", title)
	row(cells...)
	fmt.Println(strings.Repeat("|---", len(cells)) + "|")
}
