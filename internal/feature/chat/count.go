package chat

import (
	"context"

	"pulse/internal/actor"
	"pulse/internal/catalog"
	"pulse/internal/httpd"
	"pulse/internal/provider"
	"pulse/internal/store/query"
	"pulse/internal/usage"
)

// mostCounted is how many bytes of text are counted word by word. It takes a
// second for a megabyte, and is asked again and again while somebody types;
// beyond this an estimate has to do.
const mostCounted = 64 << 10

// Count is what a question would take if it were asked now.
type Count struct {
	PromptTokens  int64       `json:"prompt_tokens" doc:"Of all that the model would read: what was said before, the files, the question"`
	ContextWindow int64       `json:"context_window" doc:"Tokens, prompt and answer together; 0: not known"`
	Fits          bool        `json:"fits" doc:"There is room for it and for an answer; a very long text is counted when it is asked, and until then has the benefit of the doubt"`
	Files         []FileCount `json:"files" nullable:"false" doc:"Of the request's messages, in their order"`
	PromptCost    httpd.USD   `json:"prompt_cost_usd" doc:"Without the answer, and without what the provider's cache saves"`

	// Of models that make pictures, whose plan's meter is another one.
	Images   int        `json:"images,omitempty" doc:"Pictures that it would make; then nothing is counted in tokens"`
	AboutUSD *httpd.USD `json:"about_usd,omitempty" doc:"About what they would cost, all included"`
	InputIDs []string   `json:"image_file_ids,omitempty" nullable:"false" doc:"The pictures that would go along: the question's, or those of the nearest message before it"`
}

// FileCount is what one file adds to a prompt.
type FileCount struct {
	ID     string `json:"id"`
	Tokens int64  `json:"tokens"`
}

type countInput struct{ Body Ask }

type countOutput struct{ Body Count }

// count says what a question would take. It starts nothing and costs nothing.
func (r *Room) count(ctx context.Context, in *countInput) (*countOutput, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	in.Body.IfRunning = waitForRunning // who types while an answer is written wants to know, too
	q, err := r.check(ctx, a, in.Body)
	if _, running := inTheWay(err); err != nil && !running {
		return nil, err
	}
	out := &countOutput{}
	if q.wish != nil {
		out.Body, err = r.countPicture(&q)
		return out, err
	}
	out.Body.ContextWindow = q.model.ContextWindow
	seen := show(q.model, q.turns)
	system := deref(q.settings.SystemPrompt)
	size := len(system)
	for _, s := range seen {
		size += len(s.Text)
	}
	exact := size <= mostCounted
	out.Body.PromptTokens = tokensOf(q.model, system, seen, exact)
	out.Body.Fits = q.fits(out.Body.PromptTokens, exact)

	out.Body.Files = []FileCount{}
	for _, t := range q.fresh {
		for _, f := range t.Files {
			alone := show(q.model, []turn{{Role: provider.RoleUser, Files: []query.File{f}}})
			out.Body.Files = append(out.Body.Files, FileCount{ID: f.ID, Tokens: tokensOf(q.model, "", alone, exact)})
		}
	}
	charge, err := usage.TokenCharge(q.model, r.now(), provider.Usage{Input: out.Body.PromptTokens, Estimated: true})
	if err != nil {
		return nil, err
	}
	out.Body.PromptCost = httpd.USD(charge.Cost())
	return out, nil
}

func (r *Room) countPicture(q *asked) (Count, error) {
	cost, err := r.painter.About(*q.wish)
	return Count{Fits: true, Files: []FileCount{}, Images: 1, AboutUSD: new(httpd.USD(cost)), InputIDs: q.wish.Inputs}, err
}

func (q *asked) fits(tokens int64, exact bool) bool {
	window := q.model.ContextWindow
	if window == 0 || !exact && tokens < 2*window { // as budget has it
		return true
	}
	_, least := q.answerRoom()
	return tokens+least <= window
}

func tokensOf(m catalog.Model, system string, seen []shown, exact bool) int64 {
	if exact {
		return readingOf(system, seen).count(m)
	}
	return readingOf(system, seen).estimate(m)
}
