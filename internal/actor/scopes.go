package actor

import (
	"slices"
	"strings"
)

// Scopes is a set of things that an API key may do.
type Scopes uint8

// The scopes.
const (
	Generate Scopes = 1 << iota // ask models, at the person's cost
	Read                        // see what the person has
	Write                       // change and delete it

	AllScopes = Generate | Read | Write
)

// scopeNames are the scopes' names, in the order of their bits.
var scopeNames = []string{"generate", "read", "write"}

// ScopeNames lists the names of all scopes.
func ScopeNames() []string { return slices.Clone(scopeNames) }

// Names lists the set's names.
func (s Scopes) Names() []string {
	names := []string{}
	for i, name := range scopeNames {
		if s&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

// String writes the set as ReadScopes reads it.
func (s Scopes) String() string { return strings.Join(s.Names(), " ") }

// ReadScopes reads names with spaces between. A name that is none adds nothing.
func ReadScopes(text string) Scopes {
	var s Scopes
	for name := range strings.FieldsSeq(text) {
		if i := slices.Index(scopeNames, name); i >= 0 {
			s |= 1 << i
		}
	}
	return s
}
