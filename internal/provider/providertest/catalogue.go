package providertest

import (
	"slices"
	"testing"

	"pulse/internal/catalog"
	"pulse/internal/provider/standin"
)

// catalogue: the vendor has every model of the catalogue and refuses nothing
// that the catalogue lets people set. What it does not let them set (a
// temperature, mostly) is what these models refuse.
func (s Subject) catalogue(t *testing.T) {
	t.Parallel()
	if s.Provider == "" {
		t.Skip("a server whose models are found out")
	}
	all, err := catalog.Load("")
	if err != nil {
		t.Fatal(err)
	}
	aliases := map[string]string{}
	for alias, id := range all.Aliases(catalog.KindChat) {
		aliases[id] += " " + alias
	}
	b := s.bench(t, patient, standin.Script{Chunks: chunks})
	found := 0
	for _, m := range all.Models(catalog.KindChat) {
		if m.Provider != s.Provider {
			continue
		}
		found++
		if !slices.Contains(s.Models, m.VendorID) {
			t.Errorf("the vendor has no %s, to which these lead:%s", m.VendorID, aliases[m.ID])
			continue
		}
		for _, effort := range append([]string{""}, m.ReasoningEfforts...) {
			req := s.request(true)
			req.Model, req.ReasoningEffort, req.MaxTokens = m.VendorID, effort, int(m.MaxOutputTokens)
			if slices.Contains(m.Parameters, "temperature") {
				req.Temperature = new(0.5)
			}
			if got := b.ask(t.Context(), req, nil); got.err != nil {
				t.Errorf("%s with effort %q: %v", m.ID, effort, got.err)
			} else if temperature := b.standin.Last().Chat.Temperature; (temperature == nil) != (req.Temperature == nil) {
				t.Errorf("%s is sent the temperature %v, want %v", m.ID, temperature, req.Temperature)
			}
		}
	}
	if found == 0 {
		t.Errorf("the catalogue has no models of %s", s.Provider)
	}
}
