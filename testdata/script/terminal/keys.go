package terminal

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// keyBytes is what a terminal in its plain mode sends for a key.
func keyBytes(key string) (string, error) {
	if utf8.RuneCountInString(key) == 1 {
		return key, nil
	}
	if letter, ok := strings.CutPrefix(key, "ctrl+"); ok && len(letter) == 1 {
		return string(strings.ToUpper(letter)[0] & 0x1f), nil
	}
	text, ok := map[string]string{
		"enter": "\r", "esc": "\x1b", "tab": "\t", "space": " ", "backspace": "\x7f",
		"up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D",
		"home": "\x1b[H", "end": "\x1b[F", "pgup": "\x1b[5~", "pgdown": "\x1b[6~",
	}[key]
	if !ok {
		return "", fmt.Errorf("there is no key %q", key)
	}
	return text, nil
}
