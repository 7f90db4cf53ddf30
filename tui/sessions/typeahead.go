package sessions

import (
	"fmt"

	tea "charm.land/bubbletea/v2"
)

// Typeahead is what was typed while nobody could take it yet, as the bytes a terminal sends.
type Typeahead struct {
	Bytes []byte
	keys  int
}

// Key takes a key.
func (t *Typeahead) Key(k tea.KeyPressMsg) {
	t.keys++
	t.Bytes = append(t.Bytes, keyBytes(k)...)
}

// Paste takes what was pasted.
func (t *Typeahead) Paste(p tea.PasteMsg) {
	t.keys += len([]rune(p.Content))
	t.Bytes = append(t.Bytes, p.Content...)
}

// keyBytes is a key as a terminal in its plain mode sends it: the remote program has asked for no other yet.
func keyBytes(k tea.KeyPressMsg) string {
	prefix := ""
	if k.Mod&tea.ModAlt != 0 {
		prefix = "\x1b"
	}
	if k.Text != "" {
		return prefix + k.Text
	}
	if s, ok := controlBytes(k); ok {
		return prefix + s
	}
	if s, ok := cursorBytes(k); ok {
		return s
	}
	if k.Code >= ' ' && k.Code < tea.KeyExtended && k.Code != tea.KeyBackspace {
		return prefix + string(k.Code)
	}
	return ""
}

// controlBytes are the keys of one byte.
func controlBytes(k tea.KeyPressMsg) (string, bool) {
	ctrl, shift := k.Mod&tea.ModCtrl != 0, k.Mod&tea.ModShift != 0
	switch {
	case k.Code == tea.KeyEnter:
		return "\r", true
	case k.Code == tea.KeyTab && shift:
		return "\x1b[Z", true
	case k.Code == tea.KeyTab:
		return "\t", true
	case k.Code == tea.KeyBackspace && ctrl:
		return "\b", true
	case k.Code == tea.KeyBackspace:
		return "\x7f", true
	case k.Code == tea.KeyEscape:
		return "\x1b", true
	case k.Code == tea.KeySpace && ctrl:
		return "\x00", true
	case k.Code == tea.KeySpace:
		return " ", true
	case ctrl && (k.Code >= '@' && k.Code <= '_' || k.Code >= 'a' && k.Code <= 'z'):
		return string(k.Code & 0x1f), true
	case ctrl && k.Code == '?':
		return "\x7f", true
	}
	return "", false
}

// cursorBytes are the keys that xterm sends as sequences, with modifiers as it encodes them (ctlseqs, "PC-Style Function Keys").
func cursorBytes(k tea.KeyPressMsg) (string, bool) {
	modifier := 1
	for bit, mod := range map[int]tea.KeyMod{1: tea.ModShift, 2: tea.ModAlt, 4: tea.ModCtrl} {
		if k.Mod&mod != 0 {
			modifier += bit
		}
	}
	letters := map[rune]string{
		tea.KeyUp: "A", tea.KeyDown: "B", tea.KeyRight: "C", tea.KeyLeft: "D", tea.KeyHome: "H", tea.KeyEnd: "F",
	}
	if letter, ok := letters[k.Code]; ok {
		if modifier == 1 {
			return "\x1b[" + letter, true
		}
		return fmt.Sprintf("\x1b[1;%d%s", modifier, letter), true
	}
	function := map[rune]string{tea.KeyF1: "P", tea.KeyF2: "Q", tea.KeyF3: "R", tea.KeyF4: "S"}
	if letter, ok := function[k.Code]; ok {
		if modifier == 1 {
			return "\x1bO" + letter, true
		}
		return fmt.Sprintf("\x1b[1;%d%s", modifier, letter), true
	}
	numbers := map[rune]int{
		tea.KeyInsert: 2, tea.KeyDelete: 3, tea.KeyPgUp: 5, tea.KeyPgDown: 6,
		tea.KeyF5: 15, tea.KeyF6: 17, tea.KeyF7: 18, tea.KeyF8: 19, tea.KeyF9: 20, tea.KeyF10: 21, tea.KeyF11: 23, tea.KeyF12: 24,
	}
	n, ok := numbers[k.Code]
	if !ok {
		return "", false
	}
	if modifier == 1 {
		return fmt.Sprintf("\x1b[%d~", n), true
	}
	return fmt.Sprintf("\x1b[%d;%d~", n, modifier), true
}
