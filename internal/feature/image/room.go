package image

import (
	"log/slog"
	"time"

	"golang.org/x/sync/semaphore"

	"pulse/internal/blob"
	"pulse/internal/catalog"
	"pulse/internal/job"
	"pulse/internal/picture"
	"pulse/internal/provider"
	"pulse/internal/store"
)

// JobType is this room's type of job.
const JobType = "image"

// Vendor is a configured provider of models that make pictures.
type Vendor struct {
	Name   string // as people know it: "OpenAI"
	Imager provider.Imager
}

// Links are addresses of files that need no session.
type Links interface {
	// Link gives one that begins with base, and until when it leads anywhere.
	Link(base, fileID string) (url string, expires time.Time)
}

// Options are what the room works with.
type Options struct {
	DB       *store.DB
	Jobs     *job.Service
	Catalog  *catalog.Catalog
	Vendors  map[string]Vendor // by the catalogue's provider id; only those that are configured
	Files    blob.Store
	Workshop *picture.Workshop
	Links    Links
	// DemoBesideReal lists the demo models also while real ones can be asked.
	DemoBesideReal bool
	Log            *slog.Logger
	Now            func() time.Time // nil: time.Now
}

// Room makes pictures.
type Room struct {
	db             *store.DB
	jobs           *job.Service
	catalog        *catalog.Catalog
	vendors        map[string]Vendor
	files          blob.Store
	workshop       *picture.Workshop
	links          Links
	demoBesideReal bool
	log            *slog.Logger
	now            func() time.Time

	underway *semaphore.Weighted // bytes
}

const (
	// mostUnderway is how much memory the pictures may take that are being waited
	// for, with those that go along: about 120 of the usual size, and 8 of the largest.
	mostUnderway = 1 << 30
	// bytesAPixel is what one takes on its way through an SDK, which has it as text,
	// as bytes and as JSON at once (measured with a 4K picture: 130 MB).
	bytesAPixel = 8
	leastPixels = 1 << 20
	// copies is how often an SDK has what goes along: as bytes, and in the request.
	copies = 3
)

// memoryOf is what a picture of that size takes on its way, with so many bytes along.
func memoryOf(s catalog.PictureSize, along int64) int64 {
	return min(max(s.Width*s.Height, leastPixels)*bytesAPixel+copies*along, mostUnderway)
}

// New makes the room and registers its kind of job.
func New(o Options) *Room {
	if o.Now == nil {
		o.Now = time.Now
	}
	r := &Room{
		db: o.DB, jobs: o.Jobs, catalog: o.Catalog, vendors: o.Vendors, files: o.Files, workshop: o.Workshop, links: o.Links,
		demoBesideReal: o.DemoBesideReal, log: o.Log, now: o.Now, underway: semaphore.NewWeighted(mostUnderway),
	}
	o.Jobs.Register(job.Kind{
		Type: JobType, Run: r.run, Replay: r.replay, Results: r.results, Deleted: r.deleted, Submit: r.submit, Again: r.again,
	})
	return r
}

func (r *Room) vendorName(id string) string {
	if v, ok := r.vendors[id]; ok {
		return v.Name
	}
	return id
}
