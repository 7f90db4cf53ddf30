package session

import (
	"time"

	"github.com/dayfly-k8s/dayfly/tui/vt"
)

// Questions is what an interface asks the terminal when it begins: the colour of its background (OSC 11), whether it knows synchronized
// output (DECRQM 2026), and last what it is (DA1), which there is no terminal that does not know. Terminals answer in order, so the last answer
// says that there are no more. [Terminal.Asked] is called before it is written.
const Questions = "\x1b]11;?\x07\x1b[?2026$p" + lastQuestion

const lastQuestion = "\x1b[c"

// answerPatience is how long answers are waited for at the end.
const answerPatience = 500 * time.Millisecond

// Asked notes that the terminal is asked [Questions]: their answers are nobody's keys, however late they come.
func (t *Terminal) Asked() { t.owed.Add(vt.AskColor, vt.AskMode, vt.AskAttributes) }

// hearOut drops what the terminal still has to say to who leaves it: what it owes, and what the mouse reports that has just been moved.
// Keys go with it: they have been typed behind the request to leave. A terminal that owes nothing is not waited for.
func (t *Terminal) hearOut() {
	t.pump.seize()
	if time.Since(t.pump.lastMouse()) <= vt.LateReports && !t.owed.Owes(vt.AskAttributes) {
		t.owed.Add(vt.AskAttributes)
		t.writeSoon(lastQuestion)
	}
	var lex vt.KeyLexer
	for deadline := time.Now().Add(answerPatience); t.owed.Coming(); {
		wait := time.Until(deadline)
		if wait <= 0 {
			return
		}
		heard, err := t.pump.take(nil, wait)
		if err != nil {
			return
		}
		for len(heard) > 0 {
			switch lex.Next(heard[0]) {
			case vt.TokenBroken:
				lex.Broken()
				continue
			case vt.TokenDone:
				t.owed.Take(lex.Seq)
				lex.Reset()
			}
			heard = heard[1:]
		}
	}
}

// takeUp gives the keyboard back to the interface.
func (t *Terminal) takeUp(rest []byte) { t.pump.giveBack(rest) }
