package podlist

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/dayfly-k8s/dayfly/kube/lists"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// lineReader reads the words of a filter's line. Quotes keep spaces in a word, as in a shell; one that is still open reaches to the end.
type lineReader struct {
	text   string // without quotes
	origin []int  // of each byte of text, its byte in the line; one more for the end
	quoted []bool // of each byte of text: it stood between quotes
	at     int    // byte of text
}

// lineError is a mistake in a filter's line.
type lineError struct {
	at            int // cells from the beginning of the line
	problem, hint string
}

func newLineReader(line string) *lineReader {
	r := &lineReader{}
	var b strings.Builder
	var quote rune
	for i, c := range line {
		switch {
		case quote != 0 && c == quote:
			quote = 0
			continue
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
			continue
		}
		for range utf8.RuneLen(c) {
			r.origin, r.quoted = append(r.origin, kit.Width(line[:i])), append(r.quoted, quote != 0)
		}
		b.WriteRune(c)
	}
	r.text, r.origin, r.quoted = b.String(), append(r.origin, kit.Width(line)), append(r.quoted, false)
	return r
}

// next goes to where the next word begins; false: there is none.
func (r *lineReader) next() bool {
	for r.at < len(r.text) && r.space(r.at) {
		r.at++
	}
	return r.at < len(r.text)
}

// space reports whether words are separated at a byte.
func (r *lineReader) space(at int) bool { return r.text[at] == ' ' && !r.quoted[at] }

// end is where the word that has the byte at ends.
func (r *lineReader) end(at int) int {
	for at < len(r.text) && !r.space(at) {
		at++
	}
	return at
}

// word takes the next word.
func (r *lineReader) word() string {
	start := r.at
	r.at = r.end(r.at)
	return r.text[start:r.at]
}

// selector takes a label selector, if the next word is one of kubectl's flags for it: -l app=web, -lapp=web, -l=app=web, --selector app=web or
// --selector=app=web. The selector may have spaces, with and without quotes around it or its values: it ends where its grammar does.
func (r *lineReader) selector() (selector string, wrong *lineError, ok bool) {
	start := r.at
	word := r.text[start:r.end(start)]
	flag, glued := "-l", false
	switch {
	case word == "-l", strings.HasPrefix(word, "-l="):
	case word == "--selector", strings.HasPrefix(word, "--selector="):
		flag = "--selector"
	case strings.HasPrefix(word, "-l"):
		glued = true
	default:
		return "", nil, false
	}
	from := start + len(flag)
	if !glued && from < len(r.text) && r.text[from] == '=' {
		from++
	}
	to := from + lists.SelectorPrefix(r.text[from:])
	if to > from && to < len(r.text) && r.quoted[to] { // the quotes say what is meant
		to = r.end(to)
	}
	selector = strings.TrimSpace(r.text[from:to])
	if glued && !strings.ContainsAny(selector, "=!<>(") {
		return "", nil, false // -log is a part of a name
	}
	r.at = to
	return selector, r.check(from, to), true
}

// check finds the mistake of a selector that stands in a part of the text.
func (r *lineReader) check(from, to int) *lineError {
	var wrong *lists.SelectorError
	if !errors.As(lists.ParseSelector(r.text[from:to]), &wrong) {
		return nil
	}
	return &lineError{at: r.origin[from+wrong.At], problem: wrong.Problem, hint: wrong.Hint}
}
