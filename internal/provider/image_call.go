package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// NewImageCall begins the making of a picture: as NewCall, for EndImage.
func NewImageCall(ctx context.Context, provider string, req ImageRequest) *Call {
	c := &Call{provider: provider, picture: true, pictures: len(req.Inputs) > 0, left: mostBytes}
	c.ctx = context.WithValue(ctx, callKey{}, c)
	return c
}

// EndImage gives what Image returns. err is the SDK's error, or an *Error where
// the adapter knows more; without one, an answer has its picture or is empty. The
// picture's type is what it is, whatever the vendor called it.
func (c *Call) EndImage(answer ImageAnswer, err error) (ImageAnswer, error) {
	answer.Usage = saneImage(answer.Usage)
	answer.Revised = clean(answer.Revised)
	if answer.ResponseID == "" { // OpenAI's have none
		answer.ResponseID = c.requestID()
	}
	answer.ResponseID = clean(answer.ResponseID)
	file := answer.Image.Data
	answer.Image = Image{}
	switch {
	case err != nil && c.ctx.Err() != nil:
		return answer, context.Cause(c.ctx) // Imager promises the cause itself
	case err != nil:
		return answer, c.failure(err)
	case len(file) == 0:
		return answer, c.failure(&Error{Kind: KindEmpty, Cause: errors.New("finished without a picture")})
	}
	kind := http.DetectContentType(file)
	if !strings.HasPrefix(kind, "image/") {
		return answer, c.failure(&Error{Kind: KindMalformed, Cause: fmt.Errorf("the picture is %s", kind)})
	}
	answer.Image = Image{ContentType: kind, Data: file}
	return answer, nil
}

// saneImage is sane, of a picture.
func saneImage(u ImageUsage) ImageUsage {
	for _, n := range []*int64{&u.Input, &u.ImageInput, &u.Output} {
		*n = min(max(0, *n), maxTokens)
	}
	return u
}
