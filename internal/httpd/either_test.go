package httpd

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"pulse/internal/actor"
	"pulse/internal/fault"
)

// So many bytes of documents are in memory at once; others wait a little, and are
// told to come again.
func TestDocumentsAreBoundTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBodies()
		var leave func()
		for n := int64(0); n < maxBodies; n += 32 << 20 {
			l, err := b.enter(t.Context(), 32<<20)
			if err != nil {
				t.Fatal(err)
			}
			leave = l
		}
		begun := time.Now()
		_, err := b.enter(t.Context(), 1)
		if f := fault.From(err); err == nil || f.Code != fault.Unavailable || f.RetryAfter == 0 || time.Since(begun) != bodiesTime {
			t.Errorf("after %v: %v", time.Since(begun), err)
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := b.enter(gone, 1); !errors.Is(err, context.Canceled) {
			t.Errorf("who is gone: %v", err)
		}
		time.AfterFunc(time.Second, leave)
		if leave, err = b.enter(t.Context(), 32<<20); err != nil {
			t.Errorf("once there is room: %v", err)
		}
		leave()
		if _, err := b.enter(t.Context(), 2*maxBodies); err == nil {
			t.Error("one that is larger than all came in beside others")
		}
	})
}

// A person with several keys has no more streams than one.
func TestStreamsAreCountedByPerson(t *testing.T) {
	t.Parallel()
	s := &streamCount{open: map[string]int{}}
	by := func(person, session string) context.Context {
		in := &info{client: Client{key: "key " + session}}
		return actor.With(context.WithValue(t.Context(), infoKey{}, in), actor.Actor{ID: person, SessionID: session, ByKey: true})
	}
	var leave func()
	for i := range maxStreams {
		var ok bool
		if leave, ok = s.enter(by("ada", string(rune('a'+i%26)))); !ok {
			t.Fatalf("the stream %d was refused", i)
		}
	}
	if _, ok := s.enter(by("ada", "another")); ok {
		t.Error("another key had another stream")
	}
	if _, ok := s.enter(by("bob", "a")); !ok {
		t.Error("another person was refused")
	}
	leave()
	if _, ok := s.enter(by("ada", "another")); !ok {
		t.Error("who left a stream has no other")
	}
}
