package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/joho/godotenv"
)

// fileSuffix makes of a setting's name the name of a file that holds its value.
const fileSuffix = "_FILE"

// source is one place that settings come from. An empty value is none.
type source map[string]string

// Load reads the settings from the environment (as os.Environ gives it) and
// then from the file that PULSE_CONFIG_FILE names, or from .env in the folder
// if there is one. Nothing is put into the process's own environment.
//
// The warnings are about variables that look like settings and are none. The
// error names everything that is wrong, a line each.
func Load(environ []string, folder string) (*Config, []string, error) {
	environment := source{}
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		environment[name] = value
	}
	file, err := readFile(environment[configFile], folder)
	if err != nil {
		return nil, nil, err
	}
	l := loader{sources: []source{environment, file}}
	servers := compatServers(l.names())
	c := &Config{}
	for _, s := range settings(servers) {
		l.load(c, s)
	}
	for _, server := range servers {
		l.fail(checkCompat(server, l.set))
	}
	c.complete()
	l.fail(c.fits())
	return c, l.unknown(servers), errors.Join(l.failures...)
}

// settings lists the table's settings and those of the named servers.
func settings(servers []string) []setting {
	var all []setting
	for _, g := range table {
		all = append(all, g.settings...)
	}
	for _, server := range servers {
		all = append(all, compatSettings(server)...)
	}
	return all
}

func readFile(name, folder string) (source, error) {
	asked := name != ""
	if !asked {
		name = filepath.Join(folder, ".env")
	}
	data, err := os.ReadFile(name) //nolint:gosec // the operator's own setting
	if errors.Is(err, fs.ErrNotExist) && !asked {
		return source{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the file of settings: %w", err)
	}
	values, err := godotenv.Parse(bytes.NewReader(data))
	// A line without = comes as a name of several words or lines, or of none.
	odd := func(name string) bool { return name == "" || strings.ContainsAny(name, " \t\r\n") }
	if err != nil || slices.ContainsFunc(slices.Collect(maps.Keys(values)), odd) {
		// Neither the error nor the line is shown: they may hold a secret.
		return nil, fmt.Errorf("the file of settings %s: must have lines of the form NAME=value", name)
	}
	return values, nil
}

// loader collects what is wrong while it reads.
type loader struct {
	sources  []source
	failures []error
}

func (l *loader) fail(err error) {
	if err != nil {
		l.failures = append(l.failures, err)
	}
}

func wrong(name, what string) error { return fmt.Errorf("%s %s", name, what) }

func (l *loader) load(c *Config, s setting) {
	value, err := l.find(s.name)
	if err != nil {
		l.fail(err)
		return
	}
	if value == "" {
		if value = s.standard; value == "" {
			return
		}
	}
	if err := s.into(c, value); err != nil {
		if !s.secret {
			err = fmt.Errorf("%w (it is %q)", err, value)
		}
		l.fail(fmt.Errorf("%s %w", s.name, err))
	}
}

// find gives a setting's value, "" when it has none.
func (l *loader) find(name string) (string, error) {
	for _, values := range l.sources {
		value, file := values[name], values[name+fileSuffix]
		switch {
		case value != "" && file != "":
			return "", wrong(name, "is set twice, also as "+name+fileSuffix+"; keep one of the two")
		case value != "":
			return value, nil
		case file != "":
			data, err := os.ReadFile(file) //nolint:gosec // the operator's own setting
			if err != nil {
				return "", fmt.Errorf("%s%s names a file that cannot be read: %w", name, fileSuffix, err)
			}
			return strings.TrimSpace(string(data)), nil
		}
	}
	return "", nil
}

// set tells whether a setting is set somewhere, in whichever way.
func (l *loader) set(name string) bool {
	return slices.ContainsFunc(l.sources, func(values source) bool {
		return values[name] != "" || values[name+fileSuffix] != ""
	})
}

// names lists every variable that has a value, sorted.
func (l *loader) names() []string {
	seen := map[string]bool{}
	for _, values := range l.sources {
		for name, value := range values {
			if value != "" {
				seen[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// unknown warns of variables that look like settings of ours and are none.
func (l *loader) unknown(servers []string) []string {
	known := map[string]bool{configFile: true}
	for _, s := range settings(servers) {
		known[s.name], known[s.name+fileSuffix] = true, true
	}
	var warnings []string
	for _, name := range l.names() {
		if !strings.HasPrefix(name, "PULSE_") || known[name] {
			continue
		}
		warning := name + " is no setting and has no effect."
		if near := nearest(name, known); near != "" {
			warning += " Did you mean " + near + "?"
		}
		warnings = append(warnings, warning)
	}
	return warnings
}

// nearest gives the known name that is closest in spelling, "" when none is close.
func nearest(name string, known map[string]bool) string {
	best, least := "", len(name)/3
	for _, candidate := range slices.Sorted(maps.Keys(known)) {
		if d := levenshtein.ComputeDistance(name, candidate); d < least {
			best, least = candidate, d
		}
	}
	return best
}
