package google

import (
	"encoding/json"
	"net/http"

	"google.golang.org/genai"

	"pulse/internal/provider"
)

// answer gathers an answer from its responses, of which a stream has many.
type answer struct {
	call    *provider.Call
	known   provider.ChatAnswer
	finish  genai.FinishReason
	message string // what the API adds to the reason
	figures *genai.GenerateContentResponseUsageMetadata
	blocked error // why the prompt was blocked
	calls   int   // how many there were
}

func (a *answer) take(r *genai.GenerateContentResponse) {
	if r.ResponseID != "" {
		a.known.ResponseID = r.ResponseID
	}
	if r.ModelVersion != "" {
		a.known.Model = r.ModelVersion
	}
	if r.UsageMetadata != nil {
		a.figures = r.UsageMetadata // of the answer so far: the last one counts
	}
	if f := r.PromptFeedback; f != nil && f.BlockReason != "" {
		a.blocked = provider.VendorError(provider.KindBlocked, http.StatusOK, string(f.BlockReason), f.BlockReasonMessage)
	}
	for _, candidate := range r.Candidates {
		if candidate.Content != nil {
			a.say(candidate.Content.Parts)
		}
		if candidate.FinishReason != "" && candidate.FinishReason != genai.FinishReasonUnspecified {
			a.finish, a.message = candidate.FinishReason, candidate.FinishMessage
		}
	}
}

func (a *answer) say(parts []*genai.Part) {
	for _, part := range parts {
		switch {
		case part == nil: // nothing keeps a vendor from sending null
		case part.Thought:
			a.call.Reasoning(part.Text)
		case part.FunctionCall != nil:
			a.call.Tool(callOf(a.calls, part))
			a.calls++
		default:
			a.call.Text(part.Text)
		}
	}
}

func (a *answer) end() provider.ChatAnswer {
	a.known.Usage = usageOf(a.figures)
	switch a.finish {
	case "":
	case genai.FinishReasonStop:
		a.known.FinishReason = provider.FinishStop
	case genai.FinishReasonMaxTokens:
		a.known.FinishReason = provider.FinishLength
	case genai.FinishReasonSafety, genai.FinishReasonRecitation, genai.FinishReasonBlocklist,
		genai.FinishReasonProhibitedContent, genai.FinishReasonSPII:
		a.known.FinishReason, a.known.Note = provider.FinishRefusal, a.note()
	default: // LANGUAGE, OTHER, CONTINUATION, and what is still to be invented
		a.known.FinishReason, a.known.Note = provider.FinishOther, a.note()
	}
	return a.known
}

func (a *answer) note() string {
	if a.message == "" {
		return string(a.finish)
	}
	return string(a.finish) + ": " + a.message
}

// usageOf maps Google's figures: the prompt's count includes what came from the
// cache but not what tools added, and thoughts are billed as output without
// being counted among the candidates' tokens.
func usageOf(m *genai.GenerateContentResponseUsageMetadata) provider.Usage {
	if m == nil {
		return provider.Usage{}
	}
	u := provider.Usage{
		Input:     max(0, int64(m.PromptTokenCount)-int64(m.CachedContentTokenCount)) + int64(m.ToolUsePromptTokenCount),
		CacheRead: int64(m.CachedContentTokenCount),
		Output:    int64(m.CandidatesTokenCount) + int64(m.ThoughtsTokenCount),
		Reasoning: int64(m.ThoughtsTokenCount),
	}
	if raw, err := json.Marshal(m); err == nil {
		u.Raw = raw
	}
	return u
}
