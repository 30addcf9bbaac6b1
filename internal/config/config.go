package config

import (
	"log/slog"
	"net/netip"
	"strings"
	"time"
)

// Config is what the operator chose. Everything in it is checked for its form;
// that a file is there or a server answers is for its user to find out.
type Config struct {
	Addr           string // host:port to listen on
	PublicURL      string // as browsers know it, with no slash at the end; "": whatever they ask for
	AllowedOrigins []string
	TrustedProxies []netip.Prefix
	RateLimit      int // requests a minute and client, 0: no limit
	ShutdownGrace  time.Duration

	DataDir     string
	DatabaseURL Secret // postgres://…; "": SQLite in DataDir
	BlobURL     Secret // "": the folder blobs of DataDir

	RegistrationOpen bool
	DefaultPlan      string // its key
	PlansFile        string // "": the built-in plans

	CatalogFile string // "": the built-in catalogue
	Demo        Demo
	Titles      bool // conversations are named by a model
	OpenAI      Vendor
	Anthropic   Vendor
	Google      Google
	OllamaURL   string   // "": do not look for one
	Compat      []Compat // by id

	LogLevel  slog.Level
	LogFormat LogFormat
}

// Secure tells that people reach Pulse by https.
func (c *Config) Secure() bool { return strings.HasPrefix(c.PublicURL, "https://") }

// Demo says when the demo models are listed.
type Demo string

// The choices of Demo.
const (
	DemoAuto Demo = "auto" // while nothing real is configured
	DemoOn   Demo = "on"   // beside real models too
	DemoOff  Demo = "off"  // never
)

// LogFormat is how log lines are written.
type LogFormat string

// The choices of LogFormat.
const (
	LogText LogFormat = "text"
	LogJSON LogFormat = "json"
)

// Vendor is the way to a vendor's API.
type Vendor struct {
	Key     Secret
	BaseURL string // "": the vendor's own
}

// Configured tells that the vendor can be asked.
func (v Vendor) Configured() bool { return v.Key != "" }

// Google has two ways in: the Gemini API by a key, and Vertex AI by a project
// and a service account.
type Google struct {
	GeminiKey       Secret
	Project         string
	Location        string
	CredentialsFile string // "": what the machine offers (Application Default Credentials)
	BaseURL         string // "": Google's own; of Vertex AI when a project is set
}

// Gemini tells that the Gemini API can be asked.
func (g Google) Gemini() bool { return g.GeminiKey != "" }

// Vertex tells that Vertex AI can be asked.
func (g Google) Vertex() bool { return g.Project != "" }

// Compat is a server that speaks OpenAI's API.
type Compat struct {
	ID    string // from the settings' name: PULSE_COMPAT_LM_STUDIO_URL is "lm-studio"
	URL   string
	Key   Secret // "": the server wants none
	Price string // input/output in US dollars per million tokens; "": the catalogue's
}

// noKey stands for the key of a vendor that was given only a base URL: a
// stand-in asks for none, but the SDKs insist on one.
const noKey Secret = "none"

// complete fills what follows from other settings.
func (c *Config) complete() {
	for _, v := range []*Vendor{&c.OpenAI, &c.Anthropic} {
		if v.BaseURL != "" && v.Key == "" {
			v.Key = noKey
		}
	}
	if g := &c.Google; g.BaseURL != "" && g.GeminiKey == "" && !g.Vertex() {
		g.GeminiKey = noKey
	}
}
