package actor_test

import (
	"testing"

	"pulse/internal/actor"
)

func TestScopes(t *testing.T) {
	t.Parallel()
	for _, w := range []struct {
		text string
		set  actor.Scopes
		back string
	}{
		{"", 0, ""},
		{"read", actor.Read, "read"},
		{"write generate", actor.Write | actor.Generate, "generate write"},
		{"generate read write", actor.AllScopes, "generate read write"},
		{"read everything READ", actor.Read, "read"},
	} {
		if got := actor.ReadScopes(w.text); got != w.set || got.String() != w.back {
			t.Errorf("%q: %v %q, want %v %q", w.text, got, got.String(), w.set, w.back)
		}
	}
}

// People may do everything; a key what it was given.
func TestMay(t *testing.T) {
	t.Parallel()
	for _, w := range []struct {
		a    actor.Actor
		s    actor.Scopes
		want bool
	}{
		{actor.Actor{}, actor.AllScopes, true},
		{actor.Actor{ByKey: true}, actor.Read, false},
		{actor.Actor{ByKey: true, Scopes: actor.Read}, actor.Read, true},
		{actor.Actor{ByKey: true, Scopes: actor.Read}, actor.Read | actor.Write, false},
	} {
		if got := w.a.May(w.s); got != w.want {
			t.Errorf("%+v may %s: %v", w.a, w.s, got)
		}
	}
}
