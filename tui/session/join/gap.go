package join

import (
	"bytes"
	"cmp"
	"slices"
)

// Gap is what a log has and a [Record] has not: lines, in the order of the log.
type Gap struct {
	// Fit is Sure when all that the record keeps is in the log; Likely when the log lacks some of it, so that it may be behind, or when it is not
	// known where the rest is; and Torn when the place cannot be found: then all of the log counts as new.
	Fit    Fit
	record *Record
	blocks []block
}

// block is a part of a log that has not been shown: complete lines, but maybe for the last, and of the first maybe the end only.
type block struct {
	text   []byte
	begun  []byte // of the first line, shown already
	stream int    // of begun
	early  bool   // it was shown from the log, since the attach began
}

// edge is how far lines of the log may lie from where they were shown, at the edge of what is kept.
const edge = 16

// Gap finds what log has that was not shown. begins tells that the log is read from its beginning.
//
// Both streams have their lines in the same order in the log as they were shown, but among each other the streams may be in any order. So lines are
// taken off the log as often as they were shown, the first of equal ones first, from the place on where the record begins. That place is known by the
// number of lines where the whole log is there and all of it was shown; else by a line that is in both of them only once. Of a long
// output, lines count as shown that lie more than half of what is kept before the end; so much may one stream lag behind the other.
//
// Where it cannot be told, as for a log that has been rotated meanwhile, a line is rather shown twice than lost.
func (r *Record) Gap(log []byte, begins bool) *Gap {
	g := &Gap{record: r, Fit: Sure}
	if r.empty() {
		if !begins && !r.torn {
			g.Fit = Likely
		}
		g.add(block{text: log})
		return g
	}
	w := newWindow(r, log)
	if !w.byCount(begins) && !w.byAnchor(begins) && !w.byEnd() {
		g.Fit = Torn
		g.add(block{text: log})
		return g
	}
	g.Fit = w.fit
	w.walk(func(line []byte) { g.add(block{text: line}) })
	g.continueParts()
	return g
}

// add adds a block; one that goes on directly behind the last is made one with that.
func (g *Gap) add(b block) {
	if len(b.text) == 0 {
		return
	}
	if n := len(g.blocks) - 1; n >= 0 && b.begun == nil && g.blocks[n].early == b.early {
		last := &g.blocks[n].text
		if len(*last)+len(b.text) <= cap(*last) && &(*last)[:len(*last)+1][len(*last)] == &b.text[0] {
			*last = (*last)[:len(*last)+len(b.text)]
			return
		}
	}
	g.blocks = append(g.blocks, b)
}

// continueParts finds the lines whose beginning was shown: the longer one first, as it fits fewer lines.
func (g *Gap) continueParts() {
	streams := []int{0, 1}
	slices.SortStableFunc(streams, func(a, b int) int { return cmp.Compare(len(g.record.parts[b]), len(g.record.parts[a])) })
	for _, stream := range streams {
		if part := g.record.parts[stream]; len(part) > 0 {
			g.continuePart(stream, part)
		}
	}
}

func (g *Gap) continuePart(stream int, part []byte) {
	for i, b := range g.blocks {
		for at := 0; at < len(b.text); {
			line := b.text[at : at+lineLength(b.text[at:])]
			n, ok := shownOf(line, part)
			if !ok || at == 0 && b.begun != nil {
				at += len(line)
				continue
			}
			with := []block{{text: b.text[:at], begun: b.begun, stream: b.stream}, {text: b.text[at+n:], begun: line[:n:n], stream: stream}}
			with = slices.DeleteFunc(with, func(b block) bool { return len(b.text) == 0 })
			g.blocks = slices.Replace(g.blocks, i, i+1, with...)
			return
		}
	}
}

// shownOf is how much of line was shown, if part is what was.
func shownOf(line, part []byte) (n int, ok bool) {
	chars := plain(line)
	switch at := bytes.LastIndex(chars, part); {
	case bytes.HasPrefix(chars, part):
		return cutFront(line, len(part)), true
	case at >= 0 && len(part) >= keptPart: // the end of a longer one
		return cutFront(line, at+len(part)), true
	case !bytes.HasSuffix(line, []byte{'\n'}) && bytes.HasPrefix(part, chars): // the log is behind
		return len(line), true
	}
	return 0, false
}

// cutFront is the index in b before which n bytes are not CR.
func cutFront(b []byte, n int) int {
	for i, c := range b {
		if n == 0 {
			return i
		}
		if c != '\r' {
			n--
		}
	}
	return len(b)
}

// lineLength is the length of the first line of b, with its end.
func lineLength(b []byte) int {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		return i + 1
	}
	return len(b)
}

// linesOf calls yield with each line of b.
func linesOf(b []byte, yield func(line []byte)) {
	for len(b) > 0 {
		n := lineLength(b)
		yield(b[:n:len(b)])
		b = b[n:]
	}
}
