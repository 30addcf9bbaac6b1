package config

import (
	"context"
	"log/slog"
	"net/url"
	"strings"
)

// Hide gives a log in which none of the configuration's secrets shows, whoever
// quotes them: a vendor that refuses a key may say which one it was.
func (c *Config) Hide(log *slog.Logger) *slog.Logger {
	secrets := c.secrets()
	pairs := make([]string, 0, 2*len(secrets))
	for _, s := range secrets {
		pairs = append(pairs, s, mask)
	}
	return slog.New(&hiding{log.Handler(), strings.NewReplacer(pairs...)})
}

// leastSecret is how long a text has to be for nothing else to be hidden with it.
const leastSecret = 8

// secrets gives what is to be hidden; of an address its password, too.
func (c *Config) secrets() []string {
	var texts []string
	add := func(text string) {
		if len(text) >= leastSecret {
			texts = append(texts, text)
		}
	}
	hide := func(s Secret) {
		add(s.Reveal())
		if u, err := url.Parse(s.Reveal()); err == nil {
			password, _ := u.User.Password()
			add(password)
			add(url.QueryEscape(password))
		}
	}
	for _, s := range []Secret{c.DatabaseURL, c.Bucket.Access.Key, c.Bucket.Access.Session, c.OIDC.ClientSecret, c.Mail.URL, c.OpenAI.Key, c.Anthropic.Key, c.Google.GeminiKey} {
		hide(s)
	}
	for _, server := range c.Compat {
		hide(server.Key)
	}
	return texts
}

type hiding struct {
	slog.Handler

	replacer *strings.Replacer
}

func (h *hiding) Handle(ctx context.Context, r slog.Record) error {
	hidden := slog.NewRecord(r.Time, r.Level, h.replacer.Replace(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		hidden.AddAttrs(h.hide(a))
		return true
	})
	return h.Handler.Handle(ctx, hidden) //nolint:wrapcheck // it stands in for the handler
}

func (h *hiding) hide(a slog.Attr) slog.Attr {
	v := a.Value.Resolve()
	switch v.Kind() {
	case slog.KindString:
		v = slog.StringValue(h.replacer.Replace(v.String()))
	case slog.KindGroup:
		inner := make([]slog.Attr, 0, len(v.Group()))
		for _, a := range v.Group() {
			inner = append(inner, h.hide(a))
		}
		v = slog.GroupValue(inner...)
	case slog.KindAny: // an error, most of all
		text := v.String()
		if hidden := h.replacer.Replace(text); hidden != text {
			v = slog.StringValue(hidden)
		}
	default: // numbers and times
	}
	return slog.Attr{Key: a.Key, Value: v}
}

func (h *hiding) WithAttrs(attrs []slog.Attr) slog.Handler {
	hidden := make([]slog.Attr, 0, len(attrs))
	for _, a := range attrs {
		hidden = append(hidden, h.hide(a))
	}
	return &hiding{h.Handler.WithAttrs(hidden), h.replacer}
}

func (h *hiding) WithGroup(name string) slog.Handler {
	return &hiding{h.Handler.WithGroup(name), h.replacer}
}
