package httpd

import (
	"testing"
	"time"
)

func TestPatience(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]time.Duration{
		"": 0, "wait=60": time.Minute, "wait=1": time.Second, "wait=0": 0, "wait=3600": time.Minute, "wait=99999999999999999999": 0, "wait=-1": 0,
		"wait": 0, "wait=soon": 0, "respond-async, wait=10": 10 * time.Second, "Wait = 5": 5 * time.Second, `wait="7"`: 7 * time.Second,
		"wait=3;foo=bar": 3 * time.Second, "handling=lenient": 0, "await=5": 0,
	} {
		if got := (Patience{Prefer: header}).Wait(); got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
}
