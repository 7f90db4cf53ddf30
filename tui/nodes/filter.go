package nodes

import (
	"strings"
)

// nodeFilter is what the filter's line says, in words that all have to be found:
//
//	n-2 notready             in the name, the status, the roles, the version, the system, the runtime or the taints
//	status:cordoned role:etcd version:1.33 taint:gpu name:n-2
//	                         in one of them
type nodeFilter []term

// term is one word.
type term struct {
	in   string // name, status, role, version or taint; empty: any
	text string // in lower case
}

func parseFilter(line string) nodeFilter {
	var f nodeFilter
	for _, word := range strings.Fields(strings.ToLower(line)) {
		t := term{text: word}
		switch prefix, rest, ok := strings.Cut(word, ":"); {
		case !ok:
		case prefix == "name", prefix == "status", prefix == "role", prefix == "version", prefix == "taint":
			t = term{in: prefix, text: rest}
		}
		if t.text != "" {
			f = append(f, t)
		}
	}
	return f
}

// passes reports whether a node has all of the words.
func (f nodeFilter) passes(e *entry) bool {
	for _, t := range f {
		if !t.passes(e) {
			return false
		}
	}
	return true
}

func (t term) passes(e *entry) bool {
	switch t.in {
	case "name":
		return strings.Contains(e.Name, t.text)
	case "":
		return strings.Contains(e.Name, t.text) || strings.Contains(e.words, t.text)
	}
	return strings.Contains(e.field(t.in), t.text)
}

// marks are the letters of a name that match.
func (f nodeFilter) marks(name string) []int {
	var marks []int
	for _, t := range f {
		if at := strings.Index(name, t.text); at >= 0 && (t.in == "" || t.in == "name") {
			for i := range len(t.text) {
				marks = append(marks, at+i)
			}
		}
	}
	return marks
}
