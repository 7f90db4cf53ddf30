package tui

import (
	"errors"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/presets/nixery"
	"github.com/dayfly-k8s/dayfly/presets/registry"
)

// mistake is where a line that has been typed is wrong.
type mistake struct {
	text          string
	at            int // byte
	problem, hint string
}

// mistakeOf finds the place in an error that has one.
func mistakeOf(err error) (mistake, bool) {
	var image *registry.SyntaxError
	var part *nixery.SyntaxError
	switch {
	case errors.As(err, &image):
		return mistake{image.Text, image.At, image.Problem, image.Hint}, true
	case errors.As(err, &part):
		return mistake{part.Text, part.At, part.Problem, part.Hint}, true
	}
	return mistake{}, false
}

// caretText is what is wrong, with a caret under where it is. Text that could not be drawn as it is has none: the caret would be under
// something else.
func caretText(st *styles, err error, width int) string {
	m, ok := mistakeOf(err)
	if !ok {
		return problemText(st, kube.Explain(err), width)
	}
	var out []string
	before := cells(m.text[:m.at])
	if kube.Clean(m.text) == m.text && before < width-4 {
		out = append(out, "", "   "+st.text.Render(fit(m.text, min(cells(m.text), max(width-4, 0)))), "   "+strings.Repeat(" ", before)+st.bad.Render("^"))
	}
	text := problemText(st, &kube.Problem{What: kube.Clean(m.problem), Hint: kube.Clean(m.hint)}, width)
	return strings.Join(out, "\n") + text
}
