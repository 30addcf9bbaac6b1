package httpd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"pulse/internal/actor"
	"pulse/internal/fault"
	"pulse/internal/rate"
)

// Options are what the server works with.
type Options struct {
	Log     *slog.Logger
	Version string
	Now     func() time.Time // nil: time.Now

	PublicURL      string         // the address that browsers use; empty: whatever they ask for
	Origins        []string       // other origins whose pages may call the API with a person's cookie
	TrustedProxies []netip.Prefix // whose forwarding headers are believed
	RatePerMinute  int            // requests of one client; 0: no limit at all
	Limits         *rate.Limits   // where they are counted; nil: in this process's memory

	// Authenticate finds who sent a request by its cookie or bearer token. ok is
	// false without either, or with one that does not count (any more).
	Authenticate func(*http.Request) (a actor.Actor, ok bool, err error)
	// Ping asks the database for a sign of life.
	Ping func(context.Context) error
	// Page is the built page; nil: none.
	Page fs.FS
}

// Server is Pulse's HTTP server.
type Server struct {
	o           Options
	mux         *http.ServeMux
	humaAPI     huma.API
	crossOrigin *http.CrossOriginProtection
	limits      *limits // nil: none
	streams     streamCount
	bodies      bodies
	http        *http.Server
	draining    context.Context //nolint:containedctx // ends when Shutdown has waited for the running answers
	drain       context.CancelFunc
}

// New makes the server with its own routes: health, the API's description and
// the page. Mount the rooms on API, then Serve. It fails when an origin is none.
func New(o Options) (*Server, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	adoptHuma()
	crossOrigin, err := newCrossOrigin(o)
	if err != nil {
		return nil, err
	}
	s := &Server{
		o: o, mux: http.NewServeMux(), crossOrigin: crossOrigin, limits: newLimits(o),
		streams: streamCount{open: map[string]int{}}, bodies: newBodies(),
	}
	s.draining, s.drain = context.WithCancel(context.Background())
	listsAreLists()
	config := huma.DefaultConfig("Pulse", o.Version)
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", "" // served by describe and the page
	config.CreateHooks = nil                                             // they add a $schema field to every answer
	config.Formats = map[string]huma.Format{plainJSON: strictJSON, "json": strictJSON}
	config.Info.Description = "Everything that the page does, a program can do. Sign in with a session cookie or a bearer token. " +
		"Errors are RFC 9457 problem documents; a body's unknown, repeated or differently written fields are refused. Below /v1/ it speaks OpenAI's API."
	config.Info.License = &huma.License{Name: "MIT", Identifier: "MIT"}
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		schemeCookie: {Type: "apiKey", In: "cookie", Name: "pulse_session", Description: "Set by signing in; over https its name is __Host-pulse_session"},
		schemeBearer: {Type: "http", Scheme: "bearer", BearerFormat: "JWT", Description: "From POST /api/v1/auth/token, or an API key from POST /api/v1/users/me/keys"},
	}
	apiMux := http.NewServeMux()
	s.humaAPI = humago.New(apiMux, config)
	apiMux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { noRoute(w, r, apiMux) })
	guarded := s.api(apiMux)
	s.mux.Handle("/api/", guarded)
	s.mux.Handle("/v1/", guarded)
	s.mux.HandleFunc("GET /openapi.json", s.describe())
	s.mux.Handle("/", servePage(o.Page))
	s.health()
	s.http = &http.Server{
		Handler:           s.front(s.mux),
		ReadHeaderTimeout: 5 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(o.Log.Handler(), slog.LevelDebug), // mostly clients that hang up
	}
	return s, nil
}

// listsAreLists keeps "or null" out of every list of the OpenAPI document: an
// empty one is [] in both directions. Huma asks a variable of its package.
var listsAreLists = sync.OnceFunc(func() { huma.DefaultArrayNullable = false })

// API is where the rooms mount their routes.
func (s *Server) API() huma.API { return s.humaAPI } //nolint:ireturn // huma has no other type for it

// Handler is the whole server, for tests.
func (s *Server) Handler() http.Handler { return s.http.Handler }

// Serve answers requests until Shutdown.
func (s *Server) Serve(l net.Listener) error {
	if err := s.http.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("httpd: serve: %w", err)
	}
	return nil
}

// Shutdown takes no new connections, calls finish (which lets the running
// answers end), then ends the streams that are still open and waits for all
// requests. What is open when ctx ends is cut.
func (s *Server) Shutdown(ctx context.Context, finish func()) error {
	stopped := make(chan error, 1)
	go func() { stopped <- s.http.Shutdown(ctx) }()
	finish()
	s.drain()
	if err := <-stopped; err != nil {
		return errors.Join(fmt.Errorf("httpd: shutdown: %w", err), s.http.Close())
	}
	return nil
}

// noRoute answers what no route takes: 405 where another method would do.
func noRoute(w http.ResponseWriter, r *http.Request, mux *http.ServeMux) {
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := mux.Handler(other); pattern != "/" && method != r.Method {
			w.Header().Add("Allow", method)
		}
	}
	if w.Header().Get("Allow") != "" {
		writeProblem(w, r, fault.Newf(fault.MethodNotAllowed, "%s is not something that can be done here.", r.Method))
		return
	}
	writeProblem(w, r, fault.New(fault.NotFound, "There is nothing at this address. /docs lists what there is."))
}
