package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/tui/kit"
)

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
		return a.dispatch()
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
		cmds = append(cmds, a.dispatch()...)
		a.ahead.on = a.top()
	}
	if len(a.ahead.keys) == 0 {
		a.ahead.dropped = false
	}
	return cmds
}

// dispatch does what screens have asked for.
func (a *App) dispatch() []tea.Cmd {
	var cmds []tea.Cmd
	for {
		request, ok := a.Requested()
		if !ok {
			return cmds
		}
		cmds = append(cmds, a.route(request))
	}
}
