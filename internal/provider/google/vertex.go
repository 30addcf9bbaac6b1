package google

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"cloud.google.com/go/auth"
	"cloud.google.com/go/auth/credentials"
	"cloud.google.com/go/auth/httptransport"
	"google.golang.org/genai"
)

// Vertex says how to reach Gemini through a Google Cloud project.
type Vertex struct {
	Project  string
	Location string // empty: "global"
	// CredentialsJSON is a service account's key file, or another of Google's
	// credential files. Empty: Application Default Credentials, which Google's
	// library finds on its own.
	CredentialsJSON []byte
}

const scope = "https://www.googleapis.com/auth/cloud-platform"

// apply completes the SDK's configuration. The client it has is only copied:
// bearer tokens are for Google alone.
func (v *Vertex) apply(ctx context.Context, config *genai.ClientConfig) error {
	if v.Project == "" {
		return errors.New("google: Vertex AI needs a project")
	}
	creds, err := v.credentials(config.HTTPClient)
	if err != nil {
		return fmt.Errorf("google: credentials: %w", err)
	}
	client := *config.HTTPClient
	if err := httptransport.AddAuthorizationMiddleware(&client, creds); err != nil {
		return fmt.Errorf("google: %w", err)
	}
	location := v.Location
	if location == "" {
		location = "global"
	}
	config.Backend, config.APIKey = genai.BackendVertexAI, ""
	config.Project, config.Location = v.Project, location
	config.HTTPClient, config.Credentials = &client, creds
	if config.HTTPOptions.BaseURL == "" {
		config.HTTPOptions.BaseURL = vertexURL(location)
	}
	// Credentials of a person name the project that pays for their calls.
	payer, err := creds.QuotaProjectID(ctx)
	if err != nil {
		return fmt.Errorf("google: %w", err)
	}
	if payer != "" {
		config.HTTPOptions.Headers = http.Header{"X-Goog-User-Project": {payer}}
	}
	return nil
}

func (v *Vertex) credentials(client *http.Client) (*auth.Credentials, error) {
	options := &credentials.DetectOptions{Scopes: []string{scope}, Client: client}
	if len(v.CredentialsJSON) == 0 {
		return credentials.DetectDefault(options) //nolint:wrapcheck // wrapped by apply
	}
	var file struct {
		Type credentials.CredType `json:"type"`
	}
	if err := json.Unmarshal(v.CredentialsJSON, &file); err != nil {
		return nil, errors.New("the file is not JSON") // the decoder's error could quote a key
	}
	// Any type will do: the file is the operator's own.
	return credentials.NewCredentialsFromJSON(file.Type, v.CredentialsJSON, options) //nolint:wrapcheck // wrapped by apply
}

// vertexURL gives the address of a location.
func vertexURL(location string) string {
	switch location {
	case "global":
		return "https://aiplatform.googleapis.com"
	case "us", "eu":
		return "https://aiplatform." + location + ".rep.googleapis.com"
	}
	return "https://" + location + "-aiplatform.googleapis.com"
}
