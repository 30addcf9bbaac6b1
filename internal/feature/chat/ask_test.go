package chat

import (
	"strings"
	"testing"

	"pulse/internal/catalog"
	"pulse/internal/fault"
	"pulse/internal/provider"
)

// A prompt that fits is taken, although the quick estimate says it does not.
func TestBudgetNearTheWindow(t *testing.T) {
	t.Parallel()
	models, err := catalog.Load("")
	if err != nil {
		t.Fatal(err)
	}
	m, ok := models.Chat("gpt-6-luna")
	if !ok {
		t.Fatal("the catalogue has no gpt-6-luna")
	}
	m.ContextWindow, m.ReasoningEfforts = 2000, nil
	prose := func(sentences int) []shown {
		return []shown{{Role: provider.RoleUser, Text: strings.Repeat("The quick brown fox jumps over the lazy dog. ", sentences)}} // of ten tokens
	}
	for name, c := range map[string]struct {
		sentences int
		most      *int64
		fits      bool
	}{
		"short":                         {10, nil, true},
		"fits by count, not by guess":   {170, nil, true},
		"no room for an answer":         {190, nil, false},
		"no room for the answer wanted": {100, new(int64(1500)), false},
		"room for the answer wanted":    {100, new(int64(900)), true},
		"too long by far":               {5000, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := asked{model: m, settings: Settings{MaxTokens: c.most}}
			estimate, want, err := q.budget(prose(c.sentences))
			if c.fits != (err == nil) || err != nil && (!fault.Is(err, fault.Invalid) || fault.From(err).Type != string(provider.KindTooLong)) {
				t.Fatalf("estimate %d, %+v, %v", estimate, want, err)
			}
			if c.fits && (want.Amount > m.ContextWindow || want.Least > want.Amount || estimate < int64(10*c.sentences)) {
				t.Errorf("estimate %d, %+v", estimate, want)
			}
		})
	}
}
