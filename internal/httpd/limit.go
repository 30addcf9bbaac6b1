package httpd

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"pulse/internal/fault"
	"pulse/internal/rate"
)

const metaStrict = "strict"

// Strict marks a route that takes a password or sends an e-mail: it has a
// tighter limit beside the one of all requests, before any work is done. A route
// without sign-in counts by network, any other by person, so that nobody can use
// up what is another's.
func Strict(op huma.Operation) huma.Operation { return mark(op, metaStrict, true) }

// StrictRoutes lists the routes with the tighter limit, as "METHOD /path".
func StrictRoutes(api huma.API) []string { return routesWith(api, metaStrict) }

const metaContent = "content"

// contentRoutes lists the routes that answer with bytes as they are. They have a
// limit of their own, since a page may show a hundred pictures.
func contentRoutes(api huma.API) []string { return routesWith(api, metaContent) }

func routesWith(api huma.API, mark string) []string {
	var routes []string
	for path, item := range api.OpenAPI().Paths {
		for method, op := range operations(item) {
			if op.Metadata[mark] == true {
				routes = append(routes, method+" "+path)
			}
		}
	}
	return routes
}

const metaVisited = "visited"

// Visited marks a route that people come to by a link. Where the limits refuse
// them, their browser is led to that page, with the problem's type in ?problem.
func Visited(op huma.Operation, page string) huma.Operation { return mark(op, metaVisited, page) }

// visited gives the pages of such routes.
func visited(api huma.API) map[string]string {
	pages := map[string]string{}
	for path, item := range api.OpenAPI().Paths {
		for method, op := range operations(item) {
			if page, ok := op.Metadata[metaVisited].(string); ok {
				pages[method+" "+path] = page
			}
		}
	}
	return pages
}

// refuse answers what a limit does not let through; page is where to lead a browser.
func refuse(w http.ResponseWriter, r *http.Request, page string, err error) {
	if page == "" || !Browser(r.Context()) {
		writeProblem(w, r, err)
		return
	}
	http.Redirect(w, r, page+"?problem="+url.QueryEscape(faultOf(err).Kind()), http.StatusSeeOther)
}

// attemptsShare is what of the limit of requests one network may try to sign in
// or the like, 20 a minute of the usual 100: an office can, a machine that
// guesses is soon done.
const attemptsShare = 5

// filesTimes is how many files a client may fetch for each request of the limit:
// 2000 a minute of the usual 100, which is a gallery that is scrolled through.
const filesTimes = 20

// limits are how often clients may ask.
type limits struct {
	requests *rate.Limiter
	health   *rate.Limiter // as requests, but never by the database
	files    *rate.Limiter // of bytes as they are; by this process alone, as they cost little
	attempts *rate.Limiter // at the strict routes
}

// newLimits makes them; nil without a limit.
func newLimits(o Options) *limits {
	if o.RatePerMinute <= 0 {
		return nil
	}
	local := rate.New(rate.Options{Now: o.Now})
	shared := o.Limits
	if shared == nil {
		shared = local
	}
	requests := rate.PerMinute("default", o.RatePerMinute)
	return &limits{
		requests: shared.Limiter(requests), health: local.Limiter(requests),
		files:    local.Limiter(rate.PerMinute("files", filesTimes*o.RatePerMinute)),
		attempts: shared.Limiter(rate.PerMinute("sign-in", max(1, o.RatePerMinute/attemptsShare))),
	}
}

// class is what decides which limits count for a route.
type class struct{ strict, public, content bool }

// allow counts a request that a route took, and refuses one too many.
func (l *limits) allow(ctx context.Context, h http.Header, c Client, path string, of class) error {
	if l == nil {
		return nil
	}
	requests := l.requests
	switch {
	case isHealth(path):
		requests = l.health
	case of.content:
		requests = l.files
	}
	s := requests.Take(ctx, c.key)
	tell(h, requests.Limit, s)
	if !s.Taken {
		return tooMany(s, "Too many requests: at most %d a minute. Wait a moment and try again.", requests.Burst)
	}
	if !of.strict {
		return nil
	}
	key := c.key
	if of.public {
		key = addressKey(c)
	}
	s = l.attempts.Take(ctx, key)
	tell(h, l.attempts.Limit, s)
	if !s.Taken {
		return tooMany(s, "Too many attempts: at most %d a minute. Wait a moment and try again.", l.attempts.Burst)
	}
	return nil
}

func tooMany(s rate.State, sentence string, most int) error {
	f := fault.Newf(fault.RateLimited, sentence, most)
	f.RetryAfter = max(time.Second, s.Wait)
	return f
}

// tell says where the client stands, in the header fields of the IETF's draft:
// the current ones (RateLimit, RateLimit-Policy), which are lists, and the older
// three that most clients read, which can tell of one limit only: the tightest.
func tell(h http.Header, l rate.Limit, s rate.State) {
	full := int(math.Ceil(s.Full.Seconds())) // until all is refilled
	appendField(h, "RateLimit-Policy", fmt.Sprintf(`%q;q=%d;w=60`, l.Name, l.Burst))
	appendField(h, "RateLimit", fmt.Sprintf(`%q;r=%d;t=%d`, l.Name, s.Left, full))
	if left, err := strconv.Atoi(h.Get("RateLimit-Remaining")); err == nil && left < s.Left {
		return
	}
	h.Set("RateLimit-Limit", strconv.Itoa(l.Burst))
	h.Set("RateLimit-Remaining", strconv.Itoa(s.Left))
	h.Set("RateLimit-Reset", strconv.Itoa(full))
}

func appendField(h http.Header, name, value string) {
	if before := h.Get(name); before != "" {
		value = before + ", " + value
	}
	h.Set(name, value)
}
