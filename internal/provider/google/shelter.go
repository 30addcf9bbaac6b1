package google

import (
	"fmt"
	"net/http"

	"pulse/internal/provider"
)

// shelter runs what the SDK does. The SDK panics on a response that is JSON but
// not of the form it expects ({"candidates":[null]}), and what a vendor or a
// proxy sends must be a failure of the answer, not of Pulse.
type shelter struct {
	outside bool // our own code runs, whose panics are bugs and nobody else's
}

func (s *shelter) run(sdk func() error) (err error) {
	defer func() {
		if s.outside {
			return
		}
		if p := recover(); p != nil {
			err = provider.VendorError(provider.KindMalformed, http.StatusOK, "response", "the SDK cannot read it: "+fmt.Sprint(p))
		}
	}()
	return sdk()
}

// leave runs our own code in the middle of the SDK's.
func (s *shelter) leave(own func()) {
	s.outside = true
	own()
	s.outside = false
}
