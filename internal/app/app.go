package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"pulse/internal/blob"
	"pulse/internal/catalog"
	"pulse/internal/change"
	"pulse/internal/config"
	"pulse/internal/document/extract"
	"pulse/internal/feature/account"
	"pulse/internal/feature/changes"
	"pulse/internal/feature/chat"
	"pulse/internal/feature/file"
	"pulse/internal/feature/image"
	"pulse/internal/feature/jobs"
	"pulse/internal/fetch"
	"pulse/internal/httpd"
	"pulse/internal/job"
	"pulse/internal/mail"
	"pulse/internal/picture"
	"pulse/internal/provider"
	"pulse/internal/rate"
	"pulse/internal/store"
	"pulse/internal/usage"
)

// Options are what the configuration does not say.
type Options struct {
	Log     *slog.Logger
	Version string
	Page    fs.FS            // the built page; nil: the API alone
	Now     func() time.Time // the clock; nil: time.Now
	// Patience is how long vendors may be silent; zero values: the usual.
	Patience provider.Patience
	// CacheDir is where what takes long to prepare is kept between starts; empty:
	// in the data folder.
	CacheDir string
	// Fetch gets the pictures that requests to OpenAI's API name; nil: from public
	// addresses only.
	Fetch *fetch.Fetcher
	// Lease is how long a dead process keeps its jobs; 0: the usual.
	Lease time.Duration
}

// App is a Pulse that is put together and serves when told so.
type App struct {
	cfg      *config.Config
	log      *slog.Logger
	db       *store.DB
	jobs     *job.Service
	catalog  *catalog.Catalog
	vendors  *vendors
	server   *httpd.Server
	accounts *account.Room
	changes  *change.Feed
	limits   *rate.Limits
	outbox   *mail.Outbox // nil: no e-mail is sent
	blobs    blob.Store
	place    string // where they are, for people
	extract  *extract.Extractor
	files    *file.Room
	closers  []func() error // in the order in which things were opened
}

// New opens the database, migrates it, and builds everything on it. Close the
// App when it is not needed any more.
func New(ctx context.Context, cfg *config.Config, o Options) (*App, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Log = cfg.Hide(o.Log)
	base, err := openBase(ctx, cfg, o)
	if err != nil {
		return nil, err
	}
	a, err := build(ctx, cfg, o, base)
	if err != nil {
		return nil, errors.Join(err, base.db.Close())
	}
	return a, nil
}

// base is what the command line's own work needs, too.
type base struct {
	db       *store.DB
	ledger   *usage.Ledger
	accounts *account.Room
	changes  *change.Feed
	limits   *rate.Limits
	outbox   *mail.Outbox // nil: no e-mail is sent
}

func openBase(ctx context.Context, cfg *config.Config, o Options) (*base, error) {
	plans, err := usage.LoadPlans(cfg.PlansFile)
	if err != nil {
		return nil, fmt.Errorf("app: %w", err)
	}
	if !plans.Has(cfg.DefaultPlan) {
		return nil, fmt.Errorf("app: PULSE_DEFAULT_PLAN: there is no plan %q", cfg.DefaultPlan)
	}
	db, err := store.Open(ctx, store.Options{URL: cfg.DatabaseURL.Reveal(), DataDir: cfg.DataDir, Log: o.Log})
	if err != nil {
		return nil, fmt.Errorf("app: %w", err)
	}
	ledger := usage.NewLedger(plans, o.Now)
	feed := change.New(db, o.Log)
	limits := rate.New(rate.Options{DB: db, Log: o.Log, Now: o.Now})
	outbox, err := openOutbox(cfg, o.Log)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	accounts, err := account.New(ctx, account.Options{
		DB: db, Ledger: ledger, Changes: feed, DefaultPlan: cfg.DefaultPlan, RegistrationOpen: cfg.RegistrationOpen, Secure: cfg.Secure(),
		Limits: limits, Outbox: outbox, PublicURL: cfg.PublicURL, Issuer: issuerOf(cfg), Log: o.Log, Now: o.Now,
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("app: %w", err), db.Close())
	}
	return &base{db, ledger, accounts, feed, limits, outbox}, nil
}

func build(ctx context.Context, cfg *config.Config, o Options, b *base) (*App, error) {
	models, err := catalog.Load(cfg.CatalogFile)
	if err != nil {
		return nil, fmt.Errorf("app: %w", err)
	}
	v, err := openVendors(ctx, cfg, provider.NewClient(o.Patience), o.Log)
	if err != nil {
		return nil, err
	}
	if err := v.announce(models); err != nil {
		return nil, err
	}
	server, err := httpd.New(httpd.Options{
		Log: o.Log, Version: o.Version, Now: o.Now, PublicURL: cfg.PublicURL, Origins: cfg.AllowedOrigins,
		TrustedProxies: cfg.TrustedProxies, RatePerMinute: cfg.RateLimit, Limits: b.limits, Authenticate: b.accounts.Authenticate,
		Ping: b.db.Ping, Page: o.Page,
	})
	if err != nil {
		return nil, fmt.Errorf("app: %w", err)
	}
	blobs, place, closeBlobs, err := openBlobs(ctx, cfg, o.Log)
	if err != nil {
		return nil, err
	}
	extractor := extract.New(extract.Options{CacheDir: cmp.Or(o.CacheDir, filepath.Join(cfg.DataDir, cacheFolder)), Log: o.Log})
	workshop := picture.New(picture.Options{})
	linkKey, err := store.SigningKey(ctx, b.db, file.LinkPurpose)
	if err != nil {
		return nil, fmt.Errorf("app: %w", err)
	}
	files := file.New(file.Options{
		DB: b.db, Blobs: blobs, Extract: extractor, Pictures: workshop, Changes: b.changes, LinkKey: linkKey, Log: o.Log, Now: o.Now,
	})
	service := job.NewService(job.Options{DB: b.db, Ledger: b.ledger, Changes: b.changes, Log: o.Log, Now: o.Now, Lease: o.Lease})
	pictures := image.New(image.Options{
		DB: b.db, Jobs: service, Catalog: models, Vendors: v.images, Files: blobs, Workshop: workshop, Links: files,
		DemoBesideReal: cfg.Demo == config.DemoOn, Log: o.Log, Now: o.Now,
	})
	chats := chat.New(chat.Options{
		DB: b.db, Jobs: service, Changes: b.changes, Catalog: models, Vendors: v.chat, Files: blobs, Extract: extractor, Fetch: o.Fetch,
		Painter: pictures, DemoBesideReal: cfg.Demo == config.DemoOn, Titles: cfg.Titles, Log: o.Log, Now: o.Now,
	})
	shown := jobs.New(service)
	b.accounts.Join(chats, files, shown) // a file goes after the messages that have it
	for _, room := range []interface{ Routes(api huma.API) }{b.accounts, chats, pictures, files, shown, changes.New(b.changes)} {
		room.Routes(server.API())
	}
	return &App{
		cfg: cfg, log: o.Log, db: b.db, jobs: service, catalog: models, vendors: v, server: server, accounts: b.accounts,
		changes: b.changes, limits: b.limits, outbox: b.outbox, blobs: blobs, place: place, extract: extractor, files: files,
		closers: []func() error{b.db.Close, closeBlobs, extractor.Close},
	}, nil
}

// The folders of the data folder.
const (
	blobFolder  = "blobs"
	cacheFolder = "cache" // may be deleted while Pulse is not running
)

// Close closes the database and the files. Call it after Serve has returned.
func (a *App) Close() error {
	var errs []error
	for _, closer := range slices.Backward(a.closers) {
		errs = append(errs, closer())
	}
	return errors.Join(errs...)
}

// API is the routes, for those who describe or walk them.
func (a *App) API() huma.API { return a.server.API() } //nolint:ireturn // huma has no other type for it

// About says in lines what is configured, for whoever starts Pulse.
func (a *App) About() []string {
	where := "SQLite in " + a.cfg.DataDir
	if a.db.Dialect() == store.PostgreSQL {
		where = "PostgreSQL"
	}
	models := a.vendors.about
	if len(models) == 0 {
		models = []string{"none has a key yet; the demo answers"}
		if a.cfg.Demo == config.DemoOff {
			models = []string{"none: set a key, e.g. OPENAI_API_KEY"}
		}
	}
	lines := make([]string, 0, 2+len(models))
	lines = append(lines, "data      "+where, "files     "+a.place)
	for i, m := range models {
		lines = append(lines, []string{"models    ", "          "}[min(i, 1)]+m)
	}
	return lines
}

// After the grace for running answers, how long the rest of the stop may take.
const stopTime = 5 * time.Second

// Serve does the work and answers requests until ctx ends. Then it takes
// nothing new, lets running answers end for as long as PULSE_SHUTDOWN_GRACE
// says, hands the rest over, and returns.
func (a *App) Serve(ctx context.Context, l net.Listener) error {
	a.jobs.Start()
	var background sync.WaitGroup
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	background.Go(func() { a.vendors.discover(work, a.catalog, a.log) })
	background.Go(func() { a.files.Keep(work) })
	background.Go(func() { a.accounts.Keep(work) })
	background.Go(func() { a.accounts.FetchPictures(work) })
	background.Go(func() { a.limits.Keep(work) })
	defer background.Wait()
	defer stopWork()

	failed := make(chan error, 1)
	go func() { failed <- a.server.Serve(l) }()
	var serveErr error
	select {
	case serveErr = <-failed:
	case <-ctx.Done():
		a.log.InfoContext(ctx, "stopping", "grace", a.cfg.ShutdownGrace)
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.cfg.ShutdownGrace)
	defer cancel()
	all, cancelAll := context.WithTimeout(context.WithoutCancel(ctx), a.cfg.ShutdownGrace+stopTime)
	defer cancelAll()
	err := a.server.Shutdown(all, func() {
		a.changes.End() // the pages find another process, or this one's next life
		a.jobs.Stop(grace)
	})
	if a.outbox != nil {
		a.outbox.Stop(all)
	}
	a.changes.Close() // what the last ends had to tell is told
	return errors.Join(serveErr, err)
}
