package podlist

import (
	"strings"

	"github.com/sahilm/fuzzy"

	"github.com/dayfly-k8s/dayfly/kube/lists"
)

// podFilter is what the filter's line says, in parts:
//
//	cra n-2              words: each is in the name, namespace, status or node, as it is or fuzzily; "quarantine" is part of the status
//	status:crash node:n-2 ns:shop name:web
//	                     words that look at one of them
//	-l app in (web,cart) a label selector, which the API server applies; see [lineReader.selector]
//	deploy/web           a workload: its pods
type podFilter struct {
	terms    []term
	selector string
	workload lists.Workload
	wrong    *lineError // what the line has to be corrected for; nil: nothing
}

// quarantineWord is what the filter finds pods in quarantine by.
const quarantineWord = "quarantine"

// term is one word. All terms have to pass.
type term struct {
	in   field
	text string // in lower case
}

// field is a part of a row that can be filtered by.
type field int

const (
	anyField field = iota
	inName
	inNamespace
	inStatus
	inNode
)

// How well something passes. A better one is shown before a worse one.
const (
	missed = iota // does not pass
	loosely
	exactly
)

// parsePodFilter reads the line. What is not complete yet, such as -l without a selector, filters nothing.
func parsePodFilter(line string) podFilter {
	var f podFilter
	r := newLineReader(line)
	for r.next() {
		if selector, wrong, ok := r.selector(); ok {
			if wrong != nil && f.wrong == nil {
				f.wrong = wrong
			}
			if wrong == nil {
				f.selector = joined(f.selector, selector)
			}
			continue
		}
		word := r.word()
		if strings.Contains(word, "/") {
			if pod, w, err := lists.ParseArgument(word); err == nil && pod == "" {
				f.workload = w
				continue
			}
		}
		if t := parseTerm(word); t.text != "" {
			f.terms = append(f.terms, t)
		}
	}
	return f
}

func joined(a, b string) string { return strings.Trim(a+","+b, ",") }

func parseTerm(word string) term {
	word = strings.ToLower(word)
	prefix, rest, ok := strings.Cut(word, ":")
	if !ok {
		return term{text: word}
	}
	switch prefix {
	case "name":
		return term{inName, rest}
	case "ns", "namespace":
		return term{inNamespace, rest}
	case "status":
		return term{inStatus, rest}
	case "node":
		return term{inNode, rest}
	}
	return term{text: word} // Init:CrashLoopBackOff too
}

// query is the part of the filter that the API server applies.
func (f podFilter) query(namespace string) lists.PodQuery {
	return lists.PodQuery{Namespace: namespace, Selector: f.selector, Workload: f.workload}
}

// narrows reports whether everything that passes f has passed the filter before it, so that the rest need not be looked at again.
func (f podFilter) narrows(before podFilter) bool {
	if len(f.terms) < len(before.terms) {
		return false
	}
	for i, t := range before.terms {
		if f.terms[i].in != t.in || !strings.HasPrefix(f.terms[i].text, t.text) {
			return false
		}
	}
	return true
}

// passes tells how well a pod passes.
func (f podFilter) passes(e *podEntry) int {
	how := exactly
	for i := range f.terms {
		if how = min(how, f.terms[i].passes(i, e)); how == missed {
			return missed
		}
	}
	return how
}

func (t term) passes(n int, e *podEntry) int {
	best := missed
	for in, w := range [...]*word{inNamespace: e.namespace, inStatus: e.status, inNode: e.node} {
		if w != nil && (t.in == anyField || t.in == field(in)) {
			if best = max(best, w.passes(n, t.text)); best == exactly {
				return exactly
			}
		}
	}
	if e.quarantined && (t.in == anyField || t.in == inStatus) && strings.Contains(quarantineWord, t.text) {
		return exactly
	}
	if t.in == anyField || t.in == inName {
		// The API server lets no other than lower case into names.
		if strings.Contains(e.Name, t.text) {
			return exactly
		}
		if best == missed && inOrder(t.text, e.Name) {
			return loosely
		}
	}
	return best
}

// passes tells how well a text passes a pattern; both are in lower case.
func passes(pattern, s string) int {
	switch {
	case strings.Contains(s, pattern):
		return exactly
	case inOrder(pattern, s):
		return loosely
	}
	return missed
}

// inOrder reports whether s has all bytes of the pattern in their order: that is what a fuzzy match needs, and far quicker to find out
// than which letters match best. Only the rows on the screen are asked for these.
func inOrder(pattern, s string) bool {
	at := 0
	for i := 0; i < len(s) && at < len(pattern); i++ {
		if s[i] == pattern[at] {
			at++
		}
	}
	return at == len(pattern)
}

// marks are the letters of a name that match, of the pods that pass.
func (f podFilter) marks(name string) []int {
	var marks []int
	for _, t := range f.terms {
		if t.in != anyField && t.in != inName {
			continue
		}
		if at := strings.Index(name, t.text); at >= 0 {
			for i := range t.text {
				marks = append(marks, at+i)
			}
			continue
		}
		if found := fuzzy.Find(t.text, []string{name}); len(found) > 0 {
			marks = append(marks, found[0].MatchedIndexes...)
		}
	}
	return marks
}

// word is a text that many pods share. How it passes the list's filter is found out once, before the pods are looked at.
type word struct {
	text, lower string
	known       [mostTerms]int8
}

// mostTerms is for how many terms a word remembers.
const mostTerms = 4

// learn finds out how the word passes each term of a filter.
func (w *word) learn(terms []term) {
	for i := range terms[:min(len(terms), mostTerms)] {
		w.known[i] = int8(passes(terms[i].text, w.lower))
	}
}

// passes tells how well the word passes the n-th term, which it has learnt if it is one of the first.
func (w *word) passes(n int, pattern string) int {
	switch {
	case w.text == "":
		return missed
	case n < mostTerms:
		return int(w.known[n])
	}
	return passes(pattern, w.lower)
}
