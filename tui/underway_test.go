package tui

import "testing"

// On the way out dayfly ends what is under way and waits for it; who asks again does not wait.
func TestQuitEndsWhatIsUnderWay(t *testing.T) {
	a := testApp(t)
	over, stopped := make(chan struct{}), 0
	before := make(chan struct{})
	a.under.add(func() { t.Error("what is over is stopped") }, before)
	close(before)
	a.under.add(func() { stopped++ }, over)
	_, cmd := a.Update(press("q"))
	if cmd == nil || stopped != 1 {
		t.Fatalf("stopped %d times", stopped)
	}
	if _, again := a.Update(press("q")); !quits(again) || stopped != 1 {
		t.Errorf("who asks again waits; stopped %d times", stopped)
	}
	close(over)
	msg := cmd()
	if _, then := a.Update(msg); !quits(then) {
		t.Errorf("then it does not end: %T", msg)
	}
}
