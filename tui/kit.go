package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// kit is what every screen works with. App owns it; a change of theme reaches all screens through it.
type kit struct {
	keys     KeyMap
	styles   styles
	now      func() time.Time
	after    func(time.Duration, tea.Msg) tea.Cmd // brings a message when so much of now's time has passed
	ahead    bool                                 // the key that has its effect now has waited for what it is about
	requests []tea.Msg                            // what screens have asked of App in the present Update
}

// newKit is one of the real time, without a theme yet.
func newKit() *kit { return &kit{keys: newCommonKeys(), now: time.Now, after: after} }

// after is the real one.
func after(d time.Duration, msg tea.Msg) tea.Cmd {
	return tea.Tick(d, func(time.Time) tea.Msg { return msg })
}

// ask tells App what a screen wants: another screen, a session. It is done before the next message is taken. A command would
// come back later, and the keys in between would go to the old screen: two quick presses of ↵ would start two containers.
// The result is nil, for a screen's Update to return.
func (k *kit) ask(request tea.Msg) tea.Cmd {
	k.requests = append(k.requests, request)
	return nil
}

// asked takes the first of what screens have asked for; false: nothing is left.
func (k *kit) asked() (request tea.Msg, ok bool) {
	if len(k.requests) == 0 {
		return nil, false
	}
	request, k.requests = k.requests[0], k.requests[1:]
	return request, true
}

func (k *kit) flash(text string) tea.Cmd { return k.ask(Flash{text}) }
