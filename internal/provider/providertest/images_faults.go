package providertest

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pulse/internal/provider"
	"pulse/internal/provider/standin"
)

// wantError checks an error and what people are told of it, and that no picture
// came with it. status -1 means any.
func (s ImageSubject) wantError(t *testing.T, a provider.ImageAnswer, err error, want Refusal, status int) {
	t.Helper()
	runner{}.wantError(t, err, want, status)
	e, ok := errors.AsType[*provider.Error](err)
	if !ok {
		return
	}
	if e.Provider != s.Provider || !e.Picture {
		t.Errorf("the error is of %q, of a picture: %t", e.Provider, e.Picture)
	}
	if words := e.Fault("Vendor").Message; strings.Contains(words, "answer") || strings.Contains(words, "kept") || strings.Contains(words, "conversation") {
		t.Errorf("a person who wants a picture is told %q", words)
	}
	if a.Image.Data != nil || a.Image.ContentType != "" {
		t.Errorf("%d bytes of %s came with an error", len(a.Image.Data), a.Image.ContentType)
	}
}

// noPicture: an answer without one, or with something else in its place, is a
// failure, which was billed.
func (s ImageSubject) noPicture(t *testing.T) {
	t.Parallel()
	usage := provider.ImageUsage{Input: 5, ImageInput: 6, Output: 7}
	for name, c := range map[string]struct {
		script standin.PictureScript
		kind   provider.Kind
	}{
		"empty":     {standin.PictureScript{Empty: true, Usage: usage}, provider.KindEmpty},
		"garbled":   {standin.PictureScript{Garbled: true, Usage: usage}, provider.KindMalformed},
		"something": {standin.PictureScript{ContentType: "text/plain", Usage: usage}, provider.KindMalformed},
		"half":      {standin.PictureScript{Fault: standin.FaultMalformed, Usage: usage}, provider.KindMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, err := s.easel(t, patient, c.script).imager.Image(t.Context(), s.wish())
			s.wantError(t, a, err, Refusal{Kind: c.kind}, http.StatusOK)
			if e, ok := errors.AsType[*provider.Error](err); !ok || !e.Billed {
				t.Errorf("it was billed, and the error says otherwise: %v", err)
			}
			if name == "empty" && (a.Usage.Output != 7 || a.Usage.ImageInput != 6) {
				t.Errorf("usage is %+v", a.Usage)
			}
		})
	}
}

// keptBack: what the vendor declines, before or after, is told with its own word.
func (s ImageSubject) keptBack(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		script standin.PictureScript
		word   string
	}{
		"blocked":  {standin.PictureScript{Blocked: "PROHIBITED_CONTENT"}, s.Blocked},
		"filtered": {standin.PictureScript{Filtered: "IMAGE_SAFETY"}, s.Filtered},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := s.easel(t, patient, c.script)
			req := s.wish()
			req.Inputs = []provider.Image{painted(t, "image/png", 12, 8)}
			a, err := e.imager.Image(t.Context(), req)
			s.wantError(t, a, err, Refusal{Kind: provider.KindBlocked}, -1)
			if err != nil && !strings.Contains(err.Error(), c.word) {
				t.Errorf("the error has not the vendor's word %q: %v", c.word, err)
			}
			s.wantBooked(t, e, a.Usage)
			if a.Usage.Zero() == s.KeptIsBilled {
				t.Errorf("usage is %+v", a.Usage)
			}
		})
	}
}

// someKeptBack: the prompt has one of four kept back, and the others are as good as ever.
func (s ImageSubject) someKeptBack(t *testing.T) {
	t.Parallel()
	e := s.easelWith(t, patient, nil, "sk-test")
	req := s.wish()
	req.Prompt += " [block 2]"
	for n := 1; n <= 4; n++ {
		a, err := e.imager.Image(t.Context(), req)
		if n == 2 {
			s.wantError(t, a, err, Refusal{Kind: provider.KindBlocked}, -1)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		look(t, a.Image)
	}
}

// refusals: each error status has its kind, and nothing is tried twice.
func (s ImageSubject) refusals(t *testing.T) {
	t.Parallel()
	for _, refusal := range append(everyVendor(), s.Refusals...) {
		t.Run(refusal.Name, func(t *testing.T) {
			t.Parallel()
			e := s.easel(t, patient, standin.PictureScript{Fault: standin.FaultRefuse, Failure: refusal.Failure})
			a, err := e.imager.Image(t.Context(), s.wish())
			s.wantError(t, a, err, refusal, refusal.Failure.Status)
			if n := e.standin.Books().Requests; n != 1 || !a.Usage.Zero() {
				t.Errorf("the vendor was asked %d times, and the usage is %+v", n, a.Usage)
			}
		})
	}
}

func (s ImageSubject) unreachable(t *testing.T) {
	t.Parallel()
	a, err := s.NewImager(t, nobody(t), "sk-test", provider.NewClient(patient)).Image(t.Context(), s.wish())
	s.wantError(t, a, err, Refusal{Kind: provider.KindUnreachable}, 0)
}

func (s ImageSubject) proxyPage(t *testing.T) {
	t.Parallel()
	failure := standin.Failure{Status: 502, Body: "<html><h1>502 Bad Gateway</h1></html>", Header: http.Header{"Content-Type": {"text/html"}}}
	a, err := s.easel(t, patient, standin.PictureScript{Fault: standin.FaultRefuse, Failure: failure}).imager.Image(t.Context(), s.wish())
	s.wantError(t, a, err, Refusal{Kind: provider.KindOverloaded}, http.StatusBadGateway)
}

// redirect: nobody may send our key elsewhere.
func (s ImageSubject) redirect(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("the redirect was followed")
	}))
	t.Cleanup(elsewhere.Close)
	failure := standin.Failure{Status: http.StatusTemporaryRedirect, Header: http.Header{"Location": {elsewhere.URL}}}
	e := s.easel(t, patient, standin.PictureScript{Fault: standin.FaultRefuse, Failure: failure})
	req := s.wish()
	req.Inputs = []provider.Image{painted(t, "image/png", 12, 8)}
	for _, req := range []provider.ImageRequest{s.wish(), req} {
		if _, err := e.imager.Image(t.Context(), req); provider.KindOf(err) == "" {
			t.Errorf("error is %v, want a *provider.Error", err)
		}
	}
}

func (s ImageSubject) wrongKey(t *testing.T) {
	t.Parallel()
	_, err := s.easelWith(t, patient, nil, standin.WrongKey).imager.Image(t.Context(), s.wish())
	if provider.KindOf(err) != provider.KindAuth {
		t.Errorf("error is %v, want %s", err, provider.KindAuth)
	}
}

// badPicture: what came along and is no picture is the person's to change.
func (s ImageSubject) badPicture(t *testing.T) {
	t.Parallel()
	e := s.easel(t, patient, standin.PictureScript{})
	req := s.wish()
	req.Inputs = []provider.Image{{ContentType: "image/png", Data: []byte("no picture")}}
	a, err := e.imager.Image(t.Context(), req)
	s.wantError(t, a, err, Refusal{Kind: provider.KindBadRequest}, http.StatusBadRequest)
	if n := e.standin.Books().Requests; n != 1 {
		t.Errorf("it was tried %d times", n)
	}
}

// tooLarge: a body over the vendor's limit is the pictures', where there are any.
func (s ImageSubject) tooLarge(t *testing.T) {
	t.Parallel()
	failure := standin.Failure{Status: http.StatusRequestEntityTooLarge, Message: "no"}
	e := s.easel(t, patient, standin.PictureScript{Fault: standin.FaultRefuse, Failure: failure})
	req := s.wish()
	a, err := e.imager.Image(t.Context(), req)
	s.wantError(t, a, err, Refusal{Kind: provider.KindTooLong}, failure.Status)
	req.Inputs = []provider.Image{painted(t, "image/png", 12, 8)}
	a, err = e.imager.Image(t.Context(), req)
	s.wantError(t, a, err, Refusal{Kind: provider.KindTooLarge}, failure.Status)
}

// badSize: a size that the vendor has not is refused, by it or before it is asked.
func (s ImageSubject) badSize(t *testing.T) {
	t.Parallel()
	e := s.easel(t, patient, standin.PictureScript{})
	for _, size := range []string{"5x5", "7:5 1K", "1:1 9K", "large"} {
		req := s.wish()
		req.Size = size
		a, err := e.imager.Image(t.Context(), req)
		s.wantError(t, a, err, Refusal{Kind: provider.KindBadRequest}, -1)
	}
}

// stall: silence ends the call, before the answer and in its middle.
func (s ImageSubject) stall(t *testing.T) {
	t.Parallel()
	for name, half := range map[string]bool{"before": false, "half": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := s.easel(t, patience, standin.PictureScript{Fault: standin.FaultStall, Half: half})
			began := time.Now()
			a, err := e.imager.Image(t.Context(), s.wish())
			s.wantError(t, a, err, Refusal{Kind: provider.KindStalled}, -1)
			if took := time.Since(began); took > 10*patience.First {
				t.Errorf("it took %v to notice", took)
			}
			bench{standin: e.standin}.wantGone(t)
		})
	}
}

// broken: half an answer is none, and was billed.
func (s ImageSubject) broken(t *testing.T) {
	t.Parallel()
	for _, fault := range []standin.Fault{standin.FaultCut, standin.FaultReset} {
		e := s.easel(t, patient, standin.PictureScript{Fault: fault})
		a, err := e.imager.Image(t.Context(), s.wish())
		s.wantError(t, a, err, Refusal{Kind: provider.KindCut}, http.StatusOK)
		if e, ok := errors.AsType[*provider.Error](err); !ok || !e.Billed || len(err.Error()) > 1500 {
			t.Errorf("%v", err)
		}
	}
}

// huge: a vendor that sends far more than a picture has is not listened to.
func (s ImageSubject) huge(t *testing.T) {
	t.Parallel()
	a, err := s.easel(t, patient, standin.PictureScript{Pad: 80 << 20}).imager.Image(t.Context(), s.wish())
	s.wantError(t, a, err, Refusal{Kind: provider.KindEndless}, http.StatusOK)
}

// cancel: Stop ends the vendor's work at once, and gives the caller's reason.
func (s ImageSubject) cancel(t *testing.T) {
	t.Parallel()
	stopped := errors.New("the person pressed Stop")
	for _, half := range []bool{false, true} {
		e := s.easel(t, patient, standin.PictureScript{Fault: standin.FaultStall, Half: half})
		ctx, stop := context.WithCancelCause(t.Context())
		go func() {
			for e.standin.Books().Open == 0 {
				time.Sleep(time.Millisecond) // the only sign that the wish arrived
			}
			time.Sleep(20 * time.Millisecond) // half an answer comes
			stop(stopped)
		}()
		a, err := e.imager.Image(ctx, s.wish())
		if !errors.Is(err, stopped) || provider.KindOf(err) != "" || a.Image.Data != nil {
			t.Errorf("error is %v, want the context's cause", err)
		}
		bench{standin: e.standin}.wantGone(t)
		stop(nil)
	}
}

// cancelledBefore: nobody is asked for what nobody waits for.
func (s ImageSubject) cancelledBefore(t *testing.T) {
	t.Parallel()
	stopped := errors.New("the person pressed Stop")
	ctx, stop := context.WithCancelCause(t.Context())
	stop(stopped)
	e := s.easel(t, patient, standin.PictureScript{})
	if a, err := e.imager.Image(ctx, s.wish()); !errors.Is(err, stopped) || a.Image.Data != nil {
		t.Errorf("error is %v, want the context's cause", err)
	}
	if e.standin != nil && e.standin.Books().Requests != 0 {
		t.Error("the vendor was asked")
	}
}

// triedAgain: what fails for a moment is mended without anybody noticing, and paid
// for once.
func (s ImageSubject) triedAgain(t *testing.T) {
	t.Parallel()
	for _, status := range []int{429, 500, 529} {
		var asked atomic.Int64
		e := s.easelWith(t, patient, func(provider.ImageRequest, int) standin.PictureScript {
			if asked.Add(1) <= 2 {
				return standin.PictureScript{Fault: standin.FaultRefuse, Failure: standin.Failure{Status: status}}
			}
			return standin.PictureScript{}
		}, "sk-test")
		a, err := provider.WithImageRetry(e.imager, slog.New(slog.DiscardHandler)).Image(t.Context(), s.wish())
		if err != nil {
			t.Fatal(err)
		}
		look(t, a.Image)
		if books := e.standin.Books(); books.Requests != 3 || books.Refused != 2 {
			t.Errorf("the vendor was asked %d times and refused %d, want 3 and 2", books.Requests, books.Refused)
		}
		s.wantBooked(t, e, a.Usage)
	}
}

// triedOnce: nothing is tried again that the vendor has done and bills, nor what it
// declines.
func (s ImageSubject) triedOnce(t *testing.T) {
	t.Parallel()
	for _, script := range []standin.PictureScript{
		{Fault: standin.FaultCut},
		{Fault: standin.FaultReset},
		{Fault: standin.FaultMalformed},
		{Garbled: true},
		{ContentType: "text/plain"},
		{Empty: true},
		{Blocked: "SAFETY"},
		{Filtered: "IMAGE_SAFETY"},
	} {
		e := s.easel(t, patient, script)
		_, err := provider.WithImageRetry(e.imager, slog.New(slog.DiscardHandler)).Image(t.Context(), s.wish())
		if n := e.standin.Books().Requests; err == nil || n != 1 {
			t.Errorf("%+v: the vendor was asked %d times, %v", script, n, err)
		}
	}
}
