package image

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"strconv"
	"strings"
	"unicode/utf8"

	"pulse/internal/blob"
	"pulse/internal/catalog"
	"pulse/internal/fault"
	"pulse/internal/httpd"
	"pulse/internal/job"
	"pulse/internal/picture"
	"pulse/internal/provider"
	"pulse/internal/store"
	"pulse/internal/store/query"
)

// made is a picture that came, and what it took.
type made struct {
	picture.Made

	record record
}

// record is what a file's row says of how the picture was made.
type record struct {
	picture.Origin

	Took provider.ImageUsage `json:"took"`
}

func recordOf(f query.FilesOfJobRow) record {
	var r record
	_ = json.Unmarshal([]byte(f.Origin), &r) // it was written here; without it the picture is still there
	return r
}

// find looks for the pictures that go along.
func (r *Room) find(ctx context.Context, userID string, ids []string) (files []query.PictureToSendRow, size int64, err error) {
	for _, id := range ids {
		f, err := r.db.Read().PictureToSend(ctx, query.PictureToSendParams{ID: id, UserID: userID})
		if store.NotFound(err) {
			return nil, 0, errInputGone()
		}
		if err != nil {
			return nil, 0, err
		}
		files = append(files, f)
		size += f.Size
	}
	return files, size, nil
}

func (r *Room) load(ctx context.Context, files []query.PictureToSendRow) ([]provider.Image, error) {
	images := make([]provider.Image, 0, len(files))
	for _, f := range files {
		data, err := blob.Read(ctx, r.files, f.BlobKey, f.Size)
		if errors.Is(err, blob.ErrNotFound) {
			return nil, errInputGone()
		}
		if err != nil {
			return nil, err
		}
		images = append(images, provider.Image{ContentType: f.ContentType, Data: data})
	}
	return images, nil
}

func errInputGone() error {
	return fault.New(fault.NotFound, "A picture that was to go along is not there any more. Choose another one.")
}

// make has a vendor make one picture, and makes of it what is kept.
func (r *Room) make(ctx context.Context, userID string, m catalog.Model, v Vendor, w picture.Wish) (made, error) {
	size, _ := m.Making.Size(w.Size) // the wish is in order
	quality, _ := m.Making.Quality(w.Quality)
	files, along, err := r.find(ctx, userID, w.Inputs)
	if err != nil {
		return made{}, err
	}
	memory := memoryOf(size, along)
	if err := r.underway.Acquire(ctx, memory); err != nil {
		return made{}, context.Cause(ctx)
	}
	defer r.underway.Release(memory)
	inputs, err := r.load(ctx, files)
	if err != nil {
		return made{}, err
	}
	req := provider.ImageRequest{
		Model: m.VendorID, Prompt: written(m, &w), Size: size.Ask, Quality: quality.ID, Inputs: inputs, UserHash: provider.UserHash(userID),
	}
	if m.Making.Takes(catalog.NegativePrompt) && !m.Making.Writes(catalog.NegativePrompt) {
		req.NegativePrompt = w.NegativePrompt
	}
	if m.Making.Takes(catalog.GuidanceScale) {
		req.GuidanceScale = w.GuidanceScale
	}
	if m.Making.Takes(catalog.Seed) {
		req.Seed = w.Seed
	}
	answer, err := v.Imager.Image(ctx, req)
	if err != nil {
		return made{}, r.explain(err, m.Provider)
	}
	took := answer.Usage
	if took.Zero() {
		took = estimate(m, w, 1)
	}
	fit := image.Point{}
	if size.Scale {
		fit = image.Pt(int(size.Width), int(size.Height))
	}
	origin := picture.Origin{
		Prompt: w.Prompt, NegativePrompt: w.NegativePrompt, Model: m.ID, ModelName: m.Name, Provider: m.Provider, Size: w.Size, Quality: w.Quality,
		GuidanceScale: w.GuidanceScale, Seed: req.Seed, Edited: len(inputs) > 0, RevisedPrompt: answer.Revised, Demo: m.Demo, CreatedAt: r.now().UTC(),
	}
	// It is paid for: from here on it is finished, whatever is asked meanwhile.
	done, err := r.workshop.Make(context.WithoutCancel(ctx), answer.Image.Data, fit, origin)
	if err != nil {
		f := fault.Wrap(err, fault.Upstream, r.vendorName(m.Provider)+" sent a picture that cannot be read. Try again; this one is not counted.")
		f.Type = string(provider.KindMalformed)
		return made{}, f
	}
	return made{done, record{origin, took}}, nil
}

// explain turns a provider's failure into what a person reads.
func (r *Room) explain(err error, providerID string) error {
	if pe, ok := errors.AsType[*provider.Error](err); ok {
		return pe.Fault(r.vendorName(providerID))
	}
	return err
}

// estimate is about what pictures take, for quotes, and where the vendor does not say.
func estimate(m catalog.Model, w picture.Wish, count int) provider.ImageUsage {
	const perToken = 4 // characters; the larger of two rough counts
	text := written(m, &w)
	size, _ := m.Making.Size(w.Size)
	quality, _ := m.Making.Quality(w.Quality)
	prompt := max(utf8.RuneCountInString(text)/perToken, len(text)/3) + 1 //nolint:mnd // bytes a token in other scripts
	const perInput = 1500                                                 // tokens of a picture that goes along, about
	n := int64(count)
	return provider.ImageUsage{
		Input: n * int64(prompt), ImageInput: n * perInput * int64(len(w.Inputs)), Output: n * m.Making.PictureTokens(size, quality), Estimated: true,
	}
}

// keep stores a picture: its bytes first, then the row, with what else store does
// in its transaction. What a crash leaves between the two the sweep finds.
func (r *Room) keep(
	ctx context.Context, run *job.Run, index, count int, m made, tell func(query.FilesOfJobRow, store.TxFunc) error,
) (query.FilesOfJobRow, error) {
	ctx = context.WithoutCancel(ctx)
	j := run.Job
	key := fmt.Sprintf("images/%s/%s/%d.png", j.UserID, j.ID, index)
	if j.Fence > 1 { // a run that has lost the job unknowingly must not write over what this one keeps
		key = fmt.Sprintf("images/%s/%s/%d-%d.png", j.UserID, j.ID, index, j.Fence)
	}
	about := blob.About{Size: int64(len(m.PNG)), ContentType: contentType, Metadata: map[string]string{"job": j.ID, "index": strconv.Itoa(index), "model": j.Model}}
	if err := r.files.Put(ctx, key, bytes.NewReader(m.PNG), about); err != nil {
		return query.FilesOfJobRow{}, storing(err)
	}
	sum := sha256.Sum256(m.PNG)
	origin, err := json.Marshal(m.record)
	if err != nil {
		return query.FilesOfJobRow{}, fmt.Errorf("image: origin of a picture of job %s: %w", j.ID, err)
	}
	row := query.InsertFileParams{
		ID: store.NewID(), UserID: j.UserID, Name: nameOf(m.record.Prompt, index, count), ContentType: contentType, Kind: "image",
		Size: int64(len(m.PNG)), Sha256: hex.EncodeToString(sum[:]), BlobKey: key, Width: int64(m.Width), Height: int64(m.Height),
		JobID: j.ID, Position: int64(index), Origin: store.Text(string(origin)), CreatedAt: store.Millis(r.now()),
	}
	if err := r.putThumbnail(ctx, &row, m.Thumbnail); err != nil {
		return query.FilesOfJobRow{}, storing(err)
	}
	kept := query.FilesOfJobRow{
		ID: row.ID, Name: row.Name, ContentType: row.ContentType, Size: row.Size, Width: row.Width, Height: row.Height,
		Position: row.Position, Origin: row.Origin, CreatedAt: row.CreatedAt,
	}
	if err := tell(kept, func(ctx context.Context, q *query.Queries) error { return q.InsertFile(ctx, row) }); err != nil {
		return query.FilesOfJobRow{}, storing(err)
	}
	return kept, nil
}

// putThumbnail stores the small picture beside the large one.
func (r *Room) putThumbnail(ctx context.Context, row *query.InsertFileParams, t picture.Thumbnail) error {
	if len(t.Data) == 0 {
		return nil // it is made when somebody asks for it
	}
	row.ThumbnailKey, row.ThumbnailType, row.ThumbnailSize = picture.ThumbnailKey(row.UserID, row.ID), t.ContentType, int64(len(t.Data))
	sum := sha256.Sum256(t.Data)
	row.ThumbnailSha256 = hex.EncodeToString(sum[:])
	return r.files.Put(ctx, row.ThumbnailKey, bytes.NewReader(t.Data), blob.About{Size: row.ThumbnailSize, ContentType: t.ContentType})
}

const contentType = "image/png"

// storing tells a full disk from bugs.
func storing(err error) error {
	if errors.Is(err, job.ErrLeaseLost) {
		return err
	}
	if errors.Is(err, blob.ErrFull) || store.Full(err) {
		return fault.Wrap(err, fault.Full, "The server's disk is full, so this picture could not be stored. It is not counted. Please tell your administrator.")
	}
	return fault.Wrap(err, fault.Unavailable, "This picture could not be stored just now. It is not counted; try again in a moment.")
}

// nameOf names a picture by the first words of its prompt.
func nameOf(prompt string, index, count int) string {
	const most = 60 // characters
	name := strings.Map(func(c rune) rune {
		if strings.ContainsRune(`\/:*?"<>|`, c) {
			return ' '
		}
		return c
	}, prompt)
	runes := []rune(strings.Join(strings.Fields(name), " "))
	name = strings.Trim(string(runes[:min(len(runes), most)]), " .")
	if name == "" {
		name = "Image"
	}
	if count > 1 {
		name = fmt.Sprintf("%s %d", name, index+1)
	}
	return httpd.CleanName(name + ".png")
}
