package vt

import (
	"bytes"
	"sync"
	"time"
)

const (
	// outOfOrder is how long the answers before the last may still come behind it: a multiplexer gives some of them itself.
	outOfOrder = time.Second
	// neverAnswered is when a terminal that has not answered is not waited for any more.
	neverAnswered = 10 * time.Second
)

// OwedAnswers counts what the terminal has been asked by the interface and has not answered.
type OwedAnswers struct {
	mu     sync.Mutex
	count  map[question]int
	latest time.Time // when it has last been asked
}

// NewOwedAnswers begins with a terminal that has been asked nothing.
func NewOwedAnswers() *OwedAnswers { return &OwedAnswers{count: map[question]int{}} }

// Add notes that the terminal is asked.
func (o *OwedAnswers) Add(kinds ...question) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.latest = time.Now()
	for _, kind := range kinds {
		o.count[kind]++
	}
}

// Take notes an answer, and reports whether it was owed.
func (o *OwedAnswers) Take(seq []byte) bool {
	kind := answerKind(seq)
	o.mu.Lock()
	defer o.mu.Unlock()
	if kind == 0 || o.count[kind] == 0 {
		return false
	}
	o.count[kind]--
	return true
}

// Owes reports whether there may be an answer of a kind.
func (o *OwedAnswers) Owes(kind question) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.count[kind] > 0
}

// Coming reports whether there are answers that are worth waiting for.
func (o *OwedAnswers) Coming() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	since := time.Since(o.latest)
	if o.count[AskAttributes] > 0 {
		return since < neverAnswered
	}
	return (o.count[AskColor] > 0 || o.count[AskMode] > 0) && since < outOfOrder
}

// answerKind says which of the interface's own questions a sequence answers; 0: none.
func answerKind(seq []byte) question {
	switch {
	case bytes.HasPrefix(seq, []byte("\x1b]11;")):
		return AskColor
	case bytes.HasPrefix(seq, []byte("\x1b[?2026;")) && seq[len(seq)-1] == 'y':
		return AskMode
	case bytes.HasPrefix(seq, []byte("\x1b[?")) && seq[len(seq)-1] == 'c':
		return AskAttributes
	}
	return 0
}
