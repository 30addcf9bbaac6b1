package image

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
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
		r.leave(ctx, a, j.ID)
		return httpd.Answer{}, err
	}
	whole, err := r.doorAnswer(ctx, ended, asked.byURL())
	return httpd.Answer{Whole: whole}, err
}

// doorAnswer gives what a job has delivered.
func (r *Room) doorAnswer(ctx context.Context, j job.WithUsage, byURL bool) (ImagesResponse, error) {
	if job.Status(j.Status) == job.Failed {
		f, err := fault.FromProblem([]byte(j.Error))
		if err != nil {
			return ImagesResponse{}, fmt.Errorf("image: the stored problem of job %s: %w", j.ID, err)
		}
		return ImagesResponse{}, f
	}
	rows, err := r.db.Read().FilesOfJob(ctx, query.FilesOfJobParams{JobID: j.ID, UserID: j.UserID})
	if err != nil {
		return ImagesResponse{}, err
	}
	if len(rows) == 0 {
		f := fault.New(fault.Conflict, "This request was cancelled, or its pictures were deleted.")
		f.Type = "cancelled"
		return ImagesResponse{}, f
	}
	out := ImagesResponse{Created: store.Time(j.CreatedAt).Unix(), OutputFormat: "png", Usage: &ImagesUsage{}}
	for _, row := range rows {
		made := recordOf(row)
		image := DoorImage{RevisedPrompt: made.RevisedPrompt}
		if byURL {
			image.URL, _ = r.links.Link(httpd.BaseURL(ctx), row.ID)
		} else if image.B64JSON, err = r.base64(ctx, j.UserID, row.ID); err != nil {
			return ImagesResponse{}, err
		}
		out.Data = append(out.Data, image)
		out.Quality, out.Size = made.Quality, fmt.Sprintf("%dx%d", row.Width, row.Height)
		u := out.Usage
		u.InputTokensDetails.TextTokens += made.Took.Input
		u.InputTokensDetails.ImageTokens += made.Took.ImageInput
		u.InputTokens += made.Took.Input + made.Took.ImageInput
		u.OutputTokens += made.Took.Output
		u.TotalTokens = u.InputTokens + u.OutputTokens
	}
	return out, nil
}

func (r *Room) base64(ctx context.Context, userID, id string) (string, error) {
	f, err := r.db.Read().PictureToSend(ctx, query.PictureToSendParams{ID: id, UserID: userID})
	if err != nil {
		return "", err
	}
	in, err := r.files.Open(ctx, f.BlobKey, 0, -1)
	if err != nil {
		return "", err
	}
	data, err := io.ReadAll(in)
	if cerr := in.Close(); err == nil {
		err = cerr
	}
	return base64.StdEncoding.EncodeToString(data), err
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
