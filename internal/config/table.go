package config

import (
	"log/slog"
	"net/netip"
	"time"
)

// A setting is one line of the table: how it is called, what it does, and
// where its value goes.
type setting struct {
	name     string
	standard string // what holds when nothing is set; "" where that is explained
	help     string
	example  string // for .env.example, where the standard is none
	form     string // what to write
	secret   bool   // or may hold one
	into     func(*Config, string) error
}

// as makes a setting of a kind, kept where at points.
func as[T any](k kind[T], at func(*Config) *T, s setting) setting {
	s.form = k.form
	_, isSecret := any(*new(T)).(Secret)
	s.secret = s.secret || isSecret
	s.into = func(c *Config, value string) (err error) {
		*at(c), err = k.read(value)
		return err
	}
	return s
}

type group struct {
	title    string
	settings []setting
}

// configFile is read before the table: it says where else to read. Only the
// environment can set it.
const configFile = "PULSE_CONFIG_FILE"

// table lists every setting there is, in the order in which people read it.
// Servers that speak OpenAI's API have names of their own: see compat.go.
var table = []group{
	{"Server", []setting{
		as(listenAddr, func(c *Config) *string { return &c.Addr }, setting{
			name: "PULSE_ADDR", standard: ":8080", help: "Where to listen.",
		}),
		as(webURL, func(c *Config) *string { return &c.PublicURL }, setting{
			name: "PULSE_PUBLIC_URL", example: "https://pulse.example.com",
			help: "The address that people open. With https the session cookie is sent over https only. " +
				"Empty: whatever they ask for, which suits a first try on one's own machine.",
		}),
		as(origins, func(c *Config) *[]string { return &c.AllowedOrigins }, setting{
			name: "PULSE_ALLOWED_ORIGINS", example: "https://app.example.com",
			help: "Pages of other origins that may call the API with a person's cookie.",
		}),
		as(networks, func(c *Config) *[]netip.Prefix { return &c.TrustedProxies }, setting{
			name: "PULSE_TRUSTED_PROXIES", example: "127.0.0.1, 10.0.0.0/8",
			help: "Proxies in front of Pulse whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed (`Forwarded` is nobody's). " +
				"Without them every client has its proxy's address, and shares its rate limit.",
		}),
		as(count, func(c *Config) *int { return &c.RateLimit }, setting{
			name: "PULSE_RATE_LIMIT", standard: "100",
			help: "Requests that one client may send a minute: a person, whatever they signed in with, or the network of who is not signed in. " +
				"Several processes on one PostgreSQL count together, to the request. " +
				"Files and thumbnails count apart, 20 times as many, by each process. 0 for no limit, then also none on attempts to sign in.",
		}),
		as(seconds, func(c *Config) *time.Duration { return &c.ShutdownGrace }, setting{
			name: "PULSE_SHUTDOWN_GRACE", standard: "30s",
			help: "How long running answers may take to end when Pulse is stopped. What is not done by then goes on at the next start.",
		}),
	}},
	{"Data", []setting{
		as(folder, func(c *Config) *string { return &c.DataDir }, setting{
			name: "PULSE_DATA_DIR", standard: "./data", help: "Where the database and the files are kept.",
		}),
		as(database, func(c *Config) *Secret { return &c.DatabaseURL }, setting{
			name: "DATABASE_URL", example: "postgres://pulse:secret@localhost:5432/pulse",
			help: "A PostgreSQL database, for several processes at once. Each process holds up to 16 connections and one more to listen; " +
				"`?pool_max_conns=` changes the 16. Empty: SQLite in the data folder.",
		}),
		as(bucket, func(c *Config) *Bucket { return &c.Bucket }, setting{
			name: "PULSE_BLOB_URL", example: "s3://pulse?region=eu-central-1", secret: true,
			help: "The bucket where files are kept, on S3 or a store that speaks as it does; needed for several processes on several machines. " +
				"With an `endpoint` it is another server's, asked with the bucket in the path unless `path_style=false`; " +
				"`public_endpoint` is how browsers reach it, if that differs. " +
				"Also heeded, of the environment only: `AWS_REGION`, `AWS_ENDPOINT_URL_S3` and what else the AWS SDK reads there. " +
				"Empty: in `blobs` in the data folder.",
		}),
		as(text, func(c *Config) *string { return &c.Bucket.Access.KeyID }, setting{
			name: "AWS_ACCESS_KEY_ID",
			help: "The access key for the bucket. It needs `s3:GetObject`, `PutObject`, `DeleteObject`, `AbortMultipartUpload` and `ListBucket`. " +
				"Empty: what the AWS SDK finds, such as the machine's role.",
		}),
		as(secret, func(c *Config) *Secret { return &c.Bucket.Access.Key }, setting{
			name: "AWS_SECRET_ACCESS_KEY", help: "The secret that belongs to `AWS_ACCESS_KEY_ID`.",
		}),
		as(secret, func(c *Config) *Secret { return &c.Bucket.Access.Session }, setting{
			name: "AWS_SESSION_TOKEN", help: "What belongs to an access key that is temporary.",
		}),
	}},
	{"People and plans", []setting{
		as(yes("open", "closed"), func(c *Config) *bool { return &c.RegistrationOpen }, setting{
			name: "PULSE_REGISTRATION", standard: "open",
			help: "Whether people may make accounts themselves. The first account can always be made: it is the administrator's.",
		}),
		as(text, func(c *Config) *string { return &c.DefaultPlan }, setting{
			name: "PULSE_DEFAULT_PLAN", standard: "starter", help: "The key of the plan that new people are on.",
		}),
		as(path, func(c *Config) *string { return &c.PlansFile }, setting{
			name: "PULSE_PLANS_FILE", example: "./plans.yaml", help: "Plans in place of the built-in ones (internal/usage/plans.yaml).",
		}),
	}},
	{"Sign-in elsewhere", []setting{
		as(text, func(c *Config) *string { return &c.OIDC.ClientID }, setting{
			name: "GOOGLE_CLIENT_ID", example: "1234.apps.googleusercontent.com",
			help: "Lets people sign in with Google, or with the issuer of `OIDC_ISSUER`. " +
				"The redirect address to register there is `PULSE_PUBLIC_URL` and `/api/v1/auth/google/callback`.",
		}),
		as(secret, func(c *Config) *Secret { return &c.OIDC.ClientSecret }, setting{
			name: "GOOGLE_CLIENT_SECRET", help: "The secret that belongs to `GOOGLE_CLIENT_ID`. Empty: a public client, which some issuers have.",
		}),
		as(issuer, func(c *Config) *string { return &c.OIDC.Issuer }, setting{
			name: "OIDC_ISSUER", standard: "https://accounts.google.com",
			help: "Any other OpenID Connect issuer, in Google's place. It has to say that an e-mail is verified.",
		}),
		as(text, func(c *Config) *string { return &c.OIDC.Name }, setting{
			name: "OIDC_NAME", example: "Example Corp", help: "What the button calls the issuer. Empty: Google, or the issuer's host.",
		}),
	}},
	{"E-mail", []setting{
		as(mailURL, func(c *Config) *Secret { return &c.Mail.URL }, setting{
			name: "PULSE_SMTP_URL", example: "smtp://user:password@smtp.example.com:587",
			help: "The server that e-mail goes out by: `smtp://` with STARTTLS, `smtps://` with TLS from the start. Only a server on this machine or in a private network, " +
				"named by its address or by a name such as `mail` or `mail.internal`, may do without, or have a certificate that nobody vouches for. " +
				"Empty: nothing is sent, and `pulse user` does what links in e-mails would.",
		}),
		as(mailbox, func(c *Config) *string { return &c.Mail.From }, setting{
			name: "PULSE_SMTP_FROM", example: "Pulse <pulse@example.com>", help: "The sender of e-mail; needed with `PULSE_SMTP_URL`.",
		}),
	}},
	{"Models", []setting{
		as(path, func(c *Config) *string { return &c.CatalogFile }, setting{
			name: "PULSE_CATALOG_FILE", example: "./catalog.yaml", help: "A catalogue of models and prices in place of the built-in one.",
		}),
		as(choice(DemoAuto, DemoOn, DemoOff), func(c *Config) *Demo { return &c.Demo }, setting{
			name: "PULSE_DEMO", standard: string(DemoAuto),
			help: "The built-in imitation of a model, which needs no key: listed while nothing real is configured (auto), beside real models too (on), or never (off).",
		}),
		as(yes("on", "off"), func(c *Config) *bool { return &c.Titles }, setting{
			name: "PULSE_TITLES", standard: "on",
			help: "Whether a conversation is named after its first answer by its provider's cheapest model, which costs the person a few hundred tokens.",
		}),
		as(secret, func(c *Config) *Secret { return &c.OpenAI.Key }, setting{
			name: "OPENAI_API_KEY", help: "OpenAI's models.",
		}),
		as(webURL, func(c *Config) *string { return &c.OpenAI.BaseURL }, setting{
			name: "OPENAI_BASE_URL", example: "https://eu.api.openai.com/v1", help: "Another address of OpenAI's API, or a stand-in for it, which needs no key.",
		}),
		as(secret, func(c *Config) *Secret { return &c.Anthropic.Key }, setting{
			name: "ANTHROPIC_API_KEY", help: "Anthropic's models.",
		}),
		as(webURL, func(c *Config) *string { return &c.Anthropic.BaseURL }, setting{
			name: "ANTHROPIC_BASE_URL", example: "http://127.0.0.1:9100", help: "As `OPENAI_BASE_URL`.",
		}),
		as(secret, func(c *Config) *Secret { return &c.Google.GeminiKey }, setting{
			name: "GEMINI_API_KEY", help: "Google's models by the Gemini API.",
		}),
		as(text, func(c *Config) *string { return &c.Google.Project }, setting{
			name: "GOOGLE_CLOUD_PROJECT", example: "my-project", help: "Google's models by Vertex AI, in this project.",
		}),
		as(text, func(c *Config) *string { return &c.Google.Location }, setting{
			name: "GOOGLE_CLOUD_LOCATION", standard: "global", help: "The region of Vertex AI.",
		}),
		as(path, func(c *Config) *string { return &c.Google.CredentialsFile }, setting{
			name: "GOOGLE_APPLICATION_CREDENTIALS", example: "./service-account.json",
			help: "The service account's JSON file for Vertex AI. Empty: the machine's own credentials.",
		}),
		as(webURL, func(c *Config) *string { return &c.Google.BaseURL }, setting{
			name: "GOOGLE_GENAI_BASE_URL", example: "http://127.0.0.1:9200",
			help: "As `OPENAI_BASE_URL`; of Vertex AI when `GOOGLE_CLOUD_PROJECT` is set.",
		}),
		as(orOff(webURL), func(c *Config) *string { return &c.OllamaURL }, setting{
			name: "PULSE_OLLAMA_URL", standard: "http://127.0.0.1:11434/v1", help: "An Ollama; its models are listed when one answers there.",
		}),
	}},
	{"Logs", []setting{
		as(level, func(c *Config) *slog.Level { return &c.LogLevel }, setting{
			name: "PULSE_LOG_LEVEL", standard: "info", help: "The least important lines to write.",
		}),
		as(choice(LogText, LogJSON), func(c *Config) *LogFormat { return &c.LogFormat }, setting{
			name: "PULSE_LOG_FORMAT", standard: string(LogText), help: "Lines for people or for machines.",
		}),
	}},
}
