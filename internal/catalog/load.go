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
	source := "the built-in file"
	f, err := parse(builtIn)
	if err != nil {
		return nil, fmt.Errorf("catalog: %s: %w", source, err)
	}
	if path != "" {
		source = path
		data, err := os.ReadFile(path) //nolint:gosec // the operator's own setting
		if err != nil {
			return nil, fmt.Errorf("catalog: %w", err)
		}
		own, err := parse(data)
		if err != nil {
			return nil, fmt.Errorf("catalog: %s: %w", source, err)
		}
		f = own.over(f)
	}
	c, err := build(f)
	if err != nil {
		return nil, fmt.Errorf("catalog: %s: %w", source, err)
	}
	return c, nil
}

// parse reads a file and checks what must hold of it alone.
func parse(data []byte) (file, error) {
	var f file
	if err := yaml.UnmarshalWithOptions(data, &f, yaml.Strict()); err != nil {
		return f, err //nolint:wrapcheck // it names line and column; Load adds the file
	}
	return f, f.checkIDs()
}

// checkIDs wants every entry named, and no name twice.
func (f file) checkIDs() error {
	providers := map[string]bool{}
	for _, p := range slices.Concat(f.Providers, f.Servers) {
		if p.ID == "" || strings.ContainsAny(p.ID, "/ ") {
			return fmt.Errorf("provider %q: an id must not be empty, nor have a slash or a space", p.ID)
		}
		if providers[p.ID] {
			return fmt.Errorf("provider %q is there twice", p.ID)
		}
		providers[p.ID] = true
		if d := p.Defaults; d.ID != "" || d.Name != "" || d.VendorID != "" || d.Off {
			return fmt.Errorf("provider %q: defaults have no id, name, vendor_id or off", p.ID)
		}
		models := map[string]bool{}
		for i, m := range p.Models {
			if m.ID == "" {
				return fmt.Errorf("provider %q, models[%d]: id is missing", p.ID, i)
			}
			if models[m.ID] {
				return fmt.Errorf("provider %q: model %q is there twice", p.ID, m.ID)
			}
			models[m.ID] = true
		}
		if d := p.ImageDefaults; d.ID != "" || d.Name != "" || d.VendorID != "" || d.Off {
			return fmt.Errorf("provider %q: image_defaults have no id, name, vendor_id or off", p.ID)
		}
		for i, m := range p.ImageModels {
			if m.ID == "" {
				return fmt.Errorf("provider %q, image_models[%d]: id is missing", p.ID, i)
			}
			if models[m.ID] {
				return fmt.Errorf("provider %q: model %q is there twice", p.ID, m.ID)
			}
			models[m.ID] = true
		}
	}
	return nil
}

// build makes the catalogue of a whole file, before any server was discovered.
func build(f file) (*Catalog, error) {
	if err := f.checkIDs(); err != nil {
		return nil, err
	}
	c := &Catalog{}
	on := map[string]bool{} // every model of the file, true unless it is switched off
	var demoImages []Model
	for _, p := range f.Providers {
		if p.Name == "" {
			return nil, fmt.Errorf("provider %q: name is missing", p.ID)
		}
		for _, entry := range p.Models {
			m, err := entry.over(p.Defaults).model(p)
			if err := admit(on, p, m, entry.ID, entry.Off, err); err != nil {
				return nil, err
			}
			switch {
			case entry.Off:
			case m.Demo:
				c.demos = append(c.demos, m)
			default:
				c.models = append(c.models, m)
			}
		}
		for _, entry := range p.ImageModels {
			m, err := entry.over(p.ImageDefaults).model(p)
			if err := admit(on, p, m, entry.ID, entry.Off, err); err != nil {
				return nil, err
			}
			switch {
			case entry.Off:
			case m.Demo:
				demoImages = append(demoImages, m)
			default:
				c.images = append(c.images, m)
			}
		}
	}
	c.images = append(c.images, demoImages...)
	var err error
	if c.servers, err = servers(f.Servers); err != nil {
		return nil, err
	}
	if c.aliases, err = aliases(f.Aliases, on); err != nil {
		return nil, err
	}
	c.current.Store(c.serve(nil))
	return c, nil
}

// admit takes a model up into the list of all there are, unless it cannot be served.
func admit(on map[string]bool, p providerEntry, m Model, id string, off bool, err error) error {
	if err == nil && len(m.prices) == 0 {
		err = errors.New("prices are missing; a price of 0 has to be written down")
	}
	if err != nil {
		return fmt.Errorf("provider %q, model %q: %w", p.ID, id, err)
	}
	if strings.Contains(m.ID, "/") {
		return fmt.Errorf("provider %q, model %q: only models of servers have a slash in their id", p.ID, m.ID)
	}
	if _, twice := on[m.ID]; twice {
		return fmt.Errorf("provider %q, model %q: another provider has a model of that id", p.ID, m.ID)
	}
	on[m.ID] = !off
	return nil
}

// servers gives the entries with the defaults of the one named "other" beneath
// theirs, and tries each on a model that the server might have.
func servers(entries []providerEntry) ([]providerEntry, error) {
	var other modelEntry
	for _, e := range entries {
		if e.ID == otherServer {
			other = e.Defaults
		}
	}
	resolved := make([]providerEntry, 0, len(entries))
	for _, e := range entries {
		if e.Demo {
			return nil, fmt.Errorf("server %q: a server is no demo", e.ID)
		}
		if len(e.ImageModels) > 0 {
			return nil, fmt.Errorf("server %q: only providers have image_models", e.ID)
		}
		e.Defaults = e.Defaults.over(other)
		for _, m := range append([]modelEntry{{ID: "defaults"}}, e.Models...) {
			m.Name = m.ID
			if _, err := m.over(e.Defaults).model(e); err != nil {
				return nil, fmt.Errorf("server %q, %s: %w", e.ID, m.ID, err)
			}
		}
		resolved = append(resolved, e)
	}
	return resolved, nil
}

// aliases leaves out those that lead to a model that is switched off.
func aliases(all map[string]string, on map[string]bool) (map[string]string, error) {
	served := map[string]string{}
	for _, alias := range slices.Sorted(maps.Keys(all)) {
		if on[alias] {
			return nil, fmt.Errorf("alias %q is the id of a model", alias)
		}
		target := all[alias]
		listed, known := on[target]
		if !known && !strings.Contains(target, "/") { // with a slash it is a server's, which nobody knows yet
			return nil, fmt.Errorf("alias %q leads to %q, which is no model", alias, target)
		}
		if listed || !known {
			served[alias] = target
		}
	}
	return served, nil
}
