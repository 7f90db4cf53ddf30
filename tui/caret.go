package tui

import (
	"errors"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Mistake is where a line that has been typed is wrong.
type Mistake struct {
	Text          string
	At            int // byte
	Problem, Hint string
}

func (m *Mistake) Error() string { return m.Problem + ": " + m.Hint }

// caretText is what is wrong, with a caret under where it is. Text that could not be drawn as it is has none: the caret would be under
// something else.
func caretText(st *styles, err error, width int) string {
	var m *Mistake
	if !errors.As(err, &m) {
		return problemText(st, kube.Explain(err), width)
	}
	var out []string
	before := cells(m.Text[:m.At])
	if kube.Clean(m.Text) == m.Text && before < width-4 {
		out = append(out, "", "   "+st.text.Render(fit(m.Text, min(cells(m.Text), max(width-4, 0)))), "   "+strings.Repeat(" ", before)+st.bad.Render("^"))
	}
	text := problemText(st, &kube.Problem{What: kube.Clean(m.Problem), Hint: kube.Clean(m.Hint)}, width)
	return strings.Join(out, "\n") + text
}
