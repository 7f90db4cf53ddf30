// Package join finds by comparing where the log of a program goes on behind what was shown of it, and where an attach goes on behind the log, so that
// all that a program prints is shown, and once.
package join

import (
	"bytes"
	"strings"
)

// Verdict says how sure [Join] is.
type Verdict int

const (
	// Joined is for a place that has been found.
	Joined Verdict = iota
	// LogBehind means that what was attached is newer than the log. Read the log again: where nothing of it is in the log, something is
	// missing between the two.
	LogBehind
	// AttachBehind means that the log goes on where the attach has not come yet, or so it seems. Let more of it come; when none
	// does and the log does not change either, it was a likeness.
	AttachBehind
)

// Join finds where a log ends and an attach goes on, so that a program's output is shown once and whole: log[:show], then
// attached.
//
// The log holds the program's output from its start (or some line later) to a line end; attached is the output from the moment of
// the attach, as far as it has come; seen is how much of it had come before the log was asked for. Nothing marks the place,
// so it is found by comparing, without the CRs, because runtimes drop some of them from logs. The end of the log is
// the beginning of attached in one or more lengths. The longest is right: the program's newest output is at the end of both,
// so of a program that has said the same line again and again, all that was attached is in the log too. (Only when such a program
// still goes on, the number of its equal lines may be wrong; no one could tell.)
//
// The log has been read late enough when it ends with the complete lines that had been seen, and with more of attached than the rest
// of the line in which the attach began, which may look like the end of any line.
//
// With any verdict, show is the best answer there is so far.
func Join(log, attached []byte, seen int) (show int, v Verdict) {
	l, a := WithoutCR(log), WithoutCR(attached)
	must := mustHave(a, len(WithoutCR(CompleteLines(attached[:seen]))))
	inside := -1 // attached lies in the log, and the log goes on
	if len(attached) > 0 && len(l) > 0 {
		inside = bytes.LastIndex(l[:len(l)-1], a)
	}
	length := Overlap(l[max(0, len(l)-len(a)):], a)
	blank := length > 0 && len(bytes.Trim(a[:length], "\n")) == 0
	switch {
	case length >= must && inside < 0 && !blank:
		v = Joined
	case length >= must:
		v = AttachBehind
	case inside >= 0:
		length, v = len(l)-inside, AttachBehind
	default:
		if v = LogBehind; length < mustHave(a, 0) {
			length = 0 // a likeness: there is a gap
		}
	}
	show = CutBack(log, length)
	for i := 0; length > 0 && i < len(attached) && attached[i] == '\r' && show > 0 && log[show-1] == '\r'; i++ {
		show-- // the CR of the line end in which the attach began
	}
	return show, v
}

// Fit says how sure [Resume] is.
type Fit int

const (
	// Torn is for nothing of what was shown in the log.
	Torn Fit = iota
	// Likely is for its last lines only, or for lines that the log has more than once. A part of the stream is in no log: a prompt that was
	// printed before the attach, say. But it may also be a likeness: where the log begins tells then.
	Likely
	// Sure is for all of it, as far as the log goes back.
	Sure
)

// Resume finds where a log goes on behind what has been shown of a program: log[at:] is new. shown is the end of what has been
// shown, as it came, so that its last line may not be complete, or not be in the log yet. When nothing of it is found, what lies
// between is lost (the log has been rotated), and everything is new.
func Resume(log, shown []byte) (at int, fit Fit) {
	l, s := WithoutCR(log), WithoutCR(shown)
	switch {
	case len(s) == 0:
		return 0, Sure
	case len(l) > 0 && containsLines(s, l): // the log is behind
		return len(log), behindFit(s, l)
	}
	whole := CompleteLines(s)
	rest := s[len(whole):]
	if len(whole) == 0 {
		n, fit := resumeLine(l, s)
		return CutBack(log, len(l)-n), fit
	}
	n, length := longestLines(l, whole)
	same := whole[len(whole)-length:]
	const enough = 8 // bytes of a line; fewer are like any other line's
	again := length > 0 && bytes.Index(l, same) != n-length
	switch line := bytes.TrimSpace(same); {
	case length == len(whole) && !again, length > 0 && length == n && len(line) > 0:
		fit = Sure
	case length == len(whole) && len(line) > 0, len(line) >= enough, len(line) > 0 && bytes.IndexByte(same, '\n') < length-1:
		fit = Likely
	default:
		return 0, Torn
	}
	common := 0
	for common < len(rest) && n+common < len(l) && rest[common] == l[n+common] {
		common++
	}
	return CutBack(log, len(l)-n-common), fit
}

// containsLines reports whether lines are a part of shown that begins with a line.
func containsLines(shown, lines []byte) bool {
	return bytes.HasPrefix(shown, lines) || bytes.Contains(shown, append([]byte{'\n'}, lines...))
}

// behindFit is how sure it is that a log that is a part of what was shown is behind. A log that has just been rotated may begin with lines like
// those that were shown long ago.
func behindFit(shown, log []byte) Fit {
	const enough = 64 // bytes; fewer may be any line again
	first := bytes.Index(shown, log)
	switch {
	case first != bytes.LastIndex(shown, log):
		return Likely
	case first == 0, len(log) >= enough, bytes.HasSuffix(shown, log):
		return Sure
	}
	return Likely
}

// longestLines is longestEnd of whole, whose length is that of complete lines. In log they begin a line too, or stand behind a prompt. The
// beginning of whole, of which only the end is kept, counts as the beginning of a line.
func longestLines(log, whole []byte) (end, length int) {
	_, length = longestEnd(log, whole)
	for length > 0 {
		if begin := len(whole) - length; begin > 0 && whole[begin-1] != '\n' { // the next line begins later
			length -= bytes.IndexByte(whole[begin:], '\n') + 1
			continue
		}
		if begin := lastLines(log, whole[len(whole)-length:], length == len(whole)); begin >= 0 {
			return begin + length, length
		}
		length -= bytes.IndexByte(whole[len(whole)-length:], '\n') + 1
	}
	return 0, 0
}

// lastLines is the last place of lines in log where a line begins, or behind a prompt. The first of the lines need not be whole when anywhere is
// right.
func lastLines(log, lines []byte, anywhere bool) int {
	for end := len(log); ; {
		at := bytes.LastIndex(log[:end], lines)
		if at <= 0 || anywhere && bytes.IndexByte(lines, '\n') < len(lines)-1 {
			return at
		}
		if before := withoutSequences(log[:at]); len(before) == 0 || strings.IndexByte("\n $#>%", before[len(before)-1]) >= 0 {
			return at
		}
		end = at + len(lines) - 1
	}
}

// withoutSequences is b without the control sequences at its end: a shell asks the terminal for the cursor behind its prompt.
func withoutSequences(b []byte) []byte {
	for {
		begin := bytes.LastIndex(b, []byte("\x1b["))
		if begin < 0 || len(b) < begin+3 || len(bytes.Trim(b[begin+2:len(b)-1], "0123456789;?")) > 0 || b[len(b)-1] < '@' || b[len(b)-1] > '~' {
			return b
		}
		b = b[:begin]
	}
}

// resumeLine is Resume for a part of one line, of which the log has some too: of lines without an end, runtimes write pieces.
func resumeLine(l, s []byte) (at int, fit Fit) {
	const enough = 64 // bytes; fewer may be a prompt, which is in a log again and again
	begins := Overlap(s, l[:min(len(l), len(s))])
	if len(s) >= enough && begins < len(s) {
		if i := bytes.LastIndex(l, s); i >= 0 {
			return i + len(s), Sure
		}
		if Overlap(l[max(0, len(l)-len(s)):], s) >= enough { // the log is behind
			return len(l), Sure
		}
	}
	if begins == 0 {
		return 0, Torn
	}
	return begins, Sure
}

// longestEnd finds the last place in x that has the longest possible end of y, and returns where it ends there and its length: Knuth, Morris
// and Pratt from back to front.
func longestEnd(x, y []byte) (end, length int) {
	back := func(i int) byte { return y[len(y)-1-i] }
	fail := make([]int32, len(y))
	n := int32(0)
	for i := 1; i < len(y); i++ {
		for n > 0 && back(i) != back(int(n)) {
			n = fail[n-1]
		}
		if back(i) == back(int(n)) {
			n++
		}
		fail[i] = n
	}
	n = 0
	for i := len(x) - 1; i >= 0; i-- {
		for n > 0 && (int(n) == len(y) || x[i] != back(int(n))) {
			n = fail[n-1]
		}
		if x[i] == back(int(n)) {
			n++
		}
		if int(n) > length {
			end, length = i+int(n), int(n)
		}
	}
	return end, length
}

// mustHave is how much of attached must be in the log for the log to be new enough.
func mustHave(attached []byte, seen int) int {
	first := bytes.IndexByte(attached, '\n') + 1
	switch {
	case first == 0:
		return seen // a prompt, perhaps: it will not be in the log
	case len(CompleteLines(attached)) == first:
		return max(seen, 1)
	}
	return max(seen, first+1)
}

// CompleteLines is b up to its last line end.
func CompleteLines(b []byte) []byte { return b[:bytes.LastIndexByte(b, '\n')+1] }

// WithoutCR is b without its CRs, some of which runtimes drop from logs.
func WithoutCR(b []byte) []byte { return bytes.ReplaceAll(b, []byte{'\r'}, nil) }

// CutBack is the index in b behind which n bytes are not CR.
func CutBack(b []byte, n int) int {
	i := len(b)
	for ; n > 0 && i > 0; i-- {
		if b[i-1] != '\r' {
			n--
		}
	}
	return i
}

// Overlap is the greatest length in which the end of x is the beginning of y, by the prefix function of Knuth, Morris and Pratt,
// which is linear however often the output repeats itself.
func Overlap(x, y []byte) int {
	if len(y) == 0 {
		return 0
	}
	fail := make([]int32, len(y))
	n := int32(0)
	for i := 1; i < len(y); i++ {
		for n > 0 && y[i] != y[n] {
			n = fail[n-1]
		}
		if y[i] == y[n] {
			n++
		}
		fail[i] = n
	}
	n = 0
	for _, b := range x {
		for n > 0 && (int(n) == len(y) || b != y[n]) {
			n = fail[n-1]
		}
		if b == y[n] {
			n++
		}
	}
	return int(n)
}
