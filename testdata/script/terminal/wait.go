package terminal

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"time"
)

// ErrEnded is when the program has ended while something was waited for.
var ErrEnded = errors.New("the program has ended")

// WaitFor waits until a condition holds for the screen. The error shows the screen; what says in words what was waited for.
func (t *Terminal) WaitFor(patience time.Duration, what string, holds func(Screen) bool) error {
	err := t.wait(patience, func() bool { return holds(t.Screen()) })
	if err != nil {
		return fmt.Errorf("waited for %s: %w\n%s", what, err, t.Screen())
	}
	return nil
}

// WaitBytes waits until a text is in the output behind the first from bytes, and returns the place behind it.
func (t *Terminal) WaitBytes(patience time.Duration, from int, text string) (int, error) {
	end := -1
	err := t.wait(patience, func() bool {
		t.mu.Lock()
		defer t.mu.Unlock()
		i := bytes.Index(t.raw[from:], []byte(text))
		if i >= 0 {
			end = from + i + len(text)
			return true
		}
		from = max(from, len(t.raw)-len(text)+1)
		return false
	})
	if err != nil {
		return end, fmt.Errorf("waited for %q in the output: %w\n%s", text, err, t.Screen())
	}
	return end, nil
}

// wait returns nil as soon as the condition holds; it is looked at whenever there is news.
func (t *Terminal) wait(patience time.Duration, holds func() bool) error {
	late := time.NewTimer(patience)
	defer late.Stop()
	for {
		t.mu.Lock()
		changed, broken := t.changed, t.broken
		t.mu.Unlock()
		ended := t.hasEnded()
		switch {
		case holds():
			return nil
		case broken != nil:
			return broken
		case ended:
			return fmt.Errorf("%w with exit code %d", ErrEnded, t.exit)
		}
		select {
		case <-changed:
		case <-late.C:
			return fmt.Errorf("not within %s", patience)
		}
	}
}

func (t *Terminal) hasEnded() bool {
	select {
	case <-t.ended:
		return true
	default:
		return false
	}
}

// Wait waits for the end of the program and returns its exit code: 128+n for the end by signal n.
func (t *Terminal) Wait(patience time.Duration) (int, error) {
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case <-t.ended:
		return t.exit, nil
	case <-late.C:
		return 0, fmt.Errorf("waited for the end of %s: not within %s\n%s", t.name, patience, t.Screen())
	}
}

// Output is a copy of the output behind the first from bytes.
func (t *Terminal) Output(from int) []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return bytes.Clone(t.raw[from:])
}

// Reserve makes room for so many bytes of output. What is read into a slice that grows is copied again and again, a second for a gigabyte, in which
// the terminal takes nothing.
func (t *Terminal) Reserve(bytes int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.raw = slices.Grow(t.raw, bytes)
}

// Written is how many bytes of output there are.
func (t *Terminal) Written() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.raw)
}
