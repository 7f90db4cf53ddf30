package tui

// Where the guide's line begins to be shown: below, its row and its words are missed elsewhere.
const hintWidth, hintHeight = 60, 12

// hint is what a newcomer could do on a screen, or "" where nothing needs to be said.
func hint(s screen) string {
	if g, ok := s.(guide); ok {
		return g.Hint()
	}
	return ""
}

// hinted tells whether the guide's line has a row of its own now.
func (a *App) hinted() bool {
	return a.keys.Hide.Enabled() && a.width >= hintWidth && a.height >= hintHeight && hint(a.top()) != ""
}

// hintLine is the guide's line, with the key that hides it where that key does so.
func (a *App) hintLine() string {
	st := &a.styles
	left := st.accent.Render(" → ") + st.text.Render(hint(a.top()))
	right := ""
	if t, ok := a.top().(typist); !ok || !t.Typing() {
		right = st.accent.Render(short(a.keys.Hide.Help().Key)) + st.muted.Render(" hides ")
	}
	return spreadStyled(left, right, a.width, st.text)
}
