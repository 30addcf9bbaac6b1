package config

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the documents that are made from the table")

func TestDocumentsAreWrittenFromTheTable(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"docs/configuration.md": Markdown(), ".env.example": EnvExample()} {
		path := filepath.Join("..", "..", name)
		if *update {
			if err := os.WriteFile(path, []byte(want), 0o644); err != nil { //nolint:gosec // a public document
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path) //nolint:gosec // one of the two above
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("%s is not what the table says: go test ./internal/config -update", name)
		}
	}
}

// Whoever takes the # away from every line has settings that Pulse reads.
func TestExampleCanBeUsed(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	lines := regexp.MustCompile(`(?m)^#([A-Z_]+=)`).ReplaceAllString(EnvExample(), "$1")
	lines = strings.ReplaceAll(lines, configFile+"=", "#")
	if err := os.WriteFile(filepath.Join(folder, ".env"), []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	c, warnings, err := Load(nil, folder)
	if err != nil || len(warnings) > 0 {
		t.Fatalf("%v, warnings %q", err, warnings)
	}
	if !c.Secure() || len(c.TrustedProxies) != 2 || len(c.Compat) != 1 {
		t.Errorf("read %+v", c)
	}
}

func TestHelpNamesEverySetting(t *testing.T) {
	t.Parallel()
	help := Help()
	for _, g := range documented("<NAME>") {
		for _, s := range g.settings {
			if !strings.Contains(help, "  "+s.name) {
				t.Errorf("%s is missing", s.name)
			}
			if s.help == "" || s.form == "" {
				t.Errorf("%s is not explained", s.name)
			}
		}
	}
}
