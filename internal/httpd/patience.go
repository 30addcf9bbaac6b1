package httpd

import (
	"strconv"
	"strings"
	"time"
)

// Patience is the header of requests that start a job and may wait for its end
// (RFC 7240), for embedding.
type Patience struct {
	Prefer string `header:"Prefer" maxLength:"255" doc:"wait=60 waits for the end, at most so many seconds; 60 is the most"`
}

const mostWait = time.Minute

// Wait is how long the client wants to wait; 0 when it does not. What cannot be
// read is no wish, since nobody has to heed a preference.
func (p Patience) Wait() time.Duration {
	for wish := range strings.SplitSeq(p.Prefer, ",") {
		name, value, _ := strings.Cut(wish, "=")
		if !strings.EqualFold(strings.TrimSpace(name), "wait") {
			continue
		}
		value, _, _ = strings.Cut(value, ";")
		seconds, err := strconv.ParseUint(strings.Trim(strings.TrimSpace(value), `"`), 10, 31)
		if err != nil {
			return 0
		}
		return min(time.Duration(seconds)*time.Second, mostWait)
	}
	return 0
}
