package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// module is the import path of the repository's root.
const module = "pulse"

// file is what the law needs to know of one Go file.
type file struct {
	path    string
	imports []string
	pkg     string // its package clause
	doc     string // the comment above that
}

func (f file) isTest() bool { return strings.HasSuffix(f.path, "_test.go") }

// Imports checks every Go file below the root of a source tree and gives what
// breaks the law, one sentence each.
func Imports(tree fs.FS) ([]string, error) {
	folders, err := parse(tree)
	if err != nil {
		return nil, err
	}
	var broken []string
	for folder, files := range folders {
		place, known := places[folder]
		if !known {
			broken = append(broken, folder+" is not in the law: give it a place in internal/archtest/law.go")
			continue
		}
		if !documented(files) {
			broken = append(broken, folder+" has no package comment")
		}
		for _, f := range files {
			for _, imported := range f.imports {
				if why := forbidden(folder, place, f, imported); why != "" {
					broken = append(broken, fmt.Sprintf("%s imports %s: %s", f.path, imported, why))
				}
			}
		}
	}
	slices.Sort(broken)
	return broken, nil
}

// forbidden says why a file must not import a package; empty when it may.
func forbidden(folder string, place Place, f file, imported string) string {
	target, own := strings.CutPrefix(imported, module+"/")
	if !own {
		if f.isTest() || place.TestOnly {
			return "" // a test may drive Pulse with any client
		}
		return foreign(folder, imported)
	}
	if target == folder { // an external test
		return ""
	}
	to, known := places[target]
	switch {
	case !known:
		return "that folder is not in the law"
	case to.Level > place.Level:
		return "imports point down"
	case to.Level == rooms:
		if place.Level == rooms {
			return "rooms never meet; declare a small interface and let app pass it"
		}
		return ""
	case f.isTest() || place.TestOnly:
		return ""
	case to.TestOnly:
		return "that is for tests"
	case to.Adapter && place.Level != wiring:
		return "only app knows the adapters"
	case to.Level == place.Level && !beside[[2]string{folder, target}] && !strings.HasPrefix(folder, target+"/"):
		return "folders of one level meet only where the law lists it"
	}
	return ""
}

// foreign says why a folder must not import a package from outside.
func foreign(folder, imported string) string {
	for prefix, allowed := range owners {
		if imported != prefix && !strings.HasPrefix(imported, prefix+"/") {
			continue
		}
		if !slices.ContainsFunc(allowed, func(owner string) bool {
			return folder == owner || (strings.HasSuffix(owner, "/") && strings.HasPrefix(folder, owner))
		}) {
			return "it belongs to " + strings.Join(allowed, ", ")
		}
	}
	return ""
}

// documented tells whether a folder's package has a comment of the usual form.
// A folder with nothing but tests needs none.
func documented(files []file) bool {
	code := slices.DeleteFunc(slices.Clone(files), file.isTest)
	return len(code) == 0 || slices.ContainsFunc(code, func(f file) bool {
		return f.doc != "" && (f.pkg == "main" || strings.HasPrefix(f.doc, "Package "+f.pkg+" "))
	})
}

// parse reads the heads of all Go files, by folder.
func parse(tree fs.FS) (map[string][]file, error) {
	folders := map[string][]file{}
	err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != "." && skipped(entry.Name()):
			return fs.SkipDir
		case entry.IsDir() || path.Ext(name) != ".go":
			return nil
		}
		source, err := fs.ReadFile(tree, name)
		if err != nil {
			return fmt.Errorf("read: %w", err)
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return fmt.Errorf("parse: %w", err)
		}
		f, err := headOf(name, parsed)
		folders[path.Dir(name)] = append(folders[path.Dir(name)], f)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("archtest: %w", err)
	}
	return folders, nil
}

func headOf(name string, parsed *ast.File) (file, error) {
	f := file{path: name, pkg: parsed.Name.Name, doc: parsed.Doc.Text()}
	for _, i := range parsed.Imports {
		imported, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			return f, fmt.Errorf("%s: import %s: %w", name, i.Path.Value, err)
		}
		f.imports = append(f.imports, imported)
	}
	return f, nil
}

// skipped tells whether the go tool, too, would leave a folder out, or whether
// it belongs to npm.
func skipped(folder string) bool {
	return folder == "testdata" || folder == "node_modules" || strings.HasPrefix(folder, ".") || strings.HasPrefix(folder, "_")
}
