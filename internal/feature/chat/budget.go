package chat

import (
	"pulse/internal/catalog"
	"pulse/internal/fault"
	"pulse/internal/job"
	"pulse/internal/provider"
	"pulse/internal/store"
	"pulse/internal/usage"
)

const (
	// defaultAnswer is the cap on an answer when nobody names one. It bounds the
	// hold: a plan of 100 000 tokens should carry several questions at once.
	defaultAnswer = 8192
	// leastAnswer is the least room for an answer with which asking makes sense.
	// Models that think before they write need more of it.
	leastAnswer, leastReasonedAnswer = 256, 4096
)

// reading is what a model reads, as far as its tokens are counted by it.
type reading struct {
	system   string
	texts    []string // of the messages, and of whatever else goes along
	pictures []dimensions
}

// dimensions are a picture's, in pixels.
type dimensions struct{ width, height int64 }

func readingOf(system string, seen []shown) reading {
	p := reading{system: system, texts: make([]string, len(seen))}
	for i, s := range seen {
		p.texts[i] = s.Text
		for _, f := range s.Pictures {
			p.pictures = append(p.pictures, dimensions{f.Width, f.Height})
		}
	}
	return p
}

// estimate says about how many tokens it has, and rather too many.
func (p reading) estimate(m catalog.Model) int64 {
	texts := make([]string, 0, len(p.texts)+1)
	texts = append(append(texts, p.system), p.texts...)
	return m.EstimateTokens(texts...)*11/10 + 1 + p.pictureTokens(m)
}

// count counts its tokens carefully.
func (p reading) count(m catalog.Model) int64 {
	n := m.CountTokens(p.system) + p.pictureTokens(m)
	for _, text := range p.texts {
		n += m.CountTokens(text) + catalog.FrameTokens
	}
	return n
}

func (p reading) pictureTokens(m catalog.Model) (n int64) {
	for _, d := range p.pictures {
		n += m.ImageTokens(d.width, d.height)
	}
	return n
}

// answerRoom is how many tokens an answer may have, and without how many asking
// makes no sense.
func answerRoom(m catalog.Model, maxTokens *int64) (most, least int64) {
	if maxTokens != nil { // who names a cap gets it or is refused
		return *maxTokens, *maxTokens
	}
	most = defaultAnswer
	if m.MaxOutputTokens > 0 {
		most = min(most, m.MaxOutputTokens)
	}
	if len(m.ReasoningEfforts) > 0 {
		return most, min(most, leastReasonedAnswer)
	}
	return most, min(most, leastAnswer)
}

// budget gives the estimate of a prompt and the quota to ask for.
func budget(m catalog.Model, maxTokens *int64, p reading) (estimate int64, want usage.Want, err error) {
	estimate = p.estimate(m)
	answer, least := answerRoom(m, maxTokens)
	window := m.ContextWindow
	if window > 0 && estimate+least > window && estimate < 2*window { // close to what fits, each token counts
		estimate = p.count(m)
	}
	if window > 0 && estimate+least > window {
		f := fault.Newf(fault.Invalid, "This conversation has about %d tokens and does not fit %s, which reads and writes %d together. Start a new one, or choose a model with a larger context.",
			estimate, m.Name, window)
		f.Type = string(provider.KindTooLong)
		f.Fields = []fault.Field{{Location: "body.messages", Message: "too long for the model"}}
		return 0, want, f
	} else if window > 0 {
		answer = min(answer, window-estimate)
	}
	return estimate, usage.Want{Meter: usage.Tokens, Amount: estimate + answer, Least: estimate + least}, nil
}

// charges are what a job is to pay for what came, nothing where nothing came.
func charges(m catalog.Model, j job.Job, p reading, said string, u provider.Usage, whole bool) ([]usage.Charge, error) {
	if u = used(m, p, said, u, whole); u.Zero() {
		return nil, nil
	}
	charge, err := usage.TokenCharge(m, store.Time(j.CreatedAt), u)
	if err != nil {
		return nil, err
	}
	return []usage.Charge{charge}, nil
}

// used gives what to book. The provider's figures win; where it did not say,
// or not all (a stopped stream), the text that came is counted and the event
// is marked as estimated. Nothing said and nothing reported is nothing to book.
func used(m catalog.Model, p reading, said string, u provider.Usage, whole bool) provider.Usage {
	if whole && !u.Zero() {
		return u
	}
	if said == "" && u.Zero() {
		return provider.Usage{}
	}
	if u.Prompt() == 0 {
		u.Input = p.count(m)
	}
	if n := m.CountTokens(said); n > u.Output {
		u.Output = n
		u.Estimated = true
	}
	u.Estimated = u.Estimated || u.Raw == nil
	return u
}
