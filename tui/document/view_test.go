package document

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
)

// A document that is longer than the screen is moved through by lines and sections; the last line says where one is.
func TestView(t *testing.T) {
	h := kittest.NewHost(t)
	v := NewView(NewKeys(h.Bindings))
	for i := range 30 {
		v.Doc.Lines = append(v.Doc.Lines, fmt.Sprint("line ", i))
	}
	v.Doc.Sections = []int{0, 12}
	frame := func() []string { return kit.Lines(ansi.Strip(v.Draw(&h.Styles, []string{"above"}, 40, 12))) }
	want := func(first, last string) {
		t.Helper()
		rows := frame()
		if got := strings.TrimSpace(rows[1]); len(rows) != 12 || strings.TrimSpace(rows[0]) != "above" || got != first {
			t.Errorf("the first line is %q, want %q", got, first)
		}
		if got := strings.TrimSpace(rows[11]); got != last {
			t.Errorf("the last line is %q, want %q", got, last)
		}
	}
	want("line 0", "1-10 of 30")
	press := func(names ...string) {
		for _, name := range names {
			if _, mine := v.Take(kittest.Press(name)); !mine {
				t.Errorf("%s is no key of a document", name)
			}
			frame()
		}
	}
	press("j", "j")
	want("line 2", "3-12 of 30")
	press("tab")
	want("line 12", "13-22 of 30")
	press("tab")
	want("line 0", "1-10 of 30")
	press("/", "2", "5", "enter")
	want("line 20", "/ 25         1 of 1 line · 21-30 of 30")
	if !v.Claims(kittest.Press("N")) {
		t.Error("the key of the match before is not claimed while something is looked for")
	}
	press("esc")
	if _, mine := v.Take(kittest.Press("d")); mine || v.Claims(kittest.Press("N")) {
		t.Error("a document takes the keys of others")
	}
}
