package logs

import kubelogs "github.com/dayfly-k8s/dayfly/kube/logs"

// Bounds of what is kept of a log. The older lines are dropped: they are still where they came from.
const (
	logMostLines = 100_000
	logMostBytes = 64 << 20
)

// ring holds the newest lines of a log. Lines are numbered from the first that ever came, so that the number of a line stays when
// others are dropped.
type ring struct {
	mostLines, mostBytes int

	lines []kubelogs.Line // a ring, as long as it had to be until now
	head  int             // where the oldest is
	n     int
	first int // number of the oldest, which is how many have been dropped
	bytes int
}

func newRing() ring { return ring{mostLines: logMostLines, mostBytes: logMostBytes} }

// end is the number of the line that comes next.
func (r *ring) end() int { return r.first + r.n }

// at is a line by its number, from first to before end.
func (r *ring) at(number int) *kubelogs.Line {
	return &r.lines[(r.head+number-r.first)%len(r.lines)]
}

// add takes a line, and drops the oldest for it when there is no room.
func (r *ring) add(line kubelogs.Line) {
	size := logSize(&line)
	for r.n > 0 && (r.n == r.mostLines || r.bytes+size > r.mostBytes) {
		r.drop()
	}
	if r.n == len(r.lines) {
		r.grow()
	}
	r.lines[(r.head+r.n)%len(r.lines)] = line
	r.n++
	r.bytes += size
}

func (r *ring) drop() {
	oldest := &r.lines[r.head]
	r.bytes -= logSize(oldest)
	*oldest = kubelogs.Line{}
	r.head = (r.head + 1) % len(r.lines)
	r.first++
	r.n--
}

func (r *ring) grow() {
	wider := make([]kubelogs.Line, min(max(2*len(r.lines), 1024), r.mostLines))
	copied := copy(wider, r.lines[r.head:])
	copy(wider[copied:], r.lines[:r.head])
	r.lines, r.head = wider, 0
}

// all copies the lines, oldest first.
func (r *ring) all() []kubelogs.Line {
	out := make([]kubelogs.Line, 0, r.n)
	for i := r.first; i < r.end(); i++ {
		out = append(out, *r.at(i))
	}
	return out
}

// logSize is what a line is counted for. A plain line has its text only once.
func logSize(line *kubelogs.Line) int {
	const header = 88
	if len(line.Text) == len(line.Raw) {
		return header + len(line.Raw)
	}
	return header + len(line.Raw) + len(line.Text)
}
