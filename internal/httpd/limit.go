package httpd

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"pulse/internal/fault"
)

// limiter allows each client so many requests a minute, refilled evenly, in
// this process's memory.
type limiter struct {
	perMinute int
	now       func() time.Time

	mu      sync.Mutex
	clients map[string]*rate.Limiter
	sweepAt int // how many clients may be known before idle ones are forgotten
}

const leastSweep = 1024

func newLimiter(perMinute int, now func() time.Time) *limiter {
	return &limiter{perMinute: perMinute, now: now, clients: map[string]*rate.Limiter{}, sweepAt: leastSweep}
}

// allow takes one request of the client's and says where the client stands, in
// the header fields of the IETF's draft: the current one (RateLimit,
// RateLimit-Policy) and the older three that most clients read.
func (l *limiter) allow(h http.Header, key string) error {
	if l.perMinute <= 0 {
		return nil
	}
	now := l.now()
	c := l.client(key, now)
	ok := c.AllowN(now, 1)
	tokens := c.TokensAt(now)
	left := max(0, int(math.Floor(tokens)))
	perSecond := float64(l.perMinute) / 60
	full := int(math.Ceil((float64(l.perMinute) - tokens) / perSecond)) // seconds until all is refilled
	h.Set("RateLimit-Policy", fmt.Sprintf(`"default";q=%d;w=60`, l.perMinute))
	h.Set("RateLimit", fmt.Sprintf(`"default";r=%d;t=%d`, left, full))
	h.Set("RateLimit-Limit", strconv.Itoa(l.perMinute))
	h.Set("RateLimit-Remaining", strconv.Itoa(left))
	h.Set("RateLimit-Reset", strconv.Itoa(full))
	if ok {
		return nil
	}
	f := fault.Newf(fault.RateLimited, "Too many requests: at most %d a minute. Wait a moment and try again.", l.perMinute)
	f.RetryAfter = max(time.Second, time.Duration((1-tokens)/perSecond*float64(time.Second)))
	return f
}

func (l *limiter) client(key string, now time.Time) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c, ok := l.clients[key]; ok {
		return c
	}
	if len(l.clients) >= l.sweepAt {
		for k, c := range l.clients {
			if c.TokensAt(now) >= float64(l.perMinute) { // as good as new
				delete(l.clients, k)
			}
		}
		l.sweepAt = max(leastSweep, 2*len(l.clients))
	}
	c := rate.NewLimiter(rate.Limit(float64(l.perMinute)/60), l.perMinute)
	l.clients[key] = c
	return c
}
