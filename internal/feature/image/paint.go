package image

import (
	"context"

	"pulse/internal/actor"
	"pulse/internal/catalog"
	"pulse/internal/job"
	"pulse/internal/picture"
	"pulse/internal/store"
	"pulse/internal/store/query"
	"pulse/internal/usage"
)

// Ready checks a wish for Paint and gives it complete. Its wrong fields are named
// as those of POST /api/v1/images/generate.
func (r *Room) Ready(ctx context.Context, a actor.Actor, w picture.Wish) (picture.Wish, error) {
	ready, err := r.check(ctx, a, ImageRequest{
		Model: w.Model, Prompt: w.Prompt, NegativePrompt: w.NegativePrompt, Count: 1, Size: w.Size, Quality: w.Quality,
		GuidanceScale: w.GuidanceScale, Seed: w.Seed, ImageFileIDs: w.Inputs,
	})
	if err != nil {
		return picture.Wish{}, err
	}
	if ready.work.Seed == nil {
		ready.work.Seed = ready.work.BaseSeed
	}
	return ready.work.Wish, nil
}

// Paint makes one picture for the job of another room, as its file, and says what
// to charge. A job that is run again gets what its earlier run has made. said
// gives the data of the event that tells of the picture.
func (r *Room) Paint(ctx context.Context, run *job.Run, w picture.Wish, said func(picture.Kept) any) (picture.Kept, usage.Charge, error) {
	m, known := r.catalog.Image(w.Model)
	v, configured := r.vendors[m.Provider]
	if !known || !configured {
		return picture.Kept{}, usage.Charge{}, errNotConfigured()
	}
	rows, err := r.madeBefore(run)
	if err != nil {
		return picture.Kept{}, usage.Charge{}, err
	}
	var row query.FilesOfJobRow
	if len(rows) > 0 {
		row = rows[0]
		_ = run.Keep(nearly, said(keptOf(row)), nothing) // its readers were told to forget; what cannot be told is in the end
	} else if row, err = r.paint(ctx, run, m, v, w, said); err != nil {
		return picture.Kept{}, usage.Charge{}, err
	}
	charge, err := usage.ImageCharge(m, store.Time(run.Job.CreatedAt), 1, recordOf(row).Took)
	return keptOf(row), charge, err
}

// nearly is how far a job is whose picture is there, in percent: its end is all
// that is left.
const nearly = 99

func keptOf(row query.FilesOfJobRow) picture.Kept {
	return picture.Kept{
		FileID: row.ID, Name: row.Name, Size: row.Size, Width: int(row.Width), Height: int(row.Height), Origin: recordOf(row).Origin,
	}
}

// About is about what a wish costs.
func (r *Room) About(w picture.Wish) (usage.Nanos, error) {
	m, known := r.catalog.Image(w.Model)
	if !known {
		return 0, errNotConfigured()
	}
	c, err := usage.ImageCharge(m, r.now(), 1, estimate(m, w, 1))
	return c.Cost(), err
}

func (r *Room) paint(
	ctx context.Context, run *job.Run, m catalog.Model, v Vendor, w picture.Wish, said func(picture.Kept) any,
) (query.FilesOfJobRow, error) {
	done, err := r.make(ctx, run.Job.UserID, m, v, w)
	if err != nil {
		return query.FilesOfJobRow{}, err
	}
	return r.keep(ctx, run, 0, 1, done, func(f query.FilesOfJobRow, store store.TxFunc) error {
		return run.Keep(nearly, said(keptOf(f)), store)
	})
}
