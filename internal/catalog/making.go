package catalog

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Making is what a model that makes pictures can do.
type Making struct {
	MaxCount  int64 // pictures of one request
	MaxPrompt int64 // characters
	// Edit are the pictures that it takes along with a prompt, to change them or to
	// go by; all zero: it takes none.
	Edit ImageLimits
	// Parameters are the optional settings that it takes. Written are those of them
	// that its vendor has no field for: they are written into the prompt.
	Parameters []string
	Written    []string
	Sizes      []PictureSize // the first is the one for who names none
	Qualities  []PictureQuality
}

// PictureSize is a size that people can ask for.
type PictureSize struct {
	ID     string `yaml:"id"`    // "1024x1024", "portrait"
	Width  int64  `yaml:"width"` // pixels, of what is delivered
	Height int64  `yaml:"height"`
	Ask    string `yaml:"ask"`    // the vendor's words for it
	Scale  bool   `yaml:"scale"`  // the vendor makes it larger, and it is scaled down here
	Tokens int64  `yaml:"tokens"` // that a picture takes, about, at 100 percent of quality
}

// PictureQuality is a level of care that people can ask for.
type PictureQuality struct {
	ID string `yaml:"id"` // the vendor's word
	// Percent of a size's tokens that a picture takes at this level.
	Percent int64 `yaml:"percent"`
}

// Parameters of models that make pictures.
const (
	NegativePrompt = "negative_prompt"
	GuidanceScale  = "guidance_scale"
	Seed           = "seed"
)

func makingParameters() []string { return []string{NegativePrompt, GuidanceScale, Seed} }

// Edits tells that it takes pictures along with a prompt.
func (m *Making) Edits() bool { return m.Edit.MaxCount > 0 }

// Takes tells that it takes an optional setting.
func (m *Making) Takes(parameter string) bool { return slices.Contains(m.Parameters, parameter) }

// Writes tells that an optional setting is written into the prompt.
func (m *Making) Writes(parameter string) bool { return slices.Contains(m.Written, parameter) }

// Size finds a size by its id, or by width × height ("1536x1024"); the one for
// who names none with "".
func (m *Making) Size(id string) (PictureSize, bool) {
	if id == "" {
		return m.Sizes[0], true
	}
	for _, s := range m.Sizes {
		if s.ID == id || s.Pixels() == id {
			return s, true
		}
	}
	return PictureSize{}, false
}

// Pixels is width × height, as OpenAI's API writes it.
func (s PictureSize) Pixels() string {
	return strconv.FormatInt(s.Width, 10) + "x" + strconv.FormatInt(s.Height, 10)
}

// Quality finds a level of care; the first with "". A model that has none takes
// no other than "".
func (m *Making) Quality(id string) (PictureQuality, bool) {
	if id == "" {
		if len(m.Qualities) == 0 {
			return PictureQuality{Percent: 100}, true
		}
		return m.Qualities[0], true
	}
	for _, q := range m.Qualities {
		if q.ID == id {
			return q, true
		}
	}
	return PictureQuality{}, false
}

// PictureTokens is about what a picture takes, for quotes, and where the vendor
// does not say.
func (m *Making) PictureTokens(s PictureSize, q PictureQuality) int64 {
	return (s.Tokens*q.Percent + 99) / 100
}

// makingEntry is a model that makes pictures, or the defaults of a provider's.
type makingEntry struct {
	ID         string           `yaml:"id"`
	Name       string           `yaml:"name"`
	VendorID   string           `yaml:"vendor_id"`
	MaxCount   int64            `yaml:"max_count"`
	MaxPrompt  int64            `yaml:"max_prompt"`
	Edit       ImageLimits      `yaml:"edit"`
	Parameters []string         `yaml:"parameters"`
	Written    []string         `yaml:"written"`
	Sizes      []PictureSize    `yaml:"sizes"`
	Qualities  []PictureQuality `yaml:"qualities"`
	Prices     []priceEntry     `yaml:"prices"`
	Off        bool             `yaml:"off"`
}

func (m makingEntry) over(base makingEntry) makingEntry {
	return makingEntry{
		ID:         cmp.Or(m.ID, base.ID),
		Name:       cmp.Or(m.Name, base.Name),
		VendorID:   cmp.Or(m.VendorID, base.VendorID),
		MaxCount:   cmp.Or(m.MaxCount, base.MaxCount),
		MaxPrompt:  cmp.Or(m.MaxPrompt, base.MaxPrompt),
		Edit:       m.Edit.over(base.Edit),
		Parameters: given(m.Parameters, base.Parameters),
		Written:    given(m.Written, base.Written),
		Sizes:      given(m.Sizes, base.Sizes),
		Qualities:  given(m.Qualities, base.Qualities),
		Prices:     given(m.Prices, base.Prices),
		Off:        m.Off || base.Off,
	}
}

// model makes the model that an entry describes. The error names the field.
func (m makingEntry) model(p providerEntry) (Model, error) {
	if m.Name == "" {
		return Model{}, errors.New("name is missing")
	}
	if m.MaxPrompt <= 0 {
		return Model{}, errors.New("max_prompt must be a number of characters over 0")
	}
	if m.MaxCount < 1 || m.MaxCount > MaxPictures {
		return Model{}, fmt.Errorf("max_count must be from 1 to %d", MaxPictures)
	}
	if m.Edit.MaxCount != 0 {
		if err := m.Edit.check(); err != nil {
			return Model{}, fmt.Errorf("edit: %w", err)
		}
	}
	if err := check(m.Parameters, makingParameters()); err != nil {
		return Model{}, fmt.Errorf("parameters: %w", err)
	}
	if err := check(m.Written, m.Parameters); err != nil {
		return Model{}, fmt.Errorf("written: %w", err)
	}
	if err := checkSizes(m.Sizes); err != nil {
		return Model{}, err
	}
	for i, q := range m.Qualities {
		if q.ID == "" || q.Percent <= 0 {
			return Model{}, fmt.Errorf("qualities[%d] needs an id and a percent over 0", i)
		}
	}
	prices, err := priceList(m.Prices)
	if err != nil {
		return Model{}, err
	}
	return Model{
		ID: m.ID, Name: m.Name, Provider: p.ID, ProviderName: p.Name, VendorID: cmp.Or(m.VendorID, m.ID), Demo: p.Demo, prices: prices,
		Making: &Making{
			MaxCount: m.MaxCount, MaxPrompt: m.MaxPrompt, Edit: m.Edit, Parameters: m.Parameters, Written: m.Written, Sizes: m.Sizes,
			Qualities: m.Qualities,
		},
	}, nil
}

// MaxPictures is the most that one request can ask for.
const MaxPictures = 4

func checkSizes(sizes []PictureSize) error {
	const mostEdge = 1 << 13 // pixels; what comes is kept whole in memory
	if len(sizes) == 0 {
		return errors.New("sizes are missing")
	}
	ids := map[string]bool{}
	for i, s := range sizes {
		switch {
		case s.ID == "" || strings.ContainsFunc(s.ID, unicode.IsSpace):
			return fmt.Errorf("sizes[%d] needs an id, without spaces", i)
		case ids[s.ID]:
			return fmt.Errorf("sizes[%d]: %q is there twice", i, s.ID)
		case s.Width < 1 || s.Height < 1 || s.Width > mostEdge || s.Height > mostEdge:
			return fmt.Errorf("sizes[%d]: width and height must be from 1 to %d pixels", i, mostEdge)
		case s.Ask == "" || s.Tokens <= 0:
			return fmt.Errorf("sizes[%d] needs ask, which are the vendor's words, and tokens", i)
		}
		ids[s.ID] = true
	}
	return nil
}
