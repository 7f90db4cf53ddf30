package logs

import (
	"slices"
	"strings"
	"unicode"
)

// logSearchStep is how many lines are searched at a time: a key is never waited for longer than that takes.
const logSearchStep = 10_000

// search finds the lines of a log that have a text. It looks from the newest line back, a step at a time, and at what comes as it
// comes; the lines found are kept by number.
type search struct {
	needle   string
	fold     bool  // capitals do not matter: the needle has none
	older    []int // found by looking back: descending
	newer    []int // found in what has come since: ascending
	searched int   // all lines from this number on have been looked at
	at       int   // the line that is stood on; -1: none
	home     int   // the line from which the nearest is looked for
}

// begin looks for another text. An empty one finds nothing.
func (s *search) begin(needle string, end, home int) {
	*s = search{needle: needle, fold: !strings.ContainsFunc(needle, unicode.IsUpper), searched: end, at: -1, home: home}
}

func (s *search) on() bool { return s.needle != "" }

// step looks at some more lines; false: all have been looked at.
func (s *search) step(r *ring) bool {
	to := max(s.searched-logSearchStep, r.first)
	for i := s.searched - 1; i >= to; i-- {
		if s.has(r.at(i).Text) {
			s.older = append(s.older, i)
		}
	}
	s.searched = min(s.searched, to)
	return s.more(r)
}

func (s *search) more(r *ring) bool { return s.on() && s.searched > r.first }

// added looks at a line that has just come.
func (s *search) added(number int, text string) {
	if s.on() && s.has(text) {
		s.newer = append(s.newer, number)
	}
}

func (s *search) has(text string) bool { return s.index(text) >= 0 }

func (s *search) index(text string) int {
	if !s.fold {
		return strings.Index(text, s.needle)
	}
	return indexFold(text, s.needle)
}

// marks are where a text has what is looked for.
func (s *search) marks(text string) []part {
	if !s.on() {
		return nil
	}
	var marks []part
	for from := 0; from <= len(text); {
		at := s.index(text[from:])
		if at < 0 {
			break
		}
		marks = append(marks, part{from + at, from + at + len(s.needle)})
		from += at + len(s.needle)
	}
	return marks
}

// found is how many lines have been found, and which of them, from the oldest, is stood on. Lines below first have been dropped.
func (s *search) found(first int) (n, nth int) {
	s.older = s.older[:s.kept(first)]
	dropped, _ := slices.BinarySearch(s.newer, first)
	s.newer = s.newer[dropped:]
	n = len(s.older) + len(s.newer)
	if s.at >= 0 {
		i, _ := slices.BinarySearch(s.newer, s.at)
		nth = len(s.older) - s.kept(s.at) + 1
		if len(s.newer) > 0 && s.newer[0] <= s.at {
			nth = len(s.older) + i + 1
		}
	}
	return n, nth
}

// kept is how many of older are not below a line.
func (s *search) kept(line int) int {
	n, _ := slices.BinarySearchFunc(s.older, line, func(number, line int) int {
		if number >= line {
			return -1
		}
		return 1
	})
	return n
}

// back is the nearest line found at or before one; -1: there is none, as far as has been looked.
func (s *search) back(line int) int {
	if i, exact := slices.BinarySearch(s.newer, line); exact {
		return line
	} else if i > 0 {
		return s.newer[i-1]
	}
	if i := s.kept(line + 1); i < len(s.older) {
		return s.older[i]
	}
	return -1
}

// forth is the nearest line found at or behind one; -1: there is none.
func (s *search) forth(line int) int {
	if i := s.kept(line); i > 0 {
		return s.older[i-1]
	}
	if i, _ := slices.BinarySearch(s.newer, line); i < len(s.newer) {
		return s.newer[i]
	}
	return -1
}

// nearest is the line to stand on at first: the newest at or before home, else the next behind it; -1: none is known yet.
func (s *search) nearest(r *ring) int {
	if line := s.back(s.home); line >= r.first {
		return line
	}
	if s.more(r) {
		return -1 // it may be further back
	}
	return s.forth(s.home)
}

// indexFold is where text has needle, which is in lower-case letters, in any letters. Log lines are nearly always ASCII, where no copy is
// needed to find out. Of others only the ASCII letters match in both cases, so that places found are places in the text.
func indexFold(text, needle string) int {
	if needle == "" {
		return 0
	}
	c := needle[0]
	upper := c
	if c >= 'a' && c <= 'z' {
		upper = c - 'a' + 'A'
	}
	for i := 0; i+len(needle) <= len(text); i++ {
		if (text[i] == c || text[i] == upper) && equalFold(text[i:i+len(needle)], needle) {
			return i
		}
	}
	return -1
}

func equalFold(text, needle string) bool {
	for i := range len(needle) {
		c := text[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != needle[i] {
			return false
		}
	}
	return true
}
