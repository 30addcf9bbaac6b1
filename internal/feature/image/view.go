package image

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"pulse/internal/fault"
	"pulse/internal/httpd"
	"pulse/internal/job"
	"pulse/internal/store"
	"pulse/internal/store/query"
)

// File is a picture of a job.
type File struct {
	ID           string     `json:"id"`
	Index        int64      `json:"index" doc:"Which of the pictures asked for, from 0"`
	Name         string     `json:"name"`
	ContentType  string     `json:"content_type"`
	Size         int64      `json:"size" doc:"Bytes"`
	Width        int64      `json:"width"`
	Height       int64      `json:"height"`
	Seed         *int64     `json:"seed,omitempty" doc:"What it was made with"`
	Revised      string     `json:"revised_prompt,omitempty" doc:"The prompt as the provider changed it"`
	ThumbnailURL string     `json:"thumbnail_url" doc:"For its owner, while signed in"`
	URL          string     `json:"url,omitempty" doc:"For anybody, until expires_at; its owner has /api/v1/files/{id} for good"`
	ExpiresAt    *time.Time `json:"expires_at,omitempty"`
	CreatedAt    time.Time  `json:"created_at"`
}

// Failure is a picture that is not there.
type Failure struct {
	Index  int    `json:"index"`
	Type   string `json:"type" doc:"As of a problem document"`
	Detail string `json:"detail"`
}

// result is what a job leaves in its row. Its files are rows of their own.
type result struct {
	Delivered int       `json:"delivered"` // at the end; some may have been deleted since
	Failed    []Failure `json:"failed"`
	Notes     []string  `json:"notes"`
}

// Result is how it is shown.
type Result struct {
	Files []*File `json:"files"`
	result
}

func (m *making) notes() []string {
	if m.model.Making == nil {
		return []string{}
	}
	return orEmpty(notes(m.model, &m.work.Wish))
}

func (m *making) result() result {
	r := result{Delivered: len(m.files), Failed: []Failure{}, Notes: m.notes()}
	for i := range m.work.Count {
		if err, failed := m.failed[i]; failed {
			r.Failed = append(r.Failed, *failureOf(i, err))
		}
	}
	return r
}

func failureOf(index int, err error) *Failure {
	f := fault.From(err)
	return &Failure{index, f.Kind(), f.Message}
}

func fileOf(f query.FilesOfJobRow) *File {
	made := recordOf(f)
	return &File{
		ID: f.ID, Index: f.Position, Name: f.Name, ContentType: f.ContentType, Size: f.Size, Width: f.Width, Height: f.Height, Seed: made.Seed,
		Revised: made.RevisedPrompt, ThumbnailURL: "/api/v1/files/" + f.ID + "/thumbnail", CreatedAt: store.Time(f.CreatedAt),
	}
}

// results shows the files that one person's jobs have by now, with links that work
// for a day.
func (r *Room) results(ctx context.Context, q *query.Queries, jobs []*job.Job) error {
	base := httpd.BaseURL(ctx)
	ids := make([]string, len(jobs))
	for i, j := range jobs {
		ids[i] = j.ID
	}
	rows, err := q.FilesOfJobs(ctx, query.FilesOfJobsParams{UserID: jobs[0].UserID, FirstJob: slices.Min(ids), LastJob: slices.Max(ids)})
	if err != nil {
		return err
	}
	of := map[string][]query.FilesOfJobRow{}
	for _, row := range rows {
		of[row.JobID] = append(of[row.JobID], query.FilesOfJobRow{
			ID: row.ID, Name: row.Name, ContentType: row.ContentType, Size: row.Size, Width: row.Width, Height: row.Height,
			Position: row.Position, Origin: row.Origin, CreatedAt: row.CreatedAt,
		})
	}
	for _, j := range jobs {
		shown := Result{Files: []*File{}, result: result{Failed: []Failure{}, Notes: []string{}}}
		if err := json.Unmarshal([]byte(j.Result), &shown.result); err != nil {
			return fmt.Errorf("image: result of job %s: %w", j.ID, err)
		}
		for _, row := range of[j.ID] {
			f := fileOf(row)
			url, expires := r.links.Link(base, f.ID)
			f.URL, f.ExpiresAt = url, &expires
			shown.Files = append(shown.Files, f)
		}
		data, err := json.Marshal(shown)
		if err != nil {
			return fmt.Errorf("image: result of job %s: %w", j.ID, err)
		}
		j.Result = string(data)
	}
	return nil
}

// replay gives the events of a job that has ended, from what is kept.
func (r *Room) replay(ctx context.Context, q *query.Queries, j job.Job) ([]job.Content, error) {
	w, err := workOf(j)
	if err != nil {
		return nil, err
	}
	rows, err := q.FilesOfJob(ctx, query.FilesOfJobParams{JobID: j.ID, UserID: j.UserID})
	if err != nil {
		return nil, err
	}
	var left result
	if err := json.Unmarshal([]byte(j.Result), &left); err != nil {
		return nil, fmt.Errorf("image: result of job %s: %w", j.ID, err)
	}
	var told replayed
	told.add(job.EventStart, beginningOf(j, w))
	for i, row := range rows {
		told.add(job.EventProgress, progress{Percent: int64(100 * (i + 1) / w.Count), Index: int(row.Position), File: fileOf(row)})
	}
	for i := range left.Failed {
		told.add(job.EventProgress, progress{Percent: int64(100 * (len(rows) + i + 1) / w.Count), Index: left.Failed[i].Index, Failed: &left.Failed[i]})
	}
	if job.Status(j.Status) != job.Failed { // the pipeline adds the error
		told.add(job.EventDone, ending{job.Status(j.Status), len(rows), len(left.Failed)})
	}
	return told.contents, told.err
}

// replayed gathers events.
type replayed struct {
	contents []job.Content
	err      error
}

func (p *replayed) add(kind job.EventKind, v any) {
	data, err := json.Marshal(v)
	if err != nil && p.err == nil {
		p.err = fmt.Errorf("image: an event: %w", err)
	}
	p.contents = append(p.contents, job.Content{Kind: kind, Data: data})
}

// deleted removes the files of a job that is being deleted, but for those that a
// message has: they go with it.
func (r *Room) deleted(ctx context.Context, q *query.Queries, j job.Job) (then func(context.Context), err error) {
	rows, err := q.DeleteFilesOfJob(ctx, query.DeleteFilesOfJobParams{JobID: j.ID, UserID: j.UserID})
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) {
		for _, f := range rows {
			for _, key := range slices.DeleteFunc([]string{f.BlobKey, f.ThumbnailKey}, func(k string) bool { return k == "" }) {
				if err := r.files.Delete(ctx, key); err != nil { // the sweep finds it
					r.log.WarnContext(ctx, "the bytes of a deleted picture are left for the sweep", "file_id", f.ID, "error", err)
				}
			}
		}
	}, nil
}
