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
	Bucket      Bucket // none: the folder blobs of DataDir

	RegistrationOpen bool
	OIDC             OIDC
	Mail             Mail
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

// OIDC is the one OpenID Connect issuer that people may sign in with.
type OIDC struct {
	Issuer       string
	ClientID     string // "": nobody signs in elsewhere
	ClientSecret Secret
	Name         string // for the button; "": Google, or the issuer's host
}

// Configured tells that people can sign in with the issuer.
func (o OIDC) Configured() bool { return o.ClientID != "" }

// Mail is the way to send e-mail.
type Mail struct {
	URL  Secret // smtp://user:password@host:587 or smtps://…:465; "": no e-mail is sent
	From string // "Pulse <pulse@example.com>"
}

// Configured tells that e-mail can be sent.
func (m Mail) Configured() bool { return m.URL != "" }

// Bucket is where blobs are kept in a store that speaks S3.
type Bucket struct {
	Name           string // "": there is none
	Prefix         string // what keys begin with, with no slash at either end
	Region         string // "": what the SDK finds
	Endpoint       string // "": what the SDK finds, or AWS
	PublicEndpoint string // as browsers know it; "": the endpoint
	PathStyle      string // "true", "false"; "": true with an endpoint of one's own

	Access Access
}

// Configured tells that blobs are kept in a bucket.
func (b Bucket) Configured() bool { return b.Name != "" }

// Access is what the bucket is opened with; empty: what the SDK finds by itself.
type Access struct {
	KeyID   string
	Key     Secret
	Session Secret // of temporary keys
}

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

// fits finds what goes with another setting and came without it.
func (c *Config) fits() error {
	switch {
	case c.Bucket.Configured() && c.Bucket.Access.KeyID != "" && c.Bucket.Access.Key == "":
		return wrong("AWS_SECRET_ACCESS_KEY", "is missing: AWS_ACCESS_KEY_ID is set")
	case c.Bucket.Configured() && c.Bucket.Access.KeyID == "" && (c.Bucket.Access.Key != "" || c.Bucket.Access.Session != ""):
		return wrong("AWS_ACCESS_KEY_ID", "is missing: AWS_SECRET_ACCESS_KEY or AWS_SESSION_TOKEN is set")
	case c.OIDC.ClientID == "" && c.OIDC.ClientSecret != "":
		return wrong("GOOGLE_CLIENT_ID", "is missing: GOOGLE_CLIENT_SECRET is set")
	case c.Mail.URL != "" && c.Mail.From == "":
		return wrong("PULSE_SMTP_FROM", "is missing: PULSE_SMTP_URL is set")
	case c.Mail.URL != "" && c.PublicURL == "":
		return wrong("PULSE_PUBLIC_URL", "is missing: links in e-mails begin with it")
	}
	return nil
}
