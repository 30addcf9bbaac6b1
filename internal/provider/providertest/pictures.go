package providertest

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"net/http"
	"testing"

	"pulse/internal/provider"
	"pulse/internal/provider/standin"
)

func painted(t *testing.T, contentType string, width, height int) provider.Image {
	t.Helper()
	var b bytes.Buffer
	canvas := image.NewGray(image.Rect(0, 0, width, height))
	encode := func() error { return png.Encode(&b, canvas) }
	if contentType == "image/jpeg" {
		encode = func() error { return jpeg.Encode(&b, canvas, nil) }
	}
	if err := encode(); err != nil {
		t.Fatal(err)
	}
	return provider.Image{ContentType: contentType, Data: b.Bytes()}
}

// pictures: the vendor sees each one, whole and in order, beside the text and
// without any, now and in what was said before.
func (r runner) pictures(t *testing.T) {
	t.Parallel()
	b := r.bench(t, patient, standin.Script{Chunks: chunks})
	one, two := painted(t, "image/png", 12, 8), painted(t, "image/jpeg", 40, 30)
	req := r.req()
	req.Messages = []provider.Message{
		{Role: provider.RoleUser, Images: []provider.Image{two}},
		{Role: provider.RoleAssistant, Text: "I see."},
		{Role: provider.RoleUser, Text: "And these?", Images: []provider.Image{one, two}},
	}
	got := b.ask(t.Context(), req, nil)
	if got.err != nil {
		t.Fatal(got.err)
	}
	if u, billed := got.answer.Usage.Prompt(), b.standin.Books().Billed.Prompt(); u != billed {
		t.Errorf("%d tokens went in by the usage, %d by the vendor's books", u, billed)
	}
	if g, w := asJSON(t, b.standin.Last().Chat.Messages), asJSON(t, req.Messages); g != w {
		t.Errorf("the vendor saw\n%s\nwant\n%s", g, w)
	}
}

// seen: the last question's pictures are what the model looks at.
func (r runner) seen(t *testing.T) {
	t.Parallel()
	b := r.benchWith(t, patient, nil, "sk-test")
	one, two := painted(t, "image/png", 12, 8), painted(t, "image/jpeg", 40, 30)
	req := r.req()
	req.Messages = []provider.Message{
		{Role: provider.RoleUser, Text: "First.", Images: []provider.Image{two, two}},
		{Role: provider.RoleAssistant, Text: "Yes?"},
		{Role: provider.RoleUser, Text: "[see]", Images: []provider.Image{one, two}},
	}
	got := b.ask(t.Context(), req, nil)
	if want := "I see image/png 12x8, image/jpeg 40x30."; got.err != nil || got.text != want {
		t.Errorf("got %q, %v; want %q", got.text, got.err, want)
	}
}

// tooLarge: a body over the vendor's limit is told as what it is, the pictures.
func (r runner) tooLarge(t *testing.T) {
	t.Parallel()
	failure := standin.Failure{Status: http.StatusRequestEntityTooLarge, Message: "no"}
	b := r.bench(t, patient, standin.Script{Fault: standin.FaultRefuse, Failure: failure})
	req := r.req()
	req.Messages[0].Images = []provider.Image{painted(t, "image/png", 12, 8)} // an earlier one counts too
	r.wantError(t, b.ask(t.Context(), req, nil).err, Refusal{Kind: provider.KindTooLarge}, failure.Status)
}

// badPicture: a picture that the vendor refuses is the person's to change.
func (r runner) badPicture(t *testing.T) {
	t.Parallel()
	b := r.bench(t, patient, standin.Script{Chunks: chunks})
	req := r.req()
	req.Messages = []provider.Message{
		{Role: provider.RoleUser, Text: "And this?", Images: []provider.Image{{ContentType: "image/png", Data: []byte("no picture")}}},
	}
	got := b.ask(t.Context(), req, nil)
	if kind := provider.KindOf(got.err); kind != provider.KindBadRequest {
		t.Errorf("error is %v, want %s", got.err, provider.KindBadRequest)
	}
	if books := b.standin.Books(); books.Requests != 1 {
		t.Errorf("it was tried %d times", books.Requests)
	}
}
