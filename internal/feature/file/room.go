package file

import (
	"log/slog"
	"time"

	"pulse/internal/blob"
	"pulse/internal/document/extract"
	"pulse/internal/store"
)

// Options are what the room works with.
type Options struct {
	DB      *store.DB
	Blobs   blob.Store
	Extract *extract.Extractor
	Log     *slog.Logger
	Now     func() time.Time // nil: time.Now
}

// Room keeps files.
type Room struct {
	db      *store.DB
	blobs   blob.Store
	extract *extract.Extractor
	log     *slog.Logger
	now     func() time.Time
	queues  queues
}

// New makes the room.
func New(o Options) *Room {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Room{
		db: o.DB, blobs: o.Blobs, extract: o.Extract, log: o.Log, now: o.Now, queues: queues{of: map[string]*queue{}},
	}
}

// keys is what the keys of all blobs of this room begin with.
const keys = "files/"

func keyOf(userID, id string) string { return keys + userID + "/" + id }
