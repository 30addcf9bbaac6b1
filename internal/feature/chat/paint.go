package chat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"pulse/internal/actor"
	"pulse/internal/catalog"
	"pulse/internal/fault"
	"pulse/internal/job"
	"pulse/internal/picture"
	"pulse/internal/provider"
	"pulse/internal/store/query"
	"pulse/internal/usage"
)

// Painter makes pictures. It is another room, which this one knows by no more
// than this.
type Painter interface {
	// Offered are the models that people see, and Unavailable says why one of them
	// cannot be asked; empty when it can.
	Offered() []catalog.Model
	Unavailable(m catalog.Model) string
	// Ready checks a wish and gives it complete. Its wrong fields are prompt and
	// image_file_ids.
	Ready(ctx context.Context, a actor.Actor, w picture.Wish) (picture.Wish, error)
	// About is about what a wish costs.
	About(w picture.Wish) (usage.Nanos, error)
	// Paint makes one picture for a job, and gives what an earlier run has made. said
	// gives the data of the event that tells of it.
	Paint(ctx context.Context, run *job.Run, w picture.Wish, said func(picture.Kept) any) (picture.Kept, usage.Charge, error)
}

// imageModel finds a model that makes pictures.
func (r *Room) imageModel(id string) (catalog.Model, bool) {
	if r.painter == nil {
		return catalog.Model{}, false
	}
	return r.catalog.Image(id)
}

// paints tells that a model answers with a picture.
func paints(m catalog.Model) bool { return m.Making != nil }

// wishFor makes of a question the wish for a picture: its text is the prompt, and
// what was said before is not sent. The question stands at a place in the request;
// empty: the request named a model alone.
func (r *Room) wishFor(ctx context.Context, a actor.Actor, q *asked, at string) error {
	question := q.turns[len(q.turns)-1]
	var wrong []fault.Field
	for n, f := range question.Files {
		if f.Kind != kindImage {
			wrong = append(wrong, fault.Field{
				Location: fmt.Sprintf("body.image_file_ids[%d]", n),
				Message:  q.model.Name + " makes pictures, from words and pictures; it does not read files. Leave it out, or choose another model",
			})
		}
	}
	if len(wrong) > 0 {
		f := fault.New(fault.Invalid, "The request does not fit the model.")
		f.Fields = wrong
		return placed(f, at)
	}
	wish, err := r.painter.Ready(ctx, a, picture.Wish{
		Model: q.model.ID, Prompt: question.Text, Count: 1, Inputs: inputsOf(q.model, q.turns),
	})
	if err != nil {
		return placed(err, at)
	}
	q.wish = &wish
	return nil
}

// inputsOf are the pictures that go along with a question: its own, or those of the
// nearest message before it that has any which the model takes. So "make it bluer"
// changes the picture that was made or shown last.
func inputsOf(m catalog.Model, turns []turn) []string {
	var ids []string
	question := turns[len(turns)-1]
	for _, f := range question.Files {
		ids = append(ids, f.ID)
	}
	if len(ids) > 0 {
		return ids // all of them: what is wrong with one is said
	}
	m.Images = m.Making.Edit
	for _, t := range slices.Backward(turns[:len(turns)-1]) {
		room := m.Images.Room()
		for _, f := range t.Files {
			if f.Kind == kindImage && m.RefusesImage(f.ContentType, f.Size, f.Width, f.Height) == "" && room.Take(f.Size) {
				ids = append(ids, f.ID)
			}
		}
		if len(ids) > 0 {
			return ids
		}
	}
	return nil
}

// placed names the painter's fields as those of a question.
func placed(err error, at string) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || len(f.Fields) == 0 {
		return err
	}
	if at == "" {
		return fault.BadField("body.model", f.Fields[0].Message)
	}
	moved := *f
	moved.Fields = slices.Clone(f.Fields)
	for i := range moved.Fields {
		where := &moved.Fields[i].Location
		if rest, ok := strings.CutPrefix(*where, "body.image_file_ids"); ok {
			*where = at + ".files" + rest
			moved.Type = "model_cannot_see"
		} else if *where == "body.prompt" {
			*where = at + ".content"
		}
	}
	return &moved
}

// paint answers with a picture.
func (r *Room) paint(ctx context.Context, run *job.Run, w work) job.Outcome {
	if r.painter == nil { // the configuration changed between a crash and its repair
		return r.painted(run, w, nil, "", fault.New(fault.Unavailable, "This model is not configured on this server any more. Choose another one."), nil)
	}
	kept, charge, err := r.painter.Paint(ctx, run, *w.Wish, func(k picture.Kept) any { return progressOf(fileOfAnswer(k)) })
	if err != nil {
		finish := provider.FinishReason("")
		if errors.Is(context.Cause(ctx), job.ErrCancelled) {
			finish, err = provider.FinishCancelled, job.ErrCancelled
		}
		return r.painted(run, w, nil, finish, err, nil)
	}
	return r.painted(run, w, []AttachedFile{fileOfAnswer(kept)}, provider.FinishStop, nil, []usage.Charge{charge})
}

// painted keeps the picture with the answer, or why there is none.
func (r *Room) painted(
	run *job.Run, w work, files []AttachedFile, finish provider.FinishReason, err error, charges []usage.Charge,
) job.Outcome {
	o := job.Outcome{
		Err: err, Charges: charges, Result: result{w.ConversationID, w.AnswerID, finish, files},
		Done: endingOf(finish, finish == provider.FinishCancelled, charges),
	}
	if w.First && r.titles {
		o.Then = func(ctx context.Context) { r.askForTitle(ctx, run.Job, w) }
	}
	o.Write = func(ctx context.Context, q *query.Queries, status job.Status, f *fault.Error) error {
		kept, err := finishAnswer(ctx, q, f, query.FinishMessageParams{
			Status: string(status), FinishReason: string(finish), ID: w.AnswerID, UserID: run.Job.UserID,
		})
		if err != nil || !kept {
			return err // of a conversation that was deleted meanwhile, the sweep takes the picture
		}
		for n, file := range files {
			err := q.AttachMade(ctx, query.AttachMadeParams{
				MessageID: w.AnswerID, ConversationID: w.ConversationID, Position: int64(n), ID: file.ID, UserID: run.Job.UserID,
			})
			if err != nil {
				return err
			}
		}
		return nil
	}
	return o
}

func fileOfAnswer(k picture.Kept) AttachedFile {
	return AttachedFile{
		ID: k.FileID, Name: k.Name, ContentType: "image/png", Kind: kindImage, Size: k.Size,
		Width: int64(k.Width), Height: int64(k.Height), Origin: &k.Origin,
	}
}

// progress is the data of a progress event, as of jobs that make pictures alone.
type progress struct {
	Percent int64        `json:"percent"`
	Index   int          `json:"index"`
	File    progressFile `json:"file"`
}

type progressFile struct {
	AttachedFile

	ThumbnailURL string `json:"thumbnail_url"`
}

func progressOf(f AttachedFile) progress {
	const nearly = 99 // percent: the answer's end is all that is left
	return progress{Percent: nearly, File: progressFile{f, "/api/v1/files/" + f.ID + "/thumbnail"}}
}

// withPictures adds the events of the pictures that an answer has.
func withPictures(contents []job.Content, j job.Job) ([]job.Content, error) {
	var made result
	if err := json.Unmarshal([]byte(j.Result), &made); err != nil {
		return nil, fmt.Errorf("chat: result of job %s: %w", j.ID, err)
	}
	for _, f := range made.Files {
		data, err := json.Marshal(progressOf(f))
		if err != nil {
			return nil, fmt.Errorf("chat: events of job %s: %w", j.ID, err)
		}
		contents = append(contents, job.Content{Kind: job.EventProgress, Data: data})
	}
	return contents, nil
}
