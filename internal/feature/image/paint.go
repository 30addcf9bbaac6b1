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
// to charge. A job that is run again gets what its earlier run has made.
func (r *Room) Paint(ctx context.Context, run *job.Run, w picture.Wish) (picture.Kept, usage.Charge, error) {
	m, known := r.catalog.Image(w.Model)
	v, configured := r.vendors[m.Provider]
	if !known || !configured {
		return picture.Kept{}, usage.Charge{}, errNotConfigured()
	}
	rows, err := r.db.Read().FilesOfJob(context.WithoutCancel(ctx), query.FilesOfJobParams{JobID: run.Job.ID, UserID: run.Job.UserID})
	if err != nil {
		return picture.Kept{}, usage.Charge{}, err
	}
	var row query.FilesOfJobRow
	if len(rows) > 0 {
		row = rows[0]
	} else if row, err = r.paint(ctx, run, m, v, w); err != nil {
		return picture.Kept{}, usage.Charge{}, err
	}
	made := recordOf(row)
	kept := picture.Kept{
		FileID: row.ID, Name: row.Name, Size: row.Size, Width: int(row.Width), Height: int(row.Height), Origin: made.Origin,
	}
	charge, err := usage.ImageCharge(m, store.Time(run.Job.CreatedAt), 1, made.Took)
	return kept, charge, err
}

func (r *Room) paint(ctx context.Context, run *job.Run, m catalog.Model, v Vendor, w picture.Wish) (query.FilesOfJobRow, error) {
	inputs, err := r.load(ctx, run.Job.UserID, w.Inputs)
	if err != nil {
		return query.FilesOfJobRow{}, err
	}
	done, err := r.make(ctx, run.Job.UserID, m, v, w, inputs)
	if err != nil {
		return query.FilesOfJobRow{}, err
	}
	return r.keep(ctx, run, 0, 1, done, func(f query.FilesOfJobRow, store store.TxFunc) error {
		const nearly = 99 // percent: the answer's end is all that is left
		return run.Keep(nearly, progress{Percent: nearly, File: fileOf(f)}, store)
	})
}
