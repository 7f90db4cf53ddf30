package files

import (
	"sync/atomic"
	"testing"
	"time"
)

// A file that gives less than its size says is not waited for without end: when nothing has come for a while, and nothing is being taken. A reader that is
// slow to take what is here is waited for.
func TestEndingOfAFileThatIsShort(t *testing.T) {
	var moves atomic.Int64
	pass, released, asked := make(chan time.Time), make(chan struct{}), make(chan struct{})
	over := make(chan struct{})
	defer close(over)
	e := &ending{word: "WORD", size: 4096, moves: &moves, over: over, release: func() { close(released) }, after: func() <-chan time.Time {
		asked <- struct{}{}
		return pass
	}}
	moves.Store(3) // a part is being taken
	for _, part := range []string{"WO", "RD40", "96 "} {
		if _, err := e.Write([]byte(part)); err != nil {
			t.Fatal(err)
		}
	}
	<-asked
	pass <- time.Time{} // a while has passed, and it still is
	<-asked
	moves.Store(6) // it was, and another one too
	pass <- time.Time{}
	<-asked
	select {
	case <-released:
		t.Error("it is not waited for what is being taken")
	default:
	}
	pass <- time.Time{}
	<-released
	if !e.short.Load() {
		t.Error("it is not known that nothing more came")
	}
}

// One that is known to be shorter is not waited for at all.
func TestEndingOfAFileThatHasShrunk(t *testing.T) {
	over, released := make(chan struct{}), false
	close(over)
	e := &ending{word: "WORD", size: 4096, moves: &atomic.Int64{}, over: over, release: func() { released = true }, after: func() <-chan time.Time { return nil }}
	if _, err := e.Write([]byte("WORD12 ")); err != nil || !released || e.short.Load() {
		t.Errorf("%v, released: %v", err, released)
	}
}
