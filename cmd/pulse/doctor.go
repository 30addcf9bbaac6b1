package main

import (
	"context"
	"errors"
	"fmt"

	"pulse/internal/app"
)

var errUnwell = errors.New("something needs mending; see the lines with ✗")

// doctor prints a line for each part of Pulse and fails when one is unwell.
func doctor(ctx context.Context, t terminal, args []string) error {
	if err := noArguments(args); err != nil {
		return err
	}
	cfg, _, err := load(t)
	if err != nil {
		return err
	}
	fmt.Fprintln(t.out, "✓ settings: in order")
	unwell := false
	for finding := range app.Examine(ctx, cfg) {
		mark := "✓"
		switch {
		case finding.Wrong != "":
			mark, unwell = "✗", true
		case finding.Optional:
			mark = "·"
		}
		fmt.Fprintf(t.out, "%s %s: %s\n", mark, finding.Part, finding.Says)
		if finding.Wrong != "" {
			fmt.Fprintf(t.out, "    %s\n", finding.Wrong)
		}
	}
	if unwell {
		return errUnwell
	}
	return nil
}
