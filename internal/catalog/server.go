package catalog

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// otherServer is the entry that speaks for servers without one of their own.
const otherServer = "other"

// Server is a server of models that the catalogue cannot know.
type Server struct {
	ID   string // the provider's id: "ollama"
	Name string // as people know it; the catalogue's name wins where it has one
	// Price is the operator's, for models that the file names no price for;
	// nil: the file's defaults.
	Price *Price
}

// discovered is a server with what it was last found to have.
type discovered struct {
	entry providerEntry
	price *Price
	ids   []string
}

// Discover makes a server known, or replaces what is known of it. Its models
// get ids of the form "<server>/<the server's own name>", such as
// "ollama/llama3.2:1b", and what the file's servers section says about them.
//
// Call it with no ids before work is resumed, so that a job for such a model
// finds it, and again whenever the server was asked for its list. The error
// says that the id belongs to a provider of the catalogue.
func (c *Catalog) Discover(server Server, ids []string) error {
	c.discovering.Lock()
	defer c.discovering.Unlock()
	if slices.ContainsFunc(c.file.Providers, func(p providerEntry) bool { return p.ID == server.ID }) {
		return fmt.Errorf("catalog: server %q has the id of a provider; choose another name", server.ID)
	}
	ids = slices.Sorted(slices.Values(ids))
	d := discovered{entry: c.serverEntry(server), price: server.Price, ids: slices.Compact(ids)}

	before := c.current.Load()
	next := &snapshot{byID: map[string]Model{}, aliases: before.aliases, servers: maps.Clone(before.servers)}
	next.servers[server.ID] = d
	var demos []Model
	for _, m := range before.models {
		switch _, served := before.servers[m.Provider]; {
		case served:
		case m.Demo:
			demos = append(demos, m)
		default:
			next.models = append(next.models, m)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(next.servers)) {
		for _, vendorID := range next.servers[id].ids {
			if m, on := next.servers[id].model(vendorID); on {
				next.models = append(next.models, m)
			}
		}
	}
	next.models = append(next.models, demos...)
	for _, m := range next.models {
		next.byID[m.ID] = m
	}
	c.current.Store(next)
	return nil
}

func (c *Catalog) serverEntry(server Server) providerEntry {
	var entry providerEntry
	for _, e := range c.file.Servers {
		if e.ID == server.ID {
			entry = e
			break
		}
		if e.ID == otherServer {
			entry = e
		}
	}
	entry.ID, entry.Name = server.ID, cmp.Or(entry.Name, server.Name, server.ID)
	return entry
}

// model gives one of the server's models; false when the operator switched it off.
func (d discovered) model(vendorID string) (Model, bool) {
	own := modelEntry{ID: vendorID}
	for _, e := range d.entry.Models {
		if e.ID == vendorID {
			own = e
		}
	}
	own.Name = cmp.Or(own.Name, vendorID)
	m, err := own.over(d.entry.Defaults).model(d.entry, false)
	if err != nil || own.Off { // err: the loader has tried every entry, so there is none
		return Model{}, false
	}
	m.ID = d.entry.ID + "/" + vendorID
	if d.price != nil && len(own.Prices) == 0 {
		m.prices = []Price{*d.price}
	}
	return m, true
}
