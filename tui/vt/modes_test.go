package vt_test

import (
	"testing"

	"github.com/dayfly-k8s/dayfly/tui/vt"
)

// TestBook: what is told to a terminal that has been reset is what the program has left on, whatever the pieces in which it came.
func TestBook(t *testing.T) {
	tests := []struct{ name, output, want string }{
		{"nothing", "hello\r\n$ ", ""},
		{"a shell", "\x1b[?2004h$ ", "\x1b[?2004h"},
		{"between two prompts", "\x1b[?2004h$ ls\x1b[?2004l\r\n", ""},
		{"vim", "\x1b[?1049h\x1b[>4;2m\x1b[?1h\x1b=\x1b[?2004h\x1b[?25l\x1b[?1000;1006h", "\x1b[?1049h\x1b[?1h\x1b[?2004h\x1b[?1000h\x1b[?1006h\x1b[?25l\x1b=\x1b[>4;2m"},
		{"vim that has gone", "\x1b[?1049h\x1b[?1h\x1b=\x1b[?25l\x1b[?1l\x1b>\x1b[?25h\x1b[?1049l", ""},
		{"kitty's keyboard", "\x1b[>1u\x1b[?1049h\x1b[>5u", "\x1b[>1u\x1b[?1049h\x1b[>5u"},
		{"kitty's keyboard after the full screen", "\x1b[>1u\x1b[?1049h\x1b[>5u\x1b[?1049l", "\x1b[>1u"},
		{"kitty's flags changed", "\x1b[>1u\x1b[=4;2u\x1b[=1;3u", "\x1b[>4u"},
		{"popped", "\x1b[>1u\x1b[>2u\x1b[<u", "\x1b[>1u"},
		{"a cursor", "\x1b[5 q", "\x1b[5 q"},
		{"reset", "\x1b[?1049h\x1b[?1h\x1b=\x1b[5 q\x1bc", ""},
		{"in a title", "\x1b]0;\x1b[?1049\x07", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			whole, pieces := vt.NewModeTracker(), vt.NewModeTracker()
			whole.Listen([]byte(test.output))
			for _, b := range []byte(test.output) {
				pieces.Listen([]byte{b})
			}
			if got := whole.Restore(); got != test.want {
				t.Errorf("%q; want %q", got, test.want)
			}
			if got := pieces.Restore(); got != test.want {
				t.Errorf("in pieces %q; want %q", got, test.want)
			}
		})
	}
}
