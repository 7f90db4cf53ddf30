package session

import (
	"regexp"
	"time"
)

// An interface that begins asks the terminal what it is: its colours, its keyboard. What of the answers comes when the
// interface has let go already would be typed into the shell. Terminals answer in order, so what is asked last is answered last.
const (
	lastQuestion   = "\x1b[c" // primary device attributes: there is no terminal that does not know it
	answerPatience = 200 * time.Millisecond
)

// hearOut drops what the terminal still has to say to an interface that has begun a moment ago, or that the mouse has just been moved
// in. Keys go with it: they have been typed behind the wish to leave.
func (t *Terminal) hearOut() {
	t.mu.Lock()
	asked := t.asked
	t.mu.Unlock()
	if time.Since(asked) > lateReports && time.Since(t.pump.lastMouse()) > lateReports {
		return
	}
	t.writeSoon(lastQuestion)
	answer := regexp.MustCompile(`\x1b\[\?[0-9;]*c`)
	deadline := time.Now().Add(answerPatience)
	for heard := []byte(nil); !answer.Match(heard); {
		wait := time.Until(deadline)
		if wait <= 0 {
			return
		}
		more, err := t.pump.take(nil, wait)
		if err != nil {
			return
		}
		heard = append(heard, more...)
	}
}

// takeUp gives the keyboard back to the interface, which begins anew with it.
func (t *Terminal) takeUp(rest []byte) {
	t.mu.Lock()
	t.asked = time.Now()
	t.mu.Unlock()
	t.pump.giveBack(rest)
}
