package chat

import (
	"log/slog"
	"time"

	"pulse/internal/blob"
	"pulse/internal/catalog"
	"pulse/internal/change"
	"pulse/internal/document/extract"
	"pulse/internal/fetch"
	"pulse/internal/job"
	"pulse/internal/provider"
	"pulse/internal/store"
)

// JobType is this room's type of job.
const JobType = "chat"

// Vendor is a configured provider of chat models.
type Vendor struct {
	Name    string // as people know it: "OpenAI"
	Chatter provider.Chatter
}

// Options are what the room works with.
type Options struct {
	DB      *store.DB
	Jobs    *job.Service
	Changes *change.Feed // hears what becomes of conversations; nil: nobody does
	Catalog *catalog.Catalog
	Vendors map[string]Vendor  // by the catalogue's provider id; only those that are configured
	Files   blob.Store         // where attached files are
	Extract *extract.Extractor // reads the files of requests to OpenAI's API
	Fetch   *fetch.Fetcher     // gets the pictures that they name; nil: from public addresses only
	Painter Painter            // models that answer with pictures; nil: there are none
	// DemoBesideReal lists the demo models also while real ones can be asked.
	DemoBesideReal bool
	Titles         bool // conversations are named by a model
	Log            *slog.Logger
	Now            func() time.Time // nil: time.Now
}

// Room answers chats.
type Room struct {
	db             *store.DB
	jobs           *job.Service
	changes        *change.Feed
	catalog        *catalog.Catalog
	vendors        map[string]Vendor
	files          blob.Store
	extract        *extract.Extractor
	fetch          *fetch.Fetcher
	painter        Painter
	demoBesideReal bool
	titles         bool
	log            *slog.Logger
	now            func() time.Time
	lines          *lines
}

// New makes the room and registers its kind of job.
func New(o Options) *Room {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Fetch == nil {
		o.Fetch = fetch.New(fetch.Options{})
	}
	r := &Room{
		db: o.DB, jobs: o.Jobs, changes: o.Changes, catalog: o.Catalog, vendors: o.Vendors, files: o.Files,
		extract: o.Extract, fetch: o.Fetch, painter: o.Painter, demoBesideReal: o.DemoBesideReal, titles: o.Titles, log: o.Log, now: o.Now,
		lines: newLines(),
	}
	o.Jobs.Register(job.Kind{Type: JobType, Subject: change.Conversation, Run: r.run, Replay: r.replay, Broken: broken, Submit: r.submit, Again: r.again})
	o.Jobs.Register(r.titleKind())
	o.Jobs.Register(r.completionKind())
	return r
}

func (r *Room) vendorName(id string) string {
	if v, ok := r.vendors[id]; ok {
		return v.Name
	}
	return id
}
