package vt

import (
	"strings"
	"testing"
)

func TestParseDetachKey(t *testing.T) {
	for in, want := range map[string]string{
		"": "ctrl-]", "ctrl-]": "ctrl-]", "Ctrl+]": "ctrl-]", "^]": "ctrl-]", "c-]": "ctrl-]",
		"ctrl-^": "ctrl-^", "ctrl-_": "ctrl-_", "ctrl-@": "ctrl-@", "ctrl-q": "ctrl-q", "CTRL-Q": "ctrl-q", "f1": "f1", "F12": "f12",
	} {
		key, err := ParseDetachKey(in)
		if err != nil || key.String() != want {
			t.Errorf("ParseDetachKey(%q) = %v, %v; want %s", in, key, err, want)
		}
	}
	for in, reason := range map[string]string{
		"ctrl-c": "interrupts", `ctrl-\`: "quits", "ctrl-z": "stops", "ctrl-d": "ends input", "ctrl-[": "Escape", "ctrl-m": "Enter",
		"ctrl-": "write", "x": "write", "f13": "write", "f0": "write", "ctrl-é": "write", "alt-x": "write", "ctrl-5": "write",
	} {
		_, err := ParseDetachKey(in)
		if err == nil || !strings.Contains(err.Error(), reason) || !strings.Contains(err.Error(), `"ctrl-]"`) {
			t.Errorf("ParseDetachKey(%q): %v; want %q and what is allowed", in, err, reason)
		}
	}
}

func TestDetachKeyIs(t *testing.T) {
	tests := []struct {
		key      string
		yes, not []string
	}{
		{
			"ctrl-]",
			[]string{
				"\x1b[93;5u", "\x1b[93;5:1u", "\x1b[93;5:2u", "\x1b[93;69u", "\x1b[93;133u", "\x1b[93;197u", "\x1b[27;5;93~",
				"\x1b[93:125;5u", "\x1b[1098::93;5u", "\x1b[93;5;29u",
			},
			[]string{
				"\x1b[93;5:3u", "\x1b[93u", "\x1b[93;6u", "\x1b[93;7u", "\x1b[94;5u", "\x1b[27;5;92~", "\x1b[27;6;93~", "\x1b[93~",
				"\x1b[93;5~", "\x1b[?93;5u", "\x1b[27;5;93u", "\x1bO]", "\x1b[;u", "\x1b[93;xu",
			},
		},
		{"ctrl-^", []string{"\x1b[94;5u", "\x1b[94;6u", "\x1b[54:94;6u", "\x1b[54;6u", "\x1b[27;6;94~"}, []string{"\x1b[54;2u"}},
		{"ctrl-q", []string{"\x1b[113;5u", "\x1b[27;5;113~"}, []string{"\x1b[113;6u", "\x1b[113u"}},
		{"f12", []string{"\x1b[24~", "\x1b[24;1~", "\x1b[24;1:1~", "\x1b[24;129~"}, []string{"\x1b[24;2~", "\x1b[24;1:3~", "\x1b[2~", "\x1b[24u"}},
		{"f1", []string{"\x1bOP", "\x1b[P", "\x1b[11~", "\x1b[[A", "\x1b[1;1:1P"}, []string{"\x1bOQ", "\x1b[1;2P", "\x1b[A", "\x1b[1P~"}},
		{"f3", []string{"\x1bOR", "\x1b[13~", "\x1b[[C"}, []string{"\x1b[R", "\x1b[1;1R", "\x1b[24;80R"}},
	}
	for _, test := range tests {
		key := mustKey(t, test.key)
		for _, seq := range test.yes {
			if !key.is([]byte(seq)) {
				t.Errorf("%s: %q is not recognised", test.key, seq)
			}
			for n := 1; n < len(seq); n++ {
				if !key.mayBe([]byte(seq[:n])) {
					t.Errorf("%s: %q would not wait for the rest of %q", test.key, seq[:n], seq)
				}
			}
		}
		for _, seq := range test.not {
			if key.is([]byte(seq)) {
				t.Errorf("%s: %q is taken for it", test.key, seq)
			}
		}
	}
}

func TestNoDetachKey(t *testing.T) {
	var none DetachKey
	if none.is([]byte("\x1b[93;5u")) || none.mayBe([]byte("\x1b")) {
		t.Error("the zero key is recognised")
	}
	s := Scanner{Asked: &QuestionSet{}}
	if out, _, hit := s.Scan(nil, []byte("a\x00\x1d\x1b")); hit || string(out) != "a\x00\x1d\x1b" {
		t.Errorf("without a key: %q, %v", out, hit)
	}
}

func mustKey(t testing.TB, s string) DetachKey {
	t.Helper()
	key, err := ParseDetachKey(s)
	if err != nil {
		t.Fatal(err)
	}
	return key
}
