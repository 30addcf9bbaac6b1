package catalog

import (
	"fmt"
	"slices"
	"strings"
)

// RefusesImage says why the model does not take a picture, in words for the
// person; empty when it does.
func (m Model) RefusesImage(contentType string, size, width, height int64) string {
	l := m.Images
	switch {
	case l.MaxCount == 0:
		return m.Name + " does not see pictures"
	case !slices.Contains(l.Types, contentType):
		return fmt.Sprintf("is a picture of type %s, which %s does not take; it takes %s",
			strings.TrimPrefix(contentType, "image/"), m.Name, strings.ReplaceAll(strings.Join(l.Types, ", "), "image/", ""))
	case size > l.MaxBytes:
		return fmt.Sprintf("is larger than %.3g MB, the most that %s takes", float64(l.MaxBytes)/1e6, m.Name)
	case width > l.MaxEdge || height > l.MaxEdge:
		return fmt.Sprintf("is wider or higher than %d pixels, the most that %s takes", l.MaxEdge, m.Name)
	}
	return ""
}

// ImageRoom is what is left of a prompt's room for pictures.
type ImageRoom struct{ count, bytes int64 }

// Room is what a prompt has room for.
func (l ImageLimits) Room() *ImageRoom { return &ImageRoom{l.MaxCount, l.MaxTotalBytes} }

// Take makes room for one more picture of so many bytes, if there is any.
func (r *ImageRoom) Take(size int64) bool {
	if r.count < 1 || size > r.bytes {
		return false
	}
	r.count--
	r.bytes -= size
	return true
}
