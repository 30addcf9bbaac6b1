package standin

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"sync"

	"github.com/go-json-experiment/json"
)

// accessToken is what the token endpoint gives out and Vertex AI wants.
const accessToken = "standin-access-token"

// ServiceAccount makes the key file of a service account whose tokens come
// from Google's stand-in at address.
func ServiceAccount(address string) ([]byte, error) {
	key, err := privateKey()
	if err != nil {
		return nil, fmt.Errorf("standin: %w", err)
	}
	file, err := json.Marshal(map[string]string{
		"type": "service_account", "project_id": "standin", "private_key_id": "1", "private_key": key,
		"client_email": "pulse@standin.iam.gserviceaccount.com", "client_id": "1",
		"token_uri": address + "/token",
	})
	if err != nil {
		return nil, fmt.Errorf("standin: %w", err)
	}
	return file, nil
}

// privateKey is made once a process, since it takes a while.
var privateKey = sync.OnceValues(func() (string, error) {
	const bits = 2048
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		return "", fmt.Errorf("make a key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", fmt.Errorf("write a key: %w", err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), nil
})

// token is Google's OAuth endpoint, as far as service accounts need it.
func (g google) token(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if r.FormValue("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer" || r.FormValue("assertion") == "" {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":"invalid_grant","error_description":"no assertion"}`)) // nothing to tell anybody
		return
	}
	_, _ = fmt.Fprintf(w, `{"access_token":"%s","expires_in":3600,"token_type":"Bearer"}`, accessToken) // nothing to tell anybody
}
