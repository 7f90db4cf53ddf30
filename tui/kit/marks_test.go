package kit_test

import (
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// letters is a list of letters, each of which is a line.
type letters struct {
	text   string
	marks  kit.Marks[byte]
	cursor kit.Cursor
}

func (l *letters) of(i int) byte { return l.text[i] }

func (l *letters) press(names ...string) {
	k := kit.NewKeyMap()
	for _, name := range names {
		msg := tea.KeyPressMsg{Code: rune(name[0]), Text: name}
		if name == "esc" {
			l.marks.Clear()
			continue
		}
		if !l.marks.Press(k, msg, &l.cursor, len(l.text), l.of) {
			l.cursor.Move(k, msg, len(l.text), 10)
		}
	}
}

func (l *letters) marked() string {
	var all []string
	for i := range len(l.text) {
		if l.marks.Has(l.text[i]) {
			all = append(all, l.text[i:i+1])
		}
	}
	return strings.Join(all, "")
}

func TestMarks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		keys, want string
		at         int
	}{
		{" ", "a", 1},
		{"  ", "ab", 2},
		{" k ", "", 1}, // a second time takes it away
		{"G  ", "", 4},
		{"*", "abcde", 0},
		{"**", "", 0},
		{" *", "abcde", 1}, // some have it: all get it
		{"jVjjV", "bcd", 3},
		{"jVjj ", "bcd", 3}, // space ends it too, and goes nowhere
		{"jjjVkkV", "bcd", 1},
		{"VjV ", "a", 2}, // marking one line that has a mark takes that away
		{"Vjj", "", 2},   // not ended
		{"Vj*", "abcde", 1},
	} {
		l := letters{text: "abcde"}
		l.press(strings.Split(c.keys, "")...)
		if l.marked() != c.want || l.cursor.At != c.at {
			t.Errorf("%q: %q are marked, the cursor is on %d", c.keys, l.marked(), l.cursor.At)
		}
		if l.marks.Len() != len(c.want) {
			t.Errorf("%q: %d are marked", c.keys, l.marks.Len())
		}
	}
}

// What is cleared first is the range, and what has gone has no mark.
func TestMarksAreForgotten(t *testing.T) {
	t.Parallel()
	l := letters{text: "abcde"}
	l.press(" ", "V", "j", "esc")
	if l.marked() != "a" || l.marks.Ranging() {
		t.Errorf("%q are marked", l.marked())
	}
	l.press("*")
	l.marks.Keep(func(b byte) bool { return b < 'c' })
	if l.marked() != "ab" || l.marks.Words(1) != " · 2 marked, 1 of them not shown" {
		t.Errorf("%q are marked:%s", l.marked(), l.marks.Words(1))
	}
	l.press("esc")
	if l.marked() != "" || l.marks.Words(0) != "" || l.marks.Clear() {
		t.Errorf("%q are marked:%s", l.marked(), l.marks.Words(0))
	}
	l.press("g", "j", "V")
	l.text, l.cursor.At = "acde", 2 // the line of the beginning goes
	if from, to := l.marks.Range(l.cursor.At, len(l.text), l.of); !slices.Equal([]int{from, to}, []int{2, 3}) {
		t.Errorf("the range is from %d to %d", from, to)
	}
	if l.text = ""; l.marks.Press(kit.NewKeyMap(), tea.KeyPressMsg{Code: '*', Text: "*"}, &l.cursor, 0, l.of) {
		t.Error("a list without lines is marked")
	}
}
