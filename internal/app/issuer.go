package app

import (
	"context"
	"net/netip"
	"net/url"

	"pulse/internal/config"
	"pulse/internal/feature/account"
)

// issuerOf is where people can sign in, too; nil where none is configured.
func issuerOf(cfg *config.Config) *account.Issuer {
	if !cfg.OIDC.Configured() {
		return nil
	}
	return &account.Issuer{
		URL: cfg.OIDC.Issuer, ClientID: cfg.OIDC.ClientID, ClientSecret: cfg.OIDC.ClientSecret.Reveal(), Name: cfg.OIDC.Name,
	}
}

func examineIssuer(ctx context.Context, cfg *config.Config) []Finding {
	const part = "sign-in elsewhere"
	i := issuerOf(cfg)
	if i == nil {
		return []Finding{{Part: part, Says: "not set; people come in with a password", Optional: true}}
	}
	f := Finding{Part: part, Says: i.ShownName() + " answers"}
	u, err := url.Parse(cfg.PublicURL)
	switch {
	case cfg.PublicURL == "":
		f.Says += "; on this machine only, until PULSE_PUBLIC_URL is set"
	case err != nil || u.Scheme != "https" && !onThisMachine(u.Hostname()):
		f.Wrong = "Issuers send people back to https only: set PULSE_PUBLIC_URL to an https address."
	default:
		f.Says += "; the redirect address to register there is " + account.BackTo(cfg.PublicURL)
	}
	ctx, cancel := context.WithTimeout(ctx, examineTime)
	defer cancel()
	if err := i.Reach(ctx); err != nil {
		f.Says = i.ShownName() + " does not work"
		f.Wrong = "The settings are OIDC_ISSUER, to the letter as the issuer calls itself, and GOOGLE_CLIENT_ID. The cause: " + err.Error()
	}
	return []Finding{f}
}

func onThisMachine(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}
