package tui

import (
	"charm.land/bubbles/v2/key"

	"github.com/dayfly-k8s/dayfly/tui/session"
)

// keyMap declares the keys of App and of the screens of sessions.
type keyMap struct {
	KeyMap
	Quit, Help, Suspend, Hide, Palette, Theme                        key.Binding
	Sessions, NextSession, PrevSession, ByNumber, EndSession, EndNow key.Binding
	Forget, ShowEnd, ShellHere, SaveKept, LeaveRunning, EndAll       key.Binding
	Cancel, Again, AnyTool                                           key.Binding
}

func newKeyMap() keyMap {
	suspend := bind("^z", "suspend", "ctrl+z")
	suspend.SetEnabled(session.CanSuspend)
	hide := bind("x", "hide the hint", "x")
	hide.SetEnabled(false) // the guide enables it, as long as it is there
	k := keyMap{
		KeyMap: newCommonKeys(),
		Quit:   bind("q ^c", "quit", "q", "ctrl+c"),
		Help:   bind("?", "help", "?"),

		Suspend: suspend,
		Hide:    hide,

		Palette: bind(":", "all actions", ":"),
		Theme:   bind("t", "theme", "t"),
	}
	k.bindSessions()
	return k
}

// bindSessions are the keys on the way to a session, and behind it.
func (k *keyMap) bindSessions() {
	k.Cancel = bind("esc", "stop waiting", "esc", "ctrl+c")
	k.Again = bind("r", "run again", "r")
	k.AnyTool = bind("t", "another tool", "t")

	k.Sessions = bind("s", "sessions", "s")
	k.NextSession = bind("]", "next session", "]")
	k.PrevSession = bind("[", "previous session", "[")
	k.NextSession.SetEnabled(false) // until there is a session
	k.PrevSession.SetEnabled(false)
	k.ByNumber = bind("1-9", "by number", "1", "2", "3", "4", "5", "6", "7", "8", "9")
	k.EndSession = bind("e", "end it", "e")
	k.EndNow = bind("↵", "end it", "enter")
	k.Forget = bind("e", "take off the list", "e")
	k.ShowEnd = bind("↵", "how it ended", "enter")
	k.ShellHere = bind("a", "another shell", "a")
	k.SaveKept = bind("S", "save output", "S")
	k.LeaveRunning = bind("↵ q", "leave them running", "enter", "q", "ctrl+c")
	k.EndAll = bind("e", "end them", "e")
}

// KeyGroups are all keys, as they are told outside the interface.
func KeyGroups() []KeyGroup {
	k := newKeyMap()
	tools := toolsKeyGroups()
	return []KeyGroup{
		newKeyGroup("everywhere", k.Help, k.Palette, k.Copy, k.CopyCommand, k.Theme, k.Back, k.Namespace, k.Context, k.Sessions, k.NextSession,
			k.PrevSession, k.Suspend, k.Quit),
		newKeyGroup("lists", k.moves()...),
		podsKeyGroup(),
		containersKeyGroup(),
		logsKeyGroup(),
		inspectKeyGroup(),
		tools[0], tools[1],
		newKeyGroup("starting", k.Cancel, k.Whole, k.AnyTool),
		newKeyGroup("with hints", k.Hide),
		newKeyGroup("after a session", k.Again, k.AnyTool, k.Attach, k.ShellHere, k.EndSession, k.SaveKept),
		newKeyGroup("sessions", k.Attach, k.ByNumber, k.Shell, k.EndSession, k.Filter, k.Retry),
		newKeyGroup("leaving", k.LeaveRunning, k.EndAll, k.Leave),
	}
}
