package app

import (
	"context"
	"fmt"
	"log/slog"

	"pulse/internal/config"
	"pulse/internal/mail"
)

// openOutbox gives the outbox for e-mail; nil when none is sent.
func openOutbox(cfg *config.Config, log *slog.Logger) (*mail.Outbox, error) {
	if !cfg.Mail.Configured() {
		return nil, nil //nolint:nilnil // nothing is wrong with that
	}
	s, err := mailServer(cfg)
	if err != nil {
		return nil, err
	}
	return mail.NewOutbox(s, log), nil
}

func mailServer(cfg *config.Config) (*mail.Server, error) {
	s, err := mail.NewServer(mail.Options{URL: cfg.Mail.URL.Reveal(), From: cfg.Mail.From})
	if err != nil {
		return nil, fmt.Errorf("app: %w", err)
	}
	return s, nil
}

// examineMail goes to the mail server and sends nothing.
func examineMail(ctx context.Context, cfg *config.Config) []Finding {
	f := Finding{Part: "e-mail"}
	if !cfg.Mail.Configured() {
		f.Says, f.Optional = "not set; PULSE_SMTP_URL lets people reset their passwords themselves, until then `pulse user reset-link` does it", true
		return []Finding{f}
	}
	s, err := mailServer(cfg)
	if err == nil {
		f.Says = s.String() + " takes what " + cfg.Mail.From + " sends, as far as can be seen without sending"
		ctx, cancel := context.WithTimeout(ctx, examineTime)
		defer cancel()
		err = s.Check(ctx)
	}
	if err != nil {
		f.Says, f.Wrong = "does not work", err.Error()+". The settings are PULSE_SMTP_URL and PULSE_SMTP_FROM."
	}
	return []Finding{f}
}
