package structure

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A package of fewer files is free of the limit on rings: a type and the two files that use it and are used by it are a third of it already, and
// so few files are read as one.
const leastRinged = 6

// TestRings holds every package to a ring of at most a third of its files. A ring is a set of files in which each leads to each other by what it
// refers to: to understand one of them, all have to be read.
func TestRings(t *testing.T) {
	l := list(t)
	fset := token.NewFileSet()
	compiled := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) {
		file, ok := l.compiled[path]
		if !ok || file == "" {
			return nil, fmt.Errorf("go list has no compiled %s", path)
		}
		return os.Open(file)
	})
	for _, p := range l.packages {
		if len(p.built) < leastRinged {
			continue
		}
		graph, err := references(fset, compiled, p)
		if err != nil {
			t.Fatalf("%s: %v", p.name, err)
		}
		ring := largestRing(graph)
		holdMost(t, p.name, "files in a ring of references", len(ring), len(p.built)/3)
		for _, file := range ring {
			t.Logf("%s: %s → %s", p.name, file, strings.Join(intersection(graph[file], ring), " "))
		}
	}
}

// intersection are those of a list that are in another, sorted.
func intersection(list, other []string) []string {
	both := slices.DeleteFunc(slices.Clone(list), func(s string) bool { return !slices.Contains(other, s) })
	slices.Sort(both)
	return both
}

// references maps each file of a package to the files whose declarations it refers to: types with their fields, functions, methods, variables and
// constants.
func references(fset *token.FileSet, imports types.Importer, p *pkg) (map[string][]string, error) {
	files := make([]*ast.File, 0, len(p.built))
	graph := map[string][]string{}
	for _, name := range p.built {
		file, err := parser.ParseFile(fset, filepath.Join(p.dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files, graph[name] = append(files, file), nil
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{}}
	checked, err := (&types.Config{Importer: imports}).Check(module+"/"+p.name, fset, files, info)
	if err != nil {
		return nil, err
	}
	at := func(pos token.Pos) string { return filepath.Base(fset.File(pos).Name()) }
	for ident, object := range info.Uses {
		if object.Pkg() != checked || !object.Pos().IsValid() {
			continue
		}
		if from, to := at(ident.Pos()), at(object.Pos()); from != to && !slices.Contains(graph[from], to) {
			graph[from] = append(graph[from], to)
		}
	}
	return graph, nil
}

// largestRing is the largest set of at least two nodes each of which leads to each other, sorted; nil: there is none.
func largestRing(graph map[string][]string) []string {
	var largest []string
	reached := make(map[string]map[string]bool, len(graph))
	for node := range graph {
		reached[node] = reachable(graph, node)
	}
	for node := range graph {
		var ring []string
		for other := range reached[node] {
			if reached[other][node] {
				ring = append(ring, other)
			}
		}
		slices.Sort(ring)
		if len(ring) > max(1, len(largest)) || len(ring) == len(largest) && slices.Compare(ring, largest) < 0 {
			largest = ring
		}
	}
	return largest
}

// reachable are the nodes to which a node leads.
func reachable(graph map[string][]string, from string) map[string]bool {
	reached, next := map[string]bool{}, []string{from}
	for len(next) > 0 {
		node := next[len(next)-1]
		next = next[:len(next)-1]
		for _, to := range graph[node] {
			if !reached[to] {
				reached[to], next = true, append(next, to)
			}
		}
	}
	return reached
}

func TestLargestRing(t *testing.T) {
	for _, tt := range []struct {
		graph map[string][]string
		want  string
	}{
		{map[string][]string{"a": nil, "b": {"a"}}, ""},
		{map[string][]string{"a": {"a"}, "b": {"a"}}, ""},
		{map[string][]string{"a": {"b"}, "b": {"a"}, "c": {"a"}}, "a b"},
		{map[string][]string{"a": {"b"}, "b": {"a", "c"}, "c": {"d"}, "d": {"e"}, "e": {"c"}}, "c d e"},
	} {
		if got := strings.Join(largestRing(tt.graph), " "); got != tt.want {
			t.Errorf("the largest ring of %v is %q, want %q", tt.graph, got, tt.want)
		}
	}
}
