package catalog

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Kind is what a model makes.
type Kind string

// The kinds: text from a conversation, and pictures.
const (
	KindChat  Kind = "chat"
	KindImage Kind = "image"
)

// Model is an entry of the catalogue. The slices are shared: do not change them.
type Model struct {
	ID               string // how Pulse and its users name it; unique over all providers
	Name             string // how people read it: "GPT-6.1 Sol"
	Provider         string // id of the provider that runs it
	ProviderName     string // how people read that: "OpenAI"
	VendorID         string // the provider's own name for it, sent over the wire
	ContextWindow    int64  // tokens, prompt and answer together
	MaxOutputTokens  int64  // tokens, thinking included
	Abilities        []string
	Parameters       []string    // optional settings that it takes: "temperature"
	ReasoningEfforts []string    // from the least to the most; empty: it has no such setting
	Images           ImageLimits // of models with the ability "vision"
	Making           *Making     // of models that make pictures, which have none of the above from ContextWindow on
	Demo             bool        // an imitation that is built in, and no model

	prices []Price // by date, the oldest first
	count  counting
}

// PriceAt gives the price in force at a moment; false when there is none.
func (m Model) PriceAt(t time.Time) (Price, bool) {
	for _, p := range slices.Backward(m.prices) {
		if !t.Before(p.EffectiveFrom) {
			return p, true
		}
	}
	return Price{}, false
}

// Catalog is all that can be asked. It is safe for concurrent use, and reading
// takes no lock.
type Catalog struct {
	servers []providerEntry // what the file says about servers
	models  []Model         // the file's, in its order
	demos   []Model
	images  []Model // those that make pictures, the demo's last
	aliases map[string]string

	discovering sync.Mutex // one Discover at a time
	current     atomic.Pointer[snapshot]
}

// snapshot is what is served at one moment; it never changes.
type snapshot struct {
	models     []Model // in the order in which people see them
	byID       map[string]Model
	discovered map[string]discovered // by server
}

// Chat finds a chat model by its id or an alias. It also knows the models that
// a server was not found to have, or has no more: a job that began before a
// restart or a refresh still finds the name and the price of its model.
func (c *Catalog) Chat(idOrAlias string) (Model, bool) {
	id := idOrAlias
	if target, ok := c.aliases[id]; ok {
		id = target
	}
	now := c.current.Load()
	if m, ok := now.byID[id]; ok {
		return m, true
	}
	if server, vendorID, ok := strings.Cut(id, "/"); ok && vendorID != "" {
		if d, known := now.discovered[server]; known {
			return d.model(vendorID)
		}
	}
	return Model{}, false
}

// Image finds a model that makes pictures by its id or an alias.
func (c *Catalog) Image(idOrAlias string) (Model, bool) {
	id := idOrAlias
	if target, ok := c.aliases[id]; ok {
		id = target
	}
	if i := slices.IndexFunc(c.images, func(m Model) bool { return m.ID == id }); i >= 0 {
		return c.images[i], true
	}
	return Model{}, false
}

// Models lists the models of a kind: the providers' in the order of the file,
// then what servers were found to have, the demo last.
func (c *Catalog) Models(kind Kind) []Model {
	switch kind {
	case KindChat:
		return slices.Clone(c.current.Load().models)
	case KindImage:
		return slices.Clone(c.images)
	}
	return nil
}

// Aliases maps other names to the ids of models of a kind that they lead to.
func (c *Catalog) Aliases(kind Kind) map[string]string {
	found := map[string]string{}
	for alias, id := range c.aliases {
		if _, image := c.Image(id); image == (kind == KindImage) {
			found[alias] = id
		}
	}
	return found
}
