package httpd

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"pulse/internal/actor"
	"pulse/internal/fault"
	"pulse/internal/store"
)

// What every answer carries. Styles set by attribute are let in for the
// libraries that place things; scripts come from our own files only.
const contentSecurity = "default-src 'self'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; " +
	"worker-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// pictureSecurity is for the one document that shows a picture from elsewhere:
// that and our own two files, and only within our own page. See docs/adr/0010.
const pictureSecurity = "default-src 'none'; script-src 'self'; style-src 'self'; img-src https: http:; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

// framed changes what secure has set to what that document needs.
func framed(h http.Header) {
	h.Set("Content-Security-Policy", pictureSecurity)
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("Referrer-Policy", "no-referrer")
}

func secure(h http.Header, overTLS bool) {
	h.Set("Content-Security-Policy", contentSecurity)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	if overTLS {
		h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
}

// front is the first guard: it names the request, catches panics, sets the
// headers that all answers carry and writes the log line.
func (s *Server) front(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		w := &answer{ResponseWriter: rw}
		in := &info{
			id: store.NewID(), request: r, publicURL: strings.TrimSuffix(s.o.PublicURL, "/"), client: clientOf(r, s.o.TrustedProxies), log: s.o.Log,
			streams: &s.streams, bodies: s.bodies, draining: s.draining, rc: http.NewResponseController(rw),
		}
		r = r.WithContext(context.WithValue(r.Context(), infoKey{}, in))
		in.authenticate = func() (actor.Actor, bool, error) { return s.o.Authenticate(r) }
		h := w.Header()
		h.Set("X-Request-Id", in.id)
		secure(h, in.client.Secure || strings.HasPrefix(s.o.PublicURL, "https://"))
		defer func() {
			p := recover()
			if p == http.ErrAbortHandler { //nolint:errorlint,err113 // it is a value, for the server to see
				defer panic(p)
			} else if p != nil {
				s.o.Log.ErrorContext(r.Context(), "a handler panicked", "request_id", in.id, "panic", p, "stack", string(debug.Stack()))
				if w.status == 0 {
					writeProblem(w, r, fault.New(fault.Internal, "Something went wrong on our side. Nothing of yours was lost; please try again."))
				}
			}
			s.logRequest(r, w, in, time.Since(begun))
		}()
		if !plainURL(r) {
			writeProblem(w, r, fault.BadField("path", "has characters that no address of ours has"))
			return
		}
		if !printable(r.Header.Get("Idempotency-Key")) {
			writeProblem(w, r, fault.BadField("header.Idempotency-Key", "may have the characters of ASCII, from space to ~"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Server) logRequest(r *http.Request, w *answer, in *info, took time.Duration) {
	level := slog.LevelInfo
	if !isAPI(r.URL.Path) || isHealth(r.URL.Path) {
		level = slog.LevelDebug
	}
	s.o.Log.LogAttrs(r.Context(), level, "request", // by route template: a path holds ids
		slog.String("request_id", in.id), slog.String("method", r.Method), slog.String("route", cmp.Or(in.route, r.Pattern)),
		slog.Int("status", w.status), slog.Int64("bytes", w.bytes), slog.Duration("took", took))
}

// plainURL refuses what no database can look up: text that is not UTF-8, and U+0000.
func plainURL(r *http.Request) bool {
	query := r.URL.RawQuery
	if strings.Contains(query, "%") || strings.Contains(query, "+") {
		for _, values := range r.URL.Query() {
			for _, v := range values {
				if !utf8.ValidString(v) || strings.ContainsRune(v, 0) {
					return false
				}
			}
		}
	}
	return utf8.ValidString(r.URL.Path) && !strings.ContainsRune(r.URL.Path, 0) && utf8.ValidString(query)
}

func isAPI(path string) bool {
	return strings.HasPrefix(path, "/api/") || strings.HasPrefix(path, "/v1/")
}

func isHealth(path string) bool {
	return path == "/api/v1/health" || strings.HasPrefix(path, "/api/v1/health/")
}

// api guards the API: named origins, no forged requests, who it is, how often.
func (s *Server) api(next *http.ServeMux) http.Handler {
	strict := sync.OnceValue(func() map[string]bool { return setOf(StrictRoutes(s.humaAPI)) }) // the rooms mount theirs later
	public := sync.OnceValue(func() map[string]bool { return setOf(PublicRoutes(s.humaAPI)) })
	content := sync.OnceValue(func() map[string]bool { return setOf(contentRoutes(s.humaAPI)) })
	pages := sync.OnceValue(func() map[string]string { return visited(s.humaAPI) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		if s.preflight(h, r) {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		// What carries a bearer token was not sent by a browser on its own.
		if !hasBearer(r) {
			if err := s.crossOrigin.Check(r); err != nil {
				writeProblem(w, r, fault.Wrap(err, fault.Forbidden, "This request came from another site, so it was not done."))
				return
			}
		}
		in := infoOf(r.Context())
		var a actor.Actor
		var signedIn bool
		var err error
		if !isHealth(r.URL.Path) { // whose answer is the same for everybody, and must not need the database
			a, signedIn, err = s.o.Authenticate(r)
		}
		if err != nil {
			writeProblem(w, r, err)
			return
		}
		if signedIn {
			in.client.key = "user " + a.ID
			if a.ByKey { // a program that runs wild, or a thief, must not keep the person out
				in.client.key = "key " + a.SessionID
			}
			r = r.WithContext(actor.With(r.Context(), a))
		}
		_, route := next.Handler(r)
		of := class{strict: strict()[route], public: public()[route], content: content()[route]}
		if err := s.limits.allow(r.Context(), h, in.client, r.URL.Path, of); err != nil {
			refuse(w, r, pages()[route], err)
			return
		}
		next.ServeHTTP(w, r)
		in.route = r.Pattern
	})
}

func setOf(names []string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, name := range names {
		set[name] = true
	}
	return set
}

func hasBearer(r *http.Request) bool {
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	return ok && token != "" && strings.EqualFold(scheme, "Bearer")
}

// preflight answers a browser's question whether another origin may call us,
// and marks answers to those that may. It tells whether that was all.
func (s *Server) preflight(h http.Header, r *http.Request) bool {
	origin := r.Header.Get("Origin")
	h.Add("Vary", "Origin")
	if origin == "" || !slices.Contains(s.o.Origins, origin) {
		return false
	}
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Allow-Credentials", "true")
	h.Set("Access-Control-Expose-Headers", "X-Request-Id, Retry-After, X-Should-Retry, RateLimit, RateLimit-Policy, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	h.Set("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE")
	headers := "Authorization, Content-Type, Idempotency-Key, Last-Event-ID, Prefer"
	if isDoor(r.URL.Path) { // OpenAI's client for browsers has a dozen of its own
		headers = r.Header.Get("Access-Control-Request-Headers")
	}
	h.Set("Access-Control-Allow-Headers", headers)
	h.Set("Access-Control-Max-Age", "600")
	return true
}

func newCrossOrigin(o Options) (*http.CrossOriginProtection, error) {
	c := http.NewCrossOriginProtection()
	origins := o.Origins
	if o.PublicURL != "" { // behind a proxy the Host header may be another
		origins = append(slices.Clone(origins), strings.TrimSuffix(o.PublicURL, "/"))
	}
	for _, origin := range origins {
		if err := c.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("httpd: %q is no origin such as https://example.com: %w", origin, err)
		}
	}
	return c, nil
}

// answer remembers what was answered and bounds how long a client may take to
// read it.
type answer struct {
	http.ResponseWriter

	status int
	bytes  int64
}

// plainTime is how long a client may take to read an answer that is no stream.
const plainTime = time.Minute

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
		// A recorder in a test has no deadlines; a server always does.
		_ = http.NewResponseController(a.ResponseWriter).SetWriteDeadline(time.Now().Add(plainTime))
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	n, err := a.ResponseWriter.Write(b)
	a.bytes += int64(n)
	return n, err //nolint:wrapcheck // it stands in for the writer and says what that says
}

// Unwrap lets http.ResponseController reach flushing and deadlines.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
