package config

import (
	"fmt"
	"strings"
)

// documented are the groups as the documents show them, with a name for the
// servers that have none of their own.
func documented(server string) []group {
	sources := group{"Where settings come from", []setting{{
		name: configFile, form: path.form, example: "/etc/pulse/pulse.env",
		help: "A file with more settings, a line `NAME=value` each; the environment wins over it. " +
			"Empty: `.env` in the working folder, if there is one. Only the environment can set this.",
	}}}
	groups := append([]group{sources}, table...)
	return append(groups, group{"Servers that speak OpenAI's API", compatSettings(server)})
}

// Help lists the settings for a terminal.
func Help() string {
	var b strings.Builder
	for _, g := range documented("<NAME>") {
		fmt.Fprintf(&b, "%s:\n", g.title)
		for _, s := range g.settings {
			fmt.Fprintf(&b, "  %s", s.name)
			if s.standard != "" {
				fmt.Fprintf(&b, " (%s)", s.standard)
			}
			fmt.Fprintf(&b, "\n%s", wrapped(plain(s.help), "      "))
		}
		b.WriteByte('\n')
	}
	b.WriteString(wrapped("Each of them can also be set as NAME_FILE, the name of a file that holds the value.", ""))
	return b.String()
}

// Markdown is docs/configuration.md.
func Markdown() string {
	var b strings.Builder
	b.WriteString(`# Configuration

<!-- Written from internal/config/table.go. To write it anew: go test ./internal/config -update -->

Pulse starts with nothing set. Everything below is read once, at the start: from the environment first, then from a file.

- An empty value counts as not set.
- Each setting can also be given as ` + "`NAME_FILE`" + `, the name of a file that holds its value, as container platforms hand over secrets.
- In a file of settings, put a value that contains ` + "`$`, `#`" + ` or spaces into single quotes.
- Wrong values stop the start, all named at once. A misspelt ` + "`PULSE_…`" + ` variable is warned of.
- Secrets are never written to a log, a message or a page.
`)
	for _, g := range documented("<NAME>") {
		fmt.Fprintf(&b, "\n## %s\n\n| setting | value | standard | what it does |\n|---|---|---|---|\n", g.title)
		for _, s := range g.settings {
			standard := ""
			if s.standard != "" {
				standard = "`" + s.standard + "`"
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", s.name, s.form, standard, s.help)
		}
	}
	return b.String()
}

// EnvExample is .env.example: every setting, none of them set.
func EnvExample() string {
	var b strings.Builder
	b.WriteString(wrapped("Every setting of Pulse. Copy this file to .env and take the # away from what you set; docs/configuration.md says more. "+
		"Written from internal/config/table.go.", "# "))
	for _, g := range documented("OPENROUTER") {
		fmt.Fprintf(&b, "\n## %s\n", g.title)
		for _, s := range g.settings {
			value := s.standard
			if value == "" {
				value = s.example
			}
			fmt.Fprintf(&b, "\n%s#%s=%s\n", wrapped(plain(s.help), "# "), s.name, value)
		}
	}
	return b.String()
}

// plain takes the Markdown out of a help text.
func plain(help string) string { return strings.ReplaceAll(help, "`", "") }

// wrapped breaks a text into lines of at most 100 characters, each with the
// indent before it and a line feed after it.
func wrapped(text, indent string) string {
	var b strings.Builder
	line := indent
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == indent:
			line += word
		case len(line)+1+len(word) > 100:
			b.WriteString(line + "\n")
			line = indent + word
		default:
			line += " " + word
		}
	}
	b.WriteString(line + "\n")
	return b.String()
}
