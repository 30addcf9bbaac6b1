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
	ids   []string // the server's own, sorted
}

// Discover makes a server known, or replaces what is known of it. Its models
// get ids of the form "<server>/<the server's own name>", such as
// "ollama/llama3.2:1b", and what the file's servers section says about them.
//
// Call it with no ids before work is resumed, so that a job for such a model
// finds it, and again whenever the server was asked for its list. The error
// says that the name of the server is taken by a provider.
func (c *Catalog) Discover(server Server, ids []string) error {
	c.discovering.Lock()
	defer c.discovering.Unlock()
	for _, m := range slices.Concat(c.models, c.demos) {
		if m.Provider == server.ID {
			return fmt.Errorf("catalog: %q is the name of a provider; give the server another one", server.ID)
		}
	}
	known := map[string]discovered{}
	maps.Copy(known, c.current.Load().discovered)
	known[server.ID] = discovered{
		entry: c.serverEntry(server), price: server.Price, ids: slices.Compact(slices.Sorted(slices.Values(ids))),
	}
	c.current.Store(c.serve(known))
	return nil
}

// serve puts the file's models and the discovered ones together.
func (c *Catalog) serve(known map[string]discovered) *snapshot {
	s := &snapshot{models: slices.Clone(c.models), byID: map[string]Model{}, discovered: known}
	for _, server := range slices.Sorted(maps.Keys(known)) {
		for _, vendorID := range known[server].ids {
			if m, on := known[server].model(vendorID); on {
				s.models = append(s.models, m)
			}
		}
	}
	s.models = append(s.models, c.demos...)
	for _, m := range s.models {
		s.byID[m.ID] = m
	}
	return s
}

func (c *Catalog) serverEntry(server Server) providerEntry {
	var entry providerEntry
	for _, e := range c.servers {
		switch e.ID {
		case server.ID:
			e.Name = cmp.Or(e.Name, server.Name, server.ID)
			return e
		case otherServer:
			entry = e
		}
	}
	entry.ID, entry.Name = server.ID, cmp.Or(server.Name, server.ID)
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
	m, err := own.over(d.entry.Defaults).model(d.entry)
	if err != nil || own.Off { // the loader has tried every entry: there is no error
		return Model{}, false
	}
	m.ID = d.entry.ID + "/" + vendorID
	if d.price != nil && len(own.Prices) == 0 {
		m.prices = []Price{*d.price}
	}
	return m, true
}
