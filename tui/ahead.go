package tui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// ahead are keys that were typed while what they are about was still being read. They wait for it, in their order; the footer shows them, and
// esc discards them. Nothing is changed in a cluster by a key that has waited: its plan was not on the screen when it was pressed.
type ahead struct {
	keys    []tea.Msg  // presses and pastes
	on      kit.Screen // that the first of them is for
	acting  bool       // the keys have their effect now
	dropped bool       // there was no room for more
}

// mostAhead is how many keys wait. Who types more has not noticed that nothing happens.
const mostAhead = 32

// hold keeps a key for later, if it has no meaning yet or others wait before it; false: it has its effect now.
func (a *App) hold(msg tea.Msg) (tea.Cmd, bool) {
	if a.ahead.acting {
		return nil, false
	}
	press, isPress := msg.(tea.KeyPressMsg)
	waits := len(a.ahead.keys) > 0
	switch {
	case !waits && (!isPress || !a.tooEarly(press)):
		return nil, false
	case waits && isPress && key.Matches(press, a.keys.Leave):
		words := a.ahead.words()
		a.ahead = ahead{}
		return a.Flash("discarded: " + words), true
	case isPress && a.quits(press):
		a.ahead = ahead{}
		return nil, false
	case len(a.ahead.keys) == mostAhead:
		a.ahead.dropped = true
		return nil, true
	}
	a.ahead.keys, a.ahead.on = append(a.ahead.keys, msg), a.top()
	return nil, true
}

// quits reports whether a key ends dayfly from here.
func (a *App) quits(press tea.KeyPressMsg) bool {
	t, ok := a.top().(kit.Typist)
	return press.String() == "ctrl+c" || key.Matches(press, a.keys.Quit) && (!ok || !t.Typing())
}

// tooEarly reports whether a key is about something that the top screen is still reading.
func (a *App) tooEarly(press tea.KeyPressMsg) bool {
	r, ok := a.top().(kit.Reader)
	return ok && r.Reading() && r.Needs(press)
}

// actAhead gives keys that have waited to the screens that they are for, as far as these have read what they need.
func (a *App) actAhead() []tea.Cmd {
	if len(a.ahead.keys) > 0 && a.ahead.on != a.top() { // something else came between
		a.Flash("not done, the screen has changed: " + a.ahead.words())
		a.ahead = ahead{}
		return a.wished()
	}
	var cmds []tea.Cmd
	a.ahead.acting, a.Waited = true, true
	defer func() { a.ahead.acting, a.Waited = false, false }()
	for len(a.ahead.keys) > 0 {
		next := a.ahead.keys[0]
		if press, ok := next.(tea.KeyPressMsg); ok && a.tooEarly(press) {
			break
		}
		a.ahead.keys = a.ahead.keys[1:]
		cmds = append(cmds, a.route(next))
		cmds = append(cmds, a.wished()...)
		a.ahead.on = a.top()
	}
	if len(a.ahead.keys) == 0 {
		a.ahead.dropped = false
	}
	return cmds
}

// wished does what screens have asked for.
func (a *App) wished() []tea.Cmd {
	var cmds []tea.Cmd
	for {
		request, ok := a.Requested()
		if !ok {
			return cmds
		}
		cmds = append(cmds, a.route(request))
	}
}

// words are the keys as people read them.
func (h *ahead) words() string {
	var names []string
	for _, msg := range h.keys {
		switch msg := msg.(type) {
		case tea.KeyPressMsg:
			names = append(names, keyName(msg))
		case tea.PasteMsg:
			names = append(names, "a paste")
		}
	}
	return strings.Join(names, " ")
}

// keyName is a key as the footer writes it.
func keyName(press tea.KeyPressMsg) string {
	switch name := press.String(); name {
	case "enter":
		return "↵"
	case "up":
		return "↑"
	case "down":
		return "↓"
	case "left":
		return "←"
	case "right":
		return "→"
	default:
		return name
	}
}

// waiting says in the footer which keys wait.
func (a *App) waiting() string {
	st := &a.Styles
	text := " waiting for the cluster: " + a.ahead.words()
	if a.ahead.dropped {
		text = " too many keys, the last are ignored: " + a.ahead.words()
	}
	discard := st.Accent.Over(st.Bar).Render("esc") + st.Muted.Over(st.Bar).Render(" discard ")
	room := max(a.width-kit.Width(discard)-1, 0)
	return kit.PadStyled(kit.SpreadStyled(st.Warn.Over(st.Bar).Render(kit.Fit(text, min(kit.Width(text), room))), discard, a.width, st.Bar), a.width, st.Bar)
}
