package sessions

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

func TestKeyBytesAreWhatATerminalSends(t *testing.T) {
	for _, test := range []struct {
		key  tea.KeyPressMsg
		want string
	}{
		{tea.KeyPressMsg{Code: 'a', Text: "a"}, "a"},
		{tea.KeyPressMsg{Code: 'a', ShiftedCode: 'A', Text: "A", Mod: tea.ModShift}, "A"},
		{tea.KeyPressMsg{Code: 'é', Text: "é"}, "é"},
		{tea.KeyPressMsg{Code: 'x', Mod: tea.ModAlt}, "\x1bx"},
		{tea.KeyPressMsg{Code: 'c', Mod: tea.ModCtrl}, "\x03"},
		{tea.KeyPressMsg{Code: '\\', Mod: tea.ModCtrl}, "\x1c"},
		{tea.KeyPressMsg{Code: tea.KeyEnter}, "\r"},
		{tea.KeyPressMsg{Code: tea.KeyTab}, "\t"},
		{tea.KeyPressMsg{Code: tea.KeyTab, Mod: tea.ModShift}, "\x1b[Z"},
		{tea.KeyPressMsg{Code: tea.KeyBackspace}, "\x7f"},
		{tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}, " "},
		{tea.KeyPressMsg{Code: tea.KeySpace, Mod: tea.ModCtrl}, "\x00"},
		{tea.KeyPressMsg{Code: tea.KeyUp}, "\x1b[A"},
		{tea.KeyPressMsg{Code: tea.KeyLeft, Mod: tea.ModCtrl}, "\x1b[1;5D"},
		{tea.KeyPressMsg{Code: tea.KeyDelete}, "\x1b[3~"},
		{tea.KeyPressMsg{Code: tea.KeyF1}, "\x1bOP"},
		{tea.KeyPressMsg{Code: tea.KeyF12, Mod: tea.ModShift}, "\x1b[24;2~"},
		{tea.KeyPressMsg{Code: tea.KeyLeftShift}, ""},
	} {
		if got := keyBytes(test.key); got != test.want {
			t.Errorf("%s gives %q, want %q", test.key, got, test.want)
		}
	}
}

func TestPlainLinesShowWhatWasRead(t *testing.T) {
	got := plainLines("\r\n\r\nhello\r\n/ # \x1b[6n\x1b[Jls -l\r\n10%\r50%\r100%\r\n\x1b[31mred\x1b[m\x07\r\n\r\n")
	want := []string{"hello", "/ # ls -l", "100%", "red"}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got %q, want %q", got, want)
	}
	const megabyte = 1 << 20
	if got := plainLines("short\n" + strings.Repeat("x", megabyte)); len(got) != 2 || len(got[1]) < 1000 || len(got[1]) > 10_000 {
		t.Errorf("of a line of a megabyte %d bytes are kept", len(got[1]))
	}
}
