package join

import (
	"bytes"
	"slices"
)

// mostStates bounds in how many ways equal lines may be given to the streams.
const mostStates = 64

// search looks for the beginnings of two streams at the end of a gap.
type search struct {
	streams [2]stream
	must    [2]int // lines of each stream that a log has that was read late enough
	least   [2]int // … of which there are several
	before  []block
	lines   []candidate // the last lines of the gap: so many as there may be attached, and some
	steps   int         // that may still be made
	used    [2]bool
}

// stream is what was attached of one, by lines: the first may be the end of one, the last has no line end.
type stream struct {
	text  [][]byte
	whole int // so many are complete
}

type candidate struct {
	block
	chars []byte // without CR
}

func newSearch(g *Gap, a Attached) *search {
	s := &search{before: append([]block(nil), g.blocks...)}
	want := edge
	for i, text := range a.Text {
		linesOf(plain(text), func(line []byte) { s.streams[i].text = append(s.streams[i].text, line) })
		s.streams[i].whole = bytes.Count(text, []byte{'\n'})
		s.least[i] = min(s.streams[i].whole, 2)
		s.must[i] = max(s.least[i], bytes.Count(text[:a.Seen[i]], []byte{'\n'}))
		want += len(s.streams[i].text)
	}
	s.split(want, a.Over && want == edge)
	s.steps = 32*len(s.lines) + 100_000
	return s
}

// split takes the last lines off the blocks. A line that is not complete is left out, unless nothing more comes.
func (s *search) split(want int, over bool) {
	if n := len(s.before); n > 0 && !over {
		last := &s.before[n-1]
		if last.text = CompleteLines(last.text); len(last.text) == 0 {
			s.before = s.before[:n-1]
		}
	}
	var lines []candidate // the last one first
	for len(lines) < want && len(s.before) > 0 {
		last := &s.before[len(s.before)-1]
		begin := bytes.LastIndexByte(last.text[:len(last.text)-1], '\n') + 1
		b := block{text: last.text[begin:], early: last.early}
		if begin == 0 {
			b = *last
			s.before = s.before[:len(s.before)-1]
		} else {
			last.text = last.text[:begin]
		}
		lines = append(lines, candidate{b, plain(b.text)})
	}
	s.lines = make([]candidate, 0, len(lines))
	for i := len(lines) - 1; i >= 0; i-- {
		s.lines = append(s.lines, lines[i])
	}
}

// path is how the lines from one on are given to the streams.
type path struct {
	steps [][]state
	end   int // the state of the last step
}

// state is how many lines of each stream are given.
type state struct {
	given [2]int
	from  int // the state of the step before
	to    int // the stream of this line; -1: none
}

func (p path) length() int { return len(p.steps) }

// best is the best path there is, and how good it is.
func (s *search) best() (path, Verdict) {
	if s.streams[0].whole+s.streams[1].whole == 0 && len(s.streams[0].text)+len(s.streams[1].text) == 0 {
		return path{}, Joined
	}
	most := len(s.streams[0].text) + len(s.streams[1].text)
	for begin := max(0, len(s.lines)-most); begin <= len(s.lines); begin++ {
		if p, ok := s.follow(begin, s.must, false); ok {
			return p, Joined
		}
	}
	for begin := len(s.lines) - 1; begin >= 0; begin-- {
		if p, ok := s.follow(begin, s.must, true); ok {
			return p, AttachBehind
		}
	}
	for begin := max(0, len(s.lines)-most); begin < len(s.lines); begin++ {
		if p, ok := s.follow(begin, s.least, false); ok {
			return p, LogBehind
		}
	}
	return path{}, LogBehind
}

// follow gives each line from begin on to a stream. With leave, lines may be left over while one stream has not begun or is used up. It reports
// whether that works, and at least so many lines of each are given.
func (s *search) follow(begin int, least [2]int, leave bool) (p path, ok bool) {
	now := []state{{}}
	for _, line := range s.lines[begin:] {
		if s.steps -= len(now); s.steps < 0 {
			return p, false
		}
		next := s.next(now, line, leave)
		if leave && len(p.steps) > 0 {
			next = s.left(next, now)
		}
		if len(next) == 0 {
			return p, false
		}
		p.steps, now = append(p.steps, next), next
	}
	for i, st := range now {
		if st.given[0] >= least[0] && st.given[1] >= least[1] {
			p.end = i
			return p, true
		}
	}
	return p, false
}

// next are the states behind a line: it is given as the line that it is, or else as one of which a stream has the end.
func (s *search) next(now []state, line candidate, leave bool) (next []state) {
	for _, ends := range []bool{false, true} {
		for from, st := range now {
			for to := range s.streams {
				given := st.given
				given[to]++
				if s.fits(line, to, st.given[to], ends, leave) {
					next = withState(next, state{given, from, to})
				}
			}
		}
		if len(next) > 0 {
			return next
		}
	}
	return nil
}

// left adds the states in which a line is left over to those in which it is given.
func (s *search) left(next, now []state) []state {
	for from, st := range now {
		for i, of := range s.streams {
			if st.given[i] == 0 || st.given[i] >= of.whole {
				next = withState(next, state{st.given, from, -1})
				break
			}
		}
	}
	return next
}

// withState is states with one that is new.
func withState(states []state, st state) []state {
	if len(states) >= mostStates || slices.ContainsFunc(states, func(n state) bool { return n.given == st.given }) {
		return states
	}
	return append(states, st)
}

// fits reports whether a line of the log is the i-th of a stream, or, with ends, has that as its end.
func (s *search) fits(line candidate, to, i int, ends, leave bool) bool {
	of := s.streams[to]
	if i >= len(of.text) || len(line.begun) > 0 && (line.stream != to || i > 0) {
		return false
	}
	text := of.text[i]
	switch {
	case ends:
		return i == 0 && of.whole > 0 && bytes.HasSuffix(line.chars, text) && (len(text) > 1 || leave)
	case i < of.whole:
		return bytes.Equal(line.chars, text)
	case i > 0:
		return bytes.HasPrefix(line.chars, text)
	}
	return bytes.Equal(bytes.TrimSuffix(line.chars, []byte{'\n'}), text)
}

// place puts what is to be shown of the lines into the joint.
func (s *search) place(j *Joint, p path) {
	to := make([]state, len(p.steps))
	for i, at := len(p.steps)-1, p.end; i >= 0; i-- {
		to[i] = p.steps[i][at]
		at = to[i].from
	}
	first := len(s.lines) - len(to)
	for i, line := range s.lines {
		if i < first {
			j.blocks = append(j.blocks, line.block)
			continue
		}
		st := to[i-first]
		switch {
		case st.to >= 0:
			s.used[st.to] = true
			s.give(j, line, st.to, st.given[st.to]-1)
		case st.given[0] == 0 || st.given[1] == 0: // else the attach will bring it
			j.blocks = append(j.blocks, line.block)
		}
	}
}

// give leaves a line, of which only the end may be attached, to its stream.
func (s *search) give(j *Joint, line candidate, to, i int) {
	of := s.streams[to]
	text := of.text[i]
	switch {
	case line.early && i < of.whole:
		j.Skip[to] += len(text)
	case line.early:
		j.Skip[to] += len(line.chars)
	case i == 0 && of.whole > 0:
		j.blocks = append(j.blocks, block{text: line.text[:CutBack(line.text, len(text))], begun: begun(line.begun), stream: to})
	}
}

// begun is b, and never nil.
func begun(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// unused reports whether no line of the log was given to a stream.
func (s *search) unused(stream int) bool { return !s.used[stream] }
