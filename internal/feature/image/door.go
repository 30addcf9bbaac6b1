package image

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"pulse/internal/actor"
	"pulse/internal/fault"
	"pulse/internal/httpd"
	"pulse/internal/job"
	"pulse/internal/store"
	"pulse/internal/store/query"
)

// ImagesResponse is what OpenAI's API answers with.
type ImagesResponse struct {
	Created      int64        `json:"created"`
	Data         []DoorImage  `json:"data" doc:"As many as were delivered, which may be fewer than were asked for"`
	OutputFormat string       `json:"output_format" enum:"png"`
	Quality      string       `json:"quality,omitempty"`
	Size         string       `json:"size" doc:"Width x height"`
	Usage        *ImagesUsage `json:"usage,omitempty"`
}

// DoorImage is one of the pictures.
type DoorImage struct {
	B64JSON       string `json:"b64_json,omitempty" doc:"A PNG in base64"`
	URL           string `json:"url,omitempty" doc:"With response_format url: for 24 hours, for anybody"`
	RevisedPrompt string `json:"revised_prompt,omitempty"`
}

// ImagesUsage is what they took, in tokens.
type ImagesUsage struct {
	InputTokens        int64       `json:"input_tokens"`
	InputTokensDetails InputTokens `json:"input_tokens_details"`
	OutputTokens       int64       `json:"output_tokens"`
	TotalTokens        int64       `json:"total_tokens"`
}

// InputTokens are the shares of what went in.
type InputTokens struct {
	TextTokens  int64 `json:"text_tokens"`
	ImageTokens int64 `json:"image_tokens"`
}

// door mounts what of OpenAI's API makes pictures. See docs/api-openai.md.
func (r *Room) door(api huma.API) {
	httpd.Either[doorInput, ImagesRequest, ImagesResponse](api, httpd.Needs(huma.Operation{
		OperationID: "create-openai-images", Method: http.MethodPost, Path: "/v1/images/generations", Tags: []string{"OpenAI's API"},
		Summary: "Make pictures as with OpenAI's API",
		Description: "For clients of OpenAI's API. The pictures are kept as those of `/api/v1/images/generate` are, under the same limits, and the job is cancelled " +
			"when the client goes away. docs/api-openai.md says what is honoured.",
	}, actor.Generate), r.doorGenerate)
}

type doorInput struct {
	httpd.Idempotent
	httpd.Document
}

func (r *Room) doorGenerate(ctx context.Context, in *doorInput) (httpd.Answer, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return httpd.Answer{}, err
	}
	body, err := in.Read(ctx, maxBody)
	if err != nil {
		return httpd.Answer{}, err
	}
	asked, err := httpd.DecodeOpenAI[ImagesRequest](body)
	if err != nil {
		return httpd.Answer{}, err
	}
	wish, err := asked.wish(r)
	if err != nil {
		return httpd.Answer{}, err
	}
	var once job.Idempotency
	if in.IdempotencyKey != "" {
		sum := sha256.Sum256(body)
		if once, err = in.Once("create-openai-images", hex.EncodeToString(sum[:])); err != nil {
			return httpd.Answer{}, err
		}
	}
	j, err := r.jobs.Once(ctx, a, once, func() (job.Job, error) { return r.start(ctx, a, once, wish) })
	if err != nil {
		return httpd.Answer{}, inDoorsWords(err)
	}
	in.LetGo(ctx)
	ended, err := r.jobs.Wait(ctx, a, j.ID)
	if err != nil {
		if in.IdempotencyKey == "" { // with a key the client can come again, and finds what it paid for
			r.leave(ctx, a, j.ID)
		}
		return httpd.Answer{}, err
	}
	rows, err := r.delivered(ctx, ended)
	if err != nil {
		return httpd.Answer{}, err
	}
	return httpd.Answer{Pieces: func(w io.Writer) error { return r.writeDoor(ctx, w, doorAnswer(ended, rows), rows, asked.byURL()) }}, nil
}

// delivered gives the pictures of a job that has ended.
func (r *Room) delivered(ctx context.Context, j job.WithUsage) ([]query.FilesOfJobRow, error) {
	if job.Status(j.Status) == job.Failed {
		f, err := fault.FromProblem([]byte(j.Error))
		if err != nil {
			return nil, fmt.Errorf("image: the stored problem of job %s: %w", j.ID, err)
		}
		return nil, f
	}
	rows, err := r.db.Read().FilesOfJob(ctx, query.FilesOfJobParams{JobID: j.ID, UserID: j.UserID})
	if err == nil && len(rows) == 0 {
		f := fault.New(fault.Conflict, "This request was cancelled, or its pictures were deleted.")
		f.Type = "cancelled"
		return nil, f
	}
	return rows, err
}

// doorAnswer gives all but the pictures, of which there may be a hundred MB.
func doorAnswer(j job.WithUsage, rows []query.FilesOfJobRow) ImagesResponse {
	out := ImagesResponse{Created: store.Time(j.CreatedAt).Unix(), OutputFormat: "png", Usage: &ImagesUsage{}}
	for _, row := range rows {
		made := recordOf(row)
		out.Quality, out.Size = made.Quality, fmt.Sprintf("%dx%d", row.Width, row.Height)
		u := out.Usage
		u.InputTokensDetails.TextTokens += made.Took.Input
		u.InputTokensDetails.ImageTokens += made.Took.ImageInput
		u.InputTokens += made.Took.Input + made.Took.ImageInput
		u.OutputTokens += made.Took.Output
		u.TotalTokens = u.InputTokens + u.OutputTokens
	}
	return out
}

// writeDoor writes an answer with its pictures, one after another.
func (r *Room) writeDoor(ctx context.Context, w io.Writer, answer ImagesResponse, rows []query.FilesOfJobRow, byURL bool) error {
	answer.Data = []DoorImage{}
	whole, err := json.Marshal(answer)
	if err != nil {
		return fmt.Errorf("image: an answer: %w", err)
	}
	head, tail, _ := bytes.Cut(whole, []byte(`"data":[]`))
	if _, err := fmt.Fprintf(w, `%s"data":[`, head); err != nil {
		return err //nolint:wrapcheck // the client is gone
	}
	for i, row := range rows {
		if err := r.writeDoorImage(ctx, w, row, i > 0, byURL); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(w, "]%s\n", tail)
	return err //nolint:wrapcheck // as above
}

func (r *Room) writeDoorImage(ctx context.Context, w io.Writer, row query.FilesOfJobRow, follows, byURL bool) (err error) {
	image := DoorImage{RevisedPrompt: recordOf(row).RevisedPrompt}
	if byURL {
		image.URL, _ = r.links.Link(httpd.BaseURL(ctx), row.ID)
	} else {
		image.B64JSON = "_" // stands in for the bytes
	}
	data, err := json.Marshal(image)
	if err != nil {
		return fmt.Errorf("image: an answer: %w", err)
	}
	if follows {
		data = append([]byte(","), data...)
	}
	head, tail, _ := bytes.Cut(data, []byte(`"_"`))
	if _, err := w.Write(head); err != nil || byURL {
		return err //nolint:wrapcheck // as above
	}
	in, err := r.files.Open(ctx, row.BlobKey, 0, -1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	quoted := base64.NewEncoder(base64.StdEncoding, w)
	_, err = io.WriteString(w, `"`)
	if err == nil {
		_, err = io.Copy(quoted, in)
	}
	if err = errors.Join(err, quoted.Close()); err == nil {
		_, err = w.Write(append([]byte(`"`), tail...))
	}
	return err //nolint:wrapcheck // as above
}

// leaveTime is how long the cancellation for a client that is gone may take.
const leaveTime = 10 * time.Second

// leave cancels what nobody waits for any more; what came is billed, and kept.
func (r *Room) leave(ctx context.Context, a actor.Actor, id string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveTime)
	defer cancel()
	if err := r.jobs.Leave(ctx, a, id); err != nil && !fault.Is(err, fault.Conflict) { // a conflict: it has ended
		r.log.WarnContext(ctx, "cancelling pictures whose client is gone failed; they are made for the gallery", "job_id", id, "error", err)
	}
}
