package vt

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// DefaultDetachKey is the detach key when none is configured.
const DefaultDetachKey = "ctrl-]"

// DetachKey is the key that leaves a session and lets it run on. The zero value is no key at all.
type DetachKey struct {
	name  string
	raw   int      // the byte that plain terminals send, or -1
	plain []string // the sequences that plain terminals send
	code  int      // its number in the encodings below
	ctrl  bool
}

// String is the key as [ParseDetachKey] reads it, which is also how help texts write it.
func (k DetachKey) String() string { return k.name }

// ParseDetachKey reads "ctrl-]", "Ctrl+]", "c-]" or "^]", and "f1" to "f12"; the empty string is [DefaultDetachKey]. It refuses
// keys that a program in a terminal cannot do without.
func ParseDetachKey(s string) (DetachKey, error) {
	name := strings.ToLower(strings.TrimSpace(s))
	if name == "" {
		name = DefaultDetachKey
	}
	if n, ok := strings.CutPrefix(name, "f"); ok {
		if number, err := strconv.Atoi(n); err == nil && number >= 1 && number <= 12 {
			return functionKey(number), nil
		}
	}
	for _, prefix := range []string{"ctrl-", "ctrl+", "c-", "^"} {
		if char, ok := strings.CutPrefix(name, prefix); ok && len(char) == 1 {
			return controlKey(s, char[0])
		}
	}
	return DetachKey{}, fmt.Errorf("detach key %q: write %s", s, allowedDetachKeys)
}

const allowedDetachKeys = `"ctrl-]", "ctrl-^", "ctrl-_", "ctrl-@", ctrl with a letter such as "ctrl-q", or "f1" to "f12"`

func controlKey(s string, char byte) (DetachKey, error) {
	key := DetachKey{name: "ctrl-" + string(char), raw: int(char & 0x1f), code: int(char), ctrl: true}
	use := map[byte]string{
		'c': "interrupts a program", 'z': "stops a program", '\\': "quits a program", 'd': "ends input", '[': "is Escape",
		'h': "is Backspace", 'i': "is Tab", 'j': "is Enter", 'm': "is Enter",
	}
	switch {
	case use[char] != "":
		return DetachKey{}, fmt.Errorf("detach key %q: %s %s, so it belongs to the session; write %s",
			s, key.name, use[char], allowedDetachKeys)
	case char >= 'a' && char <= 'z', strings.IndexByte("]^_@", char) >= 0:
		return key, nil
	}
	return DetachKey{}, fmt.Errorf("detach key %q: write %s", s, allowedDetachKeys)
}

func functionKey(n int) DetachKey {
	key := DetachKey{name: "f" + strconv.Itoa(n), raw: -1}
	key.code = [...]int{11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24}[n-1]
	letter := string(rune('P' + n - 1))
	if n <= 4 {
		key.plain = append(key.plain, "\x1bO"+letter)
	}
	if n <= 4 && n != 3 { // ESC [ R is what terminals answer to the question where the cursor is
		key.plain = append(key.plain, "\x1b["+letter)
	}
	if n <= 5 {
		key.plain = append(key.plain, "\x1b[["+string(rune('A'+n-1)))
	}
	return key
}

// Modifiers as terminals number them, less one.
const (
	modShift = 1
	modCtrl  = 4
	modLocks = 64 | 128 // Caps Lock and Num Lock
)

// is reports whether a complete escape sequence is the key being pressed, in the plain encoding, in xterm's modifyOtherKeys
// (ESC [ 27;5;93 ~), or in kitty's (ESC [ 93;5 u, https://sw.kovidgoyal.net/kitty/keyboard-protocol/).
func (k DetachKey) is(seq []byte) bool {
	if k.name == "" || len(seq) < 3 {
		return false
	}
	if slices.Contains(k.plain, string(seq)) {
		return true
	}
	if seq[1] != '[' {
		return false
	}
	fields := strings.Split(string(seq[2:len(seq)-1]), ";")
	codes, mods, final := fields[0], "", seq[len(seq)-1]
	if len(fields) > 1 {
		mods = fields[1]
	}
	if final == '~' && len(fields) == 3 && codes == "27" {
		return k.ctrl && k.pressed(mods) && fields[2] == strconv.Itoa(k.code)
	}
	if !k.pressed(mods) {
		return false
	}
	if k.ctrl {
		return final == 'u' && k.hasCode(codes)
	}
	letter := final != '~' && slices.Contains(k.plain, "\x1b["+string(rune(final)))
	return final == '~' && codes == strconv.Itoa(k.code) || letter && codes == "1"
}

// hasCode looks at the key's number, its number with Shift, and its number on a Latin keyboard. Where a character needs Shift
// and the terminal names only the key, it is the key of an American keyboard.
func (k DetachKey) hasCode(codes string) bool {
	unshifted := map[int]string{'^': "54", '_': "45", '@': "50"}[k.code]
	for code := range strings.SplitSeq(codes, ":") {
		if code == strconv.Itoa(k.code) || code != "" && code == unshifted {
			return true
		}
	}
	return false
}

// pressed reads "modifiers:event": no other modifier than the key's own, and not the key's release.
func (k DetachKey) pressed(s string) bool {
	mods, event, _ := strings.Cut(s, ":")
	if event == "3" {
		return false
	}
	held := 0
	if mods != "" {
		n, err := strconv.Atoi(mods)
		if err != nil {
			return false
		}
		held = (n - 1) &^ modLocks
	}
	if !k.ctrl {
		return held == 0
	}
	needsShift := strings.IndexByte("^_@", byte(k.code)) >= 0
	return held == modCtrl || needsShift && held == modCtrl|modShift
}

// mayBe reports whether bytes that have not become a sequence yet may still become the key. Any number in front is possible:
// kitty sends the number of the key on the person's own layout first.
func (k DetachKey) mayBe(seq []byte) bool {
	switch {
	case k.name == "" || len(seq) == 0:
		return false
	case len(seq) == 1:
		return true
	case seq[1] == 'O':
		return len(seq) == 2 && len(k.plain) > 0
	case seq[1] != '[':
		return false
	case len(seq) == 2:
		return true
	case seq[2] == '[':
		return len(k.plain) > 0
	}
	return seq[2] >= '0' && seq[2] <= '9'
}
