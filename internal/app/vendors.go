package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"pulse/internal/catalog"
	"pulse/internal/config"
	"pulse/internal/feature/chat"
	"pulse/internal/feature/image"
	"pulse/internal/provider"
	"pulse/internal/provider/anthropic"
	"pulse/internal/provider/demo"
	"pulse/internal/provider/google"
	"pulse/internal/provider/openai"
)

// vendors are the configured providers of models.
type vendors struct {
	chat    map[string]chat.Vendor
	images  map[string]image.Vendor
	servers []server // those that have to be asked which models they have
	list    []listed // all that can be asked whether they work
	about   []string // a line each, for the operator
	log     *slog.Logger
}

// listed is a provider that can be asked whether it works.
type listed struct {
	name     string
	settings string // where its key and its address come from
	lister   provider.Lister
	optional bool // looked for, and not missed
}

// vendor is what every adapter can do.
type vendor interface {
	provider.Chatter
	provider.Lister
}

// painter is one that makes pictures, too.
type painter interface {
	vendor
	provider.Imager
}

// server is one whose models the catalogue cannot know.
type server struct {
	catalog.Server

	list provider.Lister
}

// openVendors makes a client for every provider that is configured. It fails
// when a client cannot be made, e.g. of an unreadable service account.
func openVendors(ctx context.Context, cfg *config.Config, client *http.Client, log *slog.Logger) (*vendors, error) {
	v := &vendors{chat: map[string]chat.Vendor{}, images: map[string]image.Vendor{}, log: log}
	if c := cfg.OpenAI; c.Configured() {
		v.addPainter("openai", "OpenAI", c.BaseURL, "OPENAI_API_KEY, OPENAI_BASE_URL",
			openai.New(openai.Options{APIKey: c.Key.Reveal(), BaseURL: c.BaseURL, HTTPClient: client}))
	}
	if c := cfg.Anthropic; c.Configured() {
		v.add("anthropic", "Anthropic", c.BaseURL, "ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL",
			anthropic.New(anthropic.Options{APIKey: c.Key.Reveal(), BaseURL: c.BaseURL, HTTPClient: client}))
	}
	if c := cfg.Google; c.Gemini() || c.Vertex() {
		g, err := openGoogle(ctx, c, client)
		if err != nil {
			return nil, fmt.Errorf("app: Google: %w", err)
		}
		name, settings := "Google (Gemini API)", "GEMINI_API_KEY, GOOGLE_GENAI_BASE_URL"
		if c.Vertex() {
			name, settings = "Google (Vertex AI)", "GOOGLE_CLOUD_PROJECT, GOOGLE_CLOUD_LOCATION, GOOGLE_APPLICATION_CREDENTIALS, GOOGLE_GENAI_BASE_URL"
		}
		v.addPainter("google", name, c.BaseURL, settings, g)
	}
	for _, c := range cfg.Compat {
		s := catalog.Server{ID: c.ID, Name: c.ID}
		if c.Price != "" {
			price, err := catalog.ParsePrice(c.Price)
			if err != nil {
				return nil, fmt.Errorf("app: price of the models of %s: %w", c.ID, err)
			}
			s.Price = &price
		}
		v.addServer(s, openai.Options{APIKey: c.Key.Reveal(), BaseURL: c.URL, HTTPClient: client})
	}
	if cfg.OllamaURL != "" {
		v.addServer(catalog.Server{ID: ollama, Name: "Ollama"}, openai.Options{BaseURL: cfg.OllamaURL, HTTPClient: client})
	}
	if cfg.Demo != config.DemoOff {
		v.chat["demo"] = chat.Vendor{Name: "The demo", Chatter: demo.New(demo.Pace)}
		v.images["demo"] = image.Vendor{Name: "The demo", Imager: demo.NewImager(demo.ImagePace)}
	}
	return v, nil
}

// openGoogle reaches Gemini by a project of Google Cloud if there is one, else
// by the Gemini API.
func openGoogle(ctx context.Context, c config.Google, client *http.Client) (*google.Client, error) {
	o := google.Options{APIKey: c.GeminiKey.Reveal(), BaseURL: c.BaseURL, HTTPClient: client}
	if c.Vertex() {
		o.Vertex = &google.Vertex{Project: c.Project, Location: c.Location}
		if c.CredentialsFile != "" {
			var err error
			if o.Vertex.CredentialsJSON, err = os.ReadFile(c.CredentialsFile); err != nil {
				return nil, err //nolint:wrapcheck // it names the file
			}
		}
	}
	return google.New(ctx, o)
}

func (v *vendors) add(id, name, baseURL, settings string, c vendor) {
	v.list = append(v.list, listed{name: name, settings: settings, lister: c})
	v.chat[id] = chat.Vendor{Name: name, Chatter: provider.WithRetry(c, v.log)}
	line := name
	if baseURL != "" {
		line += " at " + baseURL
	}
	v.about = append(v.about, line)
}

func (v *vendors) addPainter(id, name, baseURL, settings string, c painter) {
	v.add(id, name, baseURL, settings, c)
	v.images[id] = image.Vendor{Name: name, Imager: provider.WithImageRetry(c, v.log)}
}

func (v *vendors) addServer(s catalog.Server, o openai.Options) {
	o.ID, o.Compatible = s.ID, true
	c := openai.New(o)
	v.chat[s.ID] = chat.Vendor{Name: s.Name, Chatter: provider.WithRetry(c, v.log)}
	v.servers = append(v.servers, server{s, c})
	v.list = append(v.list, listed{name: s.Name, settings: compatSettings(s.ID), lister: c, optional: s.ID == ollama})
	if s.ID != ollama { // looked for on its own, so not worth a line until it answers
		v.about = append(v.about, s.Name+" at "+o.BaseURL)
	}
}

// compatSettings names the settings of a compatible server.
func compatSettings(id string) string {
	name := "PULSE_COMPAT_" + strings.ToUpper(strings.ReplaceAll(id, "-", "_"))
	return name + "_URL, " + name + "_KEY"
}

// ollama is the id of the server that is looked for on its usual port.
const ollama = "ollama"

const (
	discoverEvery = 30 * time.Second
	discoverTime  = 5 * time.Second
)

// announce makes the servers known before they have been asked, so that a job
// for one of their models is not taken for one of an unknown model.
func (v *vendors) announce(c *catalog.Catalog) error {
	for _, s := range v.servers {
		if err := c.Discover(s.Server, nil); err != nil {
			return fmt.Errorf("app: %w", err)
		}
	}
	return nil
}

// discover asks the servers for their models, now and then, until ctx ends. A
// server that does not answer has none.
func (v *vendors) discover(ctx context.Context, c *catalog.Catalog, log *slog.Logger) {
	known := make([]string, len(v.servers))
	tick := time.NewTicker(discoverEvery)
	defer tick.Stop()
	for {
		var all sync.WaitGroup
		for i, s := range v.servers {
			all.Go(func() {
				ctx, cancel := context.WithTimeout(ctx, discoverTime)
				defer cancel()
				ids, err := s.list.ListModels(ctx)
				if err != nil {
					log.DebugContext(ctx, "a server of models does not answer", "server", s.ID, "error", err)
					ids = nil
				}
				if list := strings.Join(ids, ", "); list != known[i] {
					known[i] = list
					log.InfoContext(ctx, "models found", "server", s.ID, "count", len(ids)) // a server may have hundreds
					if err := c.Discover(s.Server, ids); err != nil {
						log.ErrorContext(ctx, "models cannot be listed", "server", s.ID, "error", err)
					}
				}
			})
		}
		all.Wait()
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}
