// Package structure has the tests that are about the whole module: who may import whom, how large a package may become, how far its files may
// be tied together, and the table of packages in CONTRIBUTING.md. They need go list and what it has compiled, nothing else.
package structure

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

const (
	root   = "../.."
	module = "github.com/dayfly-k8s/dayfly"
)

// pkg is one of our packages, without its tests. Files of other systems count, so that it is the same everywhere.
type pkg struct {
	name    string // without the module's
	doc     string // the first sentence of its documentation
	dir     string
	files   []string // sorted
	built   []string // those that this system compiles
	lines   int
	imports []string // sorted, of all files
}

// imported are its imports of ours.
func (p *pkg) imported() []string {
	var ours []string
	for _, i := range p.imports {
		if name, ok := strings.CutPrefix(i, module+"/"); ok {
			ours = append(ours, name)
		}
	}
	return ours
}

// listed is the module as go list has it, in the order of the names, and the compiled packages that it needs by their import paths.
type listed struct {
	packages []*pkg
	compiled map[string]string
}

// list asks go list once for all tests.
func list(t *testing.T) *listed {
	t.Helper()
	l, err := listOnce()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

var listOnce = sync.OnceValues(func() (*listed, error) {
	folders, err := folders()
	if err != nil {
		return nil, err
	}
	out, err := goList(append([]string{"-deps", "-export", "-json=ImportPath,Dir,Doc,Export,GoFiles,IgnoredGoFiles"}, folders...)...)
	if err != nil {
		return nil, err
	}
	l := &listed{compiled: map[string]string{}}
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var g struct {
			ImportPath, Dir, Doc, Export string
			GoFiles, IgnoredGoFiles      []string
		}
		if err := decoder.Decode(&g); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		l.compiled[g.ImportPath] = g.Export
		name, ours := strings.CutPrefix(g.ImportPath, module+"/")
		if !ours || len(g.GoFiles) == 0 {
			continue
		}
		p := &pkg{name: name, doc: g.Doc, dir: g.Dir, built: g.GoFiles, files: slices.Clone(g.GoFiles)}
		for _, file := range g.IgnoredGoFiles {
			if !strings.HasSuffix(file, "_test.go") {
				p.files = append(p.files, file)
			}
		}
		slices.Sort(p.files)
		if err := p.read(); err != nil {
			return nil, err
		}
		l.packages = append(l.packages, p)
	}
	slices.SortFunc(l.packages, func(a, b *pkg) int { return strings.Compare(a.name, b.name) })
	return l, nil
})

// read counts the lines of the files, and collects their imports.
func (p *pkg) read() error {
	for _, file := range p.files {
		text, err := os.ReadFile(filepath.Join(p.dir, file))
		if err != nil {
			return err
		}
		p.lines += bytes.Count(text, []byte("\n"))
		parsed, err := parser.ParseFile(token.NewFileSet(), file, text, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, i := range parsed.Imports {
			imported, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			p.imports = append(p.imports, imported)
		}
	}
	slices.Sort(p.imports)
	p.imports = slices.Compact(p.imports)
	return nil
}

// folders are those of the module that have packages, as go list wants them: its ./... leaves out testdata. That they are read here lets go test
// see that a cached result is out of date.
func folders() ([]string, error) {
	var list []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil || !entry.IsDir() || path == root:
			return err
		case strings.HasPrefix(entry.Name(), "."), exists(filepath.Join(path, "go.mod")):
			return fs.SkipDir
		}
		files, err := filepath.Glob(filepath.Join(path, "*.go"))
		if err != nil || len(files) == 0 {
			return err
		}
		folder, err := filepath.Rel(root, path)
		list = append(list, "./"+filepath.ToSlash(folder))
		return err
	})
	return list, err
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

func goList(arguments ...string) ([]byte, error) {
	cmd := exec.Command("go", append([]string{"list"}, arguments...)...)
	cmd.Dir = root
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, errors.New(cmd.String() + ": " + err.Error() + "\n" + stderr.String())
	}
	return out, nil
}

// within reports whether a name is that of a folder, or of something in it.
func within(name, folder string) bool { return name == folder || strings.HasPrefix(name, folder+"/") }
