package vt

import (
	"strings"
	"testing"
)

// Each of the two screens of a terminal has keyboard modes of its own: those of the program's are reset before it is left, and those of the
// person's behind that. Otherwise their shell gets keys that it cannot read.
func TestKeyboardOfBothScreensIsReset(t *testing.T) {
	for _, alt := range []int32{47, 1047, AltScreen} {
		leave := map[int32]string{47: "\x1b[?47l", 1047: "\x1b[?1047l", AltScreen: "\x1b[?1049l"}[alt]
		before, behind, left := strings.Cut(ResetSequence(Modes{Alt: alt}), leave)
		if !left || !strings.Contains(before, keyboardReset) || !strings.Contains(behind, keyboardReset) {
			t.Errorf("screen %d: %q, then %q", alt, before, behind)
		}
	}
	if usual := ResetSequence(Modes{}); strings.Count(usual, keyboardReset) != 1 || strings.Contains(usual, "49l") {
		t.Errorf("a program that was never there leaves the other screen: %q", usual)
	}
}
