package lists

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/api/validate/content"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/dayfly-k8s/dayfly/kube"
)

// SelectorError tells where a selector of labels is wrong.
type SelectorError struct {
	Text    string // the selector
	At      int    // the byte of Text where it is wrong; len(Text) when something is missing at the end
	Problem string
	Hint    string // what to write instead
}

// Error is one sentence, with the place as people count: from one.
func (e *SelectorError) Error() string {
	at := utf8.RuneCountInString(e.Text[:e.At]) + 1
	return fmt.Sprintf("selector %q: %s (at character %d): %s", kube.Sanitize(e.Text), e.Problem, at, e.Hint)
}

// ParseSelector checks a selector of labels by the rules of the API server. An error is a *SelectorError.
func ParseSelector(selector string) error {
	if strings.Trim(selector, blanks) == "" {
		return nil
	}
	s := selectorScanner{text: selector}
	err := s.scan()
	switch {
	case err != nil:
		return err
	case strings.Trim(selector[s.at:], blanks) != "":
		s.space()
		return s.noComma()
	}
	if _, err := labels.Parse(selector); err != nil { // the API server has the last word
		return &SelectorError{Text: selector, Problem: kube.Sanitize(err.Error()), Hint: "write it as kubectl -l takes it"}
	}
	return nil
}

// SelectorPrefix is the length in bytes of the selector that a line begins with. A selector may have spaces, as in "app in (web, cart)"; what
// cannot belong to it any more, such as a second word, is behind it. A selector with a mistake reaches to the end of the line.
func SelectorPrefix(line string) int {
	s := selectorScanner{text: line}
	if s.scan() != nil {
		return len(line)
	}
	return s.at
}

// blanks are what the API server takes for spaces.
const blanks = " \t\r\n"

// selectorScanner reads a selector from left to right, by the grammar of
// https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors.
type selectorScanner struct {
	text string
	at   int
}

func (s *selectorScanner) wrong(problem, hint string) *SelectorError {
	return &SelectorError{Text: s.text, At: s.at, Problem: problem, Hint: hint}
}

// scan reads conditions with commas between them, and stops behind the last.
func (s *selectorScanner) scan() *SelectorError {
	for {
		s.space()
		if err := s.condition(); err != nil {
			return err
		}
		end := s.at
		s.space()
		if s.take(",") {
			continue
		}
		if s.goesOn(s.at > end) {
			return s.noComma()
		}
		s.at = end
		return nil
	}
}

// goesOn reports whether what stands behind a condition, after a space or not, can only be meant as part of the selector.
func (s *selectorScanner) goesOn(spaced bool) bool {
	word, _, _ := strings.Cut(s.text[s.at:], " ")
	switch {
	case word == "":
		return false
	case !spaced || strings.ContainsRune("=!<>()", rune(word[0])):
		return true
	}
	return word[0] != '-' && strings.ContainsAny(word, "=<>()") // another flag has its own "="
}

func (s *selectorScanner) noComma() *SelectorError {
	return s.wrong("a comma is missing", "separate conditions with commas, as in app=web,tier!=db")
}

func (s *selectorScanner) condition() *SelectorError {
	absent := s.take("!")
	s.space()
	start := s.at
	key := s.word()
	switch {
	case key == "":
		return s.wrong("a label key is missing", "write a condition such as app=web")
	case len(content.IsLabelKey(key)) > 0:
		s.at = start
		return s.wrong(fmt.Sprintf("%q is not a label key", kube.Sanitize(key)), "a key is letters, digits, '-', '_' and '.', with an optional prefix such as example.com/")
	}
	end := s.at
	s.space()
	for _, operator := range []string{"==", "!=", "=", ">", "<"} {
		if at := s.at; s.take(operator) {
			if absent {
				s.at = at
				return s.wrong("!"+key+" takes no value", "write "+key+"!=VALUE, or !"+key+" for pods without this label")
			}
			return s.value(operator == ">" || operator == "<")
		}
	}
	word := s.word()
	if absent || word != "in" && word != "notin" {
		s.at = end // the key alone: whatever value it has
		return nil
	}
	return s.set(word)
}

// value reads what a key is compared with. Behind a space only what can be a value is one: "-l app= status:crash" has none.
func (s *selectorScanner) value(number bool) *SelectorError {
	end := s.at
	s.space()
	start := s.at
	value := s.word()
	bad := len(content.IsLabelValue(value)) > 0
	switch {
	case number && strings.Trim(value, "0123456789") != "" || number && value == "":
		s.at = start
		return s.wrong("a number is missing", "write a whole number after > and <")
	case bad && start > end:
		s.at = end
	case bad:
		s.at = start
		return s.wrong(fmt.Sprintf("%q is not a label value", kube.Sanitize(value)), "a value is at most 63 letters, digits, '-', '_' and '.', and starts and ends with a letter or digit")
	}
	return nil
}

// set reads a list in parentheses, behind in or notin.
func (s *selectorScanner) set(operator string) *SelectorError {
	s.space()
	if !s.take("(") {
		return s.wrong(fmt.Sprintf("%q needs a list in parentheses", operator), "write app "+operator+" (web,cart)")
	}
	for {
		s.space()
		if err := s.value(false); err != nil {
			return err
		}
		s.space()
		switch {
		case s.take(","):
		case s.take(")"):
			return nil
		case s.at == len(s.text):
			return s.wrong(`")" is missing`, "close the list, as in app "+operator+" (web,cart)")
		default:
			return s.wrong("a comma is missing", "separate values with commas, as in app "+operator+" (web,cart)")
		}
	}
}

func (s *selectorScanner) space() {
	s.at += len(s.text[s.at:]) - len(strings.TrimLeft(s.text[s.at:], blanks))
}

func (s *selectorScanner) take(symbol string) bool {
	if !strings.HasPrefix(s.text[s.at:], symbol) {
		return false
	}
	s.at += len(symbol)
	return true
}

// word reads what stands before a space or an operator.
func (s *selectorScanner) word() string {
	rest := s.text[s.at:]
	n := strings.IndexAny(rest, blanks+"=!<>(),")
	if n < 0 {
		n = len(rest)
	}
	s.at += n
	return rest[:n]
}
