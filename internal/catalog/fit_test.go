package catalog_test

import (
	"testing"

	"pulse/internal/catalog"
)

func TestRefusesImage(t *testing.T) {
	t.Parallel()
	sees := catalog.Model{Name: "Seer", Images: catalog.ImageLimits{
		MaxCount: 2, MaxBytes: 5_000_000, MaxTotalBytes: 9_000_000, MaxEdge: 8000, Types: []string{"image/png", "image/jpeg"},
	}}
	small := sees
	small.Images.MaxBytes = 3_750_000
	for _, test := range []struct {
		name                string
		model               catalog.Model
		contentType         string
		size, width, height int64
		want                string
	}{
		{"it fits to the last byte and pixel", sees, "image/png", 5_000_000, 8000, 8000, ""},
		{"no eyes", catalog.Model{Name: "Mole"}, "image/png", 1, 1, 1, "Mole does not see pictures"},
		{"type", sees, "image/gif", 1, 1, 1, "is a picture of type gif, which Seer does not take; it takes png, jpeg"},
		{"size", sees, "image/jpeg", 5_000_001, 1, 1, "is larger than 5 MB, the most that Seer takes"},
		{"size with a fraction", small, "image/jpeg", 5_000_000, 1, 1, "is larger than 3.75 MB, the most that Seer takes"},
		{"width", sees, "image/png", 1, 8001, 1, "is wider or higher than 8000 pixels, the most that Seer takes"},
		{"height", sees, "image/png", 1, 1, 8001, "is wider or higher than 8000 pixels, the most that Seer takes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := test.model.RefusesImage(test.contentType, test.size, test.width, test.height); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestImageRoom(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		limits catalog.ImageLimits
		sizes  []int64
		want   []bool
	}{
		{"count", catalog.ImageLimits{MaxCount: 2, MaxTotalBytes: 100}, []int64{1, 1, 1}, []bool{true, true, false}},
		{"bytes, to the last one", catalog.ImageLimits{MaxCount: 9, MaxTotalBytes: 100}, []int64{60, 40, 1}, []bool{true, true, false}},
		{"what does not fit takes no room", catalog.ImageLimits{MaxCount: 2, MaxTotalBytes: 100}, []int64{101, 60, 41, 40}, []bool{false, true, false, true}},
		{"none", catalog.ImageLimits{}, []int64{0, 1}, []bool{false, false}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			room := test.limits.Room()
			for i, size := range test.sizes {
				if got := room.Take(size); got != test.want[i] {
					t.Errorf("picture %d of %d bytes: %v, want %v", i, size, got, test.want[i])
				}
			}
		})
	}
}
