package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"testing"
)

// upload is the body of a request that is a form with a file.
type upload struct{ name, content string }

func (u upload) form(t testing.TB) (body io.Reader, kind string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("file", u.name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(part, u.content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &b, w.FormDataContentType()
}

// aFile is a file as the API shows it.
type aFile struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	ContentType string `json:"content_type"`
	Size        int    `json:"size"`
	Kind        string `json:"kind"`
	Width       int    `json:"width"`
	Height      int    `json:"height"`
	Pages       int    `json:"pages"`
	Characters  int    `json:"characters"`
}

// uploads is an upload that has to be taken.
func (c *caller) uploads(name, content string) aFile {
	c.h.t.Helper()
	return decode[aFile](c, http.StatusCreated, http.MethodPost, "/api/v1/files", upload{name, content})
}

var _ = fmt.Sprint
var _ = json.Marshal
