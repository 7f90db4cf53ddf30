package join

import (
	"bytes"
	"slices"
)

// Attached is what an attach has brought, for each stream.
type Attached struct {
	Text [2][]byte
	Seen [2]int // how much of it had come before the log was asked for
	Over bool   // no more comes
}

// Joint is where a [Gap] ends and an attach goes on.
type Joint struct {
	Verdict Verdict
	// Apart tells that nothing of what was attached is in the log.
	Apart bool
	// Silent tells that lines would be shown of which one stream may be about to bring the last: it has brought nothing yet, while the other has.
	Silent bool
	// Skip is how many bytes, but for CR, of each attached stream have been shown already.
	Skip [2]int

	gap    *Gap
	blocks []block
}

// Early tells the gap what of the log has been shown since the attach began, which may have brought it, too.
func (g *Gap) Early(shown *Joint) {
	blocks := make([]block, 0, len(shown.blocks)+len(g.blocks))
	for _, b := range shown.blocks {
		b.early = true
		blocks = append(blocks, b)
	}
	g.blocks = append(blocks, g.blocks...)
}

// Join finds what of the gap an attach has not brought. The end of a log whose attach is not behind is made of the beginnings of both
// streams, in whatever order: the longest such end is taken, as [Join] takes the longest overlap. The streams may begin in a line.
//
// When there is none, lines may stand among them that were printed before the attach, on the stream of which nothing is in the log yet; or the log
// goes on where the attach has not come. Neither can be told from the other at once: then the verdict is AttachBehind.
func (g *Gap) Join(a Attached) *Joint {
	s := newSearch(g, a)
	j := &Joint{gap: g, blocks: s.before}
	p, v := s.best()
	j.Verdict, j.Apart = v, v == LogBehind && p.length() == 0
	s.place(j, p)
	if v == Joined && !a.Over && s.inLine(j) {
		j.Verdict = AttachBehind
	}
	j.Silent = (len(a.Text[0]) == 0) != (len(a.Text[1]) == 0) && slices.ContainsFunc(j.blocks, func(b block) bool { return !b.early && len(b.text) > 0 })
	return j
}

// Show is what of the log is to be shown before what was attached. The record has it from now on.
func (j *Joint) Show() []byte {
	r := j.gap.record
	if j.gap.Fit == Torn {
		*r = Record{torn: true}
	}
	var past []byte
	for _, b := range j.blocks {
		if !b.early {
			past = append(past, b.text...)
			r.take(b)
		}
	}
	if j.Apart {
		*r = Record{torn: true}
	}
	return past
}

// Complete is the gap as it is when nothing is attached: to be shown but for a line that is not complete.
func (g *Gap) Complete() *Joint { return g.Join(Attached{}) }

// take is Write for a part of the log, of which the stream may not be known.
func (r *Record) take(b block) {
	text := WithoutCR(b.text)
	whole := CompleteLines(text)
	if b.begun != nil {
		r.parts[b.stream] = nil
	}
	begun := WithoutCR(b.begun)
	if len(whole) > 0 {
		r.add(begun, whole)
		begun = nil
	}
	if len(begun) > 0 || len(text) > len(whole) {
		r.parts[b.stream] = append(begun, text[len(whole):]...)
	}
}

// inLine reports whether a line that would be shown may be the one of which a stream has brought a part, and nothing else yet.
func (s *search) inLine(j *Joint) bool {
	for stream, lines := range s.streams {
		if lines.whole > 0 || len(lines.text) == 0 || len(j.blocks) == 0 {
			continue
		}
		last := j.blocks[max(0, len(j.blocks)-edge):]
		for _, b := range last {
			if bytes.Contains(WithoutCR(b.text[max(0, len(b.text)-keptLines):]), lines.text[0]) && s.unused(stream) {
				return true
			}
		}
	}
	return false
}
