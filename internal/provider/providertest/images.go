package providertest

import (
	"bytes"
	"encoding/json"
	"image"
	_ "image/gif" // whatever came is looked at
	_ "image/jpeg"
	_ "image/png"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	_ "golang.org/x/image/webp" // as above

	"pulse/internal/catalog"
	"pulse/internal/provider"
	"pulse/internal/provider/standin"
)

// ImageSubject is an adapter that makes pictures, under test.
type ImageSubject struct {
	Provider string // the catalogue's id of the vendor
	Model    string
	Size     string // one that the model takes, in the vendor's words
	// Standin makes the vendor's stand-in, and NewImager the adapter for one that
	// listens at address (no path). No Standin: the adapter speaks to nobody.
	Standin   func(standin.Play) *standin.Server
	NewImager func(t testing.TB, address, key string, client *http.Client) provider.Imager

	Quality       string // one that the model takes; empty: it takes none
	Seeded        bool   // the vendor has a field for a seed
	TakesUserHash bool   // the vendor is told who asks
	ThinksAloud   bool   // figures say what was thinking, and drafts may come before the picture

	// Blocked and Filtered are what the error says of "PROHIBITED_CONTENT" before a
	// picture is made, and of "IMAGE_SAFETY" after.
	Blocked, Filtered string
	// KeptIsBilled: what the vendor keeps back comes under 200, with figures.
	KeptIsBilled bool
	Refusals     []Refusal // beside those that every vendor has
}

// easel is one adapter in front of one stand-in.
type easel struct {
	standin *standin.Server
	imager  provider.Imager
}

func (s ImageSubject) easel(t testing.TB, p provider.Patience, script standin.PictureScript) easel {
	t.Helper()
	return s.easelWith(t, p, standin.AlwaysPicture(script), "sk-test")
}

func (s ImageSubject) easelWith(t testing.TB, p provider.Patience, play standin.PicturePlay, key string) easel {
	t.Helper()
	if s.Standin == nil {
		return easel{imager: s.NewImager(t, "", key, nil)}
	}
	vendor := s.Standin(nil).Draws(play)
	server := httptest.NewServer(vendor)
	client := provider.NewClient(p)
	t.Cleanup(func() {
		client.CloseIdleConnections()
		server.Close()
	})
	return easel{vendor, s.NewImager(t, server.URL, key, client)}
}

func (s ImageSubject) wish() provider.ImageRequest {
	return provider.ImageRequest{Model: s.Model, Size: s.Size, Prompt: "A \"quiet\" harbour with <boats> & 日本語"}
}

// RunImager runs the suite for adapters that make pictures. For goroutines see Run.
func RunImager(t *testing.T, s ImageSubject) {
	t.Helper()
	t.Run("picture", s.picture)
	t.Run("edit", s.edit)
	t.Run("catalogue", s.catalogue)
	t.Run("cancelled before", s.cancelledBefore)
	if s.Standin == nil {
		return
	}
	t.Run("request", s.asked)
	t.Run("usage", s.usage)
	t.Run("figures missing", s.figuresMissing)
	t.Run("drafts", s.drafts)
	t.Run("other types", s.otherTypes)
	t.Run("no picture", s.noPicture)
	t.Run("kept back", s.keptBack)
	t.Run("some of a request", s.someKeptBack)
	t.Run("refusals", s.refusals)
	t.Run("unreachable", s.unreachable)
	t.Run("proxy page", s.proxyPage)
	t.Run("redirect", s.redirect)
	t.Run("wrong key", s.wrongKey)
	t.Run("bad picture", s.badPicture)
	t.Run("too large", s.tooLarge)
	t.Run("a size of nobody's", s.badSize)
	t.Run("stall", s.stall)
	t.Run("broken", s.broken)
	t.Run("huge", s.huge)
	t.Run("cancel", s.cancel)
	t.Run("tried again", s.triedAgain)
	t.Run("tried once", s.triedOnce)
}

// look checks that it is a picture of the type that it is given as.
func look(t *testing.T, p provider.Image) image.Config {
	t.Helper()
	c, format, err := image.DecodeConfig(bytes.NewReader(p.Data))
	if err != nil || "image/"+format != p.ContentType {
		t.Fatalf("%d bytes of %s are %s: %v", len(p.Data), p.ContentType, format, err)
	}
	if _, _, err := image.Decode(bytes.NewReader(p.Data)); err != nil {
		t.Fatalf("the picture is broken: %v", err)
	}
	return c
}

// picture: one comes, whole, for one request, which says what it took.
func (s ImageSubject) picture(t *testing.T) {
	t.Parallel()
	e := s.easel(t, patient, standin.PictureScript{})
	a, err := e.imager.Image(t.Context(), s.wish())
	if err != nil {
		t.Fatal(err)
	}
	look(t, a.Image)
	if a.Image.ContentType != "image/png" || a.ResponseID == "" || a.Usage.Zero() || a.Usage.Estimated || !json.Valid(a.Usage.Raw) {
		t.Errorf("%s with id %q and usage %+v", a.Image.ContentType, a.ResponseID, a.Usage)
	}
	if e.standin == nil {
		return
	}
	if books := e.standin.Books(); books.Requests != 1 || books.Finished != 1 || !books.Billed.Zero() {
		t.Errorf("the vendor has %+v, want one request that finished", books)
	}
	s.wantBooked(t, e, a.Usage)
}

// wantBooked: our figures are those of the vendor's books.
func (s ImageSubject) wantBooked(t *testing.T, e easel, got provider.ImageUsage) {
	t.Helper()
	got.Raw = nil
	if billed := e.standin.Books().BilledPictures; asJSON(t, got) != asJSON(t, billed) {
		t.Errorf("usage is\n%s\nand the vendor bills\n%s", asJSON(t, got), asJSON(t, billed))
	}
}

// asked: the vendor understands what was asked, all of it, and nothing that its
// API has no field for.
func (s ImageSubject) asked(t *testing.T) {
	t.Parallel()
	e := s.easel(t, patient, standin.PictureScript{})
	req := s.wish()
	req.Quality, req.UserHash, req.NegativePrompt, req.GuidanceScale = s.Quality, "0123456789abcdef", "boats", new(7.5)
	req.Inputs = []provider.Image{painted(t, "image/png", 12, 8), painted(t, "image/jpeg", 40, 30)}
	if s.Seeded {
		req.Seed = new(int64(-42))
	}
	for _, inputs := range [][]provider.Image{nil, req.Inputs[:1], req.Inputs} {
		req.Inputs = inputs
		if _, err := e.imager.Image(t.Context(), req); err != nil {
			t.Fatal(err)
		}
		wishes, want := e.standin.Wishes(), req
		want.NegativePrompt, want.GuidanceScale = "", nil
		if !s.TakesUserHash {
			want.UserHash = ""
		}
		if got := wishes[len(wishes)-1]; asJSON(t, got.Image) != asJSON(t, want) || len(got.Inputs) != len(inputs) {
			t.Errorf("the vendor understood\n%s\nwant\n%s", asJSON(t, got.Image), asJSON(t, want))
		}
	}
	// Without a wish for them, the vendor's defaults are left alone.
	if _, err := e.imager.Image(t.Context(), s.wish()); err != nil {
		t.Fatal(err)
	}
	if wishes := e.standin.Wishes(); asJSON(t, wishes[3].Image) != asJSON(t, s.wish()) {
		t.Errorf("the vendor understood\n%s", asJSON(t, wishes[3].Image))
	}
}

// edit: pictures that come along are counted apart.
func (s ImageSubject) edit(t *testing.T) {
	t.Parallel()
	e := s.easel(t, patient, standin.PictureScript{})
	req := s.wish()
	req.Inputs = []provider.Image{painted(t, "image/png", 12, 8), painted(t, "image/jpeg", 40, 30), painted(t, "image/png", 4, 4)}
	a, err := e.imager.Image(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	look(t, a.Image)
	if a.Usage.ImageInput == 0 || a.Usage.Input == 0 || a.Usage.Output == 0 {
		t.Errorf("usage is %+v", a.Usage)
	}
	if e.standin != nil {
		s.wantBooked(t, e, a.Usage)
	}
}

// usage: every class of tokens lands where it is priced.
func (s ImageSubject) usage(t *testing.T) {
	t.Parallel()
	want := provider.ImageUsage{Input: 101, ImageInput: 2002, Output: 4004}
	script := standin.PictureScript{Usage: want}
	if s.ThinksAloud {
		script.Thoughts = 303 // of the output
	}
	e := s.easel(t, patient, script)
	a, err := e.imager.Image(t.Context(), s.wish())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(a.Usage.Raw), "2002") {
		t.Errorf("raw figures are %q, want the vendor's", a.Usage.Raw)
	}
	if a.Usage.Raw = nil; asJSON(t, a.Usage) != asJSON(t, want) {
		t.Errorf("usage is %+v, want %+v", a.Usage, want)
	}
}

// figuresMissing: a picture without figures is whole all the same.
func (s ImageSubject) figuresMissing(t *testing.T) {
	t.Parallel()
	a, err := s.easel(t, patient, standin.PictureScript{HideUsage: true}).imager.Image(t.Context(), s.wish())
	if err != nil || !a.Usage.Zero() {
		t.Fatalf("%+v, %v", a.Usage, err)
	}
	look(t, a.Image)
}

// drafts: what thinking draws is not the picture.
func (s ImageSubject) drafts(t *testing.T) {
	t.Parallel()
	if !s.ThinksAloud {
		t.Skip("this vendor shows no drafts")
	}
	e := s.easel(t, patient, standin.PictureScript{Drafts: true, Told: true})
	a, err := e.imager.Image(t.Context(), s.wish())
	if err != nil {
		t.Fatal(err)
	}
	look(t, a.Image)
	a, err = s.easel(t, patient, standin.PictureScript{Drafts: true, Empty: true}).imager.Image(t.Context(), s.wish())
	if kind := provider.KindOf(err); kind != provider.KindEmpty || a.Image.Data != nil {
		t.Errorf("%v, %d bytes of a draft", err, len(a.Image.Data))
	}
}

// otherTypes: a picture is given as what it is.
func (s ImageSubject) otherTypes(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"image/jpeg", "image/webp"} {
		a, err := s.easel(t, patient, standin.PictureScript{ContentType: kind}).imager.Image(t.Context(), s.wish())
		if err != nil || a.Image.ContentType != kind {
			t.Fatalf("%s, %v; want %s", a.Image.ContentType, err, kind)
		}
		look(t, a.Image)
	}
}

// catalogue: the vendor has every model of the catalogue and takes whatever the
// catalogue lets people choose; what comes has the size that the catalogue says.
func (s ImageSubject) catalogue(t *testing.T) {
	t.Parallel()
	all, err := catalog.Load("")
	if err != nil {
		t.Fatal(err)
	}
	e := s.easel(t, patient, standin.PictureScript{})
	made := 0
	for _, m := range all.Models(catalog.KindImage) {
		if m.Provider != s.Provider {
			continue
		}
		qualities := append(make([]string, 0, 1+len(m.Making.Qualities)), "")
		for _, q := range m.Making.Qualities {
			qualities = append(qualities, q.ID)
		}
		for _, size := range m.Making.Sizes {
			for _, quality := range qualities {
				req := s.wish()
				req.Model, req.Size, req.Quality = m.VendorID, size.Ask, quality
				if m.Making.Takes(catalog.Seed) {
					req.Seed = new(int64(7))
				}
				a, err := e.imager.Image(t.Context(), req)
				if err != nil {
					t.Errorf("%s in size %s and quality %q: %v", m.ID, size.ID, quality, err)
					continue
				}
				made++
				c, _, err := image.DecodeConfig(bytes.NewReader(a.Image.Data))
				exact := int64(c.Width) == size.Width && int64(c.Height) == size.Height
				larger := size.Scale && int64(c.Width) > size.Width && int64(c.Height) > size.Height
				if err != nil || !exact && !larger {
					t.Errorf("%s in size %s is %d × %d, %v", m.ID, size.ID, c.Width, c.Height, err)
				}
			}
		}
		if e.standin != nil && m.Making.Edits() {
			s.most(t, e, m)
		}
	}
	if made == 0 {
		t.Errorf("the catalogue has no models of %s", s.Provider)
	}
}

// most: the vendor takes as many pictures and as long a prompt as the catalogue says.
func (s ImageSubject) most(t *testing.T, e easel, m catalog.Model) {
	t.Helper()
	req := s.wish()
	req.Model, req.Prompt = m.VendorID, strings.Repeat("é", int(m.Making.MaxPrompt))
	for range m.Making.Edit.MaxCount {
		req.Inputs = append(req.Inputs, painted(t, "image/png", 2, 2))
	}
	if _, err := e.imager.Image(t.Context(), req); err != nil {
		t.Errorf("%s with %d pictures: %v", m.ID, len(req.Inputs), err)
	}
}

// BenchmarkImager measures a picture over the wire, the stand-in's work and the
// SDK's included.
func BenchmarkImager(b *testing.B, s ImageSubject) {
	e := s.easel(b, patient, standin.PictureScript{})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.imager.Image(b.Context(), s.wish()); err != nil {
			b.Fatal(err)
		}
	}
}
