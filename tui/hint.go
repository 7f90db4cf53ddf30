package tui

import "github.com/dayfly-k8s/dayfly/tui/kit"

// Where the guide's line begins to be shown: below, its row and its words are missed elsewhere.
const hintWidth, hintHeight = 60, 12

// hint is what a newcomer could do on a screen, or "" where nothing needs to be said.
func hint(s kit.Screen) string {
	if g, ok := s.(kit.Guide); ok {
		return g.Hint()
	}
	return ""
}

// hinted reports whether the guide's line has a row of its own now.
func (a *App) hinted() bool {
	return a.guide && a.width >= hintWidth && a.height >= hintHeight && hint(a.top()) != ""
}

// hintLine is the guide's line, with the key that hides it where that key does so.
func (a *App) hintLine() string {
	st := &a.Styles
	left := st.Accent.Render(" → ") + st.Text.Render(hint(a.top()))
	right := ""
	if t, ok := a.top().(kit.Typist); !ok || !t.Typing() {
		right = st.Accent.Render(short(a.keys.Hide.Help().Key)) + st.Muted.Render(" hides ")
	}
	return kit.SpreadStyled(left, right, a.width, st.Text)
}
