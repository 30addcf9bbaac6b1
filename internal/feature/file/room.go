package file

import (
	"log/slog"
	"time"

	"golang.org/x/sync/singleflight"

	"pulse/internal/blob"
	"pulse/internal/change"
	"pulse/internal/document/extract"
	"pulse/internal/picture"
	"pulse/internal/store"
)

// Options are what the room works with.
type Options struct {
	DB       *store.DB
	Blobs    blob.Store
	Extract  *extract.Extractor
	Pictures *picture.Workshop
	Changes  *change.Feed // hears that a job has a picture less; nil: nobody does
	LinkKey  []byte       // what links are signed with: store.SigningKey for LinkPurpose
	Log      *slog.Logger
	Now      func() time.Time // nil: time.Now
}

// Room keeps files.
type Room struct {
	db       *store.DB
	blobs    blob.Store
	extract  *extract.Extractor
	pictures *picture.Workshop
	changes  *change.Feed
	linkKey  []byte
	log      *slog.Logger
	now      func() time.Time
	queues   queues
	making   singleflight.Group // thumbnails, by the id of the file
	turns    turns              // whose thumbnail is made
}

// New makes the room.
func New(o Options) *Room {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Room{
		db: o.DB, blobs: o.Blobs, extract: o.Extract, pictures: o.Pictures, changes: o.Changes, linkKey: o.LinkKey, log: o.Log, now: o.Now,
		queues: queues{of: map[string]*queue{}}, turns: turns{of: map[string]*turn{}},
	}
}

// keys is what the keys of uploads begin with.
const keys = "files/"

func keyOf(userID, id string) string { return keys + userID + "/" + id }

// folders are what the keys of all blobs begin with that a file's row names: of
// uploads, of pictures that jobs have made, and of thumbnails. Behind each comes
// the person's id.
var folders = []string{keys, "images/", picture.ThumbnailKeys}
