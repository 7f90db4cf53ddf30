package vt

import (
	"strings"
	"testing"
)

// Where it is denied, no sequence that writes to a clipboard reaches the terminal, however it is cut; where it is not, each is counted.
func TestClipboard(t *testing.T) {
	for text, denied := range map[string]string{ // by input; "=": unchanged, and no write
		"a\x1b]52;c;aGVsbG8=\x07b":                            "a\x1b\\b",
		"a\x1b]52;c;aGVsbG8=\x1b\\b":                          "a\x1b\\b",
		"a\x1b]52;;\x07b":                                     "a\x1b\\b",
		"a\x1b]052;p;QQ==\x07b":                               "a\x1b\\b",
		"a\xc2\x9d52;c;QQ==\x07b":                             "a\x1b\\b",
		"a\x1bPtmux;\x1b\x1b]52;c;QQ==\x07\x1b\\b":            "a\x1bPtmux;\x1b\x1b\\\x1b\\b",
		"a\x1b]5522;type=write\x07b":                          "a\x1b\\b",
		"a\x1b]5522;id=1:type=wdata:mime=dGV4dA==;QQ==\x07b":  "a\x1b\\b",
		"a\x1b]1337;Copy=:QQ==\x07b":                          "a\x1b\\b",
		"a\x1b]1337;CopyToClipboard=general\x07text":          "a\x1b\\text",
		"a\x1b]1337;EndCopy\x07b":                             "a\x1b\\b",
		"a\x1b]1337;Custom=1\x07\x1b]1337;C\x07\x1b]0;x\x07b": "=",
		"a\x1b]1337;RemoteHost=me@there\x07b":                 "=",
		"a\x1b]5522;type=probe\x07b":                          "=",
		"plain":                                               "=",
	} {
		for name, pieces := range map[string][]string{"whole": {text}, "bytes": strings.Split(text, "")} {
			if name == "bytes" && strings.Contains(text, "\xc2") {
				pieces = []string{text[:2], text[2:3], text[3:]}
			}
			for _, deny := range []bool{true, false} {
				l, f := newLive()
				board := &Clipboard{Denied: deny}
				l.Clipboard.Store(board)
				want, writes := text, int64(0)
				if denied != "=" {
					writes = 1
					if deny {
						want = denied
					}
				}
				if got := filterAll(f, pieces...); got != want {
					t.Errorf("%q, %s, denied %v: %q, want %q", text, name, deny, got, want)
				}
				counted, other := board.Writes.Load(), board.Refused.Load()
				if deny {
					counted, other = other, counted
				}
				if counted != writes || other != 0 {
					t.Errorf("%q, %s, denied %v: %d are counted, want %d; %d otherwise", text, name, deny, counted, writes, other)
				}
			}
		}
	}
}
