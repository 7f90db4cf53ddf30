package session

import (
	"bytes"
	"sync"
	"time"
)

// Questions is what an interface asks the terminal when it begins: the colour of its background (OSC 11), whether it knows synchronized
// output (DECRQM 2026), and last what it is (DA1), which there is no terminal that does not know. Terminals answer in order, so the last answer
// says that there are no more. [Terminal.Asked] is called before it is written.
const Questions = "\x1b]11;?\x07\x1b[?2026$p" + lastQuestion

const lastQuestion = "\x1b[c"

const (
	// answerPatience is how long answers are waited for at the end.
	answerPatience = 500 * time.Millisecond
	// outOfOrder is how long the answers before the last may still come behind it: a multiplexer gives some of them itself.
	outOfOrder = time.Second
	// neverAnswered is when a terminal that has not answered is not waited for any more.
	neverAnswered = 10 * time.Second
)

// Asked notes that the terminal is asked [Questions]: their answers are nobody's keys, however late they come.
func (t *Terminal) Asked() { t.owed.add(askColor, askMode, askAttributes) }

// owedAnswers counts what the terminal has been asked by the interface and has not answered.
type owedAnswers struct {
	mu     sync.Mutex
	count  map[question]int
	latest time.Time // when it has last been asked
}

func newOwedAnswers() *owedAnswers { return &owedAnswers{count: map[question]int{}} }

func (o *owedAnswers) add(kinds ...question) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.latest = time.Now()
	for _, kind := range kinds {
		o.count[kind]++
	}
}

// take notes an answer, and reports whether it was owed.
func (o *owedAnswers) take(seq []byte) bool {
	kind := answerKind(seq)
	o.mu.Lock()
	defer o.mu.Unlock()
	if kind == 0 || o.count[kind] == 0 {
		return false
	}
	o.count[kind]--
	return true
}

// owes reports whether there may be an answer of a kind.
func (o *owedAnswers) owes(kind question) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.count[kind] > 0
}

// coming reports whether there are answers that are worth waiting for.
func (o *owedAnswers) coming() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	since := time.Since(o.latest)
	if o.count[askAttributes] > 0 {
		return since < neverAnswered
	}
	return (o.count[askColor] > 0 || o.count[askMode] > 0) && since < outOfOrder
}

// answerKind says which of the interface's own questions a sequence answers; 0: none.
func answerKind(seq []byte) question {
	switch {
	case bytes.HasPrefix(seq, []byte("\x1b]11;")):
		return askColor
	case bytes.HasPrefix(seq, []byte("\x1b[?2026;")) && seq[len(seq)-1] == 'y':
		return askMode
	case bytes.HasPrefix(seq, []byte("\x1b[?")) && seq[len(seq)-1] == 'c':
		return askAttributes
	}
	return 0
}

// hearOut drops what the terminal still has to say to who leaves it: what it owes, and what the mouse reports that has just been moved.
// Keys go with it: they have been typed behind the wish to leave. A terminal that owes nothing is not waited for.
func (t *Terminal) hearOut() {
	t.pump.seize()
	if time.Since(t.pump.lastMouse()) <= lateReports && !t.owed.owes(askAttributes) {
		t.owed.add(askAttributes)
		t.writeSoon(lastQuestion)
	}
	var lex keyLexer
	for deadline := time.Now().Add(answerPatience); t.owed.coming(); {
		wait := time.Until(deadline)
		if wait <= 0 {
			return
		}
		heard, err := t.pump.take(nil, wait)
		if err != nil {
			return
		}
		for len(heard) > 0 {
			switch lex.next(heard[0]) {
			case tokenBroken:
				lex.broken()
				continue
			case tokenDone:
				t.owed.take(lex.seq)
				lex.reset()
			}
			heard = heard[1:]
		}
	}
}

// takeUp gives the keyboard back to the interface.
func (t *Terminal) takeUp(rest []byte) { t.pump.giveBack(rest) }
