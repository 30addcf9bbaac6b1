package usage

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/goccy/go-yaml"
)

// Meter is what a plan counts.
type Meter string

// The meters and their units.
const (
	Tokens       Meter = "tokens"        // prompt + answer tokens
	Images       Meter = "images"        // pictures delivered
	VideoSeconds Meter = "video_seconds" // seconds of film delivered
	CVExports    Meter = "cv_exports"    // files
	DeckExports  Meter = "deck_exports"  // files
)

// Meters lists them in the order in which people are shown them.
func Meters() []Meter { return []Meter{Tokens, Images, VideoSeconds, CVExports, DeckExports} }

// Plan is a set of caps.
type Plan struct {
	Key  string          `yaml:"key"`  // what users.plan holds
	Name string          `yaml:"name"` // as people read it
	Caps map[Meter]int64 `yaml:"caps"` // for a period, in the meter's unit; a meter that is missing has 0
}

// Plans are all plans of this installation, in the order of the file.
type Plans struct {
	list  []Plan
	byKey map[string]Plan
}

//go:embed plans.yaml
var defaultPlans []byte

// LoadPlans reads the plans from a file, or the built-in ones for "".
// The error names the place in the file.
func LoadPlans(path string) (*Plans, error) {
	data := defaultPlans
	if path != "" {
		var err error
		if data, err = os.ReadFile(path); err != nil { //nolint:gosec // the operator's own setting
			return nil, fmt.Errorf("plans: %w", err)
		}
	}
	var file struct {
		Plans []Plan `yaml:"plans"`
	}
	if err := yaml.UnmarshalWithOptions(data, &file, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("plans: %w", err)
	}
	if len(file.Plans) == 0 {
		return nil, errors.New("plans: the file has none")
	}
	p := &Plans{list: file.Plans, byKey: map[string]Plan{}}
	known := map[Meter]bool{}
	for _, m := range Meters() {
		known[m] = true
	}
	for _, plan := range file.Plans {
		if plan.Key == "" || plan.Name == "" {
			return nil, errors.New("plans: a plan needs a key and a name")
		}
		if _, twice := p.byKey[plan.Key]; twice {
			return nil, fmt.Errorf("plans: %q is there twice", plan.Key)
		}
		for meter, limit := range plan.Caps {
			if !known[meter] {
				return nil, fmt.Errorf("plans: %q has a cap for %q, which is no meter", plan.Key, meter)
			}
			if limit < 0 {
				return nil, fmt.Errorf("plans: %q has a negative cap for %s", plan.Key, meter)
			}
		}
		p.byKey[plan.Key] = plan
	}
	return p, nil
}

// Get gives a plan. A plan that the operator has taken out of the file is
// answered with the first one, so that its users are not locked out.
func (p *Plans) Get(key string) Plan {
	if plan, ok := p.byKey[key]; ok {
		return plan
	}
	return p.list[0]
}

// Keys lists the plans, in the order of the file.
func (p *Plans) Keys() []string {
	keys := make([]string, len(p.list))
	for i := range p.list {
		keys[i] = p.list[i].Key
	}
	return keys
}

// Has tells whether the key names a plan.
func (p *Plans) Has(key string) bool { _, ok := p.byKey[key]; return ok }

// Period is the time over which a counter counts: Start included, End not.
type Period struct{ Start, End time.Time }

// PeriodAt gives the month, counted from the anchor, in which now lies. An
// anchor on the 31st starts its periods on the last day of shorter months.
// All in UTC, so that no time zone and no summer time moves a boundary.
func PeriodAt(anchor, now time.Time) Period {
	anchor, now = anchor.UTC(), now.UTC()
	months := (now.Year()-anchor.Year())*12 + int(now.Month()) - int(anchor.Month())
	start := addMonths(anchor, months)
	if start.After(now) {
		months--
		start = addMonths(anchor, months)
	}
	return Period{Start: start, End: addMonths(anchor, months+1)}
}

func addMonths(t time.Time, n int) time.Time {
	first := time.Date(t.Year(), t.Month(), 1, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC).AddDate(0, n, 0)
	lastDay := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), lastDay)-1)
}
