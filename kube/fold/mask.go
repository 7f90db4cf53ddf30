package fold

import (
	"bytes"
	"fmt"
	"regexp"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
)

// patternMask is what stands for what a person's expression has found.
const patternMask = "<masked>"

// The largest number of expressions, and of bytes in one. RE2 takes time in proportion to the text, and memory to the expression.
const (
	mostPatterns = 20
	longest      = 1000
)

// Masks are what is taken for equal although it differs. The zero value masks nothing but what members say is their own.
type Masks struct {
	times    bool
	now      time.Time // near which a number is taken for a time; zero: no number is
	patterns []*regexp.Regexp
}

// NewMasks are masks of times, and of what expressions of a person find (RE2). Numbers are taken for times when they are seconds or milliseconds since
// 1970 within a day of now. The error is a [*PatternError].
func NewMasks(now time.Time, patterns []string) (Masks, error) {
	m := Masks{times: true, now: now}
	if len(patterns) > mostPatterns {
		return Masks{}, &PatternError{Pattern: patterns[mostPatterns], Message: fmt.Sprintf("at most %d patterns can be masked", mostPatterns)}
	}
	for _, text := range patterns {
		if len(text) > longest {
			return Masks{}, &PatternError{Pattern: text[:longest], Message: fmt.Sprintf("a pattern has at most %d bytes", longest)}
		}
		pattern, err := regexp.Compile(text)
		switch {
		case err != nil:
			return Masks{}, patternError(text, err)
		case pattern.MatchString(""):
			return Masks{}, &PatternError{Pattern: text, Message: "it finds what is empty, and would mask everywhere; use + instead of *"}
		}
		m.patterns = append(m.patterns, pattern)
	}
	return m, nil
}

// PatternError is a mistake in a person's expression.
type PatternError struct {
	Pattern string
	Column  int // of the mistake, from 1; 0: it is the expression's as a whole
	Message string
}

func (e *PatternError) Error() string {
	where := ""
	if e.Column > 0 {
		where = fmt.Sprintf(" at column %d", e.Column)
	}
	return fmt.Sprintf("pattern %q%s: %s", kube.Brief(e.Pattern), where, kube.Sanitize(e.Message))
}

// patternError says where in an expression the mistake is, as far as package regexp tells what it stumbled over.
func patternError(text string, err error) *PatternError {
	e := &PatternError{Pattern: text, Message: err.Error()}
	if mistake, at := syntaxOf(err); mistake != "" {
		e.Message = mistake
		if i := bytes.LastIndex([]byte(text), []byte(at)); at != "" && i >= 0 {
			e.Column = i + 1
			e.Message += ": " + at
		}
	}
	return e
}

// apply appends a text to buffer with what is masked replaced. What members own comes first: it may hold digits that look like a time.
func (m Masks) apply(buffer, text []byte, own []Own) []byte {
	spans := spansOf(text, own)
	if m.times {
		spans = append(spans, timesIn(text, m.now)...)
	}
	start := len(buffer)
	buffer = replace(buffer, text, spans)
	if len(m.patterns) == 0 {
		return buffer
	}
	masked := append([]byte(nil), buffer[start:]...)
	for _, p := range m.patterns {
		masked = p.ReplaceAllLiteral(masked, []byte(patternMask))
	}
	return append(buffer[:start], masked...)
}
