package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"log/slog"
	"os"
	"time"

	"pulse/internal/catalog"
	"pulse/internal/config"
	"pulse/internal/provider"
	"pulse/internal/store"
	"pulse/internal/usage"
)

// Finding is what was found out about one part of Pulse.
type Finding struct {
	Part, Says string
	// Wrong says what is wrong and how to mend it; empty: nothing.
	Wrong string
	// Optional marks what Pulse does very well without.
	Optional bool
}

// examineTime is how long one part may take to answer.
const examineTime = 10 * time.Second

// Examine looks at everything that the configuration names, one part after the
// other, and leaves nothing behind.
func Examine(ctx context.Context, cfg *config.Config) iter.Seq[Finding] {
	return func(yield func(Finding) bool) {
		for _, examine := range []func(context.Context, *config.Config) []Finding{
			examineFiles, examineBlobs, examineDatabase, examineMail, examineIssuer, examineVendors,
		} {
			for _, f := range examine(ctx, cfg) {
				if !yield(f) {
					return
				}
			}
		}
	}
}

func examineFiles(_ context.Context, cfg *config.Config) []Finding {
	plans := Finding{Part: "plans", Says: "new people are on " + cfg.DefaultPlan}
	if p, err := usage.LoadPlans(cfg.PlansFile); err != nil {
		plans.Wrong = err.Error()
	} else if !p.Has(cfg.DefaultPlan) {
		plans.Wrong = "PULSE_DEFAULT_PLAN names no plan of the file."
	}
	models := Finding{Part: "catalogue"}
	if c, err := catalog.Load(cfg.CatalogFile); err != nil {
		models.Wrong = err.Error()
	} else {
		models.Says = fmt.Sprintf("%d models, %d other names", len(c.Models(catalog.KindChat)), len(c.Aliases(catalog.KindChat)))
	}
	address := Finding{Part: "public address", Says: cfg.PublicURL, Optional: true}
	if cfg.PublicURL == "" {
		address.Says = "not set; set PULSE_PUBLIC_URL before others use this Pulse, https if you can"
	}
	return []Finding{plans, models, address, examineFolder("data folder", cfg.DataDir)}
}

func examineFolder(part, folder string) Finding {
	f := Finding{Part: part, Says: folder}
	info, err := os.Stat(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f.Says += ", to be made at the first start"
		return f
	case err != nil:
		f.Wrong = err.Error()
		return f
	case !info.IsDir():
		f.Wrong = "It is a file; PULSE_DATA_DIR has to name a folder."
		return f
	}
	probe, err := os.CreateTemp(folder, ".doctor-")
	if err != nil {
		f.Wrong = "Nothing can be written there: " + err.Error()
		return f
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		f.Wrong = err.Error()
	}
	return f
}

func examineDatabase(ctx context.Context, cfg *config.Config) []Finding {
	ctx, cancel := context.WithTimeout(ctx, examineTime)
	defer cancel()
	found, err := store.Reach(ctx, store.Options{URL: cfg.DatabaseURL.Reveal(), DataDir: cfg.DataDir})
	f := Finding{Part: "database", Says: found}
	if err != nil {
		f.Wrong = err.Error() + ". Is DATABASE_URL right and the server running?"
		if cfg.DatabaseURL == "" {
			f.Wrong = err.Error() + ". Restore the data folder from a backup."
		}
	}
	return []Finding{f}
}

func examineVendors(ctx context.Context, cfg *config.Config) []Finding {
	v, err := openVendors(ctx, cfg, provider.NewClient(provider.Patience{}), slog.New(slog.DiscardHandler))
	if err != nil {
		return []Finding{{Part: "models", Wrong: err.Error()}}
	}
	var found []Finding
	for _, s := range v.list {
		ctx, cancel := context.WithTimeout(ctx, examineTime)
		ids, err := s.lister.ListModels(ctx)
		cancel()
		f := Finding{Part: s.name, Says: fmt.Sprintf("answers, %d models", len(ids)), Optional: s.optional}
		failure, ofVendor := errors.AsType[*provider.Error](err)
		switch {
		case s.optional && err != nil:
			f.Says = "none at " + cfg.OllamaURL
		case ofVendor:
			f.Says, f.Wrong = "does not work", mend(s, failure)
		case err != nil:
			f.Says, f.Wrong = "does not work", err.Error()
		}
		found = append(found, f)
	}
	if len(v.about) == 0 {
		found = append(found, Finding{Part: "models", Says: "no provider has a key; the demo answers. Set OPENAI_API_KEY, for example", Optional: true})
	}
	return found
}

// mend tells an operator what a vendor's failure means and which settings to look at.
func mend(s listed, failure *provider.Error) string {
	var what string
	switch failure.Kind {
	case provider.KindAuth:
		what = "It refuses the key or its rights."
	case provider.KindNoCredit:
		what = "The account is out of credit."
	case provider.KindUnreachable:
		what = "Nobody answers as " + s.name + " does there."
	case provider.KindRateLimited, provider.KindOverloaded, provider.KindStalled:
		what = "It is there, but in trouble of its own; try again later."
	default:
		what = "It answered in a way that was not expected."
	}
	return what + " The settings are " + s.settings + ". The cause: " + failure.Cause.Error()
}
