package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"pulse/internal/app"
	"pulse/internal/fault"
	"pulse/internal/feature/account"
)

const userHelp = `want one of
  pulse user create EMAIL [--name NAME] [--admin] [--password-stdin]
  pulse user list
  pulse user promote|demote EMAIL
  pulse user activate|deactivate EMAIL
  pulse user plan EMAIL PLAN
  pulse user reset-password EMAIL [--password-stdin]
  pulse user reset-link EMAIL
  pulse user verify EMAIL
  pulse user delete EMAIL [--yes]
Without --password-stdin a new password is made and printed once. reset-link
prints a link with which the person chooses one, within an hour and once. verify
notes that the person reads their e-mail, as a link in an e-mail does. delete
removes the account and all that is in it; without --yes it asks for the e-mail
once more.`

var userActions = []string{"create", "list", "promote", "demote", "activate", "deactivate", "plan", "reset-password", "reset-link", "verify", "delete"}

func user(ctx context.Context, t terminal, args []string) (err error) {
	if len(args) == 0 {
		return usageError{userHelp}
	}
	action, args := args[0], args[1:]
	if !slices.Contains(userActions, action) { // before a database is opened, or made
		return usageError{userHelp}
	}
	email := ""
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		email, args = args[0], args[1:]
	}
	f := flags("user " + action)
	name := f.String("name", "", "")
	admin := f.Bool("admin", false, "")
	fromInput := f.Bool("password-stdin", false, "")
	yes := f.Bool("yes", false, "")
	if err := parse(f, args); err != nil {
		return err
	}
	arguments := map[string]int{"plan": 1}[action]
	if (email == "") != (action == "list") || f.NArg() != arguments {
		return usageError{userHelp}
	}
	if action == "delete" && !*yes {
		if err := askAgain(t, email); err != nil {
			return err
		}
	}
	cfg, log, err := load(t)
	if err != nil {
		return err
	}
	accounts, closeDB, err := app.OpenAccounts(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeDB()) }()
	switch action {
	case "list":
		return listUsers(ctx, t, accounts)
	case "create", "reset-password":
		return setPassword(ctx, t, accounts, action, account.NewUser{Email: email, FullName: *name, Admin: *admin}, *fromInput)
	case "reset-link":
		link, err := accounts.ResetLink(ctx, email)
		if err != nil {
			return told(err)
		}
		fmt.Fprintln(t.out, link)
		return nil
	case "delete":
		if err := accounts.Delete(ctx, email); err != nil {
			return told(err)
		}
		fmt.Fprintf(t.out, "%s: deleted. What is left of the account is removed by a Pulse that serves, within about a minute.\n", email)
		return nil
	case "verify":
		return report(t)(accounts.Verify(ctx, email))
	case "promote", "demote":
		return report(t)(accounts.SetAdmin(ctx, email, action == "promote"))
	case "plan":
		return report(t)(accounts.SetPlan(ctx, email, f.Arg(0)))
	default: // activate, deactivate
		return report(t)(accounts.SetActive(ctx, email, action == "activate"))
	}
}

// askAgain makes sure that it is this account that is to go. A program that does
// not answer is not taken for somebody who agrees.
func askAgain(t terminal, email string) error {
	fmt.Fprintf(t.out, "This deletes the account and its conversations, files and keys for good.\nWrite the e-mail once more: ")
	line, err := bufio.NewReader(t.in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) { // the last line may lack its end
		return fmt.Errorf("standard input: %w", err)
	}
	if strings.TrimSpace(line) != email {
		return errors.New("that is another e-mail; nothing was deleted (in scripts: --yes)")
	}
	return nil
}

func setPassword(ctx context.Context, t terminal, accounts *account.Room, action string, n account.NewUser, fromInput bool) error {
	n.Password = rand.Text()
	if fromInput {
		line, err := bufio.NewReader(t.in).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) { // the last line may lack its end
			return fmt.Errorf("standard input: %w", err)
		}
		if n.Password = strings.TrimRight(line, "\r\n"); n.Password == "" {
			return errors.New("no password came on standard input")
		}
	}
	var err error
	if action == "create" {
		err = report(t)(accounts.Create(ctx, n))
	} else {
		err = report(t)(accounts.SetPassword(ctx, n.Email, n.Password))
	}
	if err == nil && !fromInput {
		fmt.Fprintf(t.out, "password: %s\n", n.Password)
	}
	return err
}

// report prints what a person's account is now.
func report(t terminal) func(account.User, error) error {
	return func(u account.User, err error) error {
		if err != nil {
			return told(err)
		}
		fmt.Fprintf(t.out, "%s: %s\n", u.Email, strings.Join(standing(u), ", "))
		return nil
	}
}

// told gives what a fault says to people, field by field.
func told(err error) error {
	var f *fault.Error
	if !errors.As(err, &f) || f.Code == fault.Internal {
		return err
	}
	lines := []string{f.Message}
	for _, field := range f.Fields {
		lines = append(lines, strings.TrimPrefix(field.Location, "body.")+": "+field.Message)
	}
	return errors.New(strings.Join(lines, "\n"))
}

func standing(u account.User) []string {
	words := []string{"active"}
	if !u.IsActive {
		words = []string{"deactivated"}
	}
	if u.IsAdmin {
		words = append(words, "administrator")
	}
	if u.IsVerified {
		words = append(words, "e-mail verified")
	}
	return append(words, "plan "+u.Plan)
}

func listUsers(ctx context.Context, t terminal, accounts *account.Room) error {
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	for u, err := range accounts.All(ctx) {
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", u.Email, u.FullName, strings.Join(standing(u), ", "), u.CreatedAt.Format(time.DateOnly))
	}
	return w.Flush() //nolint:wrapcheck // the terminal's own
}
