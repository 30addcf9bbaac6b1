package catalog

import (
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

//go:embed catalog.yaml
var builtIn []byte

// Load reads the built-in catalogue and, unless path is "", the operator's
// file over it. It is strict: the error names the file and the place.
func Load(path string) (*Catalog, error) {
	f, err := parse(builtIn)
	if err != nil {
		return nil, fmt.Errorf("catalog: the built-in file: %w", err)
	}
	if path != "" {
		data, err := os.ReadFile(path) //nolint:gosec // the operator's own setting
		if err != nil {
			return nil, fmt.Errorf("catalog: %w", err)
		}
		own, err := parse(data)
		if err != nil {
			return nil, fmt.Errorf("catalog: %s: %w", path, err)
		}
		f = own.over(f)
	}
	c, err := build(f)
	if err != nil {
		return nil, fmt.Errorf("catalog: %s: %w", orBuiltIn(path), err)
	}
	return c, nil
}

func orBuiltIn(path string) string {
	if path == "" {
		return "the built-in file"
	}
	return path
}

// parse reads a file and checks what must hold of it alone.
func parse(data []byte) (file, error) {
	var f file
	if err := yaml.UnmarshalWithOptions(data, &f, yaml.Strict()); err != nil {
		return f, err //nolint:wrapcheck // names line and column; Load adds the file
	}
	seen := map[string]bool{}
	for _, p := range slices.Concat(f.Providers, f.Servers) {
		if p.ID == "" || strings.ContainsAny(p.ID, "/ ") {
			return f, fmt.Errorf("provider %q: an id has no slash and no space, and is not empty", p.ID)
		}
		if seen[p.ID] {
			return f, fmt.Errorf("provider %q is there twice", p.ID)
		}
		seen[p.ID] = true
		models := map[string]bool{}
		for i, m := range p.Models {
			if m.ID == "" {
				return f, fmt.Errorf("provider %q, models[%d]: id is missing", p.ID, i)
			}
			if models[m.ID] {
				return f, fmt.Errorf("provider %q: model %q is there twice", p.ID, m.ID)
			}
			models[m.ID] = true
		}
	}
	return f, nil
}

// build makes the catalogue of a whole file, before any server was discovered.
func build(f file) (*Catalog, error) {
	s := &snapshot{byID: map[string]Model{}, aliases: map[string]string{}, servers: map[string]discovered{}}
	off := map[string]bool{}
	var demos []Model
	for _, p := range f.Providers {
		if p.Name == "" {
			return nil, fmt.Errorf("provider %q: name is missing", p.ID)
		}
		for _, entry := range p.Models {
			m, err := entry.over(p.Defaults).model(p, true)
			if err != nil {
				return nil, fmt.Errorf("provider %q, model %q: %w", p.ID, entry.ID, err)
			}
			if strings.Contains(m.ID, "/") {
				return nil, fmt.Errorf("provider %q, model %q: only models of servers have a slash in their id", p.ID, m.ID)
			}
			if other, twice := s.byID[m.ID]; twice {
				return nil, fmt.Errorf("provider %q, model %q: %q has a model of that id", p.ID, m.ID, other.Provider)
			}
			if entry.Off {
				off[m.ID] = true
				continue
			}
			s.byID[m.ID] = m
			if m.Demo {
				demos = append(demos, m)
				continue
			}
			s.models = append(s.models, m)
		}
	}
	s.models = append(s.models, demos...)
	for _, server := range f.Servers {
		if err := checkServer(server); err != nil {
			return nil, fmt.Errorf("server %q: %w", server.ID, err)
		}
	}
	for _, alias := range slices.Sorted(maps.Keys(f.Aliases)) {
		target := f.Aliases[alias]
		if _, taken := s.byID[alias]; taken {
			return nil, fmt.Errorf("alias %q is the id of a model", alias)
		}
		_, known := s.byID[target]
		if !known && !off[target] {
			return nil, fmt.Errorf("alias %q leads to %q, which is no model", alias, target)
		}
		if known {
			s.aliases[alias] = target
		}
	}
	c := &Catalog{file: f}
	c.current.Store(s)
	return c, nil
}

// checkServer tries what is written about a server on a model that it might have.
func checkServer(p providerEntry) error {
	if p.Demo {
		return errors.New("a server is no demo")
	}
	for _, entry := range append([]modelEntry{{ID: "defaults"}}, p.Models...) {
		entry.Name = entry.ID
		if _, err := entry.over(p.Defaults).model(p, false); err != nil {
			return fmt.Errorf("%s: %w", entry.ID, err)
		}
	}
	return nil
}
