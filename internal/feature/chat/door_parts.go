package chat

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"pulse/internal/actor"
	"pulse/internal/document/extract"
	"pulse/internal/fault"
	"pulse/internal/fetch"
	"pulse/internal/httpd"
	"pulse/internal/provider"
	"pulse/internal/store"
)

// sees refuses pictures for models that see none, before any is fetched.
func (t *translation) sees(at string) error {
	if t.c.model.Images.MaxCount > 0 {
		return nil
	}
	f := httpd.UnsupportedParam(at, "%s does not see pictures. Choose a model that does, or leave them out.", t.c.model.Name)
	f.Type = "model_cannot_see"
	return f
}

// picture gives a picture that comes as a data URL, or is somewhere on the web.
func (t *translation) picture(ctx context.Context, at, url string) (*provider.Image, error) {
	if err := t.sees(at); err != nil {
		return nil, err
	}
	var data []byte
	var err error
	if isDataURL(url) {
		data, err = dataOf(at, url)
	} else {
		data, err = t.fetch(ctx, at, url)
	}
	if err != nil {
		return nil, err
	}
	return t.checked(ctx, at, data)
}

// dataOf decodes a data URL. What it says that it is does not matter.
func dataOf(at, url string) ([]byte, error) {
	head, encoded, ok := strings.Cut(url, ",")
	if !ok || !strings.HasSuffix(head, ";base64") {
		return nil, httpd.WrongParam(at, "'%s' must be a data URL in base64, such as data:image/png;base64,….", at)
	}
	data, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return nil, httpd.WrongParam(at, "'%s' is not base64.", at)
	}
	return data, nil
}

// fetch gets a picture from the web.
func (t *translation) fetch(ctx context.Context, at, url string) ([]byte, error) {
	if t.until.IsZero() {
		t.until = time.Now().Add(remoteTime)
	}
	fetching, cancel := context.WithDeadline(ctx, t.until)
	defer cancel()
	most := min(t.c.model.Images.MaxBytes, maxAttached)
	_, data, err := t.room.fetch.Get(fetching, url, most)
	if err == nil {
		return data, nil
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	why := "it cannot be reached from this server, which asks public addresses only"
	for known, says := range map[error]string{
		fetch.ErrAddress:   "it must be an http, https or data URL",
		fetch.ErrRefused:   "the server there does not give it",
		fetch.ErrTooLarge:  fmt.Sprintf("it is larger than %d MB", most>>20),
		fetch.ErrRedirects: "it is redirected too often",
	} {
		if errors.Is(err, known) {
			why = says
		}
	}
	f := httpd.WrongParam(at, "The picture at '%s' could not be had: %s.", at, why)
	f.Type = "invalid_image_url"
	return nil, f
}

// checked makes sure by the bytes that it is a picture, which the model takes.
func (t *translation) checked(ctx context.Context, at string, data []byte) (*provider.Image, error) {
	head := data[:min(len(data), extract.SniffLen)]
	if extract.KindOf(head) != extract.Image {
		f := httpd.WrongParam(at, "'%s' is not a picture that models take: PNG, JPEG, GIF or WebP.", at)
		f.Type = "invalid_image_format"
		return nil, f
	}
	found, err := t.room.extract.Read(ctx, extract.Image, bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, unusableAt(at, err)
	}
	return t.take(at, data, found.ContentType, found.Width, found.Height)
}

// take counts a picture in.
func (t *translation) take(at string, data []byte, contentType string, width, height int64) (*provider.Image, error) {
	m := t.c.model
	if why := m.RefusesImage(contentType, int64(len(data)), width, height); why != "" {
		f := httpd.WrongParam(at, "The picture at '%s' %s.", at, why)
		f.Type = "invalid_image"
		return nil, f
	}
	if !t.left.Take(int64(len(data))) {
		f := httpd.WrongParam(at, "%s does not take so many pictures at once.", m.Name)
		f.Type = "too_many_images"
		return nil, f
	}
	t.c.read.pictures = append(t.c.read.pictures, dimensions{width, height})
	return &provider.Image{ContentType: contentType, Data: data}, nil
}

// unusableAt says of a file what is wrong with it, as a fault of the request.
func unusableAt(at string, err error) error {
	if !fault.Is(err, fault.Unusable) {
		return err
	}
	f := *fault.From(err)
	f.Code, f.Fields = fault.Invalid, []fault.Field{{Location: at}}
	return &f
}

// file gives a file that came along, or was uploaded before: as a text, or as a
// picture where it is one.
func (t *translation) file(ctx context.Context, at string, p ContentPart) (text string, image *provider.Image, err error) {
	if id := deref(p.File.FileID); id != "" {
		if err := t.actor.Needs(actor.Read); err != nil {
			return "", nil, err
		}
		return t.uploaded(ctx, at+".file_id", id)
	}
	at += ".file_data"
	encoded := deref(p.File.FileData)
	if encoded == "" {
		return "", nil, httpd.WrongParam(at, "A file must have a 'file_data' or a 'file_id'.")
	}
	if !isDataURL(encoded) {
		encoded = "data:;base64," + encoded
	}
	data, err := dataOf(at, encoded)
	if err != nil {
		return "", nil, err
	}
	kind := extract.KindOf(data[:min(len(data), extract.SniffLen)])
	if kind == extract.Image {
		if err := t.sees(at); err != nil {
			return "", nil, err
		}
		image, err = t.checked(ctx, at, data)
		return "", image, err
	}
	found, err := t.room.extract.Read(ctx, kind, bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return "", nil, unusableAt(at, err)
	}
	name := deref(p.File.Filename)
	if name == "" {
		name = "file"
	}
	text, err = t.shown(name, found.Text)
	return text, nil, err
}

// shown is a file as the model sees it.
func (t *translation) shown(name, text string) (string, error) {
	if err := t.weigh(len(name) + len(text)); err != nil {
		return "", err
	}
	return fmt.Sprintf(fileText, name, text), nil
}

// uploaded gives a file that the person has uploaded.
func (t *translation) uploaded(ctx context.Context, at, id string) (text string, image *provider.Image, err error) {
	f, err := t.room.file(ctx, t.actor.ID, id, t.known)
	switch {
	case store.NotFound(err):
		return "", nil, httpd.WrongParam(at, "There is no file of yours with the id %q. POST /api/v1/files uploads one.", id)
	case err != nil:
		return "", nil, err
	case f.Kind != kindImage:
		text, err = t.shown(f.Name, f.Text)
		return text, nil, err
	}
	if err := t.sees(at); err != nil {
		return "", nil, err
	}
	data, err := t.room.read(ctx, f)
	if err != nil {
		return "", nil, fmt.Errorf("chat: picture %s: %w", f.ID, err)
	}
	image, err = t.take(at, data, f.ContentType, f.Width, f.Height)
	return "", image, err
}
