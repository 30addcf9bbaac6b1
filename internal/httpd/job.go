package httpd

import (
	"encoding/json"
	"time"

	"pulse/internal/job"
	"pulse/internal/store"
)

// Job is a job as its owner sees it.
type Job struct {
	ID         string          `json:"id"`
	Type       string          `json:"type"`
	Status     job.Status      `json:"status" enum:"pending,processing,completed,failed,cancelled"`
	Progress   int64           `json:"progress" doc:"Percent"`
	Provider   string          `json:"provider"`
	Model      string          `json:"model"`
	SubjectID  string          `json:"subject_id" doc:"What the job works on, e.g. a conversation"`
	Attempt    int64           `json:"attempt" doc:"How often it was begun; more than 1 after a crash"`
	CreatedAt  time.Time       `json:"created_at"`
	StartedAt  *time.Time      `json:"started_at,omitempty"`
	FinishedAt *time.Time      `json:"finished_at,omitempty"`
	Usage      *TokenUsage     `json:"usage,omitempty"`
	CostUSD    *USD            `json:"cost_usd,omitempty"`
	Input      json.RawMessage `json:"input" doc:"What was asked for; its form depends on the type"`
	Result     json.RawMessage `json:"result" doc:"What the job made; its form depends on the type"`
	Error      json.RawMessage `json:"error,omitempty" doc:"A problem document, when the job failed"`
}

// JobOf makes the API's shape of a job.
func JobOf(w job.WithUsage) Job {
	v := Job{
		ID: w.ID, Type: w.Type, Status: job.Status(w.Status), Progress: w.Progress, Provider: w.Provider, Model: w.Model,
		SubjectID: w.SubjectID, Attempt: w.Attempt, CreatedAt: store.Time(w.CreatedAt), StartedAt: timeOrNil(w.StartedAt),
		FinishedAt: timeOrNil(w.FinishedAt), Input: json.RawMessage(w.Input), Result: json.RawMessage(w.Result), Error: json.RawMessage(w.Error),
	}
	if w.Used != nil {
		v.Usage = new(UsageOf(w.Used.Tokens, w.Used.Cost))
		v.CostUSD = new(USD(w.Used.Cost))
	}
	return v
}

func timeOrNil(ms int64) *time.Time {
	if ms == 0 {
		return nil
	}
	return new(store.Time(ms))
}
