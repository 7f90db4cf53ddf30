package kit

import (
	"errors"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
)

// MistakeError is where a line that has been typed is wrong.
type MistakeError struct {
	Text          string
	At            int // byte
	Problem, Hint string
}

// Error is the mistake without its place.
func (m *MistakeError) Error() string { return m.Problem + ": " + m.Hint }

// MistakeText is what is wrong, with a caret under where it is. Text that could not be drawn as it is has none: the caret would be under
// something else.
func MistakeText(st *Styles, err error, width int) string {
	var m *MistakeError
	if !errors.As(err, &m) {
		return ProblemText(st, kube.Explain(err), width)
	}
	var out []string
	before := Width(m.Text[:m.At])
	if kube.Sanitize(m.Text) == m.Text && before < width-4 {
		out = append(out, "", "   "+st.Text.Render(Fit(m.Text, min(Width(m.Text), max(width-4, 0)))), "   "+strings.Repeat(" ", before)+st.Bad.Render("^"))
	}
	text := ProblemText(st, &kube.Problem{Message: kube.Sanitize(m.Problem), Hint: kube.Sanitize(m.Hint)}, width)
	return strings.Join(out, "\n") + text
}
