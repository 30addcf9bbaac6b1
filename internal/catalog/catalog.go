package catalog

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Kind is what a model makes.
type Kind string

// KindChat is text from a conversation.
const KindChat Kind = "chat"

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
	Parameters       []string // optional settings that it takes: "temperature"
	ReasoningEfforts []string // from the least to the most; empty: it has no such setting
	Demo             bool     // an imitation that is built in, and no model

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
	file file

	discovering sync.Mutex // one Discover at a time
	current     atomic.Pointer[snapshot]
}

// snapshot is a catalogue at one moment; it never changes.
type snapshot struct {
	models  []Model // in the order in which people see them
	byID    map[string]Model
	aliases map[string]string
	servers map[string]discovered
}

// Chat finds a chat model by its id or an alias. It also knows the models that
// a discovered server does not list now: a job that began before a restart or
// before the model was taken away still finds its name and its price.
func (c *Catalog) Chat(idOrAlias string) (Model, bool) {
	now := c.current.Load()
	id := idOrAlias
	if to, ok := now.aliases[id]; ok {
		id = to
	}
	if m, ok := now.byID[id]; ok {
		return m, true
	}
	if provider, vendorID, ok := strings.Cut(id, "/"); ok && vendorID != "" {
		if d, known := now.servers[provider]; known {
			return d.model(vendorID)
		}
	}
	return Model{}, false
}

// Models lists the models of a kind: the providers' in the order of the file,
// then what servers were found to have, the demo last.
func (c *Catalog) Models(kind Kind) []Model {
	if kind != KindChat {
		return nil
	}
	return slices.Clone(c.current.Load().models)
}

// Aliases maps other names to the ids that they lead to.
func (c *Catalog) Aliases() map[string]string { return maps.Clone(c.current.Load().aliases) }
