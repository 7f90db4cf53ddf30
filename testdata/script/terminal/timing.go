package terminal

import (
	"fmt"
	"slices"
	"time"
)

// PID is the number of the program's process.
func (t *Terminal) PID() int { return t.cmd.Process.Pid }

// Reaction sends text and measures until what of the screen is as it stays: the frame that answers is in, whole. It waits until
// nothing has come for a while, so quiet must be longer than the program may pause before the end of its answer. The emulator,
// which is slower than a pty, draws only afterwards and is in no measurement. It returns the screen that came of it.
func (t *Terminal) Reaction(text string, quiet time.Duration, what func(Screen) string) (time.Duration, Screen, error) {
	t.Mute(true)
	t.answered()
	from, first := t.Written(), t.arrivals()
	begin := time.Now()
	if err := t.write(text); err != nil {
		return 0, Screen{}, err
	}
	if err := t.calm(from, quiet); err != nil {
		return 0, t.Screen(), fmt.Errorf("reaction to %q: %w\n%s", text, err, t.Screen())
	}
	t.draw.Lock() // what comes from now on is drawn behind what is drawn here
	defer t.draw.Unlock()
	t.mu.Lock()
	t.silent = false
	raw, chunks := t.raw, slices.Clone(t.arrived[first:])
	t.mu.Unlock()
	var last string
	var took time.Duration
	before := what(t.screen())
	for _, c := range chunks {
		if err := t.drawn(raw[from:c.end]); err != nil {
			return 0, Screen{}, err
		}
		from = c.end
		if now := what(t.screen()); now != last {
			last, took = now, c.at.Sub(begin)
		}
	}
	if last == before {
		return 0, t.screen(), fmt.Errorf("reaction to %q: nothing has changed\n%s", text, t.screen())
	}
	return took, t.screen(), nil
}

func (t *Terminal) arrivals() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.arrived)
}

// calm waits until something is in behind from and nothing more comes.
func (t *Terminal) calm(from int, quiet time.Duration) error {
	const patience = 10 * time.Second
	if err := t.wait(patience, func() bool { return t.Written() > from }); err != nil {
		return err
	}
	for {
		t.mu.Lock()
		changed := t.changed
		t.mu.Unlock()
		select {
		case <-changed:
		case <-time.After(quiet):
			return nil
		case <-t.ended:
			return ErrEnded
		}
	}
}
