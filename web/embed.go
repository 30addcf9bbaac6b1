// Package web holds the built page inside the binary.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var files embed.FS

// Dist is the built page: index.html, docs.html, assets/ with hashed names, and
// beside each text file its .br and .gz. Before the first `npm run build` it
// holds placeholder.txt alone.
func Dist() fs.FS {
	dist, err := fs.Sub(files, "dist")
	if err != nil {
		panic(err) // dist is embedded above; fs.Sub fails only for an invalid path
	}
	return dist
}
