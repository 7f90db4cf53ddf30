// Package kit is what screens are made of: the interface of a screen ([Screen]) and what else a screen can be, requests to App as plain structs,
// and the parts that screens have in common: keys, styles, tables, lists, lines to type in, texts.
//
// A screen embeds a [*Kit], which App owns. It draws with [Kit.Styles], tells the time by [Kit.Now], and asks for what is beyond it ([Kit.Ask]):
// another screen, a session, a remark in the footer. It names what it is about and not the screen that shows that, so no room knows another.
package kit

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// Kit is what every screen works with. App owns it; a change of theme reaches all screens through it.
type Kit struct {
	Bindings KeyMap
	Styles   Styles
	Now      func() time.Time
	After    func(time.Duration, tea.Msg) tea.Cmd // brings a message when so much of now's time has passed
	Waited   bool                                 // the key that has its effect now has waited for what it is about
	requests []tea.Msg                            // what screens have asked of App in the present Update
}

// New is one of the real time, without a theme yet.
func New() *Kit { return &Kit{Bindings: NewKeyMap(), Now: time.Now, After: after} }

// after is the real one.
func after(d time.Duration, msg tea.Msg) tea.Cmd {
	return tea.Tick(d, func(time.Time) tea.Msg { return msg })
}

// Ask tells App what a screen wants: another screen, a session. It is done before the next message is taken. A command would
// come back later, and the keys in between would go to the old screen: two quick presses of ↵ would start two containers.
// The result is nil, for a screen's Update to return.
func (k *Kit) Ask(request tea.Msg) tea.Cmd {
	k.requests = append(k.requests, request)
	return nil
}

// Requested takes the first of what screens have asked for; false: nothing is left.
func (k *Kit) Requested() (request tea.Msg, ok bool) {
	if len(k.requests) == 0 {
		return nil, false
	}
	request, k.requests = k.requests[0], k.requests[1:]
	return request, true
}

// Flash asks for a line in the footer.
func (k *Kit) Flash(text string) tea.Cmd { return k.Ask(Flash{text}) }
