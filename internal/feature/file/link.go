package file

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"strconv"
	"time"

	"pulse/internal/actor"
	"pulse/internal/blob"
	"pulse/internal/fault"
	"pulse/internal/httpd"
	"pulse/internal/store"
	"pulse/internal/store/query"
)

const (
	// LinkPurpose is what the key is for that links are signed with (store.SigningKey).
	LinkPurpose = "file-links"

	// linkTime is how long a link leads to its file.
	linkTime = 24 * time.Hour
	// elsewhereTime is how long an address of the blob store does, to which a link
	// sends: nobody can take that one back, as by deactivating a person.
	elsewhereTime = 5 * time.Minute
)

// Link gives an address of a file for whoever has it, and until when it leads
// there; base is what it begins with. Whether the file exists and whose it is has
// been found out before, or is when somebody follows it.
func (r *Room) Link(base, fileID string) (url string, expires time.Time) {
	expires = r.now().Add(linkTime).Truncate(time.Second).UTC()
	until := strconv.FormatInt(expires.Unix(), 10)
	return base + "/api/v1/files/" + fileID + "/shared?expires=" + until + "&signature=" + r.sign(fileID, until), expires
}

// sign signs a file and a time. It tells the two apart, and what else may be
// signed one day, by lines that neither has.
func (r *Room) sign(fileID, until string) string {
	mac := hmac.New(sha256.New, r.linkKey)
	_, _ = mac.Write([]byte("shared file\n" + fileID + "\n" + until)) // a hash takes everything
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// Linked is an address of a file for whoever has it.
type Linked struct {
	URL       string    `json:"url" doc:"It needs no sign-in: whoever has it can read the file"`
	ExpiresAt time.Time `json:"expires_at"`
}

type linkedOutput struct{ Body Linked }

func (r *Room) link(ctx context.Context, in *named) (*linkedOutput, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := r.db.Read().GetFile(ctx, query.GetFileParams{ID: in.ID, UserID: a.ID}); err != nil {
		return nil, notFound(err)
	}
	url, expires := r.Link(httpd.BaseURL(ctx), in.ID)
	return &linkedOutput{Body: Linked{URL: url, ExpiresAt: expires}}, nil
}

// sharedInput is a link as it was followed. What is no link of ours is one that
// leads nowhere, and no wrong request.
type sharedInput struct {
	ID        string `path:"id" maxLength:"64"`
	Expires   string `query:"expires" maxLength:"100" doc:"When it expires, in seconds since 1970"`
	Signature string `query:"signature" maxLength:"100"`
}

// noLink says the same of a link that nobody has made, of a file that is gone and
// of a person who is.
func noLink() error {
	return fault.New(fault.NotFound, "This link leads nowhere. Perhaps it is not whole, or the file was deleted.")
}

// shared gives a file to whoever has a link to it.
func (r *Room) shared(ctx context.Context, in *sharedInput) (*httpd.Content, error) {
	if subtle.ConstantTimeCompare([]byte(in.Signature), []byte(r.sign(in.ID, in.Expires))) != 1 {
		return nil, noLink()
	}
	until, err := strconv.ParseInt(in.Expires, 10, 64)
	if err != nil { // we have not signed such
		return nil, noLink()
	}
	left := time.Unix(until, 0).Sub(r.now())
	if left <= 0 {
		return nil, fault.New(fault.Gone, "This link has expired. Ask whoever gave it to you for another one.")
	}
	f, err := r.db.Read().GetLinkedFile(ctx, in.ID)
	if store.NotFound(err) {
		return nil, noLink()
	}
	if err != nil {
		return nil, err
	}
	c := r.content(stored{key: f.BlobKey, name: f.Name, contentType: f.ContentType, kind: f.Kind, size: f.Size, hash: f.Sha256})
	c.Keep, c.Shared = min(left, linkTime), true
	if signer, ok := r.blobs.(blob.Signer); ok {
		c.Elsewhere, err = signer.Sign(ctx, f.BlobKey, min(left, elsewhereTime), blob.Serve{ContentType: c.Type, ContentDisposition: c.Disposition()})
		return c, err
	}
	return c, r.there(ctx, f.BlobKey)
}
