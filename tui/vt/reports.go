package vt

import "sync/atomic"

// question is a kind of thing that a program can make a terminal send without a key being pressed.
type question uint32

// The questions.
const (
	AskAttributes question = 1 << iota // DA1, DA2, DA3
	AskMode                            // DECRQM
	askKeyboard                        // kitty keyboard flags, modifyOtherKeys
	askStatus                          // DSR but the cursor's position
	askWindow                          // sizes, also unasked at each change
	askFocus                           // focus events
	askMouse                           // mouse events
	AskColor                           // OSC 4, 10 to 19, 52
	askString                          // DECRQSS, XTGETTCAP, XTVERSION
	askGraphics                        // kitty graphics
)

// QuestionSet is the set of what the program in the foreground has asked so far. Its output adds, its input looks.
type QuestionSet struct {
	set atomic.Uint32
}

func (q *QuestionSet) add(kind question)      { q.set.Or(uint32(kind)) }
func (q *QuestionSet) has(kind question) bool { return q.set.Load()&uint32(kind) != 0 }

// Any reports whether the program has asked anything.
func (q *QuestionSet) Any() bool { return q.set.Load() != 0 }

// oldMouse begins a report of the mouse by terminals that know only the first way of it (ESC [ M and three bytes: the button, the
// column and the row, each as a character from the space on).
const (
	oldMouse       = "\x1b[M"
	oldMouseLength = len(oldMouse) + 3
)

// reportKind says to which question a complete input sequence is the answer; 0 is none: a key. The cursor's position (ESC [ … R)
// counts as none: the interface does not ask for it, and F3 with a modifier looks the same.
func reportKind(seq []byte) question {
	if len(seq) < 3 {
		return 0
	}
	switch seq[1] {
	case '[':
		return csiReportKind(seq[2:])
	case ']':
		return AskColor
	case 'P':
		return askString
	case '_':
		return askGraphics
	}
	return 0
}

func csiReportKind(body []byte) question {
	first, final := body[0], body[len(body)-1]
	if first == 'M' {
		return askMouse
	}
	private := first == '?' || first == '>' || first == '='
	switch final {
	case 'c':
		return AskAttributes
	case 'y':
		return AskMode
	case 'u':
		if first == '?' {
			return askKeyboard
		}
	case 'm':
		if first == '>' {
			return askKeyboard
		}
		if first == '<' {
			return askMouse
		}
	case 'M':
		if first == '<' {
			return askMouse
		}
	case 'n':
		if private || len(body) > 1 {
			return askStatus
		}
	case 't':
		return askWindow
	case 'I', 'O':
		if len(body) == 1 {
			return askFocus
		}
	}
	return 0
}
