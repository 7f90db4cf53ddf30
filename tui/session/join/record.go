package join

import "bytes"

const (
	// keptLines is how many bytes of complete lines a [Record] keeps at least, once there are so many. Half of that is how far two streams may be apart.
	keptLines = 128 << 10
	// keptPart is how much of a line without an end is kept.
	keptPart = 1 << 20
)

// Record is what has been shown of a program with two streams, so far as it is needed to find it in the program's log. That has the lines of
// both streams in an order of its own, so they are kept line by line, without CRs, each stream put together for itself. The zero value is for a program
// that has printed nothing yet.
type Record struct {
	lines   []byte    // the newest complete lines, in the order in which they became complete
	parts   [2][]byte // the line of each stream that is not complete
	count   int       // of the complete lines of all
	torn    bool      // what was shown is not all from the start: the count says nothing
	dropped bool      // lines has lost its beginning
}

// Write takes what has come on one of the streams.
func (r *Record) Write(stream int, p []byte) {
	p = plain(p)
	whole := CompleteLines(p)
	if len(whole) > 0 {
		r.add(r.parts[stream], whole)
		r.parts[stream] = r.parts[stream][:0]
	}
	r.parts[stream] = append(r.parts[stream], p[len(whole):]...)
	if part := r.parts[stream]; len(part) > 2*keptPart {
		r.parts[stream] = part[:copy(part, part[len(part)-keptPart:])]
	}
}

// add takes complete lines, of which the first begins with part.
func (r *Record) add(part, lines []byte) {
	r.count += bytes.Count(lines, []byte{'\n'})
	if len(lines) > 2*keptLines {
		lines, part, r.lines, r.dropped = newestLines(lines), nil, r.lines[:0], true
	}
	r.lines = append(append(r.lines, part...), lines...)
	if len(r.lines) > 2*keptLines {
		r.lines = r.lines[:copy(r.lines, newestLines(r.lines))]
		r.dropped = true
	}
}

// plain is WithoutCR, and no copy where there are none.
func plain(b []byte) []byte {
	if bytes.IndexByte(b, '\r') < 0 {
		return b
	}
	return WithoutCR(b)
}

// newestLines is the end of lines, from the beginning of a line on.
func newestLines(lines []byte) []byte {
	begin := len(lines) - keptLines
	return lines[begin+bytes.IndexByte(lines[begin:], '\n')+1:]
}

// Tear tells that something was not shown that lies before what is shown from now on, or may not have been.
func (r *Record) Tear() { r.torn = true }

// Lines is how many lines it keeps.
func (r *Record) Lines() int { return bytes.Count(r.lines, []byte{'\n'}) }

// empty reports whether nothing was shown.
func (r *Record) empty() bool {
	return r.count == 0 && len(r.parts[0]) == 0 && len(r.parts[1]) == 0
}
