package httpd

import (
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/vearutop/statigz"

	"pulse/internal/fault"
)

// servePage serves the built page: hashed assets for ever, everything else
// anew. An address of the page itself (without a file's ending) gets the
// page, which finds its way; a missing file is a 404.
func servePage(page fs.FS) http.Handler {
	dir, ok := page.(fs.ReadDirFS)
	if !ok || !has(page, "index.html") {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			writeProblem(w, r, fault.New(fault.NotFound, "This Pulse was built without its page. `make build` builds both; the API is at /api/v1."))
		})
	}
	files := statigz.FileServer(dir, func(s *statigz.Server) {
		s.Encodings = []statigz.Encoding{{FileExt: ".br", ContentEncoding: "br"}, statigz.GzipEncoding()}
		s.OnNotFound = func(w http.ResponseWriter, r *http.Request) {
			w.Header().Del("Cache-Control")
			writeProblem(w, r, fault.New(fault.NotFound, "There is no such file."))
		}
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			writeProblem(w, r, fault.Newf(fault.MethodNotAllowed, "%s is not something that can be done here.", r.Method))
			return
		}
		switch name := strings.TrimPrefix(path.Clean(r.URL.Path), "/"); {
		case strings.HasPrefix(name, "assets/"):
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		case path.Ext(name) != "" && path.Ext(name) != ".html":
			w.Header().Set("Cache-Control", "public, max-age=3600")
		default:
			w.Header().Set("Cache-Control", "no-cache")
			r = r.Clone(r.Context())
			r.URL.Path = "/" // the one page
			if has(page, name+".html") {
				r.URL.Path = "/" + name + ".html"
			}
			if name == "picture" {
				framed(w.Header())
			}
		}
		files.ServeHTTP(w, r)
	})
}

func has(files fs.FS, name string) bool {
	_, err := fs.Stat(files, name)
	return err == nil
}
